"""Checks of one station: keys that do not go together, names that name nothing, values that cannot be."""

from __future__ import annotations

from typing import Any

from linewright.model.checks import Checking, check_stops
from linewright.model.checks_orders import check_products
from linewright.model.flow import EXITS, Flow, Step, full_path
from linewright.model.merging import nearest
from linewright.model.quantity import Amount, kind_named
from linewright.model.reading_law import LawValue
from linewright.model.reading_text import GoodsAmount
from linewright.model.station import Measure
from linewright.model.values import EveryKind
from linewright.model.windows import WindowValue

__all__ = ["check_station", "webs_of"]

Values = dict[str, Any]
#: At 1 us the rounding to whole nanoseconds is at most 0.05 %.
_SHORTEST_S = 1e-6


def webs_of(flow: Flow) -> set[str]:
    """Return the stations through which a web goes: what their chain makes has metres, or they work at a `speed` without a `length`."""
    webs: set[str] = set()
    lengths = {
        m for s in flow.steps for m, amount in s.mapping("makes").items() if isinstance(amount, GoodsAmount) and amount.measure is Measure.LENGTH
    }
    for step in flow.steps:
        if any(name in lengths for name in step.made):
            webs.add(step.path)
    stack = list(webs)
    while stack:
        step = flow.by_path[stack.pop()]
        for target, _ in step.targets:
            aim = flow.step(target)
            if aim is not None and not aim.begins and target not in webs:
                webs.add(target)
                stack.append(target)
    return webs


def check_station(c: Checking, step: Step, webs: set[str]) -> None:
    """Check one station.

    Parameters
    ----------
    c
        What all checks look at.
    step
        The station.
    webs
        Stations through which a web goes.
    """
    _check_keys(c, step, webs)
    _check_short(c, step.where, step.values)
    for product, changes in step.mapping("per-product").items():
        if isinstance(changes, dict):
            _check_short(c, f"{step.where}.per-product.{product}", changes)
    _check_targets(c, step)
    _check_resources(c, step)
    _check_inputs(c, step, webs)
    _check_judging(c, step)
    _check_measures(c, step, webs)
    _check_signals(c, step)


def _check_keys(c: Checking, step: Step, webs: set[str]) -> None:
    """Refuse keys that do not go together, by name."""
    w = step.where
    if not any(key in step.values for key in ("time", "rate", "speed")) and not c.reading.report.has_fault(w):
        c.fault(w, "one of `time`, `rate` and `speed` must be given.", "Write `time: 2.1 s`, `rate: 60 ppm`, or for a web `speed: 60 m/min`.")
    pairs = [
        ("batch", "places", "items start together, or each stays for its own time"),
        ("batch", "speed", "a batch takes a `time`"),
        ("loads", "unloads", "a loader and an unloader are two stations"),
        ("loads", "batch", "a loader counts items; what comes after it counts carriers"),
        ("loads", "places", "a loader counts items; what comes after it counts carriers"),
        ("rate", "length", "`length` goes with `speed`"),
    ]
    for one, other, why in pairs:
        if step.get(one) is not None and step.get(other) is not None:
            c.fault(f"{w}.{other}", f"`{one}` and `{other}` do not go together: {why}.")
    if "length" in step.values and "speed" not in step.values and "rate" not in step.values:
        c.fault(f"{w}.length", "`length` goes with `speed`: a conveyor takes length / speed.", "Write `speed: 0.3 m/s`.")
    if step.get("speed") is not None and "length" not in step.values and step.path not in webs:
        c.fault(
            f"{w}.speed",
            "`speed` needs metres: a web passes here only if its chain makes one, such as `makes: {coil: 3000 m}`.",
            "Of a conveyor write its `length:`.",
        )
    if step.get("arrivals") is not None and step.inputs:
        c.fault(f"{w}.arrivals", "`arrivals` and `takes` do not go together: items come from outside, or are made here.")
    model = step.mapping("model")
    if model and not step.get("use") and not model.get("use"):
        c.fault(f"{w}.model", "`model` changes the process model of a class, but the station uses none.", "Write `use:` with a class of the library.")
    for name, failure in step.mapping("failures").items():
        if isinstance(failure, dict) and failure.get("stops") == "tool" and not step.mapping("tools"):
            c.fault(f"{w}.failures.{name}.stops", "`stops: tool` needs `tools`.", "Write `tools: {channel: 256}`.")
    check_products(c, step)
    web = step.mapping("web")
    width, lane = web.get("width"), web.get("lane-width")
    if width and lane and isinstance(web.get("lanes"), int) and lane.si * web["lanes"] > width.si * (1 + 1e-9):
        c.fault(f"{w}.web.lane-width", f"{web['lanes']} lanes of {lane} are wider than the web of {width}.")
    lengths = [a for a in step.mapping("makes").values() if isinstance(a, GoodsAmount) and a.measure is Measure.LENGTH]
    trims = sum(web[k].si for k in ("trim-start", "trim-end", "sample") if isinstance(web.get(k), Amount))
    if lengths and trims >= lengths[0].si:
        c.fault(f"{w}.web", f"of {lengths[0]} nothing is left after trimming.")


def _check_short(c: Checking, where: str, values: Values) -> None:
    """Refuse times that whole nanoseconds cannot hold well; 0 s, which takes no time, is left."""
    times = {key: law.law.mean for key in ("time", "arrivals") if isinstance(law := values.get(key), LawValue) and law.law is not None}
    rate = values.get("rate")
    if isinstance(rate, Amount):
        times["rate"] = 1 / rate.si
    for key, seconds in times.items():
        if 0 < seconds < _SHORTEST_S * (1 - 1e-9):
            c.fault(
                f"{where}.{key}",
                f"{seconds * 1e9:.3g} ns for one is below 1 us; a run counts in whole nanoseconds and would round it.",
                "Write 1000000 /s or less." if key == "rate" else "Write 1 us or more.",
            )


def _check_targets(c: Checking, step: Step) -> None:
    """Check where items go: `to`, `gate`, `within`, `choose`."""
    w = step.where
    known = set(c.flow.by_path)
    near = [s.name for s in c.flow.steps if s.line == step.line]

    def station(path: str, name: Any, also: tuple[str, ...] = EXITS) -> bool:
        if not isinstance(name, str) or name in also or full_path(step, name, known) in known:
            return True
        c.fault(path, f"there is no station `{name}`. {nearest(name, [*near, *also])}".rstrip())
        return False

    to = step.get("to")
    if isinstance(to, str):
        station(f"{w}.to", to)
        if to == step.name:
            c.fault(f"{w}.to", "the station passes its items to itself.")
    for key, name in enumerate(to, 1) if isinstance(to, list) else to.items() if isinstance(to, dict) else ():
        station(f"{w}.to.{key}", name)
    if isinstance(to, dict):
        grades = [g for s in c.flow.steps if s.line == step.line for g in s.mapping("grades")]
        for grade in to:
            if grade not in grades:
                c.fault(
                    f"{w}.to.{grade}",
                    f"no station gives the grade `{grade}`. {nearest(grade, grades)}".rstrip(),
                    "" if grades else "Write `grades:` at this station.",
                )
        missing = [g for g in step.mapping("grades") if g not in to]
        if missing:
            c.fault(f"{w}.to", f"items of the grade `{missing[0]}` have nowhere to go.", f"Write `{missing[0]}: scrap`, or a station.")
    if c.is_written(f"{w}.choose") and len(step.targets) < 2:
        c.fault(f"{w}.choose", "`choose` chooses among several; here items have one way.", "Write `to: [lane-1, lane-2]`.")
    gate = step.mapping("gate")
    for key in ("to", "then"):
        station(f"{w}.gate.{key}", gate.get(key))
    if gate.get("to") in EXITS and c.is_written(f"{w}.gate.limit") and gate.get("limit") is not None:
        c.fault(f"{w}.gate.limit", "`limit` counts passes through a repair station, but `to` is none.", "Write `to:` with a station.")
    if c.is_written(f"{w}.gate.then") and gate.get("limit") is None:
        c.fault(f"{w}.gate.then", "`then` says what comes after `limit` passes, but there is no limit.", "Write `limit: 2`.")
    within = step.mapping("within")
    station(f"{w}.within.late", within.get("late"))
    if station(f"{w}.within.since", within.get("since"), also=()) and within.get("since") == step.name:
        c.fault(f"{w}.within.since", "the time limit begins at another station.")
    if within and not within.get("since") and not c.flow.arriving(step.path):
        c.fault(f"{w}.within", "there is no station before this one.", "Write `within: {limit: 20 min, since: STATION}`.")


def _check_resources(c: Checking, step: Step) -> None:
    """Check people, vehicles, plans, carriers, points and controllers."""
    w, line = step.where, step.line
    check_stops(c, w, step.values, line)
    c.name(f"{w}.works", step.get("works"), "shifts", line, "shift plan", also=("always",))
    for name, count in step.mapping("needs").items():
        if c.name(f"{w}.needs.{name}", name, "people", line, "crew"):
            crew = (c.root.get("people") or {}).get(name) or c.part(line).values.get("people", {}).get(name) or {}
            if isinstance(count, int) and isinstance(crew.get("count"), int) and count > crew["count"]:
                c.fault(f"{w}.needs.{name}", f"one machine needs {count} of `{name}`, but there are only {crew['count']}.")
    c.name(f"{w}.brought-by", step.get("brought-by"), "vehicles", line, "vehicle")
    for key in ("takes", "adds"):
        for name, taken in step.mapping(key).items():
            if isinstance(taken, dict):
                c.name(f"{w}.{key}.{name}.brought-by", taken.get("brought-by"), "vehicles", line, "vehicle")
    for key in ("loads", "unloads"):
        c.name(f"{w}.{key}.carrier", step.mapping(key).get("carrier"), "carriers", line, "carrier")
    at = step.get("at")
    points = (c.root.get("roads") or c.part(line).values.get("roads") or {}).get("points") or {}
    if isinstance(at, str) and at not in points:
        near = nearest(at, list(points))
        c.fault(f"{w}.at", f"there is no point `{at}`. {near}".rstrip(), "" if near else "Describe it under `roads: {points: ...}`.")
    on = [*step.mapping("failures"), *step.mapping("signals")]
    for name, alarm in step.mapping("alarms").items():
        if isinstance(alarm, dict) and isinstance(alarm.get("on"), str) and alarm["on"] not in on:
            c.fault(f"{w}.alarms.{name}.on", f"the station has no failure or signal `{alarm['on']}`. {nearest(alarm['on'], on)}".rstrip())
    measures = [m for s in c.flow.steps for m in s.mapping("measures")]
    for name, control in step.mapping("control").items():
        if isinstance(control, dict) and isinstance(control.get("holds"), str) and control["holds"] not in measures:
            c.fault(f"{w}.control.{name}.holds", f"no station measures `{control['holds']}`. {nearest(control['holds'], measures)}".rstrip())


def _check_inputs(c: Checking, step: Step, webs: set[str]) -> None:
    """Check what is taken: metres where a coil is, a web where an amount is per metre."""
    for key in ("takes", "adds"):
        for name, taken in step.mapping(key).items():
            here = f"{step.where}.{key}.{name}"
            amount = taken.get("amount") if isinstance(taken, dict) else None
            if not isinstance(amount, GoodsAmount):
                continue
            is_length = amount.measure is Measure.LENGTH
            if not is_length:
                for key_2 in ("coil", "splice", "rolls"):
                    if c.is_written(f"{here}.{key_2}"):
                        c.fault(
                            f"{here}.{key_2}",
                            f"`{key_2}` is of a web, but `{name}` is taken by {_by(amount)}.",
                            f"Write `amount: 0.88 m` for a length of `{name}`.",
                        )
            if amount.per_length and step.path not in webs:
                c.fault(
                    f"{here}.amount",
                    f"`{amount}` is for each metre made, but no web is made here.",
                    "Write `makes: {coil: 3000 m}`, or the amount for one item.",
                )
            coil = taken.get("coil")
            if is_length and not amount.per_length and isinstance(coil, Amount) and coil.si < amount.si:
                c.fault(f"{here}.coil", f"a coil of {coil} is shorter than the {amount} that one item takes.")
        both = set(step.inputs) & set(step.adds)
        for name in sorted(both) if key == "adds" else ():
            c.fault(f"{step.where}.adds.{name}", f"`{name}` is both taken and added.", "Name it once.")


def _by(amount: GoodsAmount) -> str:
    return {Measure.COUNT: "count", Measure.MASS: "mass", Measure.VOLUME: "volume", Measure.LENGTH: "length"}[amount.measure]


def _check_judging(c: Checking, step: Step) -> None:
    """Check that a gate and grades have something to judge, that is measured."""
    w = step.where
    gate = step.get("gate")
    measured = [m for s in c.flow.steps for m in s.mapping("measures")]
    here = step.mapping("measures")
    if isinstance(gate, dict):
        checks = gate.get("checks")
        if "fails" in gate and checks:
            c.fault(f"{w}.gate.checks", "`fails` works by chance, `checks` by windows; one of them may be given.")
        if not here and not checks and "fails" not in gate and not step.mapping("grades"):
            c.fault(f"{w}.gate", "the gate has nothing to judge.", "Write `measures:` with windows, `grades:`, or `fails: 3 %`.")
        for number, name in enumerate([checks] if isinstance(checks, str) else checks or [], 1):
            if isinstance(name, str) and name not in measured:
                path = f"{w}.gate.checks" if isinstance(checks, str) else f"{w}.gate.checks.{number}"
                c.fault(path, f"no station measures `{name}`. {nearest(name, measured)}".rstrip())
    windows = {
        m: v["window"]
        for s in c.flow.steps
        for m, v in s.mapping("measures").items()
        if isinstance(v, dict) and isinstance(v.get("window"), WindowValue)
    }
    for grade, wanted in step.mapping("grades").items():
        for name, window in (wanted or {}).items():
            path = f"{w}.grades.{grade}.{name}"
            if name not in measured:
                c.fault(path, f"no station measures `{name}`. {nearest(name, measured)}".rstrip())
            elif isinstance(window, WindowValue) and name in windows and window.dimension != windows[name].dimension:
                c.fault(path, f'"{window.shown}" is {kind_named(window.dimension)}, but `{name}` is {kind_named(windows[name].dimension)}.')


def _check_measures(c: Checking, step: Step, webs: set[str]) -> None:
    """Check windows, means and spreads against one another."""
    declared = ((c.classes.get(step.get("use") or "") or {}).get("declares") or {}).get("measures") or {}
    for name, m in step.mapping("measures").items():
        if not isinstance(m, dict):
            continue
        here = f"{step.where}.measures.{name}"
        window, mean = m.get("window"), m.get("mean")
        if "window" not in m and "mean" not in m and name not in declared:
            c.fault(here, "neither `window` nor `mean` is given.", "Write `window: 60 mm +- 0.2 mm`.")
        dimension = window.dimension if isinstance(window, WindowValue) else mean.dimension if isinstance(mean, Amount) else None
        for key in ("mean", "spread", "error"):
            value = m.get(key)
            if not isinstance(value, Amount) or dimension is None or not c.is_written(f"{here}.{key}"):
                continue
            is_share = value.reading.text in {"%", "ppm"} and key != "mean"
            if value.dimension != dimension and not is_share:
                c.fault(f"{here}.{key}", f'"{value}" is {kind_named(value.dimension)}, but the window is of {kind_named(dimension)}.')
            elif key != "mean" and value.reading.offset:
                c.fault(f"{here}.{key}", f'"{value}": a difference of temperatures is written in K.', f"Write `{value.number} K`.")
        if m.get("law") == "bernoulli" and isinstance(mean, Amount) and not 0 <= mean.si <= 1:
            c.fault(f"{here}.mean", "the mean of a bernoulli law is a share, 0 to 1.")
        if m.get("law") in {"poisson", "bernoulli"} and "mean" not in m:
            c.fault(here, f"a law `{m['law']}` needs a `mean`.")
        every = m.get("every")
        if every is not None and every.kind is EveryKind.LENGTH and step.path not in webs:
            c.fault(f"{here}.every", "no web passes here, so nothing can be measured by the metre.", "Write `every: 50 items` or `every: 10 min`.")
        if every is not None and every.kind is EveryKind.PART and not (step.inputs or step.adds):
            c.fault(f"{here}.every", "`every: part` needs parts that are taken.")


def _check_signals(c: Checking, step: Step) -> None:
    """Check that each signal has a range and a window of the same kind."""
    declared = ((c.classes.get(step.get("use") or "") or {}).get("declares") or {}).get("signals") or {}
    for name, s in step.mapping("signals").items():
        if not isinstance(s, dict):
            continue
        here = f"{step.where}.signals.{name}"
        limits, window = s.get("range"), s.get("window")
        if "range" not in s and "window" not in s and name not in declared:
            c.fault(here, "`range` is missing: its least and largest value.", "Write `range: 0 .. 20 L/min`.")
        if isinstance(limits, WindowValue) and isinstance(window, WindowValue) and limits.dimension != window.dimension:
            c.fault(f"{here}.window", f'"{window.shown}" is {kind_named(window.dimension)}, but the range is of {kind_named(limits.dimension)}.')
        if s.get("per"):
            _check_per(c, step, here, s)


def _check_per(c: Checking, step: Step, here: str, s: dict[str, Any]) -> None:
    """Check a signal that is kept as a curve: a tool of the station has it, the meter's error says how near the straight lines stay."""
    tools = list(step.mapping("tools"))
    if s["per"] not in tools:
        hint = nearest(s["per"], tools) or f"Write `tools: {{{s['per']}: 256}}`."
        c.fault(f"{here}.per", f"the station has no tool `{s['per']}`. {hint}".rstrip())
    error, limits = s.get("error"), s.get("range")
    if error is None or not error.si > 0.0:
        c.fault(f"{here}.per", "`per` needs `error`: a curve's straight lines stay within it.", "Write `error: 5 mV`.")
    elif isinstance(limits, WindowValue) and error.dimension != limits.dimension:
        c.fault(f"{here}.error", f'"{error}" is {kind_named(error.dimension)}, but the range is of {kind_named(limits.dimension)}.')
    if s.get("every") is not None and s["every"].kind is not EveryKind.TIME:
        c.fault(f"{here}.every", "a curve is sampled in time.", "Write `every: 10 s`.")
