"""Causes on the page: from the first page a failing lot of cells is explained in two clicks, with the picture of its cause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from fault_lines import cells_with

from .driving import Server, Visitor, linewright

pytestmark = pytest.mark.browser
LANE = "- {fault: lane-clogged, station: coater, tool: {die-lane: 2}, size: 4 %, at: 20 min, for: 8 min}"


@pytest.fixture(scope="module")
def clogged(built_page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a simulation of cells of which a stretch of one lane is thin."""
    assert (built_page / "index.html").is_file()
    folder = tmp_path_factory.mktemp("clogged")
    file, ledger = folder / "cells.yaml", str(folder / "ledger")
    file.write_text(cells_with(LANE), encoding="utf-8")
    linewright("simulate", str(file), "--until", "105 min", "--keep", "all", "--ledger", ledger)
    server = Server(["serve", "--ledger", ledger], folder / "log")
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (820, "dark")])
def test_two_clicks_lead_from_the_first_page_to_the_cause(clogged: Server, visitor: Visitor, width: int, theme: str, tmp_path: Path) -> None:
    page = visitor.open(clogged.url + f"?theme={theme}", width=width, dark=theme == "dark")
    if width < 900:
        page.locator(".tabs summary").click()  # five tabs lie under the thumb; this page is behind the fifth
    page.get_by_role("link", name="Causes").filter(visible=True).first.click()
    page.locator("[data-ask='capacity outside']").click()
    cause = page.locator("[data-cause]").first
    expect(cause.locator("h2")).to_contain_text(re.compile(r"1\. coater lane and time: lane 2, 2026-01-05 00:(19|20):\d\d to 00:(27|28):\d\d"))
    assert cause.locator("[data-picture=ordered] rect.hit").count() >= 2
    cause.locator("summary").click()
    expect(cause.locator("table.vals")).to_contain_text("coater areal-weight, side A")
    expect(page).to_have_url(re.compile(r"/causes\?.*bad=capacity\+outside"))
    page.screenshot(path=str(tmp_path / "causes.png"), full_page=True)


def test_a_question_of_ones_own_and_one_that_cannot_be_asked(clogged: Server, visitor: Visitor) -> None:
    page = visitor.open(clogged.url + "/cells/causes")
    page.get_by_label("Bad units").fill("electrolyte-mass < 6.9 g")
    page.get_by_role("button", name="Explain").click()
    expect(page.locator("[data-nothing]")).to_contain_text("Nothing found")
