"""Spectra that were kept in a ledger's folder: `impedance/ID/`, the file as it came, and what was found of it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linewright.ledger.errors import LedgerError

__all__ = ["KeptSpectra", "SpectraFolder"]

NUMBER = re.compile(r"^\d{1,9}$")
PLAIN = re.compile(r"[^\w.()\[\] -]+", re.UNICODE)
LONGEST = 120


@dataclass(frozen=True, slots=True)
class KeptSpectra:
    """One file that was kept.

    Parameters
    ----------
    id
        Its number.
    name
        As it came.
    created_us
        Wall time.
    file
        Its bytes.
    size_bytes
        How many.
    """

    id: str
    name: str
    created_us: int
    file: Path
    size_bytes: int

    def to_json(self) -> dict[str, Any]:
        """Return what a list shows of it."""
        return {"id": self.id, "name": self.name, "created_us": self.created_us, "size_bytes": self.size_bytes}


class SpectraFolder:
    """Files of spectra in a ledger's folder.

    Parameters
    ----------
    folder
        Of the ledger; theirs is made in it with the first of them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "impedance"

    def keep(self, name: str, data: bytes) -> KeptSpectra:
        """Keep a file.

        Raises
        ------
        LedgerError
            The folder cannot be written.
        """
        plain = PLAIN.sub("_", Path(name).name).strip(" .")[-LONGEST:] or "spectra"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            number = 1 + max((int(p.name) for p in self.folder.iterdir() if NUMBER.match(p.name)), default=0)
            while True:
                try:
                    (self.folder / str(number)).mkdir()
                    break
                except FileExistsError:
                    number += 1
            part = self.folder / str(number) / ".part"
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.folder / str(number) / plain)
        except OSError as error:
            raise LedgerError(f"{self.folder}: the file cannot be kept there ({error.strerror}).") from error
        found = self.find(str(number))
        assert found is not None
        return found

    def find(self, number: str) -> KeptSpectra | None:
        """Return a kept file, None where there is none."""
        if not NUMBER.match(number):
            return None
        with contextlib.suppress(OSError):
            for path in sorted((self.folder / number).iterdir()):
                if path.is_file() and not path.name.startswith("."):
                    told = path.stat()
                    return KeptSpectra(number, path.name, int(told.st_mtime * 1e6), path, told.st_size)
        return None

    def all(self) -> list[KeptSpectra]:
        """Return all of them, newest first."""
        numbers: list[str] = []
        with contextlib.suppress(OSError):
            numbers = [p.name for p in self.folder.iterdir() if NUMBER.match(p.name)]
        found = [self.find(n) for n in sorted(numbers, key=int, reverse=True)]
        return [each for each in found if each is not None]

    def delete(self, number: str) -> bool:
        """Take one away; return whether there was one.

        Raises
        ------
        LedgerError
            It cannot be taken away.
        """
        if self.find(number) is None:
            return False
        gone = self.folder / f".{number}-{time.time_ns()}"
        try:
            (self.folder / number).replace(gone)
            shutil.rmtree(gone)
        except OSError as error:
            raise LedgerError(f"{self.folder / number}: it cannot be taken away ({error.strerror}).") from error
        return True

