"""Equivalent circuits as text: ``R0-p(R1,CPE1)-p(R2,C2)-Wo1-L0``.

The grammar, with ``-`` for in series and ``p(..., ...)`` for in parallel::

    series   = item { "-" item }
    item     = element | "p(" series "," series { "," series } ")"
    element  = kind [ number ]              such as R0, CPE1, Wo12

Nothing is evaluated as code. The kinds are the rows of `KINDS`; their equations are in `linewright.eis.elements`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from linewright.model.errors import LinewrightError

__all__ = ["KINDS", "Circuit", "CircuitError", "Element", "Parallel", "Parameter", "Series", "parse_circuit"]

INFINITY = float("inf")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a circuit.

    Parameters
    ----------
    name
        ``R0`` where the element has one, ``CPE1.alpha`` where it has several.
    unit
        In which its values are.
    is_scale
        Whether it is positive and may have any size (it is fitted as its logarithm); otherwise it is an exponent.
    low, high
        Where it may lie when nobody says otherwise.
    """

    name: str
    unit: str
    is_scale: bool
    low: float
    high: float


#: kind: what it is called, and (name, unit, is an exponent) of each of its parameters.
KINDS: dict[str, tuple[str, tuple[tuple[str, str, bool], ...]]] = {
    "R": ("resistor", (("", "ohm", False),)),
    "C": ("capacitor", (("", "F", False),)),
    "L": ("inductor", (("", "H", False),)),
    "CPE": ("constant phase element", (("Q", "ohm^-1 s^alpha", False), ("alpha", "", True))),
    "W": ("Warburg, semi-infinite", (("", "ohm s^-1/2", False),)),
    "Wo": ("Warburg, finite with an open end (reflecting)", (("R", "ohm", False), ("tau", "s", False))),
    "Ws": ("Warburg, finite with a short end (transmitting)", (("R", "ohm", False), ("tau", "s", False))),
    "G": ("Gerischer", (("R", "ohm", False), ("tau", "s", False))),
    "ZARC": ("resistor and constant phase element in parallel, by time constant", (("R", "ohm", False), ("tau", "s", False), ("alpha", "", True))),
    "TLM": (
        "transmission line of a porous electrode",
        (("Rion", "ohm", False), ("Rct", "ohm", False), ("Q", "ohm^-1 s^alpha", False), ("alpha", "", True)),
    ),
}
#: An exponent below this is no longer a capacitance of any kind.
LEAST_EXPONENT = 1e-3


class CircuitError(LinewrightError):
    """A circuit's text that cannot be read, or names that it does not have.

    Parameters
    ----------
    text
        Of the circuit.
    faults
        (position from 0, what is wrong there), all that were found.

    Examples
    --------
    >>> print(CircuitError("R0-X1", [(3, "there is no element of the kind `X`")]))
    The circuit cannot be read:
        R0-X1
           ^ there is no element of the kind `X`
    """

    def __init__(self, text: str, faults: list[tuple[int, str]]) -> None:
        self.text, self.faults = text, tuple(faults)
        super().__init__(text, self.faults)

    def __str__(self) -> str:
        shown = "".join(c if c.isprintable() else "?" for c in self.text)
        rows = [f"    {' ' * at}^ {what}" for at, what in self.faults]
        return "\n".join(["The circuit cannot be read:", f"    {shown}", *rows])


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its kind, its name, and the column of its first parameter."""

    kind: str
    name: str
    first: int

    @property
    def width(self) -> int:
        """Return how many parameters it has."""
        return len(KINDS[self.kind][1])


@dataclass(frozen=True, slots=True)
class Series:
    """Parts in series."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Parallel:
    """Parts in parallel, two at least."""

    parts: tuple[Node, ...]


Node = Element | Series | Parallel


@dataclass(frozen=True)
class Circuit:
    """A circuit that was read.

    Parameters
    ----------
    root
        The whole of it, in series.

    Examples
    --------
    >>> circuit = parse_circuit("R0 - p(R1, CPE1)")
    >>> str(circuit)
    'R0-p(R1,CPE1)'
    >>> [(p.name, p.unit) for p in circuit.parameters]
    [('R0', 'ohm'), ('R1', 'ohm'), ('CPE1.Q', 'ohm^-1 s^alpha'), ('CPE1.alpha', '')]
    """

    root: Series

    def __str__(self) -> str:
        return written(self.root)

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """Return all elements, as written."""
        return tuple(elements_in(self.root))

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Return all parameters, as written: the columns of every array of values."""
        return tuple(p for e in self.elements for p in parameters_of(e))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the names of all parameters."""
        return tuple(p.name for p in self.parameters)

    def column(self, name: str) -> int:
        """Return the column of a parameter.

        Raises
        ------
        CircuitError
            There is none of that name; the nearest is told.
        """
        if name not in self.names:
            raise CircuitError(str(self), [(0, f"it has no parameter `{name}`{nearest(name, self.names)}")])
        return self.names.index(name)


def written(node: Node) -> str:
    """Return a node as text."""
    if isinstance(node, Element):
        return node.name
    if isinstance(node, Parallel):
        return f"p({','.join(written(p) for p in node.parts)})"
    return "-".join(written(p) for p in node.parts)


def elements_in(node: Node) -> Iterator[Element]:
    """Yield the elements of a node, as written."""
    if isinstance(node, Element):
        yield node
    else:
        for part in node.parts:
            yield from elements_in(part)


def parameters_of(element: Element) -> tuple[Parameter, ...]:
    """Return the parameters of an element."""
    return tuple(
        Parameter(
            f"{element.name}.{name}" if name else element.name,
            unit,
            not is_exponent,
            LEAST_EXPONENT if is_exponent else 0.0,
            1.0 if is_exponent else INFINITY,
        )
        for name, unit, is_exponent in KINDS[element.kind][1]
    )


def nearest(name: str, names: tuple[str, ...]) -> str:
    """Return the sentence about the nearest of some names, or what there is."""
    near = difflib.get_close_matches(name, names, 1, 0.5)
    return f"; did you mean `{near[0]}`?" if near else f"; there are {', '.join(names)}"


def parse_circuit(text: str) -> Circuit:
    """Read a circuit.

    Parameters
    ----------
    text
        Such as ``R0-p(R1,CPE1)-p(R2-Wo1,C2)``; spaces mean nothing.

    Raises
    ------
    CircuitError
        It cannot be read; each fault is shown under its character.

    Examples
    --------
    >>> [e.name for e in parse_circuit("L0-R0-p(R1-Wo1,C1)").elements]
    ['L0', 'R0', 'R1', 'Wo1', 'C1']
    >>> parse_circuit("R0-p(R1,CPF1)")
    Traceback (most recent call last):
    linewright.eis.circuit.CircuitError: The circuit cannot be read:
        R0-p(R1,CPF1)
                ^ there is no element of the kind `CPF`; did you mean `CPE`?
    """
    reading = Reading(text)
    root = reading.series()
    if root is not None and not reading.is_at_end:
        came = reading.next_character
        if came == ")":
            reading.fault("this bracket was never opened; take it away")
        elif came == ",":
            reading.fault("a comma stands only inside p( ... ); write `-` for in series")
        else:
            reading.fault(f"`-` or the end was expected here; `{came}` came")
    if reading.faults or root is None:
        raise CircuitError(text, sorted(reading.faults))
    return Circuit(root)


class Reading:
    """A text that is read from left to right.

    Parameters
    ----------
    text
        Of the circuit.
    """

    #: Brackets within brackets, at most: more is a slip, and would end Python.
    DEEPEST = 50

    def __init__(self, text: str) -> None:
        self.text, self.at, self.columns, self.depth = text, 0, 0, 0
        self.faults: list[tuple[int, str]] = []
        self.seen: dict[str, int] = {}

    @property
    def next_character(self) -> str:
        """Return the next character that is not a space; empty at the end."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    @property
    def is_at_end(self) -> bool:
        """Tell whether nothing is left."""
        return not self.next_character

    def fault(self, message: str, at: int | None = None) -> None:
        """Note what is wrong, here or elsewhere."""
        self.faults.append((self.at if at is None else at, message))

    def series(self) -> Series | None:
        """Read parts in series; None where the rest can no longer be read."""
        parts: list[Node] = []
        while True:
            part = self.item()
            if part is None:
                return None
            parts.append(part)
            if self.next_character != "-":
                return Series(tuple(parts))
            self.at += 1

    def item(self) -> Node | None:
        """Read one part."""
        came, begin = self.next_character, self.at
        word = self.word()
        if word in {"p", "P"} and self.next_character == "(":
            self.at += 1
            return self.parallel(begin)
        if not word:
            self.fault(f"an element such as R1, or p( ... ), was expected here; {f'`{came}` came' if came else 'the text ends'}")
            return None
        return self.element(word, begin)

    def word(self) -> str:
        """Read letters and digits."""
        begin = self.at
        while self.at < len(self.text) and self.text[self.at].isascii() and self.text[self.at].isalnum():
            self.at += 1
        return self.text[begin : self.at]

    def parallel(self, begin: int) -> Node | None:
        """Read what stands between brackets."""
        self.depth += 1
        if self.depth > self.DEEPEST:
            self.fault(f"brackets lie more than {self.DEEPEST} deep here", begin)
            return None
        branches: list[Node] = []
        while True:
            branch = self.series()
            if branch is None:
                return None
            branches.append(branch.parts[0] if len(branch.parts) == 1 else branch)
            came = self.next_character
            if came not in {",", ")"}:
                self.fault(f"`,` or `)` was expected here, for the p( at character {begin + 1}; {f'`{came}` came' if came else 'the text ends'}")
                return None
            self.at += 1
            if came == ")":
                self.depth -= 1
                if len(branches) == 1:
                    self.fault("p( ... ) needs two branches at least, with a comma between them", begin)
                return Parallel(tuple(branches))

    def element(self, word: str, begin: int) -> Element:
        """Return the element of a name; what is wrong with it is noted and reading goes on."""
        kind = word.rstrip("0123456789")
        if kind not in KINDS:
            self.fault(f"there is no element of the kind `{kind or word}`{nearest(kind or word, tuple(KINDS))}", begin)
            return Element("R", word, self.columns)
        if word in self.seen:
            self.fault(f"`{word}` stands at character {self.seen[word] + 1} already; number each element", begin)
        self.seen[word] = begin
        element = Element(kind, word, self.columns)
        self.columns += element.width
        return element
