"""The file of a report: refused before hours are computed, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from linewright.model.errors import LinewrightError

__all__ = ["refuse_picture", "refuse_report", "write_report"]


def refuse_report(path: Path) -> None:
    """Refuse a file that cannot be written.

    Raises
    ------
    LinewrightError
        It is a folder, its folder is not there, or its name is not that of a page.
    """
    if path.is_dir():
        raise LinewrightError(f"--html {path}: this is a folder; a file was expected, such as {path / 'report.html'}.")
    if path.suffix.lower() not in {".html", ".htm"}:
        raise LinewrightError(f"--html {path}: a report is a page; a name such as {path.with_suffix('.html')} was expected.")
    if not path.parent.is_dir():
        raise LinewrightError(f"--html {path}: there is no folder {path.parent}. Make it first, or name another.")


def refuse_picture(path: Path) -> None:
    """Refuse a file of a picture that cannot be written.

    Raises
    ------
    LinewrightError
        Its folder is not there, or its name does not end in .png.
    """
    if path.suffix.lower() != ".png" or path.is_dir():
        raise LinewrightError(f"--png {path}: a name that ends in .png was expected, such as {path.with_suffix('.png').name}.")
    if not path.parent.is_dir():
        raise LinewrightError(f"--png {path}: there is no folder {path.parent}. Make it first, or name another.")


def write_report(path: Path, page: str) -> None:
    """Write a page under a temporary name, then give it its own.

    Raises
    ------
    LinewrightError
        The disk is full, or the folder may not be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise LinewrightError(f"--html {path}: it cannot be written: {error.strerror}.") from error
