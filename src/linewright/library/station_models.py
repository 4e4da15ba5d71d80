"""Process models at their stations: what a station's model is asked with, from the line itself.

A model's inputs come from the line: what the station takes and how fast it runs, the properties of materials, and what earlier stations made of the
web. A value keeps its name downstream until a later station gives it anew. Where two webs meet (winding), the values of each get the prefix
``cathode-`` or ``anode-``, by the property `polarity` of its material.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from linewright.library.catalogue import Libraries, installed_libraries
from linewright.library.process import Array, Process, read_process
from linewright.model.errors import LinewrightError
from linewright.model.plant import Material, Plant
from linewright.model.station import Input, Measure, Segment
from linewright.model.values import Characteristic, EveryKind

__all__ = ["StationModel", "station_models", "with_models"]

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

    def noise_spread(self, name: str) -> float:
        """Return the standard deviation that the model's own noise gives a characteristic, SI: to first order, from one deviation to both sides."""
        variance = 0.0
        for drawn in self.process.noise:
            low, high = self.evaluate(noise={drawn: np.array([-1.0, 1.0])}, n=2)[name].tolist()
            variance += (0.5 * (high - low)) ** 2
        return math.sqrt(variance)


def station_models(plant: Plant, libraries: Libraries | None = None) -> dict[str, StationModel]:
    """Return the process models of a line by the station's path; stations without one are absent.

    Where a characteristic has no model, its own mean and spread hold.
    """
    walk = Walk(plant, libraries or installed_libraries())
    for segment in plant.segments:
        walk.leaving(segment)
    return walk.models


def with_models(plant: Plant, libraries: Libraries | None = None) -> Plant:
    """Return a plant whose characteristics have the mean and spread that process models give: what gates judge and emulated machines measure.

    The mean of a modelled characteristic is the model's result at the station's recipe, mean over the lanes. To the file's spread is added, as
    variance, what the model's own noise makes of the result; not so along a web, where the recorder draws that noise for each metre.

    Parameters
    ----------
    plant
        As its file states it.
    libraries
        Where classes are; None: the shipped and installed ones.

    Raises
    ------
    LinewrightError
        A model lacks a value, fails, or gives no finite number.
    """
    from linewright.library.fault_effects import with_effects  # noqa: PLC0415 - it reads this module

    models = station_models(plant, libraries)
    modelled_plant = replace(plant, segments=tuple(with_model(s, models[s.path]) if s.path in models else s for s in plant.segments))
    return with_effects(modelled_plant, libraries or installed_libraries())


def with_model(segment: Segment, model: StationModel) -> Segment:
    """Return a station with the mean and spread of its modelled characteristics."""
    return replace(segment, measures=tuple(modelled(c, model) if c.name in model.nominal else c for c in segment.measures))


def modelled(c: Characteristic, model: StationModel) -> Characteristic:
    """Return a characteristic with the mean and spread that a model gives."""
    drawn = 0.0 if c.every.kind is EveryKind.LENGTH else model.noise_spread(c.name)
    return replace(c, mean=model.nominal[c.name], spread=math.hypot(c.spread, drawn) if drawn else c.spread)


class Walk:
    """One walk through a line, from what is bought to what leaves; each station is looked at once."""

    def __init__(self, plant: Plant, libraries: Libraries) -> None:
        self.plant = plant
        self.libraries = libraries
        self.models: dict[str, StationModel] = {}
        self.carried: dict[str, Carried] = {}
        self.processes: dict[str, Process | None] = {}
        self.materials = {material.name: material for material in plant.materials}
        #: What the walk is made with: faults by station (name and size), the lane that is looked at there, and the walk without the faults.
        self.faults: Mapping[str, Mapping[str, float]] = {}
        self.lanes: Mapping[str, int | None] = {}
        self.sound: Walk | None = None
        #: What is measured at each station, by its path and name.
        self.seen: dict[str, Carried] = {}
        #: What came to each station, before it measured.
        self.arrived: dict[str, Carried] = {}
        #: Stations that a fault, or a thing that comes from one, has passed.
        self.hurt: set[str] = set()
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
        sources = [source for each in (*segment.inputs, *segment.adds) for source in each.sources]
        if segment.path in self.faults or (earlier is not None and earlier.path in self.hurt) or self.hurt.intersection(sources):
            self.hurt.add(segment.path)
        self.arrived[segment.path] = dict(carried)
        measured = {c.name: c.centre + self.shifted(segment.path, c.name, carried) for c in segment.measures}
        carried |= measured
        if process is not None:
            rated = {f"rated-{c.name}": c.centre for c in segment.measures}
            asked = rated | carried | facts | set_points(segment) | dict(self.faults.get(segment.path, {}))
            model = StationModel(process, asked, nominal(process, asked, segment.path, self.lanes.get(segment.path)))
            self.models[segment.path] = model
            carried |= {name: value for name, value in model.nominal.items() if name in measured or name not in carried}
        self.seen[segment.path] = {name: carried[name] for name in measured}
        if "sides" in facts:
            carried["sides"] = facts["sides"]
        self.carried[segment.path] = carried
        return carried

    def shifted(self, path: str, name: str, carried: Carried) -> float:
        """Return by how much a value that is looked at here differs from what it is without the faults: who only looks sees what was made before."""
        if self.sound is None or path not in self.hurt:
            return 0.0
        before, now = self.sound.arrived.get(path, {}).get(name), carried.get(name)
        return now - before if isinstance(now, float) and isinstance(before, float) else 0.0

    def stated(self, path: str, name: str, value: Any) -> Any:
        """Return what is stated of a material that is made in the line, moved by what a fault made of it where it was made."""
        if self.sound is None or path not in self.hurt:
            return value
        before, now = self.sound.carried[path].get(name), self.carried[path].get(name)
        return value + now - before if isinstance(now, float) and isinstance(before, float) else value

    def process_of(self, segment: Segment) -> Process | None:
        """Return the station's class where it has a process model, else None; each class is read once."""
        name = segment.model.name if segment.model else segment.use
        if name not in self.processes:
            folder = self.libraries.folder_of(name) if name else None
            self.processes[name] = read_process(folder, name) if folder and folder.has_model(name) else None
        return self.processes[name]

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
            stated = properties_of(self.materials.get(output.material))
            carried |= stated | {f"rated-{name}": value for name, value in stated.items()}  # a later station may measure what is stated here
        return {name: value for name, value in facts.items() if value}

    def branch(self, taken: Input) -> Carried:
        """Return what comes with one input: properties of the material, and what its chain made of it."""
        branch = properties_of(self.materials.get(taken.material))
        ways = {path: self.leaving(self.plant.segment(path)) for path in (taken.sources if self.faults else taken.sources[:1])}
        path = next((path for path in ways if path in self.hurt), next(iter(ways), None))
        if path is not None:
            branch = ways[path] | {name: self.stated(path, name, value) for name, value in branch.items()}
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
    facts["lanes"] = float(next((count for name, count in segment.tools if name.endswith("lane")), 1))
    stripe = next((c.centre for c in segment.measures if c.name == "stripe-width"), None)
    if stripe is not None:
        facts["coated-width"] = facts["lanes"] * stripe
    elif segment.web is not None and segment.web.width_m is not None:
        facts["coated-width"] = segment.web.width_m  # nothing is said of stripes: coated from edge to edge
    return facts


def set_points(segment: Segment) -> Carried:
    """Return recipe and model parameters of a station by name; a list stays a tuple."""
    chosen = (*segment.recipe, *(segment.model.parameters if segment.model else ()))
    return {each.name: each.values[0] if len(each.values) == 1 else each.values for each in chosen}


def nominal(process: Process, values: Mapping[str, Any], path: str, lane: int | None = None) -> dict[str, float]:
    """Return the model's results without noise, of one lane or the mean over the lanes where there are lanes."""
    if lane is not None and "lane" in process.parts["inputs"]:
        values = {**values, "lane": lane, "lanes": values.get("lanes", 1.0)}
        return checked({name: float(result[0]) for name, result in process.evaluate(values).items()}, process, path)
    lanes = round(values.get("lanes", 1.0)) if "lane" in process.parts["inputs"] else 1
    given = {**values, "lane": np.arange(lanes, dtype=np.float64)} if lanes > 1 else values
    return checked({name: float(np.mean(result)) for name, result in process.evaluate(given, n=lanes).items()}, process, path)


def checked(results: dict[str, float], process: Process, path: str) -> dict[str, float]:
    """Return a model's results if all are finite numbers."""
    strange = sorted(name for name, value in results.items() if not math.isfinite(value))
    if strange:
        raise LinewrightError(
            f"stations.{path}: the process model of `{process.name}` gives no finite {', '.join(strange)} at this recipe.\n"
            f"    `linewright check` warns of set-points outside the range for which the model holds."
        )
    return results
