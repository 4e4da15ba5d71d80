"""Everything that one live run consists of, put together: the compiled line, its state, machines, recorder, signals, operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linewright.control.compile import Compiled, compile_plant
from linewright.control.fill import open_line
from linewright.drivers.driver import Driver
from linewright.drivers.emulated.plant import EmulatedPlant
from linewright.kernels.state import State
from linewright.live.clock import MAX
from linewright.model.errors import LinewrightError, NotYetError
from linewright.model.plant import Plant

__all__ = ["Ready", "make_ready", "refuse_speed"]


@dataclass(frozen=True)
class Ready:
    """A line at time 0 and its machines.

    Parameters
    ----------
    compiled
        Station table and names.
    state
        The line before its first `advance`.
    plant
        Its emulated machines.
    number_of
        Number of each station (by path) and utility (by name).
    """

    compiled: Compiled
    state: State
    machines: EmulatedPlant
    number_of: dict[str, int]


def make_ready(plant: Plant, seed: int, begin_us: int) -> Ready:
    """Compile a line and fill it as its file says.

    Raises
    ------
    NotYetError
        The file asks for something that has no behaviour yet, a driver among it.
    """
    strange = [(f"stations.{s.name}.driver ({s.driver.use})", "") for s in plant.segments if s.driver.use != "emulated"]
    if strange:
        raise NotYetError(strange)
    compiled = compile_plant(plant, begin_us=begin_us, asks=True)
    state = open_line(compiled, seed, keep=True)
    number_of = {path: number for number, path in enumerate(compiled.stations)}
    return Ready(compiled, state, EmulatedPlant(plant, compiled.table, state, number_of), number_of)


def refuse_speed(speed: float, drivers: Sequence[Driver]) -> None:
    """Raise where a speed cannot be had: a real machine knows only one.

    Raises
    ------
    LinewrightError
        It names the real drivers.
    """
    real = sorted({d.manifest.name for d in drivers if d.manifest.is_real})
    if real and speed != 1.0:
        asked = "max" if speed == MAX else f"{speed:g}"
        names = ", ".join(real)
        raise LinewrightError(f"--speed {asked}: this line has real machines ({names}); they run at speed 1. Leave --speed out, or emulate them.")
