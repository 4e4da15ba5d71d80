"""lin-KK of 65 real spectra: CPU a spectrum beside impedance.py on the same spectra; the same elements and mu."""

from __future__ import annotations

import numpy as np

from benchmarks.eis_peers import run_job
from benchmarks.figure import Figure


def measure() -> list[Figure]:
    """Return CPU a spectrum, the ratio to impedance.py, and how far the answers differ."""
    own, peer = run_job("own", "kk"), run_job("by_impedance_py", "kk")
    figures = []
    for part in ("complex", "real", "imaginary"):
        mine, theirs = own[part], peer[part]
        other = int((np.array(mine["M"]) != np.array(theirs["M"])).sum())
        mu = float(np.abs(np.array(mine["mu"]) - np.array(theirs["mu"])).max())
        figures += [
            Figure(
                f"lin-KK, {part} part, a spectrum of a batch, CPU", 1e3 * mine["seconds"], "ms", note=f"impedance.py {1e3 * theirs['seconds']:.1f} ms"
            ),
            Figure("  times as fast as impedance.py", theirs["seconds"] / mine["seconds"], "times", at_least=25.0),
            Figure("  spectra with another M", other, "of 65", at_most=0.0),
            Figure("  largest difference of mu", mu, "", at_most=1e-3),
        ]
    one = peer["complex"]["seconds"] / own["one"]["seconds"]
    figures.append(Figure("lin-KK of one spectrum alone, times as fast", one, "times", at_least=5.0))
    return figures
