"""The cells of a line's stack: from what its station recorded and the unit's key."""

from __future__ import annotations

import numpy as np
import pytest

from linewright.eis.synthetic_stack import Levels
from linewright.eis.unit_stack import UnitKey, UnitValues, stack_of_unit
from linewright.kernels.rules import draw_values

KEY = UnitKey(7, 0, "line/eis", 12)
VALUES = UnitValues(1.4e-4, 2.0e-4, 1.5e-4, (0.6, 0.3, 0.1))


def test_the_weakest_cell_has_what_was_recorded_and_nobody_lies_further_out() -> None:
    flat = Levels(end_effect=0.0)
    stack = stack_of_unit(VALUES, KEY, 400, flat, 1000.0)
    weak = int(np.argmax(stack.ohmic_ohm))
    for of, middle, w, spread in (
        (stack.ohmic_ohm, 1.4e-4, 0.6, 0.02), (stack.transfer_ohm, 2.0e-4, 0.3, 0.03), (stack.transport_ohm, 1.5e-4, 0.1, 0.04),
    ):  # fmt: skip
        assert of[weak] / middle - 1.0 == pytest.approx(w, rel=1e-12)
        assert of.max() <= middle * max(1.0 + w, np.exp(2.5 * spread)) * (1.0 + 1e-12)
        assert np.median(of) == pytest.approx(middle, rel=0.006)


def test_each_cell_is_drawn_by_seed_station_serial_and_its_number() -> None:
    """The draw of a cell is that of the kernels' rules under ``station.cell.name`` and serial * 4096 + number; nothing but the key counts."""
    stack = stack_of_unit(VALUES, KEY, 50, Levels(end_effect=0.0), 1000.0)
    number = 17
    drawn = draw_values(7, 0, "line/eis.cell.hfr", np.array([12 * 4096 + number]), 0.0, 1.0)
    assert stack.ohmic_ohm[number] == 1.4e-4 * np.exp(0.02 * drawn[0])
    again = stack_of_unit(VALUES, KEY, 50, Levels(end_effect=0.0), 1000.0)
    assert np.array_equal(stack.ohmic_ohm, again.ohmic_ohm)
    assert stack.seed == again.seed


@pytest.mark.parametrize(("is_discharge", "sign"), [(True, -1.0), (False, 1.0)])
def test_more_charge_transfer_costs_voltage(is_discharge: bool, sign: float) -> None:
    stack = stack_of_unit(VALUES, KEY, 50, Levels(), 1000.0, is_discharge=is_discharge)
    assert np.sign(np.corrcoef(stack.transfer_ohm, stack.voltage_v)[0, 1]) == sign


@pytest.mark.parametrize("cells", [0, 4097])
def test_a_stack_of_no_or_of_too_many_cells_is_refused(cells: int) -> None:
    with pytest.raises(ValueError, match=f"1 to 4096 cells; {cells} came"):
        stack_of_unit(VALUES, KEY, cells, Levels(), 1000.0)
