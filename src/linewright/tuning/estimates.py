"""A mean and how far it can be trusted; the difference of two that were made with the same random numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.tuning.student import t_quantile

__all__ = ["Difference", "Estimate", "difference_of", "estimate_of", "neighbours_agree"]

#: Differences below this share of the figures are the rounding of the computer.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean of samples.

    Parameters
    ----------
    mean
        Of the samples.
    half_width
        Half the width of its confidence interval; None where there is only one sample.
    samples
        How many there are.
    """

    mean: float
    half_width: float | None
    samples: int

    @property
    def low(self) -> float | None:
        """Return the lower end of the interval."""
        return None if self.half_width is None else self.mean - self.half_width

    @property
    def high(self) -> float | None:
        """Return the upper end of the interval."""
        return None if self.half_width is None else self.mean + self.half_width

    @property
    def relative(self) -> float | None:
        """Return the half-width as a share of the mean; None where either has no value."""
        return None if self.half_width is None or self.mean == 0.0 else self.half_width / abs(self.mean)

    @property
    def digits(self) -> int:
        """Return how many decimals say something: two digits of the half-width, four of the mean where it is exact.

        Examples
        --------
        >>> Estimate(349.71, 0.123, 5).digits, Estimate(349.71, None, 1).digits
        (2, 1)
        """
        half = self.half_width or 0.0
        size = half if half > 1e-6 * abs(self.mean) else abs(self.mean) / 100.0
        return 2 if size <= 0.0 else max(0, min(6, 1 - math.floor(math.log10(size))))


@dataclass(frozen=True, slots=True)
class Difference:
    """How much higher a figure is in one case than in another, from pairs of samples.

    `verdict` is ``higher`` or ``lower`` where the interval leaves out 0, ``no difference seen`` where it does not, ``not known`` with fewer than two
    pairs.
    """

    estimate: Estimate
    verdict: str


def estimate_of(samples: NDArray[np.float64], confidence: float = 0.95) -> Estimate | None:
    r"""Return the mean of samples with its interval, :math:`\bar{x} \pm t_{n-1} s / \sqrt{n}`; None where there is none.

    Parameters
    ----------
    samples
        Independent values, shape (samples,); NaN is left out.
    confidence
        Probability that such an interval holds the true mean.

    Examples
    --------
    >>> found = estimate_of(np.array([209.0, 246.0, 230.0, 221.0]))
    >>> round(found.mean, 2), round(found.half_width, 2)
    (226.5, 24.8)
    """
    known = samples[~np.isnan(samples)]
    if len(known) == 0:
        return None
    mean = float(known.mean())
    if len(known) == 1:
        return Estimate(mean, None, 1)
    error = float(known.std(ddof=1)) / math.sqrt(len(known))
    return Estimate(mean, t_quantile(confidence, len(known) - 1) * error, len(known))


def difference_of(base: NDArray[np.float64], other: NDArray[np.float64], confidence: float = 0.95) -> Difference | None:
    """Return how much higher `other` is than `base`, sample by sample.

    The n-th samples of both were made with the same random numbers, so what is common to them falls out of the difference.

    Parameters
    ----------
    base, other
        Shape (samples,) each; pairs with a NaN are left out.
    confidence
        Of the interval.

    Examples
    --------
    >>> found = difference_of(np.array([10.0, 12.0, 14.0]), np.array([11.1, 13.0, 14.9]))
    >>> round(found.estimate.mean, 3), round(found.estimate.half_width, 3), found.verdict
    (1.0, 0.248, 'higher')
    """
    count = min(len(base), len(other))
    estimate = estimate_of(other[:count] - base[:count], confidence)
    if estimate is None:
        return None
    size = float(np.nanmax(np.abs([base[:count], other[:count]])))
    return Difference(estimate, _verdict(estimate, ROUNDING * size))


def _verdict(difference: Estimate, rounding: float) -> str:
    if difference.half_width is None:
        return "not known"
    if abs(difference.mean) <= max(difference.half_width, rounding):
        return "no difference seen"
    return "higher" if difference.mean > 0 else "lower"


def neighbours_agree(samples: NDArray[np.float64]) -> bool:
    r"""Tell whether batch means look independent: von Neumann's ratio of the squared steps to the variance is near 2.

    .. math:: \eta = \frac{\sum (x_{i+1} - x_i)^2}{\sum (x_i - \bar{x})^2}, \qquad
              E = 2, \quad \mathrm{Var} = \frac{4 (n - 2)}{(n - 1)(n + 1)}

    A ratio that is low beyond 99 % of chance says that the batches are too short: their neighbours are alike.

    References
    ----------
    von Neumann: Distribution of the ratio of the mean square successive difference to the variance, Annals of Mathematical Statistics 12 (1941).

    Examples
    --------
    >>> neighbours_agree(np.array([1.0, 3.0, 2.0, 1.0, 3.0, 2.0])), neighbours_agree(np.arange(20.0))
    (True, False)
    """
    count = len(samples)
    spread = float(((samples - samples.mean()) ** 2).sum())
    if count < 4 or spread <= 0.0:
        return True
    ratio = float((np.diff(samples) ** 2).sum()) / spread
    return ratio >= 2.0 - 2.326 * math.sqrt(4.0 * (count - 2) / ((count - 1) * (count + 1)))
