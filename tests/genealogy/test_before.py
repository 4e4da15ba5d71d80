"""What was made before a run: the same stock, asked from above and from below, for the 21700 line that starts with sixteen days of cells."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from linewright.control.opening import opening_of
from linewright.genealogy.before import Before
from linewright.genealogy.line_facts import opening_carriers
from linewright.genealogy.record import Recorder
from linewright.genealogy.spans import SpanError
from linewright.genealogy.trace import recent, trace
from linewright.genealogy.tree import Node
from linewright.kernels.rows import KIND_SHIFT, SERIAL_MASK
from linewright.ledger.ledger import Ledger

FILLED_LINE = "cylindrical-21700-tabless"


def kind_of(line, name: str) -> int:
    return next(n for n, k in enumerate(line[2].kinds) if k.material == name)


def test_pieces_are_found_from_the_cell_and_from_the_web(line, stock: Before) -> None:
    cell = kind_of(line, "cell-21700-tabless")
    last = line[2].kinds[cell].first_serial - 1
    for serial in [1, 2, 14, 15, last, *np.random.default_rng(1).integers(1, last, 60).tolist()]:
        pieces = stock.pieces_of_unit(cell << KIND_SHIFT | serial)
        assert [p.role for p in pieces] == ["cathode-strip", "anode-strip", "separator 1", "separator 2"]
        for p in pieces:
            back = stock.pieces_on_web(p.web, p.lo_mm, p.hi_mm)
            assert p in back
            assert len(back) == 1, "no other cell of the stock took these millimetres"


def test_batches_of_a_web_hold_the_web(line, stock: Before) -> None:
    coil = kind_of(line, "cathode-coil")
    for serial in (1, 2, 3, 100, line[2].kinds[coil].first_serial - 1):
        web = coil << KIND_SHIFT | serial
        charges = stock.charges_of_web(web)
        assert charges[0].lo_mm == 0
        assert charges[-1].hi_mm == 2_994_000
        assert all(a.hi_mm == b.lo_mm for a, b in itertools.pairwise(charges))
        for c in charges:
            assert c in stock.charges_of_batch(c.batch)


def test_a_strip_is_mapped_to_its_lane_of_its_coil(line, stock: Before) -> None:
    strip, coil = kind_of(line, "cathode-strip"), kind_of(line, "cathode-coil")
    (row,) = stock.maps_of_child(strip << KIND_SHIFT | 37)
    assert (row.parent & SERIAL_MASK, row.lane) == (4, 6)
    assert row in stock.maps_on_parent(row.parent)
    below = stock.maps_on_parent(coil << KIND_SHIFT | 4)
    assert [m.child >> 56 for m in below] == [1], "the calendered metres"


def test_winders_go_on_where_the_stock_ends(line, stock: Before) -> None:
    """The next cell of each winder takes its piece where the state's coil has come to: the arithmetic and the filled state are one."""
    compiled, state, facts = line
    cell, winder = kind_of(line, "cell-21700-tabless"), compiled.station("winder")
    row = compiled.table.stations[winder]
    last = facts.kinds[cell].first_serial - 1
    for machine in range(int(row["count"])):
        mine = max(s for s in range(last - 13, last + 1) if (s - 1) % 14 == machine)
        piece = stock.pieces_of_unit(cell << KIND_SHIFT | mine)[0]
        mount = state.mounts[int(compiled.table.machines[int(row["machine0"]) + machine]["mount0"])]
        assert (mount["lot"] == piece.web and mount["at"] == piece.hi_mm) or (mount["lot"] > piece.web and mount["at"] == 0)


def test_a_cell_of_the_first_minute_traces_to_metres_and_batches(reader) -> None:
    found = trace(reader, "CELL-4000000")
    assert found.is_before
    assert found.node.made_us is None, "its first visit in the run is not that of the step that made it"
    assert found.node.remark == "made before this run"
    assert found.places[0].carrier == "T-15625"
    assert [s.step for s in found.life] == [
        "winder", "flattener", "disc-welder", "hi-pot", "x-ray", "canner", "filler", "closer", "tray-loader",
        "soaking", "formation", "ageing-hot", "ocv-1", "ageing-room",
    ]  # fmt: skip
    assert (found.life[8].done_us, found.life[-1].done_us) == (found.places[0].from_us, None), "laid on its tray; still in the room"
    assert {v.step for v in found.node.values} <= {s.step for s in found.life}, "no value of a station that its life does not know"

    def ids(node: Node) -> list[str]:
        return [i for b in node.made_of for i in (b.node.id.partition("-")[0] + "-" + b.node.id.split("-")[1], *ids(b.node))]

    for wanted in ("cathode-strip", "cathode-coil", "cathode-slurry", "anode-strip", "anode-coil", "anode-slurry"):
        assert wanted in ids(found.node)
    values = {v.characteristic: v for v in found.node.values}
    assert values["capacity"].value == pytest.approx(5.0, abs=0.15)
    assert values["capacity"].source == "made before this run"
    assert "k-value" not in values, "it has not come to that station yet"


def test_a_separator_of_the_stock_leads_to_the_cells_of_the_stock(reader) -> None:
    found = trace(reader, "separator-4001")
    (group,) = found.node.went_into
    assert group.node.count == found.certain > 1000
    assert "separator-4001" in {b.node.id for b in trace(reader, found.units[0]).node.made_of}


def test_a_tray_of_the_stock_tells_where_it_stands_and_what_lies_on_it(reader) -> None:
    """Tray 15625 holds cells 256 * 15624 + 1 and on; it has come as far as they have."""
    tray, cell = trace(reader, "T-15625"), trace(reader, "CELL-4000000")
    assert [(s.step, s.start_us, s.done_us) for s in tray.life] == [(s.step, s.start_us, s.done_us) for s in cell.life if s.carrier == "T-15625"]
    (filling,) = tray.contents
    assert (filling.first, filling.last, filling.count, filling.left) == ("CELL-3999745", "CELL-4000000", 256, 256)
    assert filling.from_us == cell.places[0].from_us
    assert [u.place for u in filling.units] == list(range(1, 257))


def test_a_web_of_the_stock_says_that_its_values_were_made_before(reader) -> None:
    found = trace(reader, "cathode-coil-200:1032..1037")
    assert found.is_before
    assert {v.characteristic for v in found.node.values} >= {"areal-weight", "stripe-width"}
    assert {v.source for v in found.node.values} == {"made before this run"}


@pytest.mark.parametrize("asked", ["cathode-coil-200/lane-11:1..2", "cathode-coil-200:2990..2994.001"])
def test_a_web_of_the_stock_has_a_length_and_lanes_too(reader, asked: str) -> None:
    with pytest.raises(SpanError, match="it is 2994 m long and has lanes 1 to 10"):
        trace(reader, asked)


def test_a_batch_of_the_stock_leads_to_its_cells(reader) -> None:
    found = trace(reader, "cathode-slurry-100", limit=3)
    assert 50_000 < found.certain < found.possible < 60_000, "54,800 cells a batch (reference, section 4.9)"
    assert found.units[0].startswith("CELL-")


def test_the_newest_are_named_also_before_anything_was_made(reader) -> None:
    newest = recent(reader)
    assert all(len(things) == 10 for things in newest.values())
    assert {t.material for t in newest["lot"]} == {"cathode-slurry", "anode-slurry"}


def test_a_begin_is_quick_at_any_stock(line, tmp_path: Path) -> None:
    compiled, _, facts = line
    with Ledger(tmp_path).create_run("t", "d", "twin", 3, None, compiled.begin_us) as writer:
        Recorder(facts, writer).begin(opening_carriers(opening_of(compiled)))
        writer.commit()
    trays = opening_of(compiled).carriers[0].count
    assert trays < Ledger(tmp_path).reader().rows("SELECT count(*) FROM things")[0][0] < trays + 30, "one row a tray, and one for each other kind"
