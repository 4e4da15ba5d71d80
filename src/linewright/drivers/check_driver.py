"""`check_driver`: does a driver keep its word? Anyone can run it on their own.

It opens the driver, sends the commands it is given, and tries what goes wrong in life: a connection that is cut before the acknowledgement,
a number that was never handed out, a command that is not known. It changes nothing but what the commands themselves change.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import numpy as np

from linewright.drivers.channel_curves import asked_curves
from linewright.drivers.driver import ChannelCurve, Connection, Driver, DriverError, Rows
from linewright.kernels.exchange_rows import COMMAND, COMMANDS, DONE, START

__all__ = ["Finding", "Trial", "check_driver"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is so, and what was seen."""

    rule: str
    is_kept: bool
    seen: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What the test works with.

    Parameters
    ----------
    commands
        Some commands (`COMMAND`), all of them known to the driver; a `start` must be answered with one `done`. Numbered from 1 where they are not.
    until_ns
        A time by which all are answered.
    tags
        Some of its signals; may be empty.
    wait
        Called before records are asked for; a real driver passes what lets its machines work (None: they are there at once).
    """

    commands: Rows
    until_ns: int
    tags: tuple[str, ...] = ()
    wait: Callable[[], Awaitable[None]] | None = None


async def check_driver(driver: Driver, trial: Trial) -> tuple[Finding, ...]:
    """Try one driver.

    Parameters
    ----------
    driver
        A driver that is not connected yet.
    trial
        The commands to try it with.

    Returns
    -------
    tuple of Finding
        One for each rule; the driver conforms where all are kept.

    Raises
    ------
    DriverError
        It could not be connected at all, so nothing could be tried.
    """
    found: list[Finding] = []
    await _opening(driver, found)
    _refusals(driver, found)
    commands = trial.commands.copy()
    if not commands["seq"].any():
        commands["seq"] = np.arange(1, len(commands) + 1)
    driver.send(commands)
    first = await _delivered(driver, trial)
    _order(trial, first, found)
    driver.send(commands)
    more = await _delivered(driver, trial)
    found.append(Finding("a command that comes again with its number is not obeyed twice", len(more) == 0, f"{len(more)} records came of it"))
    await _again(driver, trial, first, found)
    _signals(driver, trial, found)
    await _closing(driver, found)
    return tuple(found)


async def _delivered(driver: Driver, trial: Trial) -> Rows:
    if trial.wait is not None:
        await trial.wait()
    return driver.records(trial.until_ns)


async def _opening(driver: Driver, found: list[Finding]) -> None:
    m = driver.manifest
    known = [name for name in m.commands if name in COMMANDS[1:]]
    found.append(Finding("the manifest names driver, version and known commands", bool(m.name and m.version) and len(known) == len(m.commands) > 0,
                         f"{m.name} {m.version}: {', '.join(m.commands)}"))  # fmt: skip
    found.append(Finding("it is closed before it is opened", driver.connection is Connection.CLOSED, driver.connection.value))
    await driver.connect()
    age = driver.age_s()
    is_heard = driver.connection is Connection.CONNECTED and age is not None and age < 5 * m.period_s
    seen = f"{driver.connection.value}, heard {age} s ago, period {m.period_s} s"
    found.append(Finding("it is connected and heard after `connect`", is_heard, seen))
    when = driver.next_time()
    found.append(Finding("a real machine does not know the next record's time", not (m.is_real and when is not None), f"next_time {when}"))


def _refusals(driver: Driver, found: list[Finding]) -> None:
    for name in [n for n in COMMANDS[1:] if n not in driver.manifest.commands] or ["number 999"]:
        rows = np.zeros(1, COMMAND)
        rows["what"] = COMMANDS.index(name) if name in COMMANDS else 999
        try:
            driver.send(rows)
            found.append(Finding(f"command `{name}`, which it does not take, is refused by name", is_kept=False, seen="it was taken"))
        except DriverError as error:
            found.append(Finding(f"command `{name}`, which it does not take, is refused by name", name in str(error), str(error)))


def _order(trial: Trial, rows: Rows, found: list[Finding]) -> None:
    seq, t = rows["seq"], rows["t"]
    found.append(Finding("records are numbered without gaps", len(rows) > 0 and bool(np.all(np.diff(seq) == 1)), f"{len(rows)} records"))
    found.append(Finding("their times do not fall, nor lie beyond what was asked", bool(np.all(np.diff(t) >= 0) and np.all(t <= trial.until_ns)),
                         f"{t[:3].tolist()} ... {t[-3:].tolist()}"))  # fmt: skip
    starts = trial.commands[trial.commands["what"] == START]
    done = rows[rows["what"] == DONE]
    asked = sorted(zip(starts["station"].tolist(), starts["machine"].tolist(), starts["n"].tolist(), starts["item"].tolist(), strict=True))
    came = sorted(zip(done["station"].tolist(), done["machine"].tolist(), done["n"].tolist(), done["item"].tolist(), strict=True))
    found.append(Finding("each start is answered by one done, for the same item", asked == came, f"{len(asked)} asked, {len(came)} came"))


async def _again(driver: Driver, trial: Trial, first: Rows, found: list[Finding]) -> None:
    found.append(Finding("what was handed out is not handed out twice on one connection", len(driver.records(trial.until_ns)) == 0, ""))
    half = int(first["seq"][len(first) // 2]) if len(first) else 0
    if len(first):
        driver.acknowledge(half)
    drawn = _curves(driver, first[first["seq"] > half], found)
    try:
        driver.acknowledge(int(first["seq"][-1]) + 1 if len(first) else 1)
        found.append(Finding("a number that was never handed out cannot be acknowledged", is_kept=False, seen="it was taken"))
    except DriverError as error:
        found.append(Finding("a number that was never handed out cannot be acknowledged", is_kept=True, seen=str(error)))
    await driver.close()
    await driver.connect()
    second = await _delivered(driver, trial)
    rest = first[first["seq"] > half]
    found.append(Finding("after a cut, all that was not acknowledged comes again, the same", second.tobytes() == rest.tobytes(),
                         f"{len(rest)} wanted, {len(second)} came"))  # fmt: skip
    if drawn:
        again = {seq: asked_curves(driver, seq, ()) for seq in drawn}
        found.append(Finding("after a cut, the curves of its channels come again, the same", repr(again) == repr(drawn), f"of {len(drawn)} records"))
    if len(second):
        driver.acknowledge(int(second["seq"][-1]))
    await driver.close()
    await driver.connect()
    third = driver.records(trial.until_ns)
    found.append(Finding("what was acknowledged does not come again", len(third) == 0, f"{len(third)} came"))


def _curves(driver: Driver, rows: Rows, found: list[Finding]) -> dict[int, tuple[list[ChannelCurve | None], str]]:
    """Return what its channels drew in the works that some records end; empty where it has no channels."""
    if not hasattr(driver, "curves"):
        return {}
    drawn = {seq: asked_curves(driver, seq, ()) for seq in rows["seq"][rows["what"] == DONE].tolist()}
    wrong = [f"record {seq}: {why}" for seq, (_, why) in drawn.items() if why]
    found.append(Finding("curves are of numbers, as many as their times, which do not fall", not wrong, "; ".join(wrong[:3]) or f"{len(drawn)}"))
    return drawn


def _signals(driver: Driver, trial: Trial, found: list[Finding]) -> None:
    strange = [tag for tag in trial.tags if tag not in driver.tags]
    found.append(Finding("its signals are among its tags", not strange, ", ".join(strange or driver.tags[:3])))
    try:
        driver.signals(("no-such-station/1/nothing",), -1, trial.until_ns)
        found.append(Finding("an unknown tag is refused by name", is_kept=False, seen="it was taken"))
    except DriverError as error:
        found.append(Finding("an unknown tag is refused by name", "no-such-station/1/nothing" in str(error), str(error)))
    for tag, samples in driver.signals(trial.tags, -1, trial.until_ns).items():
        middle = trial.until_ns // 2
        late = driver.signals((tag,), middle, trial.until_ns)[tag]
        rising = bool(np.all(np.diff(samples.t) > 0)) and len(samples.t) == len(samples.values)
        cut = bool(np.all(late.t > middle)) and len(late.t) <= len(samples.t)
        found.append(Finding(f"samples of {tag} rise in time and begin after what was asked", rising and cut, f"{len(samples.t)} samples"))


async def _closing(driver: Driver, found: list[Finding]) -> None:
    await driver.close()
    await driver.close()
    found.append(Finding("it says that it is closed", driver.connection is Connection.CLOSED, driver.connection.value))
    try:
        driver.send(np.zeros(0, COMMAND))
        found.append(Finding("nothing can be sent while it is closed", is_kept=False, seen="it was taken"))
    except DriverError as error:
        found.append(Finding("nothing can be sent while it is closed", is_kept=True, seen=str(error)))
