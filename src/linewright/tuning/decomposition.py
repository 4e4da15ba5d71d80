"""What a line of unreliable machines makes, without simulation: the decomposition into two-machine lines.

A line of k machines with k - 1 buffers is taken apart into k - 1 lines of two machines, one around each buffer. The first machine of each stands
for all that is in front of the buffer, the second for all behind it; their failures and repairs are found so that what flows through all of them is
the same. Time goes in cycles; each machine makes one part a cycle while it is up, has a part and has a place for it.

References
----------
Gershwin: An efficient decomposition method for the approximate evaluation of tandem queues with finite storage space and blocking, Operations
Research 35 (1987), 291-305.
Dallery, David, Xie: An efficient algorithm for analysis of transfer lines with unreliable machines and finite buffers, IIE Transactions 20 (1988),
280-283.
Gershwin: Manufacturing Systems Engineering (1994), chapters 3.6 (two machines) and 4 (decomposition).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["LineOfTwo", "efficiency", "line_of_two"]

#: The decomposition ends when no efficiency changes more than this, or gives up after so many rounds.
ACCURACY, ROUNDS = 1e-10, 2000


@dataclass(frozen=True, slots=True)
class LineOfTwo:
    """Two machines and the buffer between them.

    Parameters
    ----------
    efficiency
        Parts a cycle.
    starved, blocked
        Share of the cycles in which the second machine has nothing since the first is down, and the first no place since the second is down.
    """

    efficiency: float
    starved: float
    blocked: float


def line_of_two(fail_1: float, repair_1: float, fail_2: float, repair_2: float, places: int) -> LineOfTwo:
    r"""Return how a line of two machines behaves, exactly.

    The chain of states (n, up or down, up or down) has inside the form :math:`C X^n Y_1^{\alpha_1} Y_2^{\alpha_2}` with

    .. math:: Y_1 = \frac{r_1 + r_2 - r_1 r_2 - r_1 p_2}{p_1 + p_2 - p_1 p_2 - p_1 r_2}, \quad
              Y_2 = \frac{r_1 + r_2 - r_1 r_2 - p_1 r_2}{p_1 + p_2 - p_1 p_2 - r_1 p_2}, \quad X = Y_2 / Y_1

    Parameters
    ----------
    fail_1, fail_2
        Probability that a machine which works fails in a cycle, in (0, 1).
    repair_1, repair_2
        Probability that one which is down is repaired in a cycle, in (0, 1].
    places
        Of the buffer, from 3, the part in the second machine among them.

    References
    ----------
    Gershwin (1994), section 3.6, after Buzacott: Automatic transfer lines with buffer stocks (1967).

    Examples
    --------
    >>> found = line_of_two(0.01, 0.1, 0.01, 0.1, 10)
    >>> round(found.efficiency, 4), found.starved == found.blocked
    (0.8562, True)
    """
    p1, r1, p2, r2 = fail_1, repair_1, fail_2, repair_2
    up_1 = r1 + r2 - r1 * r2 - r1 * p2
    up_2 = r1 + r2 - r1 * r2 - p1 * r2
    down_1 = p1 + p2 - p1 * p2 - r1 * p2
    down_2 = p1 + p2 - p1 * p2 - p1 * r2
    y1, y2 = up_1 / down_2, up_2 / down_1
    # Below, everything is divided by X^N where X > 1, so that no power leaves the numbers.
    log_x = math.log(y2 / y1)
    top = max(0.0, log_x * places)
    power = np.exp(log_x * np.arange(places + 1) - top)  # X^n
    first, last = float(power[1]), float(power[places - 1])
    inside = float(power[2 : places - 1].sum())
    starved = first * up_1 / (r1 * p2)
    blocked = last * up_2 / (p1 * r2)
    at_1 = first * (1.0 + y2) + first / p2 * up_1 / down_1
    at_last = last * (1.0 + y1) + last / p1 * up_2 / down_2
    whole = starved + blocked + at_1 + at_last + inside * (1.0 + y1) * (1.0 + y2)
    works = first * y2 + first / p2 * up_1 / down_1 + last / p1 * up_2 / down_2 + inside * (1.0 + y1) * y2
    return LineOfTwo(works / whole, starved / whole, blocked / whole)


def efficiency(fails: Sequence[float], repairs: Sequence[float], places: Sequence[int]) -> float | None:
    r"""Return the parts a cycle of a line, or None where the decomposition does not settle.

    With :math:`I = p / r` of the machines u (in front) and d (behind) of the line around buffer i, its efficiency :math:`E_i`, and
    :math:`e_i = r_i / (r_i + p_i)`, the conditions are

    .. math:: I_u(i) = \frac{1}{E_{i-1}} + \frac{1}{e_i} - I_d(i-1) - 2, \qquad
              r_u(i) = X r_u(i-1) + (1 - X) r_i, \quad X = \frac{p_{starved}(i-1)}{I_u(i) E_{i-1}}

    and the same from the other end for d.

    Parameters
    ----------
    fails, repairs
        Of each machine, as in `line_of_two`; (machines,).
    places
        Of each buffer, (machines - 1,).

    Examples
    --------
    >>> round(efficiency([0.01] * 3, [0.1] * 3, [10, 10]), 3)
    0.82
    """
    count = len(places)
    alone = [r / (r + p) for p, r in zip(fails, repairs, strict=True)]
    up_p, up_r = list(fails[:-1]), list(repairs[:-1])
    down_p, down_r = list(fails[1:]), list(repairs[1:])
    lines = [line_of_two(up_p[i], up_r[i], down_p[i], down_r[i], places[i]) for i in range(count)]
    for _ in range(ROUNDS):
        before = [line.efficiency for line in lines]
        for i in range(1, count):
            idle = 1.0 / lines[i - 1].efficiency + 1.0 / alone[i] - down_p[i - 1] / down_r[i - 1] - 2.0
            up_p[i], up_r[i] = _machine(idle, lines[i - 1].starved, lines[i - 1].efficiency, up_r[i - 1], repairs[i])
            lines[i] = line_of_two(up_p[i], up_r[i], down_p[i], down_r[i], places[i])
        for i in range(count - 2, -1, -1):
            idle = 1.0 / lines[i + 1].efficiency + 1.0 / alone[i + 1] - up_p[i + 1] / up_r[i + 1] - 2.0
            down_p[i], down_r[i] = _machine(idle, lines[i + 1].blocked, lines[i + 1].efficiency, down_r[i + 1], repairs[i + 1])
            lines[i] = line_of_two(up_p[i], up_r[i], down_p[i], down_r[i], places[i])
        now = [line.efficiency for line in lines]
        if not all(0.0 < e < 1.0 for e in now):
            return None
        if max(abs(a - b) for a, b in zip(now, before, strict=True)) < ACCURACY:
            return now[-1]
    return None


def _machine(idle: float, waits: float, flow: float, beyond: float, own: float) -> tuple[float, float]:
    """Return how the machine that stands for others fails and is repaired: p/r = idle/working, repairs a mixture of its own and those beyond it."""
    share = waits / (idle * flow)
    repair = share * beyond + (1.0 - share) * own
    return idle * repair, repair
