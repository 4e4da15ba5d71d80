"""Webs that are really cut: each machine's counter is off by a share of its limit; many points of a piece are looked up where they came from.

The slow obvious way that `genealogy.affected` is tested against: no chains, no widening, no intervals; only points, one map after the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Cut:
    """One piece map as a machine wrote it, and how far its counter was really off: `share` and `drift_share` of its limits, -1 to 1."""

    child: str
    parent: str
    lo_mm: int
    hi_mm: int
    a_mm: float
    b: float
    lane: int | None = None
    across: tuple[float, float] | None = None
    is_mirrored: bool = False
    error_mm: float = 0.0
    drift: float = 0.0
    share: float = 0.0
    drift_share: float = 0.0

    def off_mm(self, shown_mm: float) -> float:
        """Return by how much the counter was off where it showed a metre."""
        return self.share * self.error_mm + self.drift_share * self.drift * max(shown_mm, 0.0)


@dataclass(frozen=True)
class Taken:
    """A piece that a unit took, as its machine's counter showed it, and how far that was off."""

    unit: str
    web: str
    lo_mm: int
    hi_mm: int
    error_mm: float = 0.0
    drift: float = 0.0
    share: float = 0.0
    drift_share: float = 0.0

    def off_mm(self, shown_mm: float) -> float:
        """Return by how much the counter was off where it showed a metre."""
        return self.share * self.error_mm + self.drift_share * self.drift * max(shown_mm, 0.0)


@dataclass
class World:
    """All that was cut and taken."""

    cuts: list[Cut] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)

    def truly_affected(self, web: str, lo_mm: float, hi_mm: float, units: set[str] | None = None, steps: int = 40) -> set[str]:
        """Return the units of which some point came from the metres [lo, hi) of a web.

        `steps` points a piece are followed, its two ends among them; `units` None is all.
        """
        found = set()
        for piece in (t for t in self.taken if units is None or t.unit in units):
            for k in range(steps + 1):
                shown = piece.lo_mm + (piece.hi_mm - piece.lo_mm) * min(k / steps, 1.0 - 1e-9)
                if self._came_from(piece.web, shown, shown + piece.off_mm(shown), web, (lo_mm, hi_mm)):
                    found.add(piece.unit)
                    break
        return found

    def _came_from(self, at: str, shown: float, real: float, web: str, span: tuple[float, float]) -> bool:
        if at == web:
            return span[0] <= real < span[1]
        cuts = sorted((c for c in self.cuts if c.child == at), key=lambda c: c.lo_mm)
        for number, cut in enumerate(cuts):
            # Where one map ends and the next begins, the end was counted by the same counter; outside both ends of the web there is nothing else.
            really = real + cut.off_mm(shown)
            begins = -1e18 if number == 0 else cut.lo_mm
            ends = 1e18 if number == len(cuts) - 1 else cut.hi_mm
            if begins <= really < ends:
                return self._came_from(cut.parent, cut.a_mm + cut.b * shown, cut.a_mm + cut.b * really, web, span)
        return False

    def touches_across(self, piece: Taken, web: str, across: tuple[float, float]) -> bool:
        """Return whether a piece's web lies between millimetres across a web, followed strip by strip of a tenth of a millimetre's width."""
        lo, hi = across
        points = [lo + (hi - lo) * (k + 0.5) / 400 for k in range(400)]
        return any(self._lies_on(piece.web, web, x) for x in points)

    def _lies_on(self, at: str, web: str, x: float) -> bool:
        """Return whether a point across the web lies on what was made of it down to `at`."""
        if at == web:
            return True
        for cut in (c for c in self.cuts if c.child == at):
            above = self._across_of(cut.parent, web, x)
            if above is not None and (cut.across is None or cut.across[0] <= above < cut.across[1]):
                return True
        return False

    def _across_of(self, at: str, web: str, x: float) -> float | None:
        """Return where a point across the web lies across one of those made from it; None where it lies beside it."""
        if at == web:
            return x
        for cut in (c for c in self.cuts if c.child == at):
            above = self._across_of(cut.parent, web, x)
            if above is None:
                continue
            if cut.across is None:
                return above
            if cut.across[0] <= above < cut.across[1]:
                return cut.across[1] - above if cut.is_mirrored else above - cut.across[0]
        return None
