"""A run's alarms, kept up to date event by event, with what the page shows beside them: effect on output, repeats."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linewright.control.alarms import Alarm, AlarmFold, AlarmState
from linewright.ledger.reader import RunReader
from linewright.model.plant import Plant
from linewright.web.flow import flow_of
from linewright.web.plant import rated_per_min
from linewright.web.titles import title

__all__ = ["AlarmBook"]

HOUR_US = 3_600_000_000
PART = 5_000  # events read at once


class AlarmBook:
    """The alarms of one run; safe to use from several threads.

    Parameters
    ----------
    reader
        The run's rows.
    plant
        For the effect on output; None where there is none.
    """

    def __init__(self, reader: RunReader, plant: Plant | None) -> None:
        self._reader = reader
        self._flow = capacity(plant) if plant is not None else {}
        self._target = plant.target_per_s * 60.0 if plant is not None and plant.target_per_s is not None else None
        self._lock = threading.Lock()
        self._fold = AlarmFold()
        self._raised: dict[str, list[int]] = {}
        self._seq = 0

    def refresh(self) -> int:
        """Take the events that came since the last time; return the number of the newest event that was looked at."""
        with self._lock:
            newest = self._reader.newest_event()
            while self._seq < newest:
                events = self._reader.events_since(self._seq, "alarm.", PART)
                for event in events:
                    if event.kind == "alarm.raised":
                        self._raised.setdefault(str(event.body.get("alarm")), []).append(event.line_us or 0)
                    self._fold.apply(event)
                self._seq = events[-1].seq if len(events) == PART else newest
            return self._seq

    def active(self) -> list[dict[str, Any]]:
        """Return what someone should look at, largest effect first."""
        return by_effect(self.rows(*self._folded()))

    def _folded(self) -> tuple[list[Alarm], dict[str, list[int]]]:
        """Return the newest active alarm of each id, and the keys of all active ones of that id: what came again and again is one row."""
        self.refresh()
        newest: dict[str, Alarm] = {}
        keys: dict[str, list[int]] = {}
        with self._lock:
            found = sorted(self._fold.active(), key=lambda a: a.key)
        for a in found:
            newest[a.alarm] = a
            keys.setdefault(a.alarm, []).append(a.key)
        return list(newest.values()), keys

    def needing_someone(self, limit: int) -> list[dict[str, Any]]:
        """Return the alarms that are there now, largest effect first."""
        return [a for a in self.active() if a["returned_us"] is None][:limit]

    def active_at(self, at_us: int, limit: int) -> list[dict[str, Any]]:
        """Return the alarms that were there at a line time, as they stood then."""
        self.refresh()
        with self._lock:
            found = [a for a in self._fold.alarms.values() if a.raised_us <= at_us and (a.returned_us is None or a.returned_us > at_us)]
        return by_effect(self.rows(found))[:limit]

    def history(self, after: int | None = None) -> list[Alarm]:
        """Return all alarms, newest first; those raised before the one numbered `after`."""
        self.refresh()
        with self._lock:
            found = list(self._fold.alarms.values())
        return [a for a in reversed(found) if after is None or a.key < after]

    def find(self, key: int) -> Alarm | None:
        """Return one alarm by its key; None where there is none."""
        self.refresh()
        with self._lock:
            return self._fold.alarms.get(key)

    def of(self, station: str, machine: int | None = None) -> list[dict[str, Any]]:
        """Return the active alarms of a station or of one of its machines."""
        return [a for a in self.active() if a["station"] == station and machine in (None, a["machine"])]

    def by_machine(self, station: str) -> dict[int, dict[str, Any]]:
        """Return the highest alarm of each machine of a station that has one."""
        found: dict[int, dict[str, Any]] = {}
        for alarm in self.of(station):
            machine = alarm["machine"]
            if machine is not None and alarm["returned_us"] is None and (machine not in found or alarm["priority"] < found[machine]["priority"]):
                found[machine] = alarm
        return found

    def counts(self) -> dict[str, int]:
        """Return how many are there now by priority, and of all active ones how many nobody has acknowledged; repeats count once."""
        found, _ = self._folded()
        counts = {str(p): sum(1 for a in found if a.priority == p and a.returned_us is None) for p in (1, 2, 3, 4)}
        return {**counts, "unacknowledged": sum(1 for a in found if a.acknowledged_us is None), "active": len(found)}

    def rows(self, alarms: Sequence[Alarm], keys: Mapping[str, list[int]] | None = None) -> list[dict[str, Any]]:
        """Return alarms as the page takes them; `keys` are those of the active ones that a row stands for."""
        down: dict[str, set[int | None]] = {}
        for a in alarms:
            if a.on == "failure" and a.returned_us is None:
                down.setdefault(a.station, set()).add(a.machine)
        return [{**self.row(a, len(down.get(a.station, ()))), "keys": (keys or {}).get(a.alarm, [a.key])} for a in alarms]

    def row(self, a: Alarm, down: int) -> dict[str, Any]:
        """Return one alarm; `down` is how many machines of its station are down by their own fault."""
        times = self._raised.get(a.alarm, [])
        repeats = bisect_right(times, a.raised_us) - bisect_left(times, a.raised_us - HOUR_US)
        is_down = a.on == "failure" and a.state in {AlarmState.NEW, AlarmState.ACKNOWLEDGED}
        return {
            "alarm": a.alarm, "key": a.key, "station": a.station, "machine": a.machine, "name": a.name, "title": title(a.name), "text": a.text,
            "priority": a.priority, "state": str(a.state), "raised_us": a.raised_us, "returned_us": a.returned_us,
            "acknowledged_us": a.acknowledged_us,
            "acknowledged_by": a.acknowledged_by, "value": a.value, "unit": a.unit,
            "effect_per_min": self.effect(a.station, down) if is_down else None,
            "next": a.next_step, "times_1h": max(1, repeats), "seq": a.key, "on": a.on,
        }  # fmt: skip

    def effect(self, station: str, down: int) -> float | None:
        """Return the products a minute that each of `down` machines of a station costs: what the others cannot make of the target."""
        whole, count = self._flow.get(station, (None, 1))
        if whole is None or down <= 0:
            return None
        wanted = min(whole, self._target) if self._target is not None else whole
        return round(max(0.0, wanted - whole * (count - min(down, count)) / count) / down, 1)


def by_effect(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return alarms largest effect first, then by priority, then the newest."""
    return sorted(rows, key=lambda a: (-(a["effect_per_min"] or 0.0), a["priority"], -a["raised_us"], a["key"]))


def capacity(plant: Plant) -> dict[str, tuple[float | None, int]]:
    """Return what each station can make with all its machines, in products a minute (None: not known), and how many machines it has.

    A utility that is down stops all that it serves; its capacity is the smallest of theirs.
    """
    flows = flow_of(plant)
    found: dict[str, tuple[float | None, int]] = {}
    for s in plant.segments:
        rated, products = rated_per_min(s, flows[s.path]), flows[s.path].products
        found[s.path] = (rated * products if rated is not None and products is not None else None, s.count)
    for u in plant.utilities:
        served = [found[s.path][0] for s in plant.segments if s.path in u.serves or s.name in u.serves]
        known = [x for x in served if x is not None]
        found[u.name] = (min(known) if known else None, 1)
    return found
