"""Whether the counts can reach `target`: each station must start `target` / yield of it and of what follows.

Means only, as on paper: capacity = count x availability / time. Queues, people, vehicles and shifts are for the twin. A gate's loss is what a
normal law puts outside its windows; a repair loop adds visits. A shortage is a warning, with the count that would do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from linewright.model.build import Part
from linewright.model.checks import Checking
from linewright.model.flow import EXITS, OUT, Flow, Step
from linewright.model.quantity import Amount
from linewright.model.reading_law import LawValue
from linewright.model.reading_text import GoodsAmount
from linewright.model.station import Measure
from linewright.model.windows import WindowValue

__all__ = ["check_target", "output_alone"]


@dataclass(slots=True)
class _Need:
    """Starts a second that each station must reach, by path, and the metres of the web that passes it."""

    flow: Flow
    carriers: dict[str, int]
    wastes: dict[str, float]
    good: dict[str, float] = field(default_factory=dict)
    starts: dict[str, float] = field(default_factory=dict)
    metres: dict[str, float] = field(default_factory=dict)


def check_target(c: Checking) -> None:
    """Warn of each station whose count cannot reach the target."""
    for part in c.parts:
        target = part.values.get("target")
        if isinstance(target, Amount):
            need, carried = _needed(c, part, target.si)
            for step in need.flow.steps:
                _compare(c, step, need.starts.get(step.path, 0.0) / carried.get(step.path, 1), need, target)


def output_alone(c: Checking) -> tuple[tuple[str, float], ...]:
    """Return for each station the products a second that the line would make if that station alone held it back.

    Stations without a time, and the lines of a site, are left out.
    """
    if len(c.parts) != 1:
        return ()
    need, carried = _needed(c, c.parts[0], 1.0)
    found = []
    for step in need.flow.steps:
        one, count, starts = _capacity(step, need), step.get("count"), need.starts.get(step.path, 0.0) / carried.get(step.path, 1)
        if one is not None and isinstance(count, int) and starts > 0.0:
            found.append((step.path, one * count / starts))
    return tuple(found)


def _needed(c: Checking, part: Part, per_s: float) -> tuple[_Need, dict[str, int]]:
    """Return what each station of a line must start for so many products a second, and how many items one start handles."""
    steps = [s for s in c.flow.steps if s.line == part.line]
    holds = {
        n: v["holds"]
        for v in (c.root, part.values)
        for n, v in (v.get("carriers") or {}).items()
        if isinstance(v, dict) and isinstance(v.get("holds"), int)
    }
    wastes = {
        n: m["waste"].si
        for v in (c.root, part.values)
        for n, m in (v.get("materials") or {}).items()
        if isinstance(m, dict) and isinstance(m.get("waste"), Amount)
    }
    need = _Need(Flow(steps, [e for e in c.flow.edges if any(s.path == e.start for s in steps)], c.flow.materials, c.flow.sources), holds, wastes)
    _metres(need)
    ends = [s for s in steps if any(t == OUT for t, _ in s.targets) and c.flow.materials.get(s.path) == part.values.get("product")]
    for step in ends:
        need.good[step.path] = per_s / len(ends)
    _backwards(need)
    return need, _carried(need)


def _compare(c: Checking, step: Step, starts: float, need: _Need, target: Amount) -> None:
    one = _capacity(step, need)
    count = step.get("count")
    key = "places" if step.get("places") is not None else "count"
    number = step.get(key)
    if one is None or starts <= 0 or not isinstance(count, int) or not isinstance(number, int):
        return
    total = one * count
    if total >= starts * (1 - 1e-3):
        return
    wanted = math.ceil(number * starts / total * (1 - 1e-6))
    c.warn(
        f"{step.where}.{key}" if c.is_written(f"{step.where}.{key}") else step.where,
        f"{_many(number, key)} {_rate(total)}; the target of {target} needs {_rate(starts)} here.",
        f"`{key}: {wanted}` would do.",
    )


def _many(number: int, key: str) -> str:
    what = "place" if key == "places" else "machine"
    return f"1 {what} reaches" if number == 1 else f"{number} {what}s reach"


def _rate(per_s: float) -> str:
    """Return a rate a minute, or an hour where it is small."""
    return f"{per_s * 60:.4g} a minute" if per_s * 60 >= 1 else f"{per_s * 3600:.4g} an hour"


# ---- what is needed ------------------------------------------------------------------------------------------------


def _metres(need: _Need) -> None:
    """Find the metres of one item of web at each station, before the station works on it."""
    for _ in need.flow.steps:
        changed = False
        for step in need.flow.steps:
            own = [a.si for a in step.mapping("makes").values() if isinstance(a, GoodsAmount) and a.measure is Measure.LENGTH]
            came = own[0] if own else need.metres.get(step.path)
            if own and step.path not in need.metres:
                need.metres[step.path] = own[0]
            if came is None:
                continue
            for target, _ in step.targets:
                aim = need.flow.step(target)
                if aim is not None and not aim.begins and target not in need.metres:
                    need.metres[target] = _after(step, came)
                    changed = True
        if not changed:
            return


def _after(step: Step, metres: float) -> float:
    """Return the metres of a web behind a station."""
    web = step.mapping("web")
    trim: float = sum(web[k].si for k in ("trim-start", "trim-end", "sample") if isinstance(web.get(k), Amount))
    growth: float = web["elongation"].si if isinstance(web.get("elongation"), Amount) else 0.0
    loss: float = web["loss"].si if isinstance(web.get("loss"), Amount) else 0.0
    return max(0.0, (metres - trim) * (1 + growth) * (1 - loss))


def _backwards(need: _Need) -> None:
    """Go from the product back to where everything begins."""
    for step in reversed(_order(need.flow)):
        good = need.good.get(step.path, 0.0)
        passes, visits = _passing(step)
        first = good / max(passes, 1e-6) / _lanes(step)
        need.starts[step.path] = first * visits
        gate = step.mapping("gate")
        if gate.get("to") not in (None, *EXITS):
            for edge in need.flow.leaving(step.path):
                if edge.kind == "gate":
                    need.starts[edge.end] = need.starts.get(edge.end, 0.0) + first * (visits - 1)
        if step.begins:
            for key in ("takes", "adds"):
                _ask(need, step, key, first * visits)
            continue
        _ask(need, step, "adds", first * visits)
        arriving = [e.start for e in need.flow.arriving(step.path) if e.kind == "good" and _is_same_chain(need.flow, e.start, step)]
        before = [path for path in arriving if not _reaches(need.flow, step.path, path)]
        for path in before:
            need.good[path] = need.good.get(path, 0.0) + first / len(before)


def _is_same_chain(flow: Flow, path: str, step: Step) -> bool:
    """Tell whether what comes from a station passes on here; else it is a part that is added, and asked for by its amount."""
    start = flow.step(path)
    return start is not None and start.chain == step.chain


def _ask(need: _Need, step: Step, key: str, starts: float) -> None:
    """Ask the stations that bring what this one takes."""
    for name, taken in step.mapping(key).items():
        amount = taken.get("amount") if isinstance(taken, dict) else None
        sources = need.flow.sources.get((step.path, name), [])
        if not isinstance(amount, GoodsAmount) or not sources:
            continue
        each = amount.si * (need.metres.get(step.path, 1.0) if amount.per_length else 1.0)
        scrap = taken["scrap"].si if isinstance(taken.get("scrap"), Amount) else 0.0
        rolls = taken.get("rolls") if isinstance(taken.get("rolls"), int) else 1
        wanted = starts * each * rolls / max(1 - scrap, 1e-6) / max(1 - need.wastes.get(name, 0.0), 1e-6)
        for path in sources:
            need.good[path] = need.good.get(path, 0.0) + wanted / len(sources) / _content(need, path, name, amount.measure)


def _content(need: _Need, path: str, name: str, measure: Measure) -> float:
    """Return how much of a material one item of a source holds."""
    source = need.flow.step(path)
    if source is None:
        return 1.0
    if measure is Measure.LENGTH:
        return max(_after(source, need.metres.get(path, 1.0)), 1e-9)
    chain = [s for s in need.flow.steps if s.chain == source.chain]
    amounts = [s.mapping("makes").get(name) for s in chain]
    return next((a.si for a in amounts if isinstance(a, GoodsAmount) and a.si > 0), 1.0)


def _lanes(step: Step) -> int:
    lanes = step.mapping("web").get("lanes")
    return lanes if isinstance(lanes, int) and lanes > 0 else 1


def _passing(step: Step) -> tuple[float, float]:
    """Return the share of first visits that end well, and the visits an item makes."""
    scrap = step.get("scrap")
    passes = 1 - (scrap.si if isinstance(scrap, Amount) else 0.0)
    gate = step.get("gate")
    if not isinstance(gate, dict):
        return passes, 1.0
    refused = _refused(step, gate)
    if gate.get("to") in EXITS:
        return passes * (1 - refused), 1.0
    visits = 1 / max(1 - refused, 1e-3)
    limit = gate.get("limit")
    if isinstance(limit, int):
        visits = min(visits, limit + 1)
        passes *= 1 - refused ** (limit + 1)
    return passes, visits


def _refused(step: Step, gate: dict[str, Any]) -> float:
    """Return the share that a gate refuses."""
    misses = gate["misses"].si if isinstance(gate.get("misses"), Amount) else 0.0
    false = gate["false-alarms"].si if isinstance(gate.get("false-alarms"), Amount) else 0.0
    if isinstance(gate.get("fails"), Amount):
        bad = gate["fails"].si
    else:
        good = 1.0
        for m in step.mapping("measures").values():
            good *= _inside(m) if isinstance(m, dict) else 1.0
        bad = 1 - good
    return float(min(0.999, bad * (1 - misses) + (1 - bad) * false))


def _inside(m: dict[str, Any]) -> float:
    """Return the share of a normal law that lies inside its window."""
    window, mean, spread = m.get("window"), m.get("mean"), m.get("spread")
    if not isinstance(window, WindowValue) or not isinstance(spread, Amount) or m.get("law") != "normal":
        return 1.0
    w = window.window
    middle = 0.5 * (w.lower + w.upper) if w.lower is not None and w.upper is not None else None
    centre = mean.si if isinstance(mean, Amount) else w.target if w.target is not None else middle
    if centre is None:
        return 1.0
    is_share = spread.reading.text == "%" and window.unit.text != "%"
    sd = abs(centre) * spread.si if is_share else spread.si
    if sd <= 0:
        return 1.0
    low = 0.0 if w.lower is None else 0.5 * math.erfc((centre - w.lower) / sd / math.sqrt(2))
    high = 0.0 if w.upper is None else 0.5 * math.erfc((w.upper - centre) / sd / math.sqrt(2))
    return max(0.0, 1 - low - high)


def _order(flow: Flow) -> list[Step]:
    """Return stations so that each comes after all that feed it, where no loop forbids it."""
    order: list[Step] = []
    done: set[str] = set()
    for first in flow.steps:
        stack = [(first, False)]
        while stack:
            step, is_fed = stack.pop()
            if is_fed:
                order.append(step)
                continue
            if step.path in done:
                continue
            done.add(step.path)
            stack.append((step, True))
            feeds = [e.start for e in flow.arriving(step.path) if e.kind in {"good", "gate"}]
            feeds += [p for key in (*step.inputs, *step.adds) for p in flow.sources.get((step.path, key), [])]
            stack += [(before, False) for path in reversed(feeds) if (before := flow.step(path)) is not None]
    return order


def _reaches(flow: Flow, start: str, aim: str) -> bool:
    """Tell whether items that leave `start` can come to `aim` within the same chain."""
    seen, stack = {start}, [start]
    while stack:
        here = stack.pop()
        for edge in flow.leaving(here):
            step = flow.step(edge.end)
            if edge.end in seen or step is None or step.begins:
                continue
            if edge.end == aim:
                return True
            seen.add(edge.end)
            stack.append(edge.end)
    return False


def _carried(need: _Need) -> dict[str, int]:
    """Return, by station, how many items one start handles: the places of the carrier they come on."""
    on: dict[str, int] = {}
    for step in _order(need.flow):
        came = max((on.get(e.start, 1) for e in need.flow.arriving(step.path) if not step.begins), default=1)
        loads = step.mapping("loads").get("carrier")
        on[step.path] = need.carriers.get(loads, 1) if isinstance(loads, str) else 1 if step.mapping("unloads") else came
    return {s.path: 1 if s.mapping("loads") or s.mapping("unloads") else on[s.path] for s in need.flow.steps}


# ---- what a machine can do -----------------------------------------------------------------------------------------


def _capacity(step: Step, need: _Need) -> float | None:
    """Return the starts a second of one machine (of all `places` of it); None where they do not follow from the file."""
    time = _seconds(step, need)
    if time is None or time <= 0:
        return None
    batch, places = step.mapping("batch"), step.get("places")
    if batch and isinstance(batch.get("size"), int):
        handling = sum(batch[k].si for k in ("load", "unload") if isinstance(batch.get(k), Amount))
        return float(batch["size"] / (time + batch["size"] * handling) * _availability(step))
    if isinstance(places, int):
        return places / time * _availability(step)
    return 1 / (time + _changes(step, need)) * _availability(step)


def _seconds(step: Step, need: _Need) -> float | None:
    """Return the mean time of one start."""
    rate, speed, law, length = (step.get(k) for k in ("rate", "speed", "time", "length"))
    if isinstance(rate, Amount):
        return 1 / rate.si if rate.si > 0 else None
    if isinstance(speed, Amount) and speed.si > 0:
        metres = length.si if isinstance(length, Amount) else need.metres.get(step.path)
        return None if metres is None or (isinstance(length, Amount) and step.get("places") is None) else float(metres / speed.si)
    if not isinstance(law, LawValue):
        return None
    if law.law is not None:
        return law.law.mean
    parts = sum(
        t["amount"].si
        for t in step.inputs.values()
        if isinstance(t, dict) and isinstance(t.get("amount"), GoodsAmount) and t["amount"].measure is Measure.COUNT
    )
    each, fixed = law.extra.get("each"), law.extra.get("fixed")
    return float((each.si * parts if isinstance(each, Amount) else 0.0) + (fixed.si if isinstance(fixed, Amount) else 0.0))


def _changes(step: Step, need: _Need) -> float:
    """Return the time that coil changes take of one start."""
    total = 0.0
    for name, taken in step.inputs.items():
        amount, change = (taken.get("amount"), taken.get("change")) if isinstance(taken, dict) else (None, None)
        if not isinstance(amount, GoodsAmount) or not isinstance(change, Amount) or amount.measure is not Measure.LENGTH:
            continue
        coil = taken.get("coil")
        sources = need.flow.sources.get((step.path, name), [])
        metres = coil.si if isinstance(coil, Amount) else _content(need, sources[0], name, Measure.LENGTH) if sources else None
        if metres:
            each = amount.si * (need.metres.get(step.path, 1.0) if amount.per_length else 1.0)
            total += change.si * each / metres
    return total


def _availability(step: Step) -> float:
    """Return the share of time that a machine is not down."""
    share = 1.0
    for failure in step.mapping("failures").values():
        if not isinstance(failure, dict) or failure.get("stops") == "tool":
            continue
        mtbf, mttr = failure.get("mtbf"), failure.get("mttr")
        if isinstance(mtbf, LawValue) and isinstance(mttr, LawValue) and mtbf.law and mttr.law:
            share *= mtbf.law.mean / (mtbf.law.mean + mttr.law.mean)
    for stop in step.mapping("maintenance").values():
        every, law = (stop.get("every"), stop.get("time")) if isinstance(stop, dict) else (None, None)
        if every is not None and every.kind.value == "time" and isinstance(law, LawValue) and law.law:
            share *= max(0.0, 1 - law.law.mean / every.amount)
    return share
