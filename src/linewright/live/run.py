"""`run`: a line, live. One asyncio loop lets line and machines go on, records what they do, and answers to people (docs/live.md)."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from linewright.ledger.disk import check_space
from linewright.ledger.errors import DiskLowError
from linewright.ledger.ledger import Ledger, RunInfo
from linewright.ledger.stores import open_ledger
from linewright.ledger.writer import now_us
from linewright.library.catalogue import installed_libraries
from linewright.live.choose_run import choose_run
from linewright.live.clock import MAX, LineClock
from linewright.live.line_of_run import make_ready, real_segments, refuse_what_real_machines_cannot
from linewright.live.live_run import LiveRun
from linewright.live.watch import BehindWatch
from linewright.model.errors import LinewrightError
from linewright.model.load import load_text
from linewright.model.plant import Plant

__all__ = ["MAX", "RunResult", "run"]

#: Wall seconds between two looks of the loop, and between two commits.
TICK_S, COMMIT_S = 0.05, 0.1
#: With real machines: between two looks, so that they do not wait for their next command; and the least pause, in which drivers listen.
TICK_REAL_S, LISTEN_S = 0.02, 0.002
#: Most line time of one step at `MAX`, at first; it is then set so that a step takes about `STEP_S` of wall time.
STEP_NS, STEP_S = 10_000_000_000, 0.05
STEP_LEAST_NS, STEP_MOST_NS = 1_000_000, 600_000_000_000
#: How often the disk is looked at, and from how far behind its clock the line says so [wall s].
DISK_S, BEHIND_S = 10.0, 2.0
#: How often a signal is heard before a run has begun until it is broken off rather than ended.
IMPATIENT = 3


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a live run ended.

    Parameters
    ----------
    run
        Its id in the ledger.
    line_s
        Line time reached, seconds from the run's begin.
    why
        ``until``, ``stopped``, or what an operator or the disk said.
    behind_s
        How far the line was behind its clock at the end [wall s].
    is_continued
        Whether it went on with an older run.
    """

    run: str
    line_s: float
    why: str
    behind_s: float
    is_continued: bool


async def run(
    plant: Plant,
    *,
    ledger: Ledger | Path,
    speed: float = 1.0,
    seed: int | None = None,
    continue_run: bool | None = None,
    until_s: float | None = None,
    on_ready: Callable[[LiveRun], None] | None = None,
    say: Callable[[str], None] = print,
    wanted_bytes: int | None = None,
    by_messages: bool = False,
) -> RunResult:
    """Run a line live until it is told to stop.

    Parameters
    ----------
    plant
        The line.
    ledger
        Where it is written.
    speed
        Line seconds in one wall second; `MAX` for as fast as it can.
    seed
        Key of all draws; None takes the file's, or the run's that goes on.
    continue_run
        True: go on with the newest run of this line, whatever changed in its file. False: begin a new run. None: go on where nothing changed.
    until_s
        Line time to stop at, seconds from the run's begin; None runs until it is stopped.
    on_ready
        Called once with the run when its first state is committed: hand `commands` and `feed` to the server there.
    say
        Tells the user what happens.
    wanted_bytes
        Free room below which the run stops; None is the ledger's.
    by_messages
        Whether emulated machines, too, are told and asked message by message, as real ones are; slower, and the same rows.

    Raises
    ------
    LinewrightError
        What stands in the way: a file with elements that have no behaviour yet, a changed file, a locked ledger, a full disk.
    """
    ledger = ledger if isinstance(ledger, Ledger) else open_ledger(ledger)
    with _signals() as asked:
        _check_disk(ledger, wanted_bytes)
        catalogue = installed_libraries()
        choice = choose_run(plant, ledger, lambda text: load_text(text, catalogue, is_completed=True), seed=seed, is_continued=continue_run)
        if until_s is not None and choice.run is not None:
            _refuse_past(choice.run, until_s)
        refuse_what_real_machines_cannot(speed, choice.plant)
        live = _open(choice.plant, choice.run, ledger, speed, seed, by_messages=by_messages)
        loop = _Loop(live, speed, until_s, say, lambda: _check_disk(ledger, wanted_bytes))
        with live:
            await live.machines.open()
            if choice.run is not None:
                live.go_on(choice.run)
                order = live.operator.kept.order.id
                say(f"{live.run_id} goes on at {live.reached_ns / 1e9:.0f} s of line time" + (f", order {order}" if order else ""))
            else:
                live.begin()
            try:
                await live.machines.reach(say)
                live.commit()
                asked.begun(live)
                if on_ready is not None and live.why_stopped is None:
                    on_ready(live)
                await loop.turn()
                why = live.why_stopped or "until"
                live.end(why)
            finally:
                await live.machines.leave()
    return RunResult(live.run_id, live.reached_ns / 1e9, why, loop.behind_s, choice.run is not None)


class _Loop:
    """The loop of one run: how far to go, when to commit, when to say something."""

    def __init__(self, live: LiveRun, speed: float, until_s: float | None, say: Callable[[str], None], check_disk: Callable[[], object]) -> None:
        self._live, self._speed, self._say, self._check_disk = live, speed, say, check_disk
        self._until_ns = None if until_s is None else round(until_s * 1e9)
        self._step_ns = STEP_NS
        self._behind = BehindWatch(BEHIND_S)
        self._has_met_clock = not live.is_real  # real machines went on while the run was away, so it begins behind
        self.behind_s = 0.0

    async def turn(self) -> None:
        """Let the line go on until it is asked to stop or its time has come."""
        live = self._live
        clock = LineClock(self._speed, now_us() * 1000 - live.begin_us * 1000 if live.is_real else live.reached_ns)
        tick_s = TICK_REAL_S if live.is_real else TICK_S
        disk_at = committed_at = time.monotonic()
        while live.why_stopped is None:
            began = time.monotonic()
            self._advance(clock)
            live.answer()
            now = time.monotonic()
            is_over = self._until_ns is not None and live.reached_ns >= self._until_ns
            if now - committed_at >= COMMIT_S or is_over or live.is_waiting:
                self._watch(clock)
                live.commit()
                committed_at = time.monotonic()
            if now - disk_at >= DISK_S:
                disk_at = now
                try:
                    self._check_disk()
                except DiskLowError as error:
                    self._say(str(error))
                    live.ask_to_stop("the disk is nearly full")
            if is_over:
                break
            is_late = clock.now() - live.reached_ns > self._step_ns
            pause_s = 0.0 if is_late else tick_s - (time.monotonic() - began)
            await asyncio.sleep(max(LISTEN_S if live.is_real else 0.0, pause_s))

    def _advance(self, clock: LineClock) -> None:
        """Go on to where the clock is, in steps that leave people and the server their turn."""
        live = self._live
        until = min(clock.now(), live.reached_ns + self._step_ns)
        if self._until_ns is not None:
            until = min(until, self._until_ns)
        until -= until % 1000  # whole microseconds, as the ledger stores them
        if until <= live.reached_ns:
            return
        began, before = time.perf_counter(), live.reached_ns
        live.advance(until)
        took = time.perf_counter() - began
        if live.reached_ns - before >= self._step_ns - 1000 or took > STEP_S:
            self._step_ns = next_step(self._step_ns, took)

    def _watch(self, clock: LineClock) -> None:
        live = self._live
        self.behind_s = clock.behind_s(live.reached_ns)
        self._has_met_clock = self._has_met_clock or self.behind_s < BEHIND_S
        if not self._has_met_clock:
            return
        changed = self._behind.look(self.behind_s)
        if changed:
            live.event("clock.behind", live.reached_ns, {"behind_s": round(self.behind_s, 3)})
            self._say(f"The line is {self.behind_s:.1f} s behind its clock: speed {self._speed:g} is more than this machine can do now.")
        elif changed is False:
            live.event("clock.caught-up", live.reached_ns, {"behind_s": round(self.behind_s, 3)})
            self._say("The line has caught up with its clock.")


def next_step(step_ns: int, took_s: float) -> int:
    """Return how far the next step may go, after one that went `step_ns` and took `took_s` of wall time: so far that it takes about `STEP_S`.

    Examples
    --------
    >>> next_step(1_000_000_000, 0.025), next_step(1_000_000_000, 10.0)
    (2000000000, 250000000)
    """
    ratio = min(2.0, max(0.25, STEP_S / max(took_s, 1e-6)))
    return max(STEP_LEAST_NS, min(int(step_ns * ratio), STEP_MOST_NS))


def _check_disk(ledger: Ledger, wanted_bytes: int | None) -> None:
    if wanted_bytes is None:
        check_space(ledger.folder)
    else:
        check_space(ledger.folder, wanted_bytes)


def _open(plant: Plant, info: RunInfo | None, ledger: Ledger, speed: float, seed: int | None, *, by_messages: bool) -> LiveRun:
    """Compile the line and open its run, a new one or one that goes on."""
    if info is not None:
        ready = make_ready(plant, info.seed or 0, info.begin_us)
        return LiveRun(ready, ledger.open_run(info.run), ledger.reader(info.run), speed, by_messages=by_messages)
    begin_us = plant.run.begin_us
    if begin_us is None:  # real machines know a run by its begin, so that no two have the same
        begin_us = now_us() if real_segments(plant) else now_us() // 1_000_000 * 1_000_000
    key = plant.run.seed if seed is None else seed
    ready = make_ready(plant, key, begin_us)
    writer = ledger.create_run(plant.text, plant.digest, "live", key, None if speed == MAX else speed, begin_us, plant.name)
    return LiveRun(ready, writer, ledger.reader(writer.run_id), speed, by_messages=by_messages)


def _refuse_past(info: RunInfo, until_s: float) -> None:
    """Refuse a time to stop at that the run has left behind."""
    reached_s = ((info.line_us or info.begin_us) - info.begin_us) / 1e6
    if until_s < reached_s:
        raise LinewrightError(
            f"{info.run} is at {reached_s:.10g} s of line time already, past the {until_s:.10g} s of --until, which counts from the run's begin. "
            "Ask for a later time, leave --until out, or begin a new run with --new. Nothing was run."
        )


class _Asked:
    """What a signal asked for: the run ends cleanly, also where it came before the run had begun."""

    def __init__(self) -> None:
        self._live: LiveRun | None = None
        self._before: list[str] = []

    def hear(self, number: int, frame: object) -> None:
        """Take one signal. Who asks a third time before the run has begun (kernels are compiled then) does not want to wait."""
        del frame
        why = f"stopped by {'Ctrl-C' if number == signal.SIGINT else 'SIGTERM'}"
        if self._live is not None:
            self._live.ask_to_stop(why)
            return
        self._before.append(why)
        if len(self._before) >= IMPATIENT:
            raise KeyboardInterrupt

    def begun(self, live: LiveRun) -> None:
        """From now on tell the run; what was asked for before, it is told now."""
        self._live = live
        for why in self._before:
            live.ask_to_stop(why)


@contextlib.contextmanager
def _signals() -> Iterator[_Asked]:
    """Let Ctrl-C and SIGTERM end the run cleanly while this lasts."""
    asked, before = _Asked(), {}
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            before[number] = signal.signal(number, asked.hear)
        except ValueError:
            break  # not the main thread (a test): whoever runs it asks to stop otherwise
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
