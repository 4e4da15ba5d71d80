"""How many machines, places, carriers and people an output needs, by arithmetic: what a planner does on paper, for the whole line at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

from linewright.library.costs import PlantCost, plant_cost, read_costs
from linewright.library.energy import product_energy_j, station_energy
from linewright.model.errors import LinewrightError
from linewright.model.plant import Plant
from linewright.model.quantity import Amount, QuantityFault, dimension_of, parse_amount
from linewright.model.station import Segment

__all__ = ["Size", "StationSize", "output_per_s", "size"]

#: What a machine reaches of its own rate beside its stated failures: waiting for neighbours, small stops that no file states.
RESERVE = 0.95
#: The same of a place in a store: it never waits for a failure of its own, but what comes is uneven.
STORE_RESERVE = 0.99
#: Output written by the year, as people do.
YEARS = ("/a", "/yr", "/y", "/year")
COSTS = ("batpac-v5", "batpac-v5-packs")


@dataclass(frozen=True, slots=True)
class StationSize:
    """What one station needs.

    Parameters
    ----------
    station, use
        Its path and class.
    what
        ``machines`` or ``places``.
    now, needed
        As the file has it, and for the output that was asked; equal where the station has no time of its own.
    use_share
        Share of its time that the needed number works at this output, 0 to 1; None where it does not follow from the file.
    tools
        (kind, how many in all) such as channels, nozzles.
    power_w
        (carrier of energy, W) with all of them running.
    floor_m2, capital
        Of what states them.
    """

    station: str
    use: str
    what: str
    now: int
    needed: int
    use_share: float | None
    tools: tuple[tuple[str, int], ...]
    power_w: tuple[tuple[str, float], ...]
    floor_m2: float
    capital: float


@dataclass(frozen=True, slots=True)
class Size:
    """A line made for an output.

    Parameters
    ----------
    per_s
        Good products a second.
    stations
        In the line's order.
    people, vehicles, carriers
        (name, as the file has it, for this output): in proportion to the output; crews of whole people.
    power_w
        (carrier of energy, W): machines that run and utilities.
    floor_m2, capital, currency
        Sums of what stations state.
    cost
        By the scaling law of a cell plant; None where it does not hold.
    overrides
        Changes that make the line so, as ``--set`` takes them.
    """

    per_s: float
    stations: tuple[StationSize, ...]
    people: tuple[tuple[str, int, int], ...]
    vehicles: tuple[tuple[str, int, int], ...]
    carriers: tuple[tuple[str, int, int], ...]
    power_w: tuple[tuple[str, float], ...]
    floor_m2: float
    capital: float
    currency: str
    cost: PlantCost | None
    overrides: tuple[str, ...]


def output_per_s(plant: Plant, text: str) -> float:
    """Return good products a second from an output as people write it.

    Parameters
    ----------
    plant
        Its product's properties `energy` and `power` turn Wh and W into pieces.
    text
        Such as ``"350 ppm"``, ``"8 /d"``, ``"10 GWh/a"``, ``"2000 MW/a"``. A year has 365.25 days of 24 hours.

    Raises
    ------
    LinewrightError
        It is none of these, or the product states no such property.

    Examples
    --------
    >>> from linewright.library.catalogue import installed_libraries
    >>> from linewright.model.load import load
    >>> round(60 * output_per_s(load("cylindrical-21700-tabless", installed_libraries()), "3.31 GWh/a"))
    350
    """
    asked = next((text.strip()[: -len(end)] + "/year" for end in YEARS if text.strip().endswith(end)), text)
    try:
        amount = parse_amount(asked, "rate" if "ppm" in asked else "any", loose=True)
    except QuantityFault as fault:
        raise LinewrightError(f"--output {text}: {fault.message}. {fault.hint}".rstrip()) from fault
    if amount.si <= 0.0:
        raise LinewrightError(f"--output {text}: more than 0 was expected.")
    return amount.si / _of_one(plant, amount, text)


def _of_one(plant: Plant, amount: Amount, text: str) -> float:
    """Return how much of the asked kind one product is."""
    power, time = dimension_of("power"), dimension_of("time")
    if amount.dimension == dimension_of("rate"):
        return 1.0
    per_time = tuple(sorted({**dict(power), time[0][0]: dict(power)[time[0][0]] - 1}.items()))
    for name, dimension, example in (("energy", power, "10 GWh/a"), ("power", per_time, "1 GW/a")):
        if amount.dimension == dimension:
            one = product_energy_j(plant) if name == "energy" else _property(plant, name)
            if one is None:
                raise LinewrightError(
                    f"--output {text}: `{plant.product}` states no {name}, so it cannot be counted in {example.split(' ')[1]}.\n"
                    f"    Ask for pieces, such as 60 ppm; or write `{name}` below `properties` of the material."
                )
            return one
    raise LinewrightError(f"--output {text}: a rate was expected: 350 ppm, 8 /d, 10 GWh/a, or 2000 MW/a.")


def _property(plant: Plant, name: str) -> float | None:
    return next((p.values[0] for m in plant.materials if m.name == plant.product for p in m.properties if p.name == name), None)


def size(plant: Plant, per_s: float, *, reserve: float = RESERVE) -> Size:
    """Return what a line needs for an output.

    Each station starts what its yield and that of all behind it ask for; a machine makes its rate less its stated failures, maintenance and coil
    changes, times `reserve`. Places of stores are rate times time, and
    1 % for what comes unevenly. People, vehicles and carriers grow with the output, from what the
    file has for its target: their waiting is a question for `simulate`.

    Parameters
    ----------
    plant
        The line.
    per_s
        Good products a second.
    reserve
        Share of its own rate that a machine reaches in the line, 0 to 1.

    Raises
    ------
    LinewrightError
        The line states no `target`, from which people and vehicles could be scaled.

    Examples
    --------
    >>> from linewright.library.catalogue import installed_libraries
    >>> from linewright.model.load import load
    >>> line = load("cylindrical-21700-tabless", installed_libraries())
    >>> found = {s.station: s.needed for s in size(line, 700 / 60).stations}
    >>> found["winder"]
    29
    """
    ratio = per_s / plant.target_per_s if plant.target_per_s else 1.0
    alone = dict(plant.alone)
    energy = station_energy(plant)
    stations = tuple(
        _station(s, per_s, alone.get(s.path), power_w=energy[s.path].power_w if s.path in energy else (), ratio=ratio, reserve=reserve)
        for s in plant.segments
    )
    power: dict[str, float] = {}
    for station in stations:
        for carrier, watt in station.power_w:
            power[carrier] = power.get(carrier, 0.0) + watt * (station.use_share if station.use_share is not None else 1.0)
    for utility in plant.utilities:
        for carrier, watt in utility.power_w:
            power[carrier] = power.get(carrier, 0.0) + watt * ratio
    people = tuple((p.name, p.count, max(1, math.ceil(p.count * ratio - 1e-9))) for p in plant.people)
    vehicles = tuple((v.name, v.count, max(1, math.ceil(v.count * ratio - 1e-9))) for v in plant.vehicles)
    carriers = tuple((c.name, c.count, math.ceil(c.count * ratio - 1e-9)) for c in plant.carriers if c.count is not None)
    overrides = [f"{s.station}.{'places' if s.what == 'places' else 'count'}={s.needed}" for s in stations if s.needed != s.now]
    for section, rows in (("people", people), ("vehicles", vehicles), ("carriers", carriers)):
        overrides += [f"{section}.{name}.count={needed}" for name, now, needed in rows if needed != now]
    currencies = {s.capital_currency for s in plant.segments if s.capital is not None}
    return Size(
        per_s=per_s,
        stations=stations,
        people=people,
        vehicles=vehicles,
        carriers=carriers,
        power_w=tuple(sorted(power.items())),
        floor_m2=sum(s.floor_m2 for s in stations),
        capital=sum(s.capital for s in stations) if len(currencies) == 1 else 0.0,
        currency=next(iter(currencies)) if len(currencies) == 1 else "",
        cost=next((found for found in (plant_cost(plant, per_s, read_costs(name)) for name in COSTS) if found is not None), None),
        overrides=tuple(overrides),
    )


def _station(s: Segment, per_s: float, alone: float | None, *, power_w: tuple[tuple[str, float], ...], ratio: float, reserve: float) -> StationSize:
    now = s.places if s.places is not None else s.count
    slack = STORE_RESERVE if s.places is not None else reserve
    needed = now if alone is None else max(1, math.ceil(now * per_s / (alone * slack) * (1 - 1e-6)))
    machines = s.count if s.places is not None else needed
    return StationSize(
        station=s.path,
        use=s.use,
        what="places" if s.places is not None else "machines",
        now=now,
        needed=needed,
        use_share=None if alone is None else min(1.0, now * per_s / alone / needed),
        tools=tuple((kind, count * machines) for kind, count in s.tools),
        power_w=tuple((carrier, watt * (needed if s.places is None else max(ratio, 1e-9))) for carrier, watt in power_w),
        floor_m2=(s.floor_m2 or 0.0) * machines,
        capital=(s.capital or 0.0) * machines,
    )
