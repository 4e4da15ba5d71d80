"""A station and a machine as they are now, and their states over time (`docs/api.md`, section 5)."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from linewright.ledger.records import MountRow, Sample, Thing
from linewright.model.station import Input, Measure, Segment
from linewright.web.answers import AnswerError, answer
from linewright.web.asked import Pixels, ReadersNow, spread
from linewright.web.groups import merged_rows
from linewright.web.line import completed, since_us
from linewright.web.machines import MACHINES, MachinesNow, Order, Page, spans_of
from linewright.web.measures import measure_rows
from linewright.web.plant import set_point_entry
from linewright.web.readers import Feed, OpenRun
from linewright.web.signals import find_tag, newest_value, signals_at
from linewright.web.titles import title

__all__ = ["machine_body", "router", "station_body", "tags_of"]

router = APIRouter()
STATE_BARS = 40
NUMBERS = r"^\d{1,6}(,\d{1,6})*$"
ROLL = re.compile(r" \d+$")  # of parallel rolls each has its number behind the input's name


def station_part(run: OpenRun, sample: Sample | None, station: str) -> dict[str, Any] | None:
    """Return what a sample says about a station."""
    if sample is None:
        return None
    part = (completed(run, sample).get("stations") or {}).get(station)
    return part if isinstance(part, dict) else None


def tags_of(run: OpenRun, station: str, machine: int) -> list[str]:
    """Return the tags of a machine, one for each of several."""
    tags = []
    for s in signals_at(run, station, machine):
        head = f"{station}/{machine}/{s.name}"
        tags += [head] if s.count == 1 else [f"{head}/{i + 1}" for i in range(s.count)]
    return tags


def station_body(run: OpenRun, station: str, page: Page | None = None) -> dict[str, Any]:
    """Return a station as it is now."""
    segment = run.segment(station)
    sample = run.sample()
    now = run.now(sample)
    part = station_part(run, sample, station)
    at = now.at_us if now.at_us is not None else run.info.begin_us
    since = since_us(run, sample, json.loads(sample.body) if sample is not None else None)
    return {
        "run": run.run, "at_us": now.at_us, "age_s": now.age_s, "since_us": since, "station": run.entries[station], "now": part,
        "machines": MachinesNow(run, segment, part, since, at).rows(page or Page()), "machines_total": segment.count,
        "measures": measure_rows(run, station, None, 200), "alarms": run.alarms.of(station), "tags": tags_of(run, station, 1),
    }  # fmt: skip


def recipe_rows(run: OpenRun, feed: Feed | None, segment: Segment, machine: int, at_us: int) -> list[dict[str, Any]]:
    """Return each set-point with what is measured of it: the newest value of the signal of the same name."""
    signals = {s.name: s for s in signals_at(run, segment.path, machine)}
    rows = []
    for p in segment.recipe:
        entry: dict[str, Any] = {**set_point_entry(p), "actual": None, "tag": None, "at_us": None}
        signal = signals.get(p.name)
        if signal is not None:
            head = f"{segment.path}/{machine}/{p.name}"
            tags = [head] if signal.count == 1 else [f"{head}/{i + 1}" for i in range(signal.count)]
            found = [newest_value(run, feed, find_tag(run, t), at_us + 1) for t in tags]
            entry |= {"actual": [f[1] if f else None for f in found], "tag": tags[0], "at_us": max((f[0] for f in found if f), default=None)}
        rows.append(entry)
    return rows


def mount_rows(run: OpenRun, segment: Segment, machine: str, at_us: int) -> list[dict[str, Any]]:
    """Return the lots on a machine's inputs, and how long those that are webs last at the rated pace."""
    inputs = {i.material: i for i in (*segment.inputs, *segment.adds)}
    each = segment.time.mean if segment.time is not None else None
    rows = []
    for m in run.reader.mounts_at(machine, at_us):
        thing = run.records.thing(m.lot)
        taken = inputs.get(ROLL.sub("", m.input))
        length, used = web_use(run, m, thing, taken)
        left = None if length is None or used is None else max(0.0, length - used)
        pace = None if left is None or each is None or taken is None or taken.amount <= 0.0 else left / taken.amount * each
        rows.append({
            "input": m.input, "title": title(m.input.replace(" ", "-")), "lot": thing.id if thing else None, "kind": thing.kind if thing else None,
            "from_us": m.from_us, "length_m": length, "used_m": used, "left_m": left, "left_s": pace, "ended_us": m.to_us,
        })  # fmt: skip
    return rows


def web_use(run: OpenRun, mount: MountRow, thing: Thing | None, taken: Input | None) -> tuple[float | None, float | None]:
    """Return length and metres used of a mounted web; None where it is none.

    A bought coil has the length that the line file says; a coil made before the run the one that its flow says. A web is used from its metre 0 on.
    """
    if taken is None or taken.measure is not Measure.LENGTH:
        return None, None
    source = run.entries.get(taken.sources[0]) if taken.sources else None
    length = thing.amount / 1000.0 if thing is not None and thing.kind == "web" and thing.amount else taken.coil_m
    length = length if length is not None or source is None else source["length_m"]
    return length, (run.reader.used_to_mm(mount.lot) or 0) / 1000.0


def machine_body(run: OpenRun, feed: Feed | None, station: str, machine: int) -> dict[str, Any]:
    """Return one machine as it is now."""
    segment = run.segment(station)
    name = run.machine(station, machine)
    sample = run.sample()
    now = run.now(sample)
    at = now.at_us if now.at_us is not None else run.info.begin_us
    part = station_part(run, sample, station)
    since = since_us(run, sample, json.loads(sample.body) if sample is not None else None)
    row = MachinesNow(run, segment, part, since, at).rows(Page(machine, 1))[0]
    return {
        "run": run.run, "at_us": now.at_us, "age_s": now.age_s, "since_us": since, "station": run.entries[station], "now": part,
        "machine": row, "made": row["made"],
        "availability": row["availability"], "recipe": recipe_rows(run, feed, segment, machine, at),
        "mounts": mount_rows(run, segment, name, at), "measures": measure_rows(run, station, machine, 200),
        "alarms": run.alarms.of(station, machine), "tags": tags_of(run, station, machine), "tools": [{"name": n, "count": c} for n,
        c in segment.tools],
    }  # fmt: skip


@router.get("/runs/{run}/stations/{station}")
def station_now(
    readers: ReadersNow,
    run: str,
    station: str,
    *,
    first: Annotated[int, Query(ge=1)] = 1,
    limit: Annotated[int, Query(ge=1, le=1000)] = MACHINES,
    order: Order = "number",
) -> Response:
    """Answer a station as it is now."""
    return answer(station_body(readers.open(run), station, Page(first, limit, order)))


@router.get("/runs/{run}/stations/{station}/states")
def station_states(
    readers: ReadersNow, run: str, station: str, *, from_us: int | None = None, to_us: int | None = None, first: int = 1,
    machines: Annotated[str | None, Query(pattern=NUMBERS)] = None, pixels: Pixels = 600,
) -> Response:  # fmt: skip
    """Answer the states of a station's machines over time: of those named, else of the first from a number on."""
    opened = readers.open(run)
    begin, end = spread(opened, from_us, to_us)
    count = opened.segment(station).count
    part = station_part(opened, opened.sample(), station)
    asked = [int(k) for k in machines.split(",")] if machines else range(max(1, first), first + STATE_BARS)
    rows = []
    for k in [k for k in asked if 1 <= k <= count][:STATE_BARS]:
        spans = spans_of(opened, part, f"{station}/{k}", begin, end)
        rows.append({"machine": k, "rows": merged_rows(spans, begin, end, pixels)})
    return answer({"run": opened.run, "from_us": begin, "to_us": end, "machines": rows, "machines_total": count})


@router.get("/runs/{run}/stations/{station}/{machine}")
def machine_now(readers: ReadersNow, run: str, station: str, machine: int) -> Response:
    """Answer one machine as it is now."""
    opened = readers.open(run)
    return answer(machine_body(opened, readers.feed_of(opened), station, machine))


@router.get("/runs/{run}/stations/{station}/{machine}/states")
def machine_states(
    readers: ReadersNow, run: str, station: str, machine: int, *, from_us: int | None = None, to_us: int | None = None, pixels: Pixels = 600
) -> Response:
    """Answer a machine's states over time."""
    opened = readers.open(run)
    begin, end = spread(opened, from_us, to_us)
    if end - begin > 400 * 86_400_000_000:
        raise AnswerError(400, "The range is too long for states.", expected="at most 400 days", came=f"{(end - begin) / 8.64e10:.0f} days")
    part = station_part(opened, opened.sample(), station)
    spans = spans_of(opened, part, opened.machine(station, machine), begin, end)
    return answer({"run": opened.run, "from_us": begin, "to_us": end, "rows": merged_rows(spans, begin, end, pixels)})
