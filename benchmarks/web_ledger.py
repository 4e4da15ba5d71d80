"""Writes the ledger that the stores are measured on: webs of both sides through calender and slitter, cells wound from them, packs, years of it.

``python -m benchmarks.web_ledger LEDGER [--cells 12500000]`` writes it alone.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.ledger.blocks import Layout
from linewright.ledger.ledger import Ledger
from linewright.ledger.stores import open_ledger
from linewright.ledger.writer import RunWriter

LANES, CELLS_OF_MOTHER, CELLS_OF_PACK, MOTHERS_OF_BATCH = 10, 20_000, 4_000, 4
PIECE_MM, STRETCH = 1_400, 1.01
LANE_MM = CELLS_OF_MOTHER // LANES * (PIECE_MM + 10)
CHUNK, STEPS, VALUES = 5_000, 20, 2
CELL_US = 171_429
UNIT, MOTHER, PRESSED, LANE, BATCH, TRAY, PACK = (k << 40 for k in range(1, 8))
ROLES = ("cathode", "anode", "separator-in", "separator-out")
Ints = NDArray[np.int64]


@dataclass(slots=True)
class Written:
    """What was written and how fast."""

    cells: int
    cpu_s: float
    wall_s: float


class WebLedger:
    """Writes the run.

    Parameters
    ----------
    writer
        Of a new run.
    cells
        How many cells, in whole mothers.
    visits
        Of how many of the last cells the visits and places are written too.
    """

    def __init__(self, writer: RunWriter, cells: int, visits: int) -> None:
        self.writer, self.cells, self.first_visited = writer, cells, cells - visits
        self._random = np.random.default_rng(5)
        self._steps = [writer.key("step", f"step-{k:02d}") for k in range(STEPS)]
        self._machines = [writer.key("machine", f"step-{k:02d}/1") for k in range(STEPS)]
        self._roles = [writer.key("role", role) for role in ROLES]
        self._kinds = {name: writer.key("kind", name) for name in ("unit", "web", "lot", "carrier")}
        layout = Layout(("thickness", "mass"), ("um", "g"), (1e-7, 1e-6), ((None, None, None),) * 2, (1e-6, 1e-3), (0.0, 0.0))
        rows = {name: [text] * STEPS for name, text in layout.row().items()}
        writer.put("layout", {"layout": range(1, STEPS + 1), "plan": ["d"] * STEPS, "step": self._steps, **rows})
        writer.fact("roles", {role: [2.0, 0.0] for role in ROLES})

    def write(self) -> Written:
        """Write all of it, a commit every 5,000 cells."""
        cpu, wall = time.process_time(), time.perf_counter()
        for first in range(0, self.cells, CHUNK):
            if first % CELLS_OF_MOTHER == 0:
                self._webs(first // CELLS_OF_MOTHER)
            unit = np.arange(first, min(first + CHUNK, self.cells), dtype=np.int64)
            self._pieces(unit)
            if first >= self.first_visited:
                self._visits(unit)
            self.writer.put("things", {"first_key": [UNIT], "count": [int(unit[-1]) + 1], "prefix": ["CELL"], "first_serial": [0],
                                       "kind": [self._kinds["unit"]]})  # fmt: skip
            if (unit[-1] + 1) % CELLS_OF_PACK == 0 or unit[-1] // CELLS_OF_PACK > (first - 1) // CELLS_OF_PACK:
                self._packs(unit)
            self.writer.commit(line_us=int(unit[-1]) * CELL_US)
        self.writer.end("done", line_us=self.cells * CELL_US)
        return Written(self.cells, time.process_time() - cpu, time.perf_counter() - wall)

    def _webs(self, mother: int) -> None:
        """Write a mother of each role: coated from its batch, rewound through the calender, slit into lanes."""
        maps: dict[str, list[object]] = {name: [] for name in ("child", "child_lo_mm", "child_hi_mm", "parent", "a_mm", "b", "lane")}
        things: list[tuple[int, str]] = []
        length = round(LANE_MM / STRETCH)
        for side in range(len(ROLES)):
            number = mother * len(ROLES) + side
            things += [(MOTHER + number, f"MOTHER-{number}"), (PRESSED + number, f"PRESSED-{number}")]
            self._map(maps, PRESSED + number, LANE_MM, MOTHER + number, (float(length), -1 / STRETCH, None))
            for lane in range(LANES):
                key = LANE + number * LANES + lane
                things.append((key, f"LANE-{number * LANES + lane}"))
                self._map(maps, key, LANE_MM, PRESSED + number, (0.0, 1.0, lane))
            self.writer.append("charge", {"web": [MOTHER + number], "lo_mm": [0], "hi_mm": [length], "error_mm": [500.0],
                                          "batch": [BATCH + mother // MOTHERS_OF_BATCH * len(ROLES) + side]})  # fmt: skip
        count = len(maps["child"])
        zeros = {name: [0] * count for name in ("mirrored", "sides_swapped")}
        self.writer.append("piece_map", {**maps, **zeros, "error_mm": [2.0] * count, "drift": [1e-4] * count})
        kind = self._kinds["web"]
        self.writer.put("thing", {"key": [k for k, _ in things], "id": [t for _, t in things], "kind": [kind] * len(things)})
        if mother % MOTHERS_OF_BATCH == 0:
            keys = [BATCH + mother // MOTHERS_OF_BATCH * len(ROLES) + side for side in range(len(ROLES))]
            self.writer.put("thing", {"key": keys, "id": [f"BATCH-{k - BATCH}" for k in keys], "kind": [self._kinds["lot"]] * len(keys)})

    @staticmethod
    def _map(maps: dict[str, list[object]], child: int, length: int, parent: int, lies: tuple[float, float, int | None]) -> None:
        for name, value in zip(maps, (child, 0, length, parent, *lies), strict=True):
            maps[name].append(value)

    def _pieces(self, unit: Ints) -> None:
        """Write four pieces a cell; each lane is wound in its own order along the web, with jitter."""
        mother, place = unit // CELLS_OF_MOTHER, unit % CELLS_OF_MOTHER
        lane, along = place % LANES, place // LANES
        for side, role in enumerate(self._roles):
            lo = along * (PIECE_MM + 10) + self._random.integers(0, 6, len(unit))
            hi = lo + PIECE_MM + self._random.integers(-4, 4, len(unit))
            web = LANE + (mother * len(ROLES) + side) * LANES + lane
            self.writer.append("consume", {"web": web, "lo_mm": lo, "hi_mm": hi, "unit": UNIT + unit, "role": [role] * len(unit)})

    def _visits(self, unit: Ints) -> None:
        """Write 20 visits with two values each, and a tray, of each cell."""
        count = len(unit)
        time_us = unit * CELL_US
        for step, machine, layout in zip(self._steps, self._machines, range(1, STEPS + 1), strict=True):
            out = time_us + step * 600_000_000 + self._random.integers(0, 40_000, count)
            vals = self._random.normal([9_000.0, 70_000.0], [60.0, 90.0], (count, VALUES)).astype("<i4")
            raw = vals.tobytes()
            self.writer.append("visit", {
                "unit": UNIT + unit, "step": [step] * count, "machine": [machine] * count, "in_us": out - 2_000_000, "start_us": out - 1_500_000,
                "done_us": out - self._random.integers(90_000, 120_000, count), "out_us": out, "ns": [0] * count, "verdict": [1] * count,
                "layout": [layout] * count, "vals": [raw[k : k + 4 * VALUES] for k in range(0, len(raw), 4 * VALUES)],
            })  # fmt: skip
        tray = TRAY + unit // 256
        self.writer.append("placed", {"unit": UNIT + unit, "carrier": tray, "place": unit % 256, "from_us": time_us})
        self.writer.take_off(UNIT + unit, tray, time_us + 9_000_000_000)

    def _packs(self, unit: Ints) -> None:
        """Link each cell to its pack."""
        whole = np.arange(unit[0], unit[-1] + 1, dtype=np.int64)
        role = self.writer.key("role", "cell")
        count = len(whole)
        packs = np.unique(whole // CELLS_OF_PACK).tolist()
        self.writer.put("thing", {"key": [PACK + p for p in packs], "id": [f"PACK-{p}" for p in packs], "kind": [self._kinds["unit"]] * len(packs)})
        self.writer.append("link", {"parent": PACK + whole // CELLS_OF_PACK, "child": UNIT + whole, "basis": ["stated"] * count,
                                    "role": [role] * count})  # fmt: skip


def write(ledger: Ledger, cells: int, visits: int) -> tuple[str, Written]:
    """Write the run into a ledger; return its id and how fast it was."""
    with ledger.create_run("line: bench\n", "d", "twin", 5, None, 0, "bench") as writer:
        return writer.run_id, WebLedger(writer, cells, visits).write()


def main() -> None:
    """Write it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.web_ledger", description=__doc__)
    parser.add_argument("ledger", help="folder, or postgresql://user@host/database")
    parser.add_argument("--cells", type=int, default=12_500_000)
    parser.add_argument("--visits", type=int, default=1_000_000, help="of how many of the last cells the visits are written")
    asked = parser.parse_args()
    run, done = write(open_ledger(asked.ledger), asked.cells, min(asked.visits, asked.cells))
    print(f"{run}: {done.cells:,} cells in {done.wall_s:.0f} s ({done.cells / done.wall_s:,.0f} a second; {done.cpu_s:.0f} s of CPU)")


if __name__ == "__main__":
    main()
