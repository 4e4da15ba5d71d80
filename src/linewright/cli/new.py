"""`linewright new`."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from linewright.cli.printing import say
from linewright.model.errors import LinewrightError


def new(
    file: Annotated[Path, typer.Argument(help="The file to make, such as my-line.yaml.")],
    line: Annotated[str, typer.Option("--from", help="A line of the library.")] = "four-stations",
    over: Annotated[bool, typer.Option("--over", help="A short file that says `use:` and only what differs.")] = False,
) -> None:
    """Begin a line file of your own: a complete copy of a library line, or a short file over it."""
    from linewright.library.catalogue import installed_libraries
    from linewright.model.merging import nearest

    libraries = installed_libraries()
    found = libraries.find("line", line)
    if not found:
        near = nearest(line, tuple(libraries.names("line")))
        raise LinewrightError(f"--from {line}: the library has no line of this name. {near}".rstrip() + "\n    linewright lines lists them.")
    if len(found) > 1:
        raise LinewrightError(f"--from {line}: {len(found)} libraries have a line of this name: {', '.join(f.path for f in found)}. Rename one.")
    if file.suffix not in {".yaml", ".yml"}:
        raise LinewrightError(f"{file}: a line file ends in .yaml. Did you mean {file.with_suffix('.yaml')}?")
    if not file.absolute().parent.is_dir():
        raise LinewrightError(f"{file}: there is no folder {file.parent}. Make it first (mkdir -p {file.parent}), or name a file elsewhere.")
    name = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-") or "my-line"
    short = f"line: {name}\nuse: {line}\n\n# Only what differs is written here, such as:\n# stations:\n"
    short += f"#   {first_station(found[0].text)}: {{count: 2}}\n"
    text = short if over else re.sub(r"^line: .*$", f"line: {name}", found[0].text, count=1, flags=re.MULTILINE)
    try:
        with file.open("x", encoding="utf-8") as made:
            made.write(text)
    except FileExistsError as error:
        raise LinewrightError(f"{file}: is there already, and was left as it is. Name another file.") from error
    say(f"{file} is made from {line}. Look at it: linewright check {file}")


def first_station(text: str) -> str:
    """Return the first station's name of a line file."""
    found = re.search(r"^stations:\n(?:\s*(?:#.*)?\n)*  ([a-z0-9-]+):", text, re.MULTILINE)
    return found[1] if found else "a-station"
