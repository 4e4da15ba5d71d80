"""Which current to send: lines, amplitude, time and the signal to noise to expect, for a multi-sine and for stepped sines beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.eis.crest import crest_factor, optimised_phases
from linewright.eis.excitation import Excitation, Segment, spread_cycles, stepped_sine

__all__ = ["LARGEST_SHARE", "SMALLEST_SHARE", "Asked", "Design", "design"]

#: Peak of the modulation as a share of the direct current: below it is lost in noise, above it the cell is no longer linear (default).
SMALLEST_SHARE, LARGEST_SHARE = 0.03, 0.10


@dataclass(frozen=True, slots=True)
class Asked:
    """What an excitation is designed for.

    Parameters
    ----------
    lowest_hz, highest_hz
        Hz.
    current_a
        Direct current, A.
    cells
        In series; each has a channel of its own.
    cell_ohm
        Least impedance of a cell, ohm: 50 mOhm cm2 of 350 cm2 (default).
    noise_v
        Of one sample of a cell channel, rms, V (default).
    accuracy
        Of each point of each cell, wanted: the standard deviation of Z as a share of Z.
    per_decade
        Lines a decade.
    periods
        Of the lowest line in the measurement: an odd number; more make room for lines at the low end.
    sample_rate_hz
        Hz; None takes five times the highest frequency.
    share
        Peak of the modulation as a share of the direct current; None takes the least that is accurate enough.
    """

    lowest_hz: float
    highest_hz: float
    current_a: float
    cells: int = 1
    cell_ohm: float = 0.143e-3
    noise_v: float = 50e-6
    accuracy: float = 1e-3
    per_decade: float = 8.0
    periods: int = 3
    sample_rate_hz: float | None = None
    share: float | None = None

    @property
    def rate_hz(self) -> float:
        """Return the sample rate, Hz."""
        return self.sample_rate_hz or 5.0 * self.highest_hz


@dataclass(frozen=True, slots=True)
class Design:
    """An excitation, and what to expect of it.

    Parameters
    ----------
    excitation
        The current.
    share
        Peak of the modulation as a share of the direct current.
    crest
        Peak / rms of the modulation.
    signal_v
        Peak of each line in the voltage of a cell, V, (n_f,), in the order of `frequency_hz`.
    deviation
        Standard deviation to expect of Z as a share of Z, (n_f,).
    """

    excitation: Excitation
    share: float
    crest: float
    signal_v: NDArray[np.float64]
    deviation: NDArray[np.float64]

    @property
    def frequency_hz(self) -> NDArray[np.float64]:
        """Return the lines from the highest down, Hz, (n_f,)."""
        return self.excitation.frequency_hz

    @property
    def signal_to_noise_db(self) -> NDArray[np.float64]:
        """Return 20 log10 of line to noise of each, dB, (n_f,)."""
        return np.asarray(-20.0 * np.log10(self.deviation))


def design(asked: Asked) -> tuple[Design, Design]:
    """Return a multi-sine, and stepped sines at the same frequencies and the same peak, each with what to expect.

    Raises
    ------
    ValueError
        The numbers do not make an excitation; the text says which.

    Notes
    -----
    The phasor of N samples with noise sigma each has the standard deviation sigma sqrt(2 / N) in each of its parts. A multi-sine has all of N
    for each line, but shares its peak among them; a stepped sine has all of the peak, but few samples. The noise of the current is left out:
    one shunt signal serves all cells, and is far above its noise.
    """
    refuse(asked)
    rate = asked.rate_hz
    count = round(asked.periods * rate / asked.lowest_hz)
    cycles = spread_cycles(asked.periods, round(asked.highest_hz * count / rate), asked.per_decade)
    ones = np.ones(len(cycles))
    phase = optimised_phases(cycles, ones)
    crest = crest_factor(cycles, ones, phase)
    line_by_peak = math.sqrt(2.0 / len(cycles)) / crest  # amplitude of a line where the peak of their sum is 1
    need_a = asked.noise_v * math.sqrt(2.0 / count) / asked.accuracy / asked.cell_ohm / line_by_peak
    share = asked.share if asked.share is not None else min(max(need_a / asked.current_a, SMALLEST_SHARE), LARGEST_SHARE)
    amplitude = np.full(len(cycles), share * asked.current_a * line_by_peak)
    settle = round(rate / asked.lowest_hz)
    multi = Excitation("multi-sine", rate, asked.current_a, (Segment(settle, count, cycles, amplitude, phase),))
    stepped = stepped_sine(multi.frequency_hz, asked.current_a, share * asked.current_a, rate)
    return expected(multi, share, crest, asked), expected(stepped, share, math.sqrt(2.0), asked)


def expected(excitation: Excitation, share: float, crest: float, asked: Asked) -> Design:
    """Return an excitation with the signal and the noise of each line."""
    rate = excitation.sample_rate_hz
    rows = [(k * rate / s.count, a, s.count) for s in excitation.segments for k, a in zip(s.cycles.tolist(), s.amplitude_a.tolist(), strict=True)]
    rows.sort(reverse=True)
    signal = np.array([a * asked.cell_ohm for _, a, _ in rows])
    noise = np.array([asked.noise_v * math.sqrt(2.0 / n) for _, _, n in rows])
    return Design(excitation, share, crest, signal, noise / signal)


def refuse(asked: Asked) -> None:
    """Raise ValueError where the numbers do not make an excitation."""
    if not 0.0 < asked.lowest_hz < asked.highest_hz:
        raise ValueError(f"the lowest frequency, {asked.lowest_hz:g} Hz, lies above the highest, {asked.highest_hz:g} Hz")
    if asked.highest_hz / asked.lowest_hz > 1e7:
        raise ValueError(f"from {asked.lowest_hz:g} to {asked.highest_hz:g} Hz are more than 7 decades; measure them in two parts")
    if asked.rate_hz < 2.5 * asked.highest_hz:
        least = 2.5 * asked.highest_hz
        raise ValueError(f"{asked.rate_hz:g} samples a second are too few for {asked.highest_hz:g} Hz; {least:g} at least were expected")
    if asked.periods < 1 or asked.periods % 2 == 0:
        raise ValueError(f"an odd number of periods was expected, such as 3; {asked.periods} came")
    if asked.share is not None and not SMALLEST_SHARE <= asked.share <= LARGEST_SHARE:
        raise ValueError(f"the modulation is {SMALLEST_SHARE:.0%} to {LARGEST_SHARE:.0%} of the direct current; {asked.share:.3g} of it came")
    if min(asked.current_a, asked.cell_ohm, asked.noise_v, asked.accuracy, asked.per_decade) <= 0.0 or asked.cells < 1:
        raise ValueError("current, impedance, noise, accuracy, lines a decade and cells are above 0")
