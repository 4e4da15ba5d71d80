"""`line_facts`: what the recorder must know, from a compiled line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from linewright.control.compile import Compiled
from linewright.control.flows import Flow, Passing, lanes_of, whole
from linewright.control.opening import Opening
from linewright.genealogy.facts import CarrierFacts, InputFacts, KindFacts, LineFacts, Rank, StationFacts, WebFacts, is_of_web
from linewright.genealogy.faulted import fault_facts
from linewright.kernels.state import FILLED, State
from linewright.kernels.table import ITEM, UTILITY
from linewright.library.catalogue import Libraries
from linewright.library.curves import CurveSignal, StationCurves, curve_signals
from linewright.library.station_models import StationModel, station_models
from linewright.model.station import Measure, Segment
from linewright.model.values import Characteristic, EveryKind

__all__ = ["held_on_carriers", "line_facts", "opening_carriers"]


def line_facts(
    compiled: Compiled,
    seed: int,
    replication: int = 0,
    first_serials: Sequence[int] | NDArray[np.int64] | None = None,
    libraries: Libraries | None = None,
    *,
    real: Collection[str] = (),
) -> LineFacts:
    """Return the facts of a compiled line.

    Parameters
    ----------
    compiled
        From `control.compile.compile_plant`.
    seed, replication
        Key of all draws.
    first_serials
        By kind: the first serial that the run itself gives (of the state that it begins with); None: those of the table.
    libraries
        Where the process models of its stations are; None: the shipped and installed ones.
    real
        Paths of the stations whose machines are real: nothing is drawn for them.
    """
    flow = compiled.flow
    firsts = compiled.table.kinds if first_serials is None else first_serials
    frames = _frames(flow)
    models = station_models(compiled.plant, libraries)
    stations = [replace(_station(compiled, p, frames, models.get(p.segment.path)), is_real=p.segment.path in real) for p in flow.stations]
    stations += [StationFacts(u.name, failures=frozenset(f.name for f in u.failures)) for u in compiled.plant.utilities]
    stations += [StationFacts(v.name, machines=v.count, failures=frozenset(f.name for f in v.failures)) for v in compiled.plant.vehicles]
    return LineFacts(
        tuple(_kind(flow, number, int(firsts[number])) for number in range(len(flow.kinds))),
        tuple(stations),
        tuple(reason.rpartition(".")[2] for reason in compiled.reasons),
        seed,
        replication,
        compiled.begin_us,
        compiled.plant.digest,
        _roles(flow),
        tuple(CarrierFacts(int(c.kind), int(c.holds), int(c.inner)) for c in compiled.table.carriers[: len(compiled.plant.carriers)]),
        fault_facts(compiled),
    )


def opening_carriers(opening: Opening) -> dict[int, int]:
    """Return how many carriers of each kind are full at the begin, for `Recorder.begin`."""
    table = opening.compiled.table
    return {int(table.carriers[stock.carrier].kind): stock.count for stock in opening.carriers}


def held_on_carriers(compiled: Compiled, state: State) -> dict[int, NDArray[np.int32]]:
    """Return what a state's carriers hold that the run itself loaded, by kind, for `Recorder.restore`: row by serial, 0 elsewhere."""
    held = {}
    for c in compiled.table.carriers[: len(compiled.plant.carriers)]:
        first, count, holds = int(c.tray0), int(c.count), int(c.holds)
        trays = state.trays[first : first + count]
        serials = np.arange(1, count + 1) + trays["round"].astype(np.int64) * count
        rows = state.fills[int(c.fill0) : int(c.fill0) + count * holds].reshape(count, holds)
        loaded = trays["content"] == FILLED
        fills = np.zeros((int(serials[loaded].max(initial=count)) + 1, holds), np.int32)
        fills[serials[loaded]] = np.where(np.arange(holds) < trays["count"][loaded][:, None], rows[loaded], 0)
        held[int(c.kind)] = fills
    return held


def _kind(flow: Flow, number: int, first_serial: int) -> KindFacts:
    kind = flow.kinds[number]
    rank = Rank.CARRIER if kind.what == "carrier" else Rank.LOT
    if kind.what == "item" and kind.station is not None:
        measure = flow.stations[kind.station].measure
        rank = {Measure.LENGTH: Rank.WEB, Measure.COUNT: Rank.UNIT}.get(measure, Rank.LOT)
    return KindFacts(kind.name, kind.prefix, rank, kind.what == "lot", first_serial)


def _frames(flow: Flow) -> list[tuple[int, int]]:
    """Return (frame in, frame out) of each station: a web that passes one with a `web` of its own has new metres behind it."""
    frames: list[tuple[int, int]] = []
    for p in flow.stations:
        before = frames[p.feeders[0]][1] if p.feeders and not p.begins else 0
        if p.begins or p.carried or lanes_of(p.segment) > 1:
            frames.append((before, 0))
        else:
            frames.append((before, before + (1 if p.segment.web is not None and p.leave_mm else 0)))
    return frames


def _station(compiled: Compiled, p: Passing, frames: list[tuple[int, int]], model: StationModel | None) -> StationFacts:
    s, row = p.segment, compiled.table.stations[p.number]
    carrier = compiled.table.carriers[p.carrier] if p.carried else None
    of_webs = tuple(c for c in s.measures if is_of_web(c)) if p.leave_mm else ()
    of_items = tuple(c for c in s.measures if c.every.kind in (EveryKind.ITEM, EveryKind.ITEMS, EveryKind.PART))
    return StationFacts(
        s.path,
        int(row.count),
        p.kind,
        tuple(_input(compiled, p, j, frames) for j in range(len(p.slots))),
        _web(compiled.flow, p, frames),
        of_items,
        tuple(_every(c) for c in of_items),
        of_webs,
        tuple(s.web.sides) if s.web is not None and s.web.sides else (None,),
        s.tools[0][1] if s.tools and of_webs else 1,
        int(carrier.holds) if carrier is not None else 0,
        int(carrier.inner) if carrier is not None else 0,
        tuple(g.name for g in s.grades),
        frozenset(f.name for f in s.failures),
        int(row.flow) == ITEM or int(row.flow) == UTILITY,
        compiled.flow.stations[p.feeders[0]].kind if p.feeders and not p.begins else -1,
        model,
        *(_curves(compiled, p, int(carrier.inner), model) if carrier is not None else ((), None, ())),
        number=p.number,
        amount=p.amount,
        to=tuple((t.station, t.grade) for t in s.to),
    )


def _curves(
    compiled: Compiled, p: Passing, inner: int, model: StationModel | None
) -> tuple[tuple[CurveSignal, ...], StationCurves | None, tuple[tuple[str, str, Characteristic], ...]]:
    """Return what the channels of a station draw, what draws it where its machines are emulated, and what for that is measured elsewhere."""
    s, stations = p.segment, compiled.flow.stations
    signals = curve_signals(s.signals)
    if not signals or s.driver.use != "emulated":
        return signals, None, ()
    here = {c.name for c in s.measures}
    found: dict[str, tuple[str, Characteristic]] = {}
    for q in (*stations[p.number + 1 :], *reversed(stations[: p.number])):  # what is measured later first, as a cell's resistance is
        units = int(compiled.table.carriers[q.carrier].inner) if q.carried else q.kind
        if units == inner:
            for c in q.segment.measures:
                if c.name not in here and not is_of_web(c):
                    found.setdefault(c.name, (f"{q.segment.path}.{c.name}", c))
    nominal = {c.name: c.centre for c in s.measures} | {name: c.centre for name, (_, c) in found.items()}
    nominal["time"] = s.time.mean if s.time is not None else 0.0
    curves = StationCurves(model.process if model is not None else None, model.values if model is not None else {}, signals, nominal, s.path)
    return curves.signals, curves, tuple((name, *found[name]) for name in curves.follows if name in found)


def _every(c: Characteristic) -> int:
    return max(1, round(c.every.amount)) if c.every.kind is EveryKind.ITEMS else 1


def _input(compiled: Compiled, p: Passing, number: int, frames: list[tuple[int, int]]) -> InputFacts:
    taken, sources = p.slots[number]
    slot = compiled.table.slots[int(compiled.table.stations[p.number].slot0) + number]
    frame = frames[sources[0]][1] if sources else 0
    is_bulk = bool(sources) and taken.measure in (Measure.VOLUME, Measure.MASS)
    name = _role(compiled.flow, p.segment, taken.material)
    return InputFacts(name, int(slot.thing), int(slot.rolls), taken.measure is Measure.LENGTH, is_bulk, frame)


def _role(flow: Flow, segment: Segment, material: str) -> str:
    """Return how an input is told: the material, with the station before it where several stations take the same."""
    takers = [p for p in flow.stations if any(i.material == material for i, _ in p.slots)]
    return material if len(takers) == 1 else f"{segment.path}.{material}"


def _roles(flow: Flow) -> dict[str, tuple[float, float]]:
    """Return the limits of error of the pieces that each input takes."""
    roles = {}
    for p in flow.stations:
        web = p.segment.web
        for taken, _ in p.slots:
            if taken.measure is Measure.LENGTH and web is not None:
                name, limits = _role(flow, p.segment, taken.material), (1000.0 * (web.error_m + taken.splice_m), web.drift)
                roles.update({name if taken.rolls == 1 else f"{name} {roll + 1}": limits for roll in range(taken.rolls)})
    return roles


def _web(flow: Flow, p: Passing, frames: list[tuple[int, int]]) -> WebFacts | None:
    s, w = p.segment, p.segment.web
    if w is None or not p.leave_mm or not p.enter_mm:
        return None
    delay_ml = 0
    bulk = next((i for i, sources in p.slots if sources and i.measure in (Measure.VOLUME, Measure.MASS)), None)
    if bulk is not None and s.speed_m_s is not None:
        share = w.delay_s * s.speed_m_s * 1000.0 / p.enter_mm
        delay_ml = round(share * whole(bulk.amount * (p.enter_mm / 1000.0 if bulk.per_length else 1.0), bulk.measure))
    frame_in, frame_out = frames[p.number]
    return WebFacts(
        p.enter_mm,
        p.leave_mm,
        w.rewind,
        w.elongation,
        w.loss,
        round(w.trim_start_m * 1000.0),
        round((w.trim_end_m + w.sample_m) * 1000.0),
        w.lanes,
        None if w.lane_width_m is None else w.lane_width_m * 1000.0,
        _width_mm(flow, p),
        w.error_m * 1000.0,
        w.drift,
        frame_in,
        frame_out,
        f"@{s.path}" if frame_out else "",
        delay_ml,
    )


def _width_mm(flow: Flow, p: Passing) -> float | None:
    """Return the width that is stated for a web, here or at the nearest station before."""
    at: Passing | None = p
    while at is not None:
        web = at.segment.web
        if web is not None and web.width_m is not None:
            return web.width_m * 1000.0
        at = flow.stations[at.feeders[0]] if at.feeders and not at.begins else None
    return None
