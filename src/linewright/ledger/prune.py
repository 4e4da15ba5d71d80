"""Which simulations of a ledger's folder may go, and how they are taken away (docs/ledger.md)."""

from __future__ import annotations

from collections.abc import Sequence

from linewright.ledger.errors import LedgerError
from linewright.ledger.ledger import Ledger, RunInfo
from linewright.ledger.lock import WriterLock, lock_path

__all__ = ["prunable", "prune", "size_of"]


def prunable(store: Ledger, keep: int) -> list[RunInfo]:
    """Return the simulations that may go: all but the newest, oldest first.

    What a line or an import recorded never goes, nor what is being written, nor what a newer version wrote.

    Parameters
    ----------
    store
        A ledger.
    keep
        So many simulations stay, at least one: the number of the newest run is not given again.

    Raises
    ------
    ValueError
        None would stay.

    Examples
    --------
    >>> prunable(Ledger("no-such-folder"), 10)
    []
    """
    if keep < 1:
        raise ValueError(f"at least one simulation stays; {keep} was asked for")
    newer = {error.path for error in store.newer()}
    simulations = [run for run in store.runs() if run.source == "twin" and store.path_of(run.run) not in newer]
    return [run for run in simulations[: max(len(simulations) - keep, 0)] if not run.is_written]


def prune(store: Ledger, runs: Sequence[RunInfo]) -> int:
    """Take some simulations away, and return how many bytes they had.

    Parameters
    ----------
    store, runs
        A ledger, and what `prunable` told of it.

    Raises
    ------
    LockedError
        Somebody has begun to write one of them.
    LedgerError
        A file cannot be taken away.
    """
    freed = 0
    for run in runs:
        path = store.path_of(run.run)
        lock = WriterLock(path) if store.folder.is_dir() else None  # a database asks for none: what it drops waits for its readers
        try:
            store.drop(run.run)
        except OSError as error:
            raise LedgerError(f"{path}: it cannot be taken away ({error.strerror}). What was freed before: {freed / 1e6:.1f} MB.") from error
        finally:
            if lock is not None:
                lock.release()
        if lock is not None:
            lock_path(path).unlink(missing_ok=True)
        freed += size_of(run)
    return freed


def size_of(run: RunInfo) -> int:
    """Return the bytes of a run with all that lies beside it."""
    return run.size_bytes + run.remade_bytes + run.closed_bytes
