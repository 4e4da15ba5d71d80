"""A run cut where its beginning ends: its figures, in parts where it is the only run.

A run must not choose its own cut. Where failures are rare and long, MSER-5 on a run's own output leaves out a failure that happens to lie in its
first half more often than one in its second; the mean of what is left is too high (0.7 % on a line with ten failures a run). So the beginning of
each run is found in the mean output of the *other* runs of the case; a run that has no others gets a second one for this alone. All cases are cut
at the same time, the latest any of them asks for, so that what they have in common stays in common.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.control.compile import Compiled
from linewright.library.energy import station_energy
from linewright.measures.figures import figures_of
from linewright.tuning.recording import BATCH, Look, Recording
from linewright.tuning.told import values_of
from linewright.tuning.warm_up import COUNT_VARIANCE, mser

__all__ = ["Cut", "Replication", "cut_of", "replication_of"]


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a run's beginning ends.

    Parameters
    ----------
    looks
        Of `Recording.looks`, how many lie before.
    is_steady
        False: no end of the beginning was found in the first half; the second is counted, and the run is too short.
    """

    looks: int
    is_steady: bool


@dataclass(frozen=True, slots=True)
class Replication:
    """One run of a case.

    Parameters
    ----------
    number
        The replication's number in the keys of all draws.
    warm_up_s, span_s
        Line time that was left out, and that was counted.
    is_steady
        Whether the end of the beginning was found, or given.
    values
        By figure (`told`), one value a sample, float64 (samples,), NaN where it has none.
    bottlenecks
        The station that was active most, of each sample; None where nothing was made.
    output
        Good products between looks, int64 (looks,), each `look_s` of line time, the warm-up that was found in it.
    failures
        (station, mode, how many were seen in the time that was counted).
    little
        (station, mean number inside, rate of leaving x mean stay) in the time that was counted: equal in the long run.
    """

    number: int
    warm_up_s: float
    span_s: float
    is_steady: bool
    values: dict[str, NDArray[np.float64]]
    bottlenecks: tuple[str | None, ...]
    output: NDArray[np.int64]
    look_s: float
    failures: tuple[tuple[str, str, int], ...]
    little: tuple[tuple[str, float, float], ...]


def cut_of(others: Sequence[Sequence[Recording]]) -> Cut:
    """Return where the beginning of a run ends.

    Parameters
    ----------
    others
        Of each case, its other runs.

    Examples
    --------
    >>> output = np.array([0] * 60 + [10, 11] * 270)
    >>> cut_of([[Recording(0, 1.0, output, ())]])
    Cut(looks=12, is_steady=True)
    """
    found = []
    for runs in others:
        mean = np.mean([run.output for run in runs], axis=0)
        found.append(mser(mean, batch=BATCH, floor=COUNT_VARIANCE / BATCH**2 / len(runs)))
    return Cut(max(f.cut for f in found) // BATCH, all(f.is_found for f in found))


def replication_of(compiled: Compiled, recording: Recording, cut: Cut, batches: int = 1) -> Replication:
    """Return the figures of a run.

    Parameters
    ----------
    compiled
        Its line.
    recording
        The run.
    cut
        What is left out.
    batches
        Parts whose figures are samples; what does not go into equal parts is left out at the begin too.
    """
    looks = recording.looks
    each = (len(looks) - 1 - cut.looks) // batches
    edges = looks[len(looks) - 1 - each * batches :: each]
    energy = station_energy(compiled.plant)
    tallies = [edge.tally(compiled) for edge in edges]
    parts = [figures_of(compiled, later - before, energy) for before, later in itertools.pairwise(tallies)]
    samples = [values_of(part) for part in parts]
    names = dict.fromkeys(name for sample in samples for name in sample)
    first, last = edges[0], edges[-1]
    return Replication(
        recording.number,
        first.now_ns / 1e9,
        (last.now_ns - first.now_ns) / 1e9,
        cut.is_steady,
        {name: np.array([_number(sample.get(name)) for sample in samples]) for name in names},
        tuple(part.line.bottleneck for part in parts),
        recording.output,
        recording.look_s,
        _failures(compiled, last.failures - first.failures),
        _little(compiled, first, last),
    )


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _failures(compiled: Compiled, seen: NDArray[np.int64]) -> tuple[tuple[str, str, int], ...]:
    names = []
    for path, row in zip(compiled.stations, compiled.table.stations, strict=False):
        modes = compiled.table.modes[int(row.mode0) : int(row.mode0) + int(row.modes)]
        names += [(path, compiled.reasons[int(mode.reason)].rpartition(".")[2]) for mode in modes]
    return tuple((station, mode, int(count)) for (station, mode), count in zip(names, seen, strict=True))


def _little(compiled: Compiled, first: Look, last: Look) -> tuple[tuple[str, float, float], ...]:
    """Return L and lambda W of each station that items left in the time between two looks."""
    span, left = last.now_ns - first.now_ns, (last.counts - first.counts).sum(axis=1)
    return tuple(
        (path, (last.insides[n] - first.insides[n]) / span, (last.stays[n] - first.stays[n]) / span)
        for n, path in enumerate(compiled.stations)
        if left[n]
    )
