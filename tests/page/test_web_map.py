"""The web as a map: a box drawn with the mouse asks who holds part of it; it is held, shown, and released by a second person; a tray likewise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from .driving import Server, Visitor, linewright

pytestmark = pytest.mark.browser
LINE = "/cylindrical-21700-tabless"


@pytest.fixture(scope="module")
def kept(built_page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a simulation of the 21700 line with all its rows."""
    assert (built_page / "index.html").is_file()
    folder = tmp_path_factory.mktemp("kept")
    ledger = str(folder / "ledger")
    linewright("simulate", "cylindrical-21700-tabless", "--until", "10 min", "--keep", "all", "--ledger", ledger)
    server = Server(["serve", "--ledger", ledger], folder / "log")
    try:
        server.start()
        yield server
    finally:
        server.stop()


def the_coil(server: Server) -> tuple[str, dict[str, Any]]:
    """Return the mother that a new cell lies on, and the cell's place there."""
    newest = next(g for g in server.run("/search?q=")["groups"] if g["kind"] == "unit")["hits"][0]["id"]
    spot = next(w for w in server.run(f"/things/{newest}/metres")["webs"] if w["is_mother"] and w["web"].startswith("cathode"))
    return spot["web"], spot


def drawn(page: Page, x: tuple[float, float], y: tuple[float, float]) -> None:
    """Draw a box on the first side of the zoomed map, in shares of its frame."""
    frame = page.locator(".mapcanvas").nth(2).bounding_box()
    assert frame is not None
    page.mouse.move(frame["x"] + x[0] * frame["width"], frame["y"] + y[0] * frame["height"])
    page.mouse.down()
    page.mouse.move(frame["x"] + x[1] * frame["width"], frame["y"] + y[1] * frame["height"], steps=5)
    page.mouse.up()


@pytest.mark.parametrize("dark", [False, True])
def test_a_box_on_the_web_leads_to_a_hold_and_its_release(kept: Server, visitor: Visitor, dark: bool) -> None:
    coil, spot = the_coil(kept)
    page = visitor.open(kept.url + f"{LINE}/web/{coil}?from={spot['lo_m'] - 3:.1f}&to={spot['hi_m'] + 3:.1f}", dark=dark)
    page.wait_for_selector("[data-affected]")
    expect(page.locator("[data-webmap]")).to_be_visible()
    width = kept.run(f"/webs/{coil}")
    lane = next(each for each in width["lanes_mm"] if each["lane"] == spot["lane"])
    highest = max(width["width_mm"] or 0.0, *(each["hi_mm"] for each in width["lanes_mm"]))
    middle = (lane["lo_mm"] + lane["hi_mm"]) / 2 / highest
    drawn(page, (0.35, 0.65), (middle - 0.02, middle + 0.02))
    expect(page).to_have_url(re.compile(r"across=\d+\.\.\d+"))
    query = httpx.URL(page.url).params
    assert query["side"] == "A"
    told = kept.run(f"/webs/{coil}/affected?from_m={query['from']}&to_m={query['to']}&across={query['across']}mm&side=A&limit=200")
    expect(page.locator("[data-certain]")).to_have_text(f"{told['certain']:,}")
    expect(page.locator("[data-possible]")).to_have_text(f"{told['possible']:,}")
    assert told["lanes"] == [spot["lane"]]
    assert told["total"] > 0
    expect(page.locator("table.aff tbody tr")).to_have_count(min(200, told["total"]))
    expect(page.locator(".mapsvg [data-basis=certain]").first).to_be_attached()
    # One button holds all of it; the ledger says so on the page, on the unit, and on the list.
    page.locator('[data-act="hold-span"]').click()
    page.locator('[data-dialog="hold"] input[name=reason]').fill("side A too thin")
    page.locator('[data-dialog="hold"] input[name=by]').fill("Ada")
    page.locator('[data-dialog="hold"] button[type=submit]').click()
    expect(page.locator(".answer")).to_contain_text("on hold")
    (hold,) = kept.run("/holds?open=true")["holds"]
    assert (hold["spans"][0]["web"], hold["now"]["units"], hold["reason"], hold["by"]) == (coil, told["total"], "side A too thin", "Ada")
    assert kept.run(f"/things/{told['units'][0]['id']}")["held"] == hold["key"]
    page.locator(".rail a, .tabs a", has_text="Holds").first.click()
    row = page.locator(f"tr[data-hold='{hold['key']}']")
    expect(row).to_contain_text(f"{told['total']:,} unit")
    expect(row).to_contain_text("side A")
    row.locator('[data-act="release"]').click()
    page.locator('[data-dialog="release"] input[name=reason]').fill("measured again, fine")
    page.locator('[data-dialog="release"] input[name=by]').fill("ada")
    expect(page.locator('[data-dialog="release"] .hint')).to_contain_text("Ada held this and cannot release it.")
    page.locator('[data-dialog="release"] input[name=by]').fill("Grace")
    page.locator('[data-dialog="release"] button[type=submit]').click()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="All", exact=True).click()
    expect(page.locator(f"tr[data-hold='{hold['key']}']")).to_contain_text("released by Grace")


def test_what_lies_on_a_tray_is_held_in_one_step(kept: Server, visitor: Visitor) -> None:
    lots = kept.run("/lots?kind=carrier&limit=60")["lots"]
    tray = next(lot["id"] for lot in lots if any(f["left"] for f in kept.run(f"/things/{lot['id']}/contents")["fillings"][:1]))
    (filling, *_) = kept.run(f"/things/{tray}/contents")["fillings"]
    page = visitor.open(kept.url + f"{LINE}/carriers")
    expect(page.locator("h1")).to_have_text("Carriers")
    page = visitor.open(kept.url + f"{LINE}/carrier/{tray}")
    expect(page.locator("[data-carrier] svg a")).to_have_count(filling["count"])
    page.locator('[data-act="hold-carrier"]').click()
    page.locator('[data-dialog="hold"] input[name=reason]').fill("dropped")
    page.locator('[data-dialog="hold"] input[name=by]').fill("Ada")
    page.locator('[data-dialog="hold"] button[type=submit]').click()
    expect(page.locator(".answer")).to_contain_text("on hold")
    (hold,) = kept.run("/holds?open=true")["holds"]
    assert hold["count"] == filling["left"]
