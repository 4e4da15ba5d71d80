"""Holds: what they cover, also of what is made later; who may release and undo them; both in the ledger, whoever asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from linewright.control.holds import HeldSpan, body_of, check_release, fold_holds
from linewright.genealogy.hold_acts import put_on_hold, release
from linewright.genealogy.holds import holding, holds_of, named, reach_of
from linewright.genealogy.records import Records
from linewright.ledger.errors import LockedError
from linewright.ledger.ledger import Ledger
from linewright.model.errors import LinewrightError

CELLS = 6


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A mother, one strip of it wound into six cells; cells 1 and 2 are in a pack, 3 to 5 lie on a tray."""
    found = Ledger(tmp_path)
    with found.create_run("t", "d", "twin", name="small") as w:
        web, unit, carrier, lot = (w.key("kind", name) for name in ("web", "unit", "carrier", "lot"))
        ids = ["M-1", "STRIP-1", *(f"CELL-{k}" for k in range(1, CELLS + 1)), "PACK-1", "T-1", "SB-1", "T-2"]
        kinds = [web, web, *[unit] * CELLS, unit, carrier, lot, carrier]
        w.append("thing", {"key": range(1, len(ids) + 1), "id": ids, "kind": kinds, "amount": [20_000, 20_000, *[None] * (len(ids) - 2)]})
        w.append("piece_map", {
            "child": [2], "child_lo_mm": [0], "child_hi_mm": [20_000], "parent": [1], "a_mm": [20_000.0], "b": [-1.0], "lane": [0], "mirrored": [0],
            "sides_swapped": [0], "error_mm": [10.0], "drift": [0.0],
        })  # fmt: skip
        w.append("charge", {"web": [1], "lo_mm": [15_000], "hi_mm": [20_000], "batch": [11], "error_mm": [50.0]})
        cells = range(CELLS)
        w.append("consume", {"web": [2] * CELLS, "lo_mm": [1000 * k for k in cells], "hi_mm": [1000 * k + 1000 for k in cells],
                             "unit": [3 + k for k in cells], "role": [w.key("input", "strip")] * CELLS})  # fmt: skip
        w.append("consume", {"web": [3, 4], "lo_mm": [0, 0], "hi_mm": [0, 0], "unit": [9, 9], "role": [w.key("input", "cell")] * 2})
        w.append("placed", {"unit": [5, 6, 7], "carrier": [10] * 3, "place": [0, 1, 2], "from_us": [5, 6, 7]})
        w.commit()
    return found


def covered(ledger: Ledger, key: int) -> dict[str, bool]:
    with ledger.reader("twin-1") as reader:
        records = Records(reader)
        return {records.id_of(k): v for k, v in reach_of(records, holds_of(reader)[key]).units.items()}


def held(ledger: Ledger, name: str) -> list[int]:
    with ledger.reader("twin-1") as reader:
        records = Records(reader)
        key = reader.key_of(name)
        assert key is not None
        thing = records.thing(key)
        assert thing is not None
        return [h.key for h in holding(records, thing)]


def test_a_held_piece_covers_what_is_made_of_it_later(ledger: Ledger) -> None:
    """Mother 12.5 to 13.5 m is strip 6.5 to 7.5 m: nothing is made of it yet; the seventh and the eighth cell are, afterwards."""
    hold = put_on_hold(ledger, "twin-1", [], [HeldSpan("M-1", 12.5, 13.5)], reason="scratch", by="Ada")
    assert covered(ledger, hold.key) == {}
    assert held(ledger, "STRIP-1") == [hold.key]
    with ledger.open_run("twin-1") as w:
        w.append("thing", {"key": [20, 21, 22], "id": ["CELL-7", "CELL-8", "CELL-9"], "kind": [w.key("kind", "unit")] * 3})
        w.append("consume", {"web": [2] * 3, "lo_mm": [6000, 7000, 8000], "hi_mm": [7000, 8000, 9000], "unit": [20, 21, 22],
                             "role": [w.key("input", "strip")] * 3})  # fmt: skip
        w.commit()
    assert covered(ledger, hold.key) == {"CELL-7": True, "CELL-8": True}
    assert held(ledger, "CELL-8") == [hold.key]
    assert held(ledger, "CELL-9") == []


def test_a_pack_with_a_held_cell_is_held(ledger: Ledger) -> None:
    hold = put_on_hold(ledger, "twin-1", ["CELL-2"], [], reason="dent", by="Ada")
    assert held(ledger, "PACK-1") == [hold.key]
    assert held(ledger, "CELL-1") == [], "its neighbour in the pack is not"
    other = put_on_hold(ledger, "twin-1", ["CELL-3"], [], reason="dent", by="Ada")
    assert held(ledger, "PACK-1") == [hold.key]
    assert held(ledger, "CELL-3") == [other.key]


def test_a_batch_and_a_web_hold_what_was_made_of_them(ledger: Ledger) -> None:
    """The batch lies in the mother's last 5 m, which are the strip's first: cells 1 to 5; the sixth is behind them, within 50 + 10 mm."""
    batch = put_on_hold(ledger, "twin-1", ["SB-1"], [], reason="old", by="Ada")
    assert set(covered(ledger, batch.key)) == {"SB-1", *(f"CELL-{k}" for k in range(1, 7))}
    assert len(covered(ledger, put_on_hold(ledger, "twin-1", ["STRIP-1"], [], reason="wet", by="Ada").key)) == 1 + CELLS


def test_a_carrier_names_what_lies_on_it_now(ledger: Ledger) -> None:
    with ledger.reader("twin-1") as reader:
        assert named(Records(reader), ["T-1", "CELL-1"]) == ["CELL-3", "CELL-4", "CELL-5", "CELL-1"]
        with pytest.raises(LinewrightError, match=r"There is no `CELL-99`; nothing lies on T-2 now\."):
            named(Records(reader), ["CELL-99", "T-2"])


def test_a_second_person_releases_and_the_ledger_keeps_both(ledger: Ledger) -> None:
    key = put_on_hold(ledger, "twin-1", ["CELL-1"], [], reason="dent", by="Ada Lovelace").key
    with pytest.raises(LinewrightError, match=r"Ada Lovelace held this and cannot release it\.\nA second person must"):
        release(ledger, "twin-1", key, reason="fine", by=" ada  lovelace ")
    with pytest.raises(LinewrightError, match="needs a name"):
        release(ledger, "twin-1", key, reason="fine", by="  ")
    assert held(ledger, "CELL-1") == [key]
    done = release(ledger, "twin-1", key, reason="measured, fine", by="Grace")
    assert (done.by, done.released_by, done.release_reason, done.is_open, done.is_undone) == ("Ada Lovelace", "Grace", "measured, fine", False, False)
    assert held(ledger, "CELL-1") == []
    with pytest.raises(LinewrightError, match=f"no open hold {key}"):
        release(ledger, "twin-1", key, reason="again", by="Grace")


def test_who_held_takes_it_back_within_ten_minutes(ledger: Ledger) -> None:
    key = put_on_hold(ledger, "twin-1", ["CELL-1"], [], reason="wrong one", by="Ada").key
    with pytest.raises(LinewrightError, match="only who held can undo"):
        release(ledger, "twin-1", key, reason="", by="Grace", is_undo=True)
    with ledger.reader("twin-1") as reader:
        found = holds_of(reader)[key]
    with pytest.raises(LinewrightError, match="older than 10 minutes"):
        check_release(found, key, "Ada", is_undo=True, age_s=601)
    assert release(ledger, "twin-1", key, reason="", by="Ada", is_undo=True).is_undone


def test_all_that_is_wrong_with_a_hold_is_told_at_once(ledger: Ledger) -> None:
    with pytest.raises(LinewrightError, match=r"names what it holds\. A hold needs a reason\. A hold needs a name\.\n"):
        body_of([], [], " ", "")
    with pytest.raises(LinewrightError, match=r"at most 10,000 things, 10,001 came\.\nHold the piece of web"):
        body_of([f"C-{k}" for k in range(10_001)], [], "x", "Ada")
    with pytest.raises(LinewrightError, match="the end lies behind the start"):
        HeldSpan.read({"web": "M-1", "from_m": 5, "to_m": 4})
    with pytest.raises(LinewrightError, match="is no piece of a web"):
        HeldSpan.read({"web": "M-1", "from_m": "5", "to_m": 9})
    with ledger.reader("twin-1") as reader:
        assert fold_holds(reader.events_since(0)) == {}, "nothing of it was written"


def test_a_run_under_way_is_not_written_by_others(ledger: Ledger) -> None:
    with ledger.open_run("twin-1"), pytest.raises(LockedError):
        put_on_hold(ledger, "twin-1", ["CELL-1"], [], reason="dent", by="Ada")
