"""How long a killed run needs until it carries on, at two sizes of the ledger."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.figure import LINE, LINEWRIGHT, REPOSITORY, Figure, free_port, get_json, running, wait_for


def measure() -> list[Figure]:
    """Return the wall time from the start of the process to the first line sample behind the kill, after 1 h and after 24 h of line time."""
    return [_after(hours) for hours in (1, 24)]


def _after(hours: int) -> Figure:
    with tempfile.TemporaryDirectory(prefix="linewright-restart-") as folder:
        base = [*LINEWRIGHT, "run", LINE, "--ledger", folder + "/ledger"]
        subprocess.run([*base, "--speed", "max", "--no-page", "--new", "--until", f"{hours} h"], cwd=REPOSITORY, check=True, capture_output=True)
        port = free_port()
        again = [*base, "--speed", "60", "--port", str(port), "--continue"]

        def at_us() -> int:
            return int(get_json(f"http://127.0.0.1:{port}/api/runs/latest/line")["at_us"])

        with running(again, log=Path(folder) / "log") as process:
            wait_for(at_us, timeout_s=120)
            time.sleep(10)
            killed = at_us()
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        size = sum(f.stat().st_size for f in Path(folder, "ledger").rglob("*")) / 1e6
        begin = time.perf_counter()
        with running(again, log=Path(folder) / "log2"):
            wait_for(lambda: at_us() > killed, timeout_s=120, every_s=0.05)
            wall = time.perf_counter() - begin
    return Figure(f"restart after {hours} h of line time", wall, "s", at_most=5.0, note=f"ledger {size:.0f} MB")
