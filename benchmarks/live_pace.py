"""The 21700 line live at 60 times the clock on one core for five minutes, everything recorded."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.figure import LINE, LINEWRIGHT, Figure, cpu_of, free_port, get_json, running, wait_for

MINUTES = 5


def measure() -> list[Figure]:
    """Return how far line time lags behind 60 times the clock, the CPU share of the one core, and how many cells a second came out."""
    with tempfile.TemporaryDirectory(prefix="linewright-pace-") as folder:
        port = free_port()
        command = [*LINEWRIGHT, "run", LINE, "--speed", "60", "--ledger", folder + "/ledger", "--port", str(port), "--new"]
        api = f"http://127.0.0.1:{port}/api/runs/latest/line"
        with running(command, log=Path(folder) / "log", core=0) as process:
            first = wait_for(lambda: get_json(api), timeout_s=180)
            begin, cpu = time.perf_counter(), cpu_of(process.pid)
            time.sleep(MINUTES * 60)
            last, used = get_json(api), cpu_of(process.pid) - cpu
            wall = time.perf_counter() - begin
        line_s = (last["at_us"] - first["at_us"]) / 1e6
        made = last["sample"]["stations"]["packer"]["made"] - first["sample"]["stations"]["packer"]["made"]
        return [
            Figure("line time / (60 x wall time)", line_s / (60 * wall), "", at_least=0.99),
            Figure("CPU of one core", 100 * used / wall, "%", at_most=100),
            Figure("cells packed a second of wall time", made / wall, "1/s", note="rated 350"),
        ]
