"""Affected units through rewinding, stretching, slitting, splices and cut-outs: against webs that are really cut, counters off within limits."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linewright.genealogy.affected import Box, pieces_in, walk
from linewright.genealogy.recall import pieces_below
from linewright.genealogy.records import Records
from linewright.ledger.ledger import Ledger
from naive.webs import Cut, Taken, World

off = st.sampled_from([-1.0, -0.7, 0.0, 0.6, 1.0])
LANES = 3
LANE_MM = 100.0
EDGE_MM = 20.0


@st.composite
def counters(draw: st.DrawFn) -> dict[str, float]:
    """How far a machine's counter may be off, and how far it is."""
    return {"error_mm": draw(st.sampled_from([0.0, 20.0, 90.0])), "drift": draw(st.sampled_from([0.0, 0.002])),
            "share": draw(off), "drift_share": draw(off)}  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """One mother and a bit of another, joined by a splice; perhaps a piece cut out; wound again; slit into lanes; cells taken from every lane."""
    world = World()
    stretch = draw(st.sampled_from([1.0, 1.01, 1.05]))
    length = 20_000
    first = draw(st.integers(8_000, 16_000))
    cut_out = draw(st.sampled_from([0, 700]))
    begin, is_rewound, machine = draw(st.integers(0, 2_000)), draw(st.booleans()), draw(counters())
    borders = [0, first // 2, first] if cut_out else [0, first]
    for number, (lo, hi) in enumerate(itertools.pairwise(borders)):
        skipped = begin + number * cut_out
        a, b = ((30_000 - skipped, -1 / stretch) if is_rewound else (skipped, 1 / stretch))
        world.cuts.append(Cut("coil", "mother", lo, hi, a, b, **machine))
    world.cuts.append(Cut("coil", "other", first, length, -float(first), 1.0, **machine))
    slitter, is_turned, is_mirrored = draw(counters()), draw(st.booleans()), draw(st.booleans())
    for lane in range(LANES):
        a, b = ((float(length), -1.0) if is_turned else (0.0, 1.0))
        across = (EDGE_MM + lane * LANE_MM, EDGE_MM + (lane + 1) * LANE_MM)
        world.cuts.append(Cut(f"strip-{lane}", "coil", 0, length, a, b, lane, across, is_mirrored, **slitter))
        winder = draw(counters())
        at, number, size = draw(st.integers(0, 900)), 0, draw(st.sampled_from([100, 430, 880]))
        gap = draw(st.sampled_from([0, 35]))
        while at + size <= length:
            world.taken.append(Taken(f"CELL-{lane}{number:03d}", f"strip-{lane}", at, at + size, **winder))
            at, number = at + size + gap, number + 1
    return world


def written(folder: Path, world: World) -> Records:
    """Write a world as a run, and return its records."""
    ledger = Ledger(folder)
    webs = list(dict.fromkeys([c.parent for c in world.cuts] + [c.child for c in world.cuts]))
    keys = {name: 1000 + number for number, name in enumerate(webs)} | {t.unit: 100_000 + number for number, t in enumerate(world.taken)}
    with ledger.create_run("text", "digest", "twin", 7, None, 0, "small") as writer:
        kinds = {"web": writer.key("kind", "web"), "unit": writer.key("kind", "unit")}
        rows = [(keys[w], w, kinds["web"]) for w in webs] + [(keys[t.unit], t.unit, kinds["unit"]) for t in world.taken]
        writer.append("thing", {"key": [r[0] for r in rows], "id": [r[1] for r in rows], "kind": [r[2] for r in rows]})
        cuts = world.cuts
        writer.append("piece_map", {
            "child": [keys[c.child] for c in cuts], "child_lo_mm": [c.lo_mm for c in cuts], "child_hi_mm": [c.hi_mm for c in cuts],
            "parent": [keys[c.parent] for c in cuts], "a_mm": [c.a_mm for c in cuts], "b": [c.b for c in cuts], "lane": [c.lane for c in cuts],
            "across_lo_mm": [c.across and c.across[0] for c in cuts], "across_hi_mm": [c.across and c.across[1] for c in cuts],
            "mirrored": [int(c.is_mirrored) for c in cuts], "sides_swapped": [0] * len(cuts), "error_mm": [c.error_mm for c in cuts],
            "drift": [c.drift for c in cuts],
        })  # fmt: skip
        limits = {t.web: [t.error_mm, t.drift] for t in world.taken}
        writer.fact("roles", limits)  # the role is named like the strip here, so that each winder has limits of its own
        writer.append("consume", {
            "web": [keys[t.web] for t in world.taken], "lo_mm": [t.lo_mm for t in world.taken], "hi_mm": [t.hi_mm for t in world.taken],
            "unit": [keys[t.unit] for t in world.taken], "role": [writer.key("input", t.web) for t in world.taken],
        })  # fmt: skip
        writer.commit()
    return Records(ledger.reader())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(worlds(), st.sampled_from(["mother", "other", "coil"]), st.one_of(st.floats(0, 1), st.floats(0, 0.02)), st.integers(1, 6_000), st.data())
def test_no_affected_unit_is_outside_possible_and_no_clean_one_inside_certain(  # noqa: PLR0917
    tmp_path_factory: pytest.TempPathFactory, world: World, web: str, place: float, width: int, data: st.DataObject
) -> None:
    lowest, highest = {"mother": (0, 30_000), "other": (0, 12_000), "coil": (0, 20_000)}[web]
    lo = lowest + place * (highest - lowest)
    across = data.draw(st.one_of(st.none(), st.tuples(st.floats(0, 300), st.floats(1, 200)).map(lambda p: (p[0], p[0] + p[1]))))
    records = written(tmp_path_factory.mktemp("w"), world)
    key = records.reader.key_of(web)
    assert key is not None
    found = pieces_below(records, key, Box(lo, lo + width, across=across))
    names = records.ids_of([p.unit for p in found])
    possible = {names[p.unit] for p in found}
    certain = {names[p.unit] for p in found if p.is_certain}
    truly = world.truly_affected(web, lo, lo + width)
    if across is not None:
        lying = {t.web for t in {t.web: t for t in world.taken}.values() if world.touches_across(t, web, across)}
        truly = {t.unit for t in world.taken if t.unit in truly and t.web in lying}
    assert truly <= possible, sorted(truly - possible)
    closer = world.truly_affected(web, lo - 0.01, lo + width + 0.01, certain - truly, steps=5000)  # so short a piece that its points missed it
    assert certain - truly <= closer, sorted(certain - closer)


def strip_of(records: Records, name: str) -> int:
    key = records.reader.key_of(name)
    assert key is not None
    return key


def test_a_unit_beside_a_splice_is_possible_in_both_mothers(tmp_path: Path) -> None:
    """Counted by hand: the splice stands at 10 m, the counter is off by 50 mm at most; the cell behind it may have begun on the first mother."""
    world = World([Cut("coil", "m1", 0, 10_000, 0.0, 1.0, error_mm=50.0), Cut("coil", "m2", 10_000, 20_000, -10_000.0, 1.0, error_mm=50.0)],
                  [Taken(f"C-{k}", "coil", k * 1000 + 20, k * 1000 + 1020) for k in range(19)])  # fmt: skip
    records = written(tmp_path, world)
    by_id = {records.id_of(p.unit): p.is_certain for p in pieces_below(records, strip_of(records, "m1"), Box(9_500, 10_000))}
    assert by_id == {"C-9": True, "C-10": False}
    by_id = {records.id_of(p.unit): p.is_certain for p in pieces_below(records, strip_of(records, "m2"), Box(0, 500))}
    assert by_id == {"C-9": False, "C-10": True}, "cell 9 shows 20 mm behind the splice, which is less than 50 mm"


def test_across_chooses_lanes_and_what_nobody_measured_is_only_possible(tmp_path: Path) -> None:
    lanes = [Cut(f"s{k}", "m", 0, 9_000, 0.0, 1.0, k, (10.0 + 100 * k, 110.0 + 100 * k)) for k in range(3)]
    lanes.append(Cut("s3", "m", 0, 9_000, 0.0, 1.0, 3))
    world = World(lanes, [Taken(f"C-{k}", f"s{k}", 0, 1000) for k in range(4)])
    records = written(tmp_path, world)
    mother = strip_of(records, "m")

    def told(box: Box) -> dict[str, bool]:
        return {records.id_of(p.unit): p.is_certain for p in pieces_below(records, mother, box)}

    assert told(Box(0, 500, across=(320.0, 340.0))) == {"C-3": False}, "where lane 4 lies across was never stated"
    assert told(Box(0, 500, across=(105.0, 110.0))) == {"C-0": True, "C-3": False}, "half-open: lane 2 begins at 110 mm"
    assert told(Box(0, 500, across=(105.0, 110.1))) == {"C-0": True, "C-1": True, "C-3": False}
    assert told(Box(0, 500, lane=1)) == {"C-1": True}


def test_a_mirrored_strip_counts_across_from_its_other_edge(tmp_path: Path) -> None:
    """A lane 100..200 mm of the mother, turned over, then slit into halves: its first half is 150..200 mm of the mother."""
    cuts = [Cut("lane", "m", 0, 9_000, 0.0, 1.0, 0, (100.0, 200.0), is_mirrored=True),
            Cut("first", "lane", 0, 9_000, 0.0, 1.0, 0, (0.0, 50.0)), Cut("second", "lane", 0, 9_000, 0.0, 1.0, 1, (50.0, 100.0))]  # fmt: skip
    world = World(cuts, [Taken("C-1", "first", 0, 1000), Taken("C-2", "second", 0, 1000)])
    records = written(tmp_path, world)
    found = {records.id_of(p.unit) for p in pieces_below(records, strip_of(records, "m"), Box(0, 500, across=(160.0, 170.0)))}
    assert found == {"C-1"}
    assert {t.unit for t in world.taken if world.touches_across(t, "m", (160.0, 170.0))} == {"C-1"}


def test_the_guard_widens_only_what_is_possible(tmp_path: Path) -> None:
    world = World([Cut("coil", "m", 0, 9_000, 0.0, 1.0)], [Taken(f"C-{k}", "coil", k * 1000, k * 1000 + 1000) for k in range(9)])
    records = written(tmp_path, world)
    way = walk(records, strip_of(records, "m"), box := Box(4_000, 5_000, guard_mm=1500.0))
    told = {records.id_of(p.unit): p.is_certain for w in way.all() for p in pieces_in(records, w, box)}
    assert told == {"C-2": False, "C-3": False, "C-4": True, "C-5": False, "C-6": False}
