"""The rows of fleets, their maps and their vehicles in a station table (`kernels/table.py` says what each field means)."""

from __future__ import annotations

from linewright.control.compile_rows import Draft, Row, crew_of, nanoseconds
from linewright.control.flows import Passing
from linewright.control.maps import Map, drives_of, map_of
from linewright.kernels import table as tb
from linewright.kernels.rules import hash_text
from linewright.model.errors import LinewrightError
from linewright.model.plant import Start, Vehicle
from linewright.model.station import Clock
from linewright.model.values import Law, LawKind

__all__ = ["fleet_rows", "fleet_stations"]

DISPATCH = {"longest-waiting": tb.LONGEST, "nearest": tb.NEAREST, "highest-priority": tb.PRIORITY}


def fleet_stations(d: Draft) -> None:
    """Add a station for each fleet, behind the utilities: its machines are the vehicles."""
    for number, v in enumerate(d.plant.vehicles):
        row: Row = {
            "hash": hash_text(v.name), "flow": tb.FLEET, "count": v.count, "fleet": number, "pass_queue": -1, "out_queue": -1, "kind": -1,
            "carrier": -1, "shift": -1, "within": -1, "wait": -1, "point": -1, "law": d.law(Law(LawKind.CONSTANT, 1.0)), "short": 1,
            "slot0": len(d.slots), "queue0": len(d.queues), "plan0": len(d.plans), "toolmode0": len(d.toolmodes), "mode0": len(d.modes),
        }  # fmt: skip
        for failure in v.failures:
            d.modes.append(
                {"to": d.law(failure.mtbf), "repair": d.law(failure.mttr), "clock": tb.CALENDAR if failure.clock is Clock.CALENDAR else tb.RUNNING,
                 "crew": crew_of(d, failure.by), "reason": d.reason(f"{v.name}.{failure.name}")}
            )  # fmt: skip
        row["modes"] = len(d.modes) - int(row["mode0"])
        d.paths.append(v.name)
        d.stations.append(row)


def fleet_rows(d: Draft) -> None:
    """Add the fleets, with the queues that they bring to: downstream first, then in order of inputs; with their drives and zones."""
    queues, stops = _served(d)
    found = map_of(d.plant)
    for station in d.stations:
        station.setdefault("point", -1)
    for p in d.flow.stations:
        if p.segment.at is not None:
            d.stations[p.number]["point"] = found.places[p.segment.at]
    lineup = 0
    for number, v in enumerate(d.plant.vehicles):
        battery = dict(v.battery)
        row: Row = {
            "hash": hash_text(v.name), "dispatch": DISPATCH[v.dispatch], "load": nanoseconds(v.load_s), "unload": nanoseconds(v.unload_s),
            "holds": v.holds, "count": v.count, "vehicle0": len(d.vehicles), "cargo0": d.cargo, "queue0": len(d.fleet_queues),
            "queues": len(queues[v.name]), "station": len(d.flow.stations) + len(d.plant.utilities) + number, "park": -1, "charger": -1,
            "run": nanoseconds(battery["run"]) if battery else 0, "chargers": int(battery.get("chargers", 1)), "line0": lineup,
            "spread": int(d.plant.run.start is Start.FILLED), "reason": d.reason(f"{v.name}.charge"),
        }  # fmt: skip
        if battery:
            row |= {"low": int(battery["charge_below"] * row["run"]), "ratio": battery["charge"] / battery["run"]}
        row |= _ways(d, v, found, stops[v.name])
        for q in queues[v.name]:
            d.queues[q]["fleet"] = number
        d.fleets.append(row)
        d.vehicles += [number] * v.count
        d.fleet_queues += queues[v.name]
        d.cargo += v.count * v.holds
        lineup += v.count
    for zone in d.plant.zones:
        d.zones.append({"places": zone.vehicles, "line0": lineup, "room": max(len(d.vehicles), 1)})
        lineup += max(len(d.vehicles), 1)
    d.lineup = lineup


def _served(d: Draft) -> tuple[dict[str, list[int]], dict[str, list[tuple[Passing, Passing]]]]:
    """Return the queues of each fleet, and between which stations it drives."""
    queues: dict[str, list[int]] = {v.name: [] for v in d.plant.vehicles}
    stops: dict[str, list[tuple[Passing, Passing]]] = {v.name: [] for v in d.plant.vehicles}
    for p in reversed(d.flow.stations):
        for number, (i, sources) in enumerate(p.slots):
            if sources and i.brought_by is not None:
                queues[i.brought_by].append(d.slot_queues[p.number, number])
                stops[i.brought_by] += [(d.flow.stations[f], p) for f in sources]
        if not p.begins and p.segment.brought_by is not None:
            queues[p.segment.brought_by].append(d.pass_queues[p.number])
            stops[p.segment.brought_by] += [(d.flow.stations[f], p) for f in p.feeders]
    return queues, stops


def _ways(d: Draft, v: Vehicle, found: Map, stops: list[tuple[Passing, Passing]]) -> Row:
    """Return how a fleet drives: over the map, a fixed distance, or for a drawn time."""
    if v.time is not None:
        return {"way": tb.DRAWN, "law": d.law(v.time)}
    if v.distance_m is not None:
        way = v.distance_m / v.speed_m_s
        return {"way": tb.FIXED, "carry": max(nanoseconds(v.load_s + way + v.unload_s), 1), "back": nanoseconds(way)}
    if not v.uses_roads:
        if stops:
            raise LinewrightError(
                f"vehicles.{v.name}: the length of a trip is not known.\n"
                "    Write `distance: 80 m`, `time:` of one trip, or `roads:` and `at:` of the stations."
            )
        return {"way": tb.FIXED, "carry": 1}
    park = found.places[v.park] if v.park is not None else -1
    charger = found.places[v.battery_at] if v.battery_at is not None else -1
    begin = next((point for point in (park, charger) if point >= 0), 0)
    _check_stops(v, stops)
    drives = drives_of(found, v.speed_m_s)
    used = {found.places[p.segment.at] for pair in stops for p in pair if p.segment.at is not None} | {begin}
    used |= {point for point in (park, charger) if point >= 0}
    missing = [(found.names[a], found.names[b]) for a in sorted(used) for b in sorted(used) if drives[a][b] is None]
    if missing and stops:
        lacks = "\n".join(f"    from `{a}` to `{b}`" for a, b in missing)
        raise LinewrightError(f"vehicles.{v.name}: the roads lead not everywhere that it drives:\n{lacks}\n    Add a way, or take `one-way` off one.")
    row: Row = {"way": tb.ROADS, "park": park, "charger": charger, "begin": begin, "drive0": len(d.drives), "points": len(found.names)}
    for from_one in drives:
        for drive in from_one:
            if drive is None:
                d.drives.append({"time": -1, "next": -1})
                continue
            d.drives.append({"time": drive.time, "pass0": len(d.passes), "passes": len(drive.crossings), "next": drive.next})
            d.passes += [{"enter": c.enter, "leave": c.leave, "zone": c.zone} for c in drive.crossings]
    return row


def _check_stops(v: Vehicle, stops: list[tuple[Passing, Passing]]) -> None:
    nowhere = sorted({p.segment.path for pair in stops for p in pair if p.segment.at is None})
    if nowhere:
        where = "\n".join(f"    stations.{path}.at" for path in nowhere)
        raise LinewrightError(
            f"vehicles.{v.name}: where these stations stand is not known, and it drives to them:\n{where}\n    Write `at:` with a point of `roads`."
        )
