"""Student's t: how many standard errors an interval reaches to each side."""

from __future__ import annotations

import math
from functools import cache

__all__ = ["share_within", "t_quantile"]


def share_within(t: float, freedom: int) -> float:
    r"""Return the probability that Student's t lies in (-t, t).

    With :math:`\theta = \arctan(t / \sqrt{\nu})`, for odd :math:`\nu`

    .. math:: A = \frac{2}{\pi}\left[\theta + \sin\theta\left(\cos\theta + \tfrac{2}{3}\cos^3\theta + \dots\right)\right]

    and for even :math:`\nu`

    .. math:: A = \sin\theta\left(1 + \tfrac{1}{2}\cos^2\theta + \tfrac{1 \cdot 3}{2 \cdot 4}\cos^4\theta + \dots\right)

    both sums up to the power :math:`\nu - 2`: exact, and without any special function.

    Parameters
    ----------
    t
        At least 0.
    freedom
        Degrees of freedom, a whole number from 1.

    References
    ----------
    Abramowitz, Stegun: Handbook of Mathematical Functions (1964), 26.7.3 and 26.7.4.

    Examples
    --------
    >>> round(share_within(2.262157, 9), 6), round(share_within(1.0, 1), 6)
    (0.95, 0.5)
    """
    if freedom < 1:
        raise ValueError(f"degrees of freedom are at least 1; {freedom} came")
    theta = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(theta), math.cos(theta)
    is_odd = freedom % 2
    term, total = (cosine, 0.0) if is_odd else (1.0, 0.0)
    for k in range(2 + is_odd, freedom + 1, 2):  # the term of the power k - 2
        total += term
        term *= cosine * cosine * (k - 1) / k
    return 2.0 / math.pi * (theta + sine * total) if is_odd else sine * total


@cache
def t_quantile(confidence: float, freedom: int) -> float:
    """Return the t for which Student's t lies in (-t, t) with a probability.

    Parameters
    ----------
    confidence
        That probability, in (0, 1).
    freedom
        Degrees of freedom, a whole number from 1.

    Examples
    --------
    >>> round(t_quantile(0.95, 19), 6), round(t_quantile(0.95, 1), 4)
    (2.093024, 12.7062)
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"a confidence lies between 0 and 1; {confidence} came")
    low, high = 0.0, 1.0
    while share_within(high, freedom) < confidence:
        low, high = high, 2.0 * high
    while True:
        middle = 0.5 * (low + high)
        if middle in {low, high}:
            return middle
        low, high = (middle, high) if share_within(middle, freedom) < confidence else (low, middle)
