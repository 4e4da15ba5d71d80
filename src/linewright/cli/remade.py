"""What a command asks of a run that was kept as checkpoints: made again on the way, with how long that takes."""
# ruff: noqa: PLC0415 - the twin is imported where something is made again

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import typer

from linewright.cli.progress import Progress

if TYPE_CHECKING:
    from linewright.ledger.reader import RunReader

__all__ = ["remade"]

Answer = TypeVar("Answer")
#: Events that are made again in a second, about: what is told before it begins.
EVENTS_A_S = 3e6
#: Shorter waits are not announced.
LONG_S = 3.0


def remade(reader: RunReader, ask: Callable[[], Answer], *, is_told: bool) -> Answer:
    """Return the answer to a question about a run.

    Parameters
    ----------
    reader
        The run.
    ask
        Asks it of this reader.
    is_told
        Whether a person reads along: then what takes long is announced, and a bar shows how far it is.
    """
    from linewright.ledger.remade import RemadeReader

    if not isinstance(reader, RemadeReader):
        return ask()
    from linewright.twin.remake import answered

    run = reader.header().run
    with Progress("Made again", is_shown=is_told) as bar:

        def told(share: float, events: int) -> None:
            if is_told and share == 0.0 and events > LONG_S * EVENTS_A_S:
                typer.echo(f"{run} was kept as checkpoints: {events:,} events are made again, about {events / EVENTS_A_S:.0f} s.", err=True)
            bar(share)

        return answered(reader, ask, told)
