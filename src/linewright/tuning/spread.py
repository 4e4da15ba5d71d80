"""Many runs over the cores of this computer: threads, for the kernels let go of Python's lock.

Each run draws its numbers by key, so neither how many threads there are nor which ends first changes a result.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

from linewright.control.compile import Compiled
from linewright.tuning.recording import Length, Recording, record

__all__ = ["Runs", "StoppedError", "Task", "cores", "on_threads"]

#: Which case, which replication.
Task = tuple[int, int]
#: What has been run; fewer than was asked where Ctrl-C came.
Runs = dict[Task, Recording]
#: Ctrl-C is heard between waits of so long [s].
HEAR_S = 0.2


class StoppedError(Exception):
    """A run was broken off because nobody waits for it any more."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def on_threads(
    lines: Sequence[Compiled],
    tasks: Sequence[Task],
    length: Length,
    seed: int,
    *,
    workers: int | None = None,
    progress: Callable[[float], object] | None = None,
) -> tuple[Runs, bool]:
    """Run tasks and return what they gave, and whether Ctrl-C stopped them.

    Parameters
    ----------
    lines
        The line of each case.
    tasks
        (case, replication), in the order in which they are begun.
    length, seed
        Of all runs.
    workers
        Threads; None: as many as there are cores.
    progress
        Called from this thread with the share that is done.

    Raises
    ------
    LinewrightError
        A run cannot go on; the others are broken off.
    """
    shares = dict.fromkeys(tasks, 0.0)
    is_over = threading.Event()

    def work(task: Task) -> Recording:
        def passed(share: float) -> None:
            if is_over.is_set():
                raise StoppedError
            shares[task] = share

        passed(0.0)
        return record(lines[task[0]], length, seed, task[1], passed)

    with ThreadPoolExecutor(min(workers or cores(), max(len(tasks), 1))) as pool:
        futures: dict[Future[Recording], Task] = {}
        try:
            futures.update((pool.submit(work, task), task) for task in tasks)
            waiting = set(futures)
            while waiting:
                done, waiting = wait(waiting, HEAR_S, FIRST_EXCEPTION)
                for future in done:
                    future.result()
                if progress is not None:
                    progress(sum(shares.values()) / len(tasks))
        except KeyboardInterrupt:
            is_over.set()
            pool.shutdown(wait=True, cancel_futures=True)
        except BaseException:
            is_over.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    whole = {task: future.result() for future, task in futures.items() if not future.cancelled() and future.exception() is None}
    return whole, is_over.is_set()
