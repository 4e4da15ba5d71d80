"""Time limits since an earlier station (`within`), as rows of a station table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linewright.control.flows import Passing, ways_after
from linewright.model.errors import LinewrightError, NotYetError

if TYPE_CHECKING:
    from linewright.control.compile_rows import Draft

__all__ = ["limit_rows"]


def limit_rows(d: Draft) -> None:
    """Mark the stations with a limit since an earlier one, and those from which they count.

    Raises
    ------
    LinewrightError
        Items do not come there from the station that is named; or what is late comes back without passing it, and is late for ever.
    NotYetError
        Two limits since different stations lie over each other: an item remembers one such time only.
    """
    after = ways_after(d.flow)
    spans: list[tuple[Passing, int, set[int]]] = []
    for p in d.flow.stations:
        within = p.segment.within
        if within is None:
            continue
        since = d.flow.of(within.since).number if within.since is not None else None
        if since is not None:
            if p.number not in _reached(after, after[since], since):
                raise LinewrightError(
                    f"stations.{p.segment.path}.within.since: the items that come here were never at `{within.since}`.\n"
                    "    Name a station on their way that works on the same item."
                )
            d.stations[p.number]["since"] = d.stations[since]["stamps"] = 1
            between = _reached(after, after[since], since) & _before(after, p.number)
            spans.append((p, since, between - {p.number}))
        if p.late is not None and p.late.station is not None and since is not None:
            _check_way_back(p, after, p.late.station, since)
    for p, since, between in spans:
        others = [q for q, other, _ in spans if other != since and other in between]
        if others:
            raise NotYetError([(f"stations.{p.segment.path}.within", f"over the limit of `{others[0].segment.path}`, since another station")])


def _check_way_back(p: Passing, after: dict[int, set[int]], late: int, since: int) -> None:
    if late != since and p.number in _reached(after, {late}, since):
        raise LinewrightError(
            f"stations.{p.segment.path}.within.late: what is late comes back without passing the station from which the limit counts: "
            f"it stays late.\n    Write `late:` with that station or one before it, or `late: scrap`."
        )


def _reached(after: dict[int, set[int]], first: set[int], but: int) -> set[int]:
    """Return the stations that are reached from some without passing one."""
    found: set[int] = set()
    stack = [number for number in first if number != but]
    while stack:
        at = stack.pop()
        if at not in found:
            found.add(at)
            stack += [number for number in after[at] if number != but]
    return found


def _before(after: dict[int, set[int]], number: int) -> set[int]:
    """Return the stations from which one is reached."""
    return {at for at in after if number in _reached(after, after[at], -1)}
