"""Where a unit lies on the webs it was made of, from the strip in its hand up to the mother web, and what was measured there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from linewright.genealogy.maps import Chain, chain_of, identity, image, then
from linewright.ledger.records import Profile
from linewright.model.values import Characteristic, Unit
from linewright.web.plant import decimals_of, shown_limits, unit_text
from linewright.web.readers import OpenRun
from linewright.web.titles import title

__all__ = ["Spot", "at_metres", "characteristic_of", "spots_of"]

STEPS = 20  # webs above each other; more would be a circle
FAR_MM = 1e12


@dataclass(frozen=True, slots=True)
class Spot:
    """A unit's piece on one web of the chain.

    Parameters
    ----------
    web, mother
        Keys of that web, and of the last one of the chain.
    role
        Name of the input.
    chain
        From the web that was in the machine to this one.
    lo_mm, hi_mm
        On this web.
    limit_mm
        Limit of error there.
    guard_mm
        Widens what is possible.
    """

    web: int
    mother: int
    role: str | None
    chain: Chain
    lo_mm: int
    hi_mm: int
    limit_mm: float
    guard_mm: float

    def body(self, run: OpenRun) -> dict[str, Any]:
        """Return it as the page takes it."""
        ids = run.reader.ids_of([*self.chain.webs, self.mother])
        u, wide = self.limit_mm, self.limit_mm + self.guard_mm
        certain = [(self.lo_mm + u) / 1000.0, (self.hi_mm - u) / 1000.0] if self.hi_mm - self.lo_mm > 2.0 * u else None
        return {
            "web": ids.get(self.web), "mother": ids.get(self.mother), "is_mother": self.web == self.mother, "input": self.role,
            "lane": None if self.chain.lane is None else self.chain.lane + 1, "side": None, "lo_m": self.lo_mm / 1000.0, "hi_m": self.hi_mm / 1000.0,
            "certain": certain, "possible": [(self.lo_mm - wide) / 1000.0, (self.hi_mm + wide) / 1000.0], "error_m": u / 1000.0,
            "chain": [{"web": ids.get(w)} for w in self.chain.webs], "a_m": self.chain.a_mm / 1000.0, "b": self.chain.b,
        }  # fmt: skip


def spots_of(run: OpenRun, unit: int, guard_m: float = 0.0) -> list[Spot]:
    """Return all spots of a unit: for each piece, the web it was taken from and each web above it."""
    spots: list[Spot] = []
    for piece in run.reader.pieces_of_unit(unit):
        row: list[tuple[int, Chain]] = []
        web, chain = piece.web, identity(piece.web, FAR_MM, piece.error_mm, piece.drift)
        for _ in range(STEPS):
            row.append((web, chain))
            further = [c for c in (then(chain, chain_of(m)) for m in run.reader.maps_of_child(web)) if c is not None]
            above = next((c for c in further if image(c, piece.lo_mm, piece.hi_mm) is not None), None)
            if above is None:
                break
            web, chain = above.webs[-1], above
        for key, c in row:
            span = image(c, piece.lo_mm, piece.hi_mm)
            if span is not None:
                spots.append(Spot(key, row[-1][0], piece.role, c, *span, c.limit_mm(piece.lo_mm, piece.hi_mm), guard_m * 1000.0))
    return spots


def characteristic_of(run: OpenRun, web: int, name: str) -> tuple[str | None, Characteristic | None]:
    """Return the station that made a web and the characteristic it measures along it; None where the plant does not say."""
    thing = run.reader.thing(web)
    station = (thing.machine or "").rpartition("/")[0] if thing is not None else ""
    chain = run.entries.get(station, {}).get("chain")
    # A web keeps its key at machines that do not change its metres, so a later station of the chain may have measured it.
    near = [s for s in run.segments.values() if s.path == station] + [s for s in run.segments.values() if run.entries[s.path]["chain"] == chain and s.path != station]
    for s in near:
        for m in s.measures:
            if m.name == name:
                return s.path, m
    return station or None, None


def at_metres(run: OpenRun, spots: list[Spot]) -> list[dict[str, Any]]:
    """Return the means of all profiles over a unit's metres, side by side and lane by lane."""
    rows: list[dict[str, Any]] = []
    for spot in spots:
        for p in run.reader.profiles_of(spot.web):
            if p.lane is not None and spot.chain.lane is not None and p.lane != spot.chain.lane:
                continue
            value = mean_over(p, spot.lo_mm, spot.hi_mm)
            if value is None:
                continue
            station, m = characteristic_of(run, spot.web, p.characteristic)
            unit = m.unit if m is not None else Unit()
            side = f", side {p.side}" if p.side else ""
            rows.append({
                "characteristic": p.characteristic, "title": f"{title(p.characteristic)}{side}", "step": station, "value": unit.shown(value), "unit": unit_text(unit),
                "decimals": decimals_of(m.resolution, unit) if m is not None else None, **shown_limits(m.window if m is not None else None, unit), "at_us": None,
                "source": "emulated" if run.is_emulated else "measured", "literal": None, "side": p.side, "lane": None if p.lane is None else p.lane + 1,
                "web": run.reader.ids_of([spot.web]).get(spot.web), "lo_m": spot.lo_mm / 1000.0, "hi_m": spot.hi_mm / 1000.0, "input": spot.role,
            })  # fmt: skip
    return rows


def mean_over(p: Profile, lo_mm: int, hi_mm: int) -> float | None:
    """Return the mean of a profile over a stretch (SI); where the stretch is shorter than its step, the value that holds there. None where there is none."""
    first = max(0, (lo_mm - p.start_mm) // p.step_mm)
    last = min(len(p.values), max(first + 1, -(-(hi_mm - p.start_mm) // p.step_mm)))
    part = p.values[first:last]
    part = part[np.isfinite(part)]
    return float(part.mean()) if len(part) else None
