"""Room on the disk: a run stops while it can still say so."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from linewright.ledger.errors import DiskLowError, LedgerError

#: Below this a run stops and says so.
WANTED_BYTES = 5_000_000_000


def free_bytes(folder: Path) -> int:
    """Return how many bytes may still be written in a folder (or where it will be made)."""
    return shutil.disk_usage(_there(folder)).free


def check_space(folder: Path, wanted: int = WANTED_BYTES) -> int:
    """Return the free bytes of a folder.

    Raises
    ------
    DiskLowError
        Fewer than `wanted` are free.
    LedgerError
        It cannot be written at all, such as in /proc, where a disk has no size.
    """
    here = _there(folder)
    if not os.access(here, os.W_OK) or shutil.disk_usage(here).total == 0:
        raise LedgerError(f"{folder}: no run can be written there ({here} cannot be written). Name another folder with --ledger FOLDER")
    free = free_bytes(folder)
    if free < wanted:
        raise DiskLowError(Path(folder), free, wanted)
    return free


def _there(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists."""
    here = Path(folder).absolute()
    while not here.exists():
        here = here.parent
    return here
