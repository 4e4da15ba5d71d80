"""What an injected fault does to every measured value behind it, by the process models of the line.

The line is walked twice, without the fault and with it, at the whole size and at the lane that it hits: the differences of the means (and, at the
fault's own station, of the spreads) are what a thing on which the fault acts wholly has more. A thing on which it acts in part has that part of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from linewright.library.catalogue import Libraries
from linewright.library.station_models import StationModel, Walk
from linewright.model.plant import Fault, FaultEffect, Plant
from linewright.model.values import Characteristic, EveryKind

__all__ = ["with_effects"]


def with_effects(plant: Plant, libraries: Libraries) -> Plant:
    """Return the plant, each of its faults with what it does to each measured value.

    Parameters
    ----------
    plant
        The line, its means and spreads already those of the process models.
    libraries
        Where classes are.

    Notes
    -----
    Between no effect and the whole one the value goes in a straight line with the share of the metres, parts or time on which the fault acts. That is
    exact where a model is linear in what it takes over (areal weight and capacity), and off by the square of a small change elsewhere. Several faults
    on one thing add up.
    """
    if not plant.faults:
        return plant
    return replace(plant, faults=tuple(_with_effects(plant, fault, libraries) for fault in plant.faults))


def _with_effects(plant: Plant, fault: Fault, libraries: Libraries) -> Fault:
    segment = plant.segment(fault.station)
    lane = None if fault.tool_number is None or not (fault.tool or "").endswith("lane") else fault.tool_number - 1
    sound = Walk(plant, libraries)
    sound.lanes = {fault.station: lane}
    hurt = Walk(plant, libraries)
    hurt.lanes, hurt.faults, hurt.sound = sound.lanes, {fault.station: {fault.fault: fault.size}}, sound
    for each in plant.segments:
        sound.leaving(each)
        hurt.leaving(each)
    process = hurt.process_of(segment)
    declared = process.parts["faults"].get(fault.fault) if process is not None else None
    effects = tuple(e for each in plant.segments for e in _effects(each.path, each.measures, sound, hurt))
    over_s, period_s = (None, None) if declared is None else (declared.over_s, declared.period_s)
    return replace(fault, over_s=over_s, period_s=period_s, effects=effects)


def _effects(path: str, measures: tuple[Characteristic, ...], sound: Walk, hurt: Walk) -> Iterator[FaultEffect]:
    """Yield what changes at one station."""
    before, after = sound.seen.get(path, {}), hurt.seen.get(path, {})
    for c in measures:
        mean = _number(after.get(c.name)) - _number(before.get(c.name))
        spread = 0.0
        if path in hurt.faults and path in sound.models and c.name in sound.models[path].nominal and c.every.kind is not EveryKind.LENGTH:
            spread = _spread(c, sound.models[path], hurt.models[path]) - c.spread
        if mean or spread:
            yield FaultEffect(path, c.name, mean, spread)


def _spread(c: Characteristic, sound: StationModel, hurt: StationModel) -> float:
    """Return the spread of a characteristic at its own station, with what the fault makes of the model's noise."""
    drawn, more = sound.noise_spread(c.name), hurt.noise_spread(c.name)
    return c.spread if drawn == more else math.sqrt(max(c.spread**2 - drawn**2, 0.0) + more**2)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
