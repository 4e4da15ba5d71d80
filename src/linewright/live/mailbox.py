"""`Commands`: what people ask of a run. Any thread puts in, the run's loop takes out, and the answer is an event of the ledger."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from linewright.model.errors import LinewrightError

__all__ = ["KINDS", "Asked", "Commands"]

#: Each kind of command and its class (PAGE.md, section 6): what it takes to be done.
KINDS = {
    "acknowledge": "undoable", "hold": "undoable", "release": "releases",
    "clear": "stops", "pause": "stops", "resume": "stops", "stop": "stops", "start": "stops",
    "pause-run": "stops", "resume-run": "stops", "stop-run": "stops", "set": "stops",
    "order-store": "stops", "order-start": "stops", "order-pause": "stops", "order-resume": "stops", "order-stop": "stops", "order-abort": "stops",
    "order-cancel": "stops",
}  # fmt: skip

#: How many may wait: the loop takes them out every tick, so more than this means that it does not.
WAITING_MOST = 1000
#: Requests remembered, so that one that is sent twice is done once.
REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Asked:
    """One command as it was asked.

    Parameters
    ----------
    number
        Its number in this run.
    kind, target, value, reason, by, request
        As in docs/api.md, section 6.
    """

    number: int
    kind: str
    target: Mapping[str, Any]
    value: Any = None
    reason: str = ""
    by: str = ""
    request: str = ""


class Commands:
    """The mailbox of one run.

    Parameters
    ----------
    first_number
        Number of the first command.
    previewed
        Tells what a command would do (docs/api.md, "preview"), without doing it; called in the asking thread.
    """

    def __init__(self, first_number: int, previewed: Callable[[Asked], dict[str, Any]]) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Asked] = deque()
        self._requests: OrderedDict[str, int] = OrderedDict()
        self._next = first_number
        self._closed_why: str | None = None
        self._previewed = previewed

    def preview(self, command: Mapping[str, Any]) -> dict[str, Any]:
        """Return class, effect and whether it can be done now. Raises LinewrightError for a command that is none."""
        return self._previewed(self._read(command, 0))

    def send(self, command: Mapping[str, Any]) -> int:
        """Put a command into the mailbox and return its number; the same `request` again returns the same number and is not done twice.

        Raises
        ------
        LinewrightError
            It is no command, or the run takes none now.
        """
        asked = self._read(command, 0)
        with self._lock:
            if asked.request and asked.request in self._requests:
                return self._requests[asked.request]
            if self._closed_why is not None:
                raise LinewrightError(self._closed_why)
            if len(self._waiting) >= WAITING_MOST:
                raise LinewrightError(f"{WAITING_MOST} commands wait already; the run has not taken them. Try again when it moves on.")
            number = self._next
            self._next += 1
            self._waiting.append(Asked(number, asked.kind, asked.target, asked.value, asked.reason, asked.by, asked.request))
            if asked.request:
                self._requests[asked.request] = number
                while len(self._requests) > REMEMBERED:
                    self._requests.popitem(last=False)
            return number

    def take(self) -> list[Asked]:
        """Return what waits, in the order in which it came; the loop calls it."""
        with self._lock:
            taken = list(self._waiting)
            self._waiting.clear()
        return taken

    def close(self, why: str) -> None:
        """Take no more commands, and say why."""
        with self._lock:
            self._closed_why = why

    def _read(self, command: Mapping[str, Any], number: int) -> Asked:
        kind = str(command.get("kind", ""))
        if kind not in KINDS:
            raise LinewrightError(f"There is no command `{kind}`. There are: {', '.join(KINDS)}.")
        target = command.get("target") or {}
        if not isinstance(target, Mapping):
            shape = '{"station": "winder", "machine": 7}'
            raise LinewrightError(f"The target of `{kind}` is a {type(target).__name__}; an object such as {shape} was expected.")
        return Asked(number, kind, dict(target), command.get("value"), str(command.get("reason") or ""), str(command.get("by") or ""),
                     str(command.get("request") or ""))  # fmt: skip
