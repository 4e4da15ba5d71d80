"""The world that the tests of this folder look at, once for each file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from floor_world import BEGIN_US, MINUTE_US, Mailbox, NewestSamples, World, built_page, write_floor, write_things, write_visits

from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load
from linewright.web.server import WebServer


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("ledger")
    plant = load("cylindrical-21700-tabless", installed_libraries())
    ledger, now = Ledger(folder), BEGIN_US + 13 * MINUTE_US
    with ledger.create_run(plant.text, plant.digest, "live", 7, 1.0, BEGIN_US, plant.name) as writer:
        write_things(writer, BEGIN_US)
        write_visits(writer, plant, BEGIN_US + MINUTE_US)
        write_floor(writer, now)
        writer.commit(line_us=now)
        mailbox, feed = Mailbox(), NewestSamples()
        with WebServer(ledger, port=0, commands=mailbox, feed=feed, run=writer.run_id, built=built_page(tmp_path_factory.mktemp("built"))) as server:
            yield World(ledger, writer, server, mailbox, feed, plant, now)
