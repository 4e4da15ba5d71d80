"""The plant as the page draws it: all that layout and formatting need, from the run's plan (`docs/api.md`, section 3)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from linewright.model.plant import Plant
from linewright.model.station import Input, Segment
from linewright.model.values import Characteristic, EveryKind, SetPoint, Signal, Unit, Window
from linewright.web.flow import Flow, chains, consumers, flow_of
from linewright.web.titles import title

__all__ = ["decimals_of", "measure_entry", "plant_body", "product_word", "shown", "shown_limits", "signal_entry", "unit_text"]

#: Units as they are printed, where that differs from how a line file writes them.
PRINTED = {"degC": "°C", "degF": "°F", "um": "µm", "ohm": "Ω", "mohm": "mΩ", "Mohm": "MΩ", "kohm": "kΩ", "m3": "m³"}
POWERS = str.maketrans({"0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "-": "⁻"})


def unit_text(unit: Unit | str) -> str:
    """Return a unit as it is printed.

    Examples
    --------
    >>> unit_text("mg/cm^2"), unit_text("degC"), unit_text("Pa*s"), unit_text("mohm")
    ('mg/cm²', '°C', 'Pa·s', 'mΩ')
    """
    text = unit if isinstance(unit, str) else unit.text
    text = PRINTED.get(text, text).replace("**", "^").replace("*", "·")
    while "^" in text:
        head, _, tail = text.partition("^")
        digits = len(tail) - len(tail.lstrip("-0123456789"))
        text = head + tail[:digits].translate(POWERS) + tail[digits:]
    return text


def decimals_of(step: float, unit: Unit) -> int | None:
    """Return how many decimals a value of that step (SI) has in its shown unit; None where no step is known.

    Examples
    --------
    >>> decimals_of(1e-5, Unit("mm", 1e-3)), decimals_of(10.0, Unit("N")), decimals_of(0.0, Unit("N"))
    (2, 0, None)
    """
    if not step > 0.0:
        return None
    return max(0, math.ceil(-math.log10(step / unit.scale) - 1e-9))


def shown(value: float | None, unit: Unit) -> float | None:
    """Return an SI value in its shown unit, free of the noise of the conversion; None stays None."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{unit.shown(value):.12g}")


def shown_limits(window: Window | None, unit: Unit) -> dict[str, float | None]:
    """Return a window's limits in the shown unit."""
    w = window or Window(None, None, None)
    return {"lower": shown(w.lower, unit), "target": shown(w.target, unit), "upper": shown(w.upper, unit)}


def product_word(product: str) -> str:
    """Return the plural by which products are counted: the first word of the product's name.

    Examples
    --------
    >>> product_word("cell-21700-tabless"), product_word("battery")
    ('cells', 'batteries')
    """
    word = product.split("-", maxsplit=1)[0] or "item"
    return word[:-1] + "ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else word + ("es" if word.endswith(("s", "x")) else "s")


def plant_body(plant: Plant) -> dict[str, Any]:
    """Return the whole drawing's data."""
    flows = flow_of(plant)
    areas: dict[str, list[str]] = {}
    for s in plant.segments:
        if s.area:
            areas.setdefault(s.area, []).append(s.path)
    return {
        "line": plant.name,
        "title": title(plant.name),
        "about": plant.about,
        "level": plant.level,
        "product": plant.product,
        "product_title": title(plant.product),
        "product_word": product_word(plant.product),
        "target_per_min": None if plant.target_per_s is None else shown(plant.target_per_s * 60.0, Unit()),
        "time_zone": plant.time_zone,
        "areas": [{"name": title(name), "stations": rows} for name, rows in areas.items()],
        "chains": [chain_entry(i, chain, plant) for i, chain in enumerate(chains(plant))],
        "stations": [station_entry(s, plant, flows[s.path]) for s in plant.segments],
        "carriers": [{"name": c.name, "title": title(c.name), "holds": c.holds, "count": c.count} for c in plant.carriers],
        "people": [{"name": p.name, "title": title(p.name), "count": p.count} for p in plant.people],
        "vehicles": [{"name": v.name, "title": title(v.name), "count": v.count} for v in plant.vehicles],
        "utilities": [{"name": u.name, "title": title(u.name), "serves": list(u.serves)} for u in plant.utilities],
        "materials": [{"name": m.name, "title": title(m.name), "bought": m.bought} for m in plant.materials],
    }


def chain_entry(index: int, chain: Sequence[Segment], plant: Plant) -> dict[str, Any]:
    """Return one row of the drawing."""
    takers = consumers(chain, plant)
    ends_in = takers[0][0].path if takers else ("out" if any(t.station == "out" for t in chain[-1].to) else None)
    return {
        "index": index,
        "title": chain_title(chain, plant),
        "stations": [s.path for s in chain],
        "ends_in": ends_in,
        "input": takers[0][1].material if takers else None,
        "more_takers": [s.path for s, _ in takers[1:]],
    }


def chain_title(chain: Sequence[Segment], plant: Plant) -> str:
    """Return a row's heading: its area, else the word its stations begin with, else what it makes."""
    area = {s.area for s in chain}
    if len(area) == 1 and chain[0].area:
        return title(chain[0].area)
    shared = shared_begin([s.name for s in chain])
    if shared:
        return title(shared)
    for s in reversed(chain):
        if s.makes:
            return title(s.makes[0].material)
    return title(plant.product)


def shared_begin(names: Sequence[str]) -> str:
    """Return the words (with hyphens between) that several names all begin with; empty for one name.

    Examples
    --------
    >>> shared_begin(["cathode-coater", "cathode-calender"]), shared_begin(["winder", "filler"])
    ('cathode', '')
    """
    if len(names) < 2:
        return ""
    shared = []
    for words in zip(*(n.split("-")[:-1] for n in names), strict=False):
        if len(set(words)) > 1:
            break
        shared.append(words[0])
    return "-".join(shared)


def station_entry(s: Segment, plant: Plant, flow: Flow) -> dict[str, Any]:
    """Return what the page knows of one station."""
    return {
        "path": s.path,
        "name": s.name,
        "title": title(s.path),
        "chain": [c[0].chain for c in chains(plant)].index(s.chain),
        "area": s.area,
        "about": s.about,
        "use": s.use,
        "kind": "store" if s.places is not None else "oven" if s.batch else "web" if s.speed_m_s is not None and flow.kind == "web" else "machine",
        "count": s.count,
        "machine_title": title(s.path) + (" {n}" if s.count > 1 else ""),
        "rated_per_min": rated_per_min(s, flow),
        "products_per_item": None if flow.products is None else shown(flow.products, Unit()),
        "item": flow.material,
        "item_title": title(flow.material),
        "item_kind": flow.kind,
        "length_m": flow.length_m,
        "begins": s.begins,
        "buffer": "unlimited" if s.buffer is None else s.buffer if not s.inputs else None,
        "places": s.places,
        "batch": s.batch.size if s.batch else None,
        "inputs": [input_entry(i, plant, adds=False) for i in s.inputs] + [input_entry(i, plant, adds=True) for i in s.adds],
        "to": [{"station": t.station, "grade": t.grade, "back": is_back(s, t.station, plant)} for t in s.to],
        "gate": {"to": s.gate.to, "limit": s.gate.limit} if s.gate else None,
        "loads": s.loads.carrier if s.loads else None,
        "unloads": s.unloads.carrier if s.unloads else None,
        "carrier": flow.material if flow.kind == "carrier" else None,
        "needs": [{"people": name, "count": count} for name, count in s.needs],
        "brought_by": s.brought_by,
        "driver": s.driver.use,
        "tools": [{"name": name, "count": count} for name, count in s.tools],
        "web": web_entry(s),
        "recipe": [set_point_entry(p) for p in s.recipe],
        "signals": [signal_entry(x) for x in s.signals],
        "measures": [measure_entry(m) for m in s.measures],
        "failures": [{"name": f.name, "title": title(f.name)} for f in s.failures],
        "maintenance": [{"name": m.name, "title": title(m.name)} for m in s.maintenance],
        "grades": [g.name for g in s.grades],
        "marks": s.marks,
    }


def rated_per_min(s: Segment, flow: Flow) -> float | None:
    """Return how many items a minute a station can make, nothing failing; None where nothing says."""
    if s.time is not None and s.time.mean > 0.0:
        together = s.places if s.places is not None else s.count * (s.batch.size if s.batch else 1)
        return shown(60.0 * together / s.time.mean, Unit())
    if s.speed_m_s and flow.length_m:
        return shown(60.0 * s.count * s.speed_m_s / flow.length_m, Unit())
    return None


def is_back(s: Segment, target: str, plant: Plant) -> bool:
    """Tell whether a way leads to a station that stands earlier in the file (a repair loop)."""
    paths = [x.path for x in plant.segments]
    return target in paths and paths.index(target) <= paths.index(s.path)


def input_entry(i: Input, plant: Plant, *, adds: bool) -> dict[str, Any]:
    """Return one thing that a station takes or adds."""
    vehicles = next((v.count for v in plant.vehicles if v.name == i.brought_by), None)
    source = i.sources[0] if i.sources else None
    return {
        "material": i.material, "title": title(i.material), "source": source, "adds": adds, "buffer": "unlimited" if i.buffer is None else i.buffer,
        "amount": i.amount, "unit": "" if i.measure == "count" else str(i.measure.value), "per_length": i.per_length, "rolls": i.rolls,
        "coil": i.coil_m is not None, "bought": not i.sources, "brought_by": i.brought_by, "vehicles": vehicles,
    }  # fmt: skip


def web_entry(s: Segment) -> dict[str, Any] | None:
    """Return how a station's web lies on its parent."""
    w = s.web
    if w is None:
        return None
    mm = Unit("mm", 1e-3)
    return {
        "width": shown(w.width_m, mm), "unit": "mm", "sides": list(w.sides), "lanes": w.lanes, "lane_width": shown(w.lane_width_m, mm),
        "rewind": w.rewind,
        "elongation": w.elongation, "error": w.error_m, "drift": w.drift,
    }  # fmt: skip


def set_point_entry(p: SetPoint) -> dict[str, Any]:
    """Return one set-point in shown units."""
    values = [shown(v, p.unit) for v in p.values]
    decimals = max((len(f"{v:.6g}".partition(".")[2]) for v in values if v is not None), default=0)
    return {"name": p.name, "title": title(p.name), "set": values, "unit": unit_text(p.unit), "decimals": decimals}


def signal_entry(x: Signal) -> dict[str, Any]:
    """Return one signal: range, window, unit."""
    w = x.window
    width = (w.upper - w.lower) / x.unit.scale if w is not None and w.lower is not None and w.upper is not None else 0.0
    whole = (x.high - x.low) / x.unit.scale
    # A hundredth of the window's width, to a power of ten; without a window a thousandth of the range: no meter tells more.
    least = width / 100.0 if width > 0.0 else whole / 1000.0
    step = 10.0 ** math.floor(math.log10(least) + 1e-9) * x.unit.scale if least > 0.0 else 0.0
    return {
        "name": x.name, "title": title(x.name), "count": x.count, "low": shown(x.low, x.unit), "high": shown(x.high, x.unit), "every_s": x.every_s,
        "unit": unit_text(x.unit), "decimals": decimals_of(step, x.unit), "window": shown_limits(x.window, x.unit), "per": x.per or None,
    }  # fmt: skip


def measure_entry(m: Characteristic) -> dict[str, Any]:
    """Return one characteristic: window, unit, how often."""
    amount = "" if m.every.kind in {EveryKind.ITEM, EveryKind.PART} else f" {m.every.amount:g}"
    return {
        "name": m.name, "title": title(m.name), "unit": unit_text(m.unit), "decimals": decimals_of(m.resolution, m.unit),
        "every": f"{m.every.kind.value}{amount}", **shown_limits(m.window, m.unit),
    }  # fmt: skip
