"""Fits of circuits to 65 real spectra, no start given: CPU a spectrum beside impedance.py with a start; costs and values compared."""

from __future__ import annotations

import numpy as np

from benchmarks.eis_peers import battery_spectra, run_job
from benchmarks.figure import Figure
from linewright.eis.circuit import parse_circuit
from linewright.eis.impedance import impedance

#: Costs are the same within this share; a minimum that lies at infinity is reached no nearer by either.
SAME = 1e-6


def measure() -> list[Figure]:
    """Return CPU a spectrum, the ratio, spectra with a worse cost, and the distance of equal optima in standard errors."""
    own, peer = run_job("own", "fit"), run_job("by_impedance_py", "fit")
    rows = np.load(battery_spectra())
    f, Z = rows[0, 0].real, rows[:, 1]
    figures = []
    for name, theirs in peer.items():
        text, weight = name.split(" ")
        mine = own[name]
        width = len(parse_circuit(text).parameters)
        values = np.array([v if v is not None else [np.nan] * width for v in theirs["values"]])
        with np.errstate(all="ignore"):
            left = (impedance(parse_circuit(text), f, values) - Z) / (np.abs(Z) if weight == "modulus" else 1.0)
        cost, ours = (np.abs(left) ** 2).sum(axis=1), np.array(mine["cost"])
        worse = ours > cost * (1.0 + SAME)
        same = np.abs(ours - cost) <= SAME * cost
        sigma = np.array(mine["sigma"])
        away = np.abs(values - np.array(mine["values"])) / np.where(sigma > 0.0, sigma, np.inf)
        away = away[same[:, None] & (sigma > 0.0) & (sigma < np.abs(mine["values"]))]  # what a spectrum does not determine has no place
        figures += [
            Figure(f"fit {text}, {weight}, CPU", 1e3 * mine["seconds"], "ms", note=f"impedance.py {1e3 * theirs['seconds']:.0f} ms"),
            Figure("  times as fast as impedance.py", theirs["seconds"] / mine["seconds"], "times", at_least=30.0),
            Figure("  spectra with a worse cost", int(worse.sum()), "of 65", at_most=0.0, note=f"better {int((ours < cost * (1 - SAME)).sum())}"),
            Figure("  equal optima: distance of the values", float(away.max(initial=0.0)), "sigma", at_most=1.0, note=f"{int(same.sum())} spectra"),
        ]
    alone = peer["R0-p(R1,C1)-p(R2-Wo1,C2) modulus"]["seconds"] / own["one"]["seconds"]
    figures.append(Figure("fit of one spectrum alone, times as fast", alone, "times"))
    return figures
