"""Trace: a cell both ways and by its metres, also one made before the run, and a real cell; the quality engineer's question in two clicks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from .driving import Server, Visitor, painted, until

pytestmark = pytest.mark.browser
LINE = "/cylindrical-21700-tabless"


def a_fresh_cell(server: Server) -> str:
    """Return a cell that was made since the run began and has left the assembly."""

    def through() -> list[str]:
        # Asked anew each time: before the first cell is made, the newest are those that the run began with.
        newest = [hit for group in server.run("/search?q=")["groups"] if group["kind"] == "unit" for hit in group["hits"]]
        things = [server.run(f"/things/{hit['id']}") for hit in newest]
        return [thing["id"] for thing in things if thing["made_before"] is False and thing["now"]["carrier"] and thing["verdict"] != "scrapped"]

    return until(through, 60, "a cell of this run in its tray", every=1.0)[0]



def search(page: Page, text: str) -> None:
    """Press `/`, type, take the first hit with Enter."""
    page.keyboard.press("/")
    page.get_by_role("combobox").wait_for()
    page.keyboard.type(text)
    page.wait_for_function("text => document.querySelector('[role=option][aria-selected=true]')?.textContent.includes(text)", arg=text)
    page.keyboard.press("Enter")


def nodes(page: Page) -> dict[str, str]:
    """Return what the drawn genealogy says of each thing."""
    page.wait_for_selector(".react-flow__node .node.self")
    return {node.get_attribute("data-id") or "": node.inner_text() for node in page.locator(".react-flow__node").all()}


def metres_said(page: Page) -> tuple[float, float]:
    """Return the metres at which the page says that a unit lies on its web."""
    said = re.search(r"([\d,]+\.\d+) to ([\d,]+\.\d+)\sm", page.locator(".thing-cols p").first.inner_text())
    assert said, page.locator(".thing-cols p").first.inner_text()
    return float(said[1].replace(",", "")), float(said[2].replace(",", ""))


def stated_web(webs: list[dict[str, Any]], from_m: float) -> str:
    """Return the web on which a unit begins at these metres."""
    return next(str(web["web"]) for web in webs if abs(web["lo_m"] - from_m) < 0.006)


def test_quality_engineer_goes_from_a_cell_to_its_metres_and_back(live: Server, visitor: Visitor) -> None:
    cell = a_fresh_cell(live)
    page = visitor.open(live.url)
    search(page, cell.rsplit("-", 1)[1])  # the first click, or its keys
    expect(page).to_have_url(re.compile(f"{LINE}/unit/{cell}$"))
    expect(page.locator("h1")).to_have_text(cell)
    drawn = nodes(page)
    kinds = " ".join(drawn)
    for made_of in ("cathode-slurry", "anode-slurry", "cathode-coil", "anode-coil", "cathode-strip", "anode-strip", "separator"):
        assert made_of in kinds, f"{made_of} is not among {sorted(drawn)}"
    assert any(name.startswith("T-") for name in drawn), "the tray that carries it is not drawn"
    assert len(page.locator(".life li").all()) >= 5
    # Its web, with metres, neighbours and what was measured along them.
    page.wait_for_selector(".stripsvg")
    from_m, to_m = metres_said(page)
    stated = live.run(f"/things/{cell}/metres")["webs"]
    assert any(abs(web["lo_m"] - from_m) < 0.006 and abs(web["hi_m"] - to_m) < 0.006 for web in stated)
    page.wait_for_selector(".stripsvg a[href*='/unit/']")
    strip = page.locator(".stripsvg").first.text_content() or ""
    assert cell[-4:] in strip
    assert re.search(r"\d\sm", strip)
    assert "at the unit" in strip
    # What the picture says of the unit is what is listed as measured of it: one number, not that of its neighbours.
    told = {(v["characteristic"], v["side"]): v for v in live.run(f"/things/{cell}")["values"] if v.get("web") == stated_web(stated, from_m)}
    drawn_value = page.locator("[data-at-unit=areal-weight]").first.text_content() or ""
    value = told["areal-weight", "A"]
    assert f"{value['value']:.{value['decimals']}f}" in drawn_value
    # The second click: the mother coil; its metres in the two fields bring the cell back.
    coil = next(name for name in drawn if re.fullmatch(r"cathode-coil-\d+", name))
    assert coil in page.locator(".thing-cols .ph .id").first.inner_text()
    page.locator(f'.react-flow__node[data-id="{coil}"]').click()
    expect(page.locator("h1")).to_have_text(coil)
    expect(page.locator(".collabel", has_text="Went into")).to_be_visible()
    page.get_by_label("From", exact=True).fill(f"{from_m:.1f} m")
    page.get_by_label("to", exact=True).fill(f"{to_m:.1f} m")
    page.get_by_label("to", exact=True).press("Enter")
    expect(page).to_have_url(re.compile(rf"from={from_m:.1f}".rstrip("0").rstrip(".")))
    page.locator("table.hits a", has_text=cell).first.click()
    expect(page).to_have_url(re.compile(f"/unit/{cell}$"))
    page.go_back()
    expect(page.locator("h1")).to_have_text(coil)


def test_a_cell_made_before_the_run_is_made_again_the_same_twice(live: Server, visitor: Visitor) -> None:
    page = visitor.open(live.url + f"{LINE}/line")
    search(page, "CELL-123456")
    page.wait_for_selector(".stripsvg")
    cell = page.locator("h1").inner_text()
    assert cell.startswith("CELL-123456")
    assert "Made before this run" in page.locator(".head").inner_text()
    assert live.run(f"/things/{cell}")["made_before"] is True
    first = nodes(page)
    assert any("cathode-coil" in name for name in first)
    assert metres_said(page)[1] > metres_said(page)[0]
    page.wait_for_selector("table.vals tr")
    values = page.locator("table.vals").inner_text()
    assert re.search(r"\d", values)
    page.reload()
    page.wait_for_selector("table.vals tr")
    assert page.locator("table.vals").inner_text() == values
    assert set(nodes(page)) == set(first)


@pytest.mark.parametrize("dark", [False, True])
def test_a_cell_that_left_formation_shows_its_voltage_and_current(live: Server, visitor: Visitor, dark: bool) -> None:
    cell = "CELL-7056385"  # it stood in formation when the run began, and its tray leaves in the first minute
    (curve,) = until(lambda: live.run(f"/things/{cell}/curves")["curves"], 60, "the cell's tray behind formation", every=1.0)
    assert curve["source"] == "emulated"
    visitor.expected = "willReadFrequently"  # this test reads each picture twice
    page = visitor.open(live.url + f"{LINE}/unit/{cell}", dark=dark)
    panel = page.locator("section[data-curves='1']")
    expect(panel.locator("h2")).to_have_text("Formation curve")
    amperes = curve["lines"][1]
    said = re.fullmatch(r"charge ([\d.]+)\sAh, discharge ([\d.]+)\sAh", panel.locator(".sub").inner_text())
    assert said
    assert [float(said[1]), float(said[2])] == pytest.approx([amperes["total"]["in"], amperes["total"]["out"]], abs=0.00051)
    expect(panel.locator(".phases span", has_text="discharge")).to_be_visible()
    for line, unit in (("voltage", "V"), ("current", "A")):
        row = panel.locator(f"[data-line={line}]")
        expect(row.locator(".unit").first).to_have_text(unit)
        selector = f"[data-line={line}] canvas"
        page.locator(selector).scroll_into_view_if_needed()
        # The line is in the first and in the last part of the picture, in the token's colour of this theme.
        whole, late = painted(page, selector, "--d1"), painted(page, selector, "--d1", 0.25)
        assert whole > 300, f"{line}: nothing is drawn"
        assert 30 < late < whole
    ticks = [tick.split() for tick in panel.locator(".taxis span").all_inner_texts()]
    assert (ticks[0], ["12", "h"] in ticks, ticks[-1]) == (["0", "h"], True, ["24", "h"])
    # A pointer reads both lines at one time.
    over = panel.locator("[data-line=voltage] .u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box is not None
    answer = re.compile(r"at (5|6)\sh \d\d 3\.\d{3}")

    def pointed() -> bool:
        """A hand that moves on until the line answers: what loads above may shift the picture from under a pointer at rest."""
        for share in (0.24, 0.25):
            over.hover(position={"x": box["width"] * share, "y": 30})
        return bool(answer.search(panel.locator("[data-line=voltage] .tn").inner_text()))

    until(pointed, 20, "the voltage under the pointer", page=page)
    expect(panel.locator("[data-line=current] .tn")).to_have_text(re.compile(r"at (5|6)\sh \d\d 0\.500"))
    panel.get_by_role("button", name="Show as table").click()
    assert panel.locator("tbody tr").count() == len(curve["t_s"])


def test_a_cell_formed_before_the_run_shows_the_curve_that_is_drawn_again(live: Server, visitor: Visitor) -> None:
    page = visitor.open(live.url + f"{LINE}/unit/CELL-1000000")
    panel = page.locator("section[data-curves='1']")
    expect(panel).to_contain_text("made before this run")
    page.locator("[data-line=voltage] canvas").scroll_into_view_if_needed()
    assert painted(page, "[data-line=voltage] canvas", "--d1") > 300


def test_find_says_the_nearest_where_nothing_is_called_so(live: Server, visitor: Visitor) -> None:
    page = visitor.open(live.url + f"{LINE}/find?q=CELL-26X")
    page.wait_for_selector(".note")
    assert "Nothing is called CELL-26X" in page.locator("main").inner_text()


@pytest.mark.shared
def test_a_real_cell_has_its_parts_and_its_masses_as_they_were_typed(imported: Server, shared: Path, visitor: Visitor) -> None:
    told = json.loads((shared / "data" / "kiprobatt" / "facts.json").read_text(encoding="utf-8"))["cells"]
    # The cell that the independent reader knows most of: filled, with masses of sheets.
    cell, facts = max(told.items(), key=lambda item: (bool(item[1]["filling"]), len(item[1]["sheet_masses"]), item[0]))
    page = visitor.open(imported.url)
    assert page.locator(".pill").inner_text().split() == ["Import", "real", "records"]
    assert page.get_by_role("link", name="Alarms", exact=True).count() == 0
    page.locator("input[type=search]").fill(cell[-24:])
    page.locator("table.hits a", has_text=cell).click()
    expect(page.locator("h1")).to_have_text(cell)
    page.get_by_role("button", name="Open as list").click()
    page.wait_for_selector("table.hits")
    listed = set(page.locator("section:has(h2:has-text('Genealogy')) table.hits a.id").all_inner_texts())
    assert set(facts["ancestors"]) <= listed, sorted(set(facts["ancestors"]) - listed)
    assert not [name for name in listed if quote(name) == name]
    text = page.locator("main").inner_text()
    literals = {row["literal"] for row in facts["filling"] if row["literal"]}
    assert literals
    assert {literal for literal in literals if literal not in text} == set()
    for sheet, masses in facts["sheet_masses"].items():
        assert sheet in text, f"{sheet}, {masses}"
