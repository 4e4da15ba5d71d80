"""The 17 states of a machine by name, and which way leads from one to another.

References
----------
.. [1] OPC Foundation, OPC 30050 PackML 1.01, NodeSet (namespace http://opcfoundation.org/UA/PackML/): states, transitions, causes. The states Running
   and Cleared there hold others; here their transitions are written out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from linewright.kernels.rows import STATES
from linewright.model.errors import LinewrightError

__all__ = ["CHANGES", "RUNNING", "TRANSITIONS", "Command", "StateGroup", "Transition", "TransitionError", "after", "allowed", "group_of", "path"]

#: Reasons of Held that are part of the work, as rows of states and samples of the line name them: no fault, and nobody is called.
CHANGES = frozenset({"change", "coil-change", "setup"})


class Command(StrEnum):
    """What causes a transition; DONE is the machine's own: what it was doing is done."""

    RESET = "Reset"
    START = "Start"
    STOP = "Stop"
    HOLD = "Hold"
    UNHOLD = "Unhold"
    SUSPEND = "Suspend"
    UNSUSPEND = "Unsuspend"
    ABORT = "Abort"
    CLEAR = "Clear"
    COMPLETE = "ToComplete"
    DONE = "Done"


class StateGroup(StrEnum):
    """What a state means to people."""

    RUNNING = "running"
    WAITING = "waiting"
    FAULT = "fault"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Transition:
    """One way from a state to another, and what causes it."""

    command: Command
    start: str
    end: str

    @property
    def name(self) -> str:
        """Return its name as the standard writes it, such as ``ExecuteToHolding``."""
        return f"{self.start}To{self.end}"


class TransitionError(LinewrightError):
    """A command that the machine's state does not allow.

    Parameters
    ----------
    machine
        Its path.
    command
        What was asked.
    actual
        The state it is in.
    expected
        The states in which the command is allowed.
    """

    def __init__(self, machine: str, command: Command, actual: str, expected: tuple[str, ...]) -> None:
        self.machine, self.command, self.actual, self.expected = machine, command, actual, expected
        way = path(actual, expected)
        step = f" First: {', then '.join(way)}." if way else ""
        super().__init__(f"{machine}: {command} is not possible in state {actual}; it is in {' or '.join(expected)}.{step}")


#: States from which Stop leads away (the standard's Running).
RUNNING = (
    "Idle", "Starting", "Execute", "Completing", "Complete", "Resetting", "Holding", "Held", "Unholding", "Suspending", "Suspended", "Unsuspending",
)  # fmt: skip

TRANSITIONS: tuple[Transition, ...] = (
    Transition(Command.RESET, "Stopped", "Resetting"),
    Transition(Command.RESET, "Complete", "Resetting"),
    Transition(Command.START, "Idle", "Starting"),
    Transition(Command.COMPLETE, "Execute", "Completing"),
    *(Transition(Command.HOLD, s, "Holding") for s in ("Starting", "Execute", "Unholding", "Suspending", "Suspended", "Unsuspending")),
    Transition(Command.UNHOLD, "Held", "Unholding"),
    Transition(Command.SUSPEND, "Execute", "Suspending"),
    Transition(Command.UNSUSPEND, "Suspended", "Unsuspending"),
    *(Transition(Command.STOP, s, "Stopping") for s in RUNNING),
    *(Transition(Command.ABORT, s, "Aborting") for s in (*RUNNING, "Stopping", "Stopped", "Clearing")),
    Transition(Command.CLEAR, "Aborted", "Clearing"),
    Transition(Command.DONE, "Resetting", "Idle"),
    Transition(Command.DONE, "Starting", "Execute"),
    Transition(Command.DONE, "Completing", "Complete"),
    Transition(Command.DONE, "Holding", "Held"),
    Transition(Command.DONE, "Unholding", "Execute"),
    Transition(Command.DONE, "Suspending", "Suspended"),
    Transition(Command.DONE, "Unsuspending", "Execute"),
    Transition(Command.DONE, "Stopping", "Stopped"),
    Transition(Command.DONE, "Aborting", "Aborted"),
    Transition(Command.DONE, "Clearing", "Stopped"),
)

_AFTER = {(t.start, t.command): t.end for t in TRANSITIONS}

_GROUPS = {
    StateGroup.RUNNING: ("Starting", "Execute", "Completing", "Unholding", "Unsuspending"),
    StateGroup.WAITING: ("Suspending", "Suspended"),
    StateGroup.FAULT: ("Holding", "Held", "Aborting", "Aborted", "Clearing"),
    StateGroup.PLANNED: ("Idle", "Resetting", "Stopping", "Stopped", "Complete"),
}
_GROUP_OF = {state: group for group, states in _GROUPS.items() for state in states}


def allowed(state: str) -> tuple[Command, ...]:
    """Return the commands that a state allows (without the machine's own Done).

    Examples
    --------
    >>> [str(c) for c in allowed("Held")]
    ['Unhold', 'Stop', 'Abort']
    """
    return tuple(t.command for t in TRANSITIONS if t.start == state and t.command is not Command.DONE)


def after(state: str, command: Command, machine: str = "machine") -> str:
    """Return the state that a command leads to.

    Parameters
    ----------
    state
        One of the 17 names.
    command
        What is asked, or `Command.DONE`.
    machine
        Its path, for the message.

    Raises
    ------
    TransitionError
        The state does not allow it; the message names the states that do, and the way there.

    Examples
    --------
    >>> after("Execute", Command.HOLD)
    'Holding'
    >>> after("Held", Command.START, "winder/7")
    Traceback (most recent call last):
    ...
    linewright.control.packml.TransitionError: winder/7: Start is not possible in state Held; it is in Idle. First: Stop, then Reset.
    """
    try:
        return _AFTER[state, command]
    except KeyError:
        expected = tuple(s for s in STATES if (s, command) in _AFTER)
        raise TransitionError(machine, command, state, expected) from None


def group_of(state: str, reason: str | None = None) -> StateGroup:
    """Return what a state means to people; a machine that is held while its coil is changed by plan waits, and nobody is called to it.

    Examples
    --------
    >>> group_of("Held", "web-break"), group_of("Held", "coil-change")
    (<StateGroup.FAULT: 'fault'>, <StateGroup.WAITING: 'waiting'>)
    """
    group = _GROUP_OF[state]
    return StateGroup.WAITING if group is StateGroup.FAULT and reason in CHANGES else group


def path(start: str, ends: tuple[str, ...]) -> list[str]:
    """Return the shortest row of commands that leads from a state to one of others (Abort left out); empty where there is none, or none is needed."""
    reached: dict[str, list[str]] = {start: []}
    waiting = [start]
    while waiting:
        state = waiting.pop(0)
        if state in ends:
            return reached[state]
        for t in TRANSITIONS:
            if t.start == state and t.command is not Command.ABORT and t.end not in reached:
                reached[t.end] = reached[state] + ([] if t.command is Command.DONE else [str(t.command)])
                waiting.append(t.end)
    return []
