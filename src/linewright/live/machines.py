"""`Machines`: who serves the stations of a run: the emulated plant, and a link for each real driver; reached, kept and let go of together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from linewright.drivers.driver import Connection, Driver, DriverError, Samples
from linewright.drivers.emulated.plant import EmulatedPlant
from linewright.live.link import Link
from linewright.live.watch import Heard, SilenceWatch, is_silent

__all__ = ["Machines"]

#: How long one attempt to reach machines may take, and one to let go of them [s].
REACH_S, LEAVE_S = 5.0, 1.0
#: Pauses before attempts to reach machines [s]; the last one holds for all that follow.
PAUSES_S = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
#: How often a connection is looked at [s], and after how many looks on a standing one the pauses begin anew.
LOOK_S, STEADY_LOOKS = 0.1, 50


class Machines:
    """The machines of one run.

    Parameters
    ----------
    emulated
        All stations that no link serves.
    links
        The real drivers.
    """

    def __init__(self, emulated: EmulatedPlant, links: Sequence[Link] = ()) -> None:
        self.emulated, self.links = emulated, tuple(links)
        every = {link.label: link.every_ns for link in self.links}
        self.sources: tuple[tuple[Driver, tuple[str, ...]], ...] = (
            (emulated, emulated.tags),
            *((link.driver, tuple(every[link.label])) for link in self.links),
        )
        self.every_ns = {tag: ns for tags in every.values() for tag, ns in tags.items()}
        self.tags = frozenset(tag for _, tags in self.sources for tag in tags)
        self._driver_of = {tag: driver for driver, tags in self.sources for tag in tags}
        self._silence = SilenceWatch([link.driver for link in self.links])
        self._tasks: list[asyncio.Task[None]] = []
        self._recipes: dict[int, dict[str, Sequence[float]]] = {}

    # ---- reaching them

    async def open(self) -> None:
        """Open the emulated machines: they are in this process."""
        await self.emulated.connect()

    async def reach(self, say: Callable[[str], None]) -> None:
        """Reach the real machines, each once, and keep reaching for those that are not there: the line goes on without them."""
        await asyncio.gather(*(_reached(link, say) for link in self.links))
        self._tasks = [asyncio.create_task(_kept(link, say)) for link in self.links]

    def check(self) -> None:
        """Raise what went wrong in a driver besides a lost connection: that is a fault of the driver, and nobody else will tell it."""
        for link, task in zip(self.links, self._tasks, strict=False):
            if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                error.add_note(f"This happened in the driver {link.label}.")
                raise error

    async def leave(self) -> None:
        """Let go of the real machines; they finish what they have in hand and keep what they have to say."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for link in self.links:
            await _let_go(link)

    # ---- whether they are heard

    def heard(self, deaf_s: float) -> list[tuple[Link, Heard]]:
        """Return what changed in whether the real drivers are heard; `deaf_s` is how long this process has not listened."""
        return [(self.links[change.number], change) for change in self._silence.look(deaf_s)]

    def were_silent(self, labels: Collection[str]) -> None:
        """Take over which drivers were told to be silent before a restart."""
        self._silence.silent = [link.label in labels for link in self.links]

    @property
    def silent_stations(self) -> tuple[str, ...]:
        """Return the paths of the stations whose driver is silent."""
        return tuple(station.path for i in self._silence.silent_drivers() for station in self.links[i].stations)

    # ---- what all have in common

    def load_recipe(self, revision: int, set_points: Mapping[str, Sequence[float]]) -> None:
        """Make a recipe known; each real driver gets the set-points of its stations."""
        self.emulated.load_recipe(revision, set_points)
        if not self.links:
            return
        self._recipes[revision] = dict(set_points)
        for link in self.links:
            paths = {station.path for station in link.stations}
            mine = {key: values for key, values in set_points.items() if key.rpartition("/")[0] in paths}
            if mine:
                link.driver.load_recipe(revision, mine)

    def signals(self, tags: Sequence[str], since_ns: int, until_ns: int) -> dict[str, Samples]:
        """Return samples with `since_ns` < t <= `until_ns` of some of its `tags`."""
        return {tag: self._driver_of[tag].signals((tag,), since_ns, until_ns)[tag] for tag in tags}

    def told(self) -> list[dict[str, Any]]:
        """Return what the run's first event says of its drivers."""
        m = self.emulated.manifest
        told: list[dict[str, Any]] = [{"name": m.name, "version": m.version, "real": m.is_real}]
        for link in self.links:
            m = link.driver.manifest
            stations = [station.path for station in link.stations]
            told.append({"name": link.label, "version": m.version, "real": m.is_real, "stations": stations})
        return told

    def saved(self) -> dict[str, Any]:
        """Return the recipes that real drivers must know, for JSON."""
        return {str(revision): points for revision, points in self._recipes.items()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `saved` returned."""
        for revision, points in saved.items():
            self.load_recipe(int(revision), points)


async def _reached(link: Link, say: Callable[[str], None], told: str = "") -> str:
    """Try to reach the machines of a driver once; return why it failed, empty where it did not."""
    try:
        await asyncio.wait_for(link.driver.connect(), REACH_S)
    except TimeoutError:
        why = f"no answer in {REACH_S:g} s"
    except (DriverError, OSError) as error:
        why = str(error)
    else:
        link.connected()
        return ""
    if why != told:
        say(f"{link.label}: {why}. The line goes on without {_stations(link)}; it is tried again.")
    return why


def _stations(link: Link) -> str:
    return ", ".join(station.path for station in link.stations)


async def _kept(link: Link, say: Callable[[str], None]) -> None:
    """Reach for the machines of a driver again whenever they are lost, or say nothing on a connection that seems to stand."""
    failures, stood, told, was_suspected = 0, 0, "", False
    is_lost = link.driver.connection is not Connection.CONNECTED
    while True:
        await asyncio.sleep(LOOK_S)
        if link.driver.connection is Connection.CONNECTED:
            if is_lost:
                say(f"{link.label} is heard again.")
            stood, told, is_lost = stood + 1, "", False
            failures = failures if stood < STEADY_LOOKS else 0
            is_suspected = is_silent(link.driver, link.driver.manifest.period_s)
            is_over, was_suspected = is_suspected and was_suspected, is_suspected  # at one look alone this process may have been busy itself
            if not is_over:
                continue
            await _let_go(link)
        if not is_lost:
            say(f"{link.label} is not heard: no data from {_stations(link)}.")
        await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
        told, stood, was_suspected, is_lost = await _reached(link, say, told), 0, False, True
        failures += 1


async def _let_go(link: Link) -> None:
    """Close a driver; where that fails, the connection is gone all the same."""
    with contextlib.suppress(DriverError, OSError, TimeoutError):
        await asyncio.wait_for(link.driver.close(), LEAVE_S)
