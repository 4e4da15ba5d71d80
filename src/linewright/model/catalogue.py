"""What `load` asks of a library: the door between the line file and what is installed.

The model room reads all texts itself, in one grammar; a catalogue only finds them. Four kinds of thing have a name:

``line``
    A whole line file.
``class``
    A station class. Its file is a mapping::

        process: slot-die-coater        # its name
        about: One sentence.
        source: default                 # the mark of numbers without one, as in a line file
        sources: {S1: where from}
        station:                        # what a station that says `use:` starts from, in the grammar of a station
          web: {width: 700 mm}
          failures: {web-break: {mtbf: 60 h, mttr: 2 h}}
        declares:                       # the names the process model knows; all parts are optional maps
          parameters: {pump-ripple: {default: 0.3 %, range: 0 .. 5 %, about: peak of the pump's ripple}}
          recipe:     {tension: {unit: N, default: 120 N, range: 20 .. 500 N}}
          inputs:     {solids: {unit: "%"}}
          measures:   {areal-weight: {unit: mg/cm^2}}
          signals:    {oven-zones: {unit: degC, range: 0 .. 180 degC}}
          tools:      {die-lane: {range: 1 .. 40}}
          failures:   {web-break: {about: the web tears}}
          faults:     {lane-clogged: {unit: "%", range: 0 .. 100 %}}

    Where a part of `declares` is missing or empty, any name is accepted there.
``material``
    A mapping in the grammar of one entry of `materials`; many may share a file (`Found.entry`).
``profile``
    Energy of each step (`energy.profile`); only its name is asked for here, the library reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from linewright.model.plant import Plant

__all__ = ["Catalogue", "EmptyCatalogue", "Found", "Kind", "LenientCatalogue"]

Kind = Literal["line", "class", "material", "profile"]


@dataclass(frozen=True, slots=True)
class Found:
    """A text of the library.

    Parameters
    ----------
    path
        As it is shown to a user, such as ``library cylindrical-21700-tabless``.
    text
        The whole file.
    entry
        The keys that lead to the thing inside the file, such as ``("materials", "nmc-slurry")``; empty where the file is the thing.
    """

    path: str
    text: str
    entry: tuple[str, ...] = ()


class Catalogue(Protocol):
    """What installed and shipped libraries know, by name."""

    def find(self, kind: Kind, name: str) -> Sequence[Found]:
        """Return what is called `name`: nothing, one, or several where libraries disagree (`load` makes a fault of that, naming each path)."""
        ...

    def names(self, kind: Kind) -> Sequence[str]:
        """Return all names of a kind, for the nearest one in a message."""
        ...

    def with_models(self, plant: Plant) -> Plant:
        """Return the plant with the mean and spread that its stations' process models give; only `load` asks, so that `check` runs no model."""
        ...


class EmptyCatalogue:
    """Knows nothing: a line file must then name its bought materials under `materials` and use no class.

    Examples
    --------
    >>> EmptyCatalogue().find("class", "slot-die-coater")
    ()
    """

    def find(self, kind: Kind, name: str) -> Sequence[Found]:  # noqa: ARG002 - the protocol's arguments
        """Return nothing."""
        return ()

    def names(self, kind: Kind) -> Sequence[str]:  # noqa: ARG002 - the protocol's argument
        """Return nothing."""
        return ()

    def with_models(self, plant: Plant) -> Plant:
        """Return the plant as it is: there are no models."""
        return plant


class LenientCatalogue:
    r"""Knows every class and material by name and nothing about any: for tests and tools that read a line file where no library is.

    Examples
    --------
    >>> [found.text for found in LenientCatalogue().find("class", "slot-die-coater")]
    ['process: slot-die-coater\n']
    """

    def find(self, kind: Kind, name: str) -> Sequence[Found]:
        """Return a class or material without any content."""
        if kind == "class":
            return (Found(f"lenient {name}", f"process: {name}\n"),)
        return (Found(f"lenient {name}", "{}\n"),) if kind == "material" else ()

    def names(self, kind: Kind) -> Sequence[str]:  # noqa: ARG002 - the protocol's argument
        """Return nothing: every name is known."""
        return ()

    def with_models(self, plant: Plant) -> Plant:
        """Return the plant as it is: there are no models."""
        return plant
