"""The calendar and exact answers: each line's output lies within the 99.9 % interval of its own replications, and that interval is narrow."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from two_evaluators import compiled, run_calendar_quietly

from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text
from linewright.twin.simulate import simulate
from naive import markov

DAY = 86_400
EXPONENTIAL = "{law: exponential, mean: %s s}"


def outputs(text: str, *, seconds: int = DAY, replications: int = 8) -> np.ndarray:
    """Good items a second of the last station, one number for each replication, after a tenth of the time for warming up."""
    line = compiled(text)
    return np.array([run_calendar_quietly(line, seconds, replication) for replication in range(replications)])


def check(made: np.ndarray, exact: float, *, width: float) -> None:
    """Compare the mean with the exact answer; `width` is the widest half interval that still says something, as a share."""
    half = stats.t.ppf(0.9995, made.size - 1) * made.std(ddof=1) / np.sqrt(made.size)
    assert half < width * exact, f"the interval is too wide to tell: {made.mean():.6f} +- {half:.6f}"
    assert abs(made.mean() - exact) < half, f"{made.mean():.6f} +- {half:.6f}, exactly {exact:.6f}"


def serial(means: tuple[float, ...], places: tuple[int, ...]) -> str:
    rows = [f"  s{i}: {{time: {EXPONENTIAL % mean}, buffer: {([0, *places])[i]}}}" for i, mean in enumerate(means)]
    return "line: serial\nproduct: part\nstations:\n" + "\n".join(rows)


def test_tandem():
    """The toy line: 6/7 a second."""
    check(outputs(serial((1.0, 1.0), (4,))), markov.tandem(1.0, 1.0, 4), width=0.01)


@pytest.mark.parametrize("places", [(0, 0), (2, 1)])
def test_three_in_series_and_their_reverse(places):
    means = (1.0, 1.25, 0.8)
    exact = markov.serial(tuple(1 / m for m in means), places)
    check(outputs(serial(means, places)), exact, width=0.01)
    check(outputs(serial(means[::-1], places[::-1])), exact, width=0.01)


def test_two_machines_that_fail():
    """The toy line: 0.650785 a second."""
    station = f"time: {EXPONENTIAL % 1}, failures: {{stop: {{mtbf: 20 s, mttr: 4 s}}}}"
    text = f"line: unreliable\nproduct: part\nstations:\n  first: {{{station}}}\n  second: {{{station}, buffer: 3}}\n"
    check(outputs(text), markov.unreliable_pair(1.0, 1 / 20, 1 / 4, 3), width=0.015)


def test_assembly():
    """The toy line: 0.746878 a second."""
    makers = "".join(f"  make-{x}: {{time: {EXPONENTIAL % 1}, {'' if x == 'a' else 'takes: none, '}makes: {x}}}\n" for x in "abc")
    takes = ", ".join(f"{x}: {{amount: 1, buffer: 2}}" for x in "abc")
    text = f"line: assembly\nproduct: abc\nstations:\n{makers}  join: {{time: {EXPONENTIAL % 0.8}, takes: {{{takes}}}, makes: abc}}\n"
    check(outputs(text), markov.assembly((1.0, 1.0, 1.0), 1.25, 2), width=0.01)


def test_an_oven_that_is_never_starved():
    """The toy line: 0.125 a second, exactly, since nothing is drawn."""
    text = """
line: batch-oven
product: part
stations:
  feed: {time: 1 s}
  oven: {batch: {size: 10, load: 1 s, unload: 1 s}, time: 60 s, buffer: 10}
  pack: {time: 1 s, buffer: 10}
"""
    assert outputs(text, replications=1)[0] == pytest.approx(markov.oven(10, 60.0, 1.0, 1.0), rel=1e-3)


def test_scrap_in_an_oven_that_is_never_starved():
    """Each item of a batch by itself: 0.7 of 0.125 a second."""
    text = """
line: batch-oven
product: part
stations:
  feed: {time: 1 s}
  oven: {batch: {size: 10, load: 1 s, unload: 1 s}, time: 60 s, buffer: 10, scrap: 30 %}
  pack: {time: 1 s, buffer: 10}
"""
    check(outputs(text), 0.7 * markov.oven(10, 60.0, 1.0, 1.0), width=0.02)


@pytest.mark.parametrize("people", [1, 2])
def test_machines_that_share_people(people):
    """Machines that are never starved nor blocked; with as many people as machines each is alone."""
    station = f"count: 2, time: {EXPONENTIAL % 1}, failures: {{stop: {{mtbf: 10 s, mttr: 5 s, by: fitter}}}}"
    text = f"line: shop\nproduct: part\npeople: {{fitter: {{count: {people}}}}}\nstations:\n  work: {{{station}}}\n"
    exact = markov.crew_of_one(2, 1.0, 0.1, 0.2) if people == 1 else 2 * markov.availability(1.0, 0.1, 0.2)
    check(outputs(text), exact, width=0.02)


@pytest.mark.parametrize("trays", [1, 2, 5])
def test_trays_that_go_round(trays):
    """A closed ring of three exponential machines, by mean value analysis."""
    text = f"""
line: ring
product: part
carriers: {{tray: {{holds: 1, count: {trays}}}}}
stations:
  feed: {{time: 1 ms}}
  load: {{time: {EXPONENTIAL % 1}, buffer: 5, loads: tray}}
  work: {{time: {EXPONENTIAL % 1.2}, buffer: 5}}
  unload: {{time: {EXPONENTIAL % 0.7}, buffer: 5, unloads: tray}}
"""
    check(outputs(text, seconds=DAY // 4), markov.closed_loop((1.0, 1 / 1.2, 1 / 0.7), trays), width=0.02)


def test_a_line_without_places_stands_when_any_machine_does():
    """Twelve equal machines, no places, 5 % repair for each running time: 1 / (1 + 12 * 0.05) of a machine.

    Exact for a line in step; here a stop reaches the others item by item, which is worth less than two per cent.
    """
    station = "time: 1 s, failures: {stop: {mtbf: 2000 s, mttr: 100 s}}"
    rows = "\n".join(f"  s{i}: {{{station}}}" for i in range(12))
    made = outputs(f"line: tight\nproduct: part\nstations:\n{rows}\n", seconds=4 * DAY)
    assert made.mean() == pytest.approx(markov.zero_buffer_synchronous((0.05,) * 12, 1.0), rel=0.02)


@pytest.mark.parametrize("places", [0, 2])
def test_arrivals_that_are_lost(places):
    arrivals = "{law: exponential, mean: 0.5 s, when-full: lost}"
    text = f"line: loss\nproduct: part\nstations:\n  desk: {{arrivals: {arrivals}, count: 3, time: {EXPONENTIAL % 1}, buffer: {places}}}\n"
    check(outputs(text), markov.loss(2.0, 1.0, 3, places), width=0.01)


def test_scrap_thins_what_comes():
    """Scrap by chance on an exponential machine: what passes is that of a machine slower by that share."""
    text = f"line: scrap\nproduct: part\nstations:\n  a: {{time: {EXPONENTIAL % 1}, scrap: 30 %}}\n  b: {{time: {EXPONENTIAL % 1.25}, buffer: 2}}\n"
    check(outputs(text), markov.tandem(0.7, 0.8, 2), width=0.01)


@pytest.mark.parametrize("choose", ["shortest-queue", "first-free"])
def test_two_lanes(choose):
    lanes = f"  a: {{time: {EXPONENTIAL % 1.6}, buffer: 2, to: end}}\n  b: {{time: {EXPONENTIAL % 2.5}, buffer: 2, to: end}}\n"
    text = f"line: lanes\nproduct: part\nstations:\n  feed: {{time: {EXPONENTIAL % 1}, to: [a, b], choose: {choose}}}\n{lanes}"
    text += "  end: {time: 1 us, buffer: 9}\n"
    check(outputs(text), markov.two_lanes(1.0, (1 / 1.6, 1 / 2.5), 2, shortest=choose == "shortest-queue"), width=0.01)


def test_an_oven_that_is_starved_and_blocks():
    text = f"line: oven\nproduct: part\nstations:\n  feed: {{time: {EXPONENTIAL % 1}}}\n"
    text += f"  oven: {{time: {EXPONENTIAL % 3}, batch: {{size: 3}}, buffer: 2}}\n"
    check(outputs(text), markov.batches(1.0, 1 / 3, 3, 2), width=0.01)


@pytest.mark.parametrize("limit", [None, 1, 2])
def test_an_open_line_with_rework(limit):
    """Without a limit the toy line, by Jackson: 4.242424 s in the line; the mean time is that of the items in it, by Little's law."""
    text = f"line: rework\nproduct: part\nstations:\n  work: {{arrivals: {EXPONENTIAL % 2}, time: {EXPONENTIAL % 1}, buffer: unlimited}}\n"
    text += f"  look: {{time: {EXPONENTIAL % 0.5}, buffer: unlimited, gate: {{fails: 20 %, to: work, limit: {limit or 'unlimited'}}}}}\n"
    plant = load_text(text, installed_libraries())
    results = [simulate(plant, until_s=10 * DAY, replication=r) for r in range(8)]
    inside = np.array([sum(result.wip[1:]) for result in results])
    check(inside / 0.5, markov.time_with_rework(0.5, 1.0, 2.0, 0.2, limit), width=0.02)
    good = np.array([result.made / (10 * DAY) for result in results])
    check(good, 0.5 * (1.0 - (0.0 if limit is None else 0.2 ** (limit + 1))), width=0.01)


def test_waiting_for_one_of_three():
    """The toy line, by Erlang C: 1.404494 s."""
    text = f"line: desk\nproduct: part\nstations:\n  desk: {{arrivals: {EXPONENTIAL % 0.4}, count: 3, time: {EXPONENTIAL % 1}, buffer: unlimited}}\n"
    plant = load_text(text, installed_libraries())
    inside = np.array([simulate(plant, until_s=10 * DAY, replication=r).wip[1] for r in range(8)])
    check(inside / 2.5 - 1.0, markov.mean_wait(2.5, 1.0, 3), width=0.03)
