"""What comes next on a line, what is on its web machines, and what its shared people and carriers do: parts of the line's sample."""

from __future__ import annotations

from typing import Any

from linewright.control.compile import Compiled
from linewright.control.hours import is_always
from linewright.kernels.state import OFF_SHIFT, WORK, State
from linewright.kernels.table import COIL

__all__ = ["next_hour", "resources", "webs"]

HOUR_NS = 3_600_000_000_000
#: Most that is told of what comes.
AHEAD_MOST = 8


def next_hour(compiled: Compiled, state: State) -> list[dict[str, Any]]:
    """Return what is known to come within an hour, by time: coils that end at the present rate, maintenance by calendar, hours that begin or end."""
    now = int(state.head[0]["now"])
    found = [*_coil_changes(compiled, state, now), *_maintenance(compiled, now), *_hours(compiled, state, now)]
    return sorted(found, key=lambda f: f["t_us"])[:AHEAD_MOST]


def _coil_changes(compiled: Compiled, state: State, now: int) -> list[dict[str, Any]]:
    table, found = compiled.table, []
    for passing in compiled.flow.stations:
        row = table.stations[passing.number]
        inputs = (*passing.segment.inputs, *passing.segment.adds)
        item_ns = _item_ns(compiled, passing.number)
        for m in range(int(row["machine0"]), int(row["machine0"]) + int(row["count"])):
            if int(state.machines[m]["mask"]) & OFF_SHIFT:
                continue
            for j in range(int(row["slots"])):
                slot = table.slots[int(row["slot0"]) + j]
                mount = state.mounts[int(table.machines[m]["mount0"]) + j]
                if int(slot["kind"]) != COIL or int(slot["change"]) == 0 or int(mount["lot"]) == 0 or j >= len(inputs):
                    continue
                # What the item in work needs is taken at its start: the rest is for those after it.
                at = _free_at(state.machines[m], now, item_ns) + int(mount["rest"]) // max(1, int(slot["amount"])) * item_ns
                if at < now + HOUR_NS:
                    what, machine = inputs[j].material, m - int(row["machine0"])
                    found.append(_coming(compiled, at, "coil-change", passing.segment.path, machine, what, int(slot["change"])))
    return found


def _free_at(machine: Any, now: int, item_ns: int) -> int:
    """Return when a machine will have ended the item in its hand, at the mean time of one."""
    return max(now, int(machine["start"]) + item_ns) if int(machine["phase"]) == WORK else now


def _maintenance(compiled: Compiled, now: int) -> list[dict[str, Any]]:
    found = []
    for passing in compiled.flow.stations:
        for plan in passing.segment.maintenance:
            if plan.every_s is not None:
                every = round(plan.every_s * 1e9)
                at = (now // every + 1) * every
                if at < now + HOUR_NS:
                    found.append(_coming(compiled, at, "maintenance", passing.segment.path, None, plan.name, round(plan.time.mean * 1e9)))
    return found


def _hours(compiled: Compiled, state: State, now: int) -> list[dict[str, Any]]:
    table, found = compiled.table, []
    plant = compiled.plant
    used = {s.works or plant.works for s in plant.segments} | {c.works for c in plant.people}
    for k, plan in enumerate(p for p in plant.shifts if p.name in used and not is_always(p)):  # the table's rows, see `compile_rows.shift_rows`
        shift, at = table.shifts[k], int(state.shifts[k]["at"])
        if at < int(shift["switches"]):
            t = int(table.switches[int(shift["switch0"]) + at])
            if now <= t < now + HOUR_NS:
                found.append(_coming(compiled, t, "shift", None, None, plan.name, None))
    return found


def _coming(  # noqa: PLR0917 - one row
    compiled: Compiled, at: int, kind: str, station: str | None, machine: int | None, what: str, for_ns: int | None
) -> dict[str, Any]:
    return {"t_us": compiled.begin_us + at // 1000, "kind": kind, "station": station, "machine": None if machine is None else machine + 1,
            "what": what, "for_s": None if for_ns is None else for_ns / 1e9}  # fmt: skip


def _item_ns(compiled: Compiled, number: int) -> int:
    return round(float(compiled.table.laws[int(compiled.table.stations[number]["law"])]["mean"]) * 1e9)


def webs(compiled: Compiled, state: State) -> list[dict[str, Any]]:
    """Return the webs in work: which, where, and how many metres of it are done. A web that lies in an oven is not run off: it has no metre."""
    now, found = int(state.head[0]["now"]), []
    for passing in compiled.flow.stations:
        row = compiled.table.stations[passing.number]
        length_mm = int(row["enter"])
        if length_mm == 0 or passing.segment.speed_m_s is None:
            continue
        for m in range(int(row["machine0"]), int(row["machine0"]) + int(row["count"])):
            at = state.machines[m]
            if int(at["phase"]) != WORK or int(at["item"]) == 0:
                continue
            share = min(1.0, max(0.0, (now - int(at["start"])) / max(1, _item_ns(compiled, passing.number))))
            found.append(
                {"chain": passing.segment.chain, "web": compiled.thing_id(int(at["item"]) & ((1 << 56) - 1)), "station": passing.segment.path,
                 "machine": m - int(row["machine0"]) + 1, "at_m": round(share * length_mm / 1000, 1), "length_m": length_mm / 1000}
            )  # fmt: skip
    return found


def resources(compiled: Compiled, state: State) -> dict[str, Any]:
    """Return how busy crews and carriers are, by name."""
    told: dict[str, Any] = {}
    for k, people in enumerate(compiled.plant.people[: len(compiled.table.crews)]):
        crew = state.crews[k]
        told[people.name] = {"busy": int(crew["busy"]), "count": people.count, "waiting": int(crew["count"])}
    for k, carrier in enumerate(compiled.plant.carriers[: len(compiled.table.carriers)]):
        count = int(compiled.table.carriers[k]["count"])
        told[carrier.name] = {"used": count - int(state.carriers[k]["empty"]), "count": carrier.count}
    return told
