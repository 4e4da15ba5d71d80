"""When a machine was not heard: its state is then not known, and never shown as what it was before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from linewright.ledger.records import StateSpan
from linewright.web.readers import OpenRun

__all__ = ["NO_DATA", "seen_states", "silences_of", "with_silences"]

#: The state of a machine whose driver is silent; `docs/api.md`, section 4.
NO_DATA = "NoData"
#: From when to when (UTC microseconds) a driver was silent; None: it still is.
Silence = tuple[int, int | None]


def seen_states(run: OpenRun, station: str, machine: int, from_us: int, to_us: int) -> list[StateSpan]:
    """Return the states of a machine that reach into [from, to), with the times in which it was not heard."""
    name = run.machine(station, machine)
    return with_silences(run.reader.states_between(from_us, to_us, name), silences_of(run, station, to_us), name)


def silences_of(run: OpenRun, station: str, to_us: int) -> list[Silence]:
    """Return when the driver of a station was silent, in order, as far as that was told before a line time; of emulated machines never."""
    if run.segment(station).driver.use == "emulated":
        return []
    kinds = "kind IN ('driver.silent', 'driver.heard')"
    rows = run.reader.rows(f"SELECT kind, line_us, body FROM event WHERE {kinds} AND line_us < ? ORDER BY seq", (to_us,))  # noqa: S608 - fixed words
    told = [(kind, line_us) for kind, line_us, body in rows if station in json.loads(body).get("stations", ())]
    silences: list[Silence] = []
    for kind, line_us in told:
        is_open = bool(silences) and silences[-1][1] is None
        if kind == "driver.silent" and not is_open:
            silences.append((line_us, None))
        elif kind == "driver.heard" and is_open:
            silences[-1] = (silences[-1][0], line_us)
    return silences


def with_silences(spans: Sequence[StateSpan], silences: Sequence[Silence], machine: str) -> list[StateSpan]:
    """Return states in which the times of silence are without data.

    Examples
    --------
    >>> spans = [StateSpan("weld/1", 0, 50, "Execute", None), StateSpan("weld/1", 50, None, "Held", "jam")]
    >>> [(s.from_us, s.to_us, s.state) for s in with_silences(spans, [(40, 60)], "weld/1")]
    [(0, 40, 'Execute'), (40, 60, 'NoData'), (60, None, 'Held')]
    """
    pieces = [piece for span in spans for piece in _heard(span, silences)]
    pieces += [StateSpan(machine, begin, end, NO_DATA, None) for begin, end in silences]
    return sorted(pieces, key=lambda span: span.from_us)


def _heard(span: StateSpan, silences: Sequence[Silence]) -> Iterator[StateSpan]:
    """Yield the pieces of a state that lie outside of all silences."""
    begin: int | None = span.from_us
    for silent, heard in silences:
        if begin is None or (heard is not None and heard <= begin):
            continue
        if span.to_us is not None and silent >= span.to_us:
            break
        if silent > begin:
            yield replace(span, from_us=begin, to_us=silent)
        begin = heard
    if begin is not None and (span.to_us is None or begin < span.to_us):
        yield replace(span, from_us=begin)
