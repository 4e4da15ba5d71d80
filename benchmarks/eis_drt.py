"""Distributions of relaxation times of 65 real spectra: CPU a spectrum beside pyimpspec's tr-nnls on the same spectra."""

from __future__ import annotations

from benchmarks.eis_peers import run_job
from benchmarks.figure import Figure


def measure() -> list[Figure]:
    """Return CPU a spectrum and the ratio: one lambda chosen for the batch, one of each spectrum, and a given one."""
    own, peer = run_job("own", "drt"), run_job("by_pyimpspec", "drt")
    chosen, given = peer["own"]["seconds"], peer["given"]["seconds"]
    note = f"pyimpspec {1e3 * chosen:.1f} ms, its lambda chosen; {1e3 * given:.1f} ms, given"
    return [
        Figure("DRT of a batch, lambda chosen for all, CPU", 1e3 * own["shared"]["seconds"], "ms", note=note),
        Figure("  times as fast as tr-nnls", chosen / own["shared"]["seconds"], "times", at_least=5.0),
        Figure("  lambda of each by gcv, times as fast", chosen / own["own"]["seconds"], "times"),
        Figure("  lambda of each by the L-curve, times as fast", chosen / own["own l-curve"]["seconds"], "times"),
        Figure("  lambda given, times as fast", given / own["given"]["seconds"], "times", note="both parts of Z on 80 points, not one on 57"),
    ]
