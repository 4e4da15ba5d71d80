"""Characteristics of a station: the last values against their windows, and control charts (`docs/api.md`, section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query
from numpy.typing import NDArray
from starlette.responses import Response

from linewright.control.spc import RULES, capability, limits_of, nelson
from linewright.ledger.blocks import Layout, unpacked
from linewright.model.values import Characteristic
from linewright.web.answers import AnswerError, answer
from linewright.web.asked import ReadersNow
from linewright.web.plant import measure_entry
from linewright.web.readers import OpenRun

__all__ = ["Series", "last_values", "measure_rows", "router"]

router = APIRouter()
WITHIN = 200_000  # newest visits looked through: about half an hour of a 350-a-minute line
BASE = 200  # values before those shown that a chart's limits are computed from
BASE_LEAST = 50  # fewer than this: the limits come from the values shown


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one characteristic in the order in which they were measured, in the shown unit, shape (n,); `thing` are keys, `machine` names."""

    value: NDArray[np.float64]
    t_us: NDArray[np.int64]
    thing: NDArray[np.int64]
    machine: tuple[str | None, ...]

    def newest(self, n: int) -> Series:
        """Return the last n."""
        start = max(0, len(self.value) - n)
        return Series(self.value[start:], self.t_us[start:], self.thing[start:], self.machine[start:])


def last_values(run: OpenRun, station: str, machine: int | None, n: int) -> dict[str, Series]:
    """Return the last n values of each characteristic of a station (or of one of its machines), by name."""
    from_visits = visit_values(run, station, machine, n)
    missing = [m for m in run.segment(station).measures if m.name not in from_visits]
    along = {m.name: profile_values(run, station, machine, m, n) for m in missing}
    return {**from_visits, **{name: s for name, s in along.items() if s is not None}}


def visit_values(run: OpenRun, station: str, machine: int | None, n: int) -> dict[str, Series]:
    """Return what was measured at visits: once an item, or once a place of a carrier."""
    reader = run.reader
    where, asked = "", [reader.count("visit") - WITHIN, reader.number("step", station)]
    if machine is not None:
        where = " AND machine = ?"
        asked.append(reader.number("machine", run.machine(station, machine)))
    statement = f"SELECT unit, machine, ifnull(done_us, out_us), layout, vals FROM visit WHERE rowid > ? AND step = ?{where} AND vals IS NOT NULL ORDER BY rowid DESC LIMIT ?"  # noqa: S608, E501 - the texts are written above
    layouts: dict[int, Layout | None] = {}
    parts: dict[str, list[tuple[NDArray[np.float64], int, int, str | None]]] = {}
    counts: dict[str, int] = {}
    for unit, machine_key, at, number, vals in reader.rows_of("visit", statement, [*asked, n], is_newest_first=True, limit=n):
        if number not in layouts:
            layouts[number] = reader.layout(number)
        layout = layouts[number]
        if layout is None:
            continue
        values = layout.values(vals)
        for i, name in enumerate(layout.characteristics):
            if counts.get(name, 0) < n:
                shown = (values[i] - layout.offsets[i]) / layout.scales[i]
                parts.setdefault(name, []).append((shown, at or 0, unit, reader.name(machine_key)))
                counts[name] = counts.get(name, 0) + len(shown)
    return {name: joined(rows[::-1]).newest(n) for name, rows in parts.items()}


def joined(rows: list[tuple[NDArray[np.float64], int, int, str | None]]) -> Series:
    """Return rows of (values, time, thing, machine) as one series without unknown values."""
    value = np.concatenate([r[0] for r in rows])
    sizes = [len(r[0]) for r in rows]
    known = np.isfinite(value)
    machine = tuple(name for name, ok in zip(np.repeat(np.array([r[3] for r in rows], dtype=object), sizes), known, strict=True) if ok)
    return Series(value[known], np.repeat([r[1] for r in rows], sizes)[known], np.repeat([r[2] for r in rows], sizes)[known], machine)


def profile_values(run: OpenRun, station: str, machine: int | None, m: Characteristic, n: int) -> Series | None:
    """Return what was measured along the webs that a station made; None where nothing was."""
    reader = run.reader
    names = [f"{station}/{machine}"] if machine is not None else [f"{station}/{k + 1}" for k in range(run.segment(station).count)]
    keys = [k for k in (reader.number("machine", name) for name in names) if k is not None]
    found = reader.rows(
        "SELECT p.web, t.made_us, t.machine, p.low, p.scale, p.data FROM profile AS p JOIN thing AS t ON t.key = p.web"  # noqa: S608 - question marks only
        f" WHERE p.characteristic = ? AND t.machine IN ({','.join('?' * len(keys))}) AND p.rowid > ? ORDER BY p.rowid DESC LIMIT 40",
        [reader.number("characteristic", m.name), *keys, reader.count("profile") - 5000],
    )
    rows, count = [], 0
    for web, made_us, machine_key, low, scale, data in found:
        if count >= n:
            break
        shown = (unpacked(low, scale, data) - m.unit.offset) / m.unit.scale
        rows.append((shown, made_us or 0, web, reader.name(machine_key)))
        count += len(shown)
    return joined(rows[::-1]).newest(n) if rows else None


def measure_rows(run: OpenRun, station: str, machine: int | None, n: int) -> list[dict[str, Any]]:
    """Return each characteristic of a station with its window and what the last n values say; the keys are null where nothing was measured yet."""
    series = last_values(run, station, machine, n)
    rows = []
    for m in run.segment(station).measures:
        entry, s = measure_entry(m), series.get(m.name)
        nothing = dict.fromkeys(("last", "last_t_us", "last_unit", "p5", "p50", "p95", "mean", "sd", "cp", "cpk", "outside"))
        if s is None or not len(s.value):
            rows.append({**entry, "n": 0, **nothing})
            continue
        p5, p50, p95 = np.percentile(s.value, [5.0, 50.0, 95.0])
        cp, cpk = capability(s.value, entry["lower"], entry["upper"])
        low = -np.inf if entry["lower"] is None else entry["lower"]
        high = np.inf if entry["upper"] is None else entry["upper"]
        rows.append({
            **entry, "n": len(s.value), "last": s.value[-1], "last_t_us": s.t_us[-1],
            "last_unit": run.reader.ids_of([int(s.thing[-1])]).get(int(s.thing[-1])),
            "p5": p5, "p50": p50, "p95": p95, "mean": s.value.mean(), "sd": s.value.std(ddof=1) if len(s.value) > 1 else None, "cp": cp, "cpk": cpk,
            "outside": int(((s.value < low) | (s.value > high)).sum()),
        })  # fmt: skip
    return rows


def chart(run: OpenRun, station: str, machine: int | None, name: str, n: int) -> dict[str, Any]:
    """Return the control chart of the last n values; its limits come from the values before them where there are enough."""
    m = next((x for x in run.segment(station).measures if x.name == name), None)
    if m is None:
        raise AnswerError(404, f"{station} does not measure {name}.", came=name, nearest=[x.name for x in run.segment(station).measures][:10])
    empty = Series(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64), ())
    everything = last_values(run, station, machine, n + BASE).get(name, empty)
    shown = everything.newest(n)
    before = everything.value[: len(everything.value) - len(shown.value)]
    limits = limits_of(before if len(before) >= BASE_LEAST else shown.value)
    broken = nelson(shown.value, limits) if limits is not None else []
    ids = run.reader.ids_of(shown.thing.tolist())
    return {
        **measure_entry(m), "n": len(shown.value), "t_us": shown.t_us, "value": shown.value, "thing": [ids.get(k) for k in shown.thing.tolist()],
        "machine": [machine_number(name) for name in shown.machine], "from": "before" if len(before) >= BASE_LEAST else "values",
        "mean": limits.mean if limits else None, "sigma": limits.sigma if limits else None,
        "lcl": limits.lower if limits else None, "ucl": limits.upper if limits else None,
        "broken": [{"rule": b.rule, "title": RULES[b.rule], "first": b.first, "last": b.last, "points": list(range(b.first, b.last + 1))}
                   for b in broken],
    }  # fmt: skip


def machine_number(name: str | None) -> int | None:
    """Return the number in a machine's name (``winder/7``); None where there is none."""
    tail = (name or "").rpartition("/")[2]
    return int(tail) if tail.isdigit() else None


@router.get("/runs/{run}/stations/{station}/measures")
def measures(readers: ReadersNow, run: str, station: str, machine: int | None = None, n: Annotated[int, Query(ge=2, le=5000)] = 200) -> Response:
    """Answer the characteristics of a station or machine over the last n values."""
    opened = readers.open(run)
    return answer({"run": opened.run, "station": station, "machine": machine, "measures": measure_rows(opened, station, machine, n)})


@router.get("/runs/{run}/stations/{station}/measures/{name}/chart")
def control_chart(
    readers: ReadersNow, run: str, station: str, name: str, *, machine: int | None = None, n: Annotated[int, Query(ge=2, le=2000)] = 120
) -> Response:
    """Answer the control chart of one characteristic."""
    opened = readers.open(run)
    return answer({"run": opened.run, "station": station, **chart(opened, station, machine, name, n)})
