"""Acting from the page: the effect is said first, the ledger's event is the answer, and where nothing can be done the reason stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .driving import Server, Visitor, until

QUIET = """
line: quiet
product: cell
target: 60 ppm
source: default
stations:
  wind:
    count: 3
    time: 1 s
    signals:
      tension: {range: 0 .. 3 N, every: 1 s}
  test:
    time: 0.5 s
    buffer: 40
"""


@pytest.fixture(scope="module")
def quiet(built_page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a small line at the clock's speed, whose machines never stop by themselves."""
    assert (built_page / "index.html").is_file()
    folder = tmp_path_factory.mktemp("quiet")
    file = folder / "quiet.yaml"
    file.write_text(QUIET, encoding="utf-8")
    server = Server(["run", str(file), "--ledger", str(folder / "ledger")], folder / "log")
    try:
        server.start()
        yield server
    finally:
        server.stop()


def answered(page: Page, words: str) -> None:
    expect(page.locator('[data-answer="confirmed"]', has_text=words)).to_be_visible(timeout=12_000)


def commands(server: Server) -> list[tuple[str, bool]]:
    return [(e["body"]["kind"], e["body"]["ok"]) for e in server.get("/runs/latest/events?kind=Command&limit=1000")["events"]]


def test_a_machine_is_stopped_with_a_reason_and_resumed(quiet: Server, visitor: Visitor) -> None:
    page = visitor.open(quiet.url + "/quiet/line/wind/2")
    stop, resume = page.locator('[data-act="stop"]'), page.locator('[data-act="resume"]')
    expect(stop).to_be_enabled()
    expect(resume).to_be_disabled()
    expect(page.locator(".whynot")).to_contain_text("Resume: wind 2 was not stopped by hand.")
    stop.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("wind 2 stands still until it is resumed")
    button = dialog.get_by_role("button", name="Stop wind 2")
    expect(button).to_be_disabled()
    assert ("stop", True) not in commands(quiet)
    dialog.locator('input[name="reason"]').fill("Guard is loose")
    button.click()
    answered(page, "Wind 2: stopped.")
    assert ("stop", True) in commands(quiet)
    expect(stop).to_be_disabled()
    expect(page.locator(".head")).to_contain_text("Stopped")
    resume.click()
    page.get_by_role("dialog").get_by_role("button", name="Resume wind 2").click()
    answered(page, "Wind 2: may run again.")
    expect(resume).to_be_disabled()
    expect(page.locator(".head")).to_contain_text(re.compile("Running|Waiting|starved|blocked"))


def test_a_unit_is_held_taken_back_held_again_and_released_by_another(quiet: Server, visitor: Visitor) -> None:
    cell = quiet.get("/runs/latest/lots?kind=unit&limit=5")["lots"][0]["id"]
    page = visitor.open(f"{quiet.url}/quiet/unit/{cell}")
    hold, release = page.locator('[data-act="hold"]'), page.locator('[data-act="release"]')

    def hold_it(reason: str) -> None:
        hold.click()
        page.locator('.dlg input[name="reason"]').fill(reason)
        page.locator('.dlg input[name="by"]').fill("Ada")
        page.locator('.dlg button[type="submit"]').click()
        answered(page, f"{cell} on hold.")
        expect(page.locator(".head")).to_contain_text(f"Hold: {reason}, Ada")

    hold_it("Wrong one")
    page.locator(".answers [data-undo]").click()
    answered(page, "Hold taken back.")
    expect(hold).to_be_visible()
    assert quiet.get("/runs/latest/holds?open=true")["total"] == 0
    hold_it("Scratched")
    release.click()
    page.locator('.dlg input[name="reason"]').fill("Looked at")
    expect(page.locator(".dlg .hint")).to_contain_text("Ada held this and cannot release it.")
    expect(page.locator('.dlg button[type="submit"]')).to_be_disabled()
    page.locator('.dlg input[name="by"]').fill("Grace")
    page.locator('.dlg button[type="submit"]').click()
    answered(page, f"{cell} released.")
    (newest, *_) = quiet.get("/runs/latest/holds")["holds"]
    assert (newest["things"], newest["released_by"]) == ([cell], "Grace")


def test_the_order_is_paused_and_resumed_on_the_line(quiet: Server, visitor: Visitor) -> None:
    page = visitor.open(quiet.url + "/quiet/line")
    page.locator('[data-act="pause-run"]').click()
    expect(page.get_by_role("dialog")).to_contain_text("finish what is begun, then wait")
    page.get_by_role("dialog").get_by_role("button", name="Pause order").click()
    expect(page.locator(".orderp")).to_contain_text("interrupted", timeout=12_000)
    page.locator('[data-act="resume-run"]').click()
    page.get_by_role("dialog").get_by_role("button", name="Resume order").click()
    expect(page.locator(".orderp")).to_contain_text("running", timeout=12_000)
    until(lambda: quiet.get("/runs/latest")["order"]["state"] == "running", 10, "the order in the header")


def test_an_answer_that_does_not_come_is_said_after_ten_seconds_and_can_be_tried_again(quiet: Server, visitor: Visitor) -> None:
    page = visitor.open(quiet.url + "/quiet/line/wind/3")
    before = len(commands(quiet))
    page.route(re.compile("/commands$"), lambda route: route.continue_() if '"preview":true' in (route.request.post_data or "") else route.fulfill(
        status=202, json={"request": "lost", "sent_us": 0, "command": 0}))  # fmt: skip
    page.locator('[data-act="stop"]').click()
    page.locator('.dlg input[name="reason"]').fill("A command that is lost")
    page.locator('.dlg button[type="submit"]').click()
    expect(page.locator('[data-answer="sent"]')).to_be_visible()
    late = page.locator('[data-answer="late"]')
    expect(late).to_contain_text("no answer after 10\u202fs", timeout=15_000)
    assert len(commands(quiet)) == before
    page.unroute(re.compile("/commands$"))
    late.get_by_role("button", name="Try again").click()
    answered(page, "Wind 3: stopped.")
    assert len(commands(quiet)) == before + 1


def test_a_kept_run_says_why_nothing_can_be_done(ended: Server, visitor: Visitor) -> None:
    page = visitor.open(ended.url + "/often-stopped/line/wind/1")
    expect(page.locator(".whynot")).to_have_text("The run has ended.")
    for button in page.locator("[data-act]").all():
        expect(button).to_be_disabled()
    assert page.locator("[data-act]").count() >= 2


def test_a_real_cell_shows_its_sheets_and_how_they_are_linked(imported: Server, visitor: Visitor) -> None:
    page = visitor.open(imported.url + "/kiprobatt/unit/LabObject:OSL5fc0a8322ff64454952ef5a31b6e39e4-23O0058")
    sheets = page.locator('table[data-section="Sheets"] tbody tr')
    expect(sheets).to_have_count(11)
    assert sorted(sheets.locator("td:nth-child(2)").all_inner_texts())[::10] == ["0.5017 g", "0.6483 g"]
    assert set(sheets.locator("[data-basis]").all_inner_texts()) == {"by rule I2", "by rule I1, I2"}
    expect(page.locator('table[data-section="Filling"]')).to_contain_text("1.10 ml")
    expect(page.locator('table[data-section="Drying"]')).to_contain_text("24 h")
    expect(page.locator('table[data-section="Formation"]')).to_contain_text("asked for, never filled in")
    expect(page.locator('[data-act="hold"]')).to_be_enabled()  # a hold marks the record: it needs no machine behind it


def test_a_dialog_begins_in_its_first_empty_field_and_enter_sends_it(quiet: Server, visitor: Visitor) -> None:
    page = visitor.open(quiet.url + "/quiet/line/wind/1")
    stop = page.locator('[data-act="stop"]')
    expect(stop).to_be_enabled()
    stop.click()
    reason = page.get_by_role("dialog").locator('input[name="reason"]')
    expect(reason).to_be_focused()
    page.keyboard.press("Enter")  # nothing is said yet: nothing is done, and the field stays
    expect(reason).to_be_focused()
    page.keyboard.type("Oil on the floor")
    page.keyboard.press("Enter")
    answered(page, "Wind 1: stopped.")
    told = [e["body"] for e in quiet.get("/runs/latest/events?kind=Command&limit=1000")["events"]]
    assert [body["target"] for body in told if body["kind"] == "stop" and body["ok"]][-1] == {"station": "wind", "machine": 1}
    page.locator('[data-act="resume"]').click()
    page.get_by_role("dialog").get_by_role("button", name="Resume wind 1").click()
    answered(page, "Wind 1: may run again.")


def test_escape_leaves_a_field_and_the_keys_are_the_pages_again(quiet: Server, visitor: Visitor) -> None:
    page = visitor.open(quiet.url + "/quiet/find")
    field = page.locator("input[type=search]")
    expect(field).to_be_focused()
    page.keyboard.type("g")
    page.keyboard.press("Escape")
    expect(field).not_to_be_focused()
    expect(field).to_have_value("g")
    page.keyboard.press("g")
    page.keyboard.press("l")
    expect(page).to_have_url(re.compile("/quiet/line$"))


def test_a_machine_is_found_by_its_number_and_said_so(quiet: Server, visitor: Visitor) -> None:
    page = visitor.open(quiet.url + "/quiet/line")
    page.keyboard.press("/")
    page.get_by_role("combobox").fill("wind 2")
    expect(page.get_by_role("option").first).to_contain_text("Wind 2")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Wind 2")
