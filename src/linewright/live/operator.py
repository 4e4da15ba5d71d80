"""What operators may do, and what comes of it: each command is answered by an event of the ledger, also where it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from linewright.control.alarms import ACKNOWLEDGED, Alarm
from linewright.control.holds import HELD_MOST, UNDO_S, HeldSpan, Hold, body_of, check_release, fold_holds, released_body
from linewright.drivers.driver import Rows
from linewright.kernels.exchange_rows import CLEAR, COMMAND, SET, STOP
from linewright.ledger.records import Event
from linewright.live.mailbox import KINDS, Asked
from linewright.live.order_book import ACTS, OrderBook
from linewright.live.orders import LiveOrder, OrderState, Verb, after, from_saved
from linewright.model.errors import LinewrightError
from linewright.model.plant import Plant
from linewright.model.station import Segment

__all__ = ["Desk", "Operator"]

class Desk(Protocol):
    """What an operator's commands act on; the run is one."""

    def event(self, kind: str, at_ns: int, body: Mapping[str, Any]) -> int:
        """Write an event and return its number."""

    def send(self, commands: Rows) -> None:
        """Send commands to machines."""

    def load_recipe(self, revision: int, set_points: Mapping[str, Sequence[float]]) -> None:
        """Make a recipe known to the drivers."""

    def alarm(self, key: object) -> Alarm | None:
        """Return an alarm by its key; None where there is none."""

    def is_silent(self, station: str) -> bool:
        """Tell whether the machines of a station are not heard: then they cannot be told anything."""

    def ask_to_stop(self, why: str) -> None:
        """End the run cleanly."""


@dataclass(slots=True)
class Kept:
    """What an operator's acts have changed: goes into the saved state."""

    order: LiveOrder
    next_command: int = 1
    revision: int = 0
    set_points: dict[str, list[float]] = field(default_factory=dict)
    stopped: set[tuple[str, int]] = field(default_factory=set)
    holds: dict[int, Hold] = field(default_factory=dict)


class Operator:
    """Does what is asked.

    Parameters
    ----------
    plant
        The line.
    number_of
        Number of each station in commands.
    order
        The job order.
    desk
        What it acts on.
    book
        The orders of the line's file; without, there is the one endless order.
    """

    def __init__(self, plant: Plant, number_of: Mapping[str, int], order: LiveOrder, desk: Desk, book: OrderBook | None = None) -> None:
        self._segments = {s.path: s for s in plant.segments}
        self._plant = plant
        self._number_of = number_of
        self._desk = desk
        self._book = book if book is not None and plant.orders else None
        self.kept = Kept(order, set_points={f"{s.path}/{p.name}": list(p.values) for s in plant.segments for p in s.recipe})

    # ---- doing

    def do(self, asked: Asked, at_ns: int) -> None:
        """Do one command at a line time, and write its answer."""
        body = {"command": asked.number, "request": asked.request, "kind": asked.kind, "target": dict(asked.target), "value": asked.value,
                "reason": asked.reason, "by": asked.by, "at_ns": at_ns}  # fmt: skip
        self.kept.next_command = max(self.kept.next_command, asked.number + 1)
        try:
            text = self._verb(asked.kind)(asked, at_ns)
            self._desk.event("Command", at_ns, body | {"ok": True, "text": text, "next": ""})
        except LinewrightError as error:
            what, _, step = str(error).partition("\n")
            self._desk.event("Command", at_ns, body | {"ok": False, "text": what, "next": step})

    def preview(self, asked: Asked) -> dict[str, Any]:
        """Return what a command would do (docs/api.md, section 6), without doing it."""
        why, helps, effect = "", "", []
        try:
            effect = self._effect(asked)
        except LinewrightError as error:
            why, _, helps = str(error).partition("\n")
        title, button = _words(asked)
        asks = ["reason"] if asked.kind in {"hold", "release", "stop"} else []
        asks += ["by"] if asked.kind == "hold" or KINDS[asked.kind] == "releases" else []
        return {"class": KINDS[asked.kind], "can": not why, "why_not": why or None, "helps": helps or None, "title": title, "button": button,
                "effect": [{"label": a, "text": b} for a, b in effect], "asks": asks, "undo_s": UNDO_S if asked.kind == "hold" else None}  # fmt: skip

    def begin(self, at_ns: int) -> None:
        """Store and start the first order, and send all recipes."""
        self.order(Verb.START, at_ns, "")
        self.send_recipes(at_ns)

    def send_recipes(self, at_ns: int) -> None:
        """Send the set-points that hold to every machine."""
        self._desk.load_recipe(self.kept.revision, self.kept.set_points)
        self._desk.event("recipe", at_ns, {"revision": self.kept.revision, "set_points": self.kept.set_points, "by": ""})
        machines = [(s.path, m) for s in self._segments.values() if s.recipe for m in range(s.count if s.places is None else 1)]
        self._desk.send(self._commands(SET, machines, at_ns))

    def order(self, verb: Verb, at_ns: int, by: str) -> None:
        """Apply a verb to the order, and write it."""
        self.kept.order = after(self.kept.order, verb)
        self._desk.event("order", at_ns, self.kept.order.body(None) | {"verb": verb.value, "by": by})

    # ---- its state

    def saved(self) -> dict[str, Any]:
        """Return what it knows, for JSON."""
        k = self.kept
        holds = [[key, list(h.things), h.reason, h.by, (h.at_us or 0) * 1000, [s.body() for s in h.spans]] for key, h in k.holds.items()]
        return {"order": k.order.saved(), "next_command": k.next_command, "revision": k.revision, "set_points": k.set_points,
                "stopped": sorted(k.stopped), "holds": holds}  # fmt: skip

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `saved` returned."""
        self.kept = Kept(
            from_saved(saved["order"]), saved["next_command"], saved["revision"], dict(saved["set_points"]), {(p, m) for p, m in saved["stopped"]},
            {int(key): _hold_of(int(key), *held) for key, *held in saved["holds"]},
        )  # fmt: skip

    def adopt(self, holds: Mapping[int, Hold], begin_us: int) -> None:
        """Take over the open holds of the ledger: some may have been set while the run stood still."""
        found = {key: replace(h, at_us=(h.at_us or begin_us) - begin_us) for key, h in holds.items() if h.is_open}
        self.kept.holds = found

    # ---- the kinds

    def _verb(self, kind: str) -> Callable[[Asked, int], str]:
        return {
            "acknowledge": self._acknowledge, "hold": self._hold, "release": self._release, "stop": self._stop, "pause": self._stop,
            "clear": self._clear, "resume": self._clear, "start": self._clear, "pause-run": self._pause_run, "resume-run": self._resume_run,
            "stop-run": self._stop_run, "set": self._set, **dict.fromkeys(ACTS, self._order_act),
        }[kind]  # fmt: skip

    def _acknowledge(self, asked: Asked, at_ns: int) -> str:
        keys = asked.target.get("alarms") or [asked.target.get("alarm")]
        alarms = [(key, self._desk.alarm(key)) for key in keys]
        fresh = [(key, alarm) for key, alarm in alarms if alarm is not None and alarm.acknowledged_us is None]
        if not fresh:
            seen = next((alarm for _, alarm in alarms if alarm is not None), None)
            if seen is None:
                raise LinewrightError(f"There is no alarm {keys[0]}.\nLook at the list again: it may be gone.")
            raise LinewrightError(f"{seen.text} was acknowledged already" + (f" by {seen.acknowledged_by}." if seen.acknowledged_by else "."))
        for key, alarm in fresh:
            self._desk.event(ACKNOWLEDGED, at_ns, {"key": key, "alarm": alarm.alarm, "by": asked.by})
        return f"{fresh[0][1].text}: acknowledged" if len(fresh) == 1 else f"{len(fresh)} alarms acknowledged"

    def _hold(self, asked: Asked, at_ns: int) -> str:
        body = _hold_body(asked)
        key = self._desk.event("hold.set", at_ns, body)
        self.kept.holds |= fold_holds([Event(key, at_ns // 1000, 0, "hold.set", body)])
        return f"Held {_held_words(self.kept.holds[key])}"

    def _release(self, asked: Asked, at_ns: int) -> str:
        hold = self._held(asked, at_ns)
        self._desk.event("hold.released", at_ns, released_body(hold, asked.reason, asked.by, is_undo=asked.target.get("undo") is True))
        del self.kept.holds[hold.key]
        return f"Released {_held_words(hold)}"

    def _stop(self, asked: Asked, at_ns: int) -> str:
        segment, machine = self._machine(asked)
        if (segment.path, machine) in self.kept.stopped:
            raise LinewrightError(f"{segment.path} {machine} is stopped already.\nResume lets it run again.")
        self._desk.send(self._commands(STOP, [(segment.path, machine - 1)], at_ns))
        self.kept.stopped.add((segment.path, machine))
        return f"{segment.path} {machine} stopped"

    def _clear(self, asked: Asked, at_ns: int) -> str:
        segment, machine = self._machine(asked)
        if (segment.path, machine) not in self.kept.stopped:
            raise LinewrightError(
                f"{segment.path} {machine} was not stopped by hand: there is nothing to {asked.kind}.\n"
                "A fault clears by itself when it is mended; a wait ends when material or room is there."
            )
        self.kept.stopped.discard((segment.path, machine))
        if self.is_paused and (segment.path, machine - 1) in self._feeding():
            return f"{segment.path} {machine} runs again when {self._of_order()} is resumed"
        self._desk.send(self._commands(CLEAR, [(segment.path, machine - 1)], at_ns))
        return f"{segment.path} {machine} may run again"

    def _pause_run(self, asked: Asked, at_ns: int) -> str:
        after(self.kept.order, Verb.PAUSE)  # refused before anything is sent
        free = [(path, m) for path, m in self._feeding() if (path, m + 1) not in self.kept.stopped]
        self._desk.send(self._commands(STOP, free, at_ns))
        self.order(Verb.PAUSE, at_ns, asked.by)
        return f"{self.kept.order.name} paused: {self._first_stations()} stand still, the stations behind them finish what is begun"

    def _resume_run(self, asked: Asked, at_ns: int) -> str:
        self.order(Verb.RESUME, at_ns, asked.by)
        free = [(path, m) for path, m in self._feeding() if (path, m + 1) not in self.kept.stopped]
        self._desk.send(self._commands(CLEAR, free, at_ns))
        return f"{self.kept.order.name} goes on"

    def _order_act(self, asked: Asked, at_ns: int) -> str:
        verb = ACTS[asked.kind]
        text, body = self._orders().do(verb, asked.target)
        self._desk.event("order", at_ns, body | {"verb": verb.value, "by": asked.by})
        return text

    def _orders(self) -> OrderBook:
        if self._book is None:
            raise LinewrightError(
                f"This line makes {self._plant.product} for ever: it has no orders of its own.\nState `orders` in the line file and begin a new run."
            )
        return self._book

    def _stop_run(self, asked: Asked, at_ns: int) -> str:  # noqa: ARG002 - one shape for all kinds
        self._desk.ask_to_stop(f"asked by {asked.by}" if asked.by else "asked on the page")
        return "The run ends; starting it again carries on"

    def _set(self, asked: Asked, at_ns: int) -> str:
        segment, machine = self._machine(asked)
        name = str(asked.target.get("set_point", ""))
        point = next((p for p in segment.recipe if p.name == name), None)
        if point is None:
            known = ", ".join(p.name for p in segment.recipe) or "none"
            raise LinewrightError(f"{segment.path} has no set-point `{name}`.\nIt has: {known}.")
        shown = asked.value if isinstance(asked.value, list) else [asked.value]
        if len(shown) != len(point.values) or not all(isinstance(v, int | float) and not isinstance(v, bool) and np.isfinite(v) for v in shown):
            wanted = f"{len(point.values)} numbers in {point.unit.text or '1'}"
            raise LinewrightError(f"{segment.path} {name}: {asked.value!r} came; {wanted} were expected.")
        values = [point.unit.si(float(v)) for v in shown]
        self.kept.revision += 1
        key = f"{segment.path}/{name}"
        self.kept.set_points[key] = values
        self._desk.load_recipe(self.kept.revision, {key: values})
        self._desk.event("recipe", at_ns, {"revision": self.kept.revision, "set_points": {key: values}, "machine": machine, "by": asked.by})
        self._desk.send(self._commands(SET, [(segment.path, machine - 1)], at_ns))
        return f"{segment.path} {machine}: {name} set to {', '.join(f'{v:g}' for v in shown)} {point.unit.text}".rstrip()

    # ---- inside

    def _effect(self, asked: Asked) -> list[tuple[str, str]]:
        if asked.kind in {"stop", "pause", "clear", "resume", "start", "set"}:
            segment, machine = self._machine(asked)
            is_stopped = (segment.path, machine) in self.kept.stopped
            if asked.kind in {"stop", "pause"} and is_stopped:
                raise LinewrightError(f"{segment.path} {machine} is stopped already.\nResume lets it run again.")
            if asked.kind in {"clear", "resume", "start"} and not is_stopped:
                raise LinewrightError(f"{segment.path} {machine} was not stopped by hand.\nA fault clears by itself when it is mended.")
            others = segment.count - sum(1 for path, _ in self.kept.stopped if path == segment.path)
            what = "stands still until it is resumed" if asked.kind in {"stop", "pause"} else "goes on with the work in hand"
            rest = f"{others} of {segment.count} machines there are not stopped by hand"
            return [("Machine", f"{segment.path} {machine} {what}"), ("Others", rest)]
        if asked.kind == "release":
            hold = self._held(asked)
            return [("Released", f"{_held_words(hold)} of hold {hold.key}, held by {hold.by or 'nobody named'} (unverified): {hold.reason}")]
        if asked.kind == "hold":
            things, spans = _things(asked)
            later = [("Later", "what is made from these metres is held too")] if spans else []
            return [("Held", _counted(things, spans)), *later, ("Line", "nothing stops: a hold marks, it does not divert")]
        if asked.kind in ACTS:
            return self._orders().effect(ACTS[asked.kind], asked.target)
        if asked.kind == "pause-run":
            after(self.kept.order, Verb.PAUSE)
            return [("Order", f"{self.kept.order.id or 'all'} is interrupted"),
                    ("Stop at once", f"{self._first_stations()}: nothing new is begun there, what they have in hand waits"),
                    ("Go on", "the stations behind them finish what is begun, then wait")]  # fmt: skip
        if asked.kind == "resume-run":
            after(self.kept.order, Verb.RESUME)
            return [("Order", f"{self.kept.order.id or 'all'} goes on"),
                    ("Go on", f"{self._first_stations()}, but for machines that were stopped by hand")]  # fmt: skip
        return [("Run", "it ends cleanly; starting it again carries on")] if asked.kind == "stop-run" else []

    def _held(self, asked: Asked, at_ns: int | None = None) -> Hold:
        key = asked.target.get("hold")
        hold = self.kept.holds.get(key) if isinstance(key, int) else None
        age_s = 0.0 if hold is None or hold.at_us is None or at_ns is None else at_ns / 1e9 - hold.at_us / 1e6
        return check_release(hold, key, asked.by, is_undo=asked.target.get("undo") is True, age_s=age_s)

    def _machine(self, asked: Asked) -> tuple[Segment, int]:
        path = str(asked.target.get("station", ""))
        segment = self._segments.get(path)
        if segment is None:
            raise LinewrightError(f"This line has no station `{path}`.")
        machine = asked.target.get("machine", 1)
        if not isinstance(machine, int) or not 1 <= machine <= segment.count:
            raise LinewrightError(f"{path} has no machine {machine}.\nIt has 1 to {segment.count}.")
        if segment.places is not None:
            raise LinewrightError(f"{path} is a room, not a machine: it cannot be commanded.")
        if self._desk.is_silent(path):
            raise LinewrightError(f"{path} {machine} is not heard: nothing can be told to it.\nGo to the machine, or wait until it is heard.")
        return segment, machine

    def _feeding(self) -> list[tuple[str, int]]:
        """Return the machines that begin something: the first station of each branch (mixers, coaters, winders), all that an order feeds.

        A pause of the order (OPC 10031-4) stops them at once. What is behind them ends by itself, so that nothing half-made spoils in an oven.
        """
        first = self._plant.segments[0]
        return [(s.path, m) for s in self._segments.values() if s.begins or s is first for m in range(s.count)]

    def _of_order(self) -> str:
        return f"order {self.kept.order.id}" if self.kept.order.id else "the line"

    def _first_stations(self) -> str:
        counts: dict[str, int] = {}
        for path, _ in self._feeding():
            counts[path] = counts.get(path, 0) + 1
        return ", ".join(path if count == 1 else f"{path} ({count})" for path, count in counts.items())

    def _commands(self, what: int, machines: Sequence[tuple[str, int]], at_ns: int) -> Rows:
        rows = np.zeros(len(machines), COMMAND)
        rows["what"], rows["t"], rows["revision"] = what, at_ns, self.kept.revision
        rows["slot"] = rows["crew"] = -1
        rows["station"] = [self._number_of[path] for path, _ in machines]
        rows["machine"] = [m for _, m in machines]
        return rows

    @property
    def is_paused(self) -> bool:
        """Tell whether the order is interrupted."""
        return self.kept.order.state is OrderState.INTERRUPTED


def _things(asked: Asked) -> tuple[list[str], list[HeldSpan]]:
    """Return the ids and the pieces of webs that a hold names."""
    things, spans = asked.target.get("things") or [], asked.target.get("spans") or []
    if not isinstance(things, list) or not all(isinstance(t, str) and t for t in things):
        raise LinewrightError('A hold names things: {"things": ["CELL-0001"]}; something else came.')
    if not isinstance(spans, list) or not all(isinstance(s, Mapping) for s in spans):
        raise LinewrightError('The pieces of webs of a hold: {"spans": [{"web": "COIL-4", "from_m": 10, "to_m": 15}]}; something else came.')
    if not things and not spans:
        raise LinewrightError('A hold names things: {"things": ["CELL-0001"]}; none came.')
    if len(things) > HELD_MOST:
        raise LinewrightError(f"{len(things)} things at once; at most {HELD_MOST} are possible.\nHold the piece of web that they lie in.")
    return list(things), [HeldSpan.read(s) for s in spans]


def _hold_body(asked: Asked) -> dict[str, Any]:
    return body_of(*_things(asked), asked.reason, asked.by)


def _hold_of(  # noqa: PLR0917 - as it was saved
    key: int, things: Sequence[str], reason: str, by: str, at_ns: int = 0, spans: Sequence[Mapping[str, Any]] = ()
) -> Hold:
    """Return a saved hold; one of an earlier version is as old as can be, and names no pieces of webs."""
    return Hold(key, tuple(things), tuple(HeldSpan.read(s) for s in spans), reason, by, at_ns // 1000, 0)


def _counted(things: Sequence[str], spans: Sequence[HeldSpan]) -> str:
    """Return what is held in words."""
    words = [things[0] if len(things) == 1 else f"{len(things)} things"] if things else []
    words += [f"{len(spans)} piece{'s' if len(spans) > 1 else ''} of web"] if spans else []
    return " and ".join(words)


def _held_words(hold: Hold) -> str:
    return _counted(hold.things, hold.spans)


def _words(asked: Asked) -> tuple[str, str]:
    """Return the title of the dialog and the words on its button."""
    t = asked.target
    where = f"{t.get('station', '')} {t.get('machine', '')}".strip()
    count = len(t.get("things") or t.get("alarms") or [0])
    verbs = {
        "acknowledge": ("Acknowledge", "Acknowledge" if count == 1 else f"Acknowledge {count} alarms"),
        "hold": ("Hold", f"Hold {count} thing" + ("s" if count != 1 else "")), "release": (f"Release hold {t.get('hold', '')}", "Release"),
        "pause-run": ("Pause the order", "Pause order"), "resume-run": ("Resume the order", "Resume order"), "stop-run": ("End the run", "End run"),
        "set": (f"Set {t.get('set_point', '')} of {where}", "Set"),
        **{kind: (f"{verb.value.capitalize()} {t.get('order') or 'an order'}", f"{verb.value.capitalize()} order") for kind, verb in ACTS.items()},
    }  # fmt: skip
    return verbs.get(asked.kind, (f"{asked.kind.capitalize()} {where}", f"{asked.kind.capitalize()} {where}"))
