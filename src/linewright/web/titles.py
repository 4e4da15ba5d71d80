"""Names for people, made from the names of a line file."""

from __future__ import annotations

import re

__all__ = ["machine_title", "tag_parts", "thing_title", "title"]

#: Parts of names that are not words, as they are written.
WRITTEN = {
    "ocv": "OCV",
    "agv": "AGV",
    "amr": "AMR",
    "nmc": "NMC",
    "nmp": "NMP",
    "hfr": "HFR",
    "hi": "Hi",
    "eis": "EIS",
    "id": "ID",
    "lfp": "LFP",
    "el": "EL",
    "iv": "IV",
    "mea": "MEA",
}


def title(name: str) -> str:
    """Return a name as it is shown: spaces for hyphens, the first letter large; the line of a site comes last.

    Examples
    --------
    >>> title("cathode-coater"), title("ocv-1"), title("x-ray"), title("cells-2.winder")
    ('Cathode coater', 'OCV 1', 'X-ray', 'Winder, cells 2')
    """
    line, _, last = name.rpartition(".")
    if line:
        inner = title(line)
        return f"{title(last)}, {inner[:1].lower()}{inner[1:]}"
    parts = last.split("-")
    words = [WRITTEN.get(w, w) for w in parts]
    text = words[0] if words else ""
    for before, word in zip(parts, words[1:], strict=False):
        # "x-ray", "hi-pot", "k-value": a part of one or two letters belongs to the next
        text += ("-" if len(before) <= 2 and before.isalpha() and word.isalpha() else " ") + word
    return text[:1].upper() + text[1:]


def machine_title(name: str, machine: int, count: int) -> str:
    """Return a machine's name: its station's, with its number where there are several.

    Examples
    --------
    >>> machine_title("winder", 7, 14), machine_title("cathode-coater", 1, 1)
    ('Winder 7', 'Cathode coater')
    """
    return f"{title(name)} {machine}" if count > 1 else title(name)


def thing_title(kind: str, material: str | None) -> str:
    """Return what sort of thing it is: its material; where an import names that by a number only, its kind in words.

    Examples
    --------
    >>> thing_title("unit", "cell-21700"), thing_title("FilledCell", "Material:OSLbe31"), thing_title("lot", None)
    ('Cell 21700', 'Filled cell', 'Lot')
    """
    if material and ":" not in material:
        return title(material)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind)
    return words[:1].upper() + words[1:].lower()


def tag_parts(tag: str) -> tuple[str, int, str, int | None] | None:
    """Return station, machine, signal and index (from 1; None) of a tag; None where it is not one.

    Examples
    --------
    >>> tag_parts("cathode-coater/1/oven-zones/3"), tag_parts("winder/7/tension"), tag_parts("winder")
    (('cathode-coater', 1, 'oven-zones', 3), ('winder', 7, 'tension', None), None)
    """
    parts = tag.split("/")
    if len(parts) not in {3, 4} or not parts[0] or not parts[1].isdigit() or not parts[2] or int(parts[1]) < 1:
        return None
    if len(parts) == 3:
        return parts[0], int(parts[1]), parts[2], None
    return (parts[0], int(parts[1]), parts[2], int(parts[3])) if parts[3].isdigit() and int(parts[3]) >= 1 else None
