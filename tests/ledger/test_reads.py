"""Reading many webs at once: the same as one after another, and by an index on a database, whatever it knows of its tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from linewright.ledger.ledger import Ledger
from linewright.ledger.row_reader import Row
from linewright.ledger.stores import open_ledger

Store = Callable[[], Ledger]
MOTHERS, LANES, PIECES = 40, 10, 50
#: So many that reading all maps is dearer than an index.
MANY = 400


def written(ledger: Ledger, mothers: int = MOTHERS, pieces: int = PIECES) -> None:
    """Write mothers that were slit into lanes, each lane cut into pieces of 100 mm with 10 mm between."""
    with ledger.create_run("line: reads\n", "d", "twin") as w:
        role = w.key("role", "strip")
        lanes = range(mothers, mothers * (LANES + 1))
        count = len(lanes)
        w.append("piece_map", {
            "child": lanes, "child_lo_mm": [0] * count, "child_hi_mm": [pieces * 110] * count, "parent": [k % mothers for k in lanes],
            "a_mm": [0.0] * count, "b": [1.0] * count, "lane": [k // mothers - 1 for k in lanes], "mirrored": [0] * count,
            "sides_swapped": [0] * count, "error_mm": [2.0] * count, "drift": [0.0] * count,
        })  # fmt: skip
        lo = [110 * k for k in range(pieces)]
        for lane in lanes:
            units = range(1_000_000 + lane * pieces, 1_000_000 + (lane + 1) * pieces)
            w.append("consume", {"web": [lane] * pieces, "lo_mm": lo, "hi_mm": [v + 100 for v in lo], "unit": units, "role": [role] * pieces})
        w.commit()
        w.end("done")


def test_many_webs_at_once_are_each_as_asked_alone(store: Store) -> None:
    """Also one that is not there; a piece that only reaches in is found, one that ends where the span begins is not."""
    written(store())
    lane = MOTHERS + 3
    with store().reader() as reader:
        webs = [*range(MOTHERS - 2, MOTHERS + 30), 10**6]
        below, above = reader.maps_on_parents(webs), reader.maps_of_children(webs)
        assert list(below) == list(above) == webs
        assert all(below[web] == reader.maps_on_parent(web) and above[web] == reader.maps_of_child(web) for web in webs)
        assert [m.child for m in below[MOTHERS - 1]] == [MOTHERS - 1 + MOTHERS * k for k in range(1, LANES + 1)]
        assert [m.parent for m in above[lane]] == [3]
        assert below[lane] == below[10**6] == above[10**6] == []

        spans = {web: (150 + web, 150 + web + 400) for web in webs}
        found = reader.pieces_on_webs(spans)
        assert list(found) == webs
        for web in webs:
            all_of = [p for p in reader.pieces_on_web(web) if p.hi_mm > spans[web][0] and p.lo_mm < spans[web][1]]
            assert found[web] == all_of == reader.pieces_on_web(web, *spans[web])
        assert [p.lo_mm for p in reader.pieces_on_webs({lane: (210, 331)})[lane]] == [220, 330]
        assert [p.lo_mm for p in reader.pieces_on_webs({lane: (209, 330)})[lane]] == [110, 220]
        assert (spans[lane], [p.lo_mm for p in found[lane]]) == ((193, 593), [110, 220, 330, 440, 550])


class Asked:
    """Notes what a reader asks."""

    def __init__(self, ask: Callable[..., list[Row]]) -> None:
        self.ask, self.noted = ask, list[tuple[str, Any]]()

    def __call__(self, statement: str, parameters: Any = ()) -> list[Row]:
        self.noted.append((statement, parameters))
        return self.ask(statement, parameters)


@pytest.fixture(params=["never looked at", "looked at while empty", "looked at"])
def looked_at(request: pytest.FixtureRequest, database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Ledger:
    """Return a ledger whose server knows nothing of the tables, that they were empty, or how they are."""
    import psycopg

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    ledger = open_ledger(database)
    if request.param == "looked at while empty":
        with ledger.create_run("line: reads\n", "d", "twin") as w:
            w.end("done")
        with psycopg.connect(database, autocommit=True) as server:
            server.execute('ANALYZE "twin-1".piece_map')
            server.execute('ANALYZE "twin-1".consume')
    written(ledger, MANY, 10)
    if request.param == "looked at":
        with psycopg.connect(database, autocommit=True) as server:
            server.execute("ANALYZE")
    return ledger


def test_a_database_reads_maps_and_pieces_by_their_index(looked_at: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """EXPLAIN shows the index of the web in each statement, no table read whole and none by row number."""
    with looked_at.reader() as reader:
        asked = Asked(reader.rows)
        monkeypatch.setattr(reader, "rows", asked)
        lanes = [MANY + MANY * k for k in range(LANES)]
        assert sum(map(len, reader.maps_on_parents([0]).values())) == LANES
        assert sum(map(len, reader.maps_of_children(lanes).values())) == LANES
        assert sum(map(len, reader.pieces_on_webs(dict.fromkeys(lanes, (300, 700))).values())) == LANES * 5
        plans = ["\n".join(r[0] for r in asked.ask(f"EXPLAIN {s}", p)) for s, p in asked.noted if "piece_map" in s or "FROM consume" in s]
    assert [sum(name in plan for plan in plans) for name in ("piece_map_parent", "piece_map_child", "consume_web_lo_mm")] == [1, 1, 1]
    assert not any("Seq Scan" in plan or "_rowid" in plan for plan in plans), plans
