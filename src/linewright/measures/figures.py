"""Figures of a line from tallies: throughput, OEE, yield, WIP, takt, bottleneck, energy, CO2; for each station and for the line.

Definitions, after ISO 22400-2 (key performance indicators for manufacturing operations management), of one station with all its machines:

====================  ======================================================================================================================
planned busy time     PBT = span x machines - off shift - planned stops (maintenance)
actual production     APT = time in work
availability          A = APT / PBT. Waiting, coil changes, faults, missing utilities and stops by hand lower it: a machine that an operator
                      stopped was meant to work.
planned run time      PRI = mean time of one item of the line file (of a web: metres / speed; of a batch: its time / its size)
produced, good        PQ = items whose work ended, GQ = those of them that passed on
work in hand          H = items in work, by the share of their time that is over: at the end of the span less at its begin
performance           E = PRI x (PQ + H) / APT: the span is credited with the work done in it, not with that of a day-long batch which ends in it
                      (unknown at a station whose products take different times: counts by product are not kept)
quality               Q = GQ / PQ
OEE                   A x E x Q
first-pass yield      FPY = GQ / PQ; an item that comes back after a repair is one more pass
====================  ======================================================================================================================

Of the line: throughput is good products over the span; FPY is the product of the stations' over those that units of the product's kind pass on their
straight way (rolled throughput yield; stations that only a gate sends to are on no straight way); yield is the share that is not lost on the way,
repaired or not: the product of good / (good + lost), less what is lost beside the straight way; takt is PBT of the last station over good products;
OEE is that of the station that sets the pace, the bottleneck.
The **bottleneck** is the station with the largest active share: the mean share of the span in which its machines were not waiting for others
(work, changes, faults, planned stops, stops by hand); stores, and stations at which no work ended, are left out. A fleet
whose vehicles are busy for a larger share (`measures.fleets`) is named beside it: then the line waits for transport. WIP is the mean number of
items in the station over the span; a stay is the mean of those that ended in it.

Energy: running power x time in work + standby power x all other time on shift + energy of an item x items. CO2 and cost follow by the factors
of the carriers of energy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from linewright.control.compile import Compiled
from linewright.control.flows import is_source
from linewright.kernels.table import BATCH, FLEET, STORE, UTILITY
from linewright.library.energy import StationEnergy, station_energy
from linewright.measures.tally import CHANGE, COUNTS, FAULT, GROUPS, OFF, PLANNED, SETUP, STARVED, STOPPED, WORK, Tally, times_of
from linewright.model.plant import Plant

__all__ = ["Figures", "LineFigures", "StationFigures", "figures_of", "item_of"]


@dataclass(frozen=True, slots=True)
class StationFigures:
    """Figures of one station; None where the definition has no value (nothing was made, or a store has no OEE).

    Shares are 0 to 1, times s, rates 1/s, energy J by carrier. `good` and `lost` (scrapped, refused, too late) count things of the kind `item`, which
    the station hands on: coils, strips, trays, cells.
    """

    station: str
    item: str
    good: int
    lost: int
    throughput_s: float
    takt_s: float | None
    oee: float | None
    availability: float | None
    performance: float | None
    quality: float | None
    fpy: float | None
    wip: float
    stay_s: float | None
    active: float
    shares: dict[str, float]
    energy_j: dict[str, float]
    co2_kg: float | None


@dataclass(frozen=True, slots=True)
class LineFigures:
    """Figures of the whole line, as `StationFigures`; energy for one good product and for each joule that it stores (kWh / kWh).

    `bottleneck` is a station; `bottleneck_fleet` names a fleet that is busier than it (and how busy), None where none is.
    """

    product: str
    good: int
    throughput_s: float
    takt_s: float | None
    oee: float | None
    availability: float | None
    performance: float | None
    quality: float | None
    fpy: float | None
    yield_: float | None
    wip: float
    bottleneck: str | None
    bottleneck_active: float | None
    bottleneck_fleet: str | None
    bottleneck_fleet_busy: float | None
    energy_j: dict[str, float]
    energy_per_unit_j: float | None
    energy_per_product_energy: float | None
    co2_kg: float | None
    co2_per_unit_kg: float | None
    co2_per_kwh_kg: float | None
    cost: dict[str, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a stretch of `span_s` seconds of line time."""

    span_s: float
    line: LineFigures
    stations: tuple[StationFigures, ...]

    def station(self, path: str) -> StationFigures:
        """Return the figures of a station. Raises KeyError."""
        for s in self.stations:
            if s.station == path:
                return s
        raise KeyError(path)

    def to_json(self) -> dict[str, Any]:
        """Return them as plain values."""
        line = {"yield" if name == "yield_" else name: value for name, value in asdict(self.line).items()}
        return {"span_s": self.span_s, "line": line, "stations": [asdict(s) for s in self.stations]}


def figures_of(compiled: Compiled, tally: Tally, energy: Mapping[str, StationEnergy] | None = None) -> Figures:
    """Return the figures of a stretch of time.

    Parameters
    ----------
    compiled
        The line.
    tally
        Difference of two snapshots (`tally.tally_of`), or a fold of rows (`fold.fold_rows`).
    energy
        What the stations need (`station_energy`), from a caller who asks again and again: reading the profile takes longer than all the rest.
    """
    energy = station_energy(compiled.plant) if energy is None else energy
    stations = [_station(compiled, tally, n, energy) for n in range(len(compiled.stations))]
    plant_stations = stations[: len(compiled.flow.stations)]
    flows = [int(row["flow"]) for row in compiled.table.stations]
    seen = [not is_source(p.segment) for p in compiled.flow.stations]  # what arrives is no machine's work
    active = [s for n, s in enumerate(plant_stations) if seen[n] and flows[n] != STORE and tally.counts[n, COUNTS.index("done")] > 0]
    slowest = max(active, key=lambda s: s.active, default=None)
    return Figures(tally.span_ns / 1e9, _line(compiled, plant_stations, stations, slowest, _busiest_fleet(compiled, tally)), tuple(stations))


def _busiest_fleet(compiled: Compiled, tally: Tally) -> tuple[str, float] | None:
    """Return the fleet whose vehicles are idle least, and the share of the span in which they are not."""
    busy = []
    for number, row in enumerate(compiled.table.stations):
        if int(row["flow"]) == FLEET:
            times = times_of(tally, row)
            busy.append((compiled.stations[number], 1.0 - float(times[STARVED]) / (float(times.sum()) or 1.0)))
    return max(busy, key=lambda found: found[1], default=None)


def _ratio(top: float, low: float) -> float | None:
    return top / low if low > 0 else None


def item_of(compiled: Compiled, number: int) -> str:
    """Return the name of what a station hands on (of what is carried the carrier's), which its counts count; empty where it hands on nothing."""
    if number >= len(compiled.flow.stations):
        return ""
    kind = compiled.flow.stations[number].kind
    return compiled.flow.kinds[kind].name if 0 <= kind < len(compiled.flow.kinds) else ""


def _station(compiled: Compiled, tally: Tally, number: int, energy: Mapping[str, StationEnergy]) -> StationFigures:
    row, path = compiled.table.stations[number], compiled.stations[number]
    span = tally.span_ns
    times = times_of(tally, row)
    machines = int(row["count"])
    counts = dict(zip(COUNTS, tally.counts[number].tolist(), strict=True))
    done, good, flow = counts["done"], counts["good"], int(row["flow"])
    lost = counts["scrap"] + counts["reject"] + counts["false_reject"] + counts["chance"] + counts["late"] + counts["lost"]
    planned_busy = span * machines - int(times[OFF]) - int(times[PLANNED])
    availability = performance = quality = oee = None
    if flow not in (STORE, UTILITY, FLEET):
        run_time = float(compiled.table.laws[int(row["law"])]["mean"]) * 1e9 / (int(row["size"]) if flow == BATCH else 1)
        worked = done + int(tally.in_hand[number]) / 1e6
        tells_products_apart = int(row["variant0"]) > 0  # then no one run time is planned, and what was made of each is not counted here
        availability = _ratio(float(times[WORK]), planned_busy)
        performance = None if tells_products_apart else _ratio(run_time * worked, float(times[WORK]))
        quality = _ratio(good, done)
        if availability is not None and performance is not None and quality is not None:
            oee = availability * performance * quality
    used, co2, _ = _energy(compiled, path, times, done, energy)
    return StationFigures(
        path,
        item_of(compiled, number),
        good,
        lost,
        good * 1e9 / span if span else 0.0,
        _ratio(planned_busy / 1e9, good * machines),
        oee,
        availability,
        performance,
        quality,
        _ratio(good, done) if flow not in (UTILITY, FLEET) else None,
        tally.insides[number] / span if span else 0.0,
        _ratio(tally.stays[number] / 1e9, done + counts["late"]),
        float(times[[WORK, CHANGE, SETUP, FAULT, PLANNED, STOPPED]].sum()) / (span * machines) if span else 0.0,
        {name: float(t) / (span * machines) if span else 0.0 for name, t in zip(GROUPS, times.tolist(), strict=True)},
        used,
        co2,
    )


def _energy(
    compiled: Compiled, path: str, times: Any, done: int, energy: Mapping[str, StationEnergy]
) -> tuple[dict[str, float], float | None, dict[str, float]]:
    """Return J by carrier, kg CO2 (None: a factor is not known, or nothing is known of the station), cost by currency."""
    plant = compiled.plant
    utility = next((u for u in plant.utilities if u.name == path), None)
    need = energy.get(path)
    work_s, other_s = times[WORK] / 1e9, (times.sum() - times[WORK] - times[OFF]) / 1e9
    used: dict[str, float] = {}
    if utility is not None:
        used = {carrier: power * work_s for carrier, power in utility.power_w}
    elif need is not None:
        for rows, amount in ((need.power_w, work_s), (need.standby_w, other_s), (need.item_energy_j, done)):
            for carrier, each in rows:
                used[carrier] = used.get(carrier, 0.0) + each * float(amount)
    if not used:
        return {}, None, {}
    factors = {e.name: e for e in plant.energy}
    co2: float | None = 0.0
    cost: dict[str, float] = {}
    for carrier, joules in used.items():
        factor = factors.get(carrier)
        co2 = None if co2 is None or factor is None or factor.co2_kg_j is None else co2 + joules * factor.co2_kg_j
        if factor is not None and factor.price_j is not None:
            cost[factor.currency] = cost.get(factor.currency, 0.0) + joules * factor.price_j
    return used, co2, cost


def _line(
    compiled: Compiled,
    of_plant: list[StationFigures],
    of_all: list[StationFigures],
    slowest: StationFigures | None,
    fleet: tuple[str, float] | None,
) -> LineFigures:
    plant = compiled.plant
    last = next((s for s in reversed(of_plant) if compiled.flow.stations[compiled.station(s.station)].next is None), of_plant[-1])
    kind = compiled.flow.stations[compiled.station(last.station)].kind
    passed = [s for p, s in zip(compiled.flow.stations, of_plant, strict=True) if p.kind == kind and s.fpy is not None]
    straight = _straight_way(plant)
    rolled = _product([s.fpy for s in passed if s.station in straight])
    kept = _product([_ratio(s.good, s.good + s.lost) for s in passed if s.station in straight])
    came = max((s.good + s.lost for s in passed if s.station in straight), default=0)
    beside = _ratio(sum(s.lost for s in passed if s.station not in straight), came)
    used: dict[str, float] = {}
    cost: dict[str, float] = {}
    factors = {e.name: e for e in plant.energy}
    for s in of_all:
        for carrier, joules in s.energy_j.items():
            used[carrier] = used.get(carrier, 0.0) + joules
            factor = factors.get(carrier)
            if factor is not None and factor.price_j is not None:
                cost[factor.currency] = cost.get(factor.currency, 0.0) + joules * factor.price_j
    known = [s for s in of_all if s.energy_j]
    co2 = sum(s.co2_kg or 0.0 for s in known) if known and all(s.co2_kg is not None for s in known) else None
    if fleet is not None and (slowest is None or fleet[1] <= slowest.active):
        fleet = None
    total, stored = sum(used.values()), _stored_j(compiled)
    return LineFigures(
        plant.product,
        last.good,
        last.throughput_s,
        last.takt_s,
        slowest.oee if slowest else None,
        slowest.availability if slowest else None,
        slowest.performance if slowest else None,
        slowest.quality if slowest else None,
        rolled,
        None if kept is None else kept * (1.0 - (beside or 0.0)),
        _units_inside(compiled, of_plant, kind),
        slowest.station if slowest else None,
        slowest.active if slowest else None,
        fleet[0] if fleet else None,
        fleet[1] if fleet else None,
        used,
        _ratio(total, last.good) if used else None,
        _ratio(total, last.good * stored) if used and stored else None,
        co2,
        None if co2 is None else _ratio(co2, last.good),
        None if co2 is None or not stored else _ratio(co2 * 3.6e6, last.good * stored),
        cost,
    )


def _product(shares: list[float | None]) -> float | None:
    """Return the product of the shares that are known; None where none is."""
    known = [share for share in shares if share is not None]
    return float(np.prod(known)) if known else None


def _straight_way(plant: Plant) -> set[str]:
    """Return the stations that an item can come to without being refused by a gate."""
    by_name = {s.name: s for s in plant.segments} | {s.path: s for s in plant.segments}
    found: set[str] = set()
    ahead = [s for s in plant.segments if s.begins or s.arrivals is not None]
    while ahead:
        segment = ahead.pop()
        if segment.path not in found:
            found.add(segment.path)
            ahead += [by_name[target.station] for target in segment.to if target.station in by_name]
    return found


def _units_inside(compiled: Compiled, of_plant: list[StationFigures], kind: int) -> float:
    """Return the mean number of units of the product's kind in the line; a carrier counts as the units that it holds when full."""
    holds = {c.name: c.holds for c in compiled.plant.carriers}
    inside = 0.0
    for passing, s in zip(compiled.flow.stations, of_plant, strict=True):
        if passing.carried:
            inside += s.wip * holds[compiled.plant.carriers[passing.carrier].name]
        elif passing.kind == kind:
            inside += s.wip
    return inside


def _stored_j(compiled: Compiled) -> float | None:
    """Return the energy that one product stores, by its property `energy`, in J; None where it states none."""
    material = next((m for m in compiled.plant.materials if m.name == compiled.plant.product), None)
    return next((p.values[0] for p in material.properties if p.name == "energy"), None) if material is not None else None
