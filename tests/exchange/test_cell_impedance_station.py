"""The impedance station of a cell line: what it records of single cells, and that a cell's waveform gives the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from linewright.exchange.impedance.station import compared, judged_unit, recipe_of_station, station_stack
from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text
from linewright.twin.simulate import Keep, simulate

TEXT = """
line: cells
product: cell
stations:
  feed: {time: 60 s}
  eis:
    use: cell-impedance-meter
    time: 18 s
    buffer: 2
    measures:
      ohmic: {window: 0.7 mohm +- 10 %, mean: 0.7 mohm, spread: 0.012 mohm}
      charge-transfer: {window: 0.3 .. 0.8 mohm, mean: 0.5 mohm, spread: 0.03 mohm}
      warburg: {window: at most 0.3 mohm, mean: 0.2 mohm, spread: 0.012 mohm}
    gate: scrap
"""


@pytest.mark.parametrize("number", [1, 7])
def test_the_waveform_of_a_cell_gives_what_its_station_recorded(tmp_path: Path, number: int) -> None:
    plant = load_text(TEXT, installed_libraries())
    ledger = Ledger(tmp_path)
    simulate(plant, until_s=3600.0, seed=7, keep=Keep.ALL, ledger=ledger)
    with ledger.reader() as reader:
        unit = next(name for name in (f"CELL-{number}", f"cell-{number}") if reader.key_of(name) is not None)
        key = reader.key_of(unit)
        assert key is not None
        stack = station_stack(reader, plant, installed_libraries(), unit, key)
    assert stack.verdict == "pass"
    judged = judged_unit(stack, recipe_of_station(stack))
    rows = {row.name: row for row in compared(stack, judged)}
    assert set(rows) == {"ohmic", "charge-transfer", "warburg"}
    for row in rows.values():
        assert row.found == pytest.approx(row.recorded, rel=0.03)
