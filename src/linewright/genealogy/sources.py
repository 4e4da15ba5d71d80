"""Where a value is from, in one word: the same on the command line, in JSON and on the page."""

from __future__ import annotations

from dataclasses import replace

from linewright.genealogy.tree import Branch, Node, Trace
from linewright.ledger.reader import RunReader

__all__ = ["MEASURED", "measured_word", "with_word", "word_of"]

#: What a row of a run says of itself; who measured it is the run's to say.
MEASURED = "measured"


def word_of(source: str, *, is_emulated: bool) -> str:
    """Return the word for what a run measured: ``twin``, ``emulated`` (no machine behind it is real) or ``measured``.

    Parameters
    ----------
    source
        Of the run: ``live``, ``twin``, ``import``.
    is_emulated
        Whether every driver is emulated.

    Examples
    --------
    >>> word_of("live", is_emulated=True), word_of("live", is_emulated=False), word_of("twin", is_emulated=True)
    ('emulated', 'measured', 'twin')
    """
    return "twin" if source == "twin" else "emulated" if is_emulated else MEASURED


def measured_word(reader: RunReader) -> str:
    """Return the word for what a run measured, from its header and the drivers that its first event names."""
    source = reader.header().source
    started = reader.events_since(0, "run.started", 1) if source == "live" else []
    drivers = started[0].body.get("drivers", []) if started else []
    return word_of(source, is_emulated=bool(drivers) and all(driver["name"] == "emulated" for driver in drivers))


def with_word(found: Trace, word: str) -> Trace:
    """Return a trace whose measured values and curves say by whom."""
    if word == MEASURED:
        return found
    curves = tuple(replace(c, source=word) if c.source == MEASURED else c for c in found.curves)
    return replace(found, node=_node(found.node, word), curves=curves)


def _node(node: Node, word: str) -> Node:
    values = tuple(replace(v, source=word) if v.source == MEASURED else v for v in node.values)
    return replace(node, values=values, made_of=_branches(node.made_of, word), went_into=_branches(node.went_into, word))


def _branches(branches: tuple[Branch, ...], word: str) -> tuple[Branch, ...]:
    return tuple(replace(b, node=_node(b.node, word)) for b in branches)
