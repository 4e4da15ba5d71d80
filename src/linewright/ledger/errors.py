"""What can go wrong with a ledger, each with its next step.

::

    LinewrightError
    └── LedgerError           the folder or a file of it cannot be used as asked
        ├── LockedError       another process writes this run
        ├── NewerError        written by a newer version
        ├── DamagedError      no database any more
        ├── DiskLowError      too little room to go on
        └── NoSuchRunError    no run of that name here
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from linewright.model.errors import LinewrightError

__all__ = ["DamagedError", "DiskLowError", "LedgerError", "LockedError", "NewerError", "NoSuchRunError"]


class LedgerError(LinewrightError):
    """The ledger's folder, or a file in it, cannot be used as asked."""


class LockedError(LedgerError):
    """Another process writes this run.

    Parameters
    ----------
    path
        The run's file.
    pid
        Number of the process that holds it; None where it could not be read.
    """

    def __init__(self, path: Path, pid: int | None) -> None:
        self.path, self.pid = path, pid
        holder = f"process {pid}" if pid is not None else "another process"
        super().__init__(
            f"{path}: {holder} is writing this run. A run has one writer. "
            f"Wait for it, stop it (Ctrl-C in its window), or write to another folder with --ledger FOLDER. Reading goes on: linewright serve"
        )


class NewerError(LedgerError):
    """The file was written by a newer version, whose tables this one does not know."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        self.path, self.found, self.known = path, found, known
        super().__init__(
            f"{path}: its tables are of version {found}; this version of Linewright knows them up to {known}. "
            f"Nothing was changed. Install a newer Linewright (pip install --upgrade linewright), or use another folder with --ledger FOLDER"
        )


class DamagedError(LedgerError):
    """The run's file is damaged."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path}: this file is damaged, its run cannot be read or gone on with. Put a copy of it back, or move it away.")


class DiskLowError(LedgerError):
    """Too little room on the disk to go on writing safely."""

    def __init__(self, path: Path, free: int | None, wanted: int) -> None:
        self.path, self.free, self.wanted = path, free, wanted
        found = f"{_size(free)} are free" if free is not None else "the disk is full"
        super().__init__(
            f"{path}: {found}; a run wants {_size(wanted)}. All that was acknowledged is kept. "
            f"Make room or move the ledger (--ledger FOLDER), then start again: "
            f"a live run carries on where it stopped, a simulation or an import begins anew"
        )


class NoSuchRunError(LedgerError):
    """There is no run of that name in this ledger."""

    def __init__(self, folder: Path | str, asked: str | None, known: list[str]) -> None:
        self.folder, self.asked, self.known = folder, asked, known
        if asked is None or not known:
            text = f"{folder}: no run is in this ledger yet. Make one: linewright simulate four-stations --keep all"
        else:
            near = get_close_matches(asked, known, n=1, cutoff=0.0)
            text = f"{folder}: there is no run `{asked}`. Nearest: `{near[0]}`. All of them: linewright runs"
        super().__init__(text)


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
