"""Draws and laws: counter-based numbers, quantile tables, measured values (docs/semantics.md, section 2).

Twin and floor share each decision by calling the same function here.

References
----------
.. [1] G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014 (the mixing function).
.. [2] M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988) 477-484.
"""

from __future__ import annotations

import math

import numpy as np

from linewright.kernels.compiled import kernel, part, wrapping_kernel
from linewright.kernels.table import BERNOULLI, CONSTANT, EMPIRICAL, EXPONENTIAL, LAW, LOGNORMAL, NORMAL, TRIANGULAR, UNIFORM, WEIBULL, records

SERVICE, SCRAP, FAILURE, REPAIR, MAINTAIN, VALUE, MISS, CHANCE, PICK = range(1, 10)
BREAK = 11
TRIP = 16  # 10 to 15 are left to what stations draw

#: A table of quantiles: `OCTAVES` halvings of the share v from the nearer end, from 1/2 down to 2^-17, each cut into `CELLS` cells of equal width.
#: A cell holds a parabola in v: three numbers and a 0. The lower half of the law stands first, in each half the cell of v = 1/2 alone.
CELLS, OCTAVES = 32, 16
HALF = CELLS * OCTAVES + 1
STRIDE = 4
TABLE = 2 * STRIDE * HALF
#: A law whose table would be further than this from the truth in the middle of a quarter of any cell is inverted exactly at each draw.
BEND = 1e-5
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_ONE_HALF = 1022 << 5  # the exponent of 1/2 and five more bits


def hash_text(text: str) -> int:
    """Return the 64-bit FNV-1a hash of a text in UTF-8.

    Examples
    --------
    >>> hex(hash_text("a"))
    '0xaf63dc4c8601ec8c'
    """
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


@wrapping_kernel
def mix(z):
    """Return the 64 mixed bits of a counter (SplitMix64)."""
    z = (z ^ (z >> _S30)) * _M1
    z = (z ^ (z >> _S27)) * _M2
    return z ^ (z >> _S31)


@wrapping_kernel
def base_of(seed, replication):
    """Return the base of all draws of one replication."""
    return mix(mix(np.uint64(seed) + GOLDEN) + np.uint64(replication + 1) * GOLDEN)


@kernel
def between(x):
    """Return the number in (0, 1) of 64 mixed bits."""
    return (np.float64(np.int64(x >> _S12)) + 0.5) * (1.0 / 4503599627370496.0)


@wrapping_kernel
def uniform(base, h, purpose, n):
    """Return the number in (0, 1) of one key."""
    return between(mix(mix((base ^ h) + np.uint64(purpose) * GOLDEN) + np.uint64(n) * GOLDEN))


@kernel
def normal_quantile(p):
    """Return the standard normal quantile of p in (0, 1): AS 241, PPND16 [2]_."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r + 45921.953931549871457) * r
                 + 13731.693765509461125) * r + 1971.5909503065514427) * r + 133.14166789178437745) * r + 3.387132872796366608)  # fmt: skip
        low = (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r + 21213.794301586595867) * r
                 + 5394.1960214247511077) * r + 687.1870074920579083) * r + 42.313330701600911252) * r + 1.0)  # fmt: skip
        return q * top / low
    r = math.sqrt(-math.log(p if q < 0.0 else 1.0 - p))
    if r <= 5.0:
        r -= 1.6
        top = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r + 1.27045825245236838258) * r
                 + 3.64784832476320460504) * r + 5.7694972214606914055) * r + 4.6303378461565452959) * r + 1.42343711074968357734)  # fmt: skip
        low = (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r + 0.14810397642748007459) * r
                 + 0.68976733498510000455) * r + 1.6763848301838038494) * r + 2.05319162663775882187) * r + 1.0)  # fmt: skip
    else:
        r -= 5.0
        top = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r + 0.026532189526576123093) * r
                 + 0.29656057182850489123) * r + 1.7848265399172913358) * r + 5.4637849111641143699) * r + 6.6579046435011037772)  # fmt: skip
        low = (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r + 7.868691311456132591e-4) * r
                 + 0.0148753612908506148525) * r + 0.13692988092273580531) * r + 0.59983220655588793769) * r + 1.0)  # fmt: skip
    return -top / low if q < 0.0 else top / low


@kernel
def gamma_share(a, log_gamma_a, x):
    """Return the regularised lower incomplete gamma function P(a, x): series below a + 1, continued fraction above."""
    if x <= 0.0:
        return 0.0
    front = math.exp(-x + a * math.log(x) - log_gamma_a)
    if x < a + 1.0:
        term = 1.0 / a
        total = term
        k = a
        for _ in range(1000):
            k += 1.0
            term *= x / k
            total += term
            if term < total * 1e-17:
                break
        return total * front
    b = x + 1.0 - a
    c = 1e300
    d = 1.0 / b
    h = d
    for i in range(1, 1000):
        an = -i * (i - a)
        b += 2.0
        d = 1.0 / (an * d + b)
        c = b + an / c
        step = d * c
        h *= step
        if abs(step - 1.0) < 1e-16:
            break
    return 1.0 - front * h


@kernel
def gamma_quantile(a, log_gamma_a, u):
    """Return the quantile of the gamma law of shape a and scale 1, by bisection to the last bit that the function resolves."""
    low = 0.0
    high = a + 10.0
    while gamma_share(a, log_gamma_a, high) < u and high < 1e6:
        high *= 2.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        if gamma_share(a, log_gamma_a, middle) < u:
            low = middle
        else:
            high = middle
    return high


@kernel
def exact_quantile(law, u):
    """Return the quantile of a law without its table."""
    kind = law.kind
    if kind == LOGNORMAL:
        return law.b * math.exp(law.a * normal_quantile(u))
    if kind == NORMAL:
        return law.mean + law.a * normal_quantile(law.u_low + u * (law.u_high - law.u_low))
    if kind == WEIBULL:
        return law.b * (-math.log1p(-u)) ** (1.0 / law.a)
    return law.b * gamma_quantile(law.a, law.u_low, u)


@kernel
def cell_of(v):
    """Return the cell of a share from the nearer end, 0 < v <= 1/2: read off the exponent of the number and the five bits behind it."""
    return _ONE_HALF - (np.float64(v).view(np.int64) >> 47)


@kernel
def parabola(table, i, v):
    """Return the value at v of the cell whose numbers begin at i."""
    return table[i] + v * (table[i + 1] + v * table[i + 2])


@kernel
def quantile(laws, quantiles, index, u):
    """Return the value of a law at u in (0, 1), in the law's own unit (s)."""
    law = laws[index]
    kind = law.kind
    if kind == CONSTANT:
        return law.mean
    if kind == EXPONENTIAL:
        return -law.mean * math.log1p(-u)
    if kind == UNIFORM:
        return law.low + u * (law.high - law.low)
    if kind == TRIANGULAR:
        width = law.high - law.low
        if u * width < law.a - law.low:
            return law.low + math.sqrt(u * width * (law.a - law.low))
        return law.high - math.sqrt((1.0 - u) * width * (law.high - law.a))
    if kind == EMPIRICAL:
        return quantiles[law.table0 + int(u * law.samples)]
    v = u if u < 0.5 else 1.0 - u
    cell = cell_of(v)
    if cell >= law.cells:
        return exact_quantile(law, u)
    return parabola(quantiles, law.table0 + STRIDE * (cell if u < 0.5 else cell + HALF), v)


@part
def duration(laws, quantiles, index, base, h, purpose, n):
    """Return a drawn time in whole nanoseconds, at least 1."""
    law = laws[index]
    seconds = law.mean if law.kind == CONSTANT else quantile(laws, quantiles, index, uniform(base, h, purpose, n))
    return max(np.int64(math.floor(seconds * 1e9 + 0.5)), np.int64(1))


@kernel
def standard_normal(normal, u):
    """Return the standard normal value of u: the table, and in its end cells the exact inverse."""
    v = u if u < 0.5 else 1.0 - u
    cell = cell_of(v)
    if cell >= HALF:
        return normal_quantile(u)
    return parabola(normal, STRIDE * (cell if u < 0.5 else cell + HALF), v)


@kernel
def value(normal, base, h, serial, mean, spread):
    """Return the measured value of a unit: mean and spread in SI, the rest by its key."""
    if spread == 0.0:
        return mean
    return mean + spread * standard_normal(normal, uniform(base, h, VALUE, serial))


@kernel
def counted(law, mean, u):
    """Return the whole number of a Poisson or Bernoulli law at u in (0, 1), by adding up its probabilities."""
    if law == BERNOULLI:
        return 1.0 if u < mean else 0.0
    number = 0.0
    share = math.exp(-mean)
    total = share
    while u > total and share > 0.0:
        number += 1.0
        share *= mean / number
        total += share
    return number


@kernel
def fill_values(normal, base, h, serials, mean, spread, out):
    """Write the measured values of many units: `serials` int64 (n,), `mean` and `out` float64 (n,)."""
    for i in range(serials.shape[0]):
        out[i] = value(normal, base, h, serials[i], mean[i], spread)


@kernel
def fill_normals(normal, base, h, serials, out):
    """Write the standard normal noise of many units under one key: `serials` int64 (n,), `out` float64 (n,)."""
    for i in range(serials.shape[0]):
        out[i] = standard_normal(normal, uniform(base, h, VALUE, serials[i]))


@kernel
def edges_of(cell):
    """Return the shares from the nearer end between which a cell lies; cell 0 is 1/2 alone and has the parabola of cell 1.

    Examples
    --------
    >>> edges_of(1), edges_of(32), edges_of(33)
    ((0.4921875, 0.5), (0.25, 0.2578125), (0.24609375, 0.25))
    """
    octave = (max(cell, 1) - 1) // CELLS
    k = (max(cell, 1) - 1) % CELLS
    unit = 1.0 / (CELLS << (octave + 2))
    low = (2 * CELLS - 1 - k) * unit
    return low, low + unit


def normal_table() -> np.ndarray:
    """Return the table of the standard normal law, float64 (`TABLE`,)."""
    law = records(LAW, [tuple({"kind": NORMAL, "a": 1.0, "u_high": 1.0}.get(name, 0) for name in LAW.names or ())])
    table = np.zeros(TABLE)
    fill_quantiles(law, 0, table)
    return table


def draw_values(seed: int, replication: int, key: str, serials: np.ndarray, mean: float | np.ndarray, spread: float) -> np.ndarray:
    """Return the measured values of units, as the kernel's gates saw them.

    Parameters
    ----------
    seed, replication
        Of the run.
    key
        Station path and characteristic, such as ``"filler.electrolyte-mass"``.
    serials
        int64 (n,), the units' serials (``key & rows.SERIAL_MASK``).
    mean
        SI, one number or float64 (n,).
    spread
        SI.

    Returns
    -------
    float64 (n,), SI.
    """
    serials = np.ascontiguousarray(serials, dtype=np.int64)
    means = np.ascontiguousarray(np.broadcast_to(np.asarray(mean, dtype=np.float64), serials.shape))
    out = np.empty(serials.shape, dtype=np.float64)
    fill_values(normal_table(), np.uint64(base_of(seed, replication)), np.uint64(hash_text(key)), serials, means, float(spread), out)
    return out


@kernel
def fill_cell(law, low, high, upper, quantiles, i):
    """Write the parabola of one cell at i; return how far it is from the law in the middle of both its halves, whichever is more, as a share."""
    width = high - low
    middle = low + 0.5 * width
    a = exact_quantile(law, 1.0 - low if upper else low)
    b = exact_quantile(law, 1.0 - middle if upper else middle)
    c = exact_quantile(law, 1.0 - high if upper else high)
    bend = 2.0 * (a - 2.0 * b + c) / (width * width)
    slope = (c - a) / width - bend * (low + high)
    quantiles[i] = a - low * (slope + low * bend)
    quantiles[i + 1] = slope
    quantiles[i + 2] = bend
    scale = 0.01 * abs(exact_quantile(law, 0.75) - exact_quantile(law, 0.25))
    worst = 0.0
    for k in range(2):
        at = low + (0.25 + 0.5 * k) * width
        truth = exact_quantile(law, 1.0 - at if upper else at)
        worst = max(worst, abs(parabola(quantiles, i, at) - truth) / max(abs(truth), scale, 1e-300))
    return worst


@kernel
def fill_quantiles(laws, index, quantiles):
    """Write the table of a law, and tell how many cells of it serve: none where no such table comes near enough.

    Each parabola goes through the law at both ends and in the middle of its cell; how far it is from the law is looked at in the middle of both
    halves, as a share of the value (of a value near 0, of the law's middle half).
    """
    law = laws[index]
    worst = 0.0
    for upper in range(2):
        for cell in range(HALF):
            low, high = edges_of(cell)
            worst = max(worst, fill_cell(law, low, high, upper, quantiles, law.table0 + STRIDE * (cell + upper * HALF)))
    law.cells = HALF if worst <= BEND else 0
