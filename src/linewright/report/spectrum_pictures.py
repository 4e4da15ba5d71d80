"""Pictures of impedance spectra: Nyquist, Bode, residuals, along a stack. Each takes arrays and returns SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linewright.report.drawing import Frame, bar, line, rule, svg, text, ticks

__all__ = ["along_stack", "bode", "distribution", "dots", "nyquist", "prefixed", "quantity", "residuals"]

WIDTH = 460.0
#: Right of the plots: room for the last word of an axis.
ROOM = 90.0
PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "u"), (1e-9, "n"))
Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]


def quantity(value: float, unit: str, digits: int = 4) -> str:
    """Return a number with a prefix that suits its size.

    Examples
    --------
    >>> quantity(0.000143, "ohm"), quantity(100195.3, "Hz"), quantity(math.nan, "V")
    ('0.143 mohm', '100.2 kHz', '-')
    """
    if not math.isfinite(value):
        return "-"
    if not value or " " in unit or "^" in unit:
        return f"{value:.{digits}g} {unit}"
    size, prefix = next(((s, p) for s, p in PREFIXES if abs(value) >= (0.0999 * s if s in {1.0, 1e-3} else s)), PREFIXES[-1])
    return f"{value / size:.{digits}g} {prefix}{unit}"


def prefixed(values: Floats, unit: str) -> tuple[float, str]:
    """Return what numbers are multiplied with to be read, and their unit then.

    Examples
    --------
    >>> prefixed(np.array([0.0002, 0.0001]), "ohm")
    (1000.0, 'mohm')
    """
    top = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    for size, prefix in ((1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "u")):
        if top >= size * (1.0 if size > 1.0 else 0.09):
            return 1.0 / size, prefix + unit
    return 1.0, unit


def dots(frame: Frame, x: Floats, y: Floats, kind: str, radius: float = 2.5) -> str:
    """Return points, shapes (n,)."""
    pairs = zip(x.tolist(), y.tolist(), strict=True)
    return "".join(
        f'<circle class="{kind}" cx="{frame.at_x(a):.1f}" cy="{frame.at_y(b):.1f}" r="{radius:g}"/>' for a, b in pairs if math.isfinite(a + b)
    )


def written(value: float) -> str:
    """Return a number as an axis has it."""
    return f"{value:.4g}"


def decades(f: Floats) -> list[tuple[float, str]]:
    """Return the decades between frequencies as (log10, words)."""
    low, high = math.ceil(math.log10(f.min()) - 1e-9), math.floor(math.log10(f.max()) + 1e-9)
    step = max(1, math.ceil((high - low) / 6))
    words = {-3: "1 m", -2: "10 m", -1: "100 m", 0: "1", 1: "10", 2: "100", 3: "1 k", 4: "10 k", 5: "100 k", 6: "1 M", 7: "10 M"}
    return [(float(k), words.get(k, f"1e{k}")) for k in range(low, high + 1, step)]


def nyquist(curves: Sequence[tuple[Complexes, str]], points: Sequence[tuple[Complexes, str]], about: str) -> str:
    """Return -Z'' over Z' with the same scale on both axes.

    Parameters
    ----------
    curves, points
        (impedances in ohm, class of the line or of the dots).
    about
        What it shows, in a sentence.
    """
    every = np.concatenate([z for z, _ in (*curves, *points)])
    every = every[np.isfinite(every)]
    scale, unit = prefixed(np.abs(every), "ohm")
    x, y = every.real * scale, -every.imag * scale
    width, height = WIDTH - ROOM, 260.0
    span = max((x.max() - x.min()) * 1.1, (y.max() - y.min()) * 1.1 * width / height, 1e-12)
    middle = (x.max() + x.min()) / 2.0
    low = (y.max() + y.min()) / 2.0 - span * height / width / 2.0
    frame = Frame(64, 12, width, height, (middle - span / 2.0, middle + span / 2.0), (low, low + span * height / width))
    parts = [frame.axes([(t, written(t)) for t in ticks(*frame.x)], [(t, written(t)) for t in ticks(*frame.y)])]
    parts += [line(frame, z.real * scale, -z.imag * scale, kind) for z, kind in curves if len(z)]
    parts += [dots(frame, z.real * scale, -z.imag * scale, kind) for z, kind in points]
    parts += [text(64, 312, f"Z', {unit}; upwards -Z'', {unit}; both to the same scale", "start", "soft")]
    return svg(WIDTH, 320, parts, about)


def bode(f: Floats, measured: Complexes, model: Complexes | None, about: str) -> str:
    """Return modulus and phase over frequency; (n_f,) each."""
    scale, unit = prefixed(np.abs(measured), "ohm")
    x, low = np.log10(f), (float(np.log10(f.min())), float(np.log10(f.max())))
    parts = []
    logs, angle = np.log10(np.abs(measured) * scale), np.degrees(np.angle(measured))
    for top, value, fitted, words in (
        (12.0, logs, None if model is None else np.log10(np.abs(model) * scale), f"|Z|, {unit}"),
        (172.0, angle, None if model is None else np.degrees(np.angle(model)), "phase, degrees"),
    ):
        known = value[np.isfinite(value)]
        pad = max(float(known.max() - known.min()) * 0.08, 0.02)
        frame = Frame(64, top, WIDTH - ROOM, 120, low, (float(known.min()) - pad, float(known.max()) + pad))
        is_log = top < 100.0
        y_ticks = [(t, written(10.0**t) if is_log else written(t)) for t in ticks(*frame.y, 4)]
        parts += [frame.axes(decades(f), y_ticks)]
        if fitted is not None:
            parts += [line(frame, x, fitted, "curve c1")]
        parts += [dots(frame, x, value, "fill-c0"), text(frame.left + frame.width - 4, top + 10, words, "end", "soft")]
    parts += [text(64, 326, "frequency, Hz", "start", "soft")]
    return svg(WIDTH, 332, parts, about)


def residuals(f: Floats, left: Sequence[tuple[Complexes, str]], limit: float, about: str) -> str:
    """Return residuals as shares of the modulus over frequency, real part dots, imaginary part rings; a level at the limit.

    Parameters
    ----------
    f
        (n_f,), Hz.
    left
        (residuals (n_f,), number of the colour such as ``c1``).
    limit
        That is drawn, as a share.
    about
        What it shows.
    """
    every = np.concatenate([np.concatenate([z.real, z.imag]) for z, _ in left]) * 100.0
    top = max(float(np.abs(every[np.isfinite(every)]).max(initial=0.0)) * 1.1, limit * 120.0)
    frame = Frame(64, 12, WIDTH - ROOM, 180, (float(np.log10(f.min())), float(np.log10(f.max()))), (-top, top))
    parts = [frame.axes(decades(f), [(t, written(t)) for t in ticks(-top, top)])]
    parts += [rule(frame, limit * 100.0, f"{limit:.1%}", "line-limit"), rule(frame, -limit * 100.0, "", "line-limit")]
    for z, kind in left:
        parts += [dots(frame, np.log10(f), z.real * 100.0, f"fill-{kind}"), dots(frame, np.log10(f), z.imag * 100.0, f"curve {kind}", 3.0)]
    parts += [text(64, 226, "frequency, Hz; upwards % of |Z|; dots real, rings imaginary", "start", "soft")]
    return svg(WIDTH, 232, parts, about)


def distribution(tau_s: Floats, gamma_ohm: Floats, about: str) -> str:
    """Return a distribution of relaxation times; (n_tau,) each."""
    scale, unit = prefixed(gamma_ohm, "ohm")
    top = float(gamma_ohm.max()) * scale * 1.1 or 1.0
    frame = Frame(64, 12, WIDTH - ROOM, 180, (float(np.log10(tau_s.min())), float(np.log10(tau_s.max()))), (0.0, top))
    parts = [frame.axes(decades(tau_s), [(t, written(t)) for t in ticks(*frame.y)]), line(frame, np.log10(tau_s), gamma_ohm * scale, "curve c1")]
    parts += [text(64, 226, f"relaxation time, s; upwards the distribution, {unit}", "start", "soft")]
    return svg(WIDTH, 232, parts, about)


def along_stack(place: NDArray[np.int64], value: Floats, is_bad: NDArray[np.bool_], limits: tuple[float | None, float | None], words: str) -> str:
    """Return a quantity along the stack, failing cells in the colour of faults.

    Parameters
    ----------
    place
        Of each cell from 0, (n,).
    value
        In the unit that is shown, (n,).
    is_bad
        (n,).
    limits
        Lower and upper, None where there is none; drawn where they are near the values.
    words
        Quantity and unit.
    """
    known = value[np.isfinite(value)]
    if not len(known):
        return ""
    low, high = float(known.min()), float(known.max())
    near = [x for x in limits if x is not None and low - (high - low) < x < high + (high - low)]
    low, high = min([low, *near]), max([high, *near])
    pad = (high - low) * 0.08 or abs(high) * 0.05 or 1.0
    width = 960.0
    frame = Frame(64, 12, width - 76, 130, (-0.5, float(place.max()) + 0.5), (low - pad, high + pad))
    marks = [(t, f"{t + 1:.0f}") for t in ticks(0.0, float(place.max()), 10)]
    parts = [frame.axes(marks, [(t, written(t)) for t in ticks(*frame.y, 4)])]
    parts += [rule(frame, x, "limit", "line-limit") for x in near]
    for k in np.flatnonzero(np.isfinite(value)).tolist():
        x, y = frame.at_x(float(place[k])), frame.at_y(float(value[k]))
        size = 7.0 if is_bad[k] else 4.0
        parts += [bar(x - size / 2, y - size / 2, size, size, "s-fault" if is_bad[k] else "fill-c1", f"cell {place[k] + 1}: {value[k]:.4g}")]
    parts += [text(64, 176, f"cell; upwards {words}", "start", "soft")]
    return svg(width, 182, parts, f"{words} of each cell along the stack.")
