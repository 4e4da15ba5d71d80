"""Energy of stations that state none, from a profile: kWh of each step for one kWh of cells.

A profile says what a step needs in all for a kWh of product. `station_energy` divides a step equally among the stations that do it, turns it into
energy for one item of the station (a coil, a tray, a cell) and spreads that over the item's time as running power. At the rated speed the line then
needs what the profile says; when a station waits it draws the profile's standby share beside that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linewright.library.catalogue import Libraries, installed_libraries
from linewright.model.errors import LinewrightError
from linewright.model.events import values_of
from linewright.model.merging import nearest
from linewright.model.plant import Plant
from linewright.model.quantity import QuantityFault, parse_amount
from linewright.model.station import Measure, Segment

__all__ = ["EnergyProfile", "StationEnergy", "products_per_item", "read_profile", "station_energy"]

CARRIERS = ("electricity", "heat")
PLACES = ("out", "scrap")


@dataclass(frozen=True, slots=True)
class StationEnergy:
    """What one machine of a station needs, by carrier of energy: W while it runs, W while it waits or is down, J for each item.

    `origin` is ``stated`` (in the line file), the profile's name and step, or empty where nothing is known.
    """

    power_w: tuple[tuple[str, float], ...] = ()
    standby_w: tuple[tuple[str, float], ...] = ()
    item_energy_j: tuple[tuple[str, float], ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a profile; `need` is J for each J of product, by carrier. `is_rest` takes the stations that no other step takes."""

    name: str
    need: tuple[tuple[str, float], ...]
    standby: float
    classes: tuple[str, ...] = ()
    utility: str = ""
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class EnergyProfile:
    """A named profile."""

    name: str
    about: str
    steps: tuple[Step, ...]

    def step_of(self, use: str) -> Step | None:
        """Return the step that a station class does; of a station without one the rest."""
        return next((s for s in self.steps if use in s.classes), next((s for s in self.steps if s.is_rest), None))


def read_profile(name: str, libraries: Libraries | None = None) -> EnergyProfile:
    """Return the profile of that name.

    Raises
    ------
    LinewrightError
        There is none, two libraries have it, or a number in it cannot be read.

    Examples
    --------
    >>> profile = read_profile("batpac-lca")
    >>> round(sum(dict(step.need).get("electricity", 0.0) for step in profile.steps), 1)
    13.6
    """
    libraries = libraries or installed_libraries()
    found = libraries.find("profile", name)
    if not found:
        known = libraries.names("profile")
        near = nearest(name, known) or f"There are {', '.join(known)}."
        raise LinewrightError(f"energy.profile: there is no energy profile `{name}`. {near}\n    Write a known one at `energy.profile`.")
    if len(found) > 1:
        both = " and ".join(each.path for each in found)
        raise LinewrightError(f"energy.profile: `{name}` is found in two places: {both}.\n    Give one of them another name.")
    tree = values_of(found[0].text)
    try:
        steps = tuple(read_step(key, entry) for key, entry in tree["steps"].items())
    except QuantityFault as fault:
        raise LinewrightError(f"{found[0].path}: {fault.message}. {fault.hint}".rstrip()) from fault
    return EnergyProfile(name, tree.get("about", ""), steps)


def read_step(name: str, entry: Mapping[str, Any]) -> Step:
    """Return one step of a profile."""
    need = tuple((carrier, parse_amount(entry[carrier], "share").si) for carrier in CARRIERS if carrier in entry)
    standby = parse_amount(entry["standby"], "share").si
    return Step(name, need, standby, tuple(entry.get("classes", ())), entry.get("utility", ""), entry.get("rest") == "yes")


def station_energy(plant: Plant, libraries: Libraries | None = None) -> dict[str, StationEnergy]:
    """Return what each station of a line needs, by its path.

    A station that states `power`, `standby` or `item-energy` keeps what it says. For the others, where the line names a profile and the product has a
    property `energy`, an item of n products needs ``e = need x energy of a product x n / stations of the step``. That is running power over
    the item's time, or energy of the item where it only stands on a place or its time is not known. Without a profile nothing is known of them.

    Parameters
    ----------
    plant
        The line.
    libraries
        Where profiles are; None: the shipped and installed ones.
    """
    result = {s.path: StationEnergy(s.power_w, s.standby_w, s.item_energy_j, "stated") for s in plant.segments if states_energy(s)}
    silent = [s for s in plant.segments if s.path not in result]
    product_j = product_energy_j(plant)
    if not plant.energy_profile or product_j is None:
        return result | {s.path: StationEnergy() for s in silent}
    profile = read_profile(plant.energy_profile, libraries)
    steps = {s.path: profile.step_of(s.use) for s in plant.segments}
    sharing: dict[str, int] = {}
    for step in steps.values():
        if step is not None:
            sharing[step.name] = sharing.get(step.name, 0) + 1
    for segment in silent:
        step, products = steps[segment.path], products_per_item(plant, segment.path)
        if step is None or products is None:
            result[segment.path] = StationEnergy()
            continue
        item_j = tuple((carrier, need * product_j * products / sharing[step.name]) for carrier, need in step.need)
        result[segment.path] = spread_over_time(plant, segment, item_j, step, f"{profile.name} {step.name}")
    return result


def states_energy(segment: Segment) -> bool:
    """Tell whether a station says itself what it needs."""
    return bool(segment.power_w or segment.standby_w or segment.item_energy_j)


def spread_over_time(plant: Plant, segment: Segment, item_j: tuple[tuple[str, float], ...], step: Step, origin: str) -> StationEnergy:
    """Return an item's energy as running and standby power, or as it is where the item only stands on a place."""
    time_s = machine_time_s(plant, segment)
    if segment.places is not None or not time_s:
        return StationEnergy(item_energy_j=item_j, origin=origin)
    power_w = tuple((carrier, energy / time_s) for carrier, energy in item_j)
    standby_w = tuple((carrier, power * step.standby) for carrier, power in power_w)
    return StationEnergy(power_w, standby_w, (), origin)


def machine_time_s(plant: Plant, segment: Segment) -> float | None:
    """Return how long one item keeps one machine busy, in s; of a batch the share of one item."""
    if segment.speed_m_s is not None:
        length_m = segment.length_m or web_length_m(plant, segment)
        return length_m / segment.speed_m_s if length_m else None
    if segment.time is None:
        return None
    parts = sum(each.amount for each in segment.inputs if each.measure is Measure.COUNT)
    time_s = segment.time.mean + segment.each_s * parts
    return time_s / segment.batch.size if segment.batch else time_s


def product_energy_j(plant: Plant) -> float | None:
    """Return the energy that one product holds (its property `energy`) in J, None where it does not say."""
    for material in plant.materials:
        if material.name == plant.product:
            return next((p.values[0] for p in material.properties if p.name == "energy"), None)
    return None


def products_per_item(plant: Plant, path: str) -> float | None:
    """Return how many products come of one item at a station if nothing is lost: of a coil the cells wound from it, of a tray the cells on it.

    None where no way leads to the product, or where the way leads back on itself.
    """
    return Counting(plant).products(plant.segment(path), frozenset())


def web_length_m(plant: Plant, segment: Segment) -> float | None:
    """Return the metres of one item at a station: as its coil was made, with the trims of where it was made taken off and all elongations."""
    return Counting(plant).length_m(segment)


class Counting:
    """Counts products by following items to the end of the line."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.stations = {s.name: s for s in plant.segments} | {s.path: s for s in plant.segments}

    def products(self, segment: Segment, seen: frozenset[str]) -> float | None:
        """Return the products of one item that a station works on; `seen` are the stations on the way here."""
        if segment.path in seen:
            return None
        after = self.products_leaving(segment, seen | {segment.path})
        if after is None:
            return None
        if not segment.begins and segment.web is not None:
            after *= segment.web.lanes
        return after

    def products_leaving(self, segment: Segment, seen: frozenset[str]) -> float | None:
        """Return the products of one item that leaves a station (of a cut web: of one lane)."""
        following = next((self.stations[t.station] for t in segment.to if t.station in self.stations), None)
        if following is not None and not following.begins:
            after = self.products(following, seen)
            here, there = (1 if use is None else self.holds(use.carrier) for use in (segment.loads, following.unloads))
            return None if after is None else after * there / here  # a loader and an unloader count items, what is between counts carriers
        made = self.made_by(segment)
        if made == self.plant.product:
            return 1.0
        for consumer in self.plant.segments:
            for each in (*consumer.inputs, *consumer.adds):
                if each.material == made:
                    return self.share(consumer, each.amount, each.per_length, segment, seen)
        return None

    def share(self, consumer: Segment, amount: float, per_length: bool, segment: Segment, seen: frozenset[str]) -> float | None:
        """Return the products of what leaves `segment`, of which `consumer` takes `amount` for each item (or metre) it makes."""
        products = self.products(consumer, seen)
        has = self.amount_leaving(segment)
        metres = self.coated_m(consumer) if per_length else 1.0
        needed = amount * metres
        return products * has / needed if products is not None and has is not None and needed > 0.0 else None

    def amount_leaving(self, segment: Segment) -> float | None:
        """Return how much of its material one leaving item is: metres of a web, m3 of a batch, 1 of all else."""
        if segment.makes and segment.makes[0].measure not in {Measure.COUNT, Measure.LENGTH}:
            return segment.makes[0].amount
        return self.length_m(segment) or 1.0

    def made_by(self, segment: Segment) -> str:
        """Return the material that an item is when it leaves a station: the last `makes` of its chain so far, else the product."""
        named = ""
        for each in self.plant.segments:
            if each.chain == segment.chain:
                named = each.makes[0].material if each.makes else named
                if each.path == segment.path:
                    break
        return named or self.plant.product

    def length_m(self, segment: Segment) -> float | None:
        """Return the metres of the web that leaves a station, None where it is no web."""
        length: float | None = None
        for each in self.plant.segments:
            if each.chain != segment.chain:
                continue
            if each.makes and each.makes[0].measure is Measure.LENGTH:
                length = each.makes[0].amount - (each.web.trim_start_m + each.web.trim_end_m if each.web else 0.0)
            elif each.begins or (length is not None and each.makes and each.web is None):
                length = None
            elif length is not None and each.web is not None:
                length *= 1.0 + each.web.elongation
            if each.path == segment.path:
                break
        return length

    def coated_m(self, segment: Segment) -> float:
        """Return the metres for which a station takes what it takes a metre: those of a new coil with its trims."""
        if segment.makes and segment.makes[0].measure is Measure.LENGTH:
            return segment.makes[0].amount
        return self.length_m(segment) or 0.0

    def holds(self, carrier: str) -> int:
        """Return how many items a carrier holds."""
        return next((c.holds for c in self.plant.carriers if c.name == carrier), 1)
