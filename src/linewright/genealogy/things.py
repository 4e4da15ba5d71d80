"""Things as ranges: numbered units, bought lots, carriers, what lay in the stores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from linewright.genealogy.facts import CarrierFacts, LineFacts, Rank
from linewright.kernels.rows import KIND_SHIFT
from linewright.ledger.writer import RunWriter

__all__ = ["BEFORE", "Things"]

#: The remark of what was made before the run.
BEFORE = "made before this run"


class Things:
    """Ranges of a run; each kind has one that grows.

    Parameters
    ----------
    facts, writer
        Of the run.
    """

    def __init__(self, facts: LineFacts, writer: RunWriter) -> None:
        self._facts, self._writer = facts, writer
        self._serials: dict[int, int] = {}

    def saved(self) -> list[tuple[int, int]]:
        """Return the highest serial seen of each kind, for JSON."""
        return list(self._serials.items())

    def restore(self, saved: Iterable[tuple[int, int]]) -> None:
        """Take back what `saved` returned."""
        self._serials = {int(kind): int(serial) for kind, serial in saved}

    def opening(self, carriers: Mapping[int, int]) -> None:
        """Write what lay in the line at the begin.

        Parameters
        ----------
        carriers
            By kind of carrier: how many are full (numbers 1 .. n); one row each.
        """
        for kind, count in carriers.items():
            self._opening_carriers(kind, count)
            self.seen(kind, count)
        on_carriers = {self._carrier(kind).inner for kind in carriers}
        for number, kind_facts in enumerate(self._facts.kinds):
            if kind_facts.first_serial > 1 and number not in on_carriers and kind_facts.rank is not Rank.CARRIER:
                self._range(number, 1, kind_facts.first_serial - 1, BEFORE)

    def _carrier(self, kind: int) -> CarrierFacts:
        return next(c for c in self._facts.carriers if c.kind == kind)

    def _opening_carriers(self, kind: int, count: int) -> None:
        """Write one row for each carrier that is full at the begin."""
        station = self._carrier(kind)
        inner = self._facts.kinds[station.inner]
        first = np.arange(count, dtype=np.int64) * station.holds + 1
        last = np.minimum(first + station.holds - 1, inner.first_serial - 1)
        self._writer.put(
            "things",
            {
                "first_key": first | station.inner << KIND_SHIFT, "count": last - first + 1, "prefix": [inner.prefix] * count, "first_serial": first,
                "kind": [self._writer.key("kind", inner.rank)] * count, "material": [self._writer.key("material", inner.material)] * count,
                "carrier": np.arange(1, count + 1, dtype=np.int64) | kind << KIND_SHIFT, "remark": [BEFORE] * count,
            },
        )  # fmt: skip

    def seen(self, kind: int, serial: int) -> None:
        """Let the range of a kind reach to a serial."""
        facts = self._facts.kinds[kind]
        if serial > self._serials.get(kind, facts.first_serial - 1):
            self._serials[kind] = serial
            if not self._writer.awaited():  # in a replay the range that is there reaches farther already
                self._range(kind, facts.first_serial, serial, None)

    def _range(self, kind: int, first: int, last: int, remark: str | None) -> None:
        facts = self._facts.kinds[kind]
        self._writer.put(
            "things",
            {
                "first_key": [first | kind << KIND_SHIFT], "count": [last - first + 1], "prefix": [facts.prefix], "first_serial": [first],
                "kind": [self._writer.key("kind", facts.rank)], "material": [self._writer.key("material", facts.material)], "remark": [remark],
            },
        )  # fmt: skip
