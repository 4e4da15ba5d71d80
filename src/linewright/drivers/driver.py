"""The `Driver`: what everything that speaks to machines must do, emulated or real.

The life of one record: the machine makes it and numbers it (1, 2, 3 ...); `records` hands it out; the run commits it; `acknowledge` lets the
driver forget it. A record that was handed out and not acknowledged is handed out again after the next `connect`, with the same number and the
same content. So nothing is lost, and nothing counts twice where the receiver drops numbers it has seen.

The life of one command is the same the other way: the run numbers it (`seq`, rising through the run) and commits what it follows from; `send`
passes it on; a record answers it. A command that was not answered is sent again after the next `connect`, with the same number, and a machine
that has seen the number drops it. So no machine is told what the ledger does not know, and none does a thing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from linewright.kernels.exchange_rows import COMMANDS
from linewright.model.errors import LinewrightError

__all__ = ["ChannelCurve", "Connection", "CurveDriver", "Driver", "DriverError", "Manifest", "Rows", "Samples", "refuse_unknown"]

#: A structured array: `COMMAND` or `RECORD` of `kernels/exchange_rows.py`.
Rows: TypeAlias = NDArray[np.void]
#: What one channel drew of one unit: seconds from the work's begin, never falling, and values in SI of each signal of the channel; all float64 (k,).
ChannelCurve: TypeAlias = tuple[NDArray[np.float64], Mapping[str, NDArray[np.float64]]]


class DriverError(LinewrightError):
    """A machine, or the way to it, cannot do what was asked."""


class Connection(StrEnum):
    """Whether a driver hears its machines."""

    CLOSED = "closed"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a driver is and can.

    Parameters
    ----------
    name, version
        As in its `manifest.yaml`.
    is_real
        True where there is a machine at the other end: then line time is wall time, whatever else is wished.
    commands
        Names of the commands it takes, out of `COMMANDS`.
    period_s
        How often it is heard at least, while connected; silent for five of them means no data.
    about
        One sentence.
    """

    name: str
    version: str
    is_real: bool
    commands: tuple[str, ...]
    period_s: float = 1.0
    about: str = ""


@dataclass(frozen=True, slots=True)
class Samples:
    """Values of one signal: times in ns from the run's begin, rising, shape (n,), and values in SI, shape (n,)."""

    t: NDArray[np.int64]
    values: NDArray[np.float64]


class Driver(Protocol):
    """One driver; it may serve many machines.

    No method blocks: what takes long happens in the background or in `connect`. All are called by the run's asyncio loop, but `signals`, which any
    thread may call. A driver that loses its machines says so (`Connection.LOST`) and waits: the run calls `connect` again, as often as needed.
    """

    @property
    def manifest(self) -> Manifest:
        """What it is and can."""

    @property
    def connection(self) -> Connection:
        """Whether it hears its machines now."""

    @property
    def tags(self) -> tuple[str, ...]:
        """The signals it hands out, as ``station/machine/name`` or ``.../k`` (both from 1)."""

    async def connect(self) -> None:
        """Reach the machines, and hand out again what was not acknowledged. Raises DriverError when they cannot be reached."""

    async def close(self) -> None:
        """Let go of the machines. Twice does no harm."""

    def age_s(self) -> float | None:
        """Return the wall seconds since the machines were last heard; None when never."""

    def load_recipe(self, revision: int, set_points: Mapping[str, Sequence[float]]) -> None:
        """Make a recipe known by its number; keys are ``station/set-point``, values SI. A `set` command then names it."""

    def send(self, commands: Rows) -> None:
        """Send commands (`COMMAND`, in order of `seq`); a number that was sent before is not obeyed twice.

        Raises DriverError, naming each command it does not know, or where it is not connected; then none was sent.
        """

    def records(self, until_ns: int) -> Rows:
        """Return what happened up to and including `until_ns` and was not handed out since `connect` (`RECORD`, in order of `seq`)."""

    def acknowledge(self, seq: int) -> None:
        """Forget all records up to and including `seq`. Raises DriverError beyond what was ever handed out."""

    def next_time(self) -> int | None:
        """Return the time of the next record as far as it is known; None where only the machine knows."""

    def signals(self, tags: Sequence[str], since_ns: int, until_ns: int) -> dict[str, Samples]:
        """Return samples with `since_ns` < t <= `until_ns` of some of its `tags`.

        Raises DriverError, naming each tag it does not know.
        """


class CurveDriver(Driver, Protocol):
    """A driver of machines with channels, such as a cycler, that hands out what each of them drew (`per: channel` in the line file)."""

    def curves(self, seq: int) -> Sequence[ChannelCurve | None]:
        """Return what the channels drew in the work that the DONE record of that number ends, place by place; None where a place has nothing.

        All its samples, or as few points as it likes: the run thins them. It is asked once, when it hands out the record, and again after a cut; it
        keeps them until the record is acknowledged.
        """


def refuse_unknown(manifest: Manifest, commands: Rows) -> None:
    """Raise `DriverError` if the driver does not take one of the commands.

    Raises
    ------
    DriverError
        It names each, once, and the nearest that is known.

    Examples
    --------
    >>> import numpy as np
    >>> from linewright.kernels.exchange_rows import COMMAND, MAINTAIN
    >>> rows = np.zeros(2, COMMAND)
    >>> rows["what"] = MAINTAIN
    >>> refuse_unknown(Manifest("scale", "1", True, ("start", "set")), rows)
    Traceback (most recent call last):
    ...
    linewright.drivers.driver.DriverError: Driver `scale` takes no command `maintain`. It takes: set, start. Nothing was sent.
    """
    asked = [COMMANDS[w] if 0 < w < len(COMMANDS) else f"number {w}" for w in np.unique(commands["what"]).tolist()]
    unknown = [name for name in asked if name not in manifest.commands]
    if not unknown:
        return
    near = get_close_matches(unknown[0], manifest.commands, n=1)
    words = ", ".join(f"`{name}`" for name in unknown)
    hint = f" Nearest: `{near[0]}`." if near else ""
    known = ", ".join(sorted(manifest.commands))
    raise DriverError(f"Driver `{manifest.name}` takes no command {words}.{hint} It takes: {known}. Nothing was sent.")
