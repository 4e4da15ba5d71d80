"""The line of one live run, put together: the compiled line, its state at time 0, and who serves its machines."""

from __future__ import annotations

from dataclasses import dataclass

from linewright.control.compile import Compiled, compile_plant
from linewright.control.fill import open_line
from linewright.drivers.emulated.plant import EmulatedPlant, emulated_part
from linewright.drivers.installed import EMULATED
from linewright.kernels.state import State
from linewright.kernels.table import STORE
from linewright.live.clock import MAX
from linewright.live.machines import Machines
from linewright.live.real_machines import as_real, links_of
from linewright.model.errors import LinewrightError, NotYetError
from linewright.model.plant import Plant
from linewright.model.station import Segment

__all__ = ["Ready", "make_ready", "real_segments", "refuse_what_real_machines_cannot"]


@dataclass(frozen=True)
class Ready:
    """A line at time 0 and its machines.

    Parameters
    ----------
    compiled
        Station table and names.
    state
        The line before its first `advance`.
    machines
        Who serves its stations.
    number_of
        Number of each station (by path) and utility (by name).
    real
        Paths of the stations with real machines.
    """

    compiled: Compiled
    state: State
    machines: Machines
    number_of: dict[str, int]
    real: frozenset[str] = frozenset()


def real_segments(plant: Plant) -> tuple[Segment, ...]:
    """Return the stations that another driver than the emulated one serves."""
    return tuple(segment for segment in plant.segments if segment.driver.use != EMULATED)


def make_ready(plant: Plant, seed: int, begin_us: int) -> Ready:
    """Compile a line, fill it as its file says, and make its drivers.

    Raises
    ------
    NotYetError
        The file asks for something that has no behaviour yet.
    ModelError
        Drivers that are not there, whose settings are wrong, or who do not take what the line would send them.
    """
    compiled = compile_plant(plant, begin_us=begin_us, asks=True)
    number_of = {path: number for number, path in enumerate(compiled.stations)}
    real = real_segments(plant)
    rooms = [s for s in real if int(compiled.table.stations[number_of[s.path]].flow) == STORE]
    if rooms:
        raise NotYetError([(f"stations.{s.path}.driver ({s.driver.use}): a store has no machine to speak to", "") for s in rooms])
    if real:
        compiled = as_real(compiled, [number_of[s.path] for s in real])
    links = links_of(compiled, number_of, real) if real else ()
    state = open_line(compiled, seed, keep=True)
    numbers = {number for link in links for number in link.numbers}
    table = emulated_part(compiled.table, numbers) if numbers else compiled.table
    return Ready(compiled, state, Machines(EmulatedPlant(plant, table, state, number_of), links), number_of, frozenset(s.path for s in real))


def refuse_what_real_machines_cannot(speed: float, plant: Plant) -> None:
    """Raise where a run asks for what real machines do not do: they know one speed, and begin now.

    Raises
    ------
    LinewrightError
        It names the real drivers.
    """
    real = sorted({segment.driver.use for segment in real_segments(plant)})
    if not real:
        return
    names = ", ".join(real)
    if speed != 1.0:
        asked = "max" if speed == MAX else f"{speed:g}"
        raise LinewrightError(f"--speed {asked}: this line has real machines ({names}); they run at speed 1. Leave --speed out, or emulate them.")
    if plant.run.begin_us is not None:
        raise LinewrightError(
            f"run.begin: this line has real machines ({names}); its time is the clock's, and it begins now. Take `begin` out, or emulate them."
        )
