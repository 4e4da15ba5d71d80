"""`check_process`: whether a station class keeps what it declares. Anyone may run it on a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np

from linewright.library.catalogue import Libraries, LibraryFolder, material_names, shipped_library
from linewright.library.energy import read_profile
from linewright.library.numbers import unmarked_numbers
from linewright.library.process import PARTS, Array, Declared, Process, read_process
from linewright.model.catalogue import Kind
from linewright.model.errors import LinewrightError
from linewright.model.events import values_of
from linewright.model.load import check

__all__ = ["check_library", "check_process"]

KINDS: tuple[Kind, ...] = ("line", "class", "material", "profile")
POINTS = 17
#: What a declared name may have.
KEYS = {"unit", "default", "range", "about", "rises-with", "falls-with", "over", "period"}
GIVEN = ("inputs", "recipe", "parameters", "faults")


def check_library(folder: LibraryFolder) -> list[str]:
    """Return what is wrong with a whole library: its classes, the marks of its numbers, its lines, materials and profiles, names the shipped one has.

    Parameters
    ----------
    folder
        The library; it may use the shipped one.
    """
    shipped = shipped_library()
    both = Libraries([folder] if folder.root == shipped.root else [shipped, folder])
    faults = [fault for name in folder.names("class") for fault in check_process(folder, name)]
    for path in sorted(p for each in ("lines", "materials", "energy_profiles") for p in (folder.root / each).glob("*.yaml")):
        text, place = path.read_text(encoding="utf-8"), f"{path.parent.name}/{path.name}"
        faults += [f"{place}: {row}" for row in unmarked_numbers(text)]
        if path.parent.name == "materials" and material_names(text) != tuple(values_of(text).get("materials") or ()):
            faults.append(f"{place}: write `materials:` at the margin and each name on a line of its own, all with the same indent")
    for kind in KINDS:
        twice = [name for name in folder.names(kind) if len(both.find(kind, name)) > 1]
        faults += [f"{kind} {name}: is found in {' and in '.join(found.path for found in both.find(kind, name))}" for name in twice]
    for name in folder.names("line"):
        faults += [str(fault) for fault in check(name, both).faults]
    for name in folder.names("profile"):
        try:
            read_profile(name, both)
        except LinewrightError as fault:
            faults.append(f"energy_profiles/{name}.yaml: {fault}")
    return faults


def check_process(folder: LibraryFolder, name: str) -> list[str]:
    """Return what is wrong with a station class; an empty list where it conforms.

    Parameters
    ----------
    folder
        The library that has it.
    name
        Of the class.

    Notes
    -----
    Looked at are the declaration (each name has words, each number a source or a mark, each range and default is of the declared unit, each default
    lies in its range, each measure that is said to rise or fall names something that is given) and the model, over its declared ranges:

    - it can be imported and does not fail, at the defaults and at both ends of each range;
    - its results are exactly the measures with a range, arrays (n,) of finite float64, at the defaults inside that range;
    - the same arguments give the same bits twice, and its arguments are not changed;
    - a block gives bit for bit what its elements give one by one, in any order (no reduction, no state);
    - it is monotone where it is declared so;
    - where it has `curve`: the names it follows from are declared, and its curves are finite, in time, and of each cell alone.

    Examples
    --------
    >>> from linewright.library.catalogue import shipped_library
    >>> check_process(shipped_library(), "slot-die-coater")
    []
    """
    try:
        process = read_process(folder, name)
    except LinewrightError as fault:
        return str(fault).splitlines()
    text = (folder.process_folder(name) / "process.yaml").read_text(encoding="utf-8")
    tree = values_of(text)
    named = tree.get("process")
    faults = [] if named == name else [f"{name}: its file says `process: {named}`; its folder makes the name `{name}`"]
    faults += [f"{name}: {fault}" for fault in (*strange_keys(tree.get("declares") or {}), *declaration_faults(process))]
    faults += [f"{name}: {row}" for row in unmarked_numbers(text)]
    if process.has_model and not faults:
        try:
            faults += [f"{name}: {fault}" for fault in model_faults(process)]
        except LinewrightError as fault:
            faults.append(f"{name}: {fault}")
    return faults


def strange_keys(declares: Mapping[str, Mapping[str, Mapping[str, object] | None]]) -> Iterator[str]:
    """Yield keys that a declaration does not have; most often they are words behind a comma."""
    for part, entries in declares.items():
        for name, entry in (entries or {}).items():
            for key in sorted(set(entry or {}) - KEYS):
                yield f"declares.{part}.{name}: there is no key `{key}`; words with a comma stand in quotation marks"


def declaration_faults(process: Process) -> Iterator[str]:
    """Yield what is wrong with the words and numbers of a declaration."""
    if not process.about:
        yield "about: one sentence was expected"
    for part in PARTS:
        for name, declared in process.parts[part].items():
            where = f"declares.{part}.{name}"
            if not declared.about and part != "signals":
                yield f"{where}: has no `about`"
            yield from range_faults(where, declared)
            known = {key for each in GIVEN for key in process.parts[each]}
            for other in (*declared.rises_with, *declared.falls_with):
                if other not in known:
                    yield f"{where}: rises or falls with `{other}`, which is not declared"
    for part in ("parameters", "inputs"):
        for name, declared in process.parts[part].items():
            if process.has_model and declared.default is None:
                yield f"declares.{part}.{name}: has no default"


def range_faults(where: str, declared: Declared) -> Iterator[str]:
    """Yield what is wrong with range and default of one name."""
    if declared.low is None or declared.high is None:
        return
    if not declared.low < declared.high:
        yield f"{where}: its range is empty"
    for value in declared.default or ():
        if not declared.low <= value <= declared.high:
            yield f"{where}: its default {declared.unit.shown(value):g} {declared.unit.text} lies outside its range"
        if not declared.mark:
            yield f"{where}: its default has neither source nor mark"


def model_faults(process: Process) -> Iterator[str]:
    """Yield what is wrong with a process model: its results, if these are right whether it is pure, if it is pure whether it is monotone."""
    given = process.evaluate({})
    if sorted(given) != sorted(process.modelled):
        yield f"effect gives {sorted(given)}, declared with a range are {sorted(process.modelled)}"
        return
    for looked_at in (outcome_faults, purity_faults, trend_faults, curve_faults):
        faults = list(looked_at(process))
        yield from faults
        if faults:
            return


def outcome_faults(process: Process) -> Iterator[str]:
    """Yield results that are no finite array inside their range: at the defaults, and with one argument at each end of its range."""
    for varied, value in [("", 0.0), *ends(process)]:
        for measure, result in process.evaluate({varied: value} if varied else {}, n=2).items():
            declared = process.parts["measures"][measure]
            at = f" at {varied} = {value:g} (SI)" if varied else ""
            if not isinstance(result, np.ndarray) or result.shape != (2,) or result.dtype != np.float64:
                came = f"{result.dtype} {result.shape}" if isinstance(result, np.ndarray) else f"`{type(result).__name__}`"
                yield f"{measure}{at}: an array (n,) of float64 was expected, {came} came"
            elif not np.all(np.isfinite(result)):
                yield f"{measure}{at}: {result[0]} is no finite number"
            elif not varied and not (declared.low or 0.0) <= result[0] <= (declared.high or np.inf):
                yield f"{measure}: {declared.unit.shown(float(result[0])):g} {declared.unit.text} at the defaults lies outside its range"


def ends(process: Process) -> Iterator[tuple[str, float]]:
    """Yield each argument of the model with both ends of its range, lists left out."""
    for part, end in product(GIVEN, ("low", "high")):
        for name, declared in process.parts[part].items():
            value = getattr(declared, end)
            if value is not None and len(declared.default or (0.0,)) == 1:
                yield name, value


def purity_faults(process: Process) -> Iterator[str]:
    """Yield where a block is not, bit for bit, its elements one by one."""
    values = spread_values(process, POINTS)
    random = np.random.default_rng(1)
    noise = {name: random.standard_normal(POINTS) for name in process.noise}
    kept = {name: array.copy() for name, array in values.items()}
    block = process.evaluate(values, noise, POINTS)
    again = process.evaluate(values, noise, POINTS)
    order = random.permutation(POINTS)
    shuffled = process.evaluate({name: array[order] for name, array in values.items()}, {k: a[order] for k, a in noise.items()}, POINTS)
    for measure, result in block.items():
        if not same_bits(result, again[measure]):
            yield f"{measure}: the same arguments gave another value the second time"
        if not same_bits(result[order], shuffled[measure]):
            yield f"{measure}: an element depends on its place in the block"
        if not same_bits(result, one_by_one(process, values, noise, measure)):
            yield f"{measure}: a block of {POINTS} does not give, bit for bit, what its elements give"
    if any(not same_bits(values[name], kept[name]) for name in values):
        yield "effect changes its arguments"


def one_by_one(process: Process, values: dict[str, Array], noise: dict[str, Array], measure: str) -> Array:
    """Return a measure computed for each element in a call of its own, array (POINTS,)."""
    each = [process.evaluate({k: a[i] for k, a in values.items()}, {k: a[i : i + 1] for k, a in noise.items()}) for i in range(POINTS)]
    return np.concatenate([one[measure] for one in each])


def spread_values(process: Process, n: int) -> dict[str, Array]:
    """Return arrays (n,) around each argument's default, inside its range and different from each other."""
    result = {}
    for part in GIVEN:
        for k, (name, declared) in enumerate(sorted(process.parts[part].items())):
            if declared.low is None or declared.high is None or len(declared.default or (0.0,)) != 1 or declared.default is None:
                continue
            wave = np.sin(np.arange(n) * (1.0 + 0.1 * k))
            near = declared.default[0] + 0.05 * wave * min(abs(declared.default[0]) or declared.high - declared.low, declared.high - declared.low)
            result[name] = np.clip(near, declared.low, declared.high)
    return result


def trend_faults(process: Process) -> Iterator[str]:
    """Yield the measures that do not rise or fall as they are declared to, each over the declared range of what it follows."""
    for measure, declared in process.parts["measures"].items():
        for name, sign in [(other, 1.0) for other in declared.rises_with] + [(other, -1.0) for other in declared.falls_with]:
            given = next(process.parts[part][name] for part in GIVEN if name in process.parts[part])
            if given.low is None or given.high is None:
                yield f"{measure}: is declared to follow `{name}`, which has no range"
                continue
            result = process.evaluate({name: np.linspace(given.low, given.high, 101)}, n=101)[measure]
            steps = sign * np.diff(result)
            if np.any(steps < -1e-12 * np.max(np.abs(result))) or not np.any(steps > 0.0):
                yield f"{measure}: does not {'rise' if sign > 0 else 'fall'} with `{name}` over its range"


def curve_faults(process: Process) -> Iterator[str]:
    """Yield what is wrong with a model's `curve`: names, shapes, time that goes back, a cell that depends on its neighbours."""
    model = process.model
    if model is None or not hasattr(model, "curve"):
        return
    declared = {**process.parts["inputs"], **process.parts["measures"]}
    unknown = [name for name in model.CURVE if name not in declared]
    if unknown:
        yield f"CURVE: {', '.join(unknown)} is declared neither among `measures` nor among `inputs`"
        return
    whole, outcome = process.arguments({}), process.evaluate({})
    near = 1.0 + 0.02 * np.sin(np.arange(5.0))[:, None]
    cells = {name: (outcome[name] if name in outcome else whole[0][name]) * near for name in model.CURVE} | {"time": np.full((5, 1), 1e6)}
    shares = [np.linspace(0.0, 1.0, 9)] * model.PHASES
    found = process.called("curve", shares, cells, *whole)
    drawn = [name for name, signal in (process.station.get("signals") or {}).items() if isinstance(signal, Mapping) and "per" in signal]
    if set(found) != {"time", *drawn}:
        yield f"curve gives {sorted(found)}; time and the station's signals with `per` were expected: {sorted(['time', *drawn])}"
        return
    for name, values in found.items():
        if values.shape != (5, 9 * model.PHASES) or not np.all(np.isfinite(values)):
            yield f"curve: {name}: finite numbers (cells, points) were expected, {values.shape} came"
        elif any(not same_bits(values[k : k + 1], process.called("curve", shares, one_cell(cells, k), *whole)[name]) for k in range(5)):
            yield f"curve: {name}: a cell's curve depends on the cells beside it"
    if np.any(np.diff(found["time"], axis=1) < 0.0):
        yield "curve: time goes back"


def one_cell(cells: Mapping[str, Array], k: int) -> dict[str, Array]:
    """Return the values of one cell, arrays (1, 1)."""
    return {name: values[k : k + 1] for name, values in cells.items()}


def same_bits(a: Array, b: Array) -> bool:
    """Tell whether two arrays hold the same bits."""
    return a.tobytes() == b.tobytes()
