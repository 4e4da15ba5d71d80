"""One station's values as read, frozen into a `Segment`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from linewright.model.flow import Flow, Step, full_path
from linewright.model.quantity import Amount
from linewright.model.reading_law import LawValue
from linewright.model.station import (
    AlarmText,
    Batch,
    Blocking,
    CarrierUse,
    Choose,
    Clock,
    Control,
    Driver,
    Failure,
    Gate,
    Grade,
    Input,
    Maintenance,
    ModelUse,
    Output,
    Procedure,
    QueueRule,
    Segment,
    Setup,
    Target,
    Web,
    Within,
)
from linewright.model.values import COUNT, Characteristic, Every, EveryKind, Law, LawKind, SetPoint, Signal, Unit
from linewright.model.windows import WindowValue

__all__ = ["failures_of", "maintenance_of", "power_of", "segment_of", "set_points", "signals_of"]

Values = dict[str, Any]


def segment_of(step: Step, flow: Flow, product_names: Iterable[str] = ()) -> Segment:
    """Return the frozen station.

    Parameters
    ----------
    step
        The station as read.
    flow
        The whole flow, for sources and targets.
    product_names
        Unused names are ignored; each product in `per-product` becomes a whole station of its own.
    """
    del product_names
    segment = _segment(step, step.values, flow)
    variants = []
    for product, changes in step.mapping("per-product").items():
        values = dict(step.values)
        values.pop("per-product", None)
        if any(key in changes for key in ("time", "rate", "speed")):
            for key in ("time", "rate", "speed"):
                values.pop(key, None)
        for key, value in changes.items():
            values[key] = {**values[key], **value} if key in _MERGED and isinstance(values.get(key), dict) else value
        variants.append((product, _segment(step, values, flow)))
    return _replaced(segment, tuple(variants))


_MERGED = {
    "recipe",
    "measures",
    "signals",
    "failures",
    "maintenance",
    "tools",
    "model",
    "power",
    "standby",
    "item-energy",
    "web",
    "alarms",
    "control",
}


def _replaced(segment: Segment, variants: tuple[tuple[str, Segment], ...]) -> Segment:
    from dataclasses import replace  # noqa: PLC0415 - needed for lines with several products only

    return replace(segment, per_product=variants) if variants else segment


def _segment(step: Step, v: Values, flow: Flow) -> Segment:
    time, each = _time(v)
    law: LawValue | None = v.get("time")
    known = {s.path for s in flow.steps}
    return Segment(
        name=step.name,
        path=step.path,
        chain=step.chain,
        about=v.get("about", ""),
        area=v.get("area", ""),
        use=v.get("use", ""),
        count=v["count"],
        time=time,
        each_s=each,
        speed_m_s=_si(v.get("speed")),
        length_m=_si(v.get("length")),
        buffer=v["buffer"],
        blocking=Blocking(v["blocking"]),
        queue=QueueRule(v["queue"]),
        begins=step.begins,
        inputs=_inputs(step, "takes", v, flow),
        adds=_inputs(step, "adds", v, flow),
        makes=_outputs(v.get("makes")),
        to=tuple(Target(target, grade) for target, grade in step.targets),
        choose=Choose(v["choose"]),
        **_arrivals(v.get("arrivals")),
        batch=_batch(v.get("batch")),
        places=v.get("places"),
        loads=_carrier(v.get("loads")),
        unloads=_carrier(v.get("unloads")),
        within=_within(step, v.get("within"), known),
        scrap=v["scrap"].si,
        gate=_gate(step, v.get("gate"), known),
        grades=_grades(v.get("grades")),
        setup=_setup(v.get("setup")),
        failures=failures_of(v.get("failures")),
        maintenance=maintenance_of(v.get("maintenance")),
        works=v.get("works"),
        needs=tuple((v.get("needs") or {}).items()),
        brought_by=v.get("brought-by"),
        at=_at(v.get("at")),
        web=_web(v.get("web")),
        tools=tuple((v.get("tools") or {}).items()),
        model=_model(v),
        recipe=set_points(v.get("recipe")),
        steps=_procedures(v.get("steps")),
        measures=_measures(v.get("measures")),
        signals=signals_of(v.get("signals")),
        alarms=_alarms(v.get("alarms")),
        marks=v["marks"],
        control=_control(v.get("control")),
        power_w=power_of(v.get("power")),
        standby_w=power_of(v.get("standby")),
        item_energy_j=power_of(v.get("item-energy")),
        capital=_si(v.get("capital")),
        capital_currency=v["capital"].currency if v.get("capital") else "",
        floor_m2=_si(v.get("floor")),
        driver=_driver(v["driver"]),
        time_unit=law.unit if law else Unit("s"),
    )


def _arrivals(arrivals: LawValue | None) -> Values:
    """Return the fields of a segment that say how items come from outside; none where they do not."""
    if arrivals is None:
        return {}
    is_lost = arrivals.extra.get("when-full") == "lost"
    return {"arrivals": arrivals.law, "arrivals_lost_when_full": is_lost, "arrivals_batch": arrivals.extra.get("batch", 1)}


def _grades(grades: Values | None) -> tuple[Grade, ...]:
    return tuple(Grade(name, tuple((m, w.window) for m, w in windows.items())) for name, windows in (grades or {}).items())


def _procedures(steps: Sequence[Values] | None) -> tuple[Procedure, ...]:
    return tuple(Procedure(s["name"], _si(s.get("time")), set_points(s.get("recipe"))) for s in steps or ())


def _si(amount: Amount | None) -> float | None:
    return None if amount is None else amount.si


def _time(v: Values) -> tuple[Law | None, float]:
    """Return the law of the fixed part and the time for each counted part taken; a rate has become its reciprocal."""
    law: LawValue | None = v.get("time")
    if v.get("rate") is not None:
        return Law(LawKind.CONSTANT, 1 / v["rate"].si), 0.0
    if law is None:
        return None, 0.0
    if law.law is None:
        fixed = law.extra.get("fixed")
        return Law(LawKind.CONSTANT, fixed.si if fixed else 0.0), law.extra["each"].si if "each" in law.extra else 0.0
    return law.law, 0.0


def _inputs(step: Step, key: str, v: Values, flow: Flow) -> tuple[Input, ...]:
    taken = v.get(key)
    if not isinstance(taken, dict):
        return ()
    shared = v["buffer"] if key == "takes" else 0
    return tuple(
        Input(
            material=name,
            amount=i["amount"].si,
            measure=i["amount"].measure,
            per_length=i["amount"].per_length,
            buffer=i.get("buffer", shared),
            rolls=i["rolls"],
            coil_m=_si(i.get("coil")),
            change_s=i["change"].si,
            splice_m=i["splice"].si,
            scrap=i["scrap"].si,
            brought_by=i.get("brought-by", v.get("brought-by") if key == "takes" else None),
            sources=tuple(flow.sources.get((step.path, name), ())),
        )
        for name, i in taken.items()
    )


def _outputs(makes: Any) -> tuple[Output, ...]:
    if isinstance(makes, str):
        return (Output(makes),)
    return tuple(Output(name, amount.si, amount.measure) for name, amount in (makes or {}).items())


def _batch(b: Values | None) -> Batch | None:
    return None if b is None else Batch(b["size"], _si(b.get("wait")), b["load"].si, b["unload"].si)


def _carrier(c: Values | None) -> CarrierUse | None:
    return None if c is None else CarrierUse(c["carrier"], c.get("same"))


def _within(step: Step, w: Values | None, known: set[str]) -> Within | None:
    if w is None:
        return None
    since = w.get("since")
    return Within(w["limit"].si, full_path(step, since, known) if since else None, full_path(step, w["late"], known))


def _gate(step: Step, g: Values | None, known: set[str]) -> Gate | None:
    if g is None:
        return None
    checks = g.get("checks") or ()
    return Gate(
        full_path(step, g["to"], known),
        _si(g.get("fails")),
        g["limit"],
        full_path(step, g["then"], known),
        g["misses"].si,
        g["false-alarms"].si,
        (checks,) if isinstance(checks, str) else tuple(checks),
    )


def _setup(s: Values | None) -> Setup:
    if s is None:
        return Setup()
    pairs = tuple((a, b, t.si) for a, row in s.items() if a != "other" for b, t in row.items())
    return Setup(s["other"].si, pairs)


def failures_of(modes: Values | None) -> tuple[Failure, ...]:
    """Return failure modes as read, frozen."""
    return tuple(
        Failure(name, f["mtbf"].law, f["mttr"].law, Clock(f["clock"]), f.get("by"), f["stops"] == "tool") for name, f in (modes or {}).items()
    )


def maintenance_of(stops: Values | None) -> tuple[Maintenance, ...]:
    """Return planned stops as read, frozen."""
    rows = []
    for name, m in (stops or {}).items():
        every: Every = m["every"]
        is_time = every.kind is EveryKind.TIME
        rows.append(Maintenance(name, m["time"].law, every.amount if is_time else None, None if is_time else int(every.amount), m.get("by")))
    return tuple(rows)


def power_of(values: Values | None) -> tuple[tuple[str, float], ...]:
    """Return powers or energies by carrier of energy, in SI."""
    return tuple((name, amount.si) for name, amount in (values or {}).items())


def _at(at: Any) -> str | tuple[float, float] | None:
    return (at[0].si, at[1].si) if isinstance(at, list) else at


def _web(w: Values | None) -> Web | None:
    if w is None:
        return None
    return Web(
        width_m=_si(w.get("width")),
        sides=tuple(w.get("sides") or ()),
        lanes=w["lanes"],
        lane_width_m=_si(w.get("lane-width")),
        rewind=w["rewind"],
        elongation=w["elongation"].si,
        loss=w["loss"].si,
        trim_start_m=w["trim-start"].si,
        trim_end_m=w["trim-end"].si,
        sample_m=w["sample"].si,
        delay_s=w["delay"].si,
        error_m=w["error"].si,
        drift=w["drift"].si,
    )


def set_points(values: Values | None) -> tuple[SetPoint, ...]:
    """Return recipe values or parameters as read, frozen."""
    rows = []
    for name, value in (values or {}).items():
        amounts = value if isinstance(value, list) else [value]
        rows.append(SetPoint(name, tuple(a.si for a in amounts), amounts[0].unit if amounts else COUNT))
    return tuple(rows)


def _model(v: Values) -> ModelUse | None:
    model: Values = v.get("model") or {}
    name = model.get("use") or v.get("use", "")
    return ModelUse(name, set_points({k: a for k, a in model.items() if k != "use"})) if name else None


def _measures(values: Values | None) -> tuple[Characteristic, ...]:
    rows = []
    for name, m in (values or {}).items():
        window: WindowValue | None = m.get("window")
        mean: Amount | None = m.get("mean")
        unit = window.unit if window else mean.unit if mean else m["spread"].unit
        plain = Characteristic(name, window.window if window else _no_window(), _si(mean), unit=unit)
        spread = absolute(m["spread"], unit, plain.centre)
        error = absolute(m["error"], unit, plain.centre) if m.get("error") is not None else 0.0
        rows.append(
            Characteristic(
                name,
                plain.window,
                plain.mean,
                spread,
                LawKind(m["law"]),
                m.get("every") or Every(),
                error,
                unit,
                _resolution(plain, unit, spread),
            )
        )
    return tuple(rows)


def _no_window() -> Any:
    from linewright.model.values import Window  # noqa: PLC0415 - rarely needed

    return Window(None, None, None)


def absolute(amount: Amount, unit: Unit, centre: float) -> float:
    """Return a spread or error in SI: a share is of the mean, unless the thing itself is a share."""
    is_share = amount.dimension == () and amount.reading.text in {"%", "ppm"}
    return abs(centre) * amount.si if is_share and unit.text not in {"%", "ppm", "", "mg/kg", "g/kg", "items", "item"} else amount.si


def _resolution(plain: Characteristic, unit: Unit, spread: float) -> float:
    """Return a hundredth of the window's width, rounded down to a power of ten of the shown unit; of an open window, of eight spreads."""
    w = plain.window
    width = w.upper - w.lower if w.lower is not None and w.upper is not None else max(8 * spread, 0.1 * abs(plain.centre))
    shown = width / unit.scale / 100
    return float(f"1e{math.floor(math.log10(shown) + 1e-9)}") * unit.scale if shown > 0 else unit.scale


def signals_of(values: Values | None) -> tuple[Signal, ...]:
    """Return signals as read, frozen. Without a range, that of the window; without either, open."""
    rows = []
    for name, s in (values or {}).items():
        limits: WindowValue | None = s.get("range") or s.get("window")
        window: WindowValue | None = s.get("window")
        every: Every = s["every"]
        low = limits.window.lower if limits else None
        high = limits.window.upper if limits else None
        rows.append(
            Signal(
                name,
                -math.inf if low is None else low,
                math.inf if high is None else high,
                every.amount if every.kind is EveryKind.TIME else 0.0,
                s["count"],
                window.window if window else None,
                s["error"].si if s.get("error") is not None else 0.0,
                limits.unit if limits else COUNT,
                every.amount if every.kind is EveryKind.LENGTH else None,
                s["keep"].si if s.get("keep") is not None else None,
                s.get("per") or "",
            )
        )
    return tuple(rows)


def _alarms(values: Values | None) -> tuple[AlarmText, ...]:
    return tuple(
        AlarmText(name, a["on"], a.get("priority"), a["delay"].si, a.get("text", ""), a.get("next", "")) for name, a in (values or {}).items()
    )


def _control(values: Values | None) -> tuple[Control, ...]:
    return tuple(Control(name, c["holds"], c["use"], c["gain"].si, c["delay"].si) for name, c in (values or {}).items())


def _driver(d: Values) -> Driver:
    return Driver(d["use"], tuple((k, str(x)) for k, x in d.items() if k != "use"))
