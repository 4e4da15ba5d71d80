"""A law's mapping to a `Law`, with the unit it is shown in."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linewright.model.forms import LawForm
from linewright.model.laws import FAMILIES, PARAMETERS, LawFault, law_of
from linewright.model.merging import nearest
from linewright.model.quantity import KINDS, Amount, QuantityFault, parse_amount, split_mark, unit_reading
from linewright.model.reader import Fields, Report, Text, is_none
from linewright.model.values import SECOND, Law, LawKind, Unit

__all__ = ["LawValue", "read_law"]

_LARGEST_SAMPLES = 20_000_000
_MOST_SAMPLES = 1_000_000


@dataclass(frozen=True, slots=True)
class LawValue:
    """A law understood; `law` None where only `extra` (``fixed``, ``each``) is given."""

    law: Law | None
    unit: Unit = SECOND
    extra: dict[str, Any] = field(default_factory=dict)


def read_law(node: Fields, form: LawForm, path: str, extra: dict[str, Any], report: Report) -> tuple[LawValue | None, str, str]:
    """Return a law, how it is shown, and its mark; None after a fault.

    Parameters
    ----------
    node
        The law's mapping.
    extra
        Values of the form's further keys, read already.
    """
    known = ["law", *PARAMETERS, *form.extra]
    written: dict[str, Text] = {}
    is_right = True
    for name, child in node.entries.items():
        if name in form.extra or is_none(child):
            continue
        if name not in known:
            report.fault(node.keys[name], f"{path}.{name}", f"there is no such key. {nearest(name, known)}".rstrip())
            is_right = False
        elif isinstance(child, Text):
            written[name] = child
        else:
            report.fault(child.place, f"{path}.{name}", "a single value was expected.")
            is_right = False
    law_text = written.pop("law", None)
    if law_text is None and not written and any(name in extra for name in ("fixed", "each")):
        return LawValue(None, extra=extra), "", ""
    if written and any(name in extra for name in ("fixed", "each")):
        first = next(iter(written))
        report.fault(node.keys[first], f"{path}.{first}", "`fixed` and `each` make a constant time; a law's parameters do not go with them.")
        return None, "", ""
    kind = law_text.value if law_text else form.bare
    if kind not in FAMILIES:
        place = law_text.place if law_text else node.place
        report.fault(place, f"{path}.law", f'"{kind[:40]}" is no law. {nearest(kind, list(FAMILIES))}'.rstrip(), f"Laws are {', '.join(FAMILIES)}.")
        return None, "", ""
    given, unit, parts, marks = _parameters(written, form, path, report)
    if given is None or not is_right:
        return None, "", ""
    try:
        samples: tuple[float, ...] = ()
        if kind == "empirical" and "file" in written:
            samples, unit = _samples(written["file"], written.get("column"), form.kind)
        law = law_of(kind, given, samples)
    except LawFault as fault:
        report.fault(node.place, path, f"{fault}.")
        return None, "", ""
    if form.positive and law.kind is LawKind.CONSTANT and law.mean < 0:
        report.fault(node.place, path, "a time is not negative.")
        return None, "", ""
    return LawValue(law, unit, extra), _shown(kind, parts), marks.pop() if len(marks) == 1 else ""


def _parameters(written: dict[str, Text], form: LawForm, path: str, report: Report) -> tuple[dict[str, float] | None, Unit, dict[str, str], set[str]]:
    """Return the parameters in SI, the unit of the first value, each as shown, and their marks; None after a fault."""
    given: dict[str, float] = {}
    parts: dict[str, str] = {}
    marks: set[str] = set()
    unit: Unit | None = None
    is_right = True
    for name, child in written.items():
        here = path if name == "mean" and len(written) == 1 else f"{path}.{name}"
        text, mark = split_mark(child.value)
        try:
            if PARAMETERS[name] == "text":
                parts[name] = child.value
                continue
            amount = _parameter(name, text, form, loose=child.place.source.loose)
        except QuantityFault as fault:
            report.fault(child.place, here, f"{fault.message}.", fault.hint or _hint(here, fault.message))
            is_right = False
            continue
        if mark and mark not in {"default", "derived", *child.place.source.meanings} and not child.place.source.loose:
            report.fault(child.place, here, f"the mark `({mark[:40]})` is not one of this file's `sources`.", "Name it under `sources:`.")
        marks.add(mark or child.place.source.mark)
        given[name], parts[name] = amount.si, str(amount)
        if PARAMETERS[name] == "value" and unit is None:
            unit = amount.unit
    return (given if is_right else None), unit or SECOND, parts, marks


def _parameter(name: str, text: str, form: LawForm, *, loose: bool) -> Amount:
    """Return one parameter of a law, of its kind and not negative."""
    what = PARAMETERS[name]
    amount = parse_amount(text, form.kind if what == "value" else "share" if what == "share" else "any", loose=loose)
    if what in {"number", "count"} and (amount.reading.text or (what == "count" and amount.si != round(amount.si))):
        raise QuantityFault(f'"{text}": `{name}` is {"a count" if what == "count" else "a bare number"}')
    if amount.si < 0:
        noun = KINDS[form.kind].noun if what == "value" else "a value"
        raise QuantityFault(f'"{amount}" is negative; {noun} of 0 or more was expected')
    return amount


def _hint(path: str, message: str) -> str:
    if path.endswith("time") and ("is a speed" in message or "is a rate" in message):
        return "For a web machine write `speed: 60 m/min`; for a rate write `rate: 60 ppm`."
    return ""


def _shown(kind: str, parts: dict[str, str]) -> str:
    if kind == "constant":
        return parts.get("mean", "")
    if kind == "exponential":
        return f"{parts.get('mean', '')} exponential"
    return ", ".join([kind, *(f"{name} {text}" for name, text in parts.items())])


def _samples(file: Text, column: Text | None, kind: str) -> tuple[tuple[float, ...], Unit]:
    """Return the values of one column in SI, and their unit, which stands in its header: ``time [s]``."""
    folder = file.place.source.folder
    if folder is None:
        raise LawFault(f"`{file.value}` names a file, but this text stands in no folder")
    path = Path(folder) / file.value
    try:
        if path.stat().st_size > _LARGEST_SAMPLES:
            raise LawFault(f"`{file.value}` has more than {_LARGEST_SAMPLES // 1_000_000} MB")
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no table in UTF-8"
        raise LawFault(f"`{file.value}` cannot be read: {why}") from error
    rows = [row for row in rows if row]
    if not rows:
        raise LawFault(f"`{file.value}` is empty")
    names = [re.sub(r"\s*[\[(].*", "", cell).strip() for cell in rows[0]]
    if column is None and len(names) > 1:
        raise LawFault(f"`{file.value}` has {len(names)} columns; `column:` names one of {', '.join(names)}")
    if column is not None and column.value not in names:
        raise LawFault(f"`{file.value}` has no column `{column.value}`. {nearest(column.value, names)}".rstrip(" ."))
    index = names.index(column.value) if column is not None else 0
    written = re.search(r"[\[(]([^\])]*)[\])]", rows[0][index])
    if not written:
        raise LawFault(f"the header of `{file.value}` gives no unit; write `time [s]`")
    try:
        reading = unit_reading(written[1].strip(), kind)
        if reading.dimension != unit_reading(KINDS[kind].unit).dimension:
            raise LawFault(f"the unit `{written[1]}` in `{file.value}` is not one of {KINDS[kind].noun}")
        values = tuple(float(row[index]) * float(reading.scale) for row in rows[1 : _MOST_SAMPLES + 1])
    except QuantityFault as fault:
        raise LawFault(f"`{file.value}`: {fault.message}") from fault
    except (ValueError, IndexError) as error:
        raise LawFault(f"`{file.value}` holds something that is no number") from error
    if any(not 0 <= value < float("inf") for value in values):
        raise LawFault(f"`{file.value}` holds a value that is no time")
    return values, reading.unit
