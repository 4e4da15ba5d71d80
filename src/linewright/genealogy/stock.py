"""`stock_of`: the stock that a run began with, from its own line file."""

from __future__ import annotations

from linewright.control.compile import compile_plant
from linewright.genealogy.before import Before
from linewright.genealogy.line_facts import line_facts
from linewright.ledger.reader import RunReader
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text

__all__ = ["stock_of"]


def stock_of(reader: RunReader) -> Before | None:
    """Return the stock that a run began with; None of an import, or where the run began empty."""
    header = reader.header()
    kinds = reader.fact("kinds")
    if header.source == "import" or not kinds or all(k["first_serial"] == 1 for k in kinds):
        return None
    compiled = compile_plant(load_text(reader.plan_text(), installed_libraries(), header.name, is_completed=True), begin_us=header.begin_us)
    return Before(compiled, line_facts(compiled, header.seed or 1, 0, [int(k["first_serial"]) for k in kinds]))
