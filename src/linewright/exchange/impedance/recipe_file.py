"""A recipe as a YAML file, every fault of it with its place; and the recipes that are shipped."""

from __future__ import annotations

from pathlib import Path

from linewright.eis.circuit import Circuit, CircuitError, parse_circuit
from linewright.eis.recipe import QUANTITIES, Limit, Recipe
from linewright.model.errors import DataError
from linewright.model.merging import nearest
from linewright.model.quantity import QuantityFault, parse_amount
from linewright.model.reader import Fields, Items, Node, Place, Report, Text, parse, read_text

__all__ = ["SHIPPED", "read_recipe", "recipe_of_text", "shipped_recipes"]

KEYS = ("recipe", "about", "circuit", "names", "limits", "spread", "failed-cells")
SHIPPED = Path(__file__).with_name("recipes")


def shipped_recipes() -> tuple[str, ...]:
    """Return the names of the recipes that come with Linewright."""
    return tuple(sorted(p.stem for p in SHIPPED.glob("*.yaml")))


def read_recipe(named: str) -> Recipe:
    """Return the recipe of a file, or of those that are shipped by its name.

    Raises
    ------
    DataError
        With every fault: no such file, a key or a quantity that there is not, a unit of another kind, limits that exclude each other, a circuit that
        cannot be read.

    Examples
    --------
    >>> read_recipe("fuel-cell-stack").circuit
    'R0-ZARC1-Ws1'
    """
    path = SHIPPED / f"{named}.yaml"
    if "/" in named or named.endswith((".yaml", ".yml")) or not path.is_file():
        path = Path(named)
    report = Report()
    text = read_text(path, named, report)
    if text is None:
        known = shipped_recipes()
        hint = f"{nearest(named, known)} Shipped are: {', '.join(known)}.".strip()
        raise DataError([type(f)(f.file, f.line, f.column, f.path, f.message.replace("a line file", "a recipe"), hint) for f in report.faults])
    return recipe_of_text(text, named)


def recipe_of_text(text: str, name: str) -> Recipe:
    r"""Return the recipe that a text holds.

    Raises
    ------
    DataError
        With every fault and its place.

    Examples
    --------
    >>> print(recipe_of_text("recipe: r\nlimits: {hfr: {high: 0.2 mohm}}", "r.yaml").limits["hfr"].high)
    0.0002
    """
    report = Report()
    root = parse(text, name, report)
    if root is None:
        raise DataError(report.faults)
    for key, place in root.keys.items():
        if key not in KEYS:
            report.fault(place, key, f"there is no such key. {nearest(key, KEYS)}".strip(), f"Keys are {', '.join(KEYS)}.")
    called = word(root, "recipe", report)
    if not called and not report.has_fault("recipe"):
        report.fault(root.place, "recipe", "the name is missing: `recipe: my-recipe` was expected.")
    circuit = read_circuit(root, report)
    names = read_names(root, circuit, report)
    limits, spread = read_limits(root, report), read_spread(root, report)
    failed = word(root, "failed-cells", report) or "0"
    if not failed.isdecimal():
        report.fault(root.entries["failed-cells"].place, "failed-cells", f'"{failed}" is no count of cells; 0 or more was expected.')
    if report.faults:
        raise DataError(report.faults)
    return Recipe(called, word(root, "about", report), str(circuit) if circuit else "", names, limits, spread, int(failed))


def word(root: Fields, key: str, report: Report) -> str:
    """Return a text of the file, empty where there is none."""
    node = root.entries.get(key)
    if node is None:
        return ""
    if not isinstance(node, Text):
        report.fault(root.keys[key], key, "a single text was expected; here is a list or a mapping.")
        return ""
    return node.value.strip()


def read_circuit(root: Fields, report: Report) -> Circuit | None:
    """Return the circuit, None where there is none or it cannot be read."""
    text = word(root, "circuit", report)
    if not text:
        return None
    try:
        return parse_circuit(text)
    except CircuitError as wrong:
        place = root.entries["circuit"].place
        for at, what in wrong.faults:
            report.fault(Place(place.source, place.line, place.column + at), "circuit", f"{what}.")
        return None


def mapping(root: Fields, key: str, report: Report) -> dict[str, tuple[Place, Node]]:
    """Return the entries below a key whose names are quantities; others are faults."""
    node = root.entries.get(key)
    if node is None:
        return {}
    if not isinstance(node, Fields):
        came = "a list" if isinstance(node, Items) else "a text"
        report.fault(root.keys[key], key, f"`{key}` holds quantities, such as `hfr:` below it; here is {came}.")
        return {}
    found = {}
    for name, child in node.entries.items():
        if name in QUANTITIES:
            found[name] = (node.keys[name], child)
        else:
            known = tuple(QUANTITIES)
            about = f"there is no such quantity. {nearest(name, known)}".strip()
            report.fault(node.keys[name], f"{key}.{name}", about, f"There are {', '.join(known)}.")
    return found


def read_names(root: Fields, circuit: Circuit | None, report: Report) -> dict[str, str]:
    """Return the parameter of the circuit by quantity."""
    names = {}
    for q, (place, node) in mapping(root, "names", report).items():
        if not isinstance(node, Text):
            report.fault(place, f"names.{q}", "the name of a parameter of the circuit was expected, such as R0.")
        elif circuit is None:
            report.fault(place, f"names.{q}", "there is no circuit whose parameter this could be.", "Add `circuit:`.")
        elif node.value not in circuit.names:
            about = f"the circuit has no parameter `{node.value}`. {nearest(node.value, circuit.names)}".strip()
            report.fault(node.place, f"names.{q}", about, f"It has {', '.join(circuit.names)}.")
        else:
            names[q] = node.value
    return names


def read_limits(root: Fields, report: Report) -> dict[str, Limit]:
    """Return the limits."""
    limits = {}
    for q, (place, node) in mapping(root, "limits", report).items():
        if not isinstance(node, Fields) or not node.entries:
            report.fault(place, f"limits.{q}", "`low` and `high` were expected, such as `{high: 0.2 mohm}`.")
            continue
        ends = {}
        for end, child in node.entries.items():
            if end not in {"low", "high"}:
                report.fault(node.keys[end], f"limits.{q}.{end}", f"there is no such key. {nearest(end, ('low', 'high'))}".strip(), "low or high.")
            else:
                ends[end] = amount(child, QUANTITIES[q].kind, f"limits.{q}.{end}", report)
        low, high = ends.get("low"), ends.get("high")
        if low is not None and high is not None and low >= high:
            report.fault(place, f"limits.{q}", "the lower limit is not below the upper one: nothing could pass.")
        limits[q] = Limit(low, high)
    return limits


def read_spread(root: Fields, report: Report) -> dict[str, float]:
    """Return how far cells may lie from their neighbours."""
    found = {}
    for q, (place, node) in mapping(root, "spread", report).items():
        text = node.value if isinstance(node, Text) else ""
        try:
            value = float(text)
        except ValueError:
            value = 0.0
        if QUANTITIES[q].kind != "resistance":
            report.fault(place, f"spread.{q}", "only resistances are compared with the neighbours.", "hfr, rct, transport, total or polarisation.")
        elif not 1.0 <= value < 1e6:
            report.fault(place, f"spread.{q}", f'"{text}" is no number of robust sigma; such as 6 was expected, 1 at least.')
        else:
            found[q] = value
    return found


def amount(node: Node, kind: str, path: str, report: Report) -> float | None:
    """Return a quantity in SI, None after a fault."""
    if not isinstance(node, Text):
        report.fault(node.place, path, "a single quantity was expected.")
        return None
    try:
        return parse_amount(node.value, kind).si
    except QuantityFault as wrong:
        report.fault(node.place, path, f"{wrong.message}.", wrong.hint)
        return None
