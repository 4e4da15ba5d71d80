"""What several commands are asked with: a line, a ledger, a length of time, a speed."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

import contextlib
import math
import os
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from linewright.model.errors import LinewrightError
from linewright.model.line_time import seconds

if TYPE_CHECKING:
    from linewright.ledger.ledger import Ledger
    from linewright.model.plant import Plant

__all__ = ["LARGEST_SEED", "heard_as_ctrl_c", "ledger_at", "line_of", "refuse_folder", "seconds", "speed_of"]

#: What the line file's `seed:` and the ledger can hold.
LARGEST_SEED = 2**63 - 1


def ledger_at(where: str | None) -> Ledger:
    """Return the ledger: the folder or database named, else LINEWRIGHT_LEDGER, else in the user's data folder."""
    from linewright.ledger.ledger import default_folder
    from linewright.ledger.stores import open_ledger

    found = open_ledger(where or os.environ.get("LINEWRIGHT_LEDGER") or default_folder())
    if found.folder.exists() and not found.folder.is_dir():
        raise LinewrightError(f"{found.folder}: a folder was expected, this is a file. Name another one with --ledger.")
    return found


def line_of(line: str, changes: Sequence[str] = ()) -> Plant:
    """Return the plant of a library line or a file, with some values changed."""
    from linewright.library.catalogue import installed_libraries
    from linewright.model.load import load

    libraries = installed_libraries()
    refuse_folder(line, libraries.names("line"))
    return load(line, libraries, tuple(changes))


def refuse_folder(line: str, names: Iterable[str]) -> None:
    """Refuse a folder that is named as a line, where the library has no line of that name."""
    if Path(line).is_dir() and line not in names:
        inside = sorted(Path(line).glob("*.y*ml"))
        near = f" Did you mean {inside[0]}?" if inside else ""
        raise LinewrightError(f"{line}: this is a folder; a line file (it ends in .yaml) or the name of a library line was expected.{near}")


@contextlib.contextmanager
def heard_as_ctrl_c() -> Iterator[None]:
    """Let SIGTERM end what is under way as Ctrl-C does, so that a run that is kept notes its end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def speed_of(text: str) -> float:
    """Return line seconds in one wall second; ``max`` is as fast as it can.

    Examples
    --------
    >>> speed_of("60"), speed_of("max")
    (60.0, inf)
    """
    if text == "max":
        return math.inf
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0.0):
        raise LinewrightError(f'--speed: "{text}" is no speed. Write 1 (the clock), 60 (sixty times faster) or max.')
    return value
