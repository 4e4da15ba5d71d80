"""The sentence of the product, as a test: a live run on emulated machines and a kept simulation write the same ledger."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from lines import TABLES, line_at

from fault_lines import FAULTS, cells_with
from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.live.run import MAX, RunResult, run
from linewright.model.load import load_text
from linewright.model.plant import Plant
from linewright.twin.simulate import simulate

BEGIN = "2026-01-05 00:00"  # both begin at the same line time, so that rows can be compared as they are


def lived(plant: Plant, seed: int, until_s: float, ledger: Ledger) -> Path:
    result: RunResult = asyncio.run(run(plant, ledger=ledger, speed=MAX, seed=seed, until_s=until_s, say=print, wanted_bytes=0))
    assert (result.why, result.line_s) == ("until", until_s)
    return ledger.path_of(result.run)


def simulated(plant: Plant, seed: int, until_s: float, ledger: Ledger) -> Path:
    result = simulate(plant, until_s=until_s, seed=seed, keep="all", ledger=ledger)
    assert result.run is not None
    return ledger.path_of(result.run)


def compare(floor: Path, twin: Path) -> dict[str, int]:
    """Compare all tables row by row inside SQLite, and return how many rows each holds."""
    connection = sqlite3.connect(f"{floor.absolute().as_uri()}?mode=ro", uri=True)
    connection.execute("ATTACH ? AS twin", (f"{twin.absolute().as_uri()}?mode=ro",))
    names = "SELECT key, kind, text FROM {}.name WHERE kind IN ('step', 'machine', 'state', 'reason', 'role', 'kind', 'material', 'grade', 'input')"
    assert connection.execute(names.format("main")).fetchall() == connection.execute(names.format("twin")).fetchall()
    counts = {}
    for table, columns in TABLES.items():
        one, other = (f"SELECT {columns} FROM {schema}.{table}" for schema in ("main", "twin"))
        only_twin = connection.execute(f"{other} EXCEPT {one}").fetchall()
        if table == "state":  # a simulation ends: it tells the waits that still go on, one a machine at most; a run that may go on does not
            told = dict(connection.execute("SELECT key, text FROM twin.name"))
            assert all(told[row[2]] == "Suspended" for row in only_twin)
            assert len({row[0] for row in only_twin}) == len(only_twin)
        else:
            assert only_twin[:3] == [], table
        assert connection.execute(f"{one} EXCEPT {other}").fetchmany(3) == [], table
        (mine,), (its,) = (connection.execute(f"SELECT count(*) FROM {schema}.{table}").fetchone() for schema in ("main", "twin"))
        assert mine == its - (len(only_twin) if table == "state" else 0), table
        counts[table] = mine
    alarms = "SELECT kind, line_us, json_extract(body, '$.alarm') FROM {}.event WHERE kind LIKE 'alarm.%' OR kind LIKE 'tool.%' ORDER BY 1, 2, 3"
    assert connection.execute(alarms.format("main")).fetchall() == connection.execute(alarms.format("twin")).fetchall()
    connection.close()
    return counts


@pytest.mark.parametrize("seed", [1, 2])
def test_four_stations_live_and_simulated_are_one(tmp_path: Path, seed: int) -> None:
    plant, ledger = line_at("four-stations", BEGIN), Ledger(tmp_path)
    counts = compare(lived(plant, seed, 30_000, ledger), simulated(plant, seed, 30_000, ledger))
    assert counts["visit"] > 30_000


FLEET = """
line: carried
product: part
people: {fitter: {}}
stations:
  cut: {count: 3, time: {law: exponential, mean: 14 s}, at: cut}
  weld:
    count: 2
    time: {law: exponential, mean: 9 s}
    buffer: 2
    at: weld
    brought-by: agv
    failures: {jam: {mtbf: 10 min, mttr: 1 min, by: fitter}}
  pack: {time: {law: exponential, mean: 4 s}, buffer: 3, at: cut, brought-by: agv}
vehicles:
  agv:
    count: 3
    speed: 1.5 m/s
    load: 2 s
    dispatch: nearest
    park: park
    battery: {run: 10 min, charge: 3 min, charge-below: 30 %, at: park}
    failures: {lost: {mtbf: 6 min, mttr: 30 s, clock: calendar, by: fitter}, worn: {mtbf: 20 min, mttr: 20 s}}
roads:
  points: {cut: [0 m, 0 m], cross: [10 m, 0 m], weld: [20 m, 0 m], park: [10 m, 8 m]}
  ways: [[cut, cross], [cross, weld], [cross, park]]
  zones: {cross: {vehicles: 1}}
"""


def test_vehicles_live_and_simulated_are_one(tmp_path: Path) -> None:
    """They are the line's side: the floor's calendar drives them as the twin's does, with their failures, alarms and states."""
    plant, ledger = load_text(FLEET, installed_libraries(), overrides=[f"run.begin={BEGIN}"]), Ledger(tmp_path)
    counts = compare(lived(plant, 3, 20_000, ledger), simulated(plant, 3, 20_000, ledger))
    assert counts["visit"] > 3000
    assert counts["state"] > 3000


JUDGED = """
line: judged
product: part
carriers: {tray: {holds: 4, count: 9, empty-return: 3 s}}
stations:
  feed: {count: 2, time: {law: exponential, mean: 1.4 s}}
  oven:
    count: 3
    batch: {size: 4, wait: 20 s, unload: 0.3 s}
    time: 6 s
    buffer: 3
    scrap: 3 %
    measures: {width: {window: 5 mm +- 1 mm, spread: 0.6 mm}}
    gate: {misses: 20 %, false-alarms: 2 %}
  soak: {places: 9, time: 7 s, buffer: 2, measures: {mass: {window: at most 9 g, mean: 8 g, spread: 0.6 g}}, gate: {misses: 20 %}}
  load: {count: 2, time: 1 s, buffer: 3, loads: tray, scrap: 4 %, measures: {depth: {window: 3 mm +- 1 mm, spread: 0.6 mm}}, gate: scrap}
  form: {count: 3, time: 8 s, buffer: 2, measures: {capacity: {window: at least 4.9 Ah, mean: 5.0 Ah, spread: 0.1 Ah}}}
  unload:
    count: 2
    time: 0.9 s
    buffer: 1
    unloads: tray
    scrap: 1 %
    measures: {voltage: {window: 3.60 V +- 20 mV, spread: 12 mV}}
    grades: {A: {capacity: at least 5 Ah, voltage: 3.6 V +- 15 mV}, B: {capacity: at least 4.9 Ah}}
    gate: {to: mend, limit: 1, misses: 10 %, checks: [voltage]}
    to: {A: pack, B: rest}
  mend: {time: {law: exponential, mean: 2 s}, buffer: 3, to: rest}
  rest: {time: {law: exponential, mean: 1 s}, buffer: 2, to: out}
  pack: {count: 2, time: {law: exponential, mean: 2 s}, buffer: 2}
"""


def test_what_is_judged_in_ovens_and_stores_and_on_and_off_carriers_live_and_simulated_is_one(tmp_path: Path) -> None:
    """Who measures at single items says so; of a batch and of a store the line judges each item by its own number, on both sides."""
    plant, ledger = load_text(JUDGED, installed_libraries(), overrides=[f"run.begin={BEGIN}"]), Ledger(tmp_path)
    floor = lived(plant, 3, 8000, ledger)
    counts = compare(floor, simulated(plant, 3, 8000, ledger))
    assert counts["visit"] > 20_000
    connection = sqlite3.connect(floor)
    query = "SELECT text, group_concat(DISTINCT verdict) FROM visit JOIN name ON name.key = visit.step GROUP BY text"
    seen = {step: {int(v) for v in verdicts.split(",")} for step, verdicts in connection.execute(query)}
    connection.close()
    assert seen["oven"] == {0, 1, 2, 3, 4}
    assert seen["soak"] == {0, 2, 4}
    assert seen["load"] == {0, 1, 2}
    assert seen["unload"] == {0, 1, 4, 7}  # each item comes by once, so all that is refused is mended


ORDERS = """
line: ordered
product: cell-a
stations:
  press:
    count: 2
    time: 20 s
    per-product: {cell-b: {time: {law: exponential, mean: 30 s}}}
    scrap: 3 %
    failures: {jam: {mtbf: 30 min, mttr: 5 min}}
  weld: {count: 2, time: {law: exponential, mean: 15 s}, buffer: 5, setup: {other: 10 min, cell-a: {cell-b: 5 min}}, queue: same-product}
  test: {time: {law: exponential, mean: 8 s}, buffer: 3, queue: priority, gate: {fails: 5 %}}
orders:
  - {product: cell-a, amount: 400}
  - {product: cell-b, amount: 100, priority: 2, release: 30 min}
  - {product: cell-a, amount: 200, due: 4 h}
  - {product: cell-b, amount: 150, due: 2 h}
"""


def test_orders_live_and_simulated_are_one(tmp_path: Path) -> None:
    """Machines elsewhere are told the product and are set up; both ledgers say the same of each order."""
    plant, ledger = load_text(ORDERS, installed_libraries(), overrides=[f"run.begin={BEGIN}"]), Ledger(tmp_path)
    floor, twin = lived(plant, 3, 20_000, ledger), simulated(plant, 3, 20_000, ledger)
    counts = compare(floor, twin)
    assert counts["visit"] > 1500
    told = []
    for path in (floor, twin):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        told.append(connection.execute("SELECT kind, line_us, body FROM event WHERE kind LIKE 'order.%' ORDER BY 2, 1, 3").fetchall())
        connection.close()
    assert told[0] == told[1]
    assert {kind for kind, _, _ in told[0]} == {"order.stored", "order.begun", "order.done", "order.items"}


def test_100000_cells_live_and_simulated_are_one(tmp_path: Path) -> None:
    """The whole 21700 line, filled, for five and a quarter hours: 100,000 cells are wound, and every visit, state, edge and value is the same."""
    plant, ledger = line_at("cylindrical-21700-tabless", BEGIN), Ledger(tmp_path)
    until_s = 5.25 * 3600.0
    floor = lived(plant, 7, until_s, ledger)
    counts = compare(floor, simulated(plant, 7, until_s, ledger))
    connection = sqlite3.connect(floor)
    winder = "SELECT key FROM name WHERE kind = 'step' AND text = 'winder'"
    (wound,) = connection.execute(f"SELECT count(*) FROM visit WHERE step = ({winder})").fetchone()
    connection.close()
    assert wound >= 100_000
    assert counts["visit"] > 1_000_000
    assert counts["consume"] > 300_000
    assert counts["piece_map"] > 20
    assert counts["curve"] > 400  # trays of 256 that left formation


def test_faults_live_and_simulated_are_one(tmp_path: Path) -> None:
    """What faults leave on slurry, web, strips, cells travels the same way on both sides, and so do values, gates and grades."""
    plant, ledger = load_text(cells_with(FAULTS["all at once"]), installed_libraries()), Ledger(tmp_path)
    floor, twin = lived(plant, 5, 5000, ledger), simulated(plant, 5, 5000, ledger)
    counts = compare(floor, twin)
    assert counts["visit"] > 8000
    assert counts["profile"] > 50
    events = [_fault_events(path) for path in (floor, twin)]
    assert events[0] == events[1]
    assert len(events[0]) == 6 + 5  # all begin, and all but one end


def _fault_events(path: Path) -> list[tuple[str, int, str]]:
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT kind, line_us, body FROM event WHERE kind LIKE 'fault.%' ORDER BY line_us, kind, body").fetchall()
    connection.close()
    return found


#: Work that waits for places, people and carriers, and what is late and goes back.
WAITS = """
line: waits
product: part
stations:
  feed: {time: {law: exponential, mean: 1.6 s}, blocking: before}
  oven: {count: 2, batch: {size: 3, wait: 9 s, load: 0.2 s, unload: 0.1 s}, time: {law: exponential, mean: 4 s}, buffer: 2, needs: {helper: 1}}
  fill: {count: 2, time: {law: exponential, mean: 1.5 s}, buffer: 4, within: {limit: 7 s, since: feed, late: dry-again}, to: load, blocking: before}
  dry-again: {time: {law: exponential, mean: 2 s}, buffer: unlimited, to: out}
  load: {count: 2, time: {law: exponential, mean: 0.8 s}, buffer: 2, loads: tray, needs: {helper: 1}}
  form: {count: 2, time: {law: exponential, mean: 5 s}, buffer: 1, blocking: before, failures: {jam: {mtbf: 60 s, mttr: 9 s}}}
  unload: {time: {law: exponential, mean: 0.7 s}, buffer: 1, unloads: tray}
carriers: {tray: {holds: 3, count: 5, empty-return: 2 s}}
people: {helper: {count: 2}}
"""


def test_waits_live_and_simulated_are_one(tmp_path: Path) -> None:
    plant, ledger = load_text(WAITS, installed_libraries(), overrides=[f"run.begin={BEGIN}"]), Ledger(tmp_path)
    counts = compare(lived(plant, 3, 2_000, ledger), simulated(plant, 3, 2_000, ledger))
    assert counts["visit"] > 1000
    assert counts["placed"] > 100
