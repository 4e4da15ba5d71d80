"""Experiments as files of the ledger's folder: `experiments/ID.json`, with its report and the line's text beside it.

Each file is written whole: under another name, to the disk, then renamed. While a server works on an experiment it holds the lock beside it, so a
server that died, however it died, leaves a file that says `running` and no lock: it was interrupted, and is told as such.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
from pathlib import Path
from typing import Any

from linewright.ledger.errors import LedgerError
from linewright.ledger.lock import WriterLock, is_locked, lock_path
from linewright.web.answers import AnswerError, text_of

__all__ = ["ExperimentFiles"]

NAME = re.compile(r"^(\d{1,9})\.json$")
UNDER_WAY = frozenset({"queued", "running"})


class ExperimentFiles:
    """The experiments of a ledger.

    Parameters
    ----------
    folder
        Of the ledger; theirs is made in it with the first of them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "experiments"
        self._heads: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {}
        self._lock = threading.Lock()

    def new(self) -> tuple[str, WriterLock]:
        """Take the next free number, and its lock, so that no other process takes it.

        Raises
        ------
        LedgerError
            The folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Numbers of what is being begun count too: its lock is there before its file.
            number = 1 + max((int(name) for p in self.folder.iterdir() if (name := p.name.split(".", 1)[0]).isdigit()), default=0)
            while True:
                try:
                    os.close(os.open(lock_path(self.path(str(number))), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o644))
                except FileExistsError:
                    number += 1
                    continue
                return str(number), WriterLock(self.path(str(number)))
        except OSError as error:
            why = f"{self.folder}: no experiment can be kept there ({error.strerror}). Name another folder with --ledger FOLDER"
            raise LedgerError(why) from error

    def path(self, experiment: str) -> Path:
        """Return the file of an experiment."""
        return self.folder / f"{experiment}.json"

    def report_path(self, experiment: str) -> Path:
        """Return the file of its report."""
        return self.folder / f"{experiment}.html"

    def line_path(self, experiment: str) -> Path:
        """Return the file of its line, where that stands in no library."""
        return self.folder / f"{experiment}.yaml"

    def write(self, body: dict[str, Any]) -> None:
        """Keep an experiment as it is now.

        Raises
        ------
        LedgerError
            The disk is full, or the folder may not be written.
        """
        write_whole(self.path(body["id"]), text_of(body))

    def read(self, experiment: str) -> dict[str, Any]:
        """Return an experiment.

        Raises
        ------
        AnswerError
            404 where there is none; 503 where its file is damaged.
        """
        if not NAME.match(f"{experiment}.json"):
            raise self.unknown(experiment)
        try:
            body = json.loads(self.path(experiment).read_bytes())
        except FileNotFoundError:
            raise self.unknown(experiment) from None
        except (OSError, ValueError) as error:
            raise AnswerError(
                503, f"Experiment {experiment} cannot be read: its file is damaged.", came=str(error), step="Put a copy of it back, or delete it."
            ) from error
        return self.as_it_is(dict(body))

    def as_it_is(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return an experiment whose end nobody wrote as the interrupted one that it is."""
        if body.get("state") in UNDER_WAY and not is_locked(self.path(body["id"])):
            return {**body, "state": "interrupted"}
        return body

    def unknown(self, experiment: str) -> AnswerError:
        """Return what to say of an experiment that is not there."""
        what = f"There is no experiment {experiment[:40]}."
        return AnswerError(404, what, came=experiment, nearest=self.ids()[:3], step="The list has all that are kept.")

    def ids(self) -> list[str]:
        """Return the numbers of all that are kept, newest first."""
        if not self.folder.is_dir():
            return []
        found = [match[1] for path in self.folder.iterdir() if (match := NAME.match(path.name))]
        return sorted(found, key=int, reverse=True)

    def heads(self) -> list[dict[str, Any]]:
        """Return all experiments without their findings, newest first; a file is read again only when it has changed."""
        rows = []
        for experiment in self.ids():
            try:
                stat = self.path(experiment).stat()
                stamp = (stat.st_mtime_ns, stat.st_size)
                with self._lock:
                    known = self._heads.get(experiment)
                if known is None or known[0] != stamp:
                    body = json.loads(self.path(experiment).read_bytes())
                    known = stamp, head_of(body)
                    with self._lock:
                        self._heads[experiment] = known
                rows.append(self.as_it_is(known[1]))
            except FileNotFoundError:
                continue  # it was deleted meanwhile
            except (OSError, ValueError, KeyError, TypeError):
                rows.append({"id": experiment, "state": "damaged", "title": None})
        return rows

    def mark(self) -> int:
        """Return what changes whenever a file of this folder is put in its place or taken away, by any process."""
        with contextlib.suppress(OSError):
            return self.folder.stat().st_mtime_ns
        return 0

    def delete(self, experiment: str) -> None:
        """Take an experiment and all that lies beside it away.

        Raises
        ------
        LedgerError
            The folder may not be written.
        """
        path = self.path(experiment)
        try:
            for each in (self.report_path(experiment), self.line_path(experiment), lock_path(path), path):
                each.unlink(missing_ok=True)
        except OSError as error:
            raise LedgerError(f"{path}: it cannot be deleted ({error.strerror}).") from error


def head_of(body: dict[str, Any]) -> dict[str, Any]:
    """Return an experiment as a list shows it."""
    found = body.get("findings")
    return {**{key: value for key, value in body.items() if key != "findings"}, "result": None if found is None else found["result"]}


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under another name, to the disk, and give it its own.

    Raises
    ------
    LedgerError
        The disk is full, or the folder may not be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise LedgerError(f"{path}: it cannot be written ({error.strerror}).") from error
