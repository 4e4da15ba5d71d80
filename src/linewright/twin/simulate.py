"""`simulate`: a line as fast as the computer can, item by item."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from linewright.control.alarms import alarm_rules
from linewright.control.compile import Compiled, compile_plant
from linewright.control.fill import open_line
from linewright.control.opening import opening_of
from linewright.control.standstill import standstill_of
from linewright.genealogy.line_facts import line_facts, opening_carriers
from linewright.genealogy.record import Recorder
from linewright.kernels.calendar import ROWS, UNTIL, advance, finish, rows_needed
from linewright.kernels.rows import Rows, new_rows
from linewright.kernels.state import State
from linewright.ledger.disk import check_space
from linewright.ledger.errors import LedgerError
from linewright.ledger.ledger import Ledger
from linewright.ledger.writer import RunWriter
from linewright.measures.fleets import fleet_figures, fleet_tally
from linewright.measures.line_figures import LineFiguresSampler
from linewright.measures.line_sample import LineSampler
from linewright.measures.order_watch import OrderWatch
from linewright.measures.tally import open_work, tally_of
from linewright.model.errors import LinewrightError
from linewright.model.plant import Plant
from linewright.twin.checkpoints import Keeper, every_ns
from linewright.twin.evaluator import Choice, choose, fast_evaluator
from linewright.twin.result import Result

__all__ = ["Before", "Keep", "Looks", "Simulation", "go_on", "simulate"]

#: Line time between samples of the whole line.
SAMPLE_NS = 60_000_000_000
#: Line time of the first call of the kernel; each next one is set so that it takes about `STEP_S` of wall time, for Ctrl-C is heard between calls.
STEP_NS, STEP_S = 1_000_000, 0.1
#: How often the disk is looked at while rows are kept [wall s].
DISK_S = 10.0
#: How often stations that wait for ever are looked for [wall s].
LOOK_S = 1.0
#: Rows of each kind that are held before they are written.
ROOM = 65536


class Keep(StrEnum):
    """What a simulation writes besides its figures."""

    NONE = "none"
    CHECKPOINTS = "checkpoints"
    ALL = "all"


class Simulation:
    """A line that is simulated piece by piece.

    Parameters
    ----------
    compiled
        The line.
    state
        Where it stands; changed as it goes on.
    take
        What is done with the rows when their buffers are full; None where the state keeps none.
    """

    def __init__(self, compiled: Compiled, state: State, take: Callable[[Rows], object] | None = None) -> None:
        self.compiled, self.state = compiled, state
        self.rows = new_rows(max(ROOM, rows_needed(compiled.table)) if take else rows_needed(compiled.table))
        self._take = take
        self._step_ns = STEP_NS
        self._looked = time.perf_counter()
        self.choice = choose(compiled, state)
        self._fast = fast_evaluator(compiled, self.choice)

    def advance(self, until_ns: int, passed: Callable[[int], object] | None = None) -> bool:
        """Let all happen that happens before a time. Returns False where part of the line can never go on (`standstill_of` says which).

        Parameters
        ----------
        until_ns
            Line time, ns.
        passed
            Called on the way with the line time that is reached, ns.

        Notes
        -----
        The kernel is stopped on the way, often enough that Ctrl-C is heard. Where it is stopped changes nothing, and rows are taken where they
        were taken without a stop: when their buffers are full, and at the end.
        """
        at = int(self.state.head[0].now)
        while True:
            aim, began = min(at + self._step_ns, until_ns), time.perf_counter()
            reason = self._evaluate(aim)
            took = time.perf_counter() - began
            if reason == ROWS:
                self._flush()
                continue
            if aim - at == self._step_ns or took > STEP_S:  # a short last piece says little about the next
                self._step_ns = next_step(self._step_ns, took)
            at = aim
            if reason != UNTIL or at >= until_ns or self._looks_dead():
                break
            if passed is not None:
                passed(at)
        self._flush()
        if passed is not None:
            passed(at)
        return bool(reason == UNTIL and standstill_of(self.compiled, self.state) is None)

    def _looks_dead(self) -> bool:
        """Look, once a second of wall time, for stations that wait for ever."""
        if time.perf_counter() - self._looked < LOOK_S:
            return False
        self._looked = time.perf_counter()
        return standstill_of(self.compiled, self.state) is not None

    def _evaluate(self, until_ns: int) -> int:
        if self._fast is not None:
            return self._fast.advance(self.state, until_ns)
        return int(advance(self.compiled.table, self.state, self.rows, until_ns))

    def finish(self) -> None:
        """Write what is known only at the end."""
        finish(self.compiled.table, self.state, self.rows)
        self._flush()

    def _flush(self) -> None:
        if self._take is not None:
            self._take(self.rows)
        self.rows.count[:] = 0


def next_step(step_ns: int, took_s: float) -> int:
    """Return how far the next call of the kernel goes, after one that went `step_ns` and took `took_s` of wall time.

    Examples
    --------
    >>> next_step(1_000_000, 0.05), next_step(1_000_000, 0.0001), next_step(1_000_000, 2.0), next_step(10, 100.0)
    (2000000, 8000000, 125000, 1)
    """
    ratio = min(8.0, max(0.125, STEP_S / max(took_s, 1e-6)))
    return max(1, int(min(step_ns * ratio, 1e18)))


def simulate(
    plant: Plant,
    *,
    until_s: float | None = None,
    seed: int | None = None,
    replication: int = 0,
    keep: Keep | str = Keep.NONE,
    ledger: Ledger | None = None,
    start: State | None = None,
    looks: Looks | None = None,
    progress: Callable[[float], object] | None = None,
) -> Result:
    r"""Simulate a line.

    Parameters
    ----------
    plant
        The line.
    until_s
        Line time, s; None takes the file's.
    seed, replication
        Key of all draws; None takes the file's seed.
    keep
        ``all`` writes every visit, state, edge and value as a run of `ledger`; ``checkpoints`` writes a state a day, from which any item is made
        again when it is asked for (`twin.remake`); ``none`` counts only.
    ledger
        Where the run goes; needed for all but ``none``.
    start
        A state to go on from instead of the line's own; its seed holds. It is changed.
    looks
        What is looked at on the way.
    progress
        Called now and then with the share that is done.

    Returns
    -------
    Result
        Throughput, OEE, yield, work in progress, of each station and of the line.

    Raises
    ------
    NotYetError
        The file asks for something that has no behaviour yet.
    LinewrightError
        The line cannot run: nothing can ever happen in it.

    Examples
    --------
    >>> from linewright.library.catalogue import installed_libraries
    >>> from linewright.model.load import load_text
    >>> line = "line: two\nproduct: part\nstations:\n  cut: {time: 2 s}\n  bend: {time: 1 s}\n"
    >>> simulate(load_text(line, installed_libraries()), until_s=100).made
    49
    """
    until_ns = round((plant.run.until_s if until_s is None else until_s) * 1e9)
    if until_ns <= 0:
        raise LinewrightError(f'A simulation needs some line time; {until_s} s was asked for. Say how long, such as --until "1 day".')
    compiled = compile_plant(plant)
    kept = Keep(keep)
    key = plant.run.seed if seed is None else seed
    state = open_line(compiled, key, replication) if start is None else start
    state.head[0].keep = int(kept is Keep.ALL)
    if kept is Keep.NONE:
        return _counted(compiled, state, until_ns, looks or NO_LOOKS, progress)
    if ledger is None:
        raise LinewrightError(f"keep {kept}: what a simulation keeps goes into a ledger, and none was given.")
    if kept is Keep.CHECKPOINTS and not ledger.keeps_checkpoints:
        raise LinewrightError(f"{ledger.where}: a database keeps rows, no checkpoints to make items again from. Say --keep all, or name a folder.")
    check_space(ledger.folder)
    with (
        ledger.create_run(plant.text, plant.digest, "twin", int(state.head[0].seed), None, compiled.begin_us, plant.name) as writer,
        _ended_however(writer, compiled.begin_us),
    ):
        return (_kept if kept is Keep.ALL else _checkpointed)(compiled, state, writer, until_ns, looks or NO_LOOKS, progress)


@contextlib.contextmanager
def _ended_however(writer: RunWriter, begin_us: int) -> Iterator[None]:
    """Note in the run that it was stopped (Ctrl-C) or failed: a simulation is not gone on with, so it must not stay open."""
    try:
        yield
    except BaseException as error:
        outcome, why = ("stopped", "stopped by Ctrl-C") if isinstance(error, KeyboardInterrupt) else ("failed", str(error) or type(error).__name__)
        try:
            writer.rollback()
            reached_us = writer.reached_us()
            writer.event("run.stopped", reached_us, {"why": why, "line_ns": (reached_us - begin_us) * 1000})
            writer.end(outcome)
        except (LedgerError, sqlite3.Error) as second:  # a full disk takes no note either: what stopped it matters more
            error.add_note(f"The run's end could not be noted: {second}")
        raise


class Before:
    """What a line had done before the time that is asked about.

    Parameters
    ----------
    compiled, state
        The line, where it stands now.
    """

    def __init__(self, compiled: Compiled, state: State) -> None:
        self._tally, self._fleets = tally_of(compiled, state), fleet_tally(compiled, state)

    def result(self, compiled: Compiled, state: State, choice: Choice, run_id: str | None = None) -> Result:
        """Return what it has done since."""
        tally = tally_of(compiled, state) - self._tally
        fleets = tuple(now - then for now, then in zip(fleet_tally(compiled, state), self._fleets, strict=True))
        return Result(compiled, tally, state, choice, run_id, fleet_figures(compiled, fleets))


def _counted(compiled: Compiled, state: State, until_ns: int, looks: Looks, progress: Callable[[float], object] | None) -> Result:
    begin = int(state.head[0].now)
    looks.begin(compiled, state)
    run = Simulation(compiled, state)
    before = Before(compiled, state)
    looks.go_on(run, until_ns, None if progress is None else lambda at: progress((at - begin) / (until_ns - begin)))
    return before.result(compiled, state, run.choice)


def _kept(  # noqa: PLR0917 - a run and where it goes
    compiled: Compiled, state: State, writer: RunWriter, until_ns: int, looks: Looks, progress: Callable[[float], object] | None
) -> Result:
    """Simulate and write everything: rows through the recorder, a sample a minute."""
    facts = line_facts(compiled, int(state.head[0].seed), int(state.head[0].replication), state.serials)
    recorder = Recorder(facts, writer, alarm_rules(compiled.plant))
    recorder.begin(opening_carriers(opening_of(compiled)))
    watch = OrderWatch(compiled)
    watch.begin(state)
    for change in watch.stored() if int(state.head[0]["now"]) == 0 else ():
        writer.event(change.kind, compiled.begin_us, change.body)
    samples = _Samples(compiled, state, writer, until_ns)
    looks.begin(compiled, state)
    run = Simulation(compiled, state, recorder.record)
    before, begin = Before(compiled, state), int(state.head[0].now)
    samples.begin()
    at, looked_at = begin, time.monotonic()
    while at < until_ns:
        at = min(at + SAMPLE_NS, until_ns)
        if time.monotonic() - looked_at >= DISK_S:
            check_space(writer.path.parent)
            looked_at = time.monotonic()
        looks.go_on(run, at)
        line_us = compiled.begin_us + at // 1000
        if at == until_ns:
            run.finish()
        recorder.passed(line_us)
        for change in watch.look(state):
            writer.event(change.kind, compiled.begin_us + change.at_ns // 1000, change.body)
        samples.take(at)
        if progress is not None:
            progress((at - begin) / (until_ns - begin))
    samples.end()
    return before.result(compiled, state, run.choice, writer.run_id)


def _checkpointed(  # noqa: PLR0917 - a run and where it goes
    compiled: Compiled, state: State, writer: RunWriter, until_ns: int, looks: Looks, progress: Callable[[float], object] | None
) -> Result:
    """Simulate and keep a state now and then, with a sample of the line."""
    keeper = Keeper(compiled, state, writer)  # before the first look, which writes rows
    samples = _Samples(compiled, state, writer, until_ns)
    keeper.save()
    looks.begin(compiled, state)
    run = Simulation(compiled, state)
    before, begin = Before(compiled, state), int(state.head[0].now)
    samples.begin()
    step, at = every_ns(until_ns - begin), begin
    while at < until_ns:
        at = min(at + step, until_ns)
        check_space(writer.path.parent)
        looks.go_on(run, at, None if progress is None else lambda reached: progress((reached - begin) / (until_ns - begin)))
        keeper.save()
        samples.take(at)
    samples.end()
    return before.result(compiled, state, run.choice, writer.run_id)


class _Samples:
    """Samples of the whole line, and the events at the run's begin and end."""

    def __init__(self, compiled: Compiled, state: State, writer: RunWriter, until_ns: int) -> None:
        self._compiled, self._state, self._writer, self._until_ns = compiled, state, writer, until_ns
        started = {"speed": None, "seed": int(state.head[0].seed), "start": compiled.plant.run.start.value, "line_ns": 0}
        writer.event("run.started", compiled.begin_us, started)
        numbers = {path: n for n, path in enumerate(compiled.stations)}
        self._sampler = LineSampler(compiled.plant, compiled.table, numbers, compiled.reasons, compiled.begin_us)
        self._figures = LineFiguresSampler(compiled, self._sampler)

    def begin(self) -> None:
        """Count from here."""
        self._sampler.begin_count(self._state)
        self._figures.begin_count(self._state)

    def take(self, at_ns: int) -> None:
        """Write a sample, and commit all that was written."""
        line_us = self._compiled.begin_us + at_ns // 1000
        stations = self._sampler.stations(self._state)
        is_over = at_ns >= self._until_ns
        body = {"v": 1, "speed": "max", "state": "ended" if is_over else "running", "since_us": self._sampler.since_us, "stations": stations}
        body |= self._figures.body(self._state, stations)
        self._writer.sample(line_us, json.dumps(body, separators=(",", ":"), ensure_ascii=False))
        self._writer.commit(line_us=line_us)

    def end(self) -> None:
        """Say that the run is over."""
        end_us = self._compiled.begin_us + self._until_ns // 1000
        self._writer.fact("open", open_work(self._compiled.table, self._state))
        self._writer.event("run.stopped", end_us, {"why": "its time is over", "line_ns": self._until_ns})
        self._writer.end("done", end_us)


def go_on(run: Simulation, until_ns: int, passed: Callable[[int], object] | None = None) -> None:
    """Let a line go on up to a time, ns. Raises LinewrightError where part of it can never go on: which stations, since when, why."""
    if run.advance(until_ns, passed):
        return
    stands = standstill_of(run.compiled, run.state)
    at = f"{int(run.state.head[0].now) / 1e9:.6g} s"
    raise LinewrightError(
        f"{run.compiled.plant.name}: {stands.text if stands else f'after {at} nothing can happen any more: all wait for each other.'}"
    )


class Looks:
    """What is looked at on the way of a simulation; where it is stopped for that changes nothing.

    Parameters
    ----------
    at_ns
        Line times, besides the begin.
    look
        Called at the begin and at each of these; it changes nothing.
    """

    def __init__(self, at_ns: Iterable[int], look: Callable[[Compiled, State], object] | None) -> None:
        self._at, self._look = sorted(set(at_ns)), look

    def begin(self, compiled: Compiled, state: State) -> None:
        """Look at the begin."""
        if self._look is not None:
            self._look(compiled, state)

    def go_on(self, run: Simulation, until_ns: int, passed: Callable[[int], object] | None = None) -> None:
        """Let a line go on up to a time, and look on the way. Raises LinewrightError as `go_on`."""
        now = int(run.state.head[0].now)
        for at in self._at:
            if now < at <= until_ns:
                go_on(run, at, passed)
                if self._look is not None:
                    self._look(run.compiled, run.state)
        if int(run.state.head[0].now) < until_ns:
            go_on(run, until_ns, passed)


#: A simulation that nobody looks at.
NO_LOOKS = Looks((), None)
