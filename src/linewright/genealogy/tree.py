"""What a trace is: a tree of frozen values, ready for the command line, the page and JSON."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from linewright.genealogy.recalled import Recall
from linewright.ledger.records import Thing

__all__ = [
    "Branch", "Curve", "CurveLine", "Edge", "Filling", "Finding", "Laid", "Node", "Place", "Section", "Step", "Told", "ToldValue", "Trace", "Value",
    "node_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """One measured value, in the unit that is shown; None where there is none.

    Parameters
    ----------
    characteristic, step, machine
        What was measured where.
    value, unit, lower, target, upper
        In the shown unit.
    at_us
        Line time.
    source
        ``measured`` (by a real machine), ``emulated``, ``twin``, ``made before this run`` (drawn again from the seed), ``stated`` (an import).
    literal, stated, text, remark
        Of an imported record: as it was typed, as it was stored, where it is no number, what is doubtful.
    side, lane
        Of a web (lanes from 1).
    low, high, count
        Of several points along a piece of web: `value` is their mean.
    lo_m, hi_m
        The metres of the web that were asked for, as far as there are points; None: all of it, or no web.
    """

    characteristic: str
    step: str | None
    machine: str | None
    value: float | None
    unit: str
    lower: float | None = None
    target: float | None = None
    upper: float | None = None
    at_us: int | None = None
    source: str = "measured"
    literal: str | None = None
    stated: float | None = None
    text: str | None = None
    remark: str | None = None
    side: str | None = None
    lane: int | None = None
    low: float | None = None
    high: float | None = None
    count: int = 1
    lo_m: float | None = None
    hi_m: float | None = None

    @property
    def is_outside(self) -> bool:
        """Tell whether it lies outside its window."""
        v = self.value
        return v is not None and ((self.lower is not None and v < self.lower) or (self.upper is not None and v > self.upper))


@dataclass(frozen=True, slots=True)
class Step:
    """One visit; tool and place count from 1. `carrier` is set where the unit lay on one that was worked on."""

    step: str
    machine: str | None
    tool: int | None
    in_us: int | None
    start_us: int | None
    done_us: int | None
    out_us: int | None
    verdict: str | None
    grade: str | None
    carrier: str | None = None
    place: int | None = None


@dataclass(frozen=True, slots=True)
class CurveLine:
    """One line of a curve, in the shown unit, a value at each of the curve's times.

    Parameters
    ----------
    name, unit, values, decimals
        What, in which unit, the values, and how many decimals they are known to.
    total_in, total_out, total_unit
        The sum over hours of what is above and of what is below 0, such as the charge (Ah) that went in and came out; None where nobody sums it.
    """

    name: str
    unit: str
    values: tuple[float, ...]
    decimals: int
    total_in: float | None = None
    total_out: float | None = None
    total_unit: str | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """What a channel drew of a unit in one visit: points joined by straight lines.

    Parameters
    ----------
    step, machine, carrier, place
        Where: station, machine, carrier and place from 1; None where unknown.
    start_us, done_us
        Line time of the visit's work.
    source
        ``measured``, ``emulated``, ``twin``, or ``made before this run`` (drawn again from the seed).
    times_s
        Seconds from `start_us`, never falling; two points of one time are a step.
    lines
        What is drawn.
    """

    step: str
    machine: str | None
    carrier: str | None
    place: int | None
    start_us: int | None
    done_us: int | None
    source: str
    times_s: tuple[float, ...]
    lines: tuple[CurveLine, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a unit lay; `place` from 1; `from_us` None: before the run; `to_us` None: still there."""

    carrier: str
    place: int
    from_us: int | None
    to_us: int | None


@dataclass(frozen=True, slots=True)
class Laid:
    """A unit on a place of a carrier; `place` from 1; `from_us` None: not known; `to_us` None: still there."""

    unit: str
    place: int
    from_us: int | None
    to_us: int | None


@dataclass(frozen=True, slots=True)
class Filling:
    """What was laid on a carrier until it was empty again.

    Parameters
    ----------
    material
        Of its units.
    first, last
        Ids on the first and on the last place that was taken.
    count, left
        How many units, and how many of them still lie there.
    from_us, to_us
        When the first was laid there (None: not known), when the last was taken off (None: it is not empty).
    units
        All of them, by place.
    """

    material: str
    first: str
    last: str
    count: int
    left: int
    from_us: int | None
    to_us: int | None
    units: tuple[Laid, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """How two things belong together.

    Parameters
    ----------
    kind
        ``consume``, ``map``, ``charge``, ``mount``, ``part``, ``placed``, ``link``.
    basis
        ``certain``, ``possible``; of imports ``stated``, ``rule``.
    role
        Input or name of the link; None without one.
    lo_m, hi_m
        Metres on the web at the parent's end; None without.
    lane
        From 1, on the parent.
    limit_m
        Limit of error of these metres.
    rule, source
        Of imports: which rule, which record says so.
    """

    kind: str
    basis: str = "certain"
    role: str | None = None
    lo_m: float | None = None
    hi_m: float | None = None
    lane: int | None = None
    limit_m: float | None = None
    rule: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One thing in the tree. `made_of` leads to what went into it, `went_into` to what it became; `count` > 1 is a group of so many alike."""

    id: str
    kind: str
    material: str | None
    made_us: int | None = None
    machine: str | None = None
    remark: str | None = None
    values: tuple[Value, ...] = ()
    made_of: tuple[Branch, ...] = ()
    went_into: tuple[Branch, ...] = ()
    count: int = 1


@dataclass(frozen=True, slots=True)
class Branch:
    """An edge and the thing at its other end."""

    edge: Edge
    node: Node


def node_of(thing: Thing, values: tuple[Value, ...] = (), above: tuple[Branch, ...] = (), below: tuple[Branch, ...] = ()) -> Node:
    """Return a thing as a node."""
    return Node(thing.id, thing.kind, thing.material, thing.made_us, thing.machine, thing.remark, values, above, below)


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubt of an import about this thing: its kind, where it stands, what stands there, what was made of it."""

    kind: str
    source: str | None
    found: str | None
    done: str | None


@dataclass(frozen=True, slots=True)
class ToldValue:
    """One value of an import, of whatever on the way back.

    Parameters
    ----------
    thing, kind
        Whose it is: an ancestor, a protocol, a file.
    sides
        ``anode``, ``cathode``, as the links on the way say; empty where they do not.
    basis, rules
        ``stated`` where stated links alone lead there; else ``rule``, and which.
    value
        The value.
    """

    thing: str
    kind: str
    sides: tuple[str, ...]
    basis: str
    rules: tuple[str, ...]
    value: Value


@dataclass(frozen=True, slots=True)
class Section:
    """Values that belong together, such as those of the filling."""

    title: str
    rows: tuple[ToldValue, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What an import tells of a thing: how many ancestors it has, how many of them by stated links alone, how many are placeholders; its values."""

    ancestors: int
    stated: int
    absent: int
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a thing came from, and what came of it.

    Parameters
    ----------
    asked
        The text that was asked for.
    run, source
        Which run, and whether it is ``live``, ``twin`` or ``import``.
    node
        The thing itself with both trees.
    life, places
        Of a unit or carrier.
    curves, no_curve
        Of a unit: what channels drew of it, one a visit; and why there is none where a channel has had it: ``before`` the run, or ``not recorded``.
    units
        Ids of the units that hold part of it, certain ones first, as many as were asked for.
    certain, possible
        How many units certainly and how many possibly hold part of it (the possible ones hold the certain ones).
    is_before
        Whether it was made before this run.
    findings
        Doubts of an import.
    told
        Of an import: the values along the way back, by section.
    contents
        Of a carrier: what lies and lay on it, filling after filling.
    recall
        Of a piece of a web: every unit that holds part of it, and where it is now.
    """

    asked: str
    run: str
    source: str
    node: Node
    life: tuple[Step, ...] = ()
    places: tuple[Place, ...] = ()
    units: tuple[str, ...] = ()
    certain: int = 0
    possible: int = 0
    is_before: bool = False
    findings: tuple[Finding, ...] = ()
    told: Told | None = None
    curves: tuple[Curve, ...] = ()
    no_curve: str | None = None
    contents: tuple[Filling, ...] = ()
    recall: Recall | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values for JSON; fields that are None or empty are left out."""
        found = _plain(self)
        assert isinstance(found, dict)
        return found


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        return {name: _plain(v) for name, v in pairs if v is not None and v != ()}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value
