"""How far a command is: a bar with the time that is left, on a terminal alone, after the first second; gone when it is done."""
# ruff: noqa: PLC0415 - rich is imported where a bar is shown

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

__all__ = ["Progress"]


class Progress:
    """A bar on stderr.

    Parameters
    ----------
    words
        In front of it.
    is_shown
        False: never.
    """

    def __init__(self, words: str = "", *, is_shown: bool) -> None:
        self._is_shown = is_shown and sys.stderr.isatty()
        self._words = words
        self._begin = time.monotonic()
        self._bar: Bar | None = None

    def __enter__(self) -> Self:
        return self

    def __call__(self, share: float) -> None:
        """Show that a share (0 to 1) is done."""
        if not self._is_shown or (self._bar is None and time.monotonic() - self._begin < 1.0):
            return
        if self._bar is None:
            self._bar = bar()
            self._bar.add_task(self._words, total=1.0)
            self._bar.start()
        self._bar.update(self._bar.task_ids[0], completed=share)

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.stop()


def bar() -> Bar:
    """Return a bar that vanishes when it stops."""
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), TextColumn("left"))
    return Bar(*columns, console=Console(file=sys.stderr), transient=True)
