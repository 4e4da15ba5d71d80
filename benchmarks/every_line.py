"""Every line of the library: checked, simulated for weeks, run live for ten hours of line time, its last product traced, its page drawn."""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.every_line_live import drawn, live_alarms, traced
from benchmarks.figure import LINEWRIGHT, REPOSITORY, Figure, cpu_and_wall, machine
from linewright.control.hours import switches_of
from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries, shipped_library
from linewright.measures.figures import LineFigures, figures_of
from linewright.model.load import check, load
from linewright.model.plant import Plant
from linewright.twin.simulate import simulate

WEEK_S, HOUR_S = 7 * 86400.0, 3600.0
BAR_S, REACHED_BAR = 5.0, 0.98
LIVE_H = 10
OUT = REPOSITORY / "benchmarks" / "out" / "every_line.json"
#: Begin of a twin whose file states none: Monday, 2026-01-05 00:00 UTC.
TWIN_BEGIN_US = 1_767_571_200_000_000
#: Published bands of the energy of a kWh of cells, gate to gate, by the line's profile [kWh/kWh] (battery-lines.md, section 7).
BANDS = {"batpac-lca": (20.3, 37.5, "S50"), "jinasena-2021": (34.2, 60.2, "S51")}


@dataclass(frozen=True, slots=True)
class LineRow:
    """What was measured of one line; None where the line has no such figure.

    Parameters
    ----------
    faults
        What `check` said of it.
    week_cpu_s
        CPU of `simulate` over a week from the line's own start, loading left out.
    target_per_min, good_per_min, worked
        Rated and simulated good products a minute (`at_work`); share of that time in which people work.
    oee, bottleneck
        Of the slowest station in that time.
    energy, band
        kWh a kWh of product, and the published band of its profile.
    alarms, strange
        Alarms of ten hours live; those that belong to no failure, maintenance or fault of the file.
    live_cpu_s
        CPU of these ten hours.
    things, untraced
        Things in the trace of the last product back to the first material; materials that the line makes of which the trace knows nothing.
    drawn
        What is wrong of the picture on the page; empty where nothing is.
    evaluator
        That computed the weeks.
    """

    name: str
    faults: int
    week_cpu_s: float
    target_per_min: float | None
    good_per_min: float
    worked: float
    oee: float | None
    bottleneck: str | None
    energy: float | None
    band: tuple[float, float, str] | None
    alarms: int
    strange: tuple[str, ...]
    live_cpu_s: float
    things: int
    untraced: tuple[str, ...]
    drawn: str
    evaluator: str

    @property
    def reached(self) -> float | None:
        """Return the share of the rated output that was reached in working time."""
        return self.good_per_min / self.worked / self.target_per_min if self.target_per_min else None

    def failures(self) -> list[str]:
        """Return which bars it misses, in words."""
        found = []
        if self.faults:
            found.append(f"check: {self.faults} faults")
        if self.week_cpu_s > BAR_S:
            found.append(f"week: {self.week_cpu_s:.1f} s CPU")
        if self.reached is not None and self.reached < REACHED_BAR:
            found.append(f"output: {100 * self.reached:.1f} %")
        if self.energy is not None and self.band is not None and not self.band[0] <= self.energy <= self.band[1]:
            found.append(f"energy: {self.energy:.1f} kWh/kWh")
        found += [f"alarm: {each}" for each in self.strange]
        found += [f"trace lacks {each}" for each in self.untraced]
        if self.drawn:
            found.append(f"page: {self.drawn}")
        return found


def worked_share(plant: Plant, begin_s: float, end_s: float) -> float:
    """Return the share of a stretch of line time in which the people that stations need are there; the plan with the fewest hours counts."""
    needed = {name for s in plant.segments for name, _ in s.needs}
    plans = {people.works for people in plant.people if people.name in needed}
    begin_us = plant.run.begin_us if plant.run.begin_us is not None else TWIN_BEGIN_US
    shares = [1.0]
    for plan in plant.shifts:
        if plan.name in plans or plan.name == plant.works:
            is_on, switches = switches_of(plan, begin_us, plant.time_zone)
            moments = [begin_s, *(t / 1e9 for t in switches if begin_s < t / 1e9 < end_s), end_s]
            is_on ^= sum(1 for t in switches if t / 1e9 <= begin_s) % 2 == 1
            shares.append(sum(b - a for i, (a, b) in enumerate(pairwise(moments)) if is_on == (i % 2 == 0)) / (end_s - begin_s))
    return min(shares)


def measured(name: str, folder: Path) -> LineRow:
    """Measure one line; its ledgers go into the folder."""
    libraries = installed_libraries()
    plant = load(name, libraries)
    simulate(plant, until_s=1.0)  # its kernels are loaded
    cpu = time.process_time()
    simulate(plant, until_s=WEEK_S)
    cpu = time.process_time() - cpu
    good_per_min, worked, figures, evaluator = at_work(plant)
    live = ["run", name, "--speed", "max", "--until", f"{LIVE_H} h", "--no-page", "--new", "--ledger", str(folder)]
    live_cpu, _, _ = cpu_and_wall([*LINEWRIGHT, *live])
    with Ledger(folder).reader() as reader:
        alarms, strange = live_alarms(plant, reader)
    things, untraced = traced(plant, folder)
    return LineRow(
        name=name,
        faults=len(check(name, libraries).faults),
        week_cpu_s=cpu,
        target_per_min=plant.target_per_s * 60 if plant.target_per_s else None,
        good_per_min=good_per_min,
        worked=worked,
        oee=figures.oee,
        bottleneck=figures.bottleneck,
        energy=figures.energy_per_product_energy,
        band=BANDS.get(plant.energy_profile or ""),
        alarms=alarms,
        strange=strange,
        live_cpu_s=live_cpu,
        things=things,
        untraced=untraced,
        drawn=drawn(plant, folder),
        evaluator=evaluator,
    )


def at_work(plant: Plant) -> tuple[float, float, LineFigures, str]:
    """Return good products a minute, the worked share, the line's figures and the evaluator of a stretch at work.

    A line with orders: from four hours on, until most of them are done. Any other: after two weeks to run in, a week, or the weeks that make
    200 products at the rated output.
    """
    if plant.orders and all(o.amount for o in plant.orders) and plant.target_per_s:
        ordered = sum(o.amount or 0 for o in plant.orders)
        begin_s = 4 * HOUR_S
        end_s = begin_s + max(HOUR_S, math.floor(0.8 * ordered / plant.target_per_s / HOUR_S) * HOUR_S)
        result = simulate(plant, until_s=end_s, start=simulate(plant, until_s=begin_s).state)
    else:
        weeks = max(1, math.ceil(200.0 / (plant.target_per_s or 1.0) / WEEK_S))
        begin_s, end_s = 2 * WEEK_S, (2 + weeks) * WEEK_S
        result = simulate(plant, until_s=end_s, start=simulate(plant, until_s=begin_s).state)
    figures = figures_of(result.compiled, result.tally).line
    return 60.0 * result.made / (end_s - begin_s), worked_share(plant, begin_s, end_s), figures, result.evaluator.name


def measure(names: Sequence[str] = (), *, told: bool = False) -> list[Figure]:
    """Return for each line the CPU of a simulated week, and what it misses in the note; rows go into benchmarks/out."""
    found = []
    for name in names or shipped_library().names("line"):
        with tempfile.TemporaryDirectory(prefix="linewright-line-") as folder:
            row = measured(name, Path(folder))
        missed = row.failures()
        found.append(Figure(name, row.week_cpu_s, "s", at_most=BAR_S, note="; ".join(missed) or told_of(row)))
        rows = {each["name"]: each for each in json.loads(OUT.read_text(encoding="utf-8"))} if OUT.exists() else {}
        rows[name] = asdict(row)
        OUT.parent.mkdir(exist_ok=True)
        OUT.write_text(json.dumps([rows[each] for each in sorted(rows)], indent=1), encoding="utf-8")
        if told:
            print(f"{name}: {'; '.join(missed) or 'all bars met'}\n    {told_of(row)}", flush=True)
    return found


def told_of(row: LineRow) -> str:
    """Return a row in words."""
    reached = "no target" if row.reached is None else f"{100 * row.reached:.1f} % of the rated output"
    oee = "" if row.oee is None else f", OEE {100 * row.oee:.1f} % of {row.bottleneck}"
    energy = "" if row.energy is None else f", {row.energy:.1f} kWh/kWh"
    live = f"{LIVE_H} h live in {row.live_cpu_s:.0f} s CPU, {row.alarms} alarms, {row.things} things in the trace of the last product"
    return f"week {row.week_cpu_s:.2f} s CPU ({row.evaluator}), {row.good_per_min:.4g} good a minute, {reached}{oee}{energy}; {live}"


def page_of(rows: Sequence[LineRow]) -> str:
    """Return docs/lines.md: a row a line, from what was measured, and the bars that are missed."""
    heads = ["line", "rated a minute", "reached", "OEE of its slowest", "week, CPU", "kWh/kWh (band)", "alarms in 10 h", "things in a trace", "page"]
    table = [heads, ["---"] + ["---:"] * 7 + ["---"]]
    for row in rows:
        rated = "" if row.target_per_min is None else f"{row.target_per_min:.3g}"
        reached = "" if row.reached is None else f"{100 * row.reached:.0f} %"
        oee = "" if row.oee is None else f"{100 * row.oee:.0f} % {row.bottleneck}"
        energy = "" if row.energy is None else f"{row.energy:.1f}" + (f" ({row.band[0]:g} to {row.band[1]:g})" if row.band else "")
        alarms = f"{row.alarms:,}" + (f", {len(row.strange)} kinds unexplained" if row.strange else "")
        drawn = row.drawn or "as it is"
        table.append([f"`{row.name}`", rated, reached, oee, f"{row.week_cpu_s:.1f} s", energy, alarms, f"{row.things:,}", drawn])
    missed = [f"- `{row.name}`: {'; '.join(row.failures())}" for row in rows if row.failures()]
    lacking = [name for name in shipped_library().names("line") if name not in {row.name for row in rows}]
    lines = ["| " + " | ".join(cells) + " |" for cells in table]
    where = machine()
    return "\n".join([
        "# What every line was measured to do", "",
        "Written by `python -m benchmarks.every_line --table docs/lines.md` from the last measurements, on",
        f"{where['cores']} cores of an {where['processor']} under Python {where['python']}, beside other work.",
        "A page of a line with its flow as a picture: `linewright lines NAME --html FILE.html`; of all: `linewright lines --html FOLDER`.", "",
        "*Reached* is good products while people work, by the rated output, in the third week (slow lines: until 200 are due; lines",
        "with orders: until most are done). *Week* is `simulate` over a week from the line's own start. *Alarms* are those of ten hours",
        "live at the greatest speed; each belongs to a failure, a maintenance or a fault of the file where nothing else is said.",
        "*Things* were named by the trace of a product down to all that the line made for it. *Page*: at 1440 and 820 px each station",
        "is drawn once, none over another, and the browser complains of nothing.", "",
        *lines, "", "## Bars that are missed" if missed else "No bar is missed.", "", *missed,
        *(["", f"Not measured since its file was changed last: {', '.join(lacking)}."] if lacking else []),
    ]).rstrip() + "\n"  # fmt: skip


def kept_rows() -> list[LineRow]:
    """Return what was measured last of each line."""
    rows = json.loads(OUT.read_text(encoding="utf-8"))
    turned = [{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()} for row in rows]
    return [LineRow(**row) for row in turned]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.every_line", description=__doc__)
    parser.add_argument("names", nargs="*", help="lines; without any, all")
    parser.add_argument("--table", type=Path, help="write what was measured last as a page, and measure nothing")
    asked = parser.parse_args()
    if asked.table is not None:
        asked.table.write_text(page_of(kept_rows()), encoding="utf-8")
        sys.exit(0)
    sys.exit(int(not all(figure.is_met for figure in measure(asked.names, told=True))))
