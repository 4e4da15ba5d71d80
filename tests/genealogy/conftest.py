"""A line that begins filled, opened once for a module that names it as `FILLED_LINE`: the line, its stock, and a ledger that holds both."""

from __future__ import annotations

import pytest

from linewright.control.compile import compile_plant
from linewright.control.fill import open_line
from linewright.control.opening import opening_of
from linewright.genealogy.before import Before
from linewright.genealogy.line_facts import line_facts, opening_carriers
from linewright.genealogy.record import Recorder
from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load


@pytest.fixture(scope="module")
def line(request: pytest.FixtureRequest):
    compiled = compile_plant(load(request.module.FILLED_LINE, installed_libraries()))
    state = open_line(compiled, 3)
    return compiled, state, line_facts(compiled, 3, 0, state.serials)


@pytest.fixture(scope="module")
def stock(line) -> Before:
    return Before(line[0], line[2])


@pytest.fixture(scope="module")
def reader(line, tmp_path_factory: pytest.TempPathFactory):
    compiled, _, facts = line
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    with ledger.create_run(compiled.plant.text, compiled.plant.digest, "live", 3, 1.0, compiled.begin_us, compiled.plant.name) as writer:
        Recorder(facts, writer).begin(opening_carriers(opening_of(compiled)))
        writer.commit()
    return ledger.reader()
