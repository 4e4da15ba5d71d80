"""A stack of a line, cell by cell: from the few values that its impedance station recorded, and the keys of the unit.

The station of a line records the middle of the cells and how far the weakest lies from the others. Everything else about the cells is drawn again
under the unit's key, so the same unit has the same cells whenever somebody asks, from twin or floor. What is made here is synthetic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.eis.synthetic_stack import Levels, SyntheticStack
from linewright.kernels.rules import VALUE, base_of, fill_normals, hash_text, normal_table, uniform

__all__ = ["UnitKey", "UnitValues", "stack_of_unit"]

#: Room for the number of a cell within one unit, in the key of its draws.
CELL_SHIFT = 12
#: Cells that are not the weakest lie nearer to the middle than it, but not nearer than so many standard deviations.
NEAREST = 2.5


@dataclass(frozen=True, slots=True)
class UnitKey:
    """Keys of one unit's draws: seed and replication of its run, path of its station, its serial."""

    seed: int
    replication: int
    station: str
    serial: int


@dataclass(frozen=True, slots=True)
class UnitValues:
    """What a station recorded of a stack.

    Parameters
    ----------
    ohmic_ohm, transfer_ohm, transport_ohm
        Middle of the cells, ohm.
    weakest
        How far the weakest cell lies above the cells beside it, in each of the three, shares.
    """

    ohmic_ohm: float
    transfer_ohm: float
    transport_ohm: float
    weakest: tuple[float, float, float]


def stack_of_unit(values: UnitValues, key: UnitKey, cells: int, levels: Levels, current_a: float, *, is_discharge: bool = True) -> SyntheticStack:
    """Return the cells of a unit.

    Parameters
    ----------
    values
        That its station recorded.
    key
        Of the unit.
    cells
        In series, 1 to 4096; one alone has no cell beside it, and is the middle.
    levels
        Time constants, exponent, leads, voltage, spread and the effect of the ends; its resistances are not looked at.
    current_a
        Direct current: a cell of more charge transfer has less voltage (more, where the stack takes up current).
    is_discharge
        Whether voltages fall with the current.

    Notes
    -----
    Resistances are ``middle * exp(spread * z) * (1 + end effect)`` with z standard normal, but no further from 0 than the weakest cell's
    ``ln(1 + w) / spread`` (2.5 at least). The weakest cell has ``middle * (1 + w) * (1 + end effect)`` in all three; where it stands is drawn.

    Examples
    --------
    >>> unit = UnitValues(1e-4, 2e-4, 1e-4, (0.6, 0.3, 0.1))
    >>> stack = stack_of_unit(unit, UnitKey(7, 0, "eis", 20), 400, Levels(), 1000.0)
    >>> weak = int(np.argmax(stack.ohmic_ohm))
    >>> bool(1.59e-4 < stack.ohmic_ohm[weak] < 1.68e-4), round(float(np.median(stack.ohmic_ohm)) * 1e4, 2)
    (True, 1.0)
    """
    if not 1 <= cells <= 1 << CELL_SHIFT:
        raise ValueError(f"a stack has 1 to {1 << CELL_SHIFT} cells; {cells} came")
    at = np.arange(cells)
    end = levels.end_effect * (np.exp(-at / 3.0) + np.exp(-(cells - 1 - at) / 3.0))
    weak = int(shared(key, "weakest") * cells)
    parts = []
    for name, middle, spread, w, share in zip(
        ("hfr", "charge-transfer", "transport"), (values.ohmic_ohm, values.transfer_ohm, values.transport_ohm), levels.spread, values.weakest,
        (1.0 / 3.0, 1.0, 0.5), strict=True,
    ):  # fmt: skip
        away = np.log1p(w)
        most = max(NEAREST, abs(away) / spread)
        each = spread * np.clip(normals(key, name, cells), -most, most)
        each[weak] = away
        parts.append(middle * np.exp(each) * (1.0 + share * end))
    ohmic, transfer, transport = parts
    transfer_s = levels.transfer_s * np.exp(0.03 * normals(key, "transfer-time", cells))
    transport_s = levels.transport_s * np.exp(0.05 * normals(key, "transport-time", cells))
    leads = levels.lead_h * np.exp(0.1 * normals(key, "lead", cells))
    lost = 0.05 * current_a * (transfer - values.transfer_ohm)
    voltage = levels.voltage_v + (-lost if is_discharge else lost)
    shunt = np.full(cells, np.inf)
    seed = int(shared(key, "samples") * 2.0**52)
    return SyntheticStack(ohmic, transfer, transport, transfer_s, transport_s, levels.exponent, shunt, leads, voltage, {}, seed)


def normals(key: UnitKey, name: str, cells: int) -> NDArray[np.float64]:
    """Return a standard normal draw of each cell under a name, float64 (cells,)."""
    out = np.empty(cells)
    with np.errstate(over="ignore"):  # compiled code hands out a plain number, and takes one above 2^63 only as unsigned
        base, h = np.uint64(base_of(key.seed, key.replication)), np.uint64(hash_text(f"{key.station}.cell.{name}"))
        fill_normals(normal_table(), base, h, (np.int64(key.serial) << CELL_SHIFT) + np.arange(cells, dtype=np.int64), out)
    return out


def shared(key: UnitKey, name: str) -> float:
    """Return a number in (0, 1) of the unit under a name."""
    with np.errstate(over="ignore"):
        base, h = np.uint64(base_of(key.seed, key.replication)), np.uint64(hash_text(f"{key.station}.stack.{name}"))
        return float(uniform(base, h, VALUE, key.serial))
