"""Process models at their stations: what a station's model is asked with, from the line itself.

A model's inputs come from the line: what the station takes and how fast it runs, the properties of materials, and what earlier stations made of the
web. A value keeps its name downstream until a later station gives it anew. Where two webs meet (winding), the values of each get the prefix
``cathode-`` or ``anode-``, by the property `polarity` of its material.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from linewright.library.catalogue import Libraries, installed_libraries
from linewright.library.process import Array, Process, read_process
from linewright.model.plant import Material, Plant
from linewright.model.station import Input, Measure, Segment

__all__ = ["StationModel", "station_models"]

Carried = dict[str, Any]
PREFIX = {1.0: "cathode-", -1.0: "anode-"}


@dataclass(frozen=True)
class StationModel:
    """A process model at one station.

    Parameters
    ----------
    process
        The class.
    values
        What the model is asked with where nothing else is said, SI: inputs, recipe, parameters.
    nominal
        Its results without noise, mean over the lanes: the mean of each modelled characteristic, SI.
    """

    process: Process
    values: Mapping[str, Any]
    nominal: Mapping[str, float] = field(default_factory=dict)

    def evaluate(self, values: Mapping[str, Any] | None = None, noise: Mapping[str, Array] | None = None, n: int = 1) -> dict[str, Array]:
        """Return the modelled characteristics, arrays (n,) in SI.

        Parameters
        ----------
        values
            What differs from `values`, by name, numbers or arrays (n,): `lane`, a changed set-point, a fault, the areal weight of these metres.
        noise
            Standard normal draws (n,) by the names in ``process.noise``, under the unit's or metre's key.
        n
            How many elements.
        """
        return self.process.evaluate({**self.values, **(values or {})}, noise, n)


def station_models(plant: Plant, libraries: Libraries | None = None) -> dict[str, StationModel]:
    """Return the process models of a line by the station's path; stations without one are absent.

    Where a characteristic has no model, its own mean and spread hold.
    """
    walk = Walk(plant, libraries or installed_libraries())
    for segment in plant.segments:
        walk.leaving(segment)
    return walk.models


class Walk:
    """One walk through a line, from what is bought to what leaves; each station is looked at once."""

    def __init__(self, plant: Plant, libraries: Libraries) -> None:
        self.plant = plant
        self.libraries = libraries
        self.models: dict[str, StationModel] = {}
        self.carried: dict[str, Carried] = {}
        self.materials = {material.name: material for material in plant.materials}
        self.before: dict[str, Segment] = {}
        for earlier, later in zip(plant.segments, plant.segments[1:], strict=False):
            if earlier.chain == later.chain and not later.begins:
                self.before[later.path] = earlier

    def leaving(self, segment: Segment) -> Carried:
        """Return what an item carries when it leaves a station: names with values in SI."""
        if segment.path in self.carried:
            return self.carried[segment.path]
        self.carried[segment.path] = {}  # a loop of the line finds nothing here, and ends
        earlier = self.before.get(segment.path)
        carried = dict(self.leaving(earlier)) if earlier else {}
        facts = self.taken(segment, carried) | own_facts(segment)
        process = self.process_of(segment)
        measured = {c.name: c.centre for c in segment.measures}
        carried |= measured
        if process is not None and process.has_model:
            asked = carried | facts | set_points(segment)
            model = StationModel(process, asked, nominal(process, asked))
            self.models[segment.path] = model
            carried |= {name: value for name, value in model.nominal.items() if name in measured or name not in carried}
        if "sides" in facts:
            carried["sides"] = facts["sides"]
        self.carried[segment.path] = carried
        return carried

    def process_of(self, segment: Segment) -> Process | None:
        """Return the station's class, None where it has none."""
        name = segment.model.name if segment.model else segment.use
        folder = self.libraries.folder_of(name) if name else None
        return read_process(folder, name) if folder else None

    def taken(self, segment: Segment, carried: Carried) -> Carried:
        """Return the facts that follow from what a station takes, adds and makes; what lasts is written into `carried`."""
        facts: Carried = {"solids-mass": 0.0, "liquid-mass": 0.0, "electrolyte-added": 0.0, "wound-section": 0.0}
        branches = []
        for each in (*segment.inputs, *segment.adds):
            branch = self.branch(each)
            add_amounts(facts, each, branch)
            branches.append(branch)
        webs = [branch for branch in branches if branch.get("polarity") in PREFIX]
        meeting = len({branch["polarity"] for branch in webs}) > 1
        for branch in branches:
            prefix = PREFIX[branch["polarity"]] if meeting and branch in webs else ""
            carried |= {f"{prefix}{name}": value for name, value in branch.items()}
        for output in segment.makes:
            carried |= properties_of(self.materials.get(output.material))
        return {name: value for name, value in facts.items() if value}

    def branch(self, taken: Input) -> Carried:
        """Return what comes with one input: properties of the material, and what its chain made of it."""
        branch = properties_of(self.materials.get(taken.material))
        for path in taken.sources[:1]:
            made = self.leaving(self.plant.segment(path))
            branch = made | branch
        if taken.measure is Measure.LENGTH and not taken.per_length:
            branch["length"] = taken.amount
        return branch


def properties_of(material: Material | None) -> Carried:
    """Return a material's properties by name, its density among them, in SI."""
    if material is None:
        return {}
    found: Carried = {p.name: p.values[0] if len(p.values) == 1 else p.values for p in material.properties}
    if material.density_kg_m3 is not None:
        found["density"] = material.density_kg_m3
    return found


def add_amounts(facts: Carried, taken: Input, branch: Carried) -> None:
    """Add to a station's facts what one input contributes by its amount."""
    if taken.measure is Measure.MASS:
        solids = branch.get("solids", 1.0)
        facts["solids-mass"] += taken.amount * solids
        facts["liquid-mass"] += taken.amount * (1.0 - solids)
        facts["electrolyte-added"] += taken.amount
    elif taken.measure is Measure.VOLUME and taken.per_length:
        facts["slurry-per-metre"] = taken.amount
    elif taken.measure is Measure.LENGTH and not taken.per_length:
        facts["wound-section"] += taken.amount * taken.rolls * branch.get("thickness", 0.0)


def own_facts(segment: Segment) -> Carried:
    """Return what a station says of itself: speed, time, sides, lanes and coated width."""
    facts: Carried = {}
    if segment.speed_m_s is not None:
        facts["speed"] = segment.speed_m_s
    if segment.time is not None:
        facts["time"] = segment.time.mean
    if segment.web is not None and segment.web.sides:
        facts["sides"] = float(len(segment.web.sides))
    lanes = next((count for name, count in segment.tools if name.endswith("lane")), None)
    stripe = next((c.centre for c in segment.measures if c.name == "stripe-width"), None)
    if lanes is not None:
        facts["lanes"] = float(lanes)
        if stripe is not None:
            facts["coated-width"] = lanes * stripe
    return facts


def set_points(segment: Segment) -> Carried:
    """Return recipe and model parameters of a station by name; a list stays a tuple."""
    chosen = (*segment.recipe, *(segment.model.parameters if segment.model else ()))
    return {each.name: each.values[0] if len(each.values) == 1 else each.values for each in chosen}


def nominal(process: Process, values: Mapping[str, Any]) -> dict[str, float]:
    """Return the model's results without noise, the mean over the lanes where there are lanes."""
    lanes = round(values.get("lanes", 1.0)) if "lane" in process.parts["inputs"] else 1
    given = {**values, "lane": np.arange(lanes, dtype=np.float64)} if lanes > 1 else values
    return {name: float(np.mean(result)) for name, result in process.evaluate(given, n=lanes).items()}
