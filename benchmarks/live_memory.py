"""A million cells live, as fast as it can: whether memory stays flat."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.figure import LINE, LINEWRIGHT, Figure, cpu_of, resident_mb, running

CELLS = 1_000_000
LINE_HOURS = 49  # 350 a minute make a million in 47.6 h


def measure() -> list[Figure]:
    """Return the resident size after a tenth of the run and at its end, and the cells a second of wall time."""
    with tempfile.TemporaryDirectory(prefix="linewright-memory-") as folder:
        command = [*LINEWRIGHT, "run", LINE, "--speed", "max", "--no-page", "--ledger", folder + "/ledger", "--new", "--until", f"{LINE_HOURS} h"]
        begin = time.perf_counter()
        sizes: list[tuple[float, float]] = []
        cpu = 0.0
        with running(command, log=Path(folder) / "log") as process:
            while process.poll() is None:
                try:
                    sizes.append((time.perf_counter() - begin, resident_mb(process.pid)))
                    cpu = cpu_of(process.pid)
                except (LookupError, OSError):
                    break
                time.sleep(0.5)
            code = process.wait()
        if code != 0:
            raise RuntimeError((Path(folder) / "log").read_text()[-2000:])
        wall = time.perf_counter() - begin
        early = max(s for t, s in sizes if t <= max(0.15 * wall, sizes[0][0]))
        late = max(s for _, s in sizes)
        return [
            Figure("resident size at the end / after 15 %", late / early, "", at_most=1.1, note=f"{early:.0f} MB, {late:.0f} MB"),
            Figure("cells a second of wall time", CELLS / wall, "1/s", note=f"{wall:.0f} s"),
            Figure("CPU a cell", 1e6 * cpu / CELLS, "us"),
        ]
