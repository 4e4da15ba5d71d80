"""The recorder: kernel rows in, ledger rows out."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from linewright.control.alarms import AlarmRule
from linewright.genealogy.facts import WebFacts
from linewright.genealogy.record import Recorder
from linewright.genealogy.webs import Stream, charges_of, pieces_of
from linewright.kernels.exchange_rows import RECORD
from linewright.kernels.rows import VERDICT_LATE
from linewright.kernels.rules import draw_values
from linewright.ledger.ledger import Ledger

from .small_line import (
    BEGIN_US,
    CANNER,
    CAPACITY,
    CELL,
    COIL,
    DIAMETER,
    FOIL,
    FORMATION,
    MIXER,
    SLURRY,
    STRIP,
    TRAY,
    WINDER,
    Story,
    facts,
    key,
    one_coil,
)

RULES = {("winder", "failure", "web-break"): AlarmRule("winder", "failure", "web-break", 2)}
CALENDERED = key(COIL, 1) | 1 << 56


@pytest.fixture
def recorded(tmp_path: Path):
    ledger = Ledger(tmp_path)
    with ledger.create_run("text", "digest", "twin", 7, None, BEGIN_US, "small") as writer:
        recorder = Recorder(facts(), writer, RULES)
        recorder.begin()
        assert recorder.record(one_coil(Story()).taken()) == 8 * 3 + 5 + 1 + 4
        writer.commit()
    return ledger.reader()


def us(seconds: float) -> int:
    return BEGIN_US + round(seconds * 1e6)


def test_ids_follow_from_kind_and_serial(recorded) -> None:
    assert recorded.key_of("CELL-3") == key(CELL, 3)
    assert recorded.key_of("CELL-9") is None
    assert recorded.key_of("COIL-1") == key(COIL, 1)
    assert recorded.key_of("COIL-1@calender") == CALENDERED
    assert recorded.ids_of([key(FOIL, 5), key(TRAY, 2), key(STRIP, 2)]) == {key(FOIL, 5): "FOIL-5", key(TRAY, 2): "T-2", key(STRIP, 2): "STRIP-2"}
    thing = recorded.thing(key(COIL, 1))
    assert (thing.kind, thing.material, thing.made_us, thing.amount, thing.machine) == ("web", "coil", us(113), 98_000, "coater/1")


def test_visits_carry_their_four_times_to_the_nanosecond(tmp_path: Path) -> None:
    story = Story()
    story.rows["visit"].append((key(CELL, 1), 1, 1_234_567_891, 2_000_000_001, 2_500_000_999, 2_500_000_999, WINDER, 1, 0, 0, -1, 0))
    with Ledger(tmp_path).create_run("t", "d", "twin", begin_us=BEGIN_US) as writer:
        recorder = Recorder(facts(), writer)
        recorder.record(story.taken())
        writer.commit()
    (visit,) = Ledger(tmp_path).reader().visits_of(key(CELL, 1))
    assert (visit.step, visit.machine, visit.tool) == ("winder", "winder/2", 0)
    assert (visit.in_us, visit.start_us) == (BEGIN_US + 1_234_567, BEGIN_US + 2_000_000)
    columns = Ledger(tmp_path).reader().columns("visit", ["ns"])
    assert int(columns["ns"][0]) == ((891 << 10 | 1) << 10 | 999) << 10 | 999


def test_values_are_those_that_the_gates_drew(recorded) -> None:
    wanted = draw_values(7, 0, "winder.diameter", np.arange(1, 9), DIAMETER.centre, DIAMETER.spread)
    found = [next(v for v in recorded.visits_of(key(CELL, k)) if v.step == "winder").values[0, 0] for k in range(1, 9)]
    assert np.allclose(found, wanted, atol=0.51e-6)
    (mixed,) = recorded.visits_of(key(SLURRY, 2))
    assert mixed.layout.characteristics == ("viscosity",)
    assert 3 < mixed.values[0, 0] < 10


def test_a_tray_visit_holds_the_values_of_its_places_in_one_row(recorded) -> None:
    (visit,) = recorded.visits_of(key(TRAY, 1))
    wanted = draw_values(7, 0, "formation.capacity", np.arange(1, 5), CAPACITY.centre, CAPACITY.spread)
    assert visit.layout.characteristics == ("capacity", "first-efficiency")
    assert visit.values.shape == (2, 4)
    assert np.isnan(visit.values[:, 2]).all(), "its channel was out"
    assert np.allclose(visit.values[0, [0, 1, 3]], wanted[[0, 1, 3]], atol=1.81)


def test_maps_of_a_coil_that_is_rewound_stretched_and_slit(recorded) -> None:
    (calendered,) = recorded.maps_of_child(CALENDERED)
    assert (calendered.parent, calendered.a_mm, calendered.child_lo_mm, calendered.child_hi_mm) == (key(COIL, 1), 98_000, 0, 98_980)
    assert calendered.b == pytest.approx(-1 / 1.01)
    strips = recorded.maps_on_parent(CALENDERED)
    assert [(m.child, m.lane, m.a_mm, m.b, m.across_lo_mm, m.across_hi_mm) for m in strips] == [
        (key(STRIP, 1), 0, 98_980, -1.0, 7.0, 70.0), (key(STRIP, 2), 1, 98_980, -1.0, 70.0, 133.0),
    ]  # fmt: skip


def test_the_batches_of_a_web_lag_by_the_pipe(recorded) -> None:
    """50 L for 100 m: 500 mL a metre. The pipe holds 2 L, 4 m; batch 1 gives 40 L, so batch 2 begins at 84 m, 83 m behind the trimmed start."""
    charges = recorded.charges_of_web(key(COIL, 1))
    assert [(c.lo_mm, c.hi_mm, c.batch) for c in charges] == [(0, 83_000, key(SLURRY, 1)), (83_000, 98_000, key(SLURRY, 2))]
    assert charges[0].error_mm == pytest.approx(20 + 0.0002 * 83_000)
    assert [c.web for c in recorded.charges_of_batch(key(SLURRY, 2))] == [key(COIL, 1)]


def test_pieces_of_a_cell_by_role(recorded) -> None:
    pieces = recorded.pieces_of_unit(key(CELL, 4))
    assert [(p.role, p.web, p.lo_mm, p.hi_mm, p.error_mm) for p in pieces] == [
        ("strip", key(STRIP, 2), 880, 1760, 10.0), ("separator 1", key(FOIL, 4), 880, 1830, 10.0), ("separator 2", key(FOIL, 5), 880, 1830, 10.0),
    ]  # fmt: skip


def test_profiles_by_side_and_lane(recorded) -> None:
    profiles = recorded.profiles_of(key(COIL, 1))
    assert [(p.side, p.lane) for p in profiles] == [("A", 0), ("A", 1), ("B", 0), ("B", 1)]
    assert all(len(p.values) == 98 and p.step_mm == 1000 for p in profiles)
    assert np.std(np.concatenate([p.values for p in profiles])) == pytest.approx(0.001, rel=0.2)
    assert not np.allclose(profiles[0].values, profiles[1].values)


def test_who_lay_where(recorded) -> None:
    assert [(p.carrier, p.place, p.from_us, p.to_us) for p in recorded.places_of_unit(key(CELL, 2))] == [(key(TRAY, 1), 1, us(305.3), us(411))]
    assert [p.unit for p in recorded.units_on_carrier(key(TRAY, 2), us(400))] == [key(CELL, k) for k in (5, 6, 7, 8)]


def test_lots_on_machines(recorded) -> None:
    assert [(m.input, m.lot) for m in recorded.mounts_at("canner/1", us(310))] == [("can", key(7 - 1, 1))]
    assert {(m.input, m.lot) for m in recorded.mounts_at("winder/2", us(310))} == {
        ("strip", key(STRIP, 2)), ("separator 1", key(FOIL, 4)), ("separator 2", key(FOIL, 5)),
    }  # fmt: skip


def test_states_and_alarms(recorded) -> None:
    held = recorded.state_at("winder/2", us(325))
    assert (held.state, held.reason, held.to_us) == ("Held", "web-break", us(330))
    assert [(e.kind, e.line_us, e.body["alarm"]) for e in recorded.alarm_events()] == [
        ("alarm.raised", us(320), "winder/2/web-break"), ("alarm.returned", us(330), "winder/2/web-break"),
    ]  # fmt: skip


def test_a_late_item_has_no_value(tmp_path: Path) -> None:
    with Ledger(tmp_path).create_run("t", "d", "twin", begin_us=0) as writer:
        recorder = Recorder(facts(), writer)
        recorder.begin()
        recorder.record(Story().visit(key(CELL, 1), WINDER, (0, 1, 1, 1), n=0, verdict=VERDICT_LATE).taken())
        writer.commit()
    (visit,) = Ledger(tmp_path).reader().visits_of(key(CELL, 1))
    assert (visit.values, visit.verdict) == (None, VERDICT_LATE)


def test_delivered_values_come_before_drawn_ones(tmp_path: Path) -> None:
    records = np.zeros(3, RECORD)
    records["station"] = WINDER
    records["n"], records["values"], records["v0"] = [2, 1, 5], [1, 0, 1], [0.0205, 0.9, 0.0199]
    with Ledger(tmp_path).create_run("t", "d", "live", begin_us=0) as writer:
        recorder = Recorder(facts(), writer)
        recorder.begin()
        recorder.given(records)
        for n in (1, 2, 5):
            recorder.record(Story().visit(key(CELL, n), WINDER, (0, 0, n, n), n=n).taken())
        writer.commit()
    reader = Ledger(tmp_path).reader()
    found = [reader.visits_of(key(CELL, n))[0].values[0, 0] for n in (1, 2, 5)]
    drawn = draw_values(7, 0, "winder.diameter", np.array([1]), DIAMETER.centre, DIAMETER.spread)[0]
    assert found == pytest.approx([drawn, 0.0205, 0.0199], abs=0.6e-6)


def columns_of(reader) -> dict[str, list]:
    tables = ("visit", "consume", "charge", "piece_map", "placed", "mount", "state", "profile", "thing", "things")
    found = {t: reader.rows(f"SELECT * FROM {t}") for t in tables}
    return found | {"event": reader.rows("SELECT line_us, kind, body FROM event ORDER BY seq")}


def cut(story: Story, at: float) -> tuple[Story, Story]:
    """Cut a story into what was written before a time and the rest, as a kernel that stops there does."""
    when = {"visit": 5, "consume": 2, "mount": 1, "made": 2, "placed": 2, "state": 0, "missing": 1}
    early, late = Story(), Story()
    for name, rows in story.rows.items():
        for row in rows:
            (early if row[when[name]] < at * 1e9 else late).rows[name].append(row)
    for part in (early, late):
        for name, rows in part.rows.items():
            if name != "state":
                rows.sort(key=lambda r, n=name: r[when[n]])
    return early, late


def whole_run(folder: Path):
    with Ledger(folder).create_run("t", "d", "twin", begin_us=BEGIN_US) as writer:
        recorder = Recorder(facts(), writer, RULES)
        recorder.begin()
        recorder.record(cut(one_coil(Story()), 1e6)[0].taken())
        writer.commit()
    return columns_of(Ledger(folder).reader())


@pytest.mark.parametrize("at", [5, 12.5, 113, 250, 300, 305.5, 325, 340, 405, 412.5])
def test_the_ledger_is_the_same_however_the_rows_are_cut_and_after_going_on(tmp_path: Path, at: float) -> None:
    wanted = whole_run(tmp_path / "whole")
    first, second = cut(one_coil(Story()), at)
    with Ledger(tmp_path / "cut").create_run("t", "d", "twin", begin_us=BEGIN_US) as writer:
        recorder = Recorder(facts(), writer, RULES)
        recorder.begin()
        recorder.record(first.taken())
        fills = {TRAY: np.array(recorder._trays._fills.get(TRAY, np.zeros((1, 4), np.int32)))}
        saved = json.dumps(recorder.saved())
        writer.commit(state=b"state")
    with Ledger(tmp_path / "cut").open_run("twin-1") as writer:
        recorder = Recorder(facts(), writer, RULES)
        recorder.restore(json.loads(saved), fills)
        recorder.record(second.taken())
        writer.commit()
    found = columns_of(Ledger(tmp_path / "cut").reader())
    for table, rows in wanted.items():
        assert sorted(map(str, found[table])) == sorted(map(str, rows)), table
    assert [r[1:] for r in found["visit"]] == [r[1:] for r in wanted["visit"]], "in the same order"


def test_a_crash_and_going_on_stores_nothing_twice(tmp_path: Path) -> None:
    wanted = whole_run(tmp_path / "whole")
    first, second = cut(one_coil(Story()), 303)
    again = cut(one_coil(Story()), 303)[1]
    middle, _ = cut(second, 350)
    with Ledger(tmp_path / "crash").create_run("t", "d", "twin", begin_us=BEGIN_US) as writer:
        recorder = Recorder(facts(), writer, RULES)
        recorder.begin()
        recorder.record(first.taken())
        saved = json.dumps(recorder.saved())
        writer.commit(state=b"state")
        recorder.record(middle.taken())
        writer.commit()
    with Ledger(tmp_path / "crash").open_run("twin-1") as writer:
        writer.begin_replay(writer.checkpoint())
        recorder = Recorder(facts(), writer, RULES)
        recorder.restore(json.loads(saved))
        recorder.record(again.taken())
        assert writer.awaited() == {}
        writer.end_replay()
        writer.commit()
    found = columns_of(Ledger(tmp_path / "crash").reader())
    for table, rows in wanted.items():
        assert sorted(map(str, found[table])) == sorted(map(str, rows)), table


def test_opening_stock_is_one_row_a_tray_and_its_values_are_drawn_again(tmp_path: Path) -> None:
    with Ledger(tmp_path).create_run("t", "d", "twin", begin_us=BEGIN_US) as writer:
        recorder = Recorder(facts(first_cell=10, first_coil=3), writer)
        recorder.begin(opening_carriers={TRAY: 3})
        story = Story().visit(key(TRAY, 2), FORMATION, (-5, -5, 10, 10), n=0).visit(key(TRAY, 3), FORMATION, (-4, -4, 11, 11), n=0)
        story.placed(20, key(CELL, 5), 2, 0, off=1)
        recorder.record(story.taken())
        writer.commit()
    reader = Ledger(tmp_path).reader()
    assert reader.count("things") >= 3
    thing = reader.thing(reader.key_of("CELL-9"))
    assert (thing.remark, thing.carrier) == ("made before this run", key(TRAY, 3))
    assert reader.key_of("CELL-10") is None
    assert reader.thing(reader.key_of("STRIP-4")).remark == "made before this run"
    first, second = reader.visits_of(key(TRAY, 2))[0], reader.visits_of(key(TRAY, 3))[0]
    wanted = draw_values(7, 0, "formation.capacity", np.arange(5, 10), CAPACITY.centre, CAPACITY.spread)
    assert np.allclose(first.values[0], wanted[:4], atol=1.81)
    assert np.allclose(second.values[0, :1], wanted[4:], atol=1.81)
    assert np.isnan(second.values[0, 1:]).all(), "the last tray was not full"
    assert [(p.from_us, p.to_us) for p in reader.places_of_unit(key(CELL, 5))] == [(None, us(20))]


def test_a_pipe_that_holds_more_than_a_web_uses_gives_older_batches() -> None:
    stream = Stream(100)
    assert stream.through([(1, 0, 60)]) == [(1, -100, -40)]
    assert stream.through([(2, 0, 60)]) == [(1, -40, 20)]
    assert stream.through([(3, 0, 60)]) == [(1, 20, 60), (2, 0, 20)]
    assert sum(high - low for _, low, high in stream.pipe) == 100


def test_charges_cover_the_web_without_gap() -> None:
    web = WebFacts(3000, 2900, trim_start_mm=40)
    found = charges_of(web, [(1, 0, 333), (2, 0, 334), (3, 0, 5)])
    assert found[0][0] == 0
    assert found[-1][1] <= 2900
    assert all(a[1] == b[0] for a, b in itertools.pairwise(found))


@pytest.mark.parametrize("rewound", [False, True])
def test_pieces_cover_the_child_and_leave_out_what_was_lost(rewound: bool) -> None:
    web = WebFacts(10_000, 9_000, is_rewound=rewound, elongation=0.02, loss=0.05, trim_start_mm=300, trim_end_mm=390)
    pieces = pieces_of(web, cut_at=0.3)
    assert pieces[0][0] == 0
    assert pieces[-1][1] == 9_000
    assert pieces[0][1] == pieces[1][0]
    images = sorted((min(a + b * lo, a + b * hi), max(a + b * lo, a + b * hi)) for lo, hi, a, b in pieces)
    assert images[1][0] - images[0][1] == pytest.approx(500), "5 % of 10 m is missing between"
    assert images[0][0] >= 0
    assert images[-1][1] <= 10_000


def test_names_of_stations_stand_in_the_run(recorded) -> None:
    stations = recorded.fact("stations")
    assert stations[WINDER] == {"path": "winder", "machines": 2, "to": []}, "the small line, told by hand, says nothing of where its cells go"
    assert stations[MIXER]["machines"] == 2
    assert recorded.visits_of(key(CELL, 1))[1].step == "canner"
    assert recorded.fact("stations")[CANNER]["path"] == "canner"
