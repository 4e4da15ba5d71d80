"""One writer to a run: a lock that the operating system lets go of when the process dies, however it dies."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from linewright.ledger.errors import LockedError

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        os.lseek(handle, 1 << 20, os.SEEK_SET)  # a byte beyond the text, so that others can still read who holds it
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def holder_of(path: Path) -> int | None:
    """Return the process number written into a lock file; None where it cannot be read."""
    try:
        return int(path.read_text(encoding="ascii").strip() or "0") or None
    except (OSError, ValueError):
        return None


class WriterLock:
    """The right to write one run.

    Parameters
    ----------
    run_file
        The run's file; the lock lies beside it, with ``.lock`` behind its name, and stays there when let go of (taking it away would let two
        processes lock two files of one name).

    Raises
    ------
    LockedError
        Another process holds it.
    """

    def __init__(self, run_file: Path) -> None:
        path = lock_path(run_file)
        self._handle: int | None = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
        if not _take_patiently(self._handle):
            os.close(self._handle)
            self._handle = None
            raise LockedError(run_file, holder_of(path))
        os.ftruncate(self._handle, 0)
        os.lseek(self._handle, 0, os.SEEK_SET)
        os.write(self._handle, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let go of it; twice does no harm."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def lock_path(run_file: Path) -> Path:
    """Return where the lock of a run lies."""
    return run_file.with_name(run_file.name + ".lock")


def _take_patiently(handle: int) -> bool:
    """Take the lock; a reader that looks whether it is taken (`is_locked`) holds it for an instant, so try more than once."""
    for attempt in range(5):
        if attempt:
            time.sleep(0.01)
        try:
            _take(handle)
        except OSError:
            continue
        return True
    return False


def is_locked(run_file: Path) -> bool:
    """Tell whether a process writes this run now."""
    try:
        handle = os.open(lock_path(run_file), os.O_RDWR)
    except OSError:
        return False
    try:
        _take(handle)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
