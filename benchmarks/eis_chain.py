"""The whole chain for 400 synthetic cells: quality, Kramers-Kronig, circuit, distribution; CPU with one thread, and what is recovered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import numpy as np

from benchmarks.figure import REPOSITORY, Figure
from linewright.eis.drt import distribution
from linewright.eis.findings import check_spectra
from linewright.eis.fit import fit_circuit
from linewright.eis.lin_kk import lin_kk
from linewright.eis.spectrum import Spectra
from linewright.eis.synthetic_stack import synthetic_stack

CELLS, NOISE, ROUNDS = 400, 1e-3, 3
CIRCUIT = "L0-R0-ZARC1-Ws1"
FREQUENCY_HZ = np.logspace(4, -1, 51)


def stack() -> tuple[Spectra, dict[str, np.ndarray]]:
    """Return the spectra of a synthetic stack with 0.1 % noise in each part, and what was put in."""
    made = synthetic_stack(CELLS, seed=20)
    Z = made.impedance_ohm(FREQUENCY_HZ)
    draw = np.random.default_rng(21).normal(size=(*Z.shape, 2)) * NOISE
    put_in = {"R0": made.ohmic_ohm, "ZARC1.R": made.transfer_ohm, "Ws1.R": made.transport_ohm}
    return Spectra.of(FREQUENCY_HZ, Z + np.abs(Z) * (draw[..., 0] + 1j * draw[..., 1])), put_in


def chain() -> dict[str, float]:
    """Return CPU seconds of each step, the least of some rounds, and the largest error of what is recovered."""
    spectra, put_in = stack()
    steps = {
        "quality": lambda: check_spectra(spectra),
        "Kramers-Kronig": lambda: lin_kk(spectra),
        "circuit": lambda: fit_circuit(spectra, CIRCUIT),
        "distribution": lambda: distribution(spectra),
    }
    out: dict[str, float] = {}
    for name, step in steps.items():
        spent = []
        for _ in range(ROUNDS):
            begun = time.process_time()
            step()
            spent.append(time.process_time() - begun)
        out[name] = float(np.median(spent))
    fit = fit_circuit(spectra, CIRCUIT)
    for name, value in put_in.items():
        out[f"error {name}"] = float(np.abs(fit.value(name) / value - 1.0).max())
    return out


def measure() -> list[Figure]:
    """Return CPU of the chain and of its steps, and the errors of the fits."""
    one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.eis_chain"]
    done = subprocess.run(command, env=os.environ | one_thread, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    steps = [name for name in found if not name.startswith("error")]
    return [
        Figure(f"spectra of {CELLS} cells: all steps, CPU", sum(found[s] for s in steps), "s", at_most=3.0, note="synthetic cells, 51 frequencies"),
        *(Figure(f"  {s}", found[s], "s") for s in steps),
        Figure("  high-frequency resistance: largest error", 100 * found["error R0"], "%", at_most=0.5, note="noise 0.1 % of |Z| in each part"),
        Figure("  charge transfer: largest error", 100 * found["error ZARC1.R"], "%", at_most=3.0),
        Figure("  transport: largest error", 100 * found["error Ws1.R"], "%"),
    ]


if __name__ == "__main__":
    print(json.dumps(chain()))
