"""What is asked: an `Experiment` is a value. Its cases are lines ready to run, each a variant at a point of the sweep."""

from __future__ import annotations

from dataclasses import dataclass

from linewright.model.plant import Plant

__all__ = ["BATCHES", "Case", "Experiment", "Variant"]

#: Parts that one long run is cut into where nothing else is said; at most so many.
BATCHES, MOST_BATCHES = 20, 30


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the settings that are put side by side.

    Parameters
    ----------
    name
        As it is shown.
    line
        A line of the library, or a file.
    changes
        ``path=value``, one after the other.
    """

    name: str
    line: str
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A variant at one point of the sweep.

    Parameters
    ----------
    variant
        Its name.
    point
        (path, value as written) of each path that is swept.
    plant
        The line with all this in it.
    """

    variant: str
    point: tuple[tuple[str, str], ...]
    plant: Plant

    @property
    def label(self) -> str:
        """Return its name among all cases."""
        at = ", ".join(f"{path} = {value}" for path, value in self.point)
        return f"{self.variant}: {at}" if at and self.variant else at or self.variant


@dataclass(frozen=True, slots=True)
class Experiment:
    """Runs to be compared.

    Parameters
    ----------
    name, about
        For people.
    cases
        All that are run; at each point of the sweep the first variant's is what the others are compared with.
    until_s
        Line time of each run, its warm-up in it, s.
    warm_up_s
        Line time that is not counted; None: found in each run by MSER-5.
    replications
        Runs of each case. The n-th runs of all cases draw the same random numbers.
    batches
        Parts of the one long run, where `replications` is 1.
    seed
        Key of all draws.
    confidence
        Of all intervals, such as 0.95.
    show
        Groups of figures that a person is shown; empty: the usual ones.
    """

    name: str
    cases: tuple[Case, ...]
    until_s: float
    warm_up_s: float | None = None
    replications: int = 1
    batches: int = BATCHES
    seed: int = 1
    confidence: float = 0.95
    show: tuple[str, ...] = ()
    about: str = ""

    @property
    def variants(self) -> tuple[str, ...]:
        """Return the names of the variants in order."""
        return tuple(dict.fromkeys(case.variant for case in self.cases))

    @property
    def points(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """Return the points of the sweep in order; one empty point where nothing is swept."""
        return tuple(dict.fromkeys(case.point for case in self.cases))

    def base_of(self, case: int) -> int | None:
        """Return the number of the case that another is compared with; None for the first variant's own."""
        mine = self.cases[case]
        first = next(n for n, other in enumerate(self.cases) if other.point == mine.point)
        return None if first == case else first
