"""In which stretches between checkpoints something was written about a thing: from the states there, without simulating."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.control.compile import Compiled
from linewright.genealogy.facts import LineFacts, Rank
from linewright.kernels.rows import KIND_SHIFT, SERIAL_MASK
from linewright.kernels.state import FILLED, KEY_MASK, OPENING, State
from linewright.kernels.table import STORE
from linewright.ledger.remade import RemadeReader
from linewright.twin.checkpoints import load_fills, unpacked_state

__all__ = ["Checkpoints", "Whereabouts"]

#: States that are held at one time.
HELD = 2
#: One stay in a store: station, when it moved in, and its number there.
Stay = tuple[int, int, int]


class Checkpoints:
    """The states of a run.

    Parameters
    ----------
    reader, compiled
        The run, and its line.
    """

    def __init__(self, reader: RemadeReader, compiled: Compiled) -> None:
        self._reader, self._compiled = reader, compiled
        self._held: OrderedDict[int, State] = OrderedDict()

    def state(self, number: int, *, fills: bool = False) -> State:
        """Return the state at a checkpoint; it is shared, so change a copy only.

        Parameters
        ----------
        number
            From 0.
        fills
            Whether what lies on the carriers is wanted.

        Raises
        ------
        ValueError
            Another version laid it out.
        """
        key = number if fills else -1 - number
        if key not in self._held:
            state = unpacked_state(self._compiled.table, self._reader.checkpoint_data(number))
            if fills:
                self._lay(state, number)
            self._held[key] = state
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return self._held[key]

    def _lay(self, state: State, number: int) -> None:
        """Lay on the carriers what they hold, from the newest piece back to the one that told the last of them."""
        taken = np.zeros(len(state.fills), bool)
        wanted = []
        for carrier in self._compiled.table.carriers[: len(self._compiled.plant.carriers)]:
            trays = state.trays[int(carrier.tray0) : int(carrier.tray0 + carrier.count)]
            full = np.flatnonzero((trays["content"] == FILLED) & (trays["count"] > 0))
            wanted.append(int(carrier.fill0) + full * int(carrier.holds))
        places = np.concatenate(wanted) if wanted else np.zeros(0, np.int64)
        for piece in range(number, -1, -1):
            if taken[places].all():
                break
            load_fills(state, [self._reader.fill_data(piece)], taken)


@dataclass
class _Found:
    """Where the things that are looked for are in one state."""

    present: set[int]
    stays: dict[int, Stay]


class Whereabouts:
    """Finds the stretches in which something happened to a thing.

    Parameters
    ----------
    reader, compiled, facts
        The run, and its line.
    """

    def __init__(self, reader: RemadeReader, compiled: Compiled, facts: LineFacts) -> None:
        self.checkpoints = Checkpoints(reader, compiled)
        self._marks, self._compiled, self._facts = reader.marks, compiled, facts
        self._windows = reader.windows
        self._rolls = _rolls(compiled)

    def born(self, key: int) -> int:
        """Return the stretch in which a thing came into being; the first for what was made before the run, and for carriers."""
        kind, serial = key >> KIND_SHIFT, key & SERIAL_MASK
        if self._facts.kinds[kind].rank is Rank.CARRIER:
            return 0
        ends = [mark.serials[kind] for mark in self._marks[1:]]
        return min(int(np.searchsorted(np.array(ends), serial, side="right")), self._windows - 1)

    def lives(self, keys: Collection[int]) -> dict[int, list[int]]:
        """Return, for each thing, the stretches in which something was written about it, in order.

        A stretch is left out where the thing (or the carrier that it lies on) was in the same place of a store all the time: same station, same
        moment of moving in, same number there. One too many does no harm.
        """
        found: dict[int, list[int]] = {key: [] for key in keys}
        born = {key: self.born(key) for key in keys}
        alive: set[int] = set()
        before: _Found | None = None
        for window in range(min(born.values(), default=0), self._windows):
            new = {key for key in keys if born[key] == window}
            if not new and not alive:
                if all(b < window for b in born.values()):
                    break
                continue
            if before is None:
                before = self._look(window, alive | new)
            alive |= new
            after = self._look(window + 1, alive)
            for key in alive:
                stay = before.stays.get(key)
                if key in new or stay is None or stay != after.stays.get(key):
                    found[key].append(window)
            alive = {key for key in alive if key in after.present or self._facts.kinds[key >> KIND_SHIFT].rank is Rank.CARRIER}
            before = after if alive else None
        return found

    def stretches(self, stays: Collection[tuple[int, int, int]]) -> dict[int, set[int]]:
        """Return, for each stretch, the things about which something was written in it.

        Parameters
        ----------
        stays
            ``(key, first, last)``: a thing, and the first and last stretch that are asked for.
        """
        asked: dict[int, set[int]] = defaultdict(set)
        for key, first, last in stays:
            for window in range(first, last + 1):
                asked[window].add(key)
        found: dict[int, set[int]] = {}
        after, seen = _Found(set(), {}), -1
        for window in sorted(asked):
            before = after if seen == window else self._look(window, asked[window])
            seen = window + 1
            after = self._look(seen, asked[window] | asked.get(seen, set()))
            written = {key for key in asked[window] if key not in before.stays or before.stays[key] != after.stays.get(key)}
            if written:
                found[window] = written
        return found

    def _look(self, number: int, keys: Collection[int]) -> _Found:
        """Find things in the state at a checkpoint."""
        wanted = np.array(sorted(keys), np.int64)
        units = {key: carrier for key in keys if (carrier := self._carrier_of(key)) is not None}
        state = self.checkpoints.state(number, fills=bool(units))
        held = np.concatenate(
            [
                state.machines["item"], state.machines["give"], state.ring["item"], state.bins["item"], state.mounts["lot"], state.mounts["lot2"],
                state.cargo["item"], state.parts,
            ]
        )
        present = set(wanted[np.isin(wanted, held & KEY_MASK)].tolist()) | self._of_many(state, keys)
        stays = self._stays(state)
        found = {key: stays[key] for key in keys if key in stays}
        for key, carrier in self._lying(state, units).items():
            present.add(key)
            if carrier in stays:
                found[key] = stays[carrier]
        return _Found(present, found)

    def _of_many(self, state: State, keys: Collection[int]) -> set[int]:
        """Return things of which a state names only the first: lots of several rolls on one input, and what a machine has still to hand out."""
        ranges = []
        for mount, rolls in self._rolls:
            lot = int(state.mounts["lot"][mount]) & KEY_MASK
            if lot:
                ranges.append((lot, lot + rolls))
        for m in np.flatnonzero(state.machines["lanes"] > 0).tolist():
            machine, give = self._compiled.table.machines[m], int(state.machines["give"][m]) & KEY_MASK
            station = self._compiled.table.stations[int(machine.station)]
            ranges.append((give, give + int(state.machines["lanes"][m])))
            for k in range(int(state.machines["output"][m]) + 1, int(station.outs)):
                first = int(state.parts[int(machine.part0 + station.give0) + k]) & KEY_MASK
                ranges.append((first, first + int(self._compiled.table.outputs[int(station.out0) + k].amount)))
        return {key for key in keys if any(first <= key < last for first, last in ranges)}

    def _stays(self, state: State) -> dict[int, Stay]:
        """Return the stays in stores that last at a moment, by thing."""
        found: dict[int, Stay] = {}
        for number, station in enumerate(self._compiled.table.stations):
            if station.flow == STORE:
                row = state.machines[int(station.machine0)]
                at = (int(row.head) + np.arange(int(row.on))) % max(1, int(station.size)) + int(station.bin0)
                bins = state.bins[at]
                keys = (np.asarray(bins["item"]) & KEY_MASK).tolist()
                found.update(zip(keys, zip([number] * len(keys), bins["arrive"].tolist(), bins["n"].tolist(), strict=True), strict=True))
        return found

    def _carrier_of(self, key: int) -> int | None:
        """Return the number of the sort of carrier that a thing may lie on; None where none."""
        for c in range(len(self._compiled.plant.carriers)):
            if int(self._compiled.table.carriers[c].inner) == key >> KIND_SHIFT:
                return c
        return None

    def _lying(self, state: State, units: dict[int, int]) -> dict[int, int]:
        """Return the carrier that each unit lies on, given the sort of carrier; units that lie on none are left out."""
        found: dict[int, int] = {}
        for c in sorted(set(units.values())):
            carrier = self._compiled.table.carriers[c]
            first, holds = int(carrier.tray0), int(carrier.holds)
            trays = state.trays[first : first + int(carrier.count)]
            keys = {key & SERIAL_MASK: key for key, sort in units.items() if sort == c}
            fills = state.fills[int(carrier.fill0) : int(carrier.fill0) + int(carrier.count) * holds]
            places: NDArray[np.int64] = np.flatnonzero(np.isin(fills, np.array(sorted(keys), fills.dtype)))
            at = places // holds
            lies = (trays["content"][at] == FILLED) & (places % holds < trays["count"][at])
            for place, tray in zip(places[lies].tolist(), at[lies].tolist(), strict=True):
                found.setdefault(keys[int(fills[place])], self._key(carrier, tray, int(trays["round"][tray])))
            opening = self._facts.kinds[int(carrier.inner)].first_serial
            for serial, key in keys.items():
                tray = (serial - 1) // holds
                if key not in found and serial < opening and tray < len(trays) and trays["content"][tray] == OPENING:
                    found[key] = self._key(carrier, tray, 0)
        return found

    @staticmethod
    def _key(carrier: np.void, tray: int, rounds: int) -> int:
        return int(carrier["kind"]) << KIND_SHIFT | (tray + 1 + rounds * int(carrier["count"]))


def _rolls(compiled: Compiled) -> list[tuple[int, int]]:
    """Return the inputs that take several rolls at once: (number among the state's mounts, rolls)."""
    table, found = compiled.table, []
    for machine in table.machines:
        station = table.stations[int(machine.station)]
        for j in range(int(station.slots)):
            rolls = int(table.slots[int(station.slot0) + j].rolls)
            if rolls > 1:
                found.append((int(machine.mount0) + j, rolls))
    return found
