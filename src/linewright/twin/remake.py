"""`answered`: a question about a run that was kept as checkpoints, with what it needs made again on the way.

From the state before a stretch the calendar computes the stretch anew, with rows; the recorder makes of them what it would have made of them in the
run. Rows of webs and lots are few and all written; of units and carriers those alone that are asked for. The state at the end of each stretch must be
the one that was kept, to the last bit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from linewright.control.compile import compile_plant
from linewright.genealogy.before import ITEM_MASK
from linewright.genealogy.facts import Rank
from linewright.genealogy.faulted import faults_held
from linewright.genealogy.line_facts import held_on_carriers, line_facts
from linewright.genealogy.record import Recorder
from linewright.kernels.calendar import ROWS, UNTIL, advance, rows_needed
from linewright.kernels.rows import KIND_SHIFT, new_rows
from linewright.kernels.state import KEY_MASK, State, copy_state
from linewright.kernels.table import BULK
from linewright.ledger.errors import LedgerError
from linewright.ledger.remade import Along, Life, Looked, Need, RemadeReader, Stay, Window
from linewright.ledger.remade_writer import MOST_BYTES, RemadeWriter, open_beside
from linewright.library.catalogue import installed_libraries
from linewright.model.errors import LinewrightError
from linewright.model.load import load_text
from linewright.twin.checkpoints import BESIDE
from linewright.twin.narrowed import Narrowed
from linewright.twin.whereabouts import Whereabouts

__all__ = ["OtherResultError", "Remaker", "answered"]

Answer = TypeVar("Answer")
#: Told what share of a piece of work is done, and how many events it has in all.
Progress = Callable[[float, int], object]
#: Rows of each kind that are held before they are written.
ROOM = 65536
#: Ranks of things that are made by the million.
MANY = frozenset({Rank.UNIT, Rank.CARRIER})
#: Columns that only the writing of rows changes.
OF_ROWS = {"machines": ("shown", "shown_reason"), "trays": ("dirty",), "head": ("keep",)}


class OtherResultError(LinewrightError):
    """What was computed again is not what the run has kept.

    Parameters
    ----------
    run
        The run.
    why
        What differs.
    """

    def __init__(self, run: str, why: str) -> None:
        self.run = run
        super().__init__(
            f"Items of {run} cannot be made again: {why}. It was written by another version of Linewright, or its process models have changed since. "
            "Read it with that version, or simulate its line anew."
        )


def answered(
    reader: RemadeReader,
    ask: Callable[[], Answer],
    progress: Progress | None = None,
    *,
    remaker: Remaker | None = None,
    most_bytes: int = MOST_BYTES,
) -> Answer:
    """Return the answer to a question, and make again what it needs.

    Parameters
    ----------
    reader
        The run.
    ask
        Asks it of this reader; called again whenever more has been made again.
    progress
        Called on the way.
    remaker
        Of this reader, where one is at hand: it holds the compiled line.
    most_bytes
        What was made again before is forgotten where its file has grown beyond this.

    Raises
    ------
    OtherResultError
        This version computes the run otherwise.
    LockedError
        Another process makes items of this run again.
    """
    limit: int | None = most_bytes
    while True:
        reader.lacking.clear()
        try:
            found = ask()
        except LinewrightError:
            if all(isinstance(need, Window) for need in reader.lacking):  # the newest webs are no help to who asks for what is not there
                raise
        else:
            if not reader.lacking:
                return found
        remaker = Remaker(reader) if remaker is None else remaker
        wanted = remaker.first_of(reader.lacking)
        remaker.make(wanted, progress, limit)
        limit = None  # what this question has had made again stays till it is answered
        if not all(reader.has(need) for need in wanted):
            raise LedgerError(f"{reader.kept}: what was made again is not there. Take {reader.path} away, and ask again")


class Remaker:
    """Makes rows of a run again.

    Parameters
    ----------
    reader
        The run.
    """

    def __init__(self, reader: RemadeReader) -> None:
        header = reader.header()
        self._reader, self._run = reader, header.run
        plant = load_text(reader.plan_text(), installed_libraries(), header.name, is_completed=True)
        self._compiled = compile_plant(plant, begin_us=header.begin_us)
        firsts = reader.marks[0].serials
        if len(firsts) != len(self._compiled.table.kinds):
            raise OtherResultError(self._run, f"its line has {len(self._compiled.table.kinds)} kinds of things here, and had {len(firsts)}")
        self._facts = line_facts(self._compiled, header.seed or 0, int(reader.fact("replication") or 0), firsts)
        makers = [s for s in self._facts.stations if s.kind >= 0]
        self._in_units = {i.kind for s in makers for i in s.inputs if self._facts.kinds[s.kind].rank in MANY}
        self._drawn = {i.kind for s in makers for i in s.inputs if i.is_bulk}
        self._where = Whereabouts(reader, self._compiled, self._facts)
        self._rows = new_rows(max(ROOM, rows_needed(self._compiled.table)))

    def first_of(self, needs: Collection[Need]) -> list[Need]:
        """Return what of many needs comes first: on which carriers a unit lay is only known when its own rows are there."""
        first: list[Need] = []
        later: list[Need] = []
        for need in needs:
            (later if isinstance(need, Stay) or (isinstance(need, Life) and self._rank(need.key) is Rank.CARRIER) else first).append(need)
        return first or later

    def make(self, needs: Collection[Need], progress: Progress | None = None, most_bytes: int | None = None) -> None:
        """Make again what is needed; what was made again before is forgotten where its file has more bytes than `most_bytes`."""
        with open_beside(self._reader, most_bytes) as writer:
            self._reader.reopen()
            plan = self._planned(needs)
            work = _Work(progress, self._reader, plan)
            done: list[int] = []
            for windows in plan.runs():
                done += self._make(windows, plan, writer, work)
            writer.made(needs, done, self._reader)
            writer.commit()
            work.end()
        self._reader.reopen()

    # ---- which stretches

    def _rank(self, key: int) -> Rank:
        return self._facts.kinds[key >> KIND_SHIFT].rank

    def _planned(self, needs: Collection[Need]) -> _Plan:
        """Return which stretches are made, and of which units, carriers, and lots in units the rows are written in each."""
        plan = _Plan()
        lives = [need.key for need in needs if isinstance(need, Life)]
        plan.drawn = {key for key in lives if key >> KIND_SHIFT in self._drawn}
        for key, windows in self._where.lives(lives).items():
            of_units = self._rank(key) in MANY or key >> KIND_SHIFT in self._in_units
            for window in windows:
                if of_units:
                    plan.keys[window].add(key)
                elif key in plan.drawn or not self._reader.has(Window(window)):
                    plan.keys[window] |= set()
        for key, windows in self._where.lives([need.key for need in needs if isinstance(need, Along)]).items():
            for window in windows:
                plan.webs[window].add(key)
                plan.keys[window] |= set()
        at = self._reader.window_at
        for window, keys in self._where.stretches([(n.key, at(n.from_us), at(n.to_us)) for n in needs if isinstance(n, Stay)]).items():
            plan.keys[window] |= keys
        for need in needs:
            if isinstance(need, Looked):
                for window in self._looked(need):
                    plan.keys[window] |= set()
            elif isinstance(need, Window):
                plan.keys[need.number] |= set()
        return plan

    def _looked(self, need: Looked) -> list[int]:
        """Return the stretches that tell what lay on a machine: that of the moment, and those in which what lay there was put on."""
        path, _, number = need.machine.rpartition("/")
        at = self._reader.window_at(need.at_us)
        station = self._compiled.table.stations[self._compiled.stations.index(path)]
        machine = self._compiled.table.machines[int(station.machine0) + int(number) - 1]
        wanted = {at}
        for j in range(int(station.slots)):
            slot, lot, back = self._compiled.table.slots[int(station.slot0) + j], 0, at
            while back > 0:
                mount = self._where.checkpoints.state(back).mounts[int(machine.mount0) + j]
                lot = int(mount.lot2 if slot.kind == BULK and mount.rest2 > 0 else mount.lot) & KEY_MASK
                if lot:
                    break
                back -= 1
            wanted |= set(range(back, at))
            if lot:
                born, is_bought = self._where.born(lot), self._facts.kinds[lot >> KIND_SHIFT].is_bought
                wanted |= {born} if is_bought else set(range(born, back))
        return [w for w in sorted(wanted) if not self._reader.has(Window(w))]

    # ---- making

    def _make(self, windows: list[int], plan: _Plan, writer: RemadeWriter, work: _Work) -> list[int]:
        """Make stretches that follow each other; return those that were made.

        What of a batch lies in a pipe at the end reaches the next web: where the batch was asked for, that is made too.
        """
        begin = window = self._begin_of(windows, plan)
        state = copy_state(self._where.checkpoints.state(begin, fills=bool(self._compiled.plant.carriers)))
        state.head[0].keep = 1
        writer.begin_window(None)
        recorder = Recorder(self._facts, writer, measured=lambda web: web & ITEM_MASK in plan.webs.get(window, ()))
        held = held_on_carriers(self._compiled, state)
        saved = {"serials": [], "pipes": self._pipes(begin) or [], "alarms": [], "missing": []}
        recorder.restore(saved, held, faults_held(state))
        narrowed, done = Narrowed(self._facts, recorder, writer), []
        while window <= windows[-1] or (window < self._reader.windows and plan.drawn & _in_pipes(recorder)):
            is_written = window >= windows[0]
            writer.begin_window(window if is_written else None)
            is_new = window in plan.webs or not self._reader.has(Window(window))
            narrowed.begin_window(plan.keys.get(window, set()) if is_written else (), few=is_written and is_new)
            self._advance(state, self._reader.marks[window + 1].ns, narrowed, work)
            window += 1
            self._check(state, window)
            if is_written:
                done.append(window - 1)
        return done

    def _begin_of(self, windows: list[int], plan: _Plan) -> int:
        """Return the checkpoint to begin with: an earlier one where what lies in the pipes then does not follow from its state."""
        begin = windows[0]
        if plan.drawn or not all(self._reader.has(Window(w)) for w in windows):
            while self._pipes(begin) is None:
                begin -= 1
        return begin

    def _pipes(self, number: int) -> list[object] | None:
        """Return what lies in the pipes between batches and webs at a checkpoint, for `Recorder.restore`; None where its state does not tell.

        A pipe is full of what was drawn last. As long as that was all of one batch, how much of it has been drawn tells it.
        """
        if number == 0:
            return []
        found: list[object] = []
        state, first = self._where.checkpoints.state(number), self._where.checkpoints.state(0)
        for n, station in enumerate(self._facts.stations):
            delay = station.web.delay_ml if station.web is not None else 0
            slots = [j for j, i in enumerate(station.inputs) if i.is_bulk]
            if not delay or not slots:
                continue
            row = self._compiled.table.stations[n]
            for m in range(int(row.count)):
                at = int(row.machine0) + m
                if state.machines["k"][at] == first.machines["k"][at]:
                    continue  # it has drawn nothing yet
                mount = state.mounts[int(self._compiled.table.machines[at].mount0) + slots[0]]
                drawn, lot = int(mount.at), int(mount.lot) & KEY_MASK
                if len(slots) > 1 or drawn < delay:
                    return None
                found.append([n, m, [(lot, drawn - delay, drawn)]])
        return found

    def _advance(self, state: State, until_ns: int, narrowed: Narrowed, work: _Work) -> None:
        """Compute one stretch with rows."""
        begun = int(state.head[0].events)
        while True:
            reason = int(advance(self._compiled.table, state, self._rows, until_ns))
            narrowed.take(self._rows)
            work.did(int(state.head[0].events) - begun)
            begun = int(state.head[0].events)
            if reason == UNTIL:
                return
            if reason != ROWS:
                raise OtherResultError(self._run, "it stands still where it went on")

    def _check(self, state: State, number: int) -> None:
        """Refuse a state that is not the one that was kept."""
        for name, mine, theirs in zip(State._fields, state, self._where.checkpoints.state(number), strict=True):
            if name in BESIDE or name == "agenda":  # the order in which stations were looked at last is not where the line stands
                continue
            a, b = np.asarray(mine), np.asarray(theirs)
            for column in a.dtype.names or ("",):
                is_same = column in OF_ROWS.get(name, ()) or np.array_equal(a[column] if column else a, b[column] if column else b)
                if not is_same:
                    at = f"{self._reader.marks[number].ns / 1e9:g} s"
                    raise OtherResultError(self._run, f"after {at} of line time it stands elsewhere ({f'{name} {column}'.rstrip()})")


@dataclass
class _Plan:
    """What is made.

    Parameters
    ----------
    keys
        By stretch: the units, carriers and lots in units whose rows are written; webs and lots are written always.
    webs
        By stretch: the webs of which it is written what was measured along them.
    drawn
        Batches that were asked for: what of them lies in a pipe reaches a web later.
    """

    keys: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    webs: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    drawn: set[int] = field(default_factory=set)

    def runs(self) -> list[list[int]]:
        """Return the stretches, those that follow each other together."""
        found: list[list[int]] = []
        for window in sorted(self.keys):
            if found and found[-1][-1] == window - 1:
                found[-1].append(window)
            else:
                found.append([window])
        return found


class _Work:
    """How much is done of a piece of work, in events."""

    def __init__(self, progress: Progress | None, reader: RemadeReader, plan: _Plan) -> None:
        self._progress = progress
        marks = reader.marks
        self._all = max(1, sum(marks[w + 1].events - marks[w].events for w in plan.keys))
        self._done = 0
        self.did(0)

    def end(self) -> None:
        """Say that all is done."""
        self.did(self._all - self._done)

    def did(self, events: int) -> None:
        """Note what was done."""
        self._done += events
        if self._progress is not None:
            self._progress(min(1.0, self._done / self._all), self._all)


def _in_pipes(recorder: Recorder) -> set[int]:
    """Return the batches of which something lies in a pipe."""
    return {batch for _, _, pipe in recorder.saved()["pipes"] for batch, _, _ in pipe}
