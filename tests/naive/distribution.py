"""A distribution of relaxation times, slowly: each integral by a fine sum, the problem with unknowns of at least zero by SciPy."""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls


def distribution_of_one(f: np.ndarray, Z: np.ndarray, tau: np.ndarray, regularisation: float) -> tuple[np.ndarray, float, float]:
    """Return gamma at the time constants, R and L, by the modulus weight, in the manner and the units of `linewright.eis.drt`."""
    omega, log_tau = 2 * np.pi * f, np.log(tau)
    fine = np.linspace(log_tau[0], log_tau[-1], 100 * (len(tau) - 1) + 1)
    share = np.full(len(fine), fine[1] - fine[0])
    share[[0, -1]] /= 2
    weight = 1 / np.abs(Z)
    weight /= np.sqrt(np.mean(weight**2))
    size = np.mean(np.abs(Z))
    columns = []
    for k in range(len(tau)):
        hat = np.interp(fine, log_tau, np.eye(len(tau))[k])
        near = hat > 0.0
        columns.append([np.sum(hat[near] * share[near] / (1 + 1j * w * np.exp(fine[near]))) for w in omega])
    columns += [np.ones(len(f)), 1j * omega / omega.max()]
    A = np.array(columns).T * weight[:, None]
    step = log_tau[1] - log_tau[0]
    slopes = np.zeros((len(tau) - 1, len(tau) + 2))
    for k in range(len(tau) - 1):
        slopes[k, k], slopes[k, k + 1] = -1 / np.sqrt(step), 1 / np.sqrt(step)
    system = np.concatenate([A.real, A.imag, np.sqrt(regularisation) * slopes])
    wanted = np.concatenate([(Z / size * weight).real, (Z / size * weight).imag, np.zeros(len(slopes))])
    x = nnls(system, wanted, maxiter=10_000)[0] * size
    return x[:-2], x[-2], x[-1] / omega.max()
