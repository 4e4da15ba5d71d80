"""Tracing both ways, on the small line: counted by hand, and against a slow walk over every unit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewright.genealogy.record import Recorder
from linewright.genealogy.spans import SpanError
from linewright.genealogy.trace import NotFoundError, find, recent, trace
from linewright.genealogy.tree import Branch, Node
from linewright.ledger.ledger import Ledger

from .small_line import BEGIN_US, CALENDER, CELL, COIL, STRIP, WINDER, Story, facts, key, one_coil

CELLS = 100


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory):
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    with ledger.create_run("text", "digest", "twin", 7, None, BEGIN_US, "small") as writer:
        recorder = Recorder(facts(), writer)
        recorder.begin()
        recorder.record(one_coil(Story(), CELLS).taken())
        writer.commit()
    return ledger.reader()


def branch(node: Node, *ways: str) -> Branch:
    """Follow roles or kinds of edges upwards."""
    found = None
    for way in ways:
        found = next(b for b in node.made_of if way in (b.edge.role, b.edge.kind))
        node = found.node
    assert found is not None
    return found


def test_a_cell_leads_to_its_metres_and_batches(reader) -> None:
    """Cell 7 is the 4th of winder 1: 2640 to 3520 mm of strip 1; strip and coil were rewound, so these are the first metres of the mother again."""
    found = trace(reader, "CELL-7")
    strip = branch(found.node, "strip")
    assert (strip.node.id, strip.edge.lo_m, strip.edge.hi_m) == ("STRIP-1", 2.64, 3.52)
    calendered = branch(found.node, "strip", "slitter")
    assert (calendered.node.id, calendered.edge.lane, calendered.edge.lo_m) == ("COIL-1@calender", 1, 95.46)
    mother = branch(found.node, "strip", "slitter", "calender")
    assert (mother.node.id, mother.edge.lo_m, mother.edge.hi_m) == ("COIL-1", 2.614, 3.485)
    by_hand = (10 + 0.0005 * 3520 + 5 + 20 + 0.0002 * (98_980 - 3520)) / 1.01
    assert mother.edge.limit_m * 1000 == pytest.approx(by_hand, rel=0.001)
    batches = [(b.node.id, b.edge.basis) for b in mother.node.made_of if b.edge.kind == "charge"]
    assert batches == [("SB-1", "certain")]
    assert branch(mother.node, "charge").node.values[0].characteristic == "viscosity"
    foil = [b.node.id for b in mother.node.made_of if b.edge.role == "foil"]
    assert foil == ["FOIL-1"]


def test_the_mother_shows_what_was_measured_at_these_metres_of_that_lane(reader) -> None:
    mother = branch(trace(reader, "CELL-7").node, "strip", "slitter", "calender").node
    profile = next(p for p in reader.profiles_of(key(COIL, 1), "areal-weight") if (p.side, p.lane) == ("B", 0))
    value = next(v for v in mother.values if v.side == "B")
    assert {(v.side, v.lane) for v in mother.values} == {("A", 1), ("B", 1)}
    assert value.value == pytest.approx(np.average(profile.values[2:4], weights=[386, 485]) / 0.01), "2.614 to 3 m and 3 to 3.485 m"
    assert (value.unit, value.lower, value.count, value.step) == ("mg/cm^2", pytest.approx(23.64), 2, "coater")
    assert value.source == "twin", "this coil was coated in the run, which is the twin's"
    assert (value.lo_m, value.hi_m) == (2.614, 3.485), "the metres of the piece, not those of the points"
    assert {(v.lo_m, v.hi_m) for v in trace(reader, "COIL-1").node.values} == {(None, None)}, "of the whole coil no metres are named"


@settings(max_examples=40)
@given(st.integers(0, 97_990), st.integers(1, 5000))
def test_a_mean_over_metres_is_that_of_each_millimetre(reader, low: int, length: int) -> None:
    """The slow way: the value that holds at each millimetre, summed and divided."""
    high = min(low + length, 98_000)
    (shown,) = [v for v in trace(reader, f"COIL-1/lane-2:{low / 1000}..{high / 1000}").node.values if v.side == "A"]
    profile = next(p for p in reader.profiles_of(key(COIL, 1), "areal-weight") if (p.side, p.lane) == ("A", 1))
    each = [profile.values[mm // 1000] / 0.01 for mm in range(low, high)]
    assert shown.value == pytest.approx(sum(each) / len(each), rel=1e-12)
    assert (shown.low, shown.high) == (pytest.approx(min(each)), pytest.approx(max(each)))
    assert shown.count == (high - 1) // 1000 - low // 1000 + 1


def test_a_cell_has_a_life_places_and_values(reader) -> None:
    found = trace(reader, "CELL-2")
    assert [(s.step, s.carrier, s.place) for s in found.life] == [
        ("winder", None, None), ("canner", None, None), ("loader", None, None), ("formation", "T-1", 2), ("unloader", None, None),
    ]  # fmt: skip
    assert (found.life[0].machine, found.life[0].tool, found.life[0].verdict) == ("winder/2", 1, "pass")
    assert [(p.carrier, p.place) for p in found.places] == [("T-1", 2)]
    assert [v.characteristic for v in found.node.values] == ["diameter", "capacity", "first-efficiency"]
    capacity = found.node.values[1]
    assert (capacity.unit, capacity.lower, capacity.machine) == ("Ah", 4.9, "formation/3")
    assert capacity.value == pytest.approx(5.0, abs=0.15)
    cans = [b.node.id for b in found.node.made_of if b.edge.kind == "mount"]
    assert cans == ["CAN-1"]


def test_a_place_whose_channel_was_out_has_no_value(reader) -> None:
    values = {v.characteristic: v.value for v in trace(reader, "CELL-3").node.values}
    assert values["capacity"] is None
    assert values["diameter"] is not None


def test_a_batch_leads_to_the_units_that_hold_it(reader) -> None:
    """Batch 2 begins at 83 m of the mother; 100 cells use the first 44 m of each strip: none holds it, all hold batch 1."""
    first, second = trace(reader, "SB-1"), trace(reader, "SB-2")
    assert (first.certain, first.possible) == (CELLS, CELLS)
    assert (second.certain, second.possible) == (0, 0)
    assert len(trace(reader, "SB-1", limit=7).units) == 7
    web = first.node.went_into[0]
    assert (web.node.id, web.edge.kind, web.edge.hi_m) == ("COIL-1", "charge", 83.0)


def test_a_span_of_the_mother_leads_to_certain_and_possible_units(reader) -> None:
    """A piece is 871.3 mm of mother: pieces 11 and 13 of each lane end and begin within the error of 55 mm of the span's edges."""
    found = trace(reader, "COIL-1:10.4..11.3", guard_mm=0)
    assert (found.units[:2], found.certain) == (("CELL-25", "CELL-26"), 2)
    assert (set(found.units[2:]), found.possible) == ({"CELL-23", "CELL-24", "CELL-27", "CELL-28"}, 6)
    one_lane = trace(reader, "COIL-1/lane-2:10.4..11.3", guard_mm=0)
    assert one_lane.units == ("CELL-26", "CELL-24", "CELL-28"), "lane 2 went to winder 2, which makes the even cells"
    assert trace(reader, "COIL-1:10.4..11.3").possible == 14, "the guard band of 2 m"


@settings(max_examples=60)
@given(st.integers(0, 97_000), st.integers(1, 3000), st.sampled_from([None, 0, 1]), st.sampled_from([0.0, 500.0]))
def test_spans_find_the_units_that_a_walk_over_every_unit_finds(reader, low: int, length: int, lane: int | None, guard: float) -> None:
    """The slow way: map both ends of every cell's piece up by the maps' formulas and compare with the widened and the narrowed span."""
    length = min(length, 98_000 - low)  # the web's end
    certain, possible = set(), set()
    for k in range(1, CELLS + 1):
        mine = (k - 1) % 2
        if lane not in (None, mine):
            continue
        x0, x1 = 880.0 * ((k - 1) // 2), 880.0 * ((k - 1) // 2) + 880.0
        p0, p1 = sorted(98_000 - (98_980 - x) / 1.01 for x in (x0, x1))
        edge0, edge1 = 98_980 - 1.01 * (98_000 - low), 98_980 - 1.01 * (98_000 - low - length)
        limit = max((10 + 0.0005 * x + 5 + 20 + 0.0002 * (98_980 - x)) / 1.01 for x in (max(0, min(edge0, 98_980)), max(0, min(edge1, 98_980))))
        if p1 > low - limit - guard - 1 and p0 < low + length + limit + guard + 1:
            possible.add(k)
        if p1 > low + limit + 1 and p0 < low + length - limit - 1 and length > 2 * limit + 2:
            certain.add(k)
    found = trace(reader, f"COIL-1{'' if lane is None else f'/lane-{lane + 1}'}:{low / 1000}..{(low + length) / 1000}", guard_mm=guard, limit=10**6)
    ids = [int(u.split("-")[1]) for u in found.units]
    assert set(ids) <= possible, "no unit that the slow way does not find possible"
    assert certain <= set(ids[: found.certain]), "every unit that the slow way finds certain by a margin of 1 mm"
    assert abs(len(possible) - found.possible) <= 4, "the margin may hold one cell at each end of each lane"


def test_what_a_strip_became(reader) -> None:
    found = trace(reader, "STRIP-2")
    assert (found.certain, found.possible) == (CELLS // 2, CELLS // 2)
    assert found.node.went_into[0].node.count == CELLS // 2
    assert [b.node.id for b in found.node.made_of] == ["COIL-1@calender"]


def test_what_came_of_a_lot_without_metres_is_one_branch(reader) -> None:
    """Separator lot 2 went into the cells of winder 1, each odd number; all of them are told as the first, the last and how many."""
    (group,) = trace(reader, "FOIL-2").node.went_into
    assert (group.node.id, group.node.count, group.edge.role) == (f"CELL-1 to CELL-{CELLS - 1}", CELLS // 2, "separator 1")


def test_a_carrier_tells_who_shared_it(reader) -> None:
    found = trace(reader, "T-1")
    assert [s.step for s in found.life] == ["formation"]
    assert found.node.kind == "carrier"
    (filling,) = found.contents
    assert (filling.first, filling.last, filling.count, filling.left) == ("CELL-1", "CELL-4", 4, 0)
    assert [(u.unit, u.place) for u in filling.units] == [(f"CELL-{n}", n) for n in range(1, 5)]
    assert ((filling.from_us - BEGIN_US) / 1e6, (filling.to_us - BEGIN_US) / 1e6) == (pytest.approx(305.3), 413)
    (full,) = trace(reader, "T-2").contents
    assert (full.first, full.last, full.left, full.to_us) == ("CELL-5", "CELL-8", 4, None)


def test_a_carriers_value_is_the_mean_of_its_places(reader) -> None:
    """Channel 3 was out: three of four cells have a capacity."""
    cells = [next(v.value for v in trace(reader, f"CELL-{n}").node.values if v.characteristic == "capacity") for n in (1, 2, 4)]
    value = next(v for v in trace(reader, "T-1").node.values if v.characteristic == "capacity")
    assert (value.value, value.low, value.high, value.count) == (pytest.approx(sum(cells) / 3), min(cells), max(cells), 3)


def test_a_carrier_that_is_filled_again_has_two_fillings(tmp_path: Path) -> None:
    with Ledger(tmp_path).create_run("text", "digest", "twin", 7, None, BEGIN_US, "small") as writer:
        recorder = Recorder(facts(), writer)
        recorder.begin()
        story = Story()
        for turn, begin in enumerate((10, 100)):
            for k in range(3):
                story.made(begin, CELL, 3 * turn + k + 1, WINDER).placed(begin + k, key(CELL, 3 * turn + k + 1), 1, k)
                if turn == 0:
                    story.placed(50 + k, key(CELL, k + 1), 1, k, off=1)
        recorder.record(story.taken())
        writer.commit()
    found = trace(Ledger(tmp_path).reader(), "T-1")
    assert [(f.first, f.last, f.count, f.left) for f in found.contents] == [("CELL-1", "CELL-3", 3, 0), ("CELL-4", "CELL-6", 3, 3)]


def test_the_newest_are_listed(reader) -> None:
    found = recent(reader)
    assert [t.id for t in found["unit"]][:2] == [f"CELL-{CELLS}", f"CELL-{CELLS - 1}"]
    assert "COIL-1@calender" in [t.id for t in found["web"]]
    assert [t.id for t in found["lot"]][:1] != []


def test_what_was_made_here_says_when_and_where(reader) -> None:
    """Cell 100 is the 50th of winder 2, wound in 2 s from 301 s + 49 * 2.1 s; coils and batches carry the time of the step that made them."""
    made = {t.id: (t.made_us - BEGIN_US) / 1e6 for things in recent(reader).values() for t in things if t.made_us is not None}
    assert made["CELL-100"] == pytest.approx(301 + 49 * 2.1 + 2)
    assert (made["COIL-1"], made["COIL-1@calender"], made["SB-2"]) == (113, 200, 12)
    cell = trace(reader, "CELL-100").node
    assert ((cell.made_us - BEGIN_US) / 1e6, cell.machine) == (pytest.approx(301 + 49 * 2.1 + 2), "winder/2")
    assert trace(reader, "T-1").node.made_us is None, "a carrier was not made by the line"
    assert trace(reader, "FOIL-2").node.made_us is None, "a bought lot was not either"


def test_a_coil_of_the_stock_that_was_calendered_here_was_made_here(tmp_path: Path) -> None:
    with Ledger(tmp_path).create_run("text", "digest", "twin", 7, None, BEGIN_US, "small") as writer:
        recorder = Recorder(facts(first_coil=2), writer)
        recorder.begin()
        recorder.record(Story().visit(key(COIL, 1), CALENDER, (113, 114, 200, 200)).taken())
        writer.commit()
    reader = Ledger(tmp_path).reader()
    calendered, coil = (trace(reader, asked, before=lambda: None) for asked in ("COIL-1@calender", "COIL-1"))
    assert (calendered.is_before, coil.is_before) == (False, True)
    assert (calendered.node.made_us, coil.node.made_us) == (BEGIN_US + 200_000_000, None)


def test_search_takes_a_part_a_number_or_something_near(reader) -> None:
    assert find(reader, "17")[0].id == "CELL-17"
    assert find(reader, "cell-0017")[0].id == "CELL-17"
    assert {t.id for t in find(reader, "calender")} == {"COIL-1@calender"}
    assert find(reader, "CELLS-5")[0].id == "CELL-5"
    assert find(reader, "CELL-9999")[0].id == f"CELL-{CELLS}"
    assert trace(reader, "@calender").node.id == "COIL-1@calender", "a part is enough where only one thing has it"


def test_what_is_not_there_names_the_nearest(reader) -> None:
    with pytest.raises(NotFoundError, match=rf"There is no `CELL-999` in run twin-1\. Nearest: CELL-{CELLS}"):
        trace(reader, "CELL-999")
    with pytest.raises(NotFoundError, match="no `moon`"):
        trace(reader, "moon")
    with pytest.raises(SpanError, match="not behind its start"):
        trace(reader, "COIL-1:11..10")
    for asked in ("COIL-1:a..b", "COIL-1/lane-2:10", "COIL-1:10.."):
        with pytest.raises(SpanError, match=r"is not a piece of a web\. Expected: ID:from\.\.to in metres"):
            trace(reader, asked)


@pytest.mark.parametrize(
    ("asked", "guard_mm", "words"),
    [
        ("COIL-1/lane-3:10..15", 0.0, "there is no lane 3"),
        ("COIL-1/lane-0:10..15", 0.0, "there is no lane 0"),
        ("COIL-1/lane--1:10..15", 0.0, "there is no lane -1"),
        ("COIL-1:90..98.001", 0.0, "ends at 98.001 m, beyond the web's end"),
        ("COIL-1:-5..4", 0.0, "begins at -5 m, before the web does"),
        ("COIL-1:-5..-4", 0.0, "begins at -5 m, before the web does"),
        ("COIL-1:10..15", -1.0, "A guard band of -0.001 m: 0 to 98 m was expected"),
        ("COIL-1:10..15", 98_001.0, "A guard band of 98.001 m"),
    ],
)
def test_a_piece_that_no_web_has_is_refused_with_what_the_web_has(reader, asked: str, guard_mm: float, words: str) -> None:
    with pytest.raises(SpanError) as told:
        trace(reader, asked, guard_mm=guard_mm)
    assert words in str(told.value)
    assert "it is 98 m long and has lanes 1 to 2" in str(told.value)
    if guard_mm == 0.0:
        assert "linewright trace COIL-1/lane-2:0..5" in str(told.value)


def test_the_last_metre_and_the_last_lane_are_there(reader) -> None:
    assert trace(reader, "COIL-1/lane-2:97..98", guard_mm=98_000).node.id == "COIL-1"
    assert trace(reader, "COIL-1@calender/lane-2:98..98.98").node.id == "COIL-1@calender"


def test_metres_are_of_webs_and_a_strip_has_no_lanes(reader) -> None:
    with pytest.raises(SpanError, match="CELL-7 is no web but a unit"):
        trace(reader, "CELL-7:1..2")
    with pytest.raises(SpanError, match=r"98.98 m long and has no lanes: it is itself lane 2 of COIL-1@calender. linewright trace STRIP-2:0..5"):
        trace(reader, "STRIP-2/lane-1:1..2")
    with pytest.raises(SpanError, match="A guard band of -1 m: 0 m or more"):
        trace(reader, "COIL-1", guard_mm=-1000)


def test_a_trace_is_plain_json(reader) -> None:
    body = json.loads(json.dumps(trace(reader, "CELL-7").to_json()))
    assert body["node"]["id"] == "CELL-7"
    assert body["node"]["made_of"][0]["edge"]["lo_m"] == 2.64
    assert "remark" not in body["node"]


def test_an_imported_run_is_traced_by_its_links(tmp_path: Path) -> None:
    with Ledger(tmp_path).create_run("t", "d", "import", name="pilot") as writer:
        kinds = {name: writer.key("kind", name) for name in ("sheet", "stack", "cell", "lot")}
        names = [("SHEET-a", "sheet"), ("SHEET-b", "sheet"), ("STACK", "stack"), ("CELL-x", "cell"), ("LOT", "lot")]
        writer.append("thing", {"key": [1, 2, 3, 4, 5], "id": [n for n, _ in names], "kind": [kinds[k] for _, k in names],
                                "remark": [None, None, None, None, "absent"]})  # fmt: skip
        writer.append("link", {"parent": [1, 2, 3, 5], "child": [3, 3, 4, 4], "basis": ["stated", "rule", "stated", "stated"],
                               "rule": [None, "I3", None, None], "source": ["P1", None, "P2", "P3"]})  # fmt: skip
        writer.append("observation", {"thing": [1], "characteristic": [writer.key("characteristic", "mass")], "value": [0.00236], "unit": ["kg"],
                                      "stated": [None], "literal": ["2,36 g"], "remark": ["literal_without_value"]})  # fmt: skip
        writer.append("finding", {"kind": ["literal_without_value"], "thing": [1], "source": ["P9"], "found": ["2,36 g"], "done": ["0.00236 kg"]})
        writer.commit()
    reader = Ledger(tmp_path).reader()
    up = trace(reader, "CELL-x")
    stack = up.node.made_of[0]
    assert (stack.node.id, up.node.made_of[1].node.id, up.node.made_of[1].node.remark) == ("STACK", "LOT", "absent")
    assert [(b.node.id, b.edge.basis, b.edge.rule) for b in stack.node.made_of] == [("SHEET-a", "stated", None), ("SHEET-b", "rule", "I3")]
    mass = stack.node.made_of[0].node.values[0]
    assert (mass.value, mass.stated, mass.literal, mass.source) == (0.00236, None, "2,36 g", "stated")
    down = trace(reader, "SHEET-a")
    assert [b.node.id for b in down.node.went_into[0].node.went_into] == ["CELL-x"]
    assert down.findings[0].kind == "literal_without_value"
    assert set(recent(reader)) == {"sheet", "stack", "cell", "lot"}


def test_a_strip_in_pieces_goes_to_one_winder(reader) -> None:
    assert reader.pieces_on_web(key(STRIP, 1))[0].lo_mm == 0


def test_a_span_tells_every_unit_and_where_it_is(reader) -> None:
    """Cells 1 to 4 lay on tray 1 and were unloaded; 5 to 8 still lie on tray 2, the others on theirs."""
    found = trace(reader, "COIL-1:0..4", guard_mm=0).recall
    assert found is not None
    assert (found.certain + found.possible, found.lanes) == (len(found.units), (1, 2))
    by_id = {u.id: u for u in found.units}
    assert (by_id["CELL-1"].now.carrier, by_id["CELL-1"].now.station) == (None, "unloader")
    assert (by_id["CELL-5"].now.carrier, by_id["CELL-5"].now.place, by_id["CELL-5"].now.station) == ("T-2", 1, "loader")
    assert (by_id["CELL-2"].lane, by_id["CELL-2"].is_certain, by_id["CELL-2"].web) == (2, True, "STRIP-2")
    assert [u.lo_m for u in found.units] == sorted(u.lo_m for u in found.units)


def test_across_and_side_choose_what_was_asked(reader) -> None:
    """The coil is 140 mm wide, two lanes of 63 mm lie in its middle: 7 to 70 and 70 to 133 mm."""
    narrow = trace(reader, "COIL-1:10.4..11.3", guard_mm=0, across=(20.0, 30.0), side="B").recall
    lane = trace(reader, "COIL-1/lane-1:10.4..11.3", guard_mm=0).recall
    assert narrow is not None
    assert lane is not None
    assert {u.id for u in narrow.units} == {u.id for u in lane.units} == {"CELL-23", "CELL-25", "CELL-27"}
    assert (narrow.side, narrow.units[0].side, narrow.across_mm) == ("B", "B", (20.0, 30.0))
    with pytest.raises(SpanError, match=r"Nothing was made of 133 to 139 mm across COIL-1: its lanes lie from 7 to 133 mm"):
        trace(reader, "COIL-1:10.4..11.3", across=(133.0, 139.0))
    with pytest.raises(SpanError, match="no side C: COIL-1 has A and B"):
        trace(reader, "COIL-1:10.4..11.3", side="C")
    with pytest.raises(SpanError, match="are of a piece of a web: linewright trace --web COIL-1 --from 10"):
        trace(reader, "COIL-1", side="A")


def test_what_is_left_of_a_strip_is_not_used_yet(reader) -> None:
    """50 cells of 0.88 m took 44 m of each strip; beyond that nothing has been made."""
    found = trace(reader, "COIL-1/lane-1:60..62", guard_mm=0).recall
    assert found is not None
    assert found.units == ()
    (rest,) = found.rest
    assert rest.web == "STRIP-1"
    assert rest.lo_m == pytest.approx(98.98 - (98.0 - 60.0) * 1.01 - 0.1, abs=0.2)
