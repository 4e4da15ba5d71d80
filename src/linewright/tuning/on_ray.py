"""Many runs over a Ray cluster, or over a local Ray: the same results, bit for bit, as on the threads of one computer.

Where `RAY_ADDRESS` names a cluster it is used; else a local Ray is begun and ended.
"""
# ruff: noqa: PLC0415 - Ray is an optional extra

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from linewright.control.compile import Compiled
from linewright.model.errors import LinewrightError
from linewright.tuning.recording import Length, Recording, record
from linewright.tuning.spread import Runs, Task

__all__ = ["on_ray"]


def on_ray(
    lines: Sequence[Compiled],
    tasks: Sequence[Task],
    length: Length,
    seed: int,
    *,
    workers: int | None = None,
    progress: Callable[[float], object] | None = None,
) -> tuple[Runs, bool]:
    """Run tasks as `spread.on_threads` does, each as a task of Ray.

    Raises
    ------
    LinewrightError
        Ray is not installed, or a run cannot go on.
    """
    try:
        import ray
    except ImportError as error:
        raise LinewrightError("--on ray: Ray is not installed. Install it with: pip install 'linewright[ray]'") from error
    own = not ray.is_initialized()
    if own:
        ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, logging_level="ERROR", configure_logging=False)
    try:
        return _run(ray, lines, tasks, (length, seed), progress)
    finally:
        if own:
            ray.shutdown()


def _run(
    ray: Any, lines: Sequence[Compiled], tasks: Sequence[Task], asked: tuple[Length, int], progress: Callable[[float], object] | None
) -> tuple[Runs, bool]:
    @ray.remote  # type: ignore[untyped-decorator]  # Ray is not looked into
    def work(compiled: Compiled, length: Length, seed: int, number: int) -> Recording:
        return record(compiled, length, seed, number)

    stored = [ray.put(line) for line in lines]
    futures = {work.remote(stored[case], *asked, number): (case, number) for case, number in tasks}
    runs: Runs = {}
    waiting = list(futures)
    try:
        while waiting:
            done, waiting = ray.wait(waiting, timeout=1.0)
            for future in done:
                runs[futures[future]] = ray.get(future)
            if progress is not None:
                progress(len(runs) / len(tasks))
    except KeyboardInterrupt:
        for future in waiting:
            ray.cancel(future, force=True)
        return runs, True
    except ray.exceptions.RayTaskError as error:
        raise error.cause if isinstance(error.cause, LinewrightError) else error from error
    return runs, False
