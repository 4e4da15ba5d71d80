"""Curves of cells in formation: what twin and floor write, what a trace shows, what was made before, what a driver delivers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from linewright.control.compile import compile_plant
from linewright.genealogy.before import Before
from linewright.genealogy.line_facts import line_facts
from linewright.genealogy.record import Recorder
from linewright.genealogy.stock import stock_of
from linewright.genealogy.trace import trace
from linewright.kernels.exchange_rows import DONE, RECORD
from linewright.ledger.ledger import Ledger
from linewright.ledger.reader import RunReader
from linewright.library.catalogue import installed_libraries
from linewright.library.curves import CurveSignal
from linewright.live.run import MAX, run
from linewright.model.errors import LinewrightError, NotYetError
from linewright.model.load import load, load_text
from linewright.model.plant import Plant
from linewright.model.values import SECOND, Unit
from linewright.twin.simulate import simulate

from .small_line import FORMATION, TRAY, Story, facts, key

LINE = """
line: twice-formed
product: cell
source: default
materials: {cell: {properties: {capacity: 5 Ah}}}
stations:
  press: {time: 20 s, makes: cell}
  loader: {time: 2 s, buffer: 100, loads: tray}
  first:
    use: formation-cabinet
    count: 20
    time: 3 h
    buffer: 10
    recipe: {charge: 1 C, cut-off: 4.2 V, temperature: 25 degC}
    tools: {channel: 8}
    measures: {capacity: {window: at least 4.0 Ah, spread: 1 %}, first-efficiency: {window: 50 .. 100 %, spread: 0.5 %}}
    failures: {channel: {mtbf: 60 h, mttr: 2 h, clock: calendar, stops: tool}}
  second: {use: first, recipe: {charge: 0.5 C}, time: 6 h, count: 40, failures: {channel: {mtbf: 1000 years}}}
  ocv: {time: 35 s, buffer: 20, measures: {resistance: {window: 8 mohm +- 15 %, spread: 0.2 mohm}}}
  unloader: {time: 2 s, buffer: 20, unloads: tray}
carriers: {tray: {holds: 8, count: 100, id: T}}
run: {begin: 2026-01-05 00:00}
"""
UNTIL_S = 16 * 3600.0


@pytest.fixture(scope="module")
def plant() -> Plant:
    return load_text(LINE, installed_libraries())


@pytest.fixture(scope="module")
def reader(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> RunReader:
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    simulate(plant, until_s=UNTIL_S, seed=5, keep="all", ledger=ledger)
    return ledger.reader()


def test_a_cell_that_is_formed_twice_keeps_both_curves(reader: RunReader) -> None:
    found = trace(reader, "cell-1")
    assert [(c.step, c.carrier, c.source) for c in found.curves] == [("first", "T-1", "twin"), ("second", "T-1", "twin")]
    visits = {s.step: s for s in found.life}
    for c in found.curves:
        assert (c.start_us, c.done_us, c.machine, c.place) == (visits[c.step].start_us, visits[c.step].done_us, visits[c.step].machine, 1)
        assert c.times_s[-1] == pytest.approx((c.done_us - c.start_us) / 1e6, abs=1.0)
    volts = [next(line for line in c.lines if line.name == "voltage") for c in found.curves]
    amperes = [next(line for line in c.lines if line.name == "current") for c in found.curves]
    assert [max(line.values) for line in amperes] == pytest.approx([5.0, 2.5], abs=1e-3)
    assert all(max(line.values) == pytest.approx(4.2, abs=1e-3) for line in volts)
    assert found.to_json()["curves"][0]["lines"][0]["values"] == list(volts[0].values)


def test_every_curve_holds_the_charge_that_the_ledger_holds(reader: RunReader) -> None:
    """Out is the cell's capacity, out by in its first efficiency, to the steps in which the ledger holds these two."""
    looked_at = 0
    for step in ("first", "second"):
        for visit in reader.visits_between(0, 2**62, step):
            assert visit.layout is not None
            assert visit.values is not None
            capacity_step, efficiency_step = visit.layout.resolutions
            for place in range(visit.values.shape[1]):
                curve = reader.curve(visit, place)
                if curve is None:
                    continue
                looked_at += 1
                current = [line.name for line in curve.lines].index("current")
                into, out = curve.integral(current)
                capacity, efficiency = visit.values[:, place]
                assert -out == pytest.approx(capacity, abs=capacity_step)
                assert -out / into == pytest.approx(efficiency, abs=2.0 * efficiency_step)
    assert looked_at > 300


def test_a_place_whose_channel_was_out_has_no_curve(reader: RunReader) -> None:
    without = 0
    for visit in reader.visits_between(0, 2**62, "first"):
        assert visit.values is not None
        for place in range(visit.values.shape[1]):
            is_out = bool(np.isnan(visit.values[0, place]))
            assert (reader.curve(visit, place) is None) == is_out
            without += is_out
    assert without > 0


def test_a_cell_without_one_says_why(reader: RunReader) -> None:
    """Of a cell whose channel was out in its only formation so far, of one that has its curve, of one that is not formed yet."""
    out = None
    for visit in reader.visits_between(0, 2**62, "first"):
        assert visit.values is not None
        for place in np.flatnonzero(np.isnan(visit.values[0])).tolist():
            units = [r.unit for r in reader.units_on_carrier(visit.unit, visit.done_us) if r.place == place]
            ids = [reader.thing(unit).id for unit in units]
            found = [trace(reader, each) for each in ids]
            out = next((t for t in found if not t.curves), out)
    assert out is not None
    assert out.no_curve == "not recorded"
    assert trace(reader, "cell-1").no_curve is None
    assert trace(reader, reader.newest("unit", 1)[0].id).no_curve is None


def test_a_run_writes_the_same_curves(plant: Plant, reader: RunReader, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    asyncio.run(run(plant, ledger=ledger, speed=MAX, seed=5, until_s=UNTIL_S, say=print, wanted_bytes=0))
    mine, its = ("SELECT unit, step, done_us, places, points, data FROM curve ORDER BY rowid" for _ in range(2))
    rows = ledger.reader().rows(mine)
    assert len(rows) > 60
    assert rows == reader.rows(its)


def test_a_run_that_goes_on_writes_each_curve_once(plant: Plant, reader: RunReader, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for until_s in (7.3 * 3600.0, 11.0 * 3600.0, UNTIL_S):
        asyncio.run(run(plant, ledger=ledger, speed=MAX, seed=5, until_s=until_s, say=print, wanted_bytes=0))
    assert len(ledger.runs()) == 1
    statement = "SELECT unit, step, done_us, data FROM curve ORDER BY rowid"
    assert ledger.reader().rows(statement) == reader.rows(statement)


def test_it_says_what_curves_are_of_each_station(reader: RunReader) -> None:
    lines = reader.curve_lines()
    assert set(lines) == {"first", "second"}
    assert [(line.name, line.unit, line.total) for line in lines["first"]] == [("time", "s", ""), ("voltage", "V", ""), ("current", "A", "Ah")]


def test_a_carrier_and_a_cell_that_is_not_formed_yet_have_none(reader: RunReader) -> None:
    assert trace(reader, "T-1").curves == ()
    newest = reader.newest("unit", 1)[0]
    assert trace(reader, newest.id).curves == ()


# ---- made before the run


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> RunReader:
    """The 21700 line, filled, for five minutes: seven trays that stood in formation leave it."""
    ledger = Ledger(tmp_path_factory.mktemp("filled"))
    simulate(load("cylindrical-21700-tabless", installed_libraries()), until_s=300.0, seed=7, keep="all", ledger=ledger)
    return ledger.reader()


def test_a_cell_formed_before_the_run_has_the_curve_that_its_values_ask_for(filled: RunReader) -> None:
    found = trace(filled, "CELL-1000000")
    (curve,) = found.curves
    visit = next(s for s in found.life if s.step == "formation")
    assert (curve.source, curve.start_us, curve.done_us, curve.place) == ("made before this run", visit.start_us, visit.done_us, visit.place)
    capacity = next(v.value for v in found.node.values if v.characteristic == "capacity")
    current = next(line for line in curve.lines if line.name == "current")
    assert current.total_unit == "Ah"
    assert current.total_out == pytest.approx(capacity, abs=0.001)


def test_what_is_drawn_again_is_what_the_run_writes(filled: RunReader) -> None:
    """Cells that stood in formation at the begin: their curves are written by the run, and drawn again from the seed they are the same."""
    stock = stock_of(filled)
    assert stock is not None
    visits = filled.visits_between(0, 2**62, "formation")
    assert visits
    for visit in visits[:3]:
        first, count = filled.in_ranges_of(visit.unit)[0]
        for place in range(0, count, 50):
            written = filled.curve(visit, place)
            again = stock.curve_of_unit(first + place, "formation", (visit.done_us - visit.start_us) / 1e6)
            assert written is not None
            assert again is not None
            assert np.array_equal(written.times_s, again.times_s)
            assert np.array_equal(written.values, again.values)


def test_a_cell_that_is_not_formed_yet_at_the_begin_has_none(filled: RunReader) -> None:
    found = trace(filled, "CELL-7700000")
    assert (found.curves, found.no_curve) == ((), None)


def test_a_cell_that_a_real_machine_formed_before_the_run_has_no_curve_and_says_so(filled: RunReader) -> None:
    compiled = compile_plant(load_text(filled.plan_text(), installed_libraries()), begin_us=filled.header().begin_us)
    line = line_facts(compiled, 7, 0, [int(k["first_serial"]) for k in filled.fact("kinds")])
    real = replace(line, stations=tuple(replace(s, curves=None) for s in line.stations))
    found = trace(filled, "CELL-1000000", before=lambda: Before(compiled, real))
    assert (found.curves, found.no_curve) == ((), "before")
    assert trace(filled, "CELL-7700000", before=lambda: Before(compiled, real)).no_curve is None, "not formed yet"


# ---- delivered by a driver


def test_delivered_curves_are_thinned_and_kept_place_by_place(tmp_path: Path) -> None:
    meters = (CurveSignal("voltage", Unit("V"), 0.005, 1e-4), CurveSignal("current", Unit("A"), 0.01, 1e-4, "Ah"))
    lines = (CurveSignal("time", SECOND, 10.0, 1.0), *meters)
    line = facts()
    stations = list(line.stations)
    stations[FORMATION] = replace(stations[FORMATION], curve_signals=lines)
    t = np.arange(0.0, 70.0, 0.01)
    drawn = [(t, {"voltage": 3.0 + 0.01 * k + t / 100.0, "current": np.where(t < 35.0, 1.0, -0.5)}) for k in range(4)]
    done = np.zeros(1, RECORD)
    done["what"], done["station"], done["machine"], done["item"], done["t"] = DONE, FORMATION, 2, key(TRAY, 1), 400 * 10**9
    with Ledger(tmp_path).create_run("t", "d", "live", begin_us=line.begin_us) as writer:
        recorder = Recorder(replace(line, stations=tuple(stations)), writer)
        recorder.begin()
        recorder.given_curves(done[0], [*drawn[:2], None, drawn[3]])
        recorder.record(Story().visit(key(TRAY, 1), FORMATION, (330, 330, 400, 401), machine=2).taken())
        writer.commit()
    reader = Ledger(tmp_path).reader()
    (visit,) = reader.visits_of(key(TRAY, 1))
    assert reader.curve(visit, 2) is None
    for place in (0, 1, 3):
        curve = reader.curve(visit, place)
        assert curve is not None
        assert len(curve.times_s) < 8
        assert np.interp(20.0, curve.times_s, curve.values[0]) == pytest.approx(3.2 + 0.01 * place, abs=0.005)
        assert curve.integral(1)[0] == pytest.approx(35.0, abs=0.5)
        assert curve.integral(1)[1] == pytest.approx(-17.5, abs=0.5)
    assert reader.count("curve") == 1, "nothing is made where a real machine measures"


# ---- what is refused


def test_signals_per_channel_where_no_carriers_pass_are_refused_by_name() -> None:
    text = """
line: bare
product: part
stations:
  tester: {time: 10 s, tools: {pin: 4}, signals: {volts: {range: 0 .. 5 V, error: 5 mV, per: pin}}}
"""
    with pytest.raises(NotYetError, match=r"stations\.tester\.signals\.volts\.per"):
        compile_plant(load_text(text, installed_libraries()))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("per: channel", "per: chanel"), r"the station has no tool `chanel`\. Did you mean `channel`\?"),
        (("error: 5 mV, ", ""), "`per` needs `error`: a curve's straight lines stay within it"),
        (("error: 5 mV", "error: 5 mA"), '"5 mA" is .*, but the range is of'),
        (("per: channel", "every: 1 m, per: channel"), "a curve is sampled in time"),
    ],
)
def test_a_wrong_signal_per_tool_is_told(change: tuple[str, str], told: str) -> None:
    text = """
line: bare
product: part
stations:
  loader: {time: 10 s, loads: tray}
  tester: {time: 10 s, tools: {channel: 4}, signals: {volts: {range: 0 .. 5 V, error: 5 mV, per: channel}}}
  unloader: {time: 10 s, unloads: tray}
carriers: {tray: {holds: 4, count: 4}}
"""
    with pytest.raises(LinewrightError, match=told):
        load_text(text.replace(*change), installed_libraries())


def test_a_station_that_nobody_draws_curves_for_is_told_when_its_rows_are_kept() -> None:
    text = """
line: bare
product: part
stations:
  loader: {time: 10 s, loads: tray}
  tester: {time: 10 s, tools: {channel: 4}, signals: {volts: {range: 0 .. 5 V, error: 5 mV, per: channel}}}
  unloader: {time: 10 s, unloads: tray}
carriers: {tray: {holds: 4, count: 4}}
"""
    compiled = compile_plant(load_text(text, installed_libraries()))
    with pytest.raises(LinewrightError, match=r"stations\.tester\.signals: `per` asks for curves, and the station's class has no model of them"):
        line_facts(compiled, 1)
