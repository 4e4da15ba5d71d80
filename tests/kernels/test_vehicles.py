"""Vehicles by hand: small plants whose every moment can be told in advance."""

from __future__ import annotations

import pytest

from linewright.kernels.reference import simulate
from linewright.kernels.reference_line import Crossing, Drive, Fleet, Line, Mode, Queue, Step
from linewright.kernels.reference_log import Category, Log


def steady(time: int):
    return lambda _: time


def ways(*far: tuple[int, ...], zones: dict[tuple[int, int], Crossing] | None = None) -> tuple[tuple[Drive, ...], ...]:
    """Straight ways: their times, and at most one zone on each."""
    zones = zones or {}
    return tuple(
        tuple(Drive(time, b, (zones[a, b],) if (a, b) in zones else ()) for b, time in enumerate(times)) for a, times in enumerate(far)
    )


def plant(fleet: Fleet, makes: int = 100, takes: int = 1, places: int = 5, zones: tuple[int, ...] = ()) -> Line:
    """A maker at point 0, a taker at point 1."""
    steps = (Step(steady(makes), begins=True, out=0, point=0), Step(steady(takes), entry=0, point=1))
    return Line(steps, (Queue(1, places, fleet=0),), fleets=(fleet,), zones=zones)


def leaves(log: Log, station: int = 0) -> list[int]:
    return [v.leave for v in log.visits if v.station == station]


def arrives(log: Log) -> list[int]:
    return [v.arrive for v in log.visits if v.station == 1]


def times(log: Log, station: int, vehicle: int = 0) -> dict[str, int]:
    return {category.name: time for category, time in zip(Category, log.times[station, vehicle], strict=True) if time}


def test_a_trip_over_a_map():
    """Called at 100, the vehicle comes in 7, loads 2, drives 10, unloads 3: at 122. It stands there, and comes in 10 to the next, at 200."""
    fleet = Fleet(0, 0, (0,), drives=ways((0, 10, 7), (10, 0, 5), (7, 5, 0)), load=2, unload=3, begin=2)
    log = simulate(plant(fleet), 300)
    assert leaves(log) == [100, 200]
    assert arrives(log) == [122, 225]
    assert log.fleets[0] == {"trips": 2, "fetched": 2, "brought": 2, "wait": 9 + 12, "longest": 12, "bring": 22 + 25, "late": 2, "lowest": 0}
    assert times(log, 2) == {"STARVED": 100 + 78 + 75, "EMPTY": 7 + 10, "HANDLING": 5 + 5, "EXECUTE": 20}


def test_the_nearest_vehicle_is_called():
    """Three at home, 4 from the maker: they go in their order. The fourth goods wait until the first vehicle has brought and is free again."""
    fleet = Fleet(0, 0, (0,), 3, drives=ways((0, 10, 4), (10, 0, 5), (4, 5, 0)), begin=2)
    log = simulate(plant(fleet, makes=3), 60)
    assert leaves(log)[:4] == [3, 6, 9, 3 + 4 + 10]
    assert arrives(log)[:3] == [17, 20, 23]


def test_goods_nearest_to_a_free_vehicle_go_first():
    """Nine machines make beside the taker, one makes 20 away: at 45 the vehicle is back from the first trip there; the nine have waited since 5."""
    drives = ways((0, 0, 20), (0, 0, 20), (20, 20, 0))
    steps = (
        Step(steady(5), count=9, begins=True, out=0, point=0),
        Step(steady(4), begins=True, out=0, point=2),
        Step(steady(1), entry=0, point=1),
    )
    lines = [
        Line(steps, (Queue(2, 9, fleet=0),), fleets=(Fleet(0, 0, (0,), drives=drives, is_nearest=nearest, unload=1),)) for nearest in (False, True)
    ]
    longest, nearest = (simulate(line, 100) for line in lines)
    assert leaves(longest)[:9] == leaves(nearest)[:9] == list(range(45, 54))
    assert leaves(longest, 1) == [4, 54], "ready at 8, before the nine are ready again"
    assert leaves(nearest, 1) == [4]
    assert leaves(nearest)[9:] == list(range(54, 100))


def test_one_at_a_time_in_a_zone():
    """The zone is 4 to 7 of the way of 10; two vehicles set out together, and the second waits for the first."""
    zones = {(2, 0): Crossing(4, 7, 0)}
    fleet = Fleet(0, 0, (0,), 2, drives=ways((0, 50, 10), (50, 0, 50), (10, 50, 0), zones=zones), begin=2)
    step = Step(steady(1), count=2, begins=True, out=0, point=0)
    line = Line((step, Step(steady(1), entry=0, point=1)), (Queue(1, 9, fleet=0),), fleets=(fleet,), zones=(1,))
    log = simulate(line, 66)
    assert arrives(log) == [61, 64], "the second stands 3 at the zone"
    assert times(log, 2, 1)["BLOCKED"] == 3
    assert arrives(simulate(Line(line.steps, line.queues, fleets=line.fleets, zones=(2,)), 66)) == [61, 61], "two may be in it"


def test_a_vehicle_on_its_way_to_the_park_turns_at_the_next_point():
    """From the taker the park is two hops of 10 away; called at 30, on the first hop, it comes to the maker from the point it reaches at 36."""
    to = {(1, 3): 2, (2, 3): 3, (1, 2): 2}
    far = ((0, 10, 6, 99), (10, 0, 10, 20), (6, 10, 0, 10), (99, 20, 10, 0))
    drives = tuple(tuple(Drive(t, to.get((a, b), b)) for b, t in enumerate(row)) for a, row in enumerate(far))
    fleet = Fleet(0, 0, (0,), drives=drives, begin=1, park=3)
    steps = (Step(lambda n: 1 if n == 1 else 29, begins=True, out=0, point=0), Step(steady(1), entry=0, point=1))
    line = Line(steps, (Queue(1, 5, fleet=0),), fleets=(fleet,))
    log = simulate(line, 60)
    # sets out to the park at 0, is called at 1, is at point 2 at 10, at the maker at 16, brings at 26 and sets out again
    assert leaves(log) == [1, 30, 59]
    assert arrives(log) == [26, 36 + 6 + 10], "at 30 it is on its way to point 2"
    assert times(log, 2)["STARVED"] == 1 + 4 + 7, "on its way to the park, not called"


def test_batteries_are_charged_one_after_the_other():
    """Each trip uses 30 of 50; below 25 a vehicle charges: 30 x 2 = 60. With one charger the second waits for the first."""
    fleet = Fleet(30, 0, (0,), 2, run=50, low=25, ratio=2.0)
    step = Step(steady(1), count=2, begins=True, out=0)
    line = Line((step, Step(steady(1), entry=0)), (Queue(1, 9, fleet=0),), fleets=(fleet,))
    log = simulate(line, 200)
    assert leaves(log) == [1, 1, 91, 151], "away 1 to 31, charged 31 to 91 and 91 to 151"
    assert log.fleets[0]["charges"] == 2
    assert log.fleets[0]["lowest"] == 20
    assert times(log, 2, 1) == {"STARVED": 1, "EXECUTE": 30 + 30, "CHARGING": 60, "BLOCKED": 60 + 19}


def test_a_vehicle_carries_what_else_waits_at_the_same_point():
    fleet = Fleet(0, 0, (0,), drives=ways((0, 10), (10, 0)), begin=1, holds=3)
    makers = Step(steady(1), count=5, begins=True, out=0, point=0)
    log = simulate(Line((makers, Step(steady(1), entry=0, point=1)), (Queue(1, 2, fleet=0),), fleets=(fleet,)), 31)
    # Five are ready at 1, one event after the other: the first calls the vehicle. It has room for three, but only two have a place to go to.
    assert leaves(log) == [1, 11, 21]
    assert arrives(log) == [21, 21]
    assert log.fleets[0]["trips"] == 2


def test_a_failure_lets_a_vehicle_stand_still_on_its_way():
    """Away 1 to 11; it fails at 5 for 20: the goods arrive at 31."""
    lost = Mode(life=lambda _, k: 5 if k == 1 else 1000, repair=lambda *_: 20, running=False)
    log = simulate(plant(Fleet(10, 3, (0,), modes=(lost,)), makes=1), 40)
    assert leaves(log) == [1, 34]
    assert arrives(log) == [31]
    assert times(log, 2)["REPAIR"] == 20


def test_running_clocks_count_trips_only():
    """10 of running: the first trip takes 8, so it fails 2 into the second."""
    worn = Mode(life=lambda _, k: 10 if k == 1 else 1000, repair=lambda *_: 7)
    log = simulate(plant(Fleet(8, 0, (0,), modes=(worn,)), makes=50), 120)
    assert leaves(log) == [50, 100]
    assert arrives(log) == [58, 100 + 8 + 7]


@pytest.mark.parametrize("trip", [4, 9])
def test_drawn_trips_end_where_they_bring(trip):
    log = simulate(plant(Fleet(0, 0, (0,), trip=lambda n: trip + n), makes=1), 20)
    assert leaves(log)[:2] == [1, 1 + trip + 1]
