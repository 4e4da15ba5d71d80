"""A measured figure with its bar, and the small tools that the measurements share."""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
LINE = "cylindrical-21700-tabless"
LINEWRIGHT = [sys.executable, "-m", "linewright.cli"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure: what, the value, its unit, the bar and whether at most or at least it; None where there is no bar."""

    what: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def is_met(self) -> bool:
        """Tell whether the bar is met; True where there is none."""
        return (self.at_most is None or self.value <= self.at_most) and (self.at_least is None or self.value >= self.at_least)

    @property
    def bar(self) -> str:
        """Return the bar in words."""
        if self.at_most is not None:
            return f"{self.at_most:g} or less"
        return f"{self.at_least:g} or more" if self.at_least is not None else ""


def machine() -> dict[str, str]:
    """Return what the figures were measured on."""
    told = [r.split(":", 1)[1].strip() for r in Path("/proc/cpuinfo").read_text().splitlines() if r.startswith("model name")]
    model = told[0] if told else platform.machine()
    return {"processor": model, "cores": str(os.cpu_count()), "python": platform.python_version(), "system": platform.platform()}


def cpu_and_wall(command: Sequence[str], **more: Any) -> tuple[float, float, str]:
    """Run a command to its end; return CPU seconds (user and system, its children too), wall seconds and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY, **more)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, done.stdout


def median_of(runs: int, command: Sequence[str]) -> tuple[float, float]:
    """Return the median CPU and wall seconds of a command after one warm-up."""
    cpu_and_wall(command)
    rows = [cpu_and_wall(command)[:2] for _ in range(runs)]
    return statistics.median(r[0] for r in rows), statistics.median(r[1] for r in rows)


def free_port() -> int:
    """Return a port of the loopback address that is free now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def get_json(url: str, timeout_s: float = 5.0) -> Any:
    """Return the JSON that an address of a local server answers."""
    with urllib.request.urlopen(url, timeout=timeout_s) as answer:
        return json.load(answer)


@contextmanager
def running(command: Sequence[str], *, log: Path, core: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in the background, its output in a file, on one core where asked; end it with SIGINT, as a person would."""
    pinned = ["taskset", "-c", str(core), *command] if core is not None and shutil.which("taskset") else list(command)
    with log.open("wb") as out:
        process = subprocess.Popen(pinned, stdout=out, stderr=subprocess.STDOUT, cwd=REPOSITORY, start_new_session=True)
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()


def wait_for(what: Any, *, timeout_s: float, every_s: float = 0.2) -> Any:
    """Call until it gives something true (an exception counts as not yet); return that. Raises TimeoutError."""
    end = time.monotonic() + timeout_s
    last: Exception | None = None
    while time.monotonic() < end:
        try:
            given = what()
        except (OSError, ValueError, KeyError, TypeError, LookupError) as fault:
            last, given = fault, None
        if given:
            return given
        time.sleep(every_s)
    raise TimeoutError(f"nothing came within {timeout_s:g} s; last: {last!r}")


def resident_mb(pid: int) -> float:
    """Return the resident size of a process in MB."""
    for row in Path(f"/proc/{pid}/status").read_text().splitlines():
        if row.startswith("VmRSS"):
            return int(row.split()[1]) / 1024
    raise LookupError(pid)


def cpu_of(pid: int) -> float:
    """Return the CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
