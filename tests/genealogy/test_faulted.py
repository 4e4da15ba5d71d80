"""Quality flows with the material: what a fault did to metres of a web is in the values of the cells wound of them, by the ledger's own genealogy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fault_lines import CELLS, cells_with
from linewright.kernels.rows import KIND_SHIFT
from linewright.ledger.ledger import Ledger
from linewright.ledger.reader import RunReader
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text
from linewright.twin.simulate import simulate

UNTIL_S = 4000
SIZE = 0.08
CLOGGED = "- {fault: lane-clogged, station: coater, tool: {die-lane: 2}, size: 8 %, at: 400 s, for: 700 s}"
DOSE = "- {fault: wrong-dose, station: mixer, size: 3 %, at: 300 s, for: 500 s}"


def kept(text: str, folder: Path) -> RunReader:
    ledger = Ledger(folder)
    result = simulate(load_text(text, installed_libraries()), until_s=UNTIL_S, seed=11, keep="all", ledger=ledger)
    assert result.run is not None
    return ledger.reader(result.run)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> RunReader:
    return kept(CELLS, tmp_path_factory.mktemp("sound"))


@pytest.fixture(scope="module")
def clogged(tmp_path_factory: pytest.TempPathFactory) -> RunReader:
    return kept(cells_with(CLOGGED), tmp_path_factory.mktemp("clogged"))


def capacities(run: RunReader) -> dict[int, float]:
    """Return the capacity of each cell by its key, as formation measured it on its tray; not of those whose channel was out."""
    found = {}
    for visit in run.visits_between(0, 1 << 62, "formation"):
        if visit.values is None:
            continue
        k = visit.layout.characteristics.index("capacity")
        cells = run.units_on_carrier(visit.unit, visit.start_us)
        found |= {cell.unit: float(visit.values[k][cell.place]) for cell in cells if np.isfinite(visit.values[k][cell.place])}
    return found


def metres_of(run: RunReader, cell: int) -> tuple[int, int, float, float]:
    """Return the coil of a cell's strip as it was coated, its lane, and lo..hi there in mm: by the piece maps, one after the other."""
    piece = next(p for p in run.pieces_of_unit(cell) if run.maps_of_child(p.web))
    web, lo, hi, lane = piece.web, float(piece.lo_mm), float(piece.hi_mm), -1
    while maps := run.maps_of_child(web):
        (one,) = maps
        lo, hi = sorted((one.a_mm + one.b * lo, one.a_mm + one.b * hi))
        web, lane = one.parent, one.lane if one.lane is not None else lane
    return web, lane, lo, hi


def lowered(clogged: RunReader, sound: RunReader, web: int, lane: int) -> Iterator[float]:
    """Yield by how much the areal weight of a lane is lower than without the fault, as a share, metre by metre (mean of both sides)."""
    means = []
    for run in (clogged, sound):
        sides = [p for p in run.profiles_of(web, "areal-weight") if p.lane == lane]
        assert len(sides) == 2
        means.append(np.mean([p.values for p in sides], axis=0))
    yield from (1.0 - means[0] / means[1]).tolist()


def test_a_clogged_lane_lowers_the_capacity_of_the_cells_of_its_metres(clogged: RunReader, sound: RunReader) -> None:
    """The fault is looked for in the profiles, followed by the piece maps, and found in the cells: all of it, there alone, as much."""
    with_it, without = capacities(clogged), capacities(sound)
    assert with_it.keys() == without.keys()
    mean = load_text(CELLS, installed_libraries()).segment("formation").measures[0].centre
    tolerance = 3.0 * next(v.layout.resolutions[0] for v in clogged.visits_between(0, 1 << 62, "formation") if v.layout) / (SIZE * mean)
    assert tolerance < 0.01
    hurt = mixed = whole = 0
    weights: dict[tuple[int, int], np.ndarray] = {}
    for cell, capacity in with_it.items():
        web, lane, lo, hi = metres_of(clogged, cell)
        if (web, lane) not in weights:
            weights[web, lane] = np.array(list(lowered(clogged, sound, web, lane)))
        near = weights[web, lane][max(int(lo // 1000), 0) : int(hi // 1000) + 2]  # the points on both sides of its metres too
        share = (without[cell] - capacity) / (SIZE * mean)  # the spread is as it was
        if near.min() > 0.9 * SIZE:
            assert share == pytest.approx(1.0, abs=tolerance)
            assert lane == 1
            whole += 1
        elif near.max() < 0.1 * SIZE:
            assert share == pytest.approx(0.0, abs=1e-9)
            hurt += share > 0.0
        else:
            assert -1e-9 <= share <= 1.0 + tolerance
            mixed += 1
    assert whole > 100
    assert mixed < 0.1 * whole
    assert hurt == 0


def test_the_other_lane_is_as_it_was(clogged: RunReader, sound: RunReader) -> None:
    for coil in clogged.newest("web", 200):
        for here, there in zip(clogged.profiles_of(coil.key, "areal-weight"), sound.profiles_of(coil.key, "areal-weight"), strict=True):
            if here.lane == 0:
                assert np.array_equal(here.values, there.values)


def test_a_wrong_dose_is_in_the_batch_in_the_coils_made_of_it_and_in_their_cells(tmp_path: Path, sound: RunReader) -> None:
    hurt = kept(cells_with(DOSE), tmp_path)
    batches = {}
    for run in (hurt, sound):
        solids = {v.unit: float(v.values[v.layout.characteristics.index("solids")][0]) for v in run.visits_between(0, 1 << 62, "mixer")}
        batches[run] = solids
    richer = {b for b, solids in batches[hurt].items() if solids > batches[sound][b] + 0.003}
    assert 1 <= len(richer) < len(batches[hurt])
    with_it, without = capacities(hurt), capacities(sound)
    for cell in list(with_it)[::7]:
        web, _, lo, hi = metres_of(hurt, cell)
        from_batches = {c.batch for c in hurt.charges_of_web(web, int(lo) - 1, int(hi) + 1)}
        gain = with_it[cell] / without[cell] - 1.0
        if from_batches <= richer:
            assert gain > 0.005
        elif not from_batches & richer:
            assert gain == 0.0


def test_begin_and_end_of_a_fault_are_events(clogged: RunReader) -> None:
    begun, ended = clogged.events_since(0, "fault.")
    assert (begun.kind, ended.kind) == ("fault.begun", "fault.ended")
    assert (ended.line_us - begun.line_us) == 700_000_000
    assert begun.body["fault"] == "lane-clogged"
    assert begun.body["size"] == "8 %"
    assert (begun.body["tool"], begun.body["number"]) == ("die-lane", 2)


def test_a_key_is_a_unit_s(clogged: RunReader) -> None:
    assert len({cell >> KIND_SHIFT for cell in capacities(clogged)}) == 1
