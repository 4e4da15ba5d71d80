"""Small pictures as SVG text: a frame with axes, lines, areas, bars. Colours are names of the report's style sheet, never values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

__all__ = ["Frame", "area", "bar", "legend", "line", "rule", "svg", "text", "ticks"]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where values lie in a picture.

    Parameters
    ----------
    left, top, width, height
        Of the plot, px.
    x, y
        Values at its left and right edge, and at its lower and upper edge.
    """

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    def at_x(self, value: float) -> float:
        """Return the px of a value along x."""
        low, high = self.x
        return self.left + (value - low) / ((high - low) or 1.0) * self.width

    def at_y(self, value: float) -> float:
        """Return the px of a value along y."""
        low, high = self.y
        return self.top + self.height - (value - low) / ((high - low) or 1.0) * self.height

    def axes(self, x_ticks: Iterable[tuple[float, str]], y_ticks: Iterable[tuple[float, str]]) -> str:
        """Return grid lines along y and the words of both axes."""
        parts = []
        for value, word in y_ticks:
            y = self.at_y(value)
            parts += [f'<line class="grid" x1="{self.left:.1f}" x2="{self.left + self.width:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>']
            parts += [text(self.left - 6, y + 4, word, "end")]
        base = self.top + self.height
        for value, word in x_ticks:
            parts += [f'<line class="tick" x1="{self.at_x(value):.1f}" x2="{self.at_x(value):.1f}" y1="{base:.1f}" y2="{base + 4:.1f}"/>']
            anchor = "end" if value == self.x[1] and word.rpartition(" ")[0] else "middle"  # the last one has its unit: keep it inside
            parts += [text(self.at_x(value), base + 17, word, anchor)]
        return "".join(parts)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round values inside [low, high], at most about `most`.

    Examples
    --------
    >>> ticks(0.0, 366.0), ticks(0.0, 1.0, 3)
    ([0.0, 100.0, 200.0, 300.0], [0.0, 0.5, 1.0])
    """
    span = high - low
    if span <= 0 or not math.isfinite(span):
        return [low]
    raw = span / most
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * m for m in (1, 2, 5, 10) if size * m >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 12) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def svg(width: float, height: float, parts: Iterable[str], about: str) -> str:
    """Return a picture; `about` says in a sentence what it shows, for those who do not see it."""
    body = "".join(parts)
    words = escape(about, quote=True)
    return f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" aria-label="{words}">{body}</svg>'


def text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> str:
    """Return words at a point."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(words)}</text>'


def line(frame: Frame, x: NDArray[np.float64], y: NDArray[np.float64], kind: str) -> str:
    """Return a line through points, shapes (n,)."""
    points = " ".join(f"{frame.at_x(a):.1f},{frame.at_y(b):.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
    return f'<polyline class="{kind}" points="{points}"/>'


def area(frame: Frame, x: NDArray[np.float64], y: NDArray[np.float64], kind: str) -> str:
    """Return the area between points, shapes (n,), and the lower edge."""
    base = frame.at_y(frame.y[0])
    points = [f"{frame.at_x(a):.1f},{frame.at_y(b):.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    ends = [f"{frame.at_x(float(x[0])):.1f},{base:.1f}", f"{frame.at_x(float(x[-1])):.1f},{base:.1f}"]
    return f'<polygon class="{kind}" points="{ends[0]} {" ".join(points)} {ends[1]}"/>'


def bar(x: float, y: float, width: float, height: float, kind: str, about: str = "") -> str:  # noqa: PLR0917 - a box is four numbers
    """Return a box; `about` is shown when it is pointed at."""
    inside = f"<title>{escape(about)}</title>" if about else ""
    return f'<rect class="{kind}" x="{x:.2f}" y="{y:.1f}" width="{max(width, 0.0):.2f}" height="{height:.1f}">{inside}</rect>'


def rule(frame: Frame, y: float, words: str, kind: str, *, is_above: bool = True) -> str:
    """Return a level line across a plot with its words at the right end, above or below it."""
    at = frame.at_y(y)
    right = frame.left + frame.width
    level = f'<line class="{kind}" x1="{frame.left:.1f}" x2="{right:.1f}" y1="{at:.1f}" y2="{at:.1f}"/>'
    return level + text(right - 2, at - 5 if is_above else at + 14, words, "end", "strong")


def legend(entries: Sequence[tuple[str, str]]) -> str:
    """Return the words of colours: (class, word)."""
    return '<p class="legend">' + "".join(f'<span><i class="{kind}"></i>{escape(word)}</span>' for kind, word in entries) + "</p>"
