"""Stacks that never were: impedance of each cell by a circuit, with spread, a trend towards the ends, and faults put in on purpose.

Everything made here is synthetic, and is to be called so wherever it is shown or kept. No public record of a stack above 1,000 A is known; the levels
are editable start values (`default`), not measurements.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from linewright.eis.excitation import Excitation

__all__ = ["FAULTS", "Levels", "SyntheticRecord", "SyntheticStack", "synthetic_stack"]

#: Faults by name, with what they do to a cell (default).
FAULTS = {
    "dry": "the membrane lacks water: ohmic resistance x 1.6, charge transfer x 1.3",
    "flooded": "water in the pores: the arc of transport x 3.5",
    "short": "a conductive path of 1.5 times the cell's own resistance beside it: all parts smaller, voltage lower",
    "poor contact": "plate or sense lead: 0.5 of the ohmic resistance in series, nothing else",
    "poisoned": "part of the catalyst is covered: charge transfer x 2.5, its arc slower",
    "swapped lead": "two neighbouring sense leads are exchanged: this channel has the wrong sign, its neighbours each see two cells",
}


@dataclass(frozen=True, slots=True)
class Levels:
    """Middle values of a cell and their spread (all `default`: of the order of a fuel cell of 350 cm2 at 2.9 A/cm2).

    Parameters
    ----------
    ohmic_ohm, transfer_ohm, transport_ohm
        High-frequency resistance, charge transfer, transport: 50, 70 and 50 mOhm cm2.
    transfer_s, transport_s
        Time constants.
    exponent
        Of the charge-transfer arc; 1 is a semicircle.
    lead_h
        Inductance of the loop of a sense lead, H; each cell has its own, 10 % about it.
    spread
        Standard deviation between cells of the three resistances, as shares.
    end_effect
        How much larger charge transfer is in the first and last cell, fading by e every three cells; half of it for transport, a third for
        the ohmic part.
    voltage_v
        Of a cell at the direct current.
    """

    ohmic_ohm: float = 0.143e-3
    transfer_ohm: float = 0.200e-3
    transport_ohm: float = 0.143e-3
    transfer_s: float = 4e-3
    transport_s: float = 0.3
    exponent: float = 0.92
    lead_h: float = 100e-9
    spread: tuple[float, float, float] = (0.02, 0.03, 0.04)
    end_effect: float = 0.10
    voltage_v: float = 0.65


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticStack:
    """Cells of a stack, each parameter (n_cells,); SI. `faults` names what was put in, by cell from 0."""

    ohmic_ohm: NDArray[np.float64]
    transfer_ohm: NDArray[np.float64]
    transport_ohm: NDArray[np.float64]
    transfer_s: NDArray[np.float64]
    transport_s: NDArray[np.float64]
    exponent: float
    shunt_ohm: NDArray[np.float64]
    lead_h: NDArray[np.float64]
    voltage_v: NDArray[np.float64]
    faults: Mapping[int, str]
    seed: int

    @property
    def cells(self) -> int:
        """Return how many cells there are."""
        return len(self.ohmic_ohm)

    def impedance_ohm(self, frequency_hz: NDArray[np.float64], *, with_leads: bool = True) -> NDArray[np.complex128]:
        """Return what each channel sees, complex (n_cells, n_f), ohm: exchanged leads and the inductance of the leads in it.

        Notes
        -----
        Z = (R0 + Rct / (1 + (j w tau)^a) + Rmt tanh(sqrt(j w T)) / sqrt(j w T)) beside Rshort, + j w L: a ZARC and a Warburg element of finite length
        with a fixed concentration at its end.
        """
        jw = 2j * math.pi * frequency_hz[None, :]
        root = np.sqrt(jw * self.transport_s[:, None])
        z = self.ohmic_ohm[:, None] + self.transfer_ohm[:, None] / (1.0 + (jw * self.transfer_s[:, None]) ** self.exponent)
        z = z + self.transport_ohm[:, None] * np.tanh(root) / root
        seen = exchanged(1.0 / (1.0 / z + 1.0 / self.shunt_ohm[:, None]), self.faults)
        return np.asarray(seen + jw * self.lead_h[:, None]) if with_leads else seen

    def mean_v(self) -> NDArray[np.float64]:
        """Return the direct voltage that each channel sees, V, (n_cells,)."""
        return exchanged(self.voltage_v[:, None], self.faults)[:, 0].real


def exchanged(value: NDArray[np.complex128] | NDArray[np.float64], faults: Mapping[int, str]) -> NDArray[np.complex128]:
    """Return what channels see where neighbouring leads are exchanged: two cells, minus one, two cells."""
    out = value.astype(np.complex128)
    for k, kind in faults.items():
        if kind == "swapped lead":
            out[k] = -value[k]
            for beside in (k - 1, k + 1):
                if 0 <= beside < len(value):
                    out[beside] = value[beside] + value[k]
    return out


def synthetic_stack(cells: int, seed: int, faults: Mapping[int, str] | None = None, levels: Levels | None = None) -> SyntheticStack:
    """Return a stack.

    Parameters
    ----------
    cells
        In series.
    seed
        Key of all that is drawn; the same gives the same stack.
    faults
        Name of `FAULTS` by cell from 0.
    levels
        Middle values and spread.

    Raises
    ------
    ValueError
        A fault or a cell that there is not.

    Examples
    --------
    >>> stack = synthetic_stack(5, seed=7, faults={2: "dry"})
    >>> stack.cells, bool(stack.ohmic_ohm[2] > 1.4 * stack.ohmic_ohm[1])
    (5, True)
    """
    faults, levels = dict(faults or {}), levels or Levels()
    for k, kind in faults.items():
        if kind not in FAULTS:
            raise ValueError(f"there is no fault `{kind}`; there are {', '.join(FAULTS)}")
        if not 0 <= k < cells:
            raise ValueError(f"cell {k + 1} has a fault, but there are {cells} cells")
    rng = np.random.default_rng([seed, 1])
    drawn = rng.standard_normal((6, cells))
    at = np.arange(cells)
    end = np.exp(-at / 3.0) + np.exp(-(cells - 1 - at) / 3.0)
    ohmic = levels.ohmic_ohm * np.exp(levels.spread[0] * drawn[0]) * (1.0 + levels.end_effect / 3.0 * end)
    transfer = levels.transfer_ohm * np.exp(levels.spread[1] * drawn[1]) * (1.0 + levels.end_effect * end)
    transport = levels.transport_ohm * np.exp(levels.spread[2] * drawn[2]) * (1.0 + levels.end_effect / 2.0 * end)
    transfer_s, transport_s = levels.transfer_s * np.exp(0.03 * drawn[3]), levels.transport_s * np.exp(0.05 * drawn[4])
    voltage = levels.voltage_v - 1000.0 * 0.05 * (transfer - levels.transfer_ohm)
    shunt = np.full(cells, np.inf)
    for k, kind in faults.items():
        ohmic[k] *= {"dry": 1.6, "poor contact": 1.5}.get(kind, 1.0)
        transfer[k] *= {"dry": 1.3, "poisoned": 2.5}.get(kind, 1.0)
        transfer_s[k] *= 2.5 if kind == "poisoned" else 1.0
        transport[k] *= 3.5 if kind == "flooded" else 1.0
        if kind == "short":
            shunt[k] = 1.5 * (ohmic[k] + transfer[k] + transport[k])
        voltage[k] -= {"dry": 0.06, "flooded": 0.05, "short": 0.20, "poisoned": 0.10, "poor contact": 0.05}.get(kind, 0.0)
    leads = levels.lead_h * np.exp(0.1 * drawn[5])
    return SyntheticStack(ohmic, transfer, transport, transfer_s, transport_s, levels.exponent, shunt, leads, voltage, faults, seed)


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticRecord:
    """Raw samples of a synthetic stack: a current and its cells' voltages. The same value gives the same samples, whatever the blocks.

    Parameters
    ----------
    stack, excitation
        What is measured, and with what.
    noise_v, noise_a
        Of one sample, rms.
    drift_v
        Change of each cell's voltage over the record, in a straight line.
    curvature_v_per_a2
        Of the cells' polarisation curve: it makes harmonics.
    seed
        Key of the noise.
    clipped, dead
        Channels (from 1; 0 is the current) whose upper half of the modulation is cut off at 60 %, and those that read nothing.
    is_discharge
        Whether the current flows out of the stack, so that voltages fall where it rises; else (an electrolyser) they rise with it.
    """

    stack: SyntheticStack
    excitation: Excitation
    noise_v: float = 50e-6
    noise_a: float = 0.05
    drift_v: float = 1e-3
    curvature_v_per_a2: float = 2e-8
    seed: int = 1
    clipped: tuple[int, ...] = ()
    dead: tuple[int, ...] = ()
    is_discharge: bool = True
    _tones: tuple[NDArray[np.complex128], ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        tones = []
        for s in self.excitation.segments:
            frequency = np.asarray(s.cycles * (self.excitation.sample_rate_hz / s.count), dtype=np.float64)
            way = -1.0 if self.is_discharge else 1.0
            tones.append(way * self.stack.impedance_ohm(frequency) * (s.amplitude_a * np.exp(1j * s.phase_rad)))
        object.__setattr__(self, "_tones", tuple(tones))

    @property
    def channels(self) -> int:
        """Return the current and the cells."""
        return self.stack.cells + 1

    def blocks(self, size: int) -> Iterator[NDArray[np.float32]]:
        """Return the samples, (n_channels, size) at most each, in order."""
        total = self.excitation.samples
        for first in range(0, total, size):
            yield self.block(first, min(size, total - first))

    def block(self, first: int, count: int) -> NDArray[np.float32]:
        """Return samples, float32 (n_channels, count), A and V."""
        excitation, cells = self.excitation, self.stack.cells
        current = excitation.current_a(first, count)
        out = np.empty((self.channels, count), dtype=np.float32)
        volts = np.zeros((cells, count), dtype=np.float32)
        before = 0
        for s, tones in zip(excitation.segments, self._tones, strict=True):
            low, high = max(before, first), min(s.end, first + count)
            if low < high:
                angle = (np.outer(s.cycles, np.arange(low, high) - s.begin) % s.count) * (2.0 * math.pi / s.count)
                waves = np.concatenate([np.cos(angle), -np.sin(angle)]).astype(np.float32)
                volts[:, low - first : high - first] = np.concatenate([tones.real, tones.imag], axis=1).astype(np.float32) @ waves
            before = s.end
        swing = (current - excitation.mean_a).astype(np.float32)
        volts -= np.float32(self.curvature_v_per_a2) * swing * swing
        volts += (self.drift_v * np.arange(first, first + count) / excitation.samples).astype(np.float32)
        volts += self.stack.mean_v().astype(np.float32)[:, None]
        self._add_noise(current, volts, first)
        out[0], out[1:] = current, volts
        self._spoil(out)
        return out

    def _add_noise(self, current: NDArray[np.float64], volts: NDArray[np.float32], first: int) -> None:
        """Add noise that depends on the number of the sample alone: it is drawn in stretches of 4096."""
        for number in range(first // 4096, (first + len(current) - 1) // 4096 + 1):
            low, high = max(first, number * 4096), min(first + len(current), (number + 1) * 4096)
            drawn = np.random.default_rng([self.seed, 2, number]).standard_normal((self.channels, 4096), dtype=np.float32)
            drawn = drawn[:, low - number * 4096 : high - number * 4096]
            current[low - first : high - first] += self.noise_a * drawn[0]
            volts[:, low - first : high - first] += np.float32(self.noise_v) * drawn[1:]

    def _spoil(self, out: NDArray[np.float32]) -> None:
        """Cut off and silence channels."""
        for k in self.clipped:
            mean = self.stack.mean_v()[k - 1] if k else self.excitation.mean_a
            peak = sum(float(np.abs(t[k - 1]).sum()) for t in self._tones[:1]) if k else 0.0
            out[k] = np.minimum(out[k], np.float32(mean + 0.3 * peak))
        for k in self.dead:
            out[k] = 0.0
