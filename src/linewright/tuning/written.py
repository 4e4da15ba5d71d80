"""Words beside a line, as a person writes them on the command line or on the page, read to what is `Asked`: all that is wrong with them at once."""

from __future__ import annotations

from dataclasses import dataclass

from linewright.model.errors import LinewrightError
from linewright.model.grammar_line import FIGURES
from linewright.model.line_time import seconds
from linewright.model.merging import nearest
from linewright.tuning.asked import Asked

__all__ = ["Written", "read"]


@dataclass(frozen=True, slots=True)
class Written:
    """What stands beside a line; None and empty: not written.

    Parameters
    ----------
    changes, versus, sweeps
        As in `Asked`.
    until, warm_up, confidence, show
        As texts: ``1 day``; ``8 h``, ``0`` or ``found``; ``99 %``; ``output,oee``.
    replications, batches, seed
        As in `Asked`.
    """

    changes: tuple[str, ...] = ()
    versus: tuple[str, ...] = ()
    sweeps: tuple[str, ...] = ()
    until: str | None = None
    warm_up: str | None = None
    replications: int | None = None
    batches: int | None = None
    seed: int | None = None
    confidence: str | None = None
    show: str | None = None


def read(written: Written) -> tuple[Asked, tuple[str, ...]]:
    """Return what the words ask for, and what is wrong with them; a word that is wrong counts as not written.

    Parameters
    ----------
    written
        The words.

    Examples
    --------
    >>> read(Written(until="2 h", warm_up="found", confidence="99 %"))[0].confidence
    0.99
    >>> read(Written(confidence="high", show="outputs"))[1]  # doctest: +ELLIPSIS
    ('--confidence: "high" is none; 50 % up to 99.99 % was expected.', '--show outputs: there is no such figure. Did you mean `output`? ...')
    """
    faults: list[str] = []
    asked = Asked(
        written.changes, written.versus, written.sweeps, _until(written.until, faults), _warm_up(written.warm_up, faults),
        written.warm_up == "found", written.replications, written.batches, written.seed, _confidence(written.confidence, faults),
        _show(written.show, faults),
    )  # fmt: skip
    return asked, tuple(faults)


def _until(text: str | None, faults: list[str]) -> float | None:
    try:
        return seconds(text)
    except LinewrightError as error:
        faults.append(str(error))
        return None


def _warm_up(text: str | None, faults: list[str]) -> float | None:
    if text in {None, "found"}:
        return None
    if (str(text).split() or [""])[0].rstrip("smhd") == "0":
        return 0.0
    try:
        return seconds(text, "--warm-up")
    except LinewrightError as error:
        faults.append(f"{error} Or: found, for MSER-5.")
        return None


def _confidence(text: str | None, faults: list[str]) -> float:
    """Return a confidence such as ``99 %`` or ``0.99``."""
    if text is None:
        return 0.95
    try:
        value = float(text.rstrip("% "))
    except ValueError:
        value = 0.0
    value = value / 100.0 if value >= 1.0 else value
    if not 0.5 <= value < 1.0:
        faults.append(f'--confidence: "{text}" is none; 50 % up to 99.99 % was expected.')
        return 0.95
    return value


def _show(text: str | None, faults: list[str]) -> tuple[str, ...]:
    words = tuple(word.strip() for word in (text or "").split(",") if word.strip())
    wrong = [word for word in words if word not in FIGURES]
    faults += [f"--show {word}: there is no such figure. {nearest(word, FIGURES)} There are {', '.join(FIGURES)}." for word in wrong]
    return words
