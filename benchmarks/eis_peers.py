"""The peers of the impedance measurements: each in an environment of its own, installed when it is first asked for.

impedance.py 1.7.1 needs NumPy 1. pyimpspec is GPL: it is measured as a program of its own and is no part of Linewright or its tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from benchmarks.figure import REPOSITORY

__all__ = ["battery_spectra", "run_job"]

PEERS = {
    "by_impedance_py": ("impedance==1.7.1", "numpy<2", "pandas", "setuptools<81"),
    "by_pyimpspec": ("pyimpspec==5.1.3",),
}


def battery_spectra() -> Path:
    """Return the file of 65 real spectra of a battery cell (AUTODIAL/AutoEIS, MIT).

    Raises
    ------
    FileNotFoundError
        The shared data is not on this machine.
    """
    named = os.environ.get("LINEWRIGHT_SHARED")
    for folder in ([Path(named)] if named else []) + [REPOSITORY.parent / "shared"]:
        file = folder / "data/eis/battery-cell/battery_cell_cycling_rows_000_064.npy"
        if file.is_file():
            return file
    raise FileNotFoundError("put the folder `shared` beside the repository, or name it: export LINEWRIGHT_SHARED=/path/to/shared")


def python_of(job: str) -> str:
    """Return the interpreter that a job runs in, with all that it needs installed."""
    if job not in PEERS:
        return sys.executable
    folder = user_cache_path("linewright") / "peers" / job
    python, done = folder / "bin" / "python", folder / "installed"
    if not done.exists() or done.read_text() != " ".join(PEERS[job]):
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS[job]], check=True, capture_output=True)
        done.write_text(" ".join(PEERS[job]))
    return str(python)


def run_job(job: str, what: str) -> dict[str, Any]:
    """Run a program of `benchmarks/eis_jobs` on the real spectra, with one thread for linear algebra; return what it printed."""
    one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    script = REPOSITORY / "benchmarks" / "eis_jobs" / f"{job}.py"
    done = subprocess.run([python_of(job), script, what, battery_spectra()], env=os.environ | one_thread, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{job} {what} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))
