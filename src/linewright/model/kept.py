"""Answers that take long to find and follow from the question alone, kept in the user's cache folder from one start to the next."""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

__all__ = ["Kept"]


class Kept:
    """One drawer of kept answers. An answer that is lost, damaged or cannot be kept is found again; nothing else depends on it.

    Parameters
    ----------
    name
        Of the drawer.
    said
        All that an answer follows from beside its question, such as the version of the library that finds it.
    """

    def __init__(self, name: str, *said: str) -> None:
        self.folder = user_cache_path("linewright") / f"{name}-{_digest(*said)}"

    def get(self, question: str) -> Any:
        """Return the answer to a question, None where it is not known."""
        try:
            return json.loads(self._file(question).read_bytes())
        except (OSError, ValueError):
            return None

    def put(self, question: str, answer: Any) -> None:
        """Keep an answer (of what JSON can hold), at once or not at all: others may read it at this moment."""
        file = self._file(question)
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as out:
                json.dump(answer, out, separators=(",", ":"))
            Path(out.name).replace(file)

    def _file(self, question: str) -> Path:
        return self.folder / f"{_digest(question)}.json"


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:32]
