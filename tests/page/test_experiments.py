"""A planner asks what if: starts an experiment on the page, watches it, reads it, opens its report, compares two."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .driving import Server, Visitor, until
from .test_everyone import axe, findings  # noqa: F401 - the fixture that checks what this file opens

pytestmark = pytest.mark.browser
SLOW = 300_000  # on a machine that has not compiled the kernels yet, the first experiment waits for them


def asked(page: Page, server: Server, **fields: str) -> None:
    """Fill the form on the library's line of four stations."""
    page.goto(f"{server.url}/often-stopped/experiments/new")
    page.get_by_label("Line", exact=True).select_option("line:four-stations")
    for label, text in {"Line time": "1 day", "Warm-up": "1 h", **fields}.items():
        page.get_by_label(label, exact=True).fill(text)


def started(page: Page) -> str:
    """Start what the form holds and return its number."""
    page.get_by_role("button", name="Start experiment").click()
    page.wait_for_url(re.compile(r"/experiments/\d+$"))
    return page.url.rsplit("/", 1)[1]


def test_an_experiment_from_the_question_to_the_report(ended: Server, visitor: Visitor, axe: str) -> None:  # noqa: F811 - pytest hands the fixture in
    page = visitor.open(f"{ended.url}/often-stopped/line")
    page.keyboard.press("g")
    page.keyboard.press("e")
    expect(page.get_by_role("heading", level=1)).to_have_text("Experiments")
    expect(page.get_by_role("link", name="Experiments").first).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="New experiment").click()
    asked(page, ended, Question="A second winder?", **{"Compared with": "wind.count=2\nweld.buffer=50", "Replications": "12"})
    command = "linewright simulate four-stations --until '1 day' --vs wind.count=2 --vs weld.buffer=50 --replications 12 --warm-up '1 h'"
    expect(page.locator(".command")).to_have_text(command, timeout=SLOW)
    number = started(page)
    seen: set[int] = set()

    def ends() -> bool:
        seen.update(page.get_by_role("progressbar").evaluate_all("bars => bars.map((bar) => Number(bar.getAttribute('aria-valuenow')))"))
        assert page.get_by_text("It could not be run").count() == 0, page.locator("main").inner_text()
        return bool(page.locator("table.cmp").count())

    until(ends, 300, "the result", every=0.02, page=page)
    assert len(seen) > 2, "its progress was shown on the way"
    expect(page.get_by_role("heading", level=1)).to_have_text("A second winder?")
    found = ended.get(f"/experiments/{number}")["findings"]
    difference = found["cases"][1]["differences"]["output"]
    assert difference["verdict"] == "higher"
    rows = page.locator("table.cmp tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("compared with this")
    expect(rows.nth(1)).to_contain_text(f"+{difference['mean']:.2f}"[:4])
    verdict = "not told apart" if found["cases"][2]["differences"]["output"]["verdict"] == "no difference seen" else "+"
    expect(rows.nth(2)).to_contain_text(verdict)
    rows.nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="B against A")).to_be_visible()
    assert findings(page, axe) == []
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open report").click()
    report = opened.value
    expect(report.get_by_role("heading", name="Differences")).to_be_visible()


def test_faults_are_said_while_they_are_typed(ended: Server, visitor: Visitor) -> None:
    visitor.expected = "422"  # the browser's own line on the answer that has the faults
    page = visitor.open(f"{ended.url}/often-stopped/line")
    asked(page, ended, **{"Compared with": "wnd.count=2", "Swept": "weld.bufer=1..3", "Replications": "3"})
    faults = page.locator(".faults li")
    expect(faults.filter(has_text="wnd")).to_contain_text("Did you mean", timeout=SLOW)
    expect(faults.filter(has_text="bufer").first).to_be_visible()
    expect(page.get_by_role("button", name="Start experiment")).to_be_disabled()
    page.get_by_label("Compared with").fill("wind.count=2")
    page.get_by_label("Swept").fill("weld.buffer=1..3")
    expect(page.locator(".caselist li")).to_have_count(6)
    expect(page.get_by_role("button", name="Start experiment")).to_be_enabled()


def test_stop_and_the_list_in_dark_on_a_tablet(ended: Server, visitor: Visitor) -> None:
    page = visitor.open(f"{ended.url}/often-stopped/line", width=820, height=1180, dark=True)
    asked(page, ended, **{"Line time": "9000 days", "Replications": "50"})
    number = started(page)
    expect(page.get_by_role("progressbar")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("Stopped before a replication was whole")).to_be_visible(timeout=SLOW)
    page.locator(".tabs summary").click()
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Experiments").click()
    row = page.locator(f"[data-experiment='{number}']")
    expect(row).to_contain_text("Stopped")
    assert page.evaluate("document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth")
    row.get_by_role("link").click()
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url(re.compile(r"/experiments$"))
    expect(page.locator(f"[data-experiment='{number}']")).to_have_count(0)


def test_a_sweep_is_a_curve_and_two_experiments_stand_side_by_side(ended: Server, visitor: Visitor) -> None:
    page = visitor.open(f"{ended.url}/often-stopped/line")
    asked(page, ended, Swept="wind.count=1..3", Replications="3")
    started(page)
    expect(page.get_by_role("img", name="Output over wind.count")).to_be_visible(timeout=SLOW)
    asked(page, ended, **{"Changed in all": "wind.count=2", "Replications": "3"})
    number = started(page)
    expect(page.get_by_role("heading", name="Who sets the pace")).to_be_visible(timeout=SLOW)
    page.goto(f"{ended.url}/often-stopped/experiments")
    ticks = page.get_by_role("checkbox")
    ticks.nth(0).check()
    ticks.nth(1).check()
    page.get_by_role("button", name="Compare two").click()
    page.get_by_label("Left case").select_option("0")
    output = page.locator("table.cmp tbody tr").first
    expect(output).to_contain_text("Output")
    assert number in page.url
    expect(output.locator(".dd")).to_have_text(re.compile(r"^[+\u2212]|not told apart"))
