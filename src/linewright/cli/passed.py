"""How `trace --signals` prints what the machines were doing while a unit's metres passed."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from linewright.cli.printing import as_json, moment, number, say, table

if TYPE_CHECKING:
    from linewright.genealogy.passing import Passing, SignalThere
    from linewright.ledger.reader import RunReader
    from linewright.model.values import Unit

__all__ = ["passed", "print_passed"]


def passed(reader: RunReader, thing_id: str) -> tuple[Passing, ...]:
    """Return the machines that a unit and its metres passed, with their signals then."""
    from linewright.genealogy.passing import passings_of
    from linewright.genealogy.records import Records
    from linewright.genealogy.stock import stock_of

    records = Records(reader, lambda: stock_of(reader))
    key = reader.key_of(thing_id)
    thing = records.thing(key) if key is not None else None
    return () if thing is None else passings_of(records, thing)


def print_passed(reader: RunReader, thing_id: str, found: tuple[Passing, ...], *, is_json: bool) -> None:
    """Print them, in the units of the line file."""
    units = units_of(reader)
    if is_json:
        as_json({"id": thing_id, "run": reader.header().run, "passed": [_body(p, units) for p in found]})
        return
    rows = [
        [moment(p.from_us), p.machine, _metres(p), s.name, number(_unit(units, p, s).shown(s.mean), 5), number(_unit(units, p, s).shown(s.low), 5),
         number(_unit(units, p, s).shown(s.high), 5), _unit(units, p, s).text, str(s.count)] for p in found for s in p.signals
    ]  # fmt: skip
    say(f"\nSignals while {thing_id} and its metres passed")
    if not rows:
        say("   None: this run kept no signals of these machines then (a simulation keeps none; linewright run does).")
        return
    table(["Begun (UTC)", "Machine", "Metres", "Signal", "Mean", "Lowest", "Highest", "Unit", "Samples"], rows, right=[4, 5, 6, 8])


def units_of(reader: RunReader) -> dict[tuple[str, str], Unit]:
    """Return the unit of each signal by station and name, as the line file writes them."""
    from linewright.library.catalogue import installed_libraries
    from linewright.model.load import load_text

    header = reader.header()
    if header.source == "import":
        return {}
    plant = load_text(reader.plan_text(), installed_libraries(), header.name)
    return {(s.path, signal.name): signal.unit for s in plant.segments for signal in s.signals}


def _unit(units: dict[tuple[str, str], Unit], p: Passing, s: SignalThere) -> Unit:
    from linewright.model.values import Unit

    return units.get((p.step, s.name.partition("/")[0]), Unit("SI"))


def _metres(p: Passing) -> str:
    return f"{p.web} {p.lo_m:.3f} .. {p.hi_m:.3f} +- {p.limit_m:.3f}" if p.lo_m is not None else "-"


def _body(p: Passing, units: dict[tuple[str, str], Unit]) -> dict[str, Any]:
    told = [
        {"name": s.name, "unit": (unit := _unit(units, p, s)).text, "mean": unit.shown(s.mean), "low": unit.shown(s.low), "high": unit.shown(s.high),
         "samples": s.count} for s in p.signals
    ]  # fmt: skip
    return {"step": p.step, "machine": p.machine, "web": p.web, "lo_m": p.lo_m, "hi_m": p.hi_m, "error_m": p.limit_m, "from_us": p.from_us,
            "to_us": p.to_us, "signals": told}  # fmt: skip
