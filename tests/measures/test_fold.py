"""Folding the rows of a run gives the kernel's figures, to the last nanosecond."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from linewright.control.alarms import alarm_rules
from linewright.control.compile import compile_plant
from linewright.control.fill import open_line
from linewright.genealogy.line_facts import line_facts
from linewright.genealogy.record import Recorder
from linewright.kernels.calendar import ROWS, UNTIL, advance, finish, rows_needed
from linewright.kernels.rows import new_rows
from linewright.kernels.state import copy_state
from linewright.kernels.table import ITEM
from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.measures.fold import fold_rows
from linewright.measures.tally import open_work, tally_of
from linewright.model.load import load_text

HOUR = 3_600 * 10**9

STOPS = """
line: stops
product: cell
stations:
  wind: {count: 3, time: {law: lognormal, mean: 2.6 s, cv: 30 %}, scrap: 0.5 %, failures: {web-break: {mtbf: 10 min, mttr: 1 min, by: operator}}}
  weld: {count: 2, time: 1.9 s, buffer: 4, failures: {lens: {mtbf: 20 min, mttr: 2 min, clock: calendar}}}
  fill: {time: {law: gamma, mean: 0.9 s, cv: 20 %}, buffer: 5, maintenance: {clean: {every: 20 min, time: 90 s}}}
  test: {time: 0.8 s, buffer: 2, measures: {voltage: {window: 3.60 V +- 20 mV, spread: 9 mV}}, gate: {to: scrap, misses: 20 %, false-alarms: 1 %}}
people: {operator: {count: 1, works: day}}
shifts: {day: {days: all, hours: [00:00-00:40, 00:50-24:00]}}
utilities: {air: {serves: [weld, fill], failures: {compressor: {mtbf: 30 min, mttr: 3 min, clock: calendar}}}}
"""

WAYS = """
line: ways
product: cell
stations:
  feed: {arrivals: {law: exponential, mean: 1.4 s, when-full: lost}, count: 2, time: {law: lognormal, mean: 2 s, cv: 30 %}, buffer: 2}
  weld: {count: 3, time: 1.9 s, buffer: 4, scrap: 2 %, needs: {operator: 1}}
  look:
    time: 0.8 s
    buffer: 2
    measures: {voltage: {window: 3.60 V +- 20 mV, spread: 15 mV}}
    gate: {to: mend, limit: 2, misses: 20 %, false-alarms: 1 %}
    to: [pack-a, pack-b]
    choose: shortest-queue
  mend: {count: 2, time: {law: exponential, mean: 6 s}, buffer: 9, needs: {operator: 1}, to: weld}
  pack-a: {time: {law: exponential, mean: 2.5 s}, buffer: 2, to: out}
  pack-b: {time: {law: exponential, mean: 2.5 s}, buffer: 2, failures: {jam: {mtbf: 5 min, mttr: 1 min}}}
people: {operator: {count: 4, works: day}}
shifts: {day: {days: all, hours: [00:00-00:40, 00:50-24:00]}}
"""

WAITS = """
line: waits
product: part
stations:
  feed: {count: 2, time: {law: exponential, mean: 1.6 s}, blocking: before}
  press: {count: 2, time: {law: exponential, mean: 1.5 s}, buffer: 1, needs: {helper: 1}, blocking: before}
  fill: {count: 2, time: {law: exponential, mean: 1.5 s}, buffer: 4, within: {limit: 7 s, since: feed, late: dry-again}, to: test}
  dry-again: {time: {law: exponential, mean: 2 s}, buffer: unlimited, to: out}
  test: {time: {law: exponential, mean: 1 s}, buffer: 1, blocking: before, failures: {jam: {mtbf: 60 s, mttr: 9 s}}}
people: {helper: {count: 2}}
"""

JUDGED = """
line: judged
product: part
carriers: {tray: {holds: 4, count: 9, empty-return: 3 s}}
stations:
  feed: {count: 2, time: {law: exponential, mean: 1.4 s}}
  press: {count: 3, time: {law: exponential, mean: 2 s}, buffer: 2}
  oven:
    count: 3
    batch: {size: 4, wait: 20 s, unload: 0.3 s}
    time: 6 s
    buffer: 3
    scrap: 3 %
    measures: {width: {window: 5 mm +- 1 mm, spread: 0.6 mm}}
    gate: {misses: 20 %, false-alarms: 2 %}
  soak: {places: 9, time: 7 s, buffer: 2, gate: {fails: 5 %, misses: 20 %}}
  load: {count: 2, time: 1 s, buffer: 3, loads: tray, scrap: 4 %}
  unload:
    count: 2
    time: 0.9 s
    buffer: 1
    unloads: tray
    measures: {mass: {window: at most 9 g, mean: 8 g, spread: 0.6 g}}
    gate: {to: mend, limit: 1, misses: 10 %, checks: [mass]}
    to: pack
  mend: {time: {law: exponential, mean: 2 s}, buffer: 3, to: pack}
  pack: {count: 2, time: {law: exponential, mean: 2 s}, buffer: 2, failures: {jam: {mtbf: 60 s, mttr: 15 s}}}
"""

LINES = {
    "judged": (JUDGED, HOUR),
    "ways": (WAYS, 2 * HOUR),
    "waits": (WAITS, HOUR),
    "stops": (STOPS, 3 * HOUR),
    "shifts": (STOPS + "works: day\n", 2 * HOUR),
}


def run(folder: Path, text: str, until: int, parts: int = 3):
    """Run a line with all its rows into a ledger; return its line, the snapshots on the way and a reader."""
    plant = load_text(text, installed_libraries())
    compiled = compile_plant(plant)
    state = open_line(compiled, 5, keep=True)
    rows = new_rows(max(rows_needed(compiled.table), 4096))
    snapshots = [tally_of(compiled, state)]
    ledger = Ledger(folder)
    with ledger.create_run(plant.text, plant.digest, "twin", 5, None, compiled.begin_us, plant.name) as writer:
        recorder = Recorder(line_facts(compiled, 5, 0, state.serials), writer, alarm_rules(plant))
        recorder.begin()
        for part in range(1, parts + 1):
            while (reason := advance(compiled.table, state, rows, until * part // parts)) != UNTIL:
                assert reason == ROWS
                recorder.record(rows)
            recorder.record(rows)
            snapshots.append(tally_of(compiled, state))
        final = copy_state(state)
        finish(compiled.table, state, rows)
        recorder.record(rows)
        writer.fact("open", open_work(compiled.table, final))
        writer.commit()
    return compiled, snapshots, ledger.reader()


@pytest.mark.parametrize("name", LINES)
def test_folding_all_rows_gives_the_kernels_counts_and_times(tmp_path: Path, name: str) -> None:
    compiled, snapshots, reader = run(tmp_path, *LINES[name])
    kernel, folded = snapshots[-1], fold_rows(reader, compiled)
    assert kernel.counts.sum() > 1000
    assert np.array_equal(kernel.counts, folded.counts)
    assert kernel.stays == folded.stays
    assert kernel.span_ns == folded.span_ns
    single = np.array([int(compiled.table.stations[int(m["station"])]["flow"]) == ITEM for m in compiled.table.machines])
    assert single.sum() >= 7
    assert np.array_equal(kernel.times[single], folded.times[single])


def test_times_add_up_to_the_span_and_tallies_to_the_whole(tmp_path: Path) -> None:
    _, snapshots, _ = run(tmp_path, *LINES["stops"])
    parts = [b - a for a, b in itertools.pairwise(snapshots)]
    whole = snapshots[-1] - snapshots[0]
    assert ((parts[0] + parts[1]) + parts[2]).equals(parts[0] + (parts[1] + parts[2]))
    assert (parts[2] + parts[0] + parts[1]).equals(whole)
    assert not parts[0].equals(parts[1])
    for tally in (*parts, whole):
        assert (tally.times.sum(axis=1) == tally.span_ns).all()
