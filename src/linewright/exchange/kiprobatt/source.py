"""Where the records lie: an archive `.tar.gz` or an unpacked folder, read the same way."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from linewright.model.errors import LinewrightError

#: How the name of an archive ends.
ARCHIVES = (".tar.gz", ".tgz", ".tar")


class SourceError(LinewrightError):
    """The records cannot be read at all: no such place, not an archive, nothing in it."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the source: its folder (``data`` or ``files``), its bare name and its bytes; `damage` says what broke while it was read."""

    folder: str
    name: str
    content: bytes
    damage: str = ""


def located(path: Path) -> Path:
    """Return what is to be read: the path itself, or the only archive of the dataset in a folder that has no protocols of its own.

    Raises
    ------
    SourceError
        There is no such place, or the folder holds several such archives.
    """
    if not path.exists():
        raise SourceError(f"{path}: there is no such file or folder. Expected: kiprobatt-early.tar.gz, or the folder it unpacks to.")
    if not path.is_dir() or any(file.is_file() and _is_wanted(_relative(path, file)) for file in path.rglob("*.jsonld")):
        return path
    archives = sorted(file for file in path.iterdir() if file.is_file() and file.name.endswith(ARCHIVES) and _has_protocols(file))
    if len(archives) > 1:
        named = "\n".join(f"    linewright import kiprobatt {file}" for file in archives)
        raise SourceError(f"{path}: {len(archives)} archives of the dataset lie there; one was expected. Name it:\n{named}")
    return archives[0] if archives else path


def _has_protocols(path: Path) -> bool:
    """Tell whether an archive holds a protocol, or breaks before one is found (reading it says how)."""
    try:
        with tarfile.open(path) as archive:
            return any(member.isfile() and _is_wanted(PurePosixPath(member.name)) for member in archive)
    except (tarfile.TarError, EOFError, OSError, zlib.error):
        return True


def read_source(path: Path) -> list[SourceFile]:
    """Return the protocols (`data/*.jsonld`) and cycler files (`files/*.txt`) of an archive or a folder, by folder and name.

    Parameters
    ----------
    path
        A ``.tar.gz`` (or ``.tar``), a folder that holds ``data`` and ``files``, itself or one level below, or a folder with one such archive.

    Raises
    ------
    SourceError
        Where nothing can be read: says what was expected and what to do.
    """
    path = located(path)
    found = list(_from_folder(path) if path.is_dir() else _from_archive(path))
    if not any(f.folder == "data" for f in found):
        raise SourceError(f"{path}: no protocol was found. Expected: files named data/*.jsonld, as the archive of the dataset has them.")
    return sorted(found, key=lambda f: (f.folder, f.name))


def _is_wanted(name: PurePosixPath) -> bool:
    return (name.parent.name, name.suffix) in {("data", ".jsonld"), ("files", ".txt")}


def _relative(path: Path, file: Path) -> PurePosixPath:
    return PurePosixPath(path.name) / PurePosixPath(file.relative_to(path).as_posix())


def _from_folder(path: Path) -> Iterator[SourceFile]:
    for file in path.rglob("*"):
        relative = _relative(path, file)
        if not file.is_file() or not _is_wanted(relative):
            continue
        try:
            yield SourceFile(relative.parent.name, file.name, file.read_bytes())
        except OSError as fault:
            yield SourceFile(relative.parent.name, file.name, b"", damage=f"cannot be read: {fault.strerror}")


def _from_archive(path: Path) -> Iterator[SourceFile]:
    is_open = False
    try:
        with tarfile.open(path) as archive:
            is_open = True
            for member in archive:
                name = PurePosixPath(member.name)
                if member.isfile() and _is_wanted(name):
                    stream = archive.extractfile(member)
                    yield SourceFile(name.parent.name, name.name, stream.read() if stream else b"")
    except (tarfile.TarError, EOFError, OSError, zlib.error) as fault:
        if isinstance(fault, tarfile.ReadError) and not is_open:  # its words are one reason for each kind of compression
            expected = "Expected: kiprobatt-early.tar.gz, or the folder it unpacks to"
            raise SourceError(f"{path}: this is no tar archive, or one that is broken from its begin. {expected}.") from fault
        raise SourceError(f"{path}: the archive cannot be read to its end ({fault}). Fetch it again, or unpack it and name the folder.") from fault
