"""Cells of 5 m of a mother web through 10 lanes: on a small ledger and on one 15 times as large; and how many rows that reads."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.figure import Figure
from linewright.genealogy.affected import Box
from linewright.genealogy.recall import pieces_below, recall
from linewright.genealogy.records import Records
from linewright.ledger.ledger import Ledger
from linewright.ledger.writer import RunWriter

LANES, CELLS_OF_LANE, PIECE_MM, GAP_MM = 10, 2_000, 1_400, 10
STRETCH, SMALL_MOTHERS, GROWTH, ROUNDS = 1.01, 2, 15, 60
UNIT, MOTHER, PRESSED, LANE, TRAY = (k << 40 for k in range(1, 6))
STEPS = 2
LANE_MM = CELLS_OF_LANE * (PIECE_MM + GAP_MM)
MOTHER_MM = round(LANE_MM / STRETCH)


def measure() -> list[Figure]:
    """Return CPU time of the query, and of the whole answer with where each cell is; and how both grow with the ledger."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = (_measured(Path(folder) / f"{mothers}", mothers) for mothers in (SMALL_MOTHERS, SMALL_MOTHERS * GROWTH))
    cells = SMALL_MOTHERS * LANES * CELLS_OF_LANE
    return [
        Figure(f"cells of 5 m through {LANES} lanes of {cells:,}, CPU", 1e3 * small["query"], "ms", at_most=10.0, note=f"{small['found']:.0f} cells"),
        Figure(f"the same, of {cells * GROWTH:,} cells, CPU", 1e3 * large["query"], "ms", at_most=10.0, note=f"{large['found']:.0f} cells"),
        Figure(f"{GROWTH} times the ledger: times", large["query"] / small["query"], "", at_most=1.5),
        Figure("with where each cell is, the larger ledger, CPU", 1e3 * large["answer"], "ms"),
        Figure(f"{GROWTH} times the ledger, with where each cell is: times", large["answer"] / small["answer"], "", at_most=1.5),
        Figure("rows of pieces read a cell found", large["rows"] / large["found"], "", at_most=3.0, note="possible ones: guard 2 m"),
    ]


def _measured(folder: Path, mothers: int) -> dict[str, float]:
    """Return the medians over pieces at random metres of random mothers; the first, which reads the file, is left out."""
    ledger = Ledger(folder)
    with ledger.create_run("t", "d", "twin", name="bench") as writer:
        for number in range(mothers):
            _mother(writer, number)
            writer.commit()
        writer.end("done")
    random = np.random.default_rng(3)
    spent: dict[str, list[float]] = {"query": [], "answer": []}
    found: list[int] = []
    rows: list[int] = []
    with ledger.reader() as reader:
        records = Records(reader)
        for _ in range(ROUNDS):
            web = int(MOTHER + random.integers(mothers))
            lo = float(random.integers(0, MOTHER_MM - 5_000))
            box = Box(lo, lo + 5_000.0, guard_mm=2_000.0)
            begun = time.process_time()
            pieces = pieces_below(records, web, box)
            spent["query"].append(time.process_time() - begun)
            thing = records.thing(web)
            assert thing is not None
            begun = time.process_time()
            answer = recall(records, thing, box)
            spent["answer"].append(time.process_time() - begun)
            assert len(answer.units) == len(pieces)
            found.append(len(pieces))
            rows.append(_rows_read(reader, web, box))
    return {name: statistics.median(times[1:]) for name, times in spent.items()} | {"found": statistics.mean(found), "rows": statistics.mean(rows)}


def _rows_read(reader: object, web: int, box: Box) -> int:
    """Return how many pieces the query reads, counted through a reader that counts."""

    class Counting(Records):
        count = 0

        def pieces_on_webs(self, spans: dict[int, tuple[int, int]]) -> dict:  # type: ignore[type-arg] # as its parent
            found = super().pieces_on_webs(spans)
            Counting.count += sum(len(pieces) for pieces in found.values())
            return found

    pieces_below(Counting(reader), web, box)  # type: ignore[arg-type] # a reader
    return Counting.count


def _mother(w: RunWriter, number: int) -> None:
    """Write a mother, rewound and stretched by the calender, slit into lanes, wound into cells that lie on trays."""
    kinds = {name: w.key("kind", name) for name in ("unit", "web", "carrier")}
    webs = [MOTHER + number, PRESSED + number, *(LANE + number * LANES + k for k in range(LANES))]
    lengths = [MOTHER_MM, *[LANE_MM] * (LANES + 1)]
    names = [f"MOTHER-{number}", f"PRESSED-{number}", *(f"LANE-{number * LANES + k}" for k in range(LANES))]
    w.append("thing", {"key": webs, "id": names, "kind": [kinds["web"]] * len(webs), "amount": lengths})
    w.append("piece_map", {
        "child": webs[1:], "child_lo_mm": [0] * (LANES + 1), "child_hi_mm": [LANE_MM] * (LANES + 1), "parent": [webs[0], *[webs[1]] * LANES],
        "a_mm": [float(MOTHER_MM), *[0.0] * LANES], "b": [-1 / STRETCH, *[1.0] * LANES], "lane": [None, *range(LANES)],
        "across_lo_mm": [None, *(25.0 + 65 * k for k in range(LANES))], "across_hi_mm": [None, *(90.0 + 65 * k for k in range(LANES))],
        "mirrored": [0] * (LANES + 1), "sides_swapped": [0] * (LANES + 1), "error_mm": [20.0] * (LANES + 1), "drift": [1e-4] * (LANES + 1),
    })  # fmt: skip
    cells = LANES * CELLS_OF_LANE
    first = number * cells
    unit = UNIT + 1 + first + np.arange(cells)
    along, lane = np.arange(cells) // LANES, np.arange(cells) % LANES
    lo = along * (PIECE_MM + GAP_MM)
    w.append("things", {"first_key": [UNIT + 1 + first], "count": [cells], "prefix": ["CELL"], "first_serial": [1 + first], "kind": [kinds["unit"]]})
    role = w.key("role", "strip")
    w.fact("roles", {"strip": [10.0, 5e-4]})
    w.append("consume", {"web": LANE + number * LANES + lane, "lo_mm": lo, "hi_mm": lo + PIECE_MM, "unit": unit, "role": [role] * cells})
    trays = np.unique(TRAY + (first + np.arange(cells)) // 256)
    w.put("thing", {"key": trays, "id": [f"T-{t - TRAY}" for t in trays.tolist()], "kind": [kinds["carrier"]] * len(trays)})
    w.append("placed", {"unit": unit, "carrier": TRAY + (first + np.arange(cells)) // 256, "place": np.arange(cells) % 256, "from_us": unit})
    for k in range(STEPS):
        step, machine = w.key("step", f"step-{k}"), w.key("machine", f"step-{k}/1")
        at = (first + np.arange(cells)) * 171_429 + k * 600_000_000
        w.append("visit", {"unit": unit, "step": [step] * cells, "machine": [machine] * cells, "start_us": at, "out_us": at + 1_000_000,
                           "verdict": [0] * cells})  # fmt: skip
