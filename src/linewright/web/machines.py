"""The machines of a station, a page of them at a time, also those of which the ledger has no row (`docs/api.md`, section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from linewright.ledger.records import StateSpan
from linewright.model.station import Segment
from linewright.web.groups import GROUPS, group_of, reason_word, share_running
from linewright.web.readers import OpenRun
from linewright.web.silences import NO_DATA, silences_of, with_silences
from linewright.web.titles import machine_title

__all__ = ["MACHINES", "MachinesNow", "Order", "Page", "spans_of"]

MACHINES = 400  # of a formation aisle more are not listed at once
RANKS = tuple(GROUPS)  # worst first
Order = Literal["number", "state"]


@dataclass(frozen=True, slots=True)
class Page:
    """Which machines of a station are told: `limit` from the place `first` on (from 1), in order of their numbers or the worst state first."""

    first: int = 1
    limit: int = MACHINES
    order: Order = "number"


def unseen(run: OpenRun, part: dict[str, Any] | None, name: str, to_us: int | None = None) -> StateSpan | None:
    """Return what a machine did of which the ledger has no row (yet): its first row is written when it first works or stands, so it has waited.

    None of machines that are not emulated, which may never have been heard, and where no sample tells of the station.
    """
    if part is None or run.segment(name.rpartition("/")[0]).driver.use != "emulated":
        return None
    waits = part.get("waiting") or {}
    return StateSpan(name, run.info.begin_us, to_us, "Suspended", "starved" if waits.get("starved") and not waits.get("blocked") else None)


def spans_of(run: OpenRun, part: dict[str, Any] | None, name: str, from_us: int, to_us: int) -> list[StateSpan]:
    """Return the states of a machine that reach into [from, to): its wait before the first that the ledger has, and when it was not heard."""
    found = run.reader.states_between(from_us, to_us, name)
    first = found[0].from_us if found else None
    before = unseen(run, part, name, first) if first is None or first > max(from_us, run.info.begin_us) else None
    silences = silences_of(run, name.rpartition("/")[0], to_us)
    return with_silences(found if before is None else [before, *found], silences, name)


@dataclass(frozen=True, slots=True)
class MachinesNow:
    """The machines of one station at a line time.

    Parameters
    ----------
    run, segment
        Whose.
    part
        What the sample of that time says of the station; None where there is none.
    since_us
        Where counts and availability begin.
    at_us
        The line time.
    """

    run: OpenRun
    segment: Segment
    part: dict[str, Any] | None
    since_us: int
    at_us: int

    def name(self, machine: int) -> str:
        """Return a machine's name in the ledger."""
        return f"{self.segment.path}/{machine}"

    def told(self, machine: int) -> dict[str, Any]:
        """Return what the sample says of one machine; of a station of many machines it says nothing of each."""
        rows = (self.part or {}).get("machines") or []
        return rows[machine - 1] if machine <= len(rows) and isinstance(rows[machine - 1], dict) else {}

    def states(self, numbers: Sequence[int]) -> dict[int, StateSpan | None]:
        """Return the state of machines by number: as the ledger has it, else as the sample tells it; None where nothing tells."""
        if NO_DATA in ((self.part or {}).get("states") or {}):
            since = [begin for begin, _ in silences_of(self.run, self.segment.path, self.at_us + 1)]
            return {k: StateSpan(self.name(k), since[-1] if since else self.at_us, None, NO_DATA, None) for k in numbers}
        known = self.run.reader.states_at([self.name(k) for k in numbers], self.at_us)
        return {k: known.get(self.name(k)) or self.said(k) or unseen(self.run, self.part, self.name(k)) for k in numbers}

    def said(self, machine: int) -> StateSpan | None:
        """Return a machine's state as the sample tells it."""
        own = self.told(machine)
        if not own.get("state") or own.get("since_us") is None:
            return None
        return StateSpan(self.name(machine), int(own["since_us"]), None, str(own["state"]), own.get("reason"))

    def on(self, page: Page) -> dict[int, StateSpan | None]:
        """Return the machines of a page with their states, in its order."""
        numbers: Sequence[int] = range(1, self.segment.count + 1)
        here = slice(page.first - 1, page.first - 1 + page.limit)
        if page.order == "number":
            return self.states(numbers[here])
        states = self.states(numbers)
        ranks = {k: RANKS.index(group_of(s.state, s.reason) if s is not None else "no-data") for k, s in states.items()}
        return {k: states[k] for k in sorted(numbers, key=lambda k: (ranks[k], k))[here]}

    def rows(self, page: Page) -> list[dict[str, Any]]:
        """Return a page of machines: state, since when, why; works ended and availability since the shift began."""
        active = self.run.alarms.by_machine(self.segment.path)
        rows = []
        for k, span in self.on(page).items():
            own = self.told(k)
            state, reason = (span.state, reason_word(span.reason)) if span is not None else (None, None)
            spans = spans_of(self.run, self.part, self.name(k), self.since_us, self.at_us + 1)
            rows.append({
                "machine": k, "title": machine_title(self.segment.path, k, self.segment.count), "state": state, "group": group_of(state, reason),
                "reason": reason, "since_us": span.from_us if span is not None else None, "made": own.get("made"), "left": own.get("left"),
                "availability": share_running(spans, self.since_us, self.at_us), "alarm": active.get(k),
            })  # fmt: skip
        return rows
