"""What changed between the plan of a run and the line file of today, path by path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from linewright.model.errors import LinewrightError

__all__ = ["Change", "PlanChangedError", "plan_changes"]

#: Most changes that are printed; the rest is a number.
SHOWN_MOST = 30


@dataclass(frozen=True, slots=True)
class Change:
    """One path that differs; None where it is absent."""

    path: str
    before: str | None
    now: str | None

    def __str__(self) -> str:
        return f"{self.path}: {self.before if self.before is not None else 'absent'} -> {self.now if self.now is not None else 'absent'}"


class PlanChangedError(LinewrightError):
    """The line file is another than the run's.

    Parameters
    ----------
    run
        The run that would be continued.
    changes
        All paths that differ.
    """

    def __init__(self, run: str, changes: tuple[Change, ...]) -> None:
        self.run, self.changes = run, changes
        lines = [f"The line file, or what --set makes of it, has changed since {run} was started:"]
        lines += [f"    {change}" for change in changes[:SHOWN_MOST]]
        if len(changes) > SHOWN_MOST:
            lines.append(f"    and {len(changes) - SHOWN_MOST} more")
        lines.append(
            "--continue goes on with the run as it was begun (the old file); --new begins a new run as the file and --set are now. Nothing was run."
        )
        super().__init__("\n".join(lines))


def plan_changes(before: str, now: str) -> tuple[Change, ...]:
    """Return the paths in which two completed line files differ, in the order of the file.

    Examples
    --------
    >>> [str(c) for c in plan_changes("a: {b: 1, c: 2}", "a: {b: 1, c: 3, d: 4}")]
    ['a.c: 2 -> 3', 'a.d: absent -> 4']
    """
    old, new = dict(_leaves(_read(before), "")), dict(_leaves(_read(now), ""))
    paths = list(old) + [path for path in new if path not in old]
    return tuple(Change(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path))


def _read(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(StringIO(text))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(v, dict | list) for v in value):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{number}]")
    else:
        yield path, str(value)
