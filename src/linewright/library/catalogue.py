"""Where named lines, station classes and materials are: the shipped library, and installed ones.

A library is a folder::

    lines/NAME.yaml              whole line files
    materials/ANY.yaml           mappings of materials, below the key `materials`
    PROCESS_NAME/process.yaml    one station class (hyphens of its name are underscores), with `model.py` beside it where it has a process model
    energy_profiles/NAME.yaml    energy of each process step

An installed package becomes one by the entry point group ``linewright.library``, whose value is the importable name of that folder. Nothing of it
is imported to find a name; a name that two libraries know is returned twice, and `load` makes a fault of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from linewright.model.catalogue import Found, Kind
from linewright.model.errors import LinewrightError
from linewright.model.plant import Plant

__all__ = ["Libraries", "LibraryFolder", "installed_libraries", "shipped_library"]

ENTRY_POINTS = "linewright.library"
#: The block of materials, up to the next key at the margin, and the first key in it: its indent is that of all names.
MATERIALS = re.compile(r"^materials:[ \t]*(?:#.*)?\r?\n((?:[ \t#].*\r?\n?|\r?\n)*)", re.MULTILINE)
FIRST_NAME = re.compile(r"^( +)[^\s#]", re.MULTILINE)


@dataclass(frozen=True)
class LibraryFolder:
    """One folder of lines, classes and materials.

    Parameters
    ----------
    label
        How it is named to a user: ``library`` for the shipped one, ``library acme`` for an installed one.
    root
        The folder.
    package
        Its importable name, below which process models are found.

    Examples
    --------
    >>> [found.path for found in shipped_library().find("class", "slot-die-coater")]
    ['library slot-die-coater']
    """

    label: str
    root: Path
    package: str

    def find(self, kind: Kind, name: str) -> tuple[Found, ...]:
        """Return what is called `name` here: one or nothing."""
        if name not in self.names(kind):
            return ()
        path, entry = f"{self.label} {name}", ()
        if kind == "line":
            file = self.root / "lines" / f"{name}.yaml"
        elif kind == "profile":
            file = self.root / "energy_profiles" / f"{name}.yaml"
        elif kind == "class":
            file = self.process_folder(name) / "process.yaml"
        else:
            return tuple(Found(path, text, ("materials", name)) for text in self.material_texts if name in material_names(text))
        return (Found(path, file.read_text(encoding="utf-8"), entry),)

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Return all names of a kind, sorted."""
        if kind == "line":
            return self.file_names("lines")
        if kind == "class":
            return self.class_names
        if kind == "profile":
            return self.file_names("energy_profiles")
        return tuple(sorted({name for text in self.material_texts for name in material_names(text)}))

    def process_folder(self, name: str) -> Path:
        """Return the folder of a station class."""
        return self.root / name.replace("-", "_")

    def has_model(self, name: str) -> bool:
        """Tell whether a station class has a process model."""
        return (self.process_folder(name) / "model.py").is_file()

    def file_names(self, folder: str) -> tuple[str, ...]:
        """Return the names (without ``.yaml``) of the files in one of its folders, sorted."""
        return tuple(sorted(path.stem for path in (self.root / folder).glob("*.yaml")))

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """Return the names of its station classes."""
        return tuple(sorted(path.parent.name.replace("_", "-") for path in self.root.glob("*/process.yaml")))

    @cached_property
    def material_texts(self) -> tuple[str, ...]:
        """Return the texts of its files of materials."""
        return tuple(path.read_text(encoding="utf-8") for path in sorted((self.root / "materials").glob("*.yaml")))


def material_names(text: str) -> tuple[str, ...]:
    r"""Return the names below ``materials:`` of a file, found without a YAML reader: a list of names must not wait for one.

    Examples
    --------
    >>> material_names("source: default\nmaterials:\n  nmc: {price: 25 EUR/kg}\n  nmp:\n    density: 1 kg/L\n")
    ('nmc', 'nmp')
    """
    block = MATERIALS.search(text)
    first = FIRST_NAME.search(block[1]) if block else None
    if block is None or first is None:
        return ()
    return tuple(re.findall(rf"^{first[1]}([a-z0-9][a-z0-9-]*)[ \t]*:", block[1], re.MULTILINE))


class Libraries:
    """Several libraries as one `Catalogue`.

    Parameters
    ----------
    folders
        In the order in which their names are listed.
    """

    def __init__(self, folders: Sequence[LibraryFolder]) -> None:
        self.folders = tuple(folders)

    def find(self, kind: Kind, name: str) -> tuple[Found, ...]:
        """Return what is called `name`: nothing, one, or one from each library that knows it."""
        return tuple(found for folder in self.folders for found in folder.find(kind, name))

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Return all names of a kind, sorted, each once."""
        return tuple(sorted({name for folder in self.folders for name in folder.names(kind)}))

    def folder_of(self, name: str) -> LibraryFolder | None:
        """Return the first library that knows a station class, or None."""
        return next((folder for folder in self.folders if name in folder.names("class")), None)

    def with_models(self, plant: Plant) -> Plant:
        """Return the plant with the mean and spread that its stations' process models give (`station_models.with_models`)."""
        from linewright.library import station_models  # noqa: PLC0415 - it reads this module; and `lines` and `check` need no model

        return station_models.with_models(plant, self)


def shipped_library() -> LibraryFolder:
    """Return the library that comes with Linewright."""
    return LibraryFolder("library", Path(__file__).parent, "linewright.library")


def entry_point_folders() -> Iterator[LibraryFolder]:
    """Yield the folder of each installed library."""
    for point in entry_points(group=ENTRY_POINTS):
        try:
            spec = find_spec(point.value)
        except ModuleNotFoundError:
            spec = None
        if spec is None or not spec.submodule_search_locations:
            raise LinewrightError(
                f"The installed library `{point.name}` names the package `{point.value}`, which is not there.\n"
                f"    Install it again, or remove the package that announces it (entry point {ENTRY_POINTS})."
            )
        yield LibraryFolder(f"library {point.name}", Path(next(iter(spec.submodule_search_locations))), point.value)


def installed_libraries() -> Libraries:
    """Return the shipped library and all installed ones, as one `Catalogue`.

    Examples
    --------
    >>> installed_libraries().names("line")[:3]
    ('all-solid-state-sulfide', 'blade-lfp', 'cell-to-pack')
    """
    return Libraries([shipped_library(), *entry_point_folders()])
