"""Run: the line moves, stations and machines open with live trends, alarms are answered; the operator's question in two clicks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .driving import Server, Visitor, frames_of, painted, until

pytestmark = pytest.mark.browser
LINE = "/cylindrical-21700-tabless"
TREND = 4  # frame type


def acknowledged(server: Server) -> set[int]:
    """Return the alarms that the ledger says are acknowledged."""
    events = server.run("/events?kind=alarm.acknowledged&limit=1000")["events"]
    return {int(event["body"]["key"]) for event in events}


def confirmed(page: Page) -> None:
    """Wait for the answer that the ledger gave."""
    page.wait_for_selector('[data-answer="confirmed"]', timeout=10_000)
    assert "Confirmed by the ledger" in page.locator('[data-answer="confirmed"]').first.inner_text()


def test_the_line_moves(live: Server, visitor: Visitor) -> None:
    page = visitor.open(live.url)
    expect(page).to_have_url(re.compile(LINE + "/line$"))
    page.wait_for_selector("a.station[data-state]")
    plant = live.run("/plant")["stations"]
    boxes = page.locator("a.station")
    assert {box.get_attribute("data-station") for box in boxes.all()} == {station["path"] for station in plant}
    words = re.compile("running|waiting|held|idle|stopped|complete|no data|starved|blocked|coil|maintenance|off shift|no crew", re.IGNORECASE)
    for box in boxes.all():
        assert words.search(box.text_content() or ""), f"{box.get_attribute('data-station')} says no state: {box.text_content()}"
    before = boxes.all_text_contents()
    until(lambda: boxes.all_text_contents() != before, 8, "a change in the drawing")
    clock = page.locator(".clock b").inner_text()
    until(lambda: page.locator(".clock b").inner_text() != clock, 3, "a change of the clock")
    made = live.run("/line")["sample"]["stations"]["packer"]["made"]
    until(lambda: live.run("/line")["sample"]["stations"]["packer"]["made"] > made, 8, "one more cell")
    assert page.locator(".kpi").count() == 6
    assert "60 times" in page.locator(".pill").inner_text()
    assert "emulated machines" in page.locator(".pill").inner_text()


def test_a_station_and_its_machine_open_with_live_trends(live: Server, visitor: Visitor) -> None:
    page = visitor.open(live.url)
    frames = frames_of(page)
    page.reload()
    page.locator('a.station[data-station="cathode-coater"]').click()
    expect(page).to_have_url(re.compile(LINE + "/line/cathode-coater$"))
    expect(page.locator("h1")).to_have_text("Cathode coater")
    row = page.locator("table.machines tbody tr").first
    if row.count():
        row.click()
        expect(page).to_have_url(re.compile(LINE + r"/line/cathode-coater/1$"))
    page.wait_for_selector('.trend[data-tag="cathode-coater/1/oven-zones/1"] canvas')
    shown = [trend.get_attribute("data-tag") or "" for trend in page.locator(".trend").all()]
    assert len(shown) >= 3
    assert page.locator(".recipe, h2:has-text('Recipe')").count()

    def streamed() -> set[str]:
        return {array["tag"] for frame in frames if frame["type"] == TREND for array in frame["arrays"] if array["name"] == "v" and array["n"]}

    until(lambda: set(shown) <= streamed(), 10, "new samples of every trend in view", page=page)
    # The newest tenth of the drawing has a line: what came is drawn, up to now.
    until(lambda: painted(page, f'.trend[data-tag="{shown[0]}"] canvas', "--d1", 0.15) > 5, 8, "a line up to now")
    labels = page.locator(f'.trend[data-tag="{shown[0]}"] [data-now]')
    before = labels.inner_text()
    assert re.fullmatch(r"\u2212?[\d.,]+", before), before
    until(lambda: labels.inner_text() != before, 8, "a new value")
    page.get_by_role("button", name="5 min", exact=True).click()
    expect(page).to_have_url(re.compile("range=5m"))
    page.get_by_role("button", name="Show as table").click()
    assert page.locator(".trends table").count() == len(shown)


def test_operator_sees_what_is_stopped_and_what_to_do(stops: Server, visitor: Visitor) -> None:
    page = visitor.open(stops.url)
    need = page.locator(".att li[data-alarm]").first
    need.wait_for(timeout=20_000)
    # No click yet: which machine, what happened, what to do next.
    assert re.search(r"Web broken", need.inner_text()), need.inner_text()
    assert "Thread the web" in need.inner_text()
    box = page.locator('a.station[data-station="wind"][data-state="fault"]')
    expect(box).to_contain_text(re.compile("[1-6] of 6 held|[1-6] held|Held"))
    # First click: the machine, with the alarm; second click: acknowledge.
    need.get_by_role("link", name="Open").click()
    expect(page).to_have_url(re.compile(r"/often-stopped/line/wind/\d$"))
    alarm = page.locator("li[data-alarm]").first
    alarm.wait_for()
    assert "Thread the web" in alarm.inner_text()
    key = int(alarm.get_attribute("data-alarm") or 0)
    assert key not in acknowledged(stops)
    alarm.get_by_role("button", name="Acknowledge").click()
    confirmed(page)
    assert key in acknowledged(stops)
    expect(page.locator(f'li[data-alarm="{key}"] button[data-acknowledge]')).to_have_count(0)


def test_an_alarm_comes_by_itself_and_is_acknowledged_by_the_ledgers_event(stops: Server, visitor: Visitor) -> None:
    page = visitor.open(stops.url + "/often-stopped/alarms")
    rows = page.locator("tr[data-alarm]")
    rows.first.wait_for(timeout=20_000)
    before = {row.get_attribute("data-alarm") for row in rows.all()}
    until(lambda: {row.get_attribute("data-alarm") for row in rows.all()} - before, 30, "one more alarm, without a reload")
    known = {alarm["key"]: alarm for alarm in stops.run("/alarms?state=active&limit=200")["alarms"]}
    row = page.locator("tr[data-alarm]:has(button[data-acknowledge])").first
    key = int(row.get_attribute("data-alarm") or 0)
    assert key in known
    page.locator(f'tr[data-alarm="{key}"]').focus()
    page.keyboard.press("a")
    confirmed(page)
    assert key in acknowledged(stops)
    expect(page.locator(f'tr[data-alarm="{key}"] button[data-acknowledge]')).to_have_count(0)
    page.get_by_role("button", name="History", exact=True).click()
    expect(page).to_have_url(re.compile("state=history"))
    expect(page.locator(f'tr[data-alarm="{key}"]')).to_have_count(1)
    answer = next(event for event in stops.run("/events?kind=Command&limit=10")["events"] if event["body"]["kind"] == "acknowledge")
    assert answer["body"]["ok"] is True


def test_every_machine_of_a_station_of_thousands_is_reached(live: Server, visitor: Visitor) -> None:
    page = visitor.open(live.url + f"{LINE}/line/formation")
    rows = page.locator("table.machines tbody tr")
    expect(rows).to_have_count(20)
    expect(rows.first).to_contain_text("Starved")  # what waits comes before what runs
    assert "1 to 20 of 2,137, by state" in page.locator("[data-pager]").inner_text()
    first = rows.first.get_attribute("data-machine")
    page.locator("[data-pager]").get_by_role("button", name="Further").click()
    expect(page).to_have_url(re.compile("page=2"))
    expect(rows.first).not_to_have_attribute("data-machine", first or "")
    page.locator("input[name=from]").fill("2130")
    page.locator("input[name=from]").press("Enter")
    expect(page).to_have_url(re.compile("from=2130"))
    expect(rows).to_have_count(8)
    assert [row.get_attribute("data-machine") for row in rows.all()] == [str(n) for n in range(2130, 2138)]
    assert not [text for text in rows.all_inner_texts() if "No data" in text]
    expect(page.locator("table.machines th", has_text="Done")).to_have_count(0)  # nothing is known of each of so many
    expect(rows.first).to_contain_text(re.compile(r"\d\s%"))
    rows.last.click()
    expect(page).to_have_url(re.compile(LINE + r"/line/formation/2137$"))


def test_the_times_below_a_control_chart_go_on_with_its_points(live: Server, visitor: Visitor) -> None:
    page = visitor.open(live.url)
    page.add_init_script("""(() => {
      const write = CanvasRenderingContext2D.prototype.fillText;
      window.written = [];
      CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        window.written.push(String(text));
        return write.call(this, text, ...rest);
      };
    })()""")
    page.goto(live.url + f"{LINE}/line/winder/7")
    page.wait_for_selector(".measure-cols canvas")

    def times() -> list[str]:
        found = page.evaluate("() => window.written.splice(0)")
        return [text for text in found if re.fullmatch(r"\d\d:\d\d(:\d\d)?", text)]

    first = until(times, 10, "times below the chart", page=page)
    until(lambda: [text for text in times() if text > max(first)], 15, "later times, with later points", page=page)


def test_the_age_is_fresh_on_every_page(live: Server, visitor: Visitor) -> None:
    page = visitor.open(live.url + f"{LINE}/webs")
    page.wait_for_selector("table.hits tbody tr")
    age = page.locator(".top span.age").last
    told = []
    for _ in range(8):
        page.wait_for_timeout(500)
        found = re.match(r"([\d.]+)", age.inner_text())
        told.append(float(found[1]) if found else 99.0)
    assert max(told) < 3.0, told
    # What is on a machine comes first, with that machine.
    on = page.locator("table.hits tbody tr").first.locator("td").nth(3)
    expect(on).to_contain_text(re.compile("coater|calender|notcher|slitter|winder", re.IGNORECASE))
