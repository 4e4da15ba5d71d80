"""The figures that experiments tell: what each is called, in which unit, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass

from linewright.measures.figures import Figures, LineFigures, StationFigures

__all__ = ["LINE_FIGURES", "STATION_FIGURES", "Told", "told", "values_of"]


@dataclass(frozen=True, slots=True)
class Told:
    """How one figure is told.

    Parameters
    ----------
    name
        In JSON and in tables' columns, such as ``output`` or ``winder.oee``.
    title
        For people.
    unit
        Of the values.
    better
        1: higher is better; -1: lower; 0: neither.
    group
        The word of `show` (line file, ``--show``) that it belongs to.
    """

    name: str
    title: str
    unit: str
    better: int
    group: str


LINE_FIGURES = (
    Told("output", "Output", "/min", 1, "output"),
    Told("oee", "OEE", "%", 1, "oee"),
    Told("yield", "Yield", "%", 1, "yield"),
    Told("wip", "WIP", "units", -1, "wip"),
    Told("takt", "Takt", "s", -1, "takt"),
    Told("energy-per-unit", "Energy a good unit", "kWh", -1, "energy"),
    Told("energy-per-kwh", "Energy a kWh of product", "kWh", -1, "energy"),
    Told("co2-per-unit", "CO2 a good unit", "kg", -1, "co2"),
    Told("co2-per-kwh", "CO2 a kWh of product", "kg", -1, "co2"),
)
STATION_FIGURES = (
    Told("output", "Good", "/min", 1, "stations"),
    Told("oee", "OEE", "%", 1, "stations"),
    Told("yield", "Yield", "%", 1, "stations"),
    Told("wip", "WIP", "items", 0, "stations"),
    Told("work", "Work", "%", 0, "stations"),
    Told("change", "Change", "%", -1, "stations"),
    Told("setup", "Set-up", "%", -1, "stations"),
    Told("fault", "Fault", "%", -1, "stations"),
    Told("planned", "Planned", "%", 0, "stations"),
    Told("utility", "Utility", "%", -1, "stations"),
    Told("off", "Off", "%", 0, "stations"),
    Told("starved", "Starved", "%", 0, "stations"),
    Told("blocked", "Blocked", "%", 0, "stations"),
)
_COST = "cost-"


def told(name: str) -> Told:
    """Return how a figure is told, by its name. Raises KeyError.

    Examples
    --------
    >>> told("winder.oee").unit, told("output").better, told("cost-EUR").title
    ('%', 1, 'Energy cost a good unit')
    """
    station, _, rest = name.rpartition(".")
    if station:
        found = next((t for t in STATION_FIGURES if t.name == rest), None)
        if found is not None:
            return Told(name, f"{station} {found.title}", found.unit, found.better, found.group)
    if name.startswith(_COST):
        return Told(name, "Energy cost a good unit", name.removeprefix(_COST), -1, "cost")
    found = next((t for t in LINE_FIGURES if t.name == name), None)
    if found is None:
        raise KeyError(name)
    return found


def values_of(figures: Figures) -> dict[str, float | None]:
    """Return all figures by name, in the units of `told`; those of a station as ``winder.oee``. None where one has no value."""
    found = _line(figures.line)
    for station in figures.stations:
        found |= {f"{station.station}.{name}": value for name, value in _station(station).items()}
    return found


def _line(line: LineFigures) -> dict[str, float | None]:
    cost = {f"{_COST}{currency}": amount / line.good if line.good else None for currency, amount in line.cost.items()}
    return {
        "output": line.throughput_s * 60.0,
        "oee": _percent(line.oee),
        "yield": _percent(line.yield_),
        "wip": line.wip,
        "takt": line.takt_s,
        "energy-per-unit": None if line.energy_per_unit_j is None else line.energy_per_unit_j / 3.6e6,
        "energy-per-kwh": line.energy_per_product_energy,
        "co2-per-unit": line.co2_per_unit_kg,
        "co2-per-kwh": line.co2_per_kwh_kg,
        **cost,
    }


def _station(station: StationFigures) -> dict[str, float | None]:
    # Nobody stops a simulated machine by hand: that share is the floor's alone.
    shares = {name: _percent(share) for name, share in station.shares.items() if name != "stopped"}
    return {
        "output": station.throughput_s * 60.0, "oee": _percent(station.oee), "yield": _percent(station.fpy), "wip": station.wip, **shares,
    }  # fmt: skip


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100.0
