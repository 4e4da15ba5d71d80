"""Drivers by name: the emulated one of this package, and those that installed packages bring (entry points ``linewright.drivers``)."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

from linewright.drivers.driver import DriverError
from linewright.drivers.setup import DriverFactory
from linewright.model.merging import nearest

__all__ = ["EMULATED", "ENTRY_POINTS", "driver_names", "find_driver"]

ENTRY_POINTS = "linewright.drivers"
#: The driver of machines that are not there; it needs the line's state and is made by the run itself.
EMULATED = "emulated"


def driver_names(points: Sequence[EntryPoint] | None = None) -> tuple[str, ...]:
    """Return the names that a line file may use, sorted; nothing is imported for it.

    Parameters
    ----------
    points
        The installed entry points; None looks for them.

    Examples
    --------
    >>> "emulated" in driver_names()
    True
    """
    return tuple(sorted({EMULATED, *(point.name for point in _points(points))}))


def find_driver(name: str, points: Sequence[EntryPoint] | None = None) -> DriverFactory:
    """Return what makes the driver of a name.

    Parameters
    ----------
    name
        As in the line file.
    points
        The installed entry points; None looks for them.

    Raises
    ------
    DriverError
        No package brings it, several do, or the one that does cannot be imported.

    Examples
    --------
    >>> find_driver("emulatd", ())
    Traceback (most recent call last):
    ...
    linewright.drivers.driver.DriverError: there is no driver `emulatd` on this machine. Did you mean `emulated`?
    There are: emulated. Install the package that brings it (entry points linewright.drivers).
    """
    found = [point for point in _points(points) if point.name == name]
    if not found:
        hint = f" {near}" if (near := nearest(name, driver_names(points))) else ""
        raise DriverError(
            f"there is no driver `{name}` on this machine.{hint}\n"
            f"There are: {', '.join(driver_names(points))}. Install the package that brings it (entry points {ENTRY_POINTS})."
        )
    values = sorted({point.value for point in found})
    if len(values) > 1 or name == EMULATED:
        brought = ", ".join([f"`{value}`" for value in values] + (["this package"] if name == EMULATED else []))
        raise DriverError(f"the driver `{name}` is brought by {brought}.\nUninstall all but one, or rename it.")
    try:
        factory: DriverFactory = found[0].load()
    except (ImportError, AttributeError) as error:
        raise DriverError(
            f"the driver `{name}` names `{found[0].value}`, which cannot be imported ({error}).\nInstall its package again, or remove it."
        ) from error
    return factory


def _points(points: Sequence[EntryPoint] | None) -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=ENTRY_POINTS)) if points is None else tuple(points)
