"""Curves of cells in formation: CPU and bytes a cell to make, pack and store them, beside the same signals kept as samples every 10 s."""

from __future__ import annotations

import statistics
import tempfile
import time
import zlib
from pathlib import Path

import numpy as np

from benchmarks.figure import LINE, Figure
from linewright.control.compile import compile_plant
from linewright.genealogy.curves import CurveRecorder, curve_lines, numbers_of
from linewright.genealogy.drawn import Values
from linewright.genealogy.line_facts import line_facts
from linewright.kernels.rows import VISIT
from linewright.ledger.blocks import packed
from linewright.ledger.curve_blocks import curve_of
from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load

TRAYS, ROUNDS = 40, 5
DAY_NS = 86_400 * 10**9


def measure() -> list[Figure]:
    """Return CPU and bytes a cell of the curves that a run stores, of reading one, and bytes a cell of the samples they stand for."""
    compiled = compile_plant(load(LINE, installed_libraries()))
    facts = line_facts(compiled, 7)
    number = compiled.stations.index("formation")
    station, values = facts.stations[number], Values(facts)
    row = np.zeros(1, VISIT)
    row["station"], row["done"] = number, DAY_NS
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder))
        with ledger.create_run("t", "d", "twin", begin_us=0) as writer:
            recorder = CurveRecorder(facts, values, writer, np.array([writer.key("step", s.path) for s in facts.stations]))
            recorder.begin()
            writer.commit()
            before, spent, drawing = writer.path.stat().st_size, [], []
            for at in range(ROUNDS):
                serials = [np.arange(256, dtype=np.int64) + 1 + 256 * (at * TRAYS + k) for k in range(TRAYS)]
                begun = time.process_time()
                own = [values.of_carrier(station, mine, []) for mine in serials]
                drawn = time.process_time()
                for k, mine in enumerate(serials):
                    row["item"] = 1 + at * TRAYS + k
                    recorder.visit(row[0], mine, own[k], [])
                recorder.flush()
                writer.commit()
                drawing.append((drawn - begun) / TRAYS / 256)
                spent.append((time.process_time() - drawn) / TRAYS / 256)
        reader = ledger.reader()
        bytes_a_cell, points = reader.row("SELECT sum(length(data)) * 1.0 / sum(places), max(points) FROM curve") or (0.0, 0)
        cells = ROUNDS * TRAYS * 256
        grown = (writer.path.stat().st_size - before) / cells
    numbers = numbers_of(station, values, serials[0], own[0], 86400.0)
    begun = time.process_time()
    curves = [curve_of(one.astype(np.int64), curve_lines(station)) for one in numbers]
    sampled = np.arange(0.0, 86400.0, 10.0)
    samples = [packed(np.interp(sampled, c.times_s, y), line.resolution)[2] for c in curves for line, y in zip(c.lines, c.values, strict=True)]
    as_samples, compressed = (sum(map(len, blocks)) / 256 for blocks in (samples, [zlib.compress(b) for b in samples]))
    return [
        Figure("curve of a cell: made, packed, stored, CPU", 1e6 * statistics.median(spent), "us", at_most=10.0),
        Figure("  its measured values drawn, for comparison, CPU", 1e6 * statistics.median(drawing), "us"),
        Figure("curve of a cell: bytes", bytes_a_cell, "bytes", at_most=150.0, note=f"{points} points of time, voltage, current"),
        Figure("  the run's file grows by", grown, "bytes"),
        Figure("  as samples every 10 s, 16 bits each", as_samples, "bytes", note=f"compressed {compressed:.0f}"),
        Figure("  samples for one curve", as_samples / bytes_a_cell, "times"),
    ]
