"""An engineer looks at impedance: stacks of a line, one from its waveform, a file opened; in both themes, on a tablet, with axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from stack_line import TEXT

from .driving import Server, Visitor, linewright
from .test_everyone import axe, findings  # noqa: F401 - the fixture that checks what this file opens

pytestmark = pytest.mark.browser
LONG = 120_000  # a process of its own begins, and makes the samples


@pytest.fixture(scope="module")
def stacks(built_page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a run whose stacks are dry from the second hour on."""
    assert (built_page / "index.html").is_file()
    folder = tmp_path_factory.mktemp("stacks")
    file, ledger = folder / "small-stacks.yaml", str(folder / "ledger")
    file.write_text(TEXT, encoding="utf-8")
    linewright("simulate", str(file), "--until", "3 h", "--seed", "7", "--keep", "all", "--fault", "eis.dry=60 %", "--at", "2 h", "--ledger", ledger)
    server = Server(["serve", "--ledger", ledger], folder / "log")
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    f = [10.0 ** (4 - k / 8) for k in range(41)]
    rows = [f"{x:.9g},{z.real:.9g},{z.imag:.9g}" for x in f for z in [0.01 + 0.02 / (1 + 2j * 3.141592653589793 * x * 0.01)]]
    (tmp_path / "cell.csv").write_text("f/Hz,Z'/ohm,Z''/ohm\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path / "cell.csv"


def fits(page: Page) -> bool:
    """Tell whether nothing reaches over the page's right edge."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_from_the_line_to_the_spectra_of_a_stack(stacks: Server, visitor: Visitor, axe: str) -> None:  # noqa: F811 - pytest hands the fixture in
    page = visitor.open(f"{stacks.url}/small-stacks/line")
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page.get_by_role("heading", level=1)).to_have_text("Impedance")
    expect(page.get_by_role("link", name="Impedance").first).to_have_attribute("aria-current", "page")
    rows = page.locator("tr[data-stack]")
    listed = stacks.run("/impedance")["stacks"]
    expect(rows).to_have_count(len(listed))
    bad = next(row for row in listed if row["verdict"] == "reject")
    good = next(row for row in listed if row["verdict"] == "pass")
    expect(page.locator(f"[data-stack={bad['unit']}]")).to_contain_text("reject")
    expect(page.locator(f"[data-stack={bad['unit']}] td.tf").first).to_have_text(f"{bad['values']['weakest-hfr']:.1f}")
    expect(page.locator(f"[data-stack={good['unit']}] td.tf")).to_have_count(0)
    expect(page.locator(".eis-list canvas")).to_have_count(1)
    page.get_by_label("Which characteristic").select_option("weakest-hfr")
    expect(page.locator(".say")).to_contain_text("Rule 1")
    assert findings(page, axe) == []
    page.get_by_role("link", name=bad["unit"], exact=True).click()
    expect(page.get_by_role("heading", name="Nyquist")).to_be_visible(timeout=LONG)
    shown = stacks.run(f"/impedance/{bad['unit']}")["shown"]
    (failed,) = shown["groups"][0]["verdict"]["failed"]
    expect(page.locator(".head")).to_contain_text("Fail, 1 of 40 cells")
    expect(page.locator(".head")).to_contain_text("Synthetic waveform")
    expect(page.locator(".eis-why")).to_contain_text(f"{failed['name']}, dry.")
    for title in ("Nyquist", "Verdict", "Map along the stack", "Bode", "Kramers-Kronig", "Relaxation times", "Recorded and found"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    drawn = page.locator(".eis-ny path[stroke='var(--run-soft)']")
    assert drawn.count() == 39, "every good cell has its curve"
    expect(page.locator(".eis-ny text.tf")).to_have_text(f"{failed['name']} dry")
    limits = page.locator(".eis-mp path[stroke='var(--limit)']")
    assert limits.count() >= 2
    page.get_by_label("Which cell stands out").select_option("5")
    expect(page.locator(".eis-ny text.t1")).to_have_text("5")
    assert "cell=5" in page.url
    page.get_by_text("Show as table").click()
    expect(page.locator(".eis-cells tbody tr")).to_have_count(40)
    row = next(each for each in shown["station"]["compared"] if each["name"] == "weakest-hfr")
    expect(page.locator(".eis-st b.tf").first).to_have_text(f"{row['found']:.1f}")
    assert findings(page, axe) == []


@pytest.mark.parametrize("width", [820, 1440])
def test_dark_and_on_a_tablet(width: int, stacks: Server, visitor: Visitor, axe: str) -> None:  # noqa: F811
    page = visitor.open(f"{stacks.url}/small-stacks/impedance", dark=True)
    page.set_viewport_size({"width": width, "height": 1000})
    expect(page.locator("tr[data-stack]").first).to_be_visible()
    assert fits(page)
    assert findings(page, axe) == []
    good = next(row for row in stacks.run("/impedance")["stacks"] if row["verdict"] == "pass")
    page.goto(f"{stacks.url}/small-stacks/impedance/{good['unit']}")
    expect(page.get_by_role("heading", name="Nyquist")).to_be_visible(timeout=LONG)
    expect(page.locator(".head")).to_contain_text("Pass, all of 40")
    assert page.locator(".eis-grid .tf").count() == 0
    assert fits(page)
    assert findings(page, axe) == []


def test_a_file_is_opened_judged_and_deleted(stacks: Server, visitor: Visitor, sheet: Path, axe: str) -> None:  # noqa: F811
    page = visitor.open(f"{stacks.url}/small-stacks/impedance")
    page.locator("input[type=file]").set_input_files(sheet)
    page.wait_for_url(re.compile(r"/impedance/files/\d+$"))
    expect(page.get_by_role("heading", name="Nyquist")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("heading", level=1)).to_have_text("cell.csv")
    expect(page.locator(".eis-st")).to_contain_text("R0")
    page.get_by_label("Which limits").select_option("fuel-cell-stack")
    expect(page.locator(".eis-tests .tf").first).to_contain_text("outside", timeout=LONG)
    expect(page.locator(".head")).to_contain_text("Fail")
    assert findings(page, axe) == []
    page.locator(".crumb a").click()
    row = page.locator("tr[data-file]").filter(has_text="cell.csv")
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Delete cell.csv").click()
    expect(page.get_by_text("No file is kept")).to_be_visible()


def test_a_file_that_cannot_be_read_says_where(stacks: Server, visitor: Visitor, tmp_path: Path) -> None:
    visitor.expected = "422"  # the browser's own line on the answer that has the fault
    (tmp_path / "broken.csv").write_text("nothing\nof use\n", encoding="utf-8")
    page = visitor.open(f"{stacks.url}/small-stacks/impedance")
    page.locator("input[type=file]").set_input_files(tmp_path / "broken.csv")
    expect(page.get_by_role("alert")).to_contain_text("broken.csv", timeout=LONG)
    page.goto(f"{stacks.url}/small-stacks/impedance")
    page.get_by_role("button", name="Delete broken.csv").click()
    expect(page.get_by_text("No file is kept")).to_be_visible()
