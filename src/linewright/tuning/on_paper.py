"""Answers without simulation, beside each simulated case: what the slowest station allows, and the decomposition where its assumptions hold."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from linewright.control.compile import Compiled
from linewright.control.flows import Passing
from linewright.kernels.table import ITEM, SUPPLY
from linewright.model.plant import Plant
from linewright.model.station import Clock, Failure, Segment
from linewright.model.values import LawKind
from linewright.tuning.decomposition import efficiency

__all__ = ["OnPaper", "Unreliable", "on_paper", "unreliable_line"]

BOUND_ASSUMES = "means alone: machines / time x availability, coil changes and yields in it; no queue ever empty or full, people and shifts left out"
LINE_ASSUMES = "one machine a station, equal constant times, exponential failures of running time and repairs (Dallery, David, Xie 1988)"
#: Times of the stations that count as equal.
EQUAL = 1e-6


@dataclass(frozen=True, slots=True)
class OnPaper:
    """What a line makes, as far as paper can tell.

    Parameters
    ----------
    bound_per_min
        What the slowest station alone would allow, good products a minute; None where no station's capacity follows from the file.
    bound_station
        That station.
    decomposition_per_min
        Of unreliable machines in series; None where its assumptions do not hold.
    why_not
        The first assumption that does not hold; empty where all do.
    """

    bound_per_min: float | None
    bound_station: str | None
    decomposition_per_min: float | None
    why_not: str

    def to_json(self) -> dict[str, Any]:
        """Return it with what it assumes."""
        return {**asdict(self), "bound_assumes": BOUND_ASSUMES, "decomposition_assumes": LINE_ASSUMES}


@dataclass(frozen=True, slots=True)
class Unreliable:
    """A line of unreliable machines in series: cycle in s; mean times to failure and to repair of each machine in s; places between them.

    A machine that never fails has `inf` and 0.
    """

    cycle_s: float
    mtbf_s: tuple[float, ...]
    mttr_s: tuple[float, ...]
    places: tuple[int, ...]

    def per_s(self) -> float | None:
        """Return the parts a second by the decomposition; None where it does not settle.

        Behind blocking after service a part that is done waits on its machine, and one is in work on the next: the buffer of the model has
        two places more.
        """
        fails = [max(self.cycle_s / m, 1e-12) for m in self.mtbf_s]
        repairs = [min(1.0, self.cycle_s / m) if m else 1.0 for m in self.mttr_s]
        found = efficiency(fails, repairs, [n + 2 for n in self.places])
        return None if found is None else found / self.cycle_s


def on_paper(compiled: Compiled) -> OnPaper:
    """Return what paper tells of a line, at once.

    Examples
    --------
    >>> from linewright.control.compile import compile_plant
    >>> from linewright.library.catalogue import installed_libraries
    >>> from linewright.model.load import load
    >>> found = on_paper(compile_plant(load("four-stations", installed_libraries())))
    >>> found.bound_station, round(found.bound_per_min, 2), found.decomposition_per_min, found.why_not
    ('wind', 22.02, None, 'wind: scrap')
    """
    slowest = min(compiled.plant.alone, key=lambda row: row[1], default=None)
    line = unreliable_line(compiled)
    per_s = line.per_s() if isinstance(line, Unreliable) else None
    return OnPaper(
        None if slowest is None else slowest[1] * 60.0,
        None if slowest is None else slowest[0],
        None if per_s is None else per_s * 60.0,
        line if isinstance(line, str) else "" if per_s is not None else "the decomposition does not settle",
    )


def unreliable_line(compiled: Compiled) -> Unreliable | str:
    """Return a line as the decomposition sees it, or the first thing that does not fit."""
    passings = compiled.flow.stations
    plant = compiled.plant
    if plant.utilities or plant.works or len(passings) < 2:
        return "the line: utilities" if plant.utilities else "the line: works" if plant.works else "the line: one station"
    for before, after in pairwise(passings):
        if before.next != after.number:
            return f"{before.segment.path}: to"
    for passing in passings:
        wrong = _misfit(compiled, plant, passing)
        if wrong:
            return f"{passing.segment.path}: {wrong}"
    segments = [passing.segment for passing in passings]
    times = [s.time.mean for s in segments if s.time is not None]
    if max(times) - min(times) > EQUAL * max(times):
        return f"{segments[1].path}: time"
    places = tuple(s.buffer or 0 for s in segments[1:])
    if min(places) < 1:
        return f"{segments[1 + places.index(0)].path}: buffer"
    failures = [s.failures[0] if s.failures else None for s in segments]
    return Unreliable(
        times[0], tuple(f.mtbf.mean if f else float("inf") for f in failures), tuple(f.mttr.mean if f else 0.0 for f in failures), places
    )


def _misfit(compiled: Compiled, plant: Plant, passing: Passing) -> str:
    """Return the key of a station that the decomposition has no form for; empty where there is none."""
    s, row = passing.segment, compiled.table.stations[passing.number]
    slots = compiled.table.slots[int(row.slot0) : int(row.slot0) + int(row.slots)]
    for key, given in (
        ("batch", s.batch is not None or int(row.flow) != ITEM),
        ("count", s.count != 1),
        ("time", s.time is None or s.time.kind is not LawKind.CONSTANT or s.each_s > 0.0),
        ("scrap", s.scrap > 0.0),
        ("gate", s.gate is not None),
        ("within", s.within is not None),
        ("takes", any(int(slot.kind) != SUPPLY for slot in slots)),
        ("maintenance", bool(s.maintenance)),
        ("works", s.works is not None),
        ("needs", bool(s.needs)),
        ("brought-by", s.brought_by is not None),
        ("web", s.web is not None),
        ("failures", len(s.failures) > 1 or any(not _is_memoryless(f) for f in s.failures)),
    ):
        if given:
            return key
    return "" if _stands_alone(s, plant) else "by"


def _is_memoryless(failure: Failure) -> bool:
    laws = failure.mtbf.kind, failure.mttr.kind
    return laws == (LawKind.EXPONENTIAL, LawKind.EXPONENTIAL) and failure.clock is Clock.RUNNING and not failure.stops_tool


def _stands_alone(segment: Segment, plant: Plant) -> bool:
    """Tell whether nobody is waited for: a repair by people who never lack needs at least as many as there are machines that call them."""
    crews = {f.by for f in segment.failures if f.by is not None}
    callers = {crew: sum(s.count for s in plant.segments if any(f.by == crew for f in s.failures)) for crew in crews}
    return all(p.works is None and p.count >= callers[p.name] for p in plant.people if p.name in crews)
