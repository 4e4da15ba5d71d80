"""How a line behaves, element by element, as whole timelines: a reader of these tests knows the rules of docs/semantics.md."""

from __future__ import annotations

from linewright.kernels import rows
from linewright.kernels.reference import simulate
from linewright.kernels.reference_line import (
    Carrier,
    Check,
    Comes,
    Crew,
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

NEVER = 10**15
COIL, STRIP, SHEET, TRAY, SLURRY = 1, 2, 3, 4, 5


def steady(ns: int):
    return lambda *_: ns


def given(*times: int):
    """The n-th number is the n-th given, after the last one the last."""
    return lambda n: times[min(n, len(times)) - 1]


def key(kind: int, serial: int) -> int:
    return (kind << rows.KIND_SHIFT) + serial


def first(time, **more) -> Step:
    return Step(time=time, begins=True, out=0, **more)


def visits(log, station: int):
    return [(v.start, v.done, v.leave) for v in log.visits if v.station == station]


def starts(log, station: int):
    return [v.start for v in log.visits if v.station == station]


def states(log, station: int, machine: int = 0):
    return [(s.t, rows.STATES[s.state]) for s in log.states if (s.station, s.machine) == (station, machine)]


# ---- places, blocking, machines side by side


def test_without_places_an_item_waits_on_its_machine_until_the_next_is_free():
    log = simulate(Line((first(steady(1)), Step(steady(3), entry=0)), (Queue(1, 0),)), 12)
    assert visits(log, 0) == [(0, 1, 1), (1, 2, 4), (4, 5, 7), (7, 8, 10)]
    assert visits(log, 1) == [(1, 4, 4), (4, 7, 7), (7, 10, 10)]


def test_a_place_between_lets_the_first_machine_go_on():
    log = simulate(Line((first(steady(1)), Step(steady(3), entry=0)), (Queue(1, 1),)), 11)
    assert visits(log, 0) == [(0, 1, 1), (1, 2, 2), (2, 3, 4), (4, 5, 7), (7, 8, 10)]


def test_the_smallest_free_machine_takes_the_item():
    log = simulate(Line((first(steady(2)), Step(steady(3), count=3, entry=0)), (Queue(1, 5),)), 12)
    assert [(v.machine, v.start) for v in log.visits if v.station == 1] == [(0, 2), (1, 4), (0, 6), (1, 8)]


def test_two_blocked_machines_hand_over_in_the_order_in_which_they_began_to_wait():
    """Machine 1 is done at 1, machine 0 at 2: the place at 4 goes to machine 1 though it has the larger number."""
    log = simulate(Line((first(given(2, 1, 9, 9), count=2), Step(given(9, 9), entry=0, count=1)), (Queue(1, 0),)), 30)
    assert [(v.machine, v.done, v.leave) for v in log.visits if v.station == 0] == [(1, 1, 1), (0, 2, 10), (1, 10, 19), (0, 19, 28)]


# ---- stops


def test_a_running_failure_stops_the_work_and_the_item_stays():
    mode = Mode(life=lambda _, k: given(3, 100)(k), repair=steady(10))
    log = simulate(Line((Step(steady(2), begins=True, modes=(mode,), short=0),)), 20)
    assert visits(log, 0) == [(0, 2, 2), (2, 14, 14), (14, 16, 16), (16, 18, 18)]
    assert states(log, 0) == [(0, "Execute"), (3, "Held"), (13, "Execute")]


def test_a_running_failure_due_with_the_end_of_work_comes_a_nanosecond_into_the_next():
    mode = Mode(life=lambda _, k: given(4, 100)(k), repair=steady(10))
    log = simulate(Line((Step(steady(2), begins=True, modes=(mode,)),)), 20)
    assert visits(log, 0) == [(0, 2, 2), (2, 4, 4), (4, 16, 16), (16, 18, 18)]


def test_a_starved_machine_does_not_age():
    """It works 10 of every 50; its life of 35 ends in the middle of the fourth work."""
    mode = Mode(life=lambda _, k: given(35, 1000)(k), repair=steady(60))
    log = simulate(Line((first(steady(50)), Step(steady(10), entry=0, modes=(mode,))), (Queue(1, 9),)), 310)
    assert visits(log, 1) == [(50, 60, 60), (100, 110, 110), (150, 160, 160), (200, 270, 270), (270, 280, 280)]


def test_a_calendar_failure_comes_also_to_an_idle_machine():
    mode = Mode(life=steady(7), repair=steady(4), running=False)
    log = simulate(Line((first(steady(5)), Step(steady(1), entry=0, modes=(mode,), short=0)), (Queue(1, 9),)), 24)
    assert states(log, 1) == [
        (0, "Suspended"), (5, "Execute"), (6, "Suspended"), (7, "Held"), (11, "Execute"), (12, "Suspended"), (15, "Execute"),
        (16, "Suspended"), (18, "Held"), (22, "Execute"), (23, "Suspended"),
    ]  # fmt: skip


def test_people_are_asked_in_order_and_stay_till_it_is_done():
    """Both machines fail at 3; one person: the second waits."""
    mode = Mode(life=steady(3), repair=steady(5), crew=0)
    log = simulate(Line((Step(steady(100), count=2, begins=True, modes=(mode,)),), crews=(Crew(),)), 14)
    assert states(log, 0, 0) == [(0, "Execute"), (3, "Held"), (8, "Execute"), (11, "Held")]
    assert states(log, 0, 1) == [(0, "Execute"), (3, "Held"), (13, "Execute")]
    assert log.times[0, 1][4:6] == [5, 5]  # repair, waiting for people


def test_people_off_shift_do_not_come_and_finish_what_they_began():
    """At work 0..5 and 20..: a repair of 7 begun at 4 ends at 11; the next failure at 15 waits until 20."""
    mode = Mode(life=steady(4), repair=steady(7), crew=0)
    line = Line((Step(steady(1000), begins=True, modes=(mode,)),), crews=(Crew(shift=0),), shifts=(Shift((5, 20)),))
    assert states(simulate(line, 30), 0) == [(0, "Execute"), (4, "Held"), (11, "Execute"), (15, "Held"), (27, "Execute")]


def test_work_stands_still_outside_the_hours():
    log = simulate(Line((Step(steady(4), begins=True, shift=0),), shifts=(Shift((6, 16)),)), 25)
    assert visits(log, 0) == [(0, 4, 4), (4, 18, 18), (18, 22, 22)]
    assert states(log, 0) == [(0, "Execute"), (6, "Stopped"), (16, "Execute")]


def test_a_utility_that_is_down_holds_its_stations():
    utility = Step(steady(1), flow=Flow.UTILITY, serves=(0,), modes=(Mode(life=steady(5), repair=steady(10), running=False, reason=7),))
    log = simulate(Line((Step(steady(4), begins=True), utility)), 25)
    assert visits(log, 0) == [(0, 4, 4), (4, 18, 18)]
    assert [(s.t, rows.STATES[s.state], s.reason) for s in log.states if s.station == 0] == [
        (0, "Execute", -1), (5, "Suspended", 7), (15, "Execute", -1), (20, "Suspended", 7),
    ]  # fmt: skip


def test_maintenance_by_calendar_waits_for_the_end_of_the_work():
    log = simulate(Line((Step(steady(4), begins=True, plans=(Plan(steady(3), every=10),)),)), 30)
    assert visits(log, 0) == [(0, 4, 4), (4, 8, 8), (8, 12, 12), (15, 19, 19), (19, 23, 23)]
    assert states(log, 0) == [(0, "Execute"), (12, "Stopped"), (15, "Execute"), (23, "Stopped"), (26, "Execute")]


def test_maintenance_by_items_counts_starts_of_the_machine():
    log = simulate(Line((Step(steady(4), begins=True, plans=(Plan(steady(3), items=2),)),)), 27)
    assert starts(log, 0) == [0, 4, 11, 15, 22]


def test_a_failure_that_falls_due_in_maintenance_comes_after_it():
    mode = Mode(life=lambda _, k: given(11, 100)(k), repair=steady(5), running=False)
    log = simulate(Line((Step(steady(10), begins=True, modes=(mode,), plans=(Plan(steady(3), every=9),)),)), 30)
    assert states(log, 0) == [(0, "Execute"), (10, "Stopped"), (13, "Held"), (18, "Execute"), (28, "Stopped")]


def test_maintenance_due_with_the_end_of_work_waits_for_the_next_end():
    """Completions come before the clock: at 10 the next work has begun when it falls due; what falls due at 20 follows what has just begun."""
    log = simulate(Line((Step(steady(10), begins=True, plans=(Plan(steady(3), every=10),)),)), 30)
    assert states(log, 0) == [(0, "Execute"), (20, "Stopped"), (26, "Execute")]


# ---- what goes in


def test_parts_move_in_as_soon_as_the_machine_is_empty():
    """Two makers of 1 and 4, one place each: the fast maker's parts lie in the machine, on the place and on the maker."""
    makers = [Step(steady(t), begins=True, out=i, kind=i + 1) for i, t in enumerate((1, 4))]
    slots = (Slot(Comes.PART, 1, queue=0), Slot(Comes.PART, 2, queue=1))
    join = Step(steady(2), begins=True, kind=3, slots=slots)
    log = simulate(Line((*makers, join), (Queue(2, 1, slot=0), Queue(2, 1, slot=1))), 15)
    assert visits(log, 2) == [(4, 6, 6), (8, 10, 10), (12, 14, 14)]
    assert visits(log, 0) == [(0, 1, 1), (1, 2, 2), (2, 3, 6), (6, 7, 10), (10, 11, 14)]
    assert [(c.item, c.lot, c.t) for c in log.consumed[:2]] == [(key(3, 1), key(1, 1), 4), (key(3, 1), key(2, 1), 4)]


def test_a_bought_coil_is_changed_when_its_rest_is_too_short():
    """10 mm, 4 mm an item: two items a coil, 2 mm are lost."""
    slot = Slot(Comes.COIL, COIL, amount=4, length=10, change=5)
    log = simulate(Line((Step(steady(1), begins=True, kind=SHEET, slots=(slot,)),)), 20)
    assert starts(log, 0) == [5, 6, 12, 13]
    assert [(m.lot, m.t) for m in log.mounts] == [(key(COIL, 1), 5), (key(COIL, 2), 12), (key(COIL, 3), 19)]
    assert [(c.lot, c.lo, c.hi) for c in log.consumed[:3]] == [(key(COIL, 1), 0, 4), (key(COIL, 1), 4, 8), (key(COIL, 2), 0, 4)]
    assert [(x.lot, x.t, x.lo, x.hi) for x in log.losses] == [(key(COIL, 1), 7, 8, 10), (key(COIL, 2), 14, 8, 10)]


def test_two_rolls_are_changed_together_and_lose_their_splice():
    slot = Slot(Comes.COIL, COIL, amount=4, length=10, splice=1, rolls=2)
    log = simulate(Line((Step(steady(1), begins=True, kind=SHEET, slots=(slot,)),)), 3)
    assert [(m.lot & 0xFF, m.t) for m in log.mounts] == [(1, 0), (2, 0), (3, 2), (4, 2)]
    assert [(c.lot & 0xFF, c.lo, c.hi) for c in log.consumed] == [(1, 1, 5), (2, 1, 5), (1, 5, 9), (2, 5, 9), (3, 1, 5), (4, 1, 5)]


def test_a_coil_is_cut_into_lanes_that_leave_in_order():
    slitter = Step(steady(4), entry=0, out=1, kind=STRIP, lanes=3, made=7)
    coater = Step(steady(10), begins=True, out=0, kind=COIL, made=100)
    winder = Step(steady(2), entry=1)
    log = simulate(Line((coater, slitter, winder), (Queue(1, 0), Queue(2, 1))), 22)
    assert [(m.item, m.parent, m.t, m.amount, m.lane) for m in log.things if m.station == 1] == [
        (key(STRIP, 1), key(COIL, 1), 14, 7, 0), (key(STRIP, 2), key(COIL, 1), 14, 7, 1), (key(STRIP, 3), key(COIL, 1), 14, 7, 2),
    ]  # fmt: skip
    assert visits(log, 1) == [(10, 14, 16)]
    assert visits(log, 2) == [(14, 16, 16), (16, 18, 18), (18, 20, 20)]


def test_a_batch_is_used_to_its_end_and_an_item_may_take_of_two():
    mixer = Step(steady(10), begins=True, out=0, kind=SLURRY, made=10)
    coater = Step(steady(1), begins=True, kind=COIL, slots=(Slot(Comes.BULK, SLURRY, amount=4, queue=0),))
    log = simulate(Line((mixer, coater), (Queue(1, 2),)), 25)
    assert [(c.item & 0xFF, c.lot & 0xFF, c.t, c.lo, c.hi) for c in log.consumed] == [
        (1, 1, 10, 0, 4), (2, 1, 11, 4, 8), (3, 1, 20, 8, 10), (3, 2, 20, 0, 2), (4, 2, 21, 2, 6), (5, 2, 22, 6, 10),
    ]  # fmt: skip


def test_a_batch_over_its_shelf_life_is_thrown_away():
    """Made every 10, used 4 every 7, lives 12: what is left of the first at 24 is too old."""
    mixer = Step(steady(10), begins=True, out=0, kind=SLURRY, made=10)
    coater = Step(steady(7), begins=True, kind=COIL, slots=(Slot(Comes.BULK, SLURRY, amount=4, queue=0, life=12),))
    log = simulate(Line((mixer, coater), (Queue(1, 2),)), 32)
    assert [(c.lot & 0xFF, c.t, c.lo, c.hi) for c in log.consumed] == [(1, 10, 0, 4), (1, 17, 4, 8), (2, 24, 0, 4), (2, 31, 4, 8)]
    assert [(x.lot & 0xFF, x.t, x.lo, x.hi, x.why) for x in log.losses] == [(1, 24, 8, 10, rows.LOST_OLD)]


def test_what_waits_too_long_is_late_and_takes_no_time():
    """Made at 1, 2, 3, ...; each next work takes 5 and must begin within 4 of the making: the seventh, made at 7, begins at 11."""
    log = simulate(Line((first(steady(1)), Step(steady(5), entry=0, within=4)), (Queue(1, 4),)), 12)
    assert [(v.item & 0xFF, v.start, v.verdict) for v in log.visits if v.station == 1] == [
        (1, 1, rows.VERDICT_PASS), (2, 6, rows.VERDICT_PASS), (3, 11, rows.VERDICT_LATE), (4, 11, rows.VERDICT_LATE),
        (5, 11, rows.VERDICT_LATE), (6, 11, rows.VERDICT_LATE),
    ]  # fmt: skip


# ---- what comes out


def test_scrap_leaves_at_once_and_takes_no_place():
    log = simulate(Line((first(steady(1), is_scrap=lambda n: n % 2 == 1), Step(steady(10), entry=0)), (Queue(1, 0),)), 5)
    assert [(v.done, v.leave, v.verdict) for v in log.visits] == [(1, 1, rows.VERDICT_SCRAP), (2, 2, 0), (3, 3, rows.VERDICT_SCRAP)]


def test_a_gate_misses_and_raises_false_alarms():
    """Values 1, 2, 3, ...; up to 2 is inside. Draws 0.05 at each second start: missed, or refused in vain."""
    gate = Gate(checks=(Check(value=float, upper=2.0),), misses=0.1, false_alarms=0.1, miss=lambda n: 0.05 if n % 2 == 0 else 0.5)
    log = simulate(Line((Step(steady(1), begins=True, gate=gate),)), 5)
    assert [v.verdict for v in log.visits] == [rows.VERDICT_PASS, rows.VERDICT_FALSE_REJECT, rows.VERDICT_REJECT, rows.VERDICT_MISSED]


def test_a_gate_by_chance():
    gate = Gate(fails=0.3, chance=lambda n: 0.1 * n)
    log = simulate(Line((Step(steady(1), begins=True, gate=gate),)), 5)
    assert [v.verdict for v in log.visits] == [rows.VERDICT_CHANCE, rows.VERDICT_CHANCE, 0, 0]


def test_a_gate_by_chance_misses_and_raises_false_alarms():
    """Of u = 0.1, 0.2 ...: bad below 0.4, of which 25 % are missed; of the good ones, from 0.4 on, a sixth is refused in vain."""
    gate = Gate(fails=0.4, misses=0.25, false_alarms=1 / 6, chance=lambda n: 0.1 * n - 0.01)
    log = simulate(Line((Step(steady(1), begins=True, gate=gate),)), 8)
    found, missed, vain = rows.VERDICT_CHANCE, rows.VERDICT_MISSED, rows.VERDICT_FALSE_REJECT
    assert [v.verdict for v in log.visits] == [found, found, found, missed, vain, 0, 0]


def test_the_first_grade_that_fits_is_given_and_none_is_refused():
    grades = ((Check(value=float, upper=1.0),), (Check(value=float, upper=3.0),))
    log = simulate(Line((Step(steady(1), begins=True, gate=Gate(), grades=grades),)), 6)
    assert [(v.grade, v.verdict) for v in log.visits] == [(0, 0), (1, 0), (1, 0), (-1, rows.VERDICT_REJECT), (-1, rows.VERDICT_REJECT)]


# ---- ovens, stores, trays, vehicles


def test_an_oven_loads_bakes_and_unloads_one_by_one():
    oven = Step(steady(10), entry=0, flow=Flow.BATCH, size=2, load=1, unload=2)
    log = simulate(Line((first(steady(1)), oven), (Queue(1, 2),)), 30)
    assert visits(log, 0) == [(0, 1, 1), (1, 2, 2), (2, 3, 3), (3, 4, 4), (4, 5, 17), (17, 18, 18)]
    assert [(v.n, v.start, v.done, v.leave) for v in log.visits if v.station == 1] == [(1, 3, 13, 15), (1, 3, 13, 17)]


def test_an_oven_starts_short_when_the_wait_is_over():
    oven = Step(steady(10), entry=0, flow=Flow.BATCH, size=3, wait=6)
    log = simulate(Line((first(steady(5)), oven), (Queue(1, 2),)), 30)
    assert [(v.n, v.start, v.done) for v in log.visits if v.station == 1] == [(1, 11, 21), (1, 11, 21)]


def test_ovens_are_filled_one_after_the_other():
    oven = Step(steady(10), count=2, entry=0, flow=Flow.BATCH, size=2)
    log = simulate(Line((first(steady(2)), oven), (Queue(1, 2),)), 28)
    assert [(v.machine, v.start) for v in log.visits if v.station == 1] == [(0, 4), (0, 4), (1, 8), (1, 8), (0, 14), (0, 14)]


def test_a_store_keeps_each_item_for_its_time_and_their_order():
    """The second would be ready at 5, but the first stays until 9."""
    store = Step(given(8, 3, 3, 3), entry=0, flow=Flow.STORE, size=3)
    log = simulate(Line((first(steady(1)), store), (Queue(1, 0),)), 13)
    assert visits(log, 1) == [(1, 9, 9), (2, 9, 9), (3, 9, 9), (9, 12, 12)]
    assert states(log, 1) == [(1, "Execute")]


def tray_line(trays: int, back: int = 0, holds: int = 2) -> Line:
    loader = Step(steady(1), begins=False, entry=0, out=1, flow=Flow.LOADER, carrier=0)
    work = Step(steady(10), entry=1, out=2)
    unloader = Step(steady(1), entry=2, flow=Flow.UNLOADER, carrier=0)
    return Line(
        (first(steady(1)), loader, work, unloader),
        (Queue(1, 1), Queue(2, 1), Queue(3, 1)),
        carriers=(Carrier(kind=TRAY, holds=holds, count=trays, back=back),),
    )


def test_items_travel_on_trays():
    log = simulate(tray_line(trays=5), 18)
    assert visits(log, 1)[:4] == [(1, 2, 2), (2, 3, 3), (3, 4, 4), (4, 5, 5)]
    assert visits(log, 2) == [(3, 13, 13)]
    assert [(v.arrive, v.start, v.leave) for v in log.visits if v.station == 3] == [(13, 13, 14), (13, 14, 15)]
    assert [(p.item & 0xFF, p.carrier, p.t, p.place, p.off) for p in log.places if p.carrier == key(TRAY, 1)] == [
        (1, key(TRAY, 1), 2, 0, 0), (2, key(TRAY, 1), 3, 1, 0), (1, key(TRAY, 1), 14, 0, 1), (2, key(TRAY, 1), 15, 1, 1),
    ]  # fmt: skip


def test_without_an_empty_tray_the_loader_starves():
    """One tray; empty at 15, back at 19."""
    log = simulate(tray_line(trays=1, back=4), 24)
    assert starts(log, 1) == [1, 2, 19, 20]


def test_vehicles_bring_the_goods_and_drive_back():
    """A trip of 5 and 3 back: the next one begins at 9, when a place is free though."""
    line = Line(
        (first(steady(1)), Step(steady(1), entry=0)),
        (Queue(1, 2, fleet=0),),
        fleets=(Fleet(carry=5, back=3, queues=(0,)),),
    )
    log = simulate(line, 24)
    assert visits(log, 0) == [(0, 1, 1), (1, 2, 9), (9, 10, 17)]
    assert [(v.arrive, v.start) for v in log.visits if v.station == 1] == [(6, 6), (14, 14), (22, 22)]


def test_a_vehicle_starts_only_when_a_place_is_free_that_nobody_is_under_way_to():
    line = Line(
        (first(steady(1)), Step(steady(20), entry=0)),
        (Queue(1, 1, fleet=0),),
        fleets=(Fleet(carry=5, back=3, queues=(0,), count=3),),
    )
    assert visits(simulate(line, 40), 0) == [(0, 1, 1), (1, 2, 6), (6, 7, 26)]


# ---- tools


def test_each_item_knows_its_tool():
    log = simulate(Line((Step(steady(1), begins=True, tools=3),)), 6)
    assert [v.tool for v in log.visits] == [0, 1, 2, 0, 1]


def test_a_tool_that_is_out_leaves_its_unit_without_a_value():
    """Tool 1 is out from 6 to 16: the unit on place 1 of the tray in work, and of no other, has no value."""
    line = tray_line(trays=5)
    mode = ToolMode(gap=given(6, 1000), repair=steady(10), pick=steady(1), tools=2, mark=0)
    work = Step(steady(10), entry=1, out=2, tool_modes=(mode,))
    line = Line((*line.steps[:2], work, line.steps[3]), line.queues, carriers=line.carriers)
    log = simulate(line, 30)
    assert [(t.t, t.tool, t.out) for t in log.tool_stops] == [(6, 1, 1), (16, 1, 0)]
    assert [(m.item & 0xFF, m.t, m.place) for m in log.missings] == [(2, 6, 1), (4, 13, 1)]


def test_times_in_state_add_up():
    mode = Mode(life=steady(7), repair=steady(4), running=False)
    log = simulate(Line((first(steady(5)), Step(steady(1), entry=0, modes=(mode,))), (Queue(1, 9),)), 24)
    assert log.times[1, 0] == [12, 0, 4, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    assert all(sum(times) == 24 for times in log.times.values())
