"""lin-KK of one spectrum, slowly: the system is written out element by element and solved by the singular value decomposition."""

from __future__ import annotations

import numpy as np


def lin_kk_of_one(f: np.ndarray, Z: np.ndarray, threshold: float, most: int) -> tuple[int, float, np.ndarray]:
    """Return M, mu and the impedance of the chain for both parts, weighted by the modulus."""
    omega = [2 * np.pi * x for x in f]
    shortest, longest = 1 / max(omega), 1 / min(omega)
    for M in range(1, most + 1):
        taus = [shortest * (longest / shortest) ** (k / (M - 1)) for k in range(M)] if M > 1 else [longest]
        rows, wanted = [], []
        for w, z in zip(omega, Z, strict=True):
            terms = [1.0 + 0j, *(1 / (1 + 1j * w * tau) for tau in taus), 1j * w]
            rows += [[t.real / abs(z) for t in terms], [t.imag / abs(z) for t in terms]]
            wanted += [z.real / abs(z), z.imag / abs(z)]
        scale = np.linalg.norm(rows, axis=0)
        values = np.linalg.lstsq(np.array(rows) / scale, np.array(wanted), rcond=None)[0] / scale
        mu = 1 - sum(-r for r in values[1:-1] if r < 0) / sum(r for r in values[1:-1] if r >= 0)
        if mu <= threshold:
            break
    fitted = [values[0] + sum(r / (1 + 1j * w * tau) for r, tau in zip(values[1:-1], taus, strict=True)) + 1j * w * values[-1] for w in omega]
    return M, mu, np.array(fitted)
