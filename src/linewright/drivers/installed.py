"""Drivers by name: the emulated one of this package, and those that installed packages bring (entry points ``linewright.drivers``)."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

from linewright.drivers.driver import DriverError
from linewright.drivers.setup import DriverFactory
from linewright.model.errors import FileFault
from linewright.model.merging import nearest
from linewright.model.plant import Plant
from linewright.model.station import Segment
from linewright.model.values import Origin

__all__ = ["EMULATED", "ENTRY_POINTS", "driver_fault", "driver_names", "find_driver", "missing_drivers", "place_of"]

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


def missing_drivers(plant: Plant, points: Sequence[EntryPoint] | None = None) -> tuple[FileFault, ...]:
    """Return each station whose driver is not on this machine: the file may be right for another one.

    Parameters
    ----------
    plant
        The line.
    points
        The installed entry points; None looks for them.
    """
    known = driver_names(points)
    missing = [segment for segment in plant.segments if segment.driver.use not in known]
    words = "there is no driver `{}` on this machine; `run` needs it."
    return tuple(driver_fault(plant, s, words.format(s.driver.use), nearest(s.driver.use, known)) for s in missing)


def driver_fault(plant: Plant, segment: Segment, message: str, hint: str) -> FileFault:
    """Return what is wrong with a station's driver, with its place in the file."""
    path = f"stations.{segment.path}.driver"
    origin = _origin(plant, path)
    file, line = (origin.file, origin.line or 0) if origin is not None else (plant.name, 0)
    return FileFault(file, line, 1 if line else 0, path, message, hint)


def place_of(plant: Plant, path: str) -> str:
    """Return where a path of the file stands, such as ``my-line.yaml:12``; empty where it is not known."""
    origin = _origin(plant, path)
    if origin is None:
        return ""
    return f"{origin.file}:{origin.line}" if origin.line else origin.file


def _origin(plant: Plant, path: str) -> Origin | None:
    return next((o for o in plant.origins if o.path == path), None) or next((o for o in plant.origins if o.path.startswith(f"{path}.")), None)


def _points(points: Sequence[EntryPoint] | None) -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=ENTRY_POINTS)) if points is None else tuple(points)
