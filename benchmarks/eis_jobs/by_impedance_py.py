"""impedance.py on real spectra, in its own environment: `by_impedance_py.py JOB DATA`; prints CPU seconds a spectrum and what was found, as JSON."""

import contextlib
import io
import json
import sys
import time
import warnings

import numpy as np
from impedance.models.circuits import CustomCircuit
from impedance.validation import linKK

#: Where its fits begin: near what these spectra give. It finds no start by itself.
GUESSES = {
    "R0-p(R1,C1)-p(R2-Wo1,C2)": [0.15, 0.4, 0.001, 0.9, 1.2, 30.0, 0.015],
    "R0-p(R1,CPE1)-p(R2,CPE2)": [0.1, 1.5, 0.08, 0.5, 1.0, 10.0, 0.9],
}


def kk(f, spectra):
    """lin-KK in the three ways of fitting."""
    out = {}
    for part, name in (("complex", "complex"), ("real", "real"), ("imaginary", "imag")):
        begun = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            found = [linKK(f, z, c=0.85, max_M=50, fit_type=name) for z in spectra]
        spent = (time.process_time() - begun) / len(spectra)
        out[part] = {"seconds": spent, "M": [int(r[0]) for r in found], "mu": [float(r[1]) for r in found]}
    return out


def fit(f, spectra):
    """Fits of two circuits by two weights."""
    out = {}
    for text, guess in GUESSES.items():
        for weight in ("modulus", "unit"):
            values, failed = [], 0
            begun = time.process_time()
            for z in spectra:
                circuit = CustomCircuit(text, initial_guess=guess)
                try:
                    circuit.fit(f, z, weight_by_modulus=weight == "modulus")
                    values.append([float(v) for v in circuit.parameters_])
                except (RuntimeError, ValueError):
                    failed += 1
                    values.append(None)
            out[f"{text} {weight}"] = {"seconds": (time.process_time() - begun) / len(spectra), "values": values, "failed": failed}
    return out


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    rows = np.load(sys.argv[2])
    print(json.dumps({"kk": kk, "fit": fit}[sys.argv[1]](rows[0, 0].real, rows[:, 1])))
