"""What was made before a run where coaters stand side by side, each with its own batch in hand: the 46-series line."""

from __future__ import annotations

import itertools

import pytest

from linewright.control.opening import opening_of
from linewright.genealogy.before import Before
from linewright.genealogy.trace import trace
from linewright.genealogy.tree import Node
from linewright.kernels.rows import KIND_SHIFT, SERIAL_MASK
from linewright.ledger.records import ChargeRow

BATCH_ML, COATERS = 1_000_000, 2

FILLED_LINE = "cylindrical-4680"


def all_charges(line, stock: Before, side: str) -> dict[int, list[ChargeRow]]:
    """Return the charges of every coil of the stock by its serial."""
    coil = next(n for n, k in enumerate(line[2].kinds) if k.material == f"{side}-coil")
    return {serial: stock.charges_of_web(coil << KIND_SHIFT | serial) for serial in range(1, line[2].kinds[coil].first_serial)}


@pytest.mark.parametrize("side", ["cathode", "anode"])
def test_no_millilitre_of_a_batch_is_charged_twice_or_left_out(line, stock: Before, side: str) -> None:
    """Of every batch that is used up, but for those of the first coils, whose pipes were full at the begin."""
    charges = all_charges(line, stock, side)
    drawn: dict[int, list[tuple[float, float]]] = {}
    for serial, rows in charges.items():
        assert (rows[0].lo_mm, {(a.hi_mm == b.lo_mm) for a, b in itertools.pairwise(rows)}) == (0, {True} if len(rows) > 1 else set())
        assert {(c.batch & SERIAL_MASK) % COATERS for c in rows} == {serial % COATERS}, "coater and batch go together"
        for c in rows:
            drawn.setdefault(c.batch & SERIAL_MASK, []).append((c.amount_lo, c.amount_hi))
    assert sorted(drawn) == list(range(1, max(drawn) + 1))
    for batch in range(COATERS + 1, max(drawn) - 2 * COATERS):
        parts = sorted(drawn[batch])
        assert (parts[0][0], parts[-1][1]) == (0, BATCH_ML)
        assert all(a[1] == b[0] for a, b in itertools.pairwise(parts)), batch


@pytest.mark.parametrize("side", ["cathode", "anode"])
def test_a_batch_names_the_same_charges_as_its_coils(line, stock: Before, side: str) -> None:
    rows = [c for found in all_charges(line, stock, side).values() for c in found]
    for batch in {c.batch for c in rows}:
        assert stock.charges_of_batch(batch) == [c for c in rows if c.batch == batch]


def batches_of(node: Node) -> set[str]:
    """Return the ids of all slurries above a node."""
    above = [b.node for b in node.made_of]
    return {n.id for n in above if n.id.partition("-")[2].startswith("slurry-")}.union(*(batches_of(n) for n in above))


@pytest.mark.parametrize("serial", [1_500_000, 2_000_000, 3_000_001])
def test_a_cell_of_the_stock_leads_to_its_batches_and_they_to_it(reader, serial: int) -> None:
    found = trace(reader, f"CELL-{serial}")
    assert found.is_before
    batches = batches_of(found.node)
    assert {b.partition("-")[0] for b in batches} == {"cathode", "anode"}
    for batch in batches:
        below = trace(reader, batch, limit=100_000)
        assert f"CELL-{serial}" in below.units, batch


def test_coaters_go_on_where_the_stock_ends(line) -> None:
    """The pieces of all coils and what the coaters have in hand are all batches that were begun."""
    compiled, state, facts = line
    opening = opening_of(compiled)
    row = compiled.table.stations[compiled.station("cathode-coater")]
    coil, slurry = (next(n for n, k in enumerate(facts.kinds) if k.material == m) for m in ("cathode-coil", "cathode-slurry"))
    uses = [u for serial in range(1, opening.made[coil] + 1) for u in opening.made_from(coil << KIND_SHIFT | serial) if u.lot >> KIND_SHIFT == slurry]
    mounts = [m for machine in range(COATERS) for m in state.mounts[int(compiled.table.machines[int(row.machine0) + machine].mount0) :][:2]]
    hands = [m for m in mounts if int(m["lot"]) >> KIND_SHIFT == slurry]
    begun = {u.lot for u in uses} | {int(m["lot"]) for m in hands}
    assert sum(u.hi - u.lo for u in uses) + sum(int(m["rest"]) for m in hands) == BATCH_ML * len(begun)
    assert sorted(b & SERIAL_MASK for b in begun) == list(range(1, len(begun) + 1))
