"""Lines that cannot go on: who waits for whom for ever, since when; and queues that only grow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linewright.control.compile import Compiled
from linewright.kernels import table as tb
from linewright.kernels.state import (
    CAMPAIGNS,
    CHANGE,
    FIRST_OF_ALL,
    IDLE,
    LOAD,
    MAINTAIN,
    NEVER,
    OPEN,
    OUT,
    READY,
    SETUP,
    STAND,
    TOO_MANY_CAMPAIGNS,
    UNLOAD,
    WORK,
    State,
)

__all__ = ["Standstill", "standstill_of"]

#: In these phases a machine goes on by itself, now or when its stop is over.
_ACTIVE = (WORK, CHANGE, MAINTAIN, LOAD, UNLOAD, READY, SETUP)
_MOST_TOLD = 6


@dataclass(frozen=True, slots=True)
class Standstill:
    """What cannot go on.

    Parameters
    ----------
    since_ns
        Nothing has moved there since; of a queue that grows: its first item has waited since.
    stations
        Paths of the stations that will never work again, or the one whose queue grows.
    why
        What each of them waits for, one text each.
    grows
        Whether it is a queue that grows without end.
    """

    since_ns: int
    stations: tuple[str, ...]
    why: tuple[str, ...]
    grows: bool = False

    @property
    def text(self) -> str:
        """Return it in sentences."""
        since = f"{self.since_ns / 1e9:.6g} s"
        if self.grows and not self.stations:
            return f"At {since} {self.why[0]}; that is more than a run keeps.\n    Give orders priorities that differ less, or fewer of them."
        if self.grows:
            return (
                f"{self.why[0]}. Its first item has waited since {since}: more comes than leaves, so there is no steady state.\n"
                "    Give the station more machines or a shorter time, slow what feeds it, or state a `buffer`."
            )
        more = len(self.why) - _MOST_TOLD
        told = "; ".join(self.why[:_MOST_TOLD]) + (f"; and {more} more" if more > 0 else "")
        return (
            f"Since {since} nothing can go on any more: {told}.\n"
            "    Look at loops whose places can fill up, at carriers that are too few, and at what is never made or let go."
        )


def standstill_of(compiled: Compiled, state: State) -> Standstill | None:
    r"""Return what of a line can never go on, None where all of it can.

    A station may go on where a machine of it works or is stopped with something to do; where a finished item waits for a station that may; where
    something it lacks comes from one that may. What is left when no more can be added to these waits for ever. The state must be settled, as it is
    whenever `advance` returns.

    Examples
    --------
    >>> from linewright.control.compile import compile_plant
    >>> from linewright.control.fill import open_line
    >>> from linewright.library.catalogue import installed_libraries
    >>> from linewright.model.load import load_text
    >>> line = compile_plant(load_text("line: one\nproduct: part\nstations:\n  cut: {time: 2 s}\n", installed_libraries()))
    >>> standstill_of(line, open_line(line, 1)) is None
    True
    """
    if state.head[0].full == TOO_MANY_CAMPAIGNS:
        return Standstill(int(state.head[0].now), (), (f"the orders of the line take turns more than {CAMPAIGNS} times",), grows=True)
    if state.head[0].full:
        return _growing(compiled, state)
    if not state.head[0].begun or _waits_for_orders(state):
        return None
    looked = _Look(compiled, state)
    dead = looked.dead()
    if not dead:
        return None
    since = max(int(state.machines["since"][looked.machines(n)].max()) for n in dead)
    return Standstill(since, tuple(compiled.stations[n] for n in dead), tuple(looked.why(n) for n in dead))


def _waits_for_orders(state: State) -> bool:
    """Tell whether a line stands, or soon will, only since nothing is ordered: all is begun, or the next order is not released yet."""
    orders = state.orders[: int(state.head[0].orders)]
    is_open = (orders["amount"] - orders["begun"] + orders["lost"] > 0) & (orders["held"] == 0)
    return bool(len(orders)) and not bool((is_open & (orders["release"] <= state.head[0].now)).any())


def _growing(compiled: Compiled, state: State) -> Standstill:
    number = int(state.head[0].full) - 1
    queue, row = compiled.table.queues[number], state.queues[number]
    first = int(state.ring["arrive"][int(queue.ring0) + int(row.head)])
    station = compiled.stations[int(queue.station)]
    return Standstill(first, (station,), (f"`{compiled.queues[number]}` holds {int(row['count'])} items",), grows=True)


class _Look:
    """One look at a settled state."""

    def __init__(self, compiled: Compiled, state: State) -> None:
        self.compiled, self.table, self.state = compiled, compiled.table, state
        self.stations = [n for n in range(len(compiled.stations)) if self.table.stations[n].flow not in (tb.UTILITY, tb.FLEET)]
        self.givers: dict[int, set[int]] = {}
        for n in self.stations:
            for q in self.ways(n):
                self.givers.setdefault(q, set()).add(n)

    def machines(self, number: int) -> slice:
        """Return the machines of a station."""
        row = self.table.stations[number]
        return slice(int(row.machine0), int(row.machine0) + int(row["count"]))

    def ways(self, number: int) -> list[int]:
        """Return all queues into which a station may give."""
        row = self.table.stations[number]
        ways = [int(row.out_queue), int(row.fail_queue), int(row.then_queue), int(row.late_queue)]
        ways += [int(q) for q in self.table.routes[row.route0 : row.route0 + row.routes]]
        ways += [int(o.queue) for o in self.table.outputs[row.out0 : row.out0 + row.outs]]
        return [q for q in ways if q >= 0]

    def waits_at(self, m: int) -> list[int]:
        """Return the queues for one of which a machine with a finished item, or one that is held back, waits."""
        row = self.table.stations[self.table.machines[m].station]
        to = int(self.state.machines[m].to) if row.ways else int(row.out_queue)
        if to == FIRST_OF_ALL:
            return [int(q) for q in self.table.routes[row.route0 : row.route0 + row.routes]]
        return [to] if to >= 0 else []

    def dead(self) -> list[int]:
        """Return the stations that can never go on, in their order."""
        alive = {n for n in self.stations if self.is_active(n)}
        if int(self.state.carriers["back"].sum()) or not self.fleets_stand():
            return []  # something is on its way
        changed = True
        while changed:
            found = {n for n in self.stations if n not in alive and self.may_go_on(n, alive)}
            alive |= found
            changed = bool(found)
        return [n for n in self.stations if n not in alive]

    def fleets_stand(self) -> bool:
        """Tell whether all vehicles stand, and nothing stops them."""
        vehicles = self.state.vehicles["stage"][: len(self.table.vehicles)]
        fleets = [n for n in range(len(self.compiled.stations)) if self.table.stations[n].flow == tb.FLEET]
        return not fleets or bool((vehicles == STAND).all() and not any(self.state.machines["mask"][self.machines(n)].any() for n in fleets))

    def is_active(self, number: int) -> bool:
        """Tell whether a machine works, or is stopped so that it may begin when it goes on."""
        rows = self.state.machines[self.machines(number)]
        phase, mask = rows["phase"], rows["mask"]
        idle = np.isin(phase, (IDLE, OPEN))
        return bool(np.isin(phase, _ACTIVE).any() or (idle & (mask != 0)).any() or (rows["due"] < NEVER).any())

    def may_go_on(self, number: int, alive: set[int]) -> bool:
        """Tell whether a machine hands over to, or is fed by, a station that may go on."""
        for m in range(*self.machines(number).indices(len(self.table.machines))):
            row = self.state.machines[m]
            if row.phase == OUT or (row.phase == UNLOAD and row.waiting):
                if any(int(self.table.queues[q].station) in alive for q in self.waits_at(m)):
                    return True
                if self.table.stations[number].flow != tb.STORE:
                    continue
            if row.held:
                if any(int(self.table.queues[q].station) in alive for q in self.kept_at(number)):
                    return True
                continue
            if any(self.givers.get(q, set()) & alive for q in self.lacking(number)) or self.gets_carriers(number, alive):
                return True
        return False

    def kept_at(self, number: int) -> list[int]:
        """Return the queues in which a station keeps places before it begins."""
        return [q for q in self.ways(number) if number in self.table.aheads[self.ahead_of(q)]]

    def ahead_of(self, q: int) -> slice:
        """Return which of the table's `aheads` are of a queue."""
        row = self.table.queues[q]
        return slice(int(row.ahead0), int(row.ahead0) + int(row.aheads))

    def lacking(self, number: int) -> list[int]:
        """Return the queues of a station in which nothing lies."""
        row = self.table.stations[number]
        return [q for q in range(row.queue0, row.queue0 + row.queues) if self.state.queues[q]["count"] == 0]

    def gets_carriers(self, number: int, alive: set[int]) -> bool:
        """Tell whether a loader without carriers may get one back."""
        row = self.table.stations[number]
        if row.flow != tb.LOADER or self.state.carriers[row.carrier].empty > 0:
            return False
        unloaders = {n for n in self.stations if self.table.stations[n].flow == tb.UNLOADER and self.table.stations[n].carrier == row.carrier}
        return bool(unloaders & alive)

    def why(self, number: int) -> str:
        """Say what a station waits for."""
        path = self.compiled.stations[number]
        row = self.table.stations[number]
        rows = self.state.machines[self.machines(number)]
        if (rows["phase"] == OUT).any():
            m = int(row.machine0) + int(np.flatnonzero(rows["phase"] == OUT)[0])
            ahead = self.waits_at(m)
            return f"`{path}` has finished and finds no place at `{self.compiled.queues[ahead[0]]}`" if ahead else f"`{path}` cannot let go"
        if rows["held"].any():
            return f"`{path}` may not begin, since there is no place at " + ", ".join(f"`{self.compiled.queues[q]}`" for q in self.kept_at(number))
        if row.flow == tb.LOADER and (rows["tray"] < 0).all() and self.state.carriers[row.carrier].empty == 0:
            return f"`{path}` waits for an empty `{self.compiled.plant.carriers[int(row.carrier)].name}`"
        lacks = self.lacking(number)
        return f"`{path}` waits for items at `{self.compiled.queues[lacks[0]]}`" if lacks else f"`{path}` waits"
