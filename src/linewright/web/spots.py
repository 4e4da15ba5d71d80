"""Where a unit lies on the webs it was made of, from the strip in its hand up to the mother web, and what was measured there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from linewright.genealogy.before import ITEM_MASK
from linewright.genealogy.facts import FRAME_SHIFT
from linewright.genealogy.life import web_values
from linewright.genealogy.maps import Chain, chain_of, identity, image, then
from linewright.genealogy.sources import MEASURED, word_of
from linewright.genealogy.tree import Curve, Value
from linewright.kernels.rows import KIND_SHIFT
from linewright.model.values import Unit, Window
from linewright.web.plant import decimals_of, shown_limits, unit_text
from linewright.web.readers import OpenRun
from linewright.web.titles import title

__all__ = ["Along", "Spot", "along_of", "at_metres", "source_of", "spots_of"]

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
        ids = {key: run.records.id_of(key) for key in (*self.chain.webs, self.mother)}
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
    for piece in run.records.pieces_of_unit(unit):
        row: list[tuple[int, Chain]] = []
        web, chain = piece.web, identity(piece.web, FAR_MM, piece.error_mm, piece.drift)
        for _ in range(STEPS):
            row.append((web, chain))
            further = [c for c in (then(chain, chain_of(m)) for m in run.records.maps_of_child(web)) if c is not None]
            above = next((c for c in further if image(c, piece.lo_mm, piece.hi_mm) is not None), None)
            if above is None:
                break
            web, chain = above.webs[-1], above
        for key, c in row:
            span = image(c, piece.lo_mm, piece.hi_mm)
            if span is not None:
                spots.append(Spot(key, row[-1][0], piece.role, c, *span, c.limit_mm(piece.lo_mm, piece.hi_mm), guard_m * 1000.0))
    return spots


@dataclass(frozen=True, slots=True)
class Along:
    """How a characteristic along a web is shown: where it was measured, its unit, its limits (shown), decimals."""

    step: str | None
    unit: Unit
    limits: dict[str, float | None]
    decimals: int | None


def along_of(run: OpenRun, web: int, name: str) -> Along:
    """Return how what is measured along a web is shown, as the run's recorder told (its fact ``profiles``)."""
    told = (run.reader.fact("profiles") or {}).get(f"{(web & ITEM_MASK) >> KIND_SHIFT}:{web >> FRAME_SHIFT}:{name}")
    if told is None:
        return Along(None, Unit(), shown_limits(None, Unit()), None)
    text, scale, offset, lower, target, upper, step = told
    unit = Unit(text, scale, offset)
    segment = run.segments.get(step)
    m = next((x for x in segment.measures if x.name == name), None) if segment is not None else None
    return Along(step, unit, shown_limits(Window(lower, target, upper), unit), decimals_of(m.resolution, m.unit) if m is not None else None)


def source_of(run: OpenRun, v: Value | Curve) -> str:
    """Return where a value is from, as it is shown: what this run measured was measured by its emulated machines, or by the twin."""
    return word_of(run.info.source, is_emulated=run.is_emulated) if v.source == MEASURED else v.source


def at_metres(run: OpenRun, spots: list[Spot]) -> list[dict[str, Any]]:
    """Return the means of all profiles over a unit's metres, side by side and lane by lane."""
    rows: list[dict[str, Any]] = []
    for spot in spots:
        for v in web_values(run.records, spot.web, spot.lo_mm, spot.hi_mm, spot.chain.lane):
            along = along_of(run, spot.web, v.characteristic)
            where = f", side {v.side}" if v.side else ""
            rows.append({
                "characteristic": v.characteristic, "title": f"{title(v.characteristic)}{where}", "step": v.step, "value": v.value,
                "unit": unit_text(v.unit),
                "decimals": along.decimals, "lower": v.lower, "target": v.target, "upper": v.upper,
                "low": v.low, "high": v.high, "count": v.count, "at_us": None, "source": source_of(run, v), "literal": None,
                "side": v.side, "lane": v.lane, "web": run.records.id_of(spot.web), "lo_m": spot.lo_mm / 1000.0, "hi_m": spot.hi_mm / 1000.0,
                "input": spot.role,
            })  # fmt: skip
    return rows
