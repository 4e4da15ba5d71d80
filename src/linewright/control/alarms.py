"""Alarms: raised by failures and by signals outside their window, returned, acknowledged. No clock and no I/O: times are handed in.

States as in ISA-18.2: *new* (there, nobody has said so), *acknowledged* (there, somebody has), *returned* (gone, nobody has said so), *gone*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.ledger.records import Event
from linewright.model.plant import Plant
from linewright.model.station import AlarmText, Failure
from linewright.model.values import Signal, Window

__all__ = ["Alarm", "AlarmFold", "AlarmRule", "AlarmState", "AlarmWatch", "Change", "alarm_rules", "fold"]

RAISED, RETURNED, ACKNOWLEDGED = "alarm.raised", "alarm.returned", "alarm.acknowledged"
#: Ranks where the line file states none (LINE-FILE, section 3.2).
FAILURE_PRIORITY, SIGNAL_PRIORITY = 2, 3


class AlarmState(StrEnum):
    """Where an alarm is in its life."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """What is an alarm at a station, and how it is told.

    Parameters
    ----------
    station
        Its path (or the utility's name).
    on
        ``failure`` or ``signal``.
    name
        Of the failure or signal.
    priority
        1 (critical) to 4.
    delay_us
        It must last so long before it is raised.
    text, next_step
        In words; empty text: made from station, machine and name.
    window, unit, scale, offset
        Of a signal: what it must lie in (SI), and how it is shown.
    """

    station: str
    on: str
    name: str
    priority: int
    delay_us: int = 0
    text: str = ""
    next_step: str = ""
    window: Window | None = None
    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """One event of an alarm, ready for the ledger: `kind`, line time, body. `alarm` is its id (``winder/7/web-break``)."""

    kind: str
    line_us: int
    alarm: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm from its raising on; `key` is the number of the event that raised it. Times None: not yet."""

    key: int
    alarm: str
    station: str
    machine: int | None
    name: str
    on: str
    priority: int
    text: str
    next_step: str
    raised_us: int
    returned_us: int | None = None
    acknowledged_us: int | None = None
    acknowledged_by: str | None = None
    value: float | None = None
    unit: str | None = None

    @property
    def state(self) -> AlarmState:
        """Return where it is in its life."""
        if self.returned_us is None:
            return AlarmState.NEW if self.acknowledged_us is None else AlarmState.ACKNOWLEDGED
        return AlarmState.RETURNED if self.acknowledged_us is None else AlarmState.GONE

    @property
    def is_active(self) -> bool:
        """Tell whether a person should still look at it: it is there, or nobody has said that it was seen."""
        return self.state is not AlarmState.GONE


def alarm_rules(plant: Plant) -> dict[tuple[str, str, str], AlarmRule]:
    """Return what is an alarm in a plant, by (station, ``failure`` or ``signal``, name): each failure, and each signal with a window."""
    rules: dict[tuple[str, str, str], AlarmRule] = {}
    for segment in plant.segments:
        rules |= _rules_of(segment.path, segment.failures, segment.signals, segment.alarms)
    for utility in plant.utilities:
        rules |= _rules_of(utility.name, utility.failures, utility.signals, ())
    for vehicle in plant.vehicles:
        rules |= _rules_of(vehicle.name, vehicle.failures, (), ())
    return rules


def _rules_of(
    station: str, failures: Iterable[Failure], signals: Iterable[Signal], texts: Iterable[AlarmText]
) -> dict[tuple[str, str, str], AlarmRule]:
    told = {t.on: t for t in texts}
    found = [AlarmRule(station, "failure", f.name, FAILURE_PRIORITY) for f in failures]
    found += [
        AlarmRule(station, "signal", s.name, SIGNAL_PRIORITY, window=s.window, unit=s.unit.text, scale=s.unit.scale, offset=s.unit.offset)
        for s in signals
        if s.window is not None
    ]
    rules = {}
    for rule in found:
        text = told.get(rule.name)
        if text is not None:
            rule = replace(  # noqa: PLW2901 - the same rule, told in the author's words
                rule, priority=text.priority or rule.priority, delay_us=round(text.delay_s * 1e6), text=text.text, next_step=text.next_step
            )
        rules[station, rule.on, rule.name] = rule
    return rules


@dataclass(slots=True)
class _Watched:
    """One thing that may be an alarm: bad since when, and whether it has been raised."""

    rule: AlarmRule
    machine: int
    part: int
    since_us: int
    value: float | None
    is_raised: bool = False


class AlarmWatch:
    """Turns changes of state and samples of signals into events of alarms.

    Feed it in order of time; ask `due` for what has lasted long enough. The same input gives the same events, however it is cut into pieces.

    Parameters
    ----------
    rules
        From `alarm_rules`.
    """

    def __init__(self, rules: Mapping[tuple[str, str, str], AlarmRule]) -> None:
        self._rules = rules
        self._bad: dict[str, _Watched] = {}

    def state(self, station: str, machine: int, time_us: int, *, is_fault: bool, reason: str | None) -> list[Change]:
        """Take a machine's new state.

        Parameters
        ----------
        station, machine
            Its path and number (from 1).
        time_us
            When it began.
        is_fault
            Whether it is an own fault.
        reason
            Name of the failure; None where there is none.
        """
        changes = []
        now_bad = None
        if is_fault and reason is not None and (station, "failure", reason) in self._rules:
            now_bad = f"{station}/{machine}/{reason}"
        ended = [a for a, w in self._bad.items() if w.rule.on == "failure" and w.rule.station == station and w.machine == machine and a != now_bad]
        for alarm in ended:
            changes += self._end(alarm, time_us)
        if now_bad is not None and now_bad not in self._bad:
            self._bad[now_bad] = _Watched(self._rules[station, "failure", str(reason)], machine, 0, time_us, None)
            changes += self._raise_if_due(now_bad, time_us)
        return changes

    def samples(
        self, station: str, machine: int, signal: str, times_us: NDArray[np.int64], values: NDArray[np.float64], *, part: int = 0
    ) -> list[Change]:
        """Take samples of a signal (SI), in order of time; nan says nothing and changes nothing. `part` is k of one of several, else 0."""
        rule = self._rules.get((station, "signal", signal))
        if rule is None or rule.window is None or len(values) == 0:
            return []
        low = -np.inf if rule.window.lower is None else rule.window.lower
        high = np.inf if rule.window.upper is None else rule.window.upper
        known = np.isfinite(values)
        times_us, values = times_us[known], values[known]
        outside = (values < low) | (values > high)
        alarm = f"{station}/{machine}/{signal}" + (f"/{part}" if part else "")
        changes = []
        # Only samples at which inside turns to outside (or back) can change anything, besides the passing of the delay.
        turns = np.flatnonzero(np.diff(outside, prepend=alarm in self._bad))
        for i in turns:
            if outside[i]:
                self._bad[alarm] = _Watched(rule, machine, part, int(times_us[i]), float(values[i]))
                changes += self._raise_if_due(alarm, int(times_us[i]))
            else:
                changes += self._raise_if_due(alarm, int(times_us[i]) - 1)
                changes += self._end(alarm, int(times_us[i]))
        if len(times_us):
            changes += self._raise_if_due(alarm, int(times_us[-1]))
        return changes

    def due(self, until_us: int) -> list[Change]:
        """Return the alarms that have lasted for their delay at a line time, in order of time."""
        changes = [c for alarm in list(self._bad) for c in self._raise_if_due(alarm, until_us)]
        return sorted(changes, key=lambda c: (c.line_us, c.alarm))

    def next_due_us(self) -> int | None:
        """Return the line time at which `due` next has something to say, if nothing changes before; None where never."""
        return min((w.since_us + w.rule.delay_us for w in self._bad.values() if not w.is_raised), default=None)

    def bad_now(self) -> list[str]:
        """Return the ids of the alarms that are raised and have not returned."""
        return sorted(a for a, w in self._bad.items() if w.is_raised)

    def saved(self) -> list[Any]:
        """Return what it knows, for JSON."""
        return [[a, w.rule.station, w.rule.on, w.rule.name, w.machine, w.part, w.since_us, w.value, w.is_raised] for a, w in self._bad.items()]

    def restore(self, saved: Iterable[Any]) -> None:
        """Take back what `saved` returned; an alarm whose rule is gone is forgotten."""
        self._bad = {
            a: _Watched(self._rules[station, on, name], machine, part, since, value, is_raised)
            for a, station, on, name, machine, part, since, value, is_raised in saved
            if (station, on, name) in self._rules
        }

    def _raise_if_due(self, alarm: str, until_us: int) -> list[Change]:
        watched = self._bad.get(alarm)
        if watched is None or watched.is_raised or watched.since_us + watched.rule.delay_us > until_us:
            return []
        watched.is_raised = True
        rule, at = watched.rule, watched.since_us + watched.rule.delay_us
        part = f" {watched.part}" if watched.part else ""
        words = rule.text or f"{rule.station} {watched.machine}: {rule.name}{part}".replace("-", " ").capitalize()
        if not rule.text and rule.on == "signal":
            words += " outside its window"
        body: dict[str, Any] = {
            "alarm": alarm, "station": rule.station, "machine": watched.machine, "name": rule.name, "on": rule.on, "priority": rule.priority,
            "text": words, "next": rule.next_step, "since_us": watched.since_us,
        }  # fmt: skip
        if watched.value is not None:
            body |= {"value": (watched.value - rule.offset) / rule.scale, "unit": rule.unit}
        return [Change(RAISED, at, alarm, body)]

    def _end(self, alarm: str, time_us: int) -> list[Change]:
        watched = self._bad.pop(alarm)
        if not watched.is_raised and watched.since_us + watched.rule.delay_us < time_us:
            self._bad[alarm] = watched
            changes = self._raise_if_due(alarm, time_us)
            del self._bad[alarm]
            return [*changes, Change(RETURNED, time_us, alarm, {"alarm": alarm})]
        return [Change(RETURNED, time_us, alarm, {"alarm": alarm})] if watched.is_raised else []


class AlarmFold:
    """Alarms made from the ledger's events, one event after another.

    An acknowledging event names the alarm by `key` (the number of the event that raised it) or by `alarm` (its id: the newest of that id).
    """

    def __init__(self) -> None:
        self.alarms: dict[int, Alarm] = {}
        self._newest: dict[str, int] = {}

    def apply(self, event: Event) -> Alarm | None:
        """Take one event; return the alarm that it changed, None where it changed none."""
        body = event.body
        if event.kind == RAISED:
            changed = Alarm(
                event.seq, body["alarm"], body["station"], body.get("machine"), body["name"], body["on"], body["priority"], body["text"],
                body.get("next", ""), event.line_us or 0, value=body.get("value"), unit=body.get("unit"),
            )  # fmt: skip
            self._newest[changed.alarm] = event.seq
        else:
            key = body.get("key", self._newest.get(body.get("alarm", "")))
            found = self.alarms.get(key) if key is not None else None
            if found is None:
                return None
            if event.kind == RETURNED and found.returned_us is None:
                changed = replace(found, returned_us=event.line_us)
            elif event.kind == ACKNOWLEDGED and found.acknowledged_us is None:
                changed = replace(found, acknowledged_us=event.line_us, acknowledged_by=body.get("by"))
            else:
                return None
        self.alarms[changed.key] = changed
        return changed

    def active(self) -> list[Alarm]:
        """Return the alarms that someone should look at, by priority, then newest first."""
        return sorted((a for a in self.alarms.values() if a.is_active), key=lambda a: (a.priority, -a.raised_us, a.key))


def fold(events: Iterable[Event]) -> list[Alarm]:
    """Return all alarms that events tell of, in the order in which they were raised."""
    folded = AlarmFold()
    for event in events:
        folded.apply(event)
    return list(folded.alarms.values())
