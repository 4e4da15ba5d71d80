"""Room on the disk: a run stops while it can still say so."""

from __future__ import annotations

import shutil
from pathlib import Path

from linewright.ledger.errors import DiskLowError

#: Below this a run stops and says so.
WANTED_BYTES = 5_000_000_000


def free_bytes(folder: Path) -> int:
    """Return how many bytes may still be written in a folder (or where it will be made)."""
    here = Path(folder).absolute()
    while not here.exists():
        here = here.parent
    return shutil.disk_usage(here).free


def check_space(folder: Path, wanted: int = WANTED_BYTES) -> int:
    """Return the free bytes of a folder.

    Raises
    ------
    DiskLowError
        Fewer than `wanted` are free.
    """
    free = free_bytes(folder)
    if free < wanted:
        raise DiskLowError(Path(folder), free, wanted)
    return free
