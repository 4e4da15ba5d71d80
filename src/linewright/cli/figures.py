"""How the figures of a simulation are printed: the line in words first, then a row for each station."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linewright.cli.order_rows import print_orders
from linewright.cli.printing import number, say, span, table
from linewright.model.fault_words import fault_words

if TYPE_CHECKING:
    from linewright.measures.figures import Figures, LineFigures
    from linewright.measures.fleets import FleetFigures
    from linewright.model.plant import Plant
    from linewright.twin.result import Result

__all__ = ["print_figures", "span"]

STATES = ("work", "change", "setup", "fault", "planned", "utility", "off", "starved", "blocked", "stopped")


def print_figures(plant: Plant, result: Result, figures: Figures) -> None:
    """Print a simulation: what came out, how good that is, and where each station's time went."""
    say(f"{plant.name}   {span(figures.span_s)} of line time, seed {result.to_json()['seed']}" + (f", kept as {result.run}" if result.run else ""))
    for fault in plant.faults:
        say(f"  fault: {fault_words(fault)}")
    say()
    rows = _line(plant, figures.line)
    names, values = (max(len(row[k]) for row in rows) for k in (0, 1))
    for name, value, words in rows:
        say(f"  {name.ljust(names)}   {value.rjust(values)}   {words}")
    say()
    told = {row["station"] for row in result.to_json()["stations"]}
    shown = [s for s in figures.stations if s.station in told]
    machines = {s.path: s.count for s in plant.segments}  # what arrives from outside is a station of one, which the file does not name
    used = [state for state in STATES if any(s.shares[state] for s in shown)]
    cells = [
        [
            s.station, f"{machines.get(s.station, 1):,}", s.item or "-", f"{s.good:,}", f"{s.lost:,}", _percent(s.fpy, 2), _percent(s.oee),
            _percent(s.availability), _percent(s.performance), _percent(s.quality), f"{s.wip:,.1f}",
            *(_percent(s.shares[state], blank=True) for state in used),
        ]
        for s in shown
    ]  # fmt: skip
    of_time = [f"{state.capitalize()} %" for state in used]
    heads = ["Station", "Machines", "Item", "Good", "Lost", "Yield %", "OEE %", "A %", "P %", "Q %", "WIP", *of_time]
    table(heads, cells, right=[k for k, head in enumerate(heads) if head not in {"Station", "Item"}])
    if result.fleets:
        say()
        _print_fleets(result.fleets)
    if result.orders:
        say()
        print_orders(result.orders, result.products)
    say()
    say("Good and lost are counted in the station's item. OEE = A x P x Q: availability, performance, quality (ISO 22400-2); stores have none.")
    say("The columns behind WIP share out the machines' time.")
    say(result.evaluator.text)


def _print_fleets(fleets: tuple[FleetFigures, ...]) -> None:
    """Print what each fleet did: goods and how long they waited, then where the vehicles' time went."""
    used = [share for share in fleets[0].shares if any(f.shares[share] for f in fleets)]
    cells = [
        [
            f.fleet, f"{f.vehicles:,}", f"{f.goods:,}", f"{f.late:,}", number(f.wait_s, 3), number(f.longest_s, 3), number(f.delivery_s, 3),
            *([f"{f.charges:,}", _percent(f.lowest, 0)] if any(other.lowest is not None for other in fleets) else []),
            _percent(f.busy), *(_percent(f.shares[share], blank=True) for share in used),
        ]
        for f in fleets
    ]  # fmt: skip
    battery = ["Charges", "Lowest %"] if any(f.lowest is not None for f in fleets) else []
    heads = ["Fleet", "Vehicles", "Goods", "Late", "Wait s", "Longest s", "Delivery s", *battery, "Busy %", *(f"{s.capitalize()} %" for s in used)]
    table(heads, cells, right=list(range(1, len(heads))))
    say()
    say("Late: came to a station that stood waiting for it. Wait: from ready to fetched; delivery: from ready to arrived. Busy: all but idle.")


def _line(plant: Plant, line: LineFigures) -> list[tuple[str, str, str]]:
    per_min = line.throughput_s * 60
    target = f", target {plant.target_per_s * 60:g}" if plant.target_per_s else ""
    rows = [
        ("Good", f"{line.good:,}", f"{line.product}; {per_min:.2f} a minute{target}"),
        ("OEE", f"{_percent(line.oee)} %", f"A {_percent(line.availability)} x P {_percent(line.performance)} x Q {_percent(line.quality)}"
                                           + (f", of {line.bottleneck}" if line.bottleneck else "")),
        ("Yield", f"{_percent(line.yield_, 2)} %", "units not lost on their way, repaired ones among them"),
        ("WIP", f"{line.wip:,.0f}", "units in the line, its stores and carriers, mean"),
        ("Bottleneck", *_bottleneck(line)),
    ]  # fmt: skip
    if line.energy_per_product_energy is not None:
        co2 = f"; {line.co2_per_kwh_kg:.2f} kg CO2 a kWh" if line.co2_per_kwh_kg is not None else ""
        rows.append(("Energy", f"{line.energy_per_product_energy:.1f}", f"kWh for each kWh of good product{co2}"))
    elif line.energy_per_unit_j:
        rows.append(("Energy", f"{line.energy_per_unit_j / 3.6e6:.4g}", "kWh a good product"))
    return rows


def _bottleneck(line: LineFigures) -> tuple[str, str]:
    """Return what holds the line back, and how we know."""
    station = f"active {_percent(line.bottleneck_active)} % of the time" if line.bottleneck else "nothing was made"
    if line.bottleneck_fleet is None:
        return line.bottleneck or "-", station
    fleet = f"the vehicles are busy {_percent(line.bottleneck_fleet_busy)} % of the time"
    return line.bottleneck_fleet, f"{fleet}; of the stations {line.bottleneck}, {station}" if line.bottleneck else fleet


def _percent(share: float | None, digits: int = 1, *, blank: bool = False) -> str:
    """Return a share in per cent, ``-`` where it is unknown; a nought may stay blank, so that what is there is seen.

    Examples
    --------
    >>> _percent(0.8642), _percent(None), _percent(0.0, blank=True)
    ('86.4', '-', '')
    """
    if share is None:
        return "-"
    return "" if blank and share == 0 else f"{share * 100:.{digits}f}"
