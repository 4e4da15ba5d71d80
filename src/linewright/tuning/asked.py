"""From what a user writes to an `Experiment`: a line, changes, other lines, sweeps; every fault of them at once."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from linewright.library.catalogue import Libraries
from linewright.model.errors import FileFault, LinewrightError, ModelError
from linewright.model.load import CheckReport, check
from linewright.model.overrides_fault import shown_change
from linewright.model.plant import Plant
from linewright.model.reader import Place, Report, SourceText
from linewright.tuning.experiment import BATCHES, MOST_BATCHES, Case, Experiment, Variant

__all__ = ["Asked", "asks_for_experiment", "experiment_of", "swept_values"]

#: Cases that one experiment may have: more is a slip of the pen.
MOST_CASES = 2000
AS_WRITTEN = "as written"
_SETTING = re.compile(r"\s+(?=[\w-]+(?:\.[\w-]+)+\s*=)")
_NUMBER = re.compile(r"^([+-]?\d+(?:\.\d+)?)\s*(\D.*)?$")

Point = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user said beside the line; None and empty: what the line's file says holds.

    Parameters
    ----------
    changes
        ``path=value``, for the line (and for the settings it is compared with).
    versus
        Lines, files, or settings such as ``winder.count=13 winder.buffer=200``.
    sweeps
        ``path=values``: ``winder.count=10..18``, ``10..18:2``, ``50,200,1000``, ``2.0..2.2s:0.1``.
    until_s, seed, replications, batches, confidence, show
        As in `Experiment`.
    warm_up_s
        Line time that is not counted; 0 counts all.
    is_found
        Whether the warm-up is to be found though the file states one.
    """

    changes: tuple[str, ...] = ()
    versus: tuple[str, ...] = ()
    sweeps: tuple[str, ...] = ()
    until_s: float | None = None
    warm_up_s: float | None = None
    is_found: bool = False
    replications: int | None = None
    batches: int | None = None
    seed: int | None = None
    confidence: float = 0.95
    show: tuple[str, ...] = ()


def asks_for_experiment(plant: Plant) -> bool:
    """Tell whether a file asks for more than one run: variants, a sweep, replications, or time that is not counted."""
    return bool(plant.variants or plant.sweep) or plant.run.replications > 1 or plant.run.warm_up_s is not None


def experiment_of(line: str, catalogue: Libraries, asked: Asked) -> Experiment:
    """Return the experiment that a line (or an experiment file) and the words beside it ask for.

    Parameters
    ----------
    line
        A line of the library, or a file.
    catalogue
        The library.
    asked
        What was said beside it.

    Raises
    ------
    ModelError
        Carries every fault of the files, the changes and the sweeps.
    LinewrightError
        The numbers do not fit each other: a warm-up as long as the run, too many cases.

    Examples
    --------
    >>> from linewright.library.catalogue import installed_libraries
    >>> made = experiment_of("four-stations", installed_libraries(), Asked(sweeps=("wind.count=1..2", "weld.buffer=5,20")))
    >>> [case.label for case in made.cases]
    ['wind.count = 1, weld.buffer = 5', 'wind.count = 1, weld.buffer = 20', 'wind.count = 2, weld.buffer = 5', 'wind.count = 2, weld.buffer = 20']
    """
    report = Report()
    found = check(line, catalogue, asked.changes)
    swept: dict[str, tuple[str, ...]] = dict(found.plant.sweep) if found.plant is not None else {}
    texts = {change: ("--vs", text) for text in asked.versus if "=" in text for change in settings_of(text)}
    for text in asked.sweeps:
        read = swept_values(text, report)
        if read is not None:
            swept[read[0]] = read[1]
            texts |= {f"{read[0]}={value}": ("--sweep", text) for value in read[1]}
    variants = _variants(line, asked, found.plant)
    points = [tuple(zip(swept, values, strict=True)) for values in itertools.product(*swept.values())]
    if len(variants) * len(points) > MOST_CASES:
        counts = " x ".join(str(n) for n in (len(variants), *map(len, swept.values())))
        raise LinewrightError(f"The sweep makes {counts} cases, more than {MOST_CASES}. Take fewer values, or one path after the other.")
    faults = [*found.faults, *report.faults]
    if faults:  # each variant, and each value alone: all that is wrong is said at once
        alone = [((path, value),) for path, values in swept.items() for value in values]
        _cases(variants, [()], catalogue, faults, texts)
        _cases(variants[:1], alone, catalogue, faults, texts)
        raise ModelError(_each_once(faults))
    cases = _cases(variants, points, catalogue, faults, texts)
    if faults:
        raise ModelError(_each_once(faults))
    return _experiment(cases, cases[0].plant, asked)


def _experiment(cases: list[Case], plant: Plant, asked: Asked) -> Experiment:
    until_s = plant.run.until_s if asked.until_s is None else asked.until_s
    warm_up_s = None if asked.is_found else plant.run.warm_up_s if asked.warm_up_s is None else asked.warm_up_s
    if warm_up_s is not None and warm_up_s >= until_s:
        raise LinewrightError(
            f"A warm-up of {warm_up_s:g} s leaves nothing of a run of {until_s:g} s. Run longer (--until), or count from earlier on (--warm-up)."
        )
    replications = asked.replications or (1 if asked.batches is not None else plant.run.replications)
    if asked.batches is not None and replications > 1:
        raise LinewrightError("Batches are parts of one long run; take --batches away, or the replications.")
    if not 2 <= (asked.batches or BATCHES) <= MOST_BATCHES:
        raise LinewrightError(f"--batches: 2 to {MOST_BATCHES} parts of one run were expected.")
    return Experiment(
        plant.name, tuple(cases), until_s, warm_up_s, replications, asked.batches or BATCHES, plant.run.seed if asked.seed is None else asked.seed,
        asked.confidence, asked.show or plant.run.show, plant.about,
    )  # fmt: skip


def _variants(line: str, asked: Asked, plant: Plant | None) -> list[Variant]:
    """Return the variants of the file, or the line as it is; then what it is compared with."""
    if plant is not None and plant.variants:
        found = [Variant(name, line, (*asked.changes, *(f"{path}={value}" for path, value in changes))) for name, changes in plant.variants]
    else:
        is_other_line = any("=" not in text for text in asked.versus)
        name = line if is_other_line else ", ".join(map(shown_change, asked.changes)) or AS_WRITTEN
        found = [Variant(name if asked.versus else "", line, asked.changes)]
    for text in asked.versus:
        if "=" in text:
            changes = settings_of(text)
            found.append(Variant(", ".join(changes), line, (*asked.changes, *changes)))
        else:
            start = tuple(change for change in asked.changes if change.startswith("run.start="))
            found.append(Variant(text, text, start))
    names: list[Variant] = []
    for variant in found:
        same = sum(other.line == variant.line and other.name.split(" (")[0] == variant.name for other in names)
        names.append(replace(variant, name=f"{variant.name} ({same + 1})") if same else variant)
    return names


def _cases(
    variants: list[Variant], points: Iterable[Point], catalogue: Libraries, faults: list[FileFault], texts: dict[str, tuple[str, str]]
) -> list[Case]:
    cases = []
    for variant, point in itertools.product(variants, points):
        settings = tuple(f"{path}={value}" for path, value in point)
        found: CheckReport = check(variant.line, catalogue, (*variant.changes, *settings))
        faults += [_named(fault, texts) for fault in found.faults]
        if found.plant is not None:
            cases.append(Case(variant.name, point, catalogue.with_models(found.plant)))
    return cases


def _named(fault: FileFault, texts: dict[str, tuple[str, str]]) -> FileFault:
    """Return a fault of a setting with the option that it stood in as its place."""
    option = next((option for setting, option in texts.items() if fault.file == f"--set {setting[:80]}"), None)
    return fault if option is None else replace(fault, file=f"{option[0]} {option[1][:80]}")


def _each_once(faults: Iterable[FileFault]) -> list[FileFault]:
    return list(dict.fromkeys(faults))


def swept_values(text: str, report: Report) -> tuple[str, tuple[str, ...]] | None:
    """Return the path and the values of a sweep; None after a fault.

    Parameters
    ----------
    text
        ``path=values``; values are listed with commas, ``low..high`` is each whole number, ``low..high:step`` each step. A unit at the end holds
        for the whole range.
    report
        Takes the faults.

    Examples
    --------
    >>> swept_values("winder.time=2.0..2.2s:0.1,3s", Report())
    ('winder.time', ('2.0 s', '2.1 s', '2.2 s', '3s'))
    """
    place = Place(SourceText(f"--sweep {text[:80]}", loose=True))
    path, equals, values = text.partition("=")
    path = path.strip()
    if not equals or not path or not values.strip():
        report.fault(place, "", "a path, `=` and values were expected, such as winder.count=10..18.")
        return None
    found: list[str] = []
    for part in values.split(","):
        low, dots, rest = part.partition("..")
        if not part.strip():
            report.fault(place, path, "a value is missing between two commas.")
        elif not dots or " .. " in part:  # a window is one value
            found.append(part.strip())
        else:
            found += _stepped(low.strip(), rest.strip(), place, path, report)
    return (path, tuple(dict.fromkeys(found))) if found else None


def _stepped(low: str, rest: str, place: Place, path: str, report: Report) -> list[str]:
    """Return the values of a range."""
    high, _, step = rest.partition(":")
    parts = [_NUMBER.match(part.strip()) for part in (low, high, step or "1")]
    first, last, by = parts
    if first is None or last is None or by is None:
        report.fault(place, path, f"`{low}..{rest}` is no range.", "Write 10..18, or 10..18:2 for each second one, or 2.0..2.4s:0.1.")
        return []
    units = {(match.group(2) or "").strip() for match in (first, last, by)} - {""}
    if len(units) > 1:
        report.fault(place, path, f"`{low}..{rest}` has several units: {', '.join(sorted(units))}.", "Write the unit once, at the upper end.")
        return []
    a, b, size = (Decimal(match.group(1)) for match in (first, last, by))
    if not step and (a != a.to_integral_value() or b != b.to_integral_value()):
        report.fault(place, path, f"`{low}..{rest}` needs a step.", f"Such as {low}..{rest}:0.1.")
        return []
    if size <= 0:
        report.fault(place, path, f"a step of {size} leads nowhere; a number above 0 was expected.")
        return []
    count = int(abs(b - a) / size) + 1
    if count > MOST_CASES:
        report.fault(place, path, f"`{low}..{rest}` is {count} values; {MOST_CASES} are allowed.", "Give a larger step: low..high:step.")
        return []
    unit = f" {units.pop()}" if units else ""
    return [f"{a + (size if b >= a else -size) * n}{unit}" for n in range(count)]


def settings_of(text: str) -> tuple[str, ...]:
    """Return the settings of a quoted set, such as ``winder.count=13 winder.time=2.1 s``.

    Examples
    --------
    >>> settings_of("winder.count=13 winder.time=2.1 s")
    ('winder.count=13', 'winder.time=2.1 s')
    """
    return tuple(_SETTING.split(text.strip()))
