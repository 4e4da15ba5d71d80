"""Laws of times: from the parameters that an author knows to the ones a generator needs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from linewright.model.values import Law, LawKind

__all__ = ["FAMILIES", "PARAMETERS", "LawFault", "law_of"]

#: Sets of parameters by which each law may be given; any one of them, whole.
FAMILIES: dict[str, tuple[frozenset[str], ...]] = {
    "constant": (frozenset({"mean"}),),
    "exponential": (frozenset({"mean"}),),
    "erlang": (frozenset({"mean", "stages"}), frozenset({"mean", "cv"})),
    "gamma": (frozenset({"mean", "cv"}), frozenset({"shape", "scale"})),
    "lognormal": (frozenset({"mean", "cv"}), frozenset({"median", "sigma"})),
    "weibull": (frozenset({"shape", "mean"}), frozenset({"shape", "scale"}), frozenset({"mean", "cv"})),
    "normal": (frozenset({"mean", "sd"}), frozenset({"mean", "cv"})),
    "uniform": (frozenset({"min", "max"}),),
    "triangular": (frozenset({"min", "mode", "max"}),),
    "empirical": (frozenset({"file"}),),
}
#: Further parameters that a law may have.
OPTIONAL: dict[str, frozenset[str]] = {"normal": frozenset({"min", "max"}), "empirical": frozenset({"column"})}
#: Each parameter: ``value`` has the unit of the law, ``share`` a %, ``number`` none, ``count`` whole, ``text`` words.
PARAMETERS = {
    "mean": "value", "sd": "value", "min": "value", "max": "value", "mode": "value", "median": "value", "scale": "value",
    "cv": "share", "shape": "number", "sigma": "number", "stages": "count", "file": "text", "column": "text",
}  # fmt: skip


class LawFault(Exception):  # noqa: N818 - a fault of the file, not of the program
    """Parameters that no law can have; the reader adds the place."""


def law_of(kind: str, given: Mapping[str, float], samples: Sequence[float] = ()) -> Law:
    """Return a law from its parameters.

    Parameters
    ----------
    kind
        A key of `FAMILIES`.
    given
        Parameters by name, in SI; `cv` as a share. For `normal`, mean and sd are those before it is cut off.
    samples
        Values of an empirical law in SI.

    Raises
    ------
    LawFault
        The parameters are missing, too many, or impossible.

    References
    ----------
    A. M. Law, Simulation Modeling and Analysis, chapter 6.

    Examples
    --------
    >>> law = law_of("lognormal", {"mean": 90.0, "cv": 0.5})
    >>> round(law.scale, 3), round(law.shape, 4)
    (80.498, 0.4724)
    """
    law = _empirical(samples) if kind == "empirical" else _parametric(kind, given)
    if not (math.isfinite(law.mean) and math.isfinite(law.sd)):
        raise LawFault("its mean or its spread is beyond all numbers")
    return law


def _parametric(kind: str, given: Mapping[str, float]) -> Law:
    """Return a law of one of the families."""
    _family(kind, frozenset(given))
    for name in ("mean", "sd", "cv", "median", "scale", "shape", "sigma", "stages"):
        if name in given and not 0 <= given[name] < math.inf:
            raise LawFault(f"`{name}` is not negative")
    if kind in {"constant", "exponential"}:
        mean = given["mean"]
        if kind == "exponential" and mean <= 0:
            raise LawFault("the mean of an exponential law is above 0")
        return Law(LawKind(kind), mean, 0.0 if kind == "constant" else mean, scale=math.nan if kind == "constant" else mean)
    if kind in {"uniform", "triangular"}:
        return _bounded(kind, given)
    if kind == "normal":
        return _normal(given)
    for name, value in given.items():
        if value <= 0:
            raise LawFault(f"`{name}` is above 0")
    if not 1e-4 <= given.get("cv", 1.0) <= 100:
        raise LawFault("`cv` lies between 0.01 % and 10000 %")
    return {"erlang": _erlang, "gamma": _gamma, "lognormal": _lognormal, "weibull": _weibull}[kind](given)


def _family(kind: str, names: frozenset[str]) -> None:
    """Refuse parameters that do not make one whole set."""
    families, optional = FAMILIES[kind], OPTIONAL.get(kind, frozenset())
    if any(names - optional == family for family in families) or names in families:
        return
    ways = " or ".join(", ".join(f"`{n}`" for n in sorted(family)) for family in families)
    known = optional.union(*families)
    foreign = sorted(names - known)
    if foreign:
        raise LawFault(f"a law `{kind}` has no `{foreign[0]}`; it is given by {ways}")
    raise LawFault(f"a law `{kind}` is given by {ways}; here is {', '.join(f'`{n}`' for n in sorted(names)) or 'none of them'}")


def _bounded(kind: str, given: Mapping[str, float]) -> Law:
    low, high = given["min"], given["max"]
    if low >= high:
        raise LawFault("`min` is below `max`")
    if kind == "uniform":
        return Law(LawKind.UNIFORM, (low + high) / 2, (high - low) / math.sqrt(12), low=low, high=high)
    mode = given["mode"]
    if not low <= mode <= high:
        raise LawFault("`mode` lies between `min` and `max`")
    variance = (low * low + high * high + mode * mode - low * high - low * mode - high * mode) / 18
    return Law(LawKind.TRIANGULAR, (low + mode + high) / 3, math.sqrt(variance), low=low, high=high, mode=mode)


def _normal(given: Mapping[str, float]) -> Law:
    mean = given["mean"]
    sd = given["sd"] if "sd" in given else mean * given["cv"]
    low, high = given.get("min", 0.0), given.get("max", math.inf)
    if low >= high:
        raise LawFault("`min` is below `max`")
    if not low <= mean <= high:
        raise LawFault("`mean` lies between `min` (0 where it is not given) and `max`")
    return Law(LawKind.NORMAL, mean, sd, low=low, high=high)


def _erlang(given: Mapping[str, float]) -> Law:
    mean = given["mean"]
    stages = given["stages"] if "stages" in given else 1 / given["cv"] ** 2
    if abs(stages - round(stages)) > 0.02 * stages or round(stages) < 1:
        near = max(1, round(stages))
        raise LawFault(f"`cv` of an erlang law is 1 / sqrt(stages); the nearest is {100 / math.sqrt(near):.3g} % ({near} stages)")
    stages = round(stages)
    return Law(LawKind.ERLANG, mean, mean / math.sqrt(stages), float(stages), mean / stages)


def _gamma(given: Mapping[str, float]) -> Law:
    if "cv" in given:
        shape = 1 / given["cv"] ** 2
        return Law(LawKind.GAMMA, given["mean"], given["mean"] * given["cv"], shape, given["mean"] / shape)
    shape, scale = given["shape"], given["scale"]
    return Law(LawKind.GAMMA, shape * scale, math.sqrt(shape) * scale, shape, scale)


def _lognormal(given: Mapping[str, float]) -> Law:
    if "cv" in given:
        sigma = math.sqrt(math.log1p(given["cv"] ** 2))
        return Law(LawKind.LOGNORMAL, given["mean"], given["mean"] * given["cv"], sigma, given["mean"] * math.exp(-sigma * sigma / 2))
    median, sigma = given["median"], given["sigma"]
    if sigma > 10:
        raise LawFault("`sigma` is that of the logarithm, 10 at most")
    mean = median * math.exp(sigma * sigma / 2)
    return Law(LawKind.LOGNORMAL, mean, mean * math.sqrt(math.expm1(sigma * sigma)), sigma, median)


def _weibull(given: Mapping[str, float]) -> Law:
    shape = given["shape"] if "shape" in given else _weibull_shape(given["cv"])
    if not 0.05 <= shape <= 1000:
        raise LawFault("`shape` lies between 0.05 and 1000")
    first, second = math.gamma(1 + 1 / shape), math.gamma(1 + 2 / shape)
    scale = given["scale"] if "scale" in given else given["mean"] / first
    return Law(LawKind.WEIBULL, scale * first, scale * math.sqrt(max(0.0, second - first * first)), shape, scale)


def _weibull_shape(cv: float) -> float:
    """Return the shape whose coefficient of variation is `cv`, by bisection; it falls as the shape grows."""
    low, high = 0.1, 1000.0

    def cv_of(shape: float) -> float:
        log_ratio = math.lgamma(1 + 2 / shape) - 2 * math.lgamma(1 + 1 / shape)
        return math.sqrt(math.expm1(log_ratio))

    if not cv_of(high) <= cv <= cv_of(low):
        raise LawFault(f"`cv` of a weibull law lies between {100 * cv_of(high):.2g} % and {100 * cv_of(low):.3g} %")
    for _ in range(200):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if cv_of(middle) > cv else (low, middle)
    return math.sqrt(low * high)


def _empirical(samples: Sequence[float]) -> Law:
    if not samples:
        raise LawFault("the file holds no values")
    if min(samples) < 0:
        raise LawFault("the file holds a negative value")
    ordered = tuple(sorted(samples))
    mean = math.fsum(ordered) / len(ordered)
    sd = math.sqrt(math.fsum((x - mean) ** 2 for x in ordered) / len(ordered))
    return Law(LawKind.EMPIRICAL, mean, sd, low=ordered[0], high=ordered[-1], samples=ordered)
