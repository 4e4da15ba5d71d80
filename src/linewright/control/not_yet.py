"""What a line file may say and nothing here can do yet: found by name, never ignored (docs/semantics.md, section 10)."""

from __future__ import annotations

from collections.abc import Iterator

from linewright.model.plant import Plant
from linewright.model.station import Blocking, Input, Measure, QueueRule, Segment
from linewright.model.values import EveryKind, LawKind

__all__ = ["elements_without_behaviour"]


def elements_without_behaviour(plant: Plant) -> list[tuple[str, str]]:
    """Return (element, place in the file) of each thing in a plant that has no behaviour yet, sorted.

    Examples
    --------
    >>> elements_without_behaviour(Plant("empty"))
    []
    """
    places = {origin.path: f"{origin.file}:{origin.line}" if origin.line else origin.file for origin in plant.origins}
    found = [*_of_plant(plant)]
    for segment in plant.segments:
        found += [f"stations.{segment.path}.{element}" for element in _of_segment(plant, segment)]
    return [(element, _place(places, element)) for element in sorted(set(found))]


def _place(places: dict[str, str], element: str) -> str:
    path = element
    while path:
        if path in places:
            return places[path]
        below = next((place for other, place in places.items() if other.startswith(path + ".")), None)
        if below is not None:
            return below
        path = path.rpartition(".")[0]
    return ""


def _of_plant(plant: Plant) -> Iterator[str]:
    for vehicle in plant.vehicles:
        is_mapped = vehicle.distance_m is None and vehicle.time is None
        for key, given in (
            ("roads", vehicle.uses_roads and not is_mapped),
            ("park", vehicle.park is not None and not is_mapped),
            ("battery.at", vehicle.battery_at is not None and not is_mapped),
            ("failures", any(f.stops_tool for f in vehicle.failures)),
        ):
            if given:
                yield f"vehicles.{vehicle.name}.{key}"
    for utility in plant.utilities:
        if utility.maintenance:
            yield f"utilities.{utility.name}.maintenance"
        for failure in utility.failures:
            if failure.stops_tool:
                yield f"utilities.{utility.name}.failures.{failure.name}.stops"
    for material in plant.materials:
        if material.stock is not None:
            yield f"materials.{material.name}.stock"
        if material.delivery_every_s is not None:
            yield f"materials.{material.name}.delivery"


def _of_segment(plant: Plant, s: Segment) -> Iterator[str]:
    yield from _flow_of_segment(s)
    yield from _inputs_of_segment(s)
    yield from _quality_of_segment(plant, s)
    carried = _carried(plant)
    simple = s.batch is None and s.places is None and s.loads is None and s.unloads is None and s.name not in carried
    if s.name in carried:
        for key, given in (("scrap", s.scrap > 0.0), ("gate", s.gate is not None), ("grades", bool(s.grades))):
            if given:
                yield key
    if not simple:
        for key, given in (("takes", bool(s.inputs)), ("adds", bool(s.adds)), ("makes", bool(s.makes) and s.places is not None)):
            if given and s.name not in carried:
                yield key
    if s.name not in carried:
        yield from (f"signals.{signal.name}.per" for signal in s.signals if signal.per)
    if s.places is not None:
        for key, given in (
            ("failures", bool(s.failures)),
            ("maintenance", bool(s.maintenance)),
            ("count", s.count != 1),
            ("batch", s.batch is not None),
        ):
            if given:
                yield key
    if s.within is not None and _limits_too_much(s, is_carried=s.name in carried):
        yield "within"
    for failure in s.failures:
        if failure.stops_tool and (
            s.name not in carried or failure.mtbf.kind is not LawKind.EXPONENTIAL or failure.by is not None or not s.tools or s.batch is not None
        ):
            yield f"failures.{failure.name}.stops"


def _limits_too_much(s: Segment, *, is_carried: bool) -> bool:
    """Tell whether a limit is on whole carriers that would be thrown away, or sends back what cannot wait on a machine."""
    within = s.within
    assert within is not None
    if s.unloads is not None or (is_carried and within.late in ("scrap", "out")):
        return True
    if s.loads is not None and s.loads.same is not None:
        return True
    return within.late not in ("scrap", "out") and (s.batch is not None or s.places is not None or s.loads is not None)


def _flow_of_segment(s: Segment) -> Iterator[str]:
    for key, given in (
        ("arrivals.when-full", s.arrivals_lost_when_full and s.buffer == 0 and (s.batch is not None or s.places is not None)),
        ("to", len(s.to) > 1 and any(t.grade is None for t in s.to) and any(t.station == "scrap" for t in s.to)),
        ("blocking", s.blocking is Blocking.BEFORE and len(s.to) > 1 and _makes_several_at_once(s)),
        ("queue", s.queue in {QueueRule.LIFO, QueueRule.REWORK_FIRST} and s.loads is not None and s.loads.same is not None),
        ("steps", bool(s.steps)),
        ("control", bool(s.control)),
        ("length", s.length_m is not None and s.places is None),
        ("loads.same", s.loads is not None and s.loads.same is not None and (s.loads.same != "grade" or s.buffer == 0)),
        ("unloads.same", s.unloads is not None and s.unloads.same is not None),
    ):
        if given:
            yield key


def _makes_several_at_once(s: Segment) -> bool:
    """Tell whether what one start makes may go several ways, so that no place can be kept for it."""
    lanes = s.web.lanes if s.web is not None else 1
    return s.batch is not None or s.places is not None or s.loads is not None or lanes > 1 or len(s.makes) > 1 or any(
        m.measure is Measure.COUNT and m.amount != 1.0 for m in s.makes
    )


def _is_coil(i: Input) -> bool:
    return i.measure is Measure.LENGTH and (bool(i.sources) or i.coil_m is not None)


def _inputs_of_segment(s: Segment) -> Iterator[str]:
    for section, inputs in (("takes", s.inputs), ("adds", s.adds)):
        for i in inputs:
            for key, given in (
                ("scrap", i.scrap > 0.0 and i.measure is not Measure.COUNT and not _is_coil(i)),
                ("brought-by", i.brought_by is not None and (not i.sources)),
                ("amount", i.measure is Measure.COUNT and bool(i.sources) and (i.amount < 1 or i.amount != int(i.amount))),
                ("rolls", i.rolls > 1 and bool(i.sources)),
            ):
                if given:
                    yield f"{section}.{i.material}.{key}"
    several = len(s.makes) > 1 or any(m.measure is Measure.COUNT and m.amount != 1.0 for m in s.makes)
    if several and (any(m.measure is Measure.COUNT and (m.amount < 1 or m.amount != int(m.amount)) for m in s.makes) or s.web is not None):
        yield "makes"


def _quality_of_segment(plant: Plant, s: Segment) -> Iterator[str]:
    if s.loads is not None and s.grades:
        yield "grades"
    if s.gate is not None and s.gate.to not in {"scrap", "out"} and (s.batch is not None or s.places is not None or s.loads is not None):
        yield "gate.to"
    if s.gate is not None:
        back = next((x for x in plant.segments if s.gate.to in (x.name, x.path)), None)
        if back is not None and back.begins and back.arrivals is None:
            yield "gate.to"
        names = s.gate.checks or tuple(m.name for m in s.measures)
        for m in s.measures:
            if m.name in names and s.gate.fails is None and m.every.kind is not EveryKind.ITEM:
                yield f"measures.{m.name}"


def _carried(plant: Plant) -> set[str]:
    """Return the stations whose items are carriers: between `loads` and `unloads`."""
    carried: set[str] = set()
    names = {s.name: s for s in plant.segments} | {s.path: s for s in plant.segments}
    for s in plant.segments:
        if s.loads is None:
            continue
        stack = [t.station for t in s.to]
        while stack:
            at = names.get(stack.pop())
            if at is not None and at.unloads is None and at.name not in carried:
                carried.add(at.name)
                stack += [t.station for t in at.to]
    return carried
