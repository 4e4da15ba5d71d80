"""Where something is wrong: a part that fails takes no other with it, repeats are acknowledged together, an address of nothing leads on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .driving import Server, Visitor, until

pytestmark = pytest.mark.browser
LINE = "/cylindrical-21700-tabless"

#: Two machines that jam three times a minute and are mended at once: the same alarm comes again and again, and goes by itself.
JAMS = """
line: jams
product: cell
target: 60 ppm
source: default
stations:
  wind:
    count: 2
    time: 1 s
    failures:
      jam: {mtbf: 20 s, mttr: 2 s}
    alarms:
      jammed: {on: jam, priority: 3, text: Jammed, next: Look at the guide}
"""


@pytest.fixture(scope="module")
def jams(built_page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a small line whose alarms repeat, at thirty times the clock."""
    assert (built_page / "index.html").is_file()
    folder = tmp_path_factory.mktemp("jams")
    file = folder / "jams.yaml"
    file.write_text(JAMS, encoding="utf-8")
    server = Server(["run", str(file), "--speed", "30", "--ledger", str(folder / "ledger")], folder / "log")
    try:
        server.start()
        yield server
    finally:
        server.stop()


def test_a_part_that_fails_takes_no_other_with_it_and_can_be_tried_again(live: Server, visitor: Visitor) -> None:
    visitor.expected = "TypeError|reading|The above error"
    page = visitor.open(live.url + f"{LINE}/line")
    page.route("**/strip?*", lambda route: route.fulfill(json={"units": [7, None], "splices_m": [], "sides": [], "units_total": 2}))
    page.goto(live.url + f"{LINE}/unit/CELL-1234567")
    failed = page.locator(".note.er", has_text="This part of the page failed.")
    failed.wait_for()
    expect(failed).to_have_count(1)
    for other in ("Genealogy", "Where it is now", "Measured"):
        expect(page.locator("h2", has_text=other)).to_be_visible()
    page.unroute("**/strip?*")
    failed.get_by_role("button", name="Try again").click()
    page.wait_for_selector(".stripsvg a[href*='/unit/']")
    expect(failed).to_have_count(0)


def test_a_folded_row_acknowledges_every_alarm_that_it_stands_for(jams: Server, visitor: Visitor) -> None:
    def folded() -> list[list[int]]:
        rows = [alarm["keys"] for alarm in jams.run("/alarms?state=active&limit=200")["alarms"]]
        return rows if len(rows) == 2 and min(len(keys) for keys in rows) >= 4 else []

    before = {key for keys in until(folded, 60, "both alarms, four times each") for key in keys}  # raised before the page is opened
    page = visitor.open(jams.url + "/jams/alarms")
    page.locator("[data-acknowledge-all]").wait_for()
    page.locator("[data-acknowledge-all]").click()
    page.locator('[data-answer="confirmed"]').wait_for()
    seen = {int(event["body"]["key"]) for event in jams.run("/events?kind=alarm.acknowledged&limit=1000")["events"]}
    assert len(before) >= 8
    assert before <= seen, sorted(before - seen)


def test_an_address_of_nothing_says_what_there_is_and_leads_on(live: Server, visitor: Visitor) -> None:
    visitor.expected = "404|has no machine"
    page = visitor.open(live.url + f"{LINE}/line/formation/9999")
    expect(page.locator("main")).to_contain_text("formation has no machine 9999.")
    expect(page.locator("main")).to_contain_text("Its machines are 1 to 2,137.")
    page.get_by_role("link", name="Formation: 2,137 machines").click()
    expect(page.locator("h1")).to_have_text("Formation")
    page.goto(live.url + "/no-such-line/line")
    expect(page.locator("main")).to_contain_text("linewright run no-such-line")
    page.locator("[data-other-lines] a").click()
    expect(page.locator("a.station").first).to_be_visible()
