"""SimPy and the reference agree, to the nanosecond, on places kept ahead, people who run machines, lanes and rework."""

from __future__ import annotations

import pytest
from test_agreement_simpy import SECOND, UNTIL, exponential, left, uniform

from linewright.kernels import rules
from linewright.kernels.reference import simulate
from linewright.kernels.reference_line import Choose, Crew, Flow, Gate, Line, Mend, Queue, Step
from linewright.kernels.rows import VERDICT_LATE, VERDICT_PASS, VERDICT_REWORK
from naive import waits
from naive.journeys import from_one

MANY = 10**6
FEED, WELD, TEST = exponential("feed", 1.0), exponential("weld", 1.3), exponential("test", 0.9)


@pytest.mark.parametrize("places", [1, 3])
@pytest.mark.parametrize("count", [1, 2])
def test_work_starts_with_a_place_behind(places, count):
    steps = (
        Step(FEED, count=count, begins=True, out=0, before=True),
        Step(WELD, count=count, entry=0, out=1, before=True),
        Step(TEST, entry=1),
    )
    log = simulate(Line(steps, (Queue(1, places), Queue(2, places))), UNTIL)
    naive = waits.before([from_one(s.time) for s in steps], [count, count, 1], places, UNTIL)
    assert [left(log, j) for j in range(3)] == naive


def test_without_places_only_one_of_two_works_at_a_time():
    """The place behind is the machine, which must be empty: the times add up, exactly."""
    steps = (Step(FEED, begins=True, out=0, before=True), Step(WELD, entry=0))
    log = simulate(Line(steps, (Queue(1, 0),)), UNTIL)
    at, expected = 0, []
    for n in range(1, len(left(log, 1)) + 1):
        at += FEED(n) + WELD(n)
        expected.append(at)
    assert left(log, 1) == expected


@pytest.mark.parametrize("people", [2, 3])
def test_machines_that_people_run(people):
    steps = (
        Step(FEED, begins=True, out=0),
        Step(WELD, entry=0, out=1, needs=((0, 2),)),
        Step(TEST, entry=1, needs=((0, 1),)),
    )
    log = simulate(Line(steps, (Queue(1, MANY), Queue(2, MANY)), crews=(Crew(people),)), UNTIL)
    assert [left(log, j) for j in range(3)] == waits.manned([from_one(s.time) for s in steps], [0, 2, 1], people, UNTIL)


def test_an_oven_of_one_is_a_machine_that_people_run():
    """People are asked when the batch is complete, and go when its work ends."""
    oven = Step(WELD, entry=0, out=1, flow=Flow.BATCH, size=1, needs=((0, 1),))
    machine = Step(WELD, entry=0, out=1, needs=((0, 1),))
    last = Step(TEST, entry=1, needs=((0, 1),))
    queues = (Queue(1, MANY), Queue(2, MANY))
    logs = [simulate(Line((Step(FEED, begins=True, out=0), middle, last), queues, crews=(Crew(1),)), UNTIL) for middle in (oven, machine)]
    assert left(logs[0], 2) == left(logs[1], 2)


@pytest.mark.parametrize("choose", [Choose.IN_TURN, Choose.SHORTEST_QUEUE])
def test_lanes(choose):
    lanes = [exponential("lane-a", 1.8), exponential("lane-b", 2.4)]
    steps = (Step(FEED, begins=True, targets=(0, 1), choose=choose), *(Step(time, entry=i) for i, time in enumerate(lanes)))
    log = simulate(Line(steps, (Queue(1, MANY), Queue(2, MANY))), UNTIL)
    naive = waits.lanes(from_one(FEED), [from_one(time) for time in lanes], UNTIL, shortest=choose is Choose.SHORTEST_QUEUE)
    assert [left(log, j) for j in range(3)] == naive


@pytest.mark.parametrize("limit", [1, 3])
def test_rework(limit):
    gate = Gate(fails=0.3, chance=lambda n: uniform("look", rules.CHANCE, n))
    work, look = exponential("work", 0.6), exponential("look", 0.5)
    steps = (
        Step(FEED, begins=True, out=0),
        Step(work, entry=0, out=1),
        Step(look, entry=1, gate=gate, mend=Mend(0, limit=limit)),
    )
    log = simulate(Line(steps, (Queue(1, MANY), Queue(2, MANY))), UNTIL)
    loop = waits.Loop(from_one(work), from_one(look), lambda n: gate.chance(n + 1) < 0.3, limit)
    worked, good = waits.reworked(from_one(FEED), loop, UNTIL)
    assert left(log, 1) == worked
    assert [v.leave for v in log.visits if v.station == 2 and v.verdict == 0] == good


@pytest.mark.parametrize("goes_back", [False, True])
def test_a_limit_since_an_earlier_station(goes_back):
    times = [FEED, exponential("dry", 0.7), exponential("move", 0.8), exponential("fill", 0.9)]
    limit = 4 * SECOND
    steps = (
        Step(times[0], begins=True, out=0),
        Step(times[1], entry=0, out=1, stamps=True),
        Step(times[2], entry=1, out=2),
        Step(times[3], entry=2, within=limit, since=True, late=0 if goes_back else None),
    )
    log = simulate(Line(steps, (Queue(1, MANY), Queue(2, MANY), Queue(3, MANY))), UNTIL)
    good, late = waits.since_the_first([from_one(time) for time in times], limit, UNTIL, goes_back=goes_back)
    assert [v.leave for v in log.visits if v.station == 3 and v.verdict == VERDICT_PASS] == good
    assert [v.leave for v in log.visits if v.station == 3 and v.verdict == (VERDICT_REWORK if goes_back else VERDICT_LATE)] == late
    assert len(late) > 10
