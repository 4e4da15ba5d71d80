"""What a reader gives: visits with values, states between, samples, signals for drawing."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewright.ledger.blocks import Layout, packed, unpacked, whole_numbers
from linewright.ledger.ledger import Ledger
from linewright.ledger.reader import thinned

LAYOUT = Layout(("capacity", "first-efficiency"), ("Ah", "%"), (3.6, 0.0001), ((17640.0, None, None), (0.84, 0.87, 0.9)), (3600.0, 0.01), (0.0, 0.0))


@pytest.fixture
def writer(store: Callable[[], Ledger]):
    with store().create_run("p", "d", "twin", 1, None, 0, "line") as writer:
        yield writer


def reader(store: Callable[[], Ledger]):
    return store().reader()


def test_values_of_a_tray_come_back_by_place(store, writer) -> None:
    si = np.array([[18000.0, 17996.4, math.nan], [0.87, 0.8612, math.nan]])
    step, layout = writer.key("step", "formation"), 1
    writer.append("layout", {"layout": [layout], "plan": ["d"], "step": [step], **{k: [v] for k, v in LAYOUT.row().items()}})
    data = whole_numbers(si, LAYOUT.resolutions).tobytes()
    writer.append("visit", {"unit": [7 << 40 | 1], "step": [step], "out_us": [5], "layout": [layout], "vals": [data], "verdict": [0]})
    writer.commit()
    (visit,) = reader(store).visits_of(7 << 40 | 1)
    assert visit.step == "formation"
    assert visit.layout == LAYOUT
    assert visit.values is not None
    assert np.allclose(visit.values, si, equal_nan=True)
    assert LAYOUT.shown(visit.values[:, 0]) == pytest.approx((5.0, 87.0))
    assert LAYOUT.shown(visit.values[:, 2]) == (None, None)


def test_visits_are_found_by_the_time_they_ended(store, writer) -> None:
    a, b = writer.key("step", "a"), writer.key("step", "b")
    out = [10, 20, 20, 20, 30, 40, 40, 50]
    writer.append("visit", {"unit": range(8), "step": [a, b] * 4, "out_us": out})
    writer.commit()
    r = reader(store)
    assert [v.unit for v in r.visits_between(20, 40)] == [1, 2, 3, 4]
    assert [v.unit for v in r.visits_between(20, 40, "a")] == [2, 4]
    assert [v.unit for v in r.visits_between(0, 10)] == []
    assert [v.unit for v in r.visits_between(45, 1000)] == [7]
    assert [v.unit for v in r.newest_visits(2, "b")] == [7, 5]


@given(st.lists(st.integers(0, 20), max_size=40), st.integers(-1, 22))
def test_halving_finds_the_first_row_as_looking_at_each_does(tmp_path_factory: pytest.TempPathFactory, times: list[int], asked: int) -> None:
    times.sort()
    folder = tmp_path_factory.mktemp("ledger")
    with Ledger(folder).create_run("p", "d", "twin") as writer:
        writer.append("visit", {"unit": range(len(times)), "step": [1] * len(times), "out_us": times})
        writer.commit()
    with Ledger(folder).reader() as r:
        assert r.first_row_at("visit", "out_us", asked) == 1 + sum(t < asked for t in times)


def test_states_between_know_what_was_before(store, writer) -> None:
    m, run, held = writer.key("machine", "winder/1"), writer.key("state", "Execute"), writer.key("state", "Held")
    idle = writer.key("machine", "winder/2")
    reason = writer.key("reason", "web-break")
    writer.append("state", {"machine": [m] * 4, "from_us": [0, 100, 150, 150], "state": [run, held, held, run], "reason": [None, reason, None, None]})
    writer.append("state", {"machine": [idle], "from_us": [500], "state": [run]})
    writer.commit()
    r = reader(store)
    spans = r.states_between(120, 400, "winder/1")
    assert [(s.from_us, s.to_us, s.state, s.reason) for s in spans] == [(100, 150, "Held", "web-break"), (150, None, "Execute", None)]
    assert [(s.machine, s.from_us) for s in r.states_between(0, 1000)] == [("winder/1", 0), ("winder/1", 100), ("winder/1", 150), ("winder/2", 500)]
    before = r.state_at("winder/1", 99)
    assert before is not None
    assert before.state == "Execute"
    assert r.state_at("winder/2", 99) is None
    assert r.states_between(0, 10, "no-such-machine") == []


def test_samples_are_thinned_and_looked_up_by_time(store, writer) -> None:
    for t in range(0, 1000, 10):
        writer.sample(t, f'{{"t":{t}}}')
    writer.commit()
    r = reader(store)
    newest, then = r.latest_sample(), r.latest_sample(at_us=57)
    assert newest is not None
    assert then is not None
    assert (newest.line_us, then.body) == (990, '{"t":50}')
    few = r.samples_between(0, 1000, at_most=5)
    assert [s.line_us for s in few] == [0, 240, 490, 740, 990]
    assert len(r.samples_between(100, 200)) == 10


def test_a_signal_keeps_its_extremes_when_thinned(store, writer) -> None:
    m, name = writer.key("machine", "coater/1"), writer.key("signal", "oven-zones 1")
    rng = np.random.default_rng(3)
    values = rng.normal(120, 1, 5000)
    values[1234], values[4001] = 150.0, 90.0
    for start in range(0, 5000, 500):
        low, scale, data = packed(values[start : start + 500], step=0.01)
        writer.append("signal", {"machine": [m], "name": [name], "begin_us": [start * 1000], "every_us": [1000], "n": [500], "low": [low],
                                 "scale": [scale], "data": [data]})  # fmt: skip
    writer.commit()
    r = reader(store)
    assert r.signal_names("coater/1") == ["oven-zones 1"]
    trend = r.signal("coater/1", "oven-zones 1", 0, 5_000_000, pixels=100)
    assert len(trend.times_us) == 100
    assert trend.high.max() == pytest.approx(150.0, abs=0.01)
    assert trend.low.min() == pytest.approx(90.0, abs=0.01)
    part = r.signal("coater/1", "oven-zones 1", 700_000, 705_000, pixels=100)
    assert np.allclose(part.low, values[700:705], atol=0.01)
    assert np.array_equal(part.low, part.high)
    gap = r.signal("coater/1", "oven-zones 1", 4_998_000, 5_002_000, pixels=100)
    assert np.isnan(gap.low).tolist() == [False, False, True, True]


@given(
    st.lists(st.tuples(st.integers(0, 99), st.one_of(st.just(math.nan), st.floats(-9, 9))), max_size=60), st.integers(1, 30), st.integers(-20, 60)
)
def test_thinning_equals_the_obvious_way(points: list[tuple[int, float]], every: int, begin: int) -> None:
    points.sort(key=lambda p: p[0])
    points = [p for p in points if begin <= p[0] < begin + 90]
    trend = thinned(np.array([p[0] for p in points], np.int64), np.array([p[1] for p in points], float), begin, begin + 90, every)
    for i in range(len(trend.low)):
        inside = [v for t, v in points if begin + i * every <= t < begin + (i + 1) * every and not math.isnan(v)]
        if inside:
            assert (trend.low[i], trend.high[i]) == (min(inside), max(inside))
        else:
            assert math.isnan(trend.low[i])
            assert math.isnan(trend.high[i])


@given(st.lists(st.one_of(st.just(math.nan), st.floats(-1e6, 1e6)), min_size=1, max_size=50), st.one_of(st.none(), st.floats(1e-3, 10)))
def test_packed_samples_are_within_half_a_step(values: list[float], step: float | None) -> None:
    low, scale, data = packed(values, step)
    again = unpacked(low, scale, data)
    assert np.array_equal(np.isnan(again), np.isnan(values))
    known = ~np.isnan(again)
    assert (np.abs(again[known] - np.array(values)[known]) <= 0.5 * scale * (1 + 1e-6) + 1e-9).all()


def test_ids_and_ranges(store, writer) -> None:
    unit, web = writer.key("kind", "unit"), writer.key("kind", "web")
    cells = 9 << 40
    writer.append("thing", {"key": [1 << 40 | 5], "id": ["CATHODE-COIL-5"], "kind": [web], "made_us": [9]})
    writer.put("things", {"first_key": [cells + 1], "count": [10], "prefix": ["CELL"], "first_serial": [1], "kind": [unit], "carrier": [77]})
    writer.put("things", {"first_key": [cells + 11], "count": [3], "prefix": ["CELL"], "first_serial": [11], "kind": [unit]})
    writer.commit()
    writer.put("things", {"first_key": [cells + 11], "count": [5], "prefix": ["CELL"], "first_serial": [11], "kind": [unit]})
    writer.commit()
    r = reader(store)
    assert r.key_of("CELL-15") == r.key_of("CELL-0015") == cells + 15
    assert r.key_of("CELL-16") is None
    assert r.key_of("CELL-0") is None
    assert r.key_of("CELL-" + "9" * 40) is None
    assert r.key_of("CATHODE-COIL-5") == 1 << 40 | 5
    thing = r.thing(cells + 4)
    assert thing is not None
    assert (thing.id, thing.kind, thing.carrier) == ("CELL-4", "unit", 77)
    assert r.thing(cells + 16) is None
    assert r.ids_of([cells + 2, cells + 13, 1 << 40 | 5, 12345]) == {cells + 2: "CELL-2", cells + 13: "CELL-13", 1 << 40 | 5: "CATHODE-COIL-5"}
    assert [t.id for t in r.newest("unit", 7)][:5] == ["CELL-15", "CELL-14", "CELL-13", "CELL-12", "CELL-11"]
    assert [t.id for t in r.newest("web")] == ["CATHODE-COIL-5"]
    assert [t.id for t in r.ids_like("coil")] == ["CATHODE-COIL-5"]
    assert r.ids_like("%") == []
    assert r.kinds_in_use() == [("unit", "CELL", 1, 15)]
    assert r.in_ranges_of(77) == [(cells + 1, 10)]


def test_pieces_of_a_web_are_found_by_their_metres(store, writer) -> None:
    writer.append("consume", {"web": [1] * 5, "lo_mm": [0, 100, 200, 300, 400], "hi_mm": [100, 200, 290, 400, 500], "unit": [10, 11, 12, 13, 14]})
    writer.append("consume", {"web": [2], "lo_mm": [150], "hi_mm": [250], "unit": [10]})
    writer.commit()
    r = reader(store)
    assert [p.unit for p in r.pieces_on_web(1, 150, 300)] == [11, 12]
    assert [p.unit for p in r.pieces_on_web(1, 290, 300)] == []
    assert [p.unit for p in r.pieces_on_web(1, 199, 301)] == [11, 12, 13]
    assert len(r.pieces_on_web(1)) == 5
    assert [(p.web, p.lo_mm) for p in r.pieces_of_unit(10)] == [(1, 0), (2, 150)]


def test_a_mount_lasts_until_the_next_on_the_same_input(store, writer) -> None:
    m, can, cap = writer.key("machine", "canner/1"), writer.key("input", "can"), writer.key("input", "cap")
    writer.append("mount", {"machine": [m] * 3, "input": [can, cap, can], "lot": [1, 2, 3], "from_us": [0, 0, 100]})
    writer.commit()
    r = reader(store)
    assert {x.lot for x in r.mounts_at("canner/1", 50)} == {1, 2}
    assert {x.lot for x in r.mounts_at("canner/1", 100)} == {2, 3}
    assert [(x.from_us, x.to_us) for x in r.mounts_of_lot(1)] == [(0, 100)]
    assert [(x.from_us, x.to_us) for x in r.mounts_of_lot(3)] == [(100, None)]


def test_who_lay_on_a_carrier(store, writer) -> None:
    writer.append("placed", {"unit": [1, 2], "carrier": [50, 50], "place": [0, 1], "from_us": [10, 12]})
    writer.append("placed", {"unit": [9], "carrier": [50], "place": [0], "from_us": [None], "to_us": [5]})
    writer.take_off([1], [50], [100])
    writer.commit()
    r = reader(store)
    assert [p.unit for p in r.units_on_carrier(50, 50)] == [1, 2]
    assert [p.unit for p in r.units_on_carrier(50, 100)] == [2]
    assert [p.unit for p in r.units_on_carrier(50, 4)] == [9]
    assert [(p.from_us, p.to_us) for p in r.places_of_unit(1)] == [(10, 100)]
