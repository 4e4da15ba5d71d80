"""What a cell must be to pass: limits on what is measured and fitted, and how far it may lie from its neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["QUANTITIES", "Limit", "Quantity", "Recipe"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that is judged.

    Parameters
    ----------
    kind
        Of quantity: ``resistance``, ``share`` or ``voltage`` (`linewright.model.quantity.KINDS`).
    about
        What it is.
    unit, factor
        Unit it is shown in, and how many of it are one of SI.
    """

    kind: str
    about: str
    unit: str
    factor: float


#: Quantities by the names that a recipe uses.
QUANTITIES: dict[str, Quantity] = {
    "hfr": Quantity("resistance", "high-frequency resistance", "mohm", 1e3),
    "rct": Quantity("resistance", "charge transfer", "mohm", 1e3),
    "transport": Quantity("resistance", "transport", "mohm", 1e3),
    "total": Quantity("resistance", "real part at the lowest frequency", "mohm", 1e3),
    "polarisation": Quantity("resistance", "total less hfr", "mohm", 1e3),
    "voltage": Quantity("voltage", "direct voltage", "V", 1.0),
    "drift": Quantity("voltage", "change of the direct voltage over the record, without sign", "mV", 1e3),
    "kk": Quantity("share", "largest residual of Kramers-Kronig", "%", 1e2),
    "fit": Quantity("share", "rms residual of the fit", "%", 1e2),
    "thd": Quantity("share", "harmonic distortion, worst line of the lower half", "%", 1e2),
    "nsd": Quantity("share", "non-stationary distortion, worst line", "%", 1e2),
    "nsr": Quantity("share", "noise to signal, worst line", "%", 1e2),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """Where a quantity may lie, SI; None where there is no limit."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """Limits.

    Parameters
    ----------
    name, about
        Of the recipe.
    circuit
        That is fitted; empty where none is.
    names
        Parameter of the circuit by quantity, such as ``{"rct": "ZARC1.R"}``.
    limits
        By quantity.
    spread
        By quantity: how many robust standard deviations a cell may lie from its neighbours.
    failed_cells
        That a stack may have and still pass.
    """

    name: str
    about: str = ""
    circuit: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    spread: Mapping[str, float] = field(default_factory=dict)
    failed_cells: int = 0
