"""Raw samples to phasors, block by block: what is kept of hours of samples are sums, a few numbers for each channel and line."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from linewright.eis.channel_watch import ChannelWatch
from linewright.eis.excitation import Excitation, Segment
from linewright.eis.phasor_sums import Reduced, reduced
from linewright.eis.record_plan import Plan, plan_segment

__all__ = ["PhasorStream", "Phasors"]


@dataclass(frozen=True, slots=True, eq=False)
class Phasors:
    """Lines of all channels, from the highest frequency down. Channel 0 is the current, A; the others are cells, V.

    Parameters
    ----------
    frequency_hz
        (n_f,), Hz.
    value
        complex (n_channels, n_f): peak, and phase of the cosine at the begin of the segment; NaN where a channel has no signal.
    sigma
        (n_channels, n_f): standard deviation of the real part and, the same, of the imaginary part.
    thd
        (n_channels, n_f): what stands on the second and third harmonic above the noise, by the line (total harmonic distortion).
    nsd
        (n_channels, n_f): what stands on the two bins beside the line above the noise, by the line (non-stationary distortion).
    nsr
        (n_channels, n_f): sigma by the line (noise to signal).
    mean
        (n_channels,): over the first segment.
    drift
        (n_channels,): change of the mean over the record.
    faults
        By channel: why it is not judged, or what is doubtful; empty texts where nothing is.
    is_usable
        bool (n_channels,).
    """

    frequency_hz: NDArray[np.float64]
    value: NDArray[np.complex128]
    sigma: NDArray[np.float64]
    thd: NDArray[np.float64]
    nsd: NDArray[np.float64]
    nsr: NDArray[np.float64]
    mean: NDArray[np.float64]
    drift: NDArray[np.float64]
    faults: tuple[str, ...]
    is_usable: NDArray[np.bool_]


@dataclass(slots=True)
class Sums:
    """What is summed of one segment: the slow series (channels, n / summed), and complex sums of the fast bins (channels, n_bins)."""

    plan: Plan
    slow: NDArray[np.float32]
    fast: NDArray[np.complex128]


@dataclass(slots=True)
class PhasorStream:
    """Takes samples in blocks of any length, in order, and gives phasors at the end.

    Parameters
    ----------
    excitation
        What was sent; its sample 0 is the first sample pushed.
    channels
        The current, then the cells.

    Notes
    -----
    Lines up to 100 Hz are fitted by least squares, with a parabola of time beside them (drift), to sums of neighbouring samples; a sum of D
    samples has the response sin(pi K D / N) / (D sin(pi K / N)) at bin K, which is divided out. Faster lines are sums of products (a discrete
    Fourier transform at known frequencies over whole periods), with the transform of the same parabola taken off. Noise is the median power
    of bins beside each line.
    Memory is that of the slow series: 401 channels x 30 s at 50 kS/s leave 48 MB of 2.4 GB.

    Examples
    --------
    >>> sine = Segment(0, 1000, np.array([5]), np.array([2.0]), np.array([0.3]))
    >>> stream = PhasorStream(Excitation("stepped sine", 1000.0, 10.0, (sine,)), 2)
    >>> i = stream.excitation.current_a(0, 1000)
    >>> stream.push(np.stack([i, 0.001 * i + 0.6]))
    >>> found = stream.result()
    >>> abs(found.value[1, 0] / found.value[0, 0]).round(9).item()
    0.001
    """

    excitation: Excitation
    channels: int
    at: int = 0
    watch: ChannelWatch = field(init=False)
    _offset: NDArray[np.float64] | None = field(init=False, default=None)
    _open: Sums | None = field(init=False, default=None)
    _number: int = field(init=False, default=0)
    _done: list[Reduced] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.watch = ChannelWatch(self.channels)

    def push(self, block: NDArray[np.floating]) -> None:
        """Take the next samples.

        Parameters
        ----------
        block
            (n_channels, n), A and V.

        Raises
        ------
        ValueError
            The block has another number of channels.
        """
        if block.shape[0] != self.channels:
            raise ValueError(f"{self.channels} channels were expected; {block.shape[0]} came")
        if self._offset is None:
            first = np.asarray(block[:, 0], dtype=np.float64)
            self._offset = np.where(np.isfinite(first), first, 0.0)
        begin, end = self.at, self.at + block.shape[1]
        while self._number < len(self.excitation.segments):
            segment = self.excitation.segments[self._number]
            low, high = max(begin, segment.begin), min(end, segment.end)
            if low < high:
                samples = above(block[:, low - begin : high - begin], self._offset)
                self.watch.look(samples)
                self._take(segment, samples, low - segment.begin)
            if end < segment.end:
                break
            self._close(segment)
        self.at = end

    def _take(self, segment: Segment, samples: NDArray[np.float32], first: int) -> None:
        """Add samples of a segment, the first of them `first` from its begin."""
        if self._open is None:
            plan = plan_segment(segment, self.excitation.sample_rate_hz, self.channels)
            slow = np.zeros((self.channels, segment.count // plan.summed), dtype=np.float32)
            self._open = Sums(plan, slow, np.zeros((self.channels, len(plan.fast_bins)), dtype=np.complex128))
        sums = self._open
        add_slow(sums, samples, first)
        if len(sums.plan.fast_bins):
            add_fast(sums, samples, first, segment.count)

    def _close(self, segment: Segment) -> None:
        """Reduce the sums of a segment whose last sample was taken."""
        if self._open is not None:
            self._done.append(reduced(segment, self._open.plan, self._open.slow, self._open.fast, self.excitation.sample_rate_hz))
        self._open = None
        self._number += 1

    def result(self) -> Phasors:
        """Return the phasors.

        Raises
        ------
        ValueError
            The samples end before the last segment does, or the current has no signal.
        """
        if self._number < len(self.excitation.segments):
            rate = self.excitation.sample_rate_hz
            raise ValueError(
                f"the samples end after {self.at / rate:.4g} s; the excitation has {self.excitation.duration_s:.4g} s"
                f" ({self.excitation.samples} samples at {rate:g} a second)"
            )
        assert self._offset is not None
        joined = {name: np.concatenate([getattr(d, name) for d in self._done], axis=-1) for name in ("frequency_hz", "value", "sigma", "thd", "nsd")}
        order = np.argsort(-joined["frequency_hz"], kind="stable")
        value, sigma = joined["value"][:, order], joined["sigma"][:, order]
        faults, is_usable = self.watch.verdicts()
        if not is_usable[0]:
            raise ValueError(f"the current: {faults[0]}. Without it there is no impedance.")
        size = np.abs(value)
        with np.errstate(divide="ignore", invalid="ignore"):
            return Phasors(
                joined["frequency_hz"][order], np.where(is_usable[:, None], value, np.nan), sigma, joined["thd"][:, order], joined["nsd"][:, order],
                sigma / size, self._done[0].mean + self._offset, self._done[-1].mean_at_end - self._done[0].mean_at_begin, faults, is_usable,
            )  # fmt: skip


def above(samples: NDArray[np.floating], offset: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return samples above each channel's offset in single precision, which then resolves the modulation and not the direct part."""
    if samples.dtype == np.float32:
        return np.asarray(samples - offset.astype(np.float32)[:, None])
    return np.asarray(samples - offset[:, None], dtype=np.float32)


def add_slow(sums: Sums, samples: NDArray[np.float32], first: int) -> None:
    """Add samples to the slow series, whole sums first."""
    d = sums.plan.summed
    if d == 1:
        sums.slow[:, first : first + samples.shape[1]] = samples
        return
    n, head = samples.shape[1], min(-first % d, samples.shape[1])
    if head:
        sums.slow[:, first // d] += samples[:, :head].sum(axis=1)
    rows = (n - head) // d
    if rows:
        at = (first + head) // d
        sums.slow[:, at : at + rows] += samples[:, head : head + rows * d].reshape(len(samples), rows, d).sum(axis=2)
    if head + rows * d < n:
        sums.slow[:, (first + head) // d + rows] += samples[:, head + rows * d :].sum(axis=1)


def add_fast(sums: Sums, samples: NDArray[np.float32], first: int, count: int) -> None:
    """Add products of samples and waves to the fast bins.

    Notes
    -----
    The stretch is cut into pieces of L samples. Piece b of carrier k is y_b = sum x e^(-2 pi i k m / N), m within the piece; bin k + d is
    sum y_b e^(-2 pi i ((k + d) b L + d (L - 1) / 2) / N), divided by the response of a sum of L samples, sin(pi d L / N) / (L sin(pi d / N)).
    For d = 0 this is the transform itself. Beside it, other lines leak by less than d / (N / L) of themselves.
    """
    plan = sums.plan
    size, bins = plan.together, plan.fast_bins
    angle = (np.outer(np.arange(size), plan.carriers) % count) * (2.0 * math.pi / count)
    waves = np.concatenate([np.cos(angle), -np.sin(angle)], axis=1).astype(np.float32)
    begin = 0
    while begin < samples.shape[1]:
        inside = (first + begin) % size
        pieces = (samples.shape[1] - begin) // size if inside == 0 else 0
        length = pieces * size if pieces else min(size - inside, samples.shape[1] - begin)
        part = samples[:, begin : begin + length]
        rows = waves if pieces else waves[inside : inside + length]
        product = (np.ascontiguousarray(part).reshape(-1, len(rows)) @ rows).reshape(len(samples), max(pieces, 1), 2, len(plan.carriers))
        number = (first + begin) // size + np.arange(max(pieces, 1))
        beside = bins - plan.carriers[plan.carrier]
        turn = np.exp(-2j * math.pi * (((np.outer(number * size, bins) % count) + beside * ((size - 1) / 2.0)) / count))
        for c in range(len(plan.carriers)):
            mine = np.flatnonzero(plan.carrier == c)
            if len(mine):
                sums.fast[:, mine] += (product[:, :, 0, c] + 1j * product[:, :, 1, c].astype(np.float64)) @ turn[:, mine]
        begin += length
