"""Labour, capital and area of a plant by the scaling law of a cost model: each step C = C0 (V / V0)^p with the plant's output V."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linewright.library.catalogue import LibraryFolder, shipped_library
from linewright.library.energy import product_energy_j
from linewright.model.errors import LinewrightError
from linewright.model.events import values_of
from linewright.model.merging import nearest
from linewright.model.plant import Plant
from linewright.model.quantity import parse_amount

__all__ = ["CostProfile", "CostStep", "PlantCost", "plant_cost", "read_costs"]


@dataclass(frozen=True, slots=True)
class CostStep:
    """One step of a plant of the profile's output: labour [h a year], capital [currency], area [m^2], and the exponents with which they grow."""

    name: str
    labour_h: float
    capital: float
    area_m2: float
    labour_exponent: float
    capital_exponent: float
    classes: tuple[str, ...] = ()
    utility: str = ""
    is_rest: bool = False
    is_always: bool = False


@dataclass(frozen=True, slots=True)
class CostProfile:
    """A named cost model: a plant that makes `output_w` (J of product a second).

    It holds for lines that have a station of one of the classes `applies`; `scope` says what of a plant it counts.
    """

    name: str
    about: str
    applies: tuple[str, ...]
    scope: str
    output_w: float
    currency: str
    steps: tuple[CostStep, ...]


@dataclass(frozen=True, slots=True)
class PlantCost:
    """What a plant costs and needs: capital in `currency`, area [m^2], labour [h a year], and each step's (name, capital, area, labour).

    `scope` says what of the plant is counted.
    """

    profile: str
    scope: str
    currency: str
    capital: float
    area_m2: float
    labour_h: float
    steps: tuple[tuple[str, float, float, float], ...]


def read_costs(name: str, folder: LibraryFolder | None = None) -> CostProfile:
    """Return the cost profile of that name.

    Raises
    ------
    LinewrightError
        There is none of that name.

    Examples
    --------
    >>> profile = read_costs("batpac-v5")
    >>> round(sum(step.capital for step in profile.steps) / 1e6)  # without module and pack assembly; 4,207 with them
    4019
    """
    folder = folder or shipped_library()
    known = folder.file_names("cost_profiles")
    if name not in known:
        near = nearest(name, known) or f"There are {', '.join(known)}."
        raise LinewrightError(f"there is no cost profile `{name}`. {near}")
    tree: Any = values_of((folder.root / "cost_profiles" / f"{name}.yaml").read_text(encoding="utf-8"))
    steps = tuple(_step(key, entry) for key, entry in tree["steps"].items())
    currency = next(parse_amount(entry["capital"]).currency for entry in tree["steps"].values())
    return CostProfile(name, tree.get("about", ""), tuple(tree["applies"]), tree["scope"], parse_amount(tree["output"], "power").si, currency, steps)


def _step(name: str, entry: Mapping[str, Any]) -> CostStep:
    return CostStep(
        name=name,
        labour_h=parse_amount(entry["labour"], "time").si / 3600.0,
        capital=parse_amount(entry["capital"]).si,
        area_m2=parse_amount(entry["area"], "area").si,
        labour_exponent=float(entry["labour-exponent"]),
        capital_exponent=float(entry["capital-exponent"]),
        classes=tuple(entry.get("classes", ())),
        utility=entry.get("utility", ""),
        is_rest=entry.get("rest") == "yes",
        is_always=entry.get("always") == "yes",
    )


def plant_cost(plant: Plant, per_s: float, profile: CostProfile) -> PlantCost | None:
    r"""Return capital, area and labour of a plant; None where its product states no `energy`, or none of its stations is of what the law is for.

    Parameters
    ----------
    plant
        The line.
    per_s
        Good products a second.
    profile
        The cost model.

    Notes
    -----
    .. math:: C = \sum_k C_{0,k} (V / V_0)^{p_k}

    over the steps that the line has; V is the energy of the products of a year. BatPaC scales some steps by area, cells or solvent instead; for one
    chemistry and format these are in proportion to V. The area of a step grows with the exponent of its capital.

    References
    ----------
    jbaars/Batt_Sust_Model, from BatPaC v5 (battery-lines.md section 8).
    """
    product_j = product_energy_j(plant)
    if product_j is None or not any(s.use in profile.applies for s in plant.segments):
        return None
    ratio = per_s * product_j / profile.output_w
    steps = tuple(
        (s.name, s.capital * ratio**s.capital_exponent, s.area_m2 * ratio**s.capital_exponent, s.labour_h * ratio**s.labour_exponent)
        for s in profile.steps
        if _has(plant, s, profile)
    )
    capital, area, labour = sum(s[1] for s in steps), sum(s[2] for s in steps), sum(s[3] for s in steps)
    return PlantCost(profile.name, profile.scope, profile.currency, capital, area, labour, steps)


def _has(plant: Plant, step: CostStep, profile: CostProfile) -> bool:
    if step.is_always:
        return True
    if step.utility:
        return any(u.name == step.utility for u in plant.utilities)
    uses = {s.use for s in plant.segments}
    if step.is_rest:
        return bool(uses - {c for s in profile.steps for c in s.classes})
    return bool(uses & set(step.classes))
