"""Linewright on real spectra: `own.py JOB DATA`; prints CPU seconds a spectrum and what was found, as JSON."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from linewright.eis.drt import distribution
from linewright.eis.fit import fit_circuit
from linewright.eis.lin_kk import lin_kk
from linewright.eis.spectrum import Spectra

ROUNDS = 3


def timed(job: Callable[[Spectra], Any], spectra: Spectra) -> tuple[float, Any]:
    """Return CPU seconds a spectrum, the median of some rounds after one that warms up, and the answer."""
    found, spent = job(spectra), []
    for _ in range(ROUNDS):
        begun = time.process_time()
        found = job(spectra)
        spent.append(time.process_time() - begun)
    return statistics.median(spent) / spectra.n_cells, found


def kk(spectra: Spectra) -> dict[str, Any]:
    """lin-KK in the three ways of fitting."""
    out = {}
    for part in ("complex", "real", "imaginary"):
        seconds, found = timed(lambda s, part=part: lin_kk(s, part=part), spectra)
        out[part] = {"seconds": seconds, "M": found.n_elements.tolist(), "mu": found.mu.tolist()}
    out["one"] = {"seconds": timed(lin_kk, spectra.cells([0]))[0]}
    return out


def fit(spectra: Spectra) -> dict[str, Any]:
    """Fits of two circuits by two weights, without any start given."""
    out = {}
    for text in ("R0-p(R1,C1)-p(R2-Wo1,C2)", "R0-p(R1,CPE1)-p(R2,CPE2)"):
        for weight in ("modulus", "unit"):
            seconds, found = timed(lambda s, text=text, weight=weight: fit_circuit(s, text, weight=weight), spectra)
            out[f"{text} {weight}"] = {
                "seconds": seconds,
                "values": found.values.tolist(),
                "sigma": np.nan_to_num(found.sigma, nan=-1.0).tolist(),
                "cost": found.cost.tolist(),
            }
    out["one"] = {"seconds": timed(lambda s: fit_circuit(s, "R0-p(R1,C1)-p(R2-Wo1,C2)"), spectra.cells([0]))[0]}
    return out


def drt(spectra: Spectra) -> dict[str, Any]:
    """Distributions with a lambda for all, with one of each, and with a given one."""
    ways: dict[str, dict[str, Any]] = {
        "shared": {},
        "own": {"shared": False},
        "own l-curve": {"shared": False, "regularisation": "l-curve"},
        "given": {"regularisation": 1e-3},
    }
    return {name: {"seconds": timed(lambda s, more=more: distribution(s, **more), spectra)[0]} for name, more in ways.items()}


if __name__ == "__main__":
    rows = np.load(sys.argv[2])
    given = Spectra.of(rows[0, 0].real, rows[:, 1])
    print(json.dumps({"kk": kk, "fit": fit, "drt": drt}[sys.argv[1]](given)))
