"""SimPy and the reference agree, to the nanosecond, on one small line for each element, from the same numbers by the product's own keys."""

from __future__ import annotations

import math

import numpy as np
import pytest

from linewright.kernels import rules
from linewright.kernels.reference import simulate
from linewright.kernels.reference_line import (
    Carrier,
    Comes,
    Crew,
    Crossing,
    Drive,
    Fleet,
    Flow,
    Gate,
    Line,
    Mode,
    Plan,
    Queue,
    Shift,
    Slot,
    Step,
    ToolMode,
)
from linewright.kernels.reference_log import Log
from naive import journeys, outages, processes, transport
from naive.journeys import from_one
from naive.processes import Stop

SECOND = 10**9
UNTIL = 3000 * SECOND
SEED = 7


def uniform(path: str, purpose: int, n: int) -> float:
    with np.errstate(over="ignore"):
        return float(rules.uniform(np.uint64(rules.base_of(SEED, 0)), np.uint64(rules.hash_text(path)), purpose, n))


def exponential(path: str, mean_s: float, purpose: int = rules.SERVICE):
    """The n-th time of an exponential law under the key of a path, ns."""
    return lambda n: max(math.floor(-mean_s * math.log1p(-uniform(path, purpose, n)) * 1e9 + 0.5), 1)


def mode(path: str, mtbf_s: float, mttr_s: float, **more) -> Mode:
    """A failure mode of each machine of a station: keys as the product has them."""
    return Mode(
        life=lambda m, k: exponential(f"{path}/{m + 1}.jam", mtbf_s, rules.FAILURE)(k),
        repair=lambda m, k: exponential(f"{path}/{m + 1}.jam", mttr_s, rules.REPAIR)(k),
        **more,
    )


def stop(mode: Mode, machine: int = 0) -> Stop:
    """The same failures for SimPy, which counts from 0."""
    return Stop(lambda k: mode.life(machine, k + 1), lambda k: mode.repair(machine, k + 1))


def left(log: Log, station: int) -> list[int]:
    """Times of leaving, in order; an item that is still there has none."""
    return sorted(v.leave for v in log.visits if v.station == station)


FEED, WELD, TEST = exponential("feed", 1.0), exponential("weld", 2.3), exponential("test", 0.9)


@pytest.mark.parametrize("places", [0, 1, 5])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_parallel_machines_finite_places_scrap(places, count):
    def is_scrap(n: int) -> bool:
        return uniform("weld", rules.SCRAP, n) < 0.1

    steps = (Step(FEED, begins=True, out=0), Step(WELD, count=count, entry=0, out=1, is_scrap=is_scrap), Step(TEST, entry=1))
    log = simulate(Line(steps, (Queue(1, places), Queue(2, places))), UNTIL)
    naive = [processes.Step(from_one(s.time), s.count, places, lambda n, s=s: s.is_scrap(n + 1)) for s in steps]
    assert [left(log, j) for j in range(3)] == processes.serial(naive, UNTIL)


def test_a_gate_by_chance():
    gate = Gate(fails=0.2, chance=lambda n: uniform("weld", rules.CHANCE, n))
    steps = (Step(FEED, begins=True, out=0), Step(WELD, count=2, entry=0, out=1, gate=gate), Step(TEST, entry=1))
    log = simulate(Line(steps, (Queue(1, 2), Queue(2, 2))), UNTIL)
    refused = [processes.Step(from_one(s.time), s.count, 2, processes.never) for s in steps]
    refused[1] = processes.Step(from_one(WELD), 2, 2, lambda n: gate.chance(n + 1) < 0.2)
    assert [left(log, j) for j in range(3)] == processes.serial(refused, UNTIL)


def test_failures_by_running_time():
    jam = mode("feed", 20.0, 4.0)
    log = simulate(Line((Step(FEED, begins=True, modes=(jam,)),)), UNTIL)
    assert left(log, 0) == processes.running_failures(from_one(FEED), stop(jam), UNTIL)


def test_failures_by_the_calendar():
    jam = mode("feed", 20.0, 4.0, running=False)
    log = simulate(Line((Step(FEED, begins=True, modes=(jam,)),)), UNTIL)
    naive = outages.behind_a_door(from_one(FEED), UNTIL, lambda env, door: outages.breakdowns(env, stop(jam), door))
    assert left(log, 0) == naive


def test_hours():
    switches = tuple(int(SECOND * t) for t in (100.5, 130.25, 131.125, 500.0625, 1000.5, 1400.5))
    log = simulate(Line((Step(FEED, begins=True, shift=0),), shifts=(Shift(switches),)), UNTIL)
    assert left(log, 0) == outages.behind_a_door(from_one(FEED), UNTIL, lambda env, door: outages.hours(env, switches, door))


def test_a_utility_holds_two_stations():
    leak = mode("air", 40.0, 15.0, running=False)
    steps = (Step(FEED, begins=True, out=0), Step(TEST, entry=0), Step(FEED, flow=Flow.UTILITY, serves=(0, 1), modes=(leak,)))
    log = simulate(Line(steps, (Queue(1, 3),)), UNTIL)
    assert (left(log, 0), left(log, 1)) == outages.held_together(from_one(FEED), from_one(TEST), 3, stop(leak), UNTIL)


@pytest.mark.parametrize("people", [1, 2])
@pytest.mark.parametrize("off", [(), (50, 170, 400, 900, 1200, 1250)])
def test_people_mend_those_who_asked_first(people, off):
    jam = mode("weld", 15.0, 9.0, crew=0)
    switches = tuple(t * SECOND for t in off)
    line = Line((Step(WELD, count=4, begins=True, modes=(jam,)),), crews=(Crew(people, 0),), shifts=(Shift(switches),))
    naive = outages.repair_shop(4, from_one(WELD), [stop(jam, m) for m in range(4)], people, until=UNTIL, off=switches)
    assert left(simulate(line, UNTIL), 0) == naive


@pytest.mark.parametrize("when", [{"items": 7}, {"every": 31 * SECOND}])
def test_maintenance(when):
    upkeep = exponential("feed/1.clean", 5.0, rules.MAINTAIN)
    log = simulate(Line((Step(FEED, begins=True, plans=(Plan(lambda _, k: upkeep(k), **when),)),)), UNTIL)
    assert left(log, 0) == outages.kept_up(from_one(FEED), from_one(upkeep), UNTIL, **when)


def test_an_oven():
    bake = exponential("oven", 8.0)
    oven = Step(bake, entry=0, flow=Flow.BATCH, size=5, load=SECOND // 3, unload=SECOND // 7)
    log = simulate(Line((Step(FEED, begins=True, out=0), oven), (Queue(1, 4),)), UNTIL)
    batch = processes.Batch(5, SECOND // 3, SECOND // 7)
    assert (left(log, 0), left(log, 1)) == processes.oven(from_one(FEED), from_one(bake), batch, 4, UNTIL)


def test_a_store():
    store = Step(lambda _: 5 * SECOND, entry=0, flow=Flow.STORE, size=4)
    log = simulate(Line((Step(FEED, begins=True, out=0), store), (Queue(1, 0),)), UNTIL)
    assert (left(log, 0), left(log, 1)) == processes.store(from_one(FEED), 5 * SECOND, 4, UNTIL)


@pytest.mark.parametrize("places", [1, 3])
def test_parts_are_joined(places):
    makers = [exponential(f"make-{i}", 1.0) for i in range(3)]
    steps = [Step(time, begins=True, out=i, kind=i + 1) for i, time in enumerate(makers)]
    join = Step(TEST, begins=True, kind=9, slots=tuple(Slot(Comes.PART, i + 1, queue=i) for i in range(3)))
    log = simulate(Line((*steps, join), tuple(Queue(3, places, slot=i) for i in range(3))), UNTIL)
    assert left(log, 3) == processes.join([from_one(m) for m in makers], from_one(TEST), places, UNTIL)


@pytest.mark.parametrize("machines", [1, 3])
def test_coils_are_slit_and_changed(machines):
    coil = exponential("slitter", 12.0)
    slitter = Step(coil, begins=True, out=0, kind=1, lanes=4, made=1000)
    slots = (Slot(Comes.COIL, 1, amount=300, queue=0, length=1000, change=2 * SECOND),)
    winder = Step(TEST, count=machines, begins=True, kind=2, slots=slots)
    log = simulate(Line((slitter, winder), (Queue(1, 1, slot=0),)), UNTIL)
    web = journeys.Web(lanes=4, strip=1000, piece=300, change=2 * SECOND)
    assert (left(log, 0), left(log, 1)) == journeys.wound(from_one(coil), from_one(TEST), machines, web, UNTIL)


@pytest.mark.parametrize("trays", [1, 2, 6])
def test_a_limited_number_of_trays(trays):
    work = exponential("form", 3.0)
    steps = (
        Step(lambda _: 1, begins=True, out=0),
        Step(FEED, entry=0, out=1, flow=Flow.LOADER, carrier=0),
        Step(work, entry=1, out=2),
        Step(TEST, entry=2, flow=Flow.UNLOADER, carrier=0),
    )
    line = Line(steps, (Queue(1, 1), Queue(2, 1), Queue(3, 1)), carriers=(Carrier(5, holds=3, count=trays, back=2 * SECOND),))
    log = simulate(line, UNTIL)
    naive = journeys.on_trays(from_one(FEED), from_one(work), from_one(TEST), journeys.Trays(trays, 3, 2 * SECOND), UNTIL - 1)
    fed = 1  # the first item reaches the loader after the one nanosecond of its making; from then on there is always one
    assert [left(log, j) for j in (1, 2, 3)] == [[t + fed for t in times] for times in naive]


@pytest.mark.parametrize("vehicles", [1, 2])
@pytest.mark.parametrize("places", [1, 3])
def test_vehicles_bring_the_goods(vehicles, places):
    line = Line(
        (Step(FEED, begins=True, out=0), Step(TEST, entry=0)),
        (Queue(1, places, fleet=0),),
        fleets=(Fleet(carry=2 * SECOND, back=SECOND, queues=(0,), count=vehicles),),
    )
    log = simulate(line, UNTIL)
    carts = journeys.Carts(vehicles, carry=2 * SECOND, back=SECOND)
    assert (left(log, 0), left(log, 1)) == journeys.carted(from_one(FEED), from_one(TEST), carts, places, UNTIL)


#: Pieces of the ways between two makers, a taker and the chargers [s]; all but one cross the same crossing. No two sums are equal: ties are ordered
#: otherwise in SimPy.
WAYS = {
    ("a", "a"): [], ("b", "b"): [], ("t", "t"): [], ("h", "h"): [],
    ("a", "b"): [(1.50317, None), (0.7, "x"), (2.10741, None)], ("b", "a"): [(2.10741, None), (0.7, "x"), (1.50317, None)],
    ("a", "t"): [(1.50317, None), (0.7, "x"), (3.31129, None)], ("t", "a"): [(3.31129, None), (0.7, "x"), (1.50317, None)],
    ("b", "t"): [(2.10741, None), (0.7, "x"), (3.31129, None)], ("t", "b"): [(4.11903, None)],
    ("t", "h"): [(3.31129, None), (0.7, "x"), (0.91373, None)], ("h", "t"): [(0.91373, None), (0.7, "x"), (3.31129, None)],
    ("h", "a"): [(0.91373, None), (0.7, "x"), (1.50317, None)], ("h", "b"): [(0.91373, None), (0.7, "x"), (2.10741, None)],
    ("a", "h"): [(1.50317, None), (0.7, "x"), (0.91373, None)], ("b", "h"): [(2.10741, None), (0.7, "x"), (0.91373, None)],
}  # fmt: skip
POINTS = "abth"


def drive(a: str, b: str) -> Drive:
    """The same way for the product: its time, and when the crossing is entered and left."""
    ends = [round(sum(time for time, _ in WAYS[a, b][:i]) * SECOND) for i in range(len(WAYS[a, b]) + 1)]
    inside = tuple(Crossing(ends[i], ends[i + 1], 0) for i, (_, crossing) in enumerate(WAYS[a, b]) if crossing)
    return Drive(ends[-1], POINTS.index(b), inside)


@pytest.mark.parametrize("vehicles", [1, 2, 5])
@pytest.mark.parametrize("is_nearest", [False, True])
@pytest.mark.parametrize("run", [0, 100 * SECOND])
def test_vehicles_drive_over_a_map(vehicles, is_nearest, run):
    """Calls by waiting or by distance, a crossing with one place, batteries and one charger."""
    makers = [exponential("a", 9.0), exponential("b", 7.0)]
    drives = tuple(tuple(drive(a, b) for b in POINTS) for a in POINTS)
    battery = {"run": run, "low": run // 3, "ratio": 0.4, "charger": 3} if run else {}
    fleet = Fleet(0, 0, (0,), vehicles, drives=drives, load=SECOND, unload=SECOND // 2, is_nearest=is_nearest, begin=3, **battery)
    steps = (*(Step(time, begins=True, out=0, point=k) for k, time in enumerate(makers)), Step(exponential("t", 3.0), entry=0, point=2))
    log = simulate(Line(steps, (Queue(2, 4, fleet=0),), fleets=(fleet,), zones=(1,)), UNTIL)
    ways = {ends: [(round(time * SECOND), crossing) for time, crossing in way] for ends, way in WAYS.items()}
    own = transport.Fleet(vehicles, ways, "h", SECOND, SECOND // 2, is_nearest, run, run // 3, round(0.4 * run))
    naive = [(point, from_one(time)) for point, time in zip("ab", makers, strict=True)]
    assert [left(log, j) for j in range(3)] == transport.served(naive, from_one(exponential("t", 3.0)), own, to="t", buffer=4, until=UNTIL)
    assert (log.fleets[0]["charges"] > 10) == bool(run)


def test_what_waits_too_long_is_thrown_away():
    jam = mode("fill", 30.0, 8.0)
    steps = (Step(FEED, begins=True, out=0), Step(TEST, entry=0, within=5 * SECOND, modes=(jam,)))
    log = simulate(Line(steps, (Queue(1, 8),)), UNTIL)
    good, late = journeys.in_time(from_one(FEED), from_one(TEST), 8, 5 * SECOND, stop(jam), until=UNTIL)
    assert [v.leave for v in log.visits if v.station == 1 and v.verdict == 0] == good
    assert [v.leave for v in log.visits if v.station == 1 and v.verdict != 0] == late


def test_tools_go_out_and_come_back():
    gap, repair = exponential("form.channel", 6.0, rules.FAILURE), exponential("form.channel", 20.0, rules.REPAIR)

    def pick(k: int) -> int:
        return int(uniform("form.channel", rules.PICK, k) * 10)

    mode = ToolMode(gap, repair, pick, tools=5)
    log = simulate(Line((Step(WELD, count=2, begins=True, tool_modes=(mode,)),)), UNTIL)
    told = [(t.t, t.machine * 5 + t.tool, t.out) for t in log.tool_stops]
    assert told == journeys.tools_out(from_one(gap), from_one(repair), from_one(pick), UNTIL)
