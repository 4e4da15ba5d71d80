"""Both stores: recording beside a reader, cells of 5 m of web, packs of a batch and the tree of a pack, bytes a cell hot and cold.

``LINEWRIGHT_BENCH_CELLS`` says how many cells (400,000; the whole data set has 12,500,000), ``LINEWRIGHT_POSTGRESQL`` a server on which a
database may be made. Recording is told per second of wall and, since the machine may be shared, of CPU of the writing process.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np
import psycopg
from pyarrow import parquet

from benchmarks.figure import Figure
from benchmarks.web_ledger import BATCH, CELLS_OF_PACK, LANE_MM, MOTHER, MOTHERS_OF_BATCH, PACK, ROLES, STRETCH, UNIT, Written, write
from linewright.genealogy.affected import Box
from linewright.genealogy.recall import pieces_below
from linewright.genealogy.records import Records
from linewright.ledger.ledger import Ledger
from linewright.ledger.reader import RunReader
from linewright.ledger.stores import open_ledger

CELLS = int(os.environ.get("LINEWRIGHT_BENCH_CELLS", "400000"))
VISITED = 60_000
SERVER = os.environ.get("LINEWRIGHT_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
ROUNDS = 21


def measure() -> list[Figure]:
    """Return the figures of a folder, of closed days, and of PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="linewright-stores-"))
    name = f"linewright_bench_{uuid.uuid4().hex[:8]}"
    try:
        found = sqlite_figures(Ledger(folder))
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
            try:
                found += postgres_figures(open_ledger(SERVER.rsplit("/", 1)[0] + f"/{name}"))
            finally:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        shutil.rmtree(folder)
    return found


def sqlite_figures(ledger: Ledger) -> list[Figure]:
    """Return recording, sizes and queries of a folder, then of its closed days."""
    run, recorded = recording(ledger, VISITED, VISITED)
    size = ledger.run_info(run).size_bytes / VISITED
    run, _ = write(ledger, CELLS, 0)
    with ledger.reader(run) as reader:
        hot = queries(reader, "SQLite", 10.0)
    bare = ledger.run_info(run).size_bytes / CELLS
    list(ledger.close_days(run))
    first = next(info.run for info in ledger.runs())
    made = list(ledger.close_days(first))
    bytes_of = {t: sum(m.bytes for m in made if m.table == t) / VISITED for t in ("visit", "consume")}
    with ledger.reader(run) as reader:
        cold = queries(reader, "closed days", None)
    return [
        *speed("SQLite", recorded, 15_000),
        Figure("hot size on SQLite, 20 visits with 40 values, 4 edges, 1 place, 1 link", size, "B a cell", at_most=800),
        Figure("hot size on SQLite of 4 edges alone, link and place in the pack counted", bare, "B a cell"),
        Figure("cold size of 4 edges", bytes_of["consume"], "B a cell"),
        Figure("cold size of 20 visits: 40 values, four times each", bytes_of["visit"], "B a cell"),
        Figure("cold size of 40 values and 4 edges, without the times", values_alone(ledger, first) + bytes_of["consume"], "B a cell", at_most=150),
        *hot, *cold,
    ]  # fmt: skip


def postgres_figures(ledger: Ledger) -> list[Figure]:
    """Return recording, size and queries of a database."""
    run, recorded = recording(ledger, VISITED, VISITED)
    size = ledger.run_info(run).size_bytes / VISITED
    run, _ = write(ledger, CELLS, 0)
    with ledger.reader(run) as reader:
        found = queries(reader, "PostgreSQL", 1.5)
    return [*speed("PostgreSQL", recorded, 8_000), Figure("hot size on PostgreSQL, the same", size, "B a cell", at_most=2700), *found]


def speed(store: str, done: Written, at_least: float) -> list[Figure]:
    """Return how fast cells were recorded."""
    return [
        Figure(f"recording on {store} beside a reader", done.cells / done.wall_s, "cells/s", at_least=at_least),
        Figure(f"recording on {store}, per second of the writer's CPU", done.cells / done.cpu_s, "cells/s"),
    ]


def recording(ledger: Ledger, cells: int, visits: int) -> tuple[str, Written]:
    """Write cells while another process reads."""
    stop = multiprocessing.get_context("spawn").Event()
    reader = multiprocessing.get_context("spawn").Process(target=read_on, args=(ledger.url if hasattr(ledger, "url") else str(ledger.folder), stop))
    reader.start()
    try:
        return write(ledger, cells, visits)
    finally:
        stop.set()
        reader.join(30)


def read_on(where: str, stop: Event) -> None:
    """Read the newest visits and a unit's pieces, five times a second, until told to stop."""
    while not stop.wait(0.2):
        ledger = open_ledger(where)
        if ledger.runs():
            with ledger.reader() as reader:
                newest = reader.newest_visits(20)
                for visit in newest[:5]:
                    reader.pieces_of_unit(visit.unit)


def median_ms(what: Callable[[int], int]) -> tuple[float, int]:
    """Return the median time of some rounds after one, and how much was found at most."""
    what(0)
    times, most = [], 0
    for k in range(1, ROUNDS + 1):
        begin = time.perf_counter()
        most = max(most, what(k))
        times.append(time.perf_counter() - begin)
    return float(np.median(times)) * 1e3, most


def queries(reader: RunReader, store: str, web_ms: float | None) -> list[Figure]:
    """Return the times of three questions."""
    records = Records(reader)
    mothers = CELLS // 20_000 * len(ROLES)

    def of_web(k: int) -> int:
        lo = 100_000.0 + k * 37_000.0 % (LANE_MM / STRETCH - 200_000.0)
        return len({p.unit for p in pieces_below(records, MOTHER + k * 7 % mothers, Box(lo, lo + 5_000.0))})

    def of_pack(k: int) -> int:
        first = k * 3 % (CELLS // CELLS_OF_PACK) * CELLS_OF_PACK
        links = reader.rows("SELECT child FROM link WHERE parent = ?", (PACK + first // CELLS_OF_PACK,))
        span = (UNIT + first, UNIT + first + CELLS_OF_PACK - 1)
        return len(links) + len(reader.rows_of("consume", "SELECT web, lo_mm, hi_mm, unit, role FROM consume WHERE unit BETWEEN ? AND ?", span))

    def of_batch(k: int) -> int:
        return len(packs_of_batch(reader, BATCH + k % max(1, mothers // MOTHERS_OF_BATCH)))

    web, cells = median_ms(of_web)
    pack, edges = median_ms(of_pack)
    batch, packs = median_ms(of_batch)
    is_cold = store == "closed days"
    return [
        Figure(f"cells of 5 m of mother web through 10 lanes, {store}", web, "ms", at_most=web_ms, note=f"{cells} cells of {CELLS:,}"),
        Figure(f"edges of a pack of 4,000 cells, {store}", pack, "ms", at_most=50.0, note=f"{edges:,} edges"),
        Figure(f"packs of a batch, {store}", batch, "ms", at_most=50.0 if is_cold else None, note=f"{packs} packs"),
    ]


def packs_of_batch(reader: RunReader, batch: int) -> list[int]:
    """Return the packs that hold cells of a batch: its webs, the webs below them, the units of those, their packs."""
    webs = [row[0] for row in reader.rows("SELECT web FROM charge WHERE batch = ?", (batch,))]
    lanes: list[int] = []
    while webs:
        lanes += webs
        marks = ",".join("?" * len(webs))
        webs = [row[0] for row in reader.rows(f"SELECT child FROM piece_map WHERE parent IN ({marks})", webs)]
    statement = f"SELECT DISTINCT unit FROM consume WHERE web IN ({','.join('?' * len(lanes))})"
    units = np.array([row[0] for row in reader.rows_of("consume", statement, lanes)], np.int64)
    found: list[int] = []
    while len(units):
        row = reader.row("SELECT parent FROM link WHERE child = ?", (int(units.min()),))
        if row is None:
            break
        found.append(int(row[0]))
        of_pack = reader.row("SELECT min(child), max(child) FROM link WHERE parent = ?", (found[-1],))
        units = units[units > of_pack[1]] if of_pack else units[:0]
    return found


def values_alone(ledger: Ledger, run: str) -> float:
    """Return the compressed bytes a cell of the column of values in the closed visits."""
    total = 0
    for path in ledger.path_of(run).with_suffix(".closed").glob("visit-*.parquet"):
        told = parquet.read_metadata(path)
        place = told.schema.names.index("vals")
        total += sum(told.row_group(g).column(place).total_compressed_size for g in range(told.num_row_groups))
    return total / VISITED
