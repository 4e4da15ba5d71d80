"""How much each point of a spectrum counts in a fit."""

from __future__ import annotations

from typing import Literal

import numpy as np

from linewright.eis.findings import usable
from linewright.eis.spectrum import Floats, Spectra

__all__ = ["WEIGHTS", "Weight", "weights_of"]

Weight = Literal["unit", "modulus", "proportional", "measured"]
#: The names of all weights.
WEIGHTS: tuple[Weight, ...] = ("unit", "modulus", "proportional", "measured")
#: A part of an impedance counts at least as this share of its modulus: where it crosses zero its own size says nothing of its error.
LEAST_PART = 0.01


def weights_of(spectra: Spectra, weight: Weight) -> Floats:
    """Return the weights of both parts of each point: the inverse of its standard error, up to a factor.

    Parameters
    ----------
    spectra
        Of n_cells cells.
    weight
        ``unit``: 1. ``modulus``: 1 / ``|Z|``. ``proportional``: 1 / ``|Z'|`` and 1 / ``|Z''|``, each part at least 1 % of ``|Z|``. ``measured``:
        1 / sqrt(variance).

    Returns
    -------
    float64 (n_cells, n_f, 2), for the real and the imaginary part; 0 where nothing was measured.

    Raises
    ------
    ValueError
        The weight has no such name, or the variance was not measured.

    Examples
    --------
    >>> weights_of(Spectra.of([1.0], [3.0 - 4.0j]), "proportional").tolist()
    [[[0.3333333333333333, 0.25]]]
    """
    Z, is_known = usable(spectra)
    size = np.abs(Z)
    if weight == "unit":
        both = np.ones((*Z.shape, 2))
    elif weight == "modulus":
        both = np.repeat(1.0 / size[:, :, None], 2, axis=2)
    elif weight == "proportional":
        both = 1.0 / np.maximum(np.abs(np.stack([Z.real, Z.imag], axis=2)), LEAST_PART * size[:, :, None])
    elif weight == "measured":
        if spectra.variance_ohm2 is None:
            raise ValueError("the weight `measured` needs the variance of each point, and these spectra have none; use modulus, proportional or unit")
        is_known = is_known & np.isfinite(spectra.variance_ohm2) & (spectra.variance_ohm2 > 0.0)
        both = np.repeat(1.0 / np.sqrt(np.where(is_known, spectra.variance_ohm2, 1.0))[:, :, None], 2, axis=2)
    else:
        raise ValueError(f"the weight is one of {', '.join(WEIGHTS)}; {weight!r} came")
    return np.where(is_known[:, :, None], both, 0.0)
