"""Around the pages: keys alone, both themes, a tablet, a cut connection, a ledger without a run, and strangers at the door."""

from __future__ import annotations

import json
import re
import signal
import time

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from .driving import Server, Visitor, frames_of, refused, until

pytestmark = pytest.mark.browser
LINE = "/cylindrical-21700-tabless"
HISTORY, TREND = 3, 4  # frame types
#: What the browser itself writes when a connection is cut by the test.
CUT = r"WebSocket connection to|ERR_CONNECTION|Failed to load resource"

#: Where the first column of a canvas is that holds the colour of data.
LEFTMOST = """(canvas) => {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--d1").trim();
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
  const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let x = 0; x < width; x += 1)
    for (let y = 0; y < height; y += 1) {
      const i = 4 * (y * width + x);
      if (data[i + 3] > 200 && Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 40) return x / width;
    }
  return 1;
}"""


def focused(page: Page) -> str:
    """Return what names the thing that has the focus."""
    return str(page.evaluate("() => { const e = document.activeElement; return e.dataset.station ?? e.dataset.alarm ?? e.textContent ?? ''; }"))


def test_everything_is_reached_by_keys(live: Server, visitor: Visitor) -> None:
    page = visitor.open(live.url)
    page.wait_for_selector("a.station")
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page).to_have_url(re.compile(LINE + "/alarms$"))
    page.keyboard.press("g")
    page.keyboard.press("l")
    expect(page).to_have_url(re.compile(LINE + "/line$"))
    page.wait_for_selector("a.station")
    page.keyboard.press("j")
    first = focused(page)
    page.keyboard.press("j")
    second = focused(page)
    assert first
    assert second != first
    # What has the focus is seen: by an outline of its own or of the edge that is drawn in it.
    parts = "[document.activeElement, ...document.activeElement.querySelectorAll('*')]"
    outlines = page.evaluate(f"() => {parts}.map((e) => getComputedStyle(e).outlineStyle)")
    assert set(outlines) - {"none"}, "nothing shows where the focus is"
    page.keyboard.press("k")
    assert focused(page) == first
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(LINE + "/line/" + re.escape(first)))
    expect(page.locator("h1")).not_to_have_text("Line")
    page.keyboard.press("/")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.type("winder")
    page.wait_for_selector("[role=option]:has-text('inder')")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Acknowledge what is chosen")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("/")
    page.get_by_role("combobox").fill("winder")
    page.wait_for_selector("[role=option]:has-text('inder')")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Winder")


def test_both_themes_are_told_apart_and_kept(live: Server, visitor: Visitor) -> None:
    ground = "() => getComputedStyle(document.documentElement).backgroundColor"
    page = visitor.open(live.url)
    assert page.evaluate(ground) == "rgb(228, 231, 234)"
    dark = visitor.open(live.url, dark=True)
    assert dark.evaluate(ground) == "rgb(16, 19, 22)"
    page.get_by_role("button", name="Dark", exact=True).click()
    until(lambda: page.evaluate(ground) == "rgb(16, 19, 22)", 2, "the dark page")
    page.reload()
    page.wait_for_selector(".top")
    assert page.evaluate(ground) == "rgb(16, 19, 22)"
    page.get_by_role("button", name="Light", exact=True).click()
    until(lambda: page.evaluate(ground) == "rgb(228, 231, 234)", 2, "the light page")


#: Controls that are drawn and smaller than a thumb, joined ones with their frame; links in a text are as large as its line (WCAG 2.5.8).
SMALL = """() => [...document.querySelectorAll("button, .btn, .tabs a, select, input:not([type=checkbox]), [role=option]")]
  .filter((e) => e.getClientRects().length && getComputedStyle(e).visibility !== "hidden")
  .filter((e) => !e.closest(".uplot, .react-flow, .unseen, .linkish"))
  .map((e) => [e.tagName, e.className, e.getAttribute("aria-label") ?? e.textContent, (e.closest(".seg") ?? e).getBoundingClientRect().height])
  .filter((e) => e[3] < 43.5)"""


@pytest.mark.parametrize(
    "path",
    [
        "/line", "/line/winder", "/line/winder/7", "/alarms", "/find?q=CELL-12345", "/unit/CELL-123456", "/webs", "/web/cathode-coil-2",
        "/experiments", "/experiments/new",
    ],
)  # fmt: skip
def test_a_tablet_never_scrolls_sideways_and_has_targets_for_a_thumb(live: Server, visitor: Visitor, path: str) -> None:
    page = visitor.open(live.url + LINE + path, width=820, height=1180)
    page.wait_for_timeout(1500)  # all panels have asked and drawn
    widths = page.evaluate("() => [...['html', 'body', 'main'].map((name) => document.querySelector(name).scrollWidth), innerWidth]")
    assert max(widths[:3]) <= widths[3], widths
    assert page.locator(".tabs > *").count() == 5
    assert page.evaluate(SMALL) == []
    page.locator(".tabs summary").click()  # the other pages open from the fifth
    named = [*page.locator(".tabs > a").all_inner_texts(), *page.locator(".tabs details a").all_inner_texts()]
    assert named == ["Line", "Alarms", "Find", "Webs", "Carriers", "Holds", "Causes", "Impedance", "Experiments"]
    assert page.evaluate(SMALL) == []


def test_a_killed_run_is_said_after_two_seconds_and_comes_back_where_it_stopped(stops: Server, visitor: Visitor) -> None:
    visitor.expected = CUT
    page = visitor.open(stops.url)
    page.wait_for_selector(".need [data-acknowledge]")
    port = stops.port
    stops.stop(signal.SIGKILL)
    cut = time.monotonic()
    page.wait_for_timeout(1000)
    assert page.locator("[data-connection]").count() == 0, "a cut of a second is not worth a word"
    bar = page.locator('[data-connection="lost"]')
    bar.wait_for(timeout=5000)
    assert 1.5 < time.monotonic() - cut < 4.5
    assert re.search(r"Connection lost \d+\ss ago\. Values are from \d\d:\d\d:\d\d\. Trying", bar.inner_text()), bar.inner_text()
    acknowledge = page.locator("[data-acknowledge]").first
    expect(acknowledge).to_be_disabled()
    assert "connection is lost" in (acknowledge.get_attribute("title") or "")
    assert page.locator("a.station").count() == 2, "the page does not stay readable"
    stops.start(port)
    back = page.locator('[data-connection="back"]')
    back.wait_for(timeout=25_000)
    gone = time.monotonic() - cut
    said = re.search(r"Connected again, (\d+)\ss filled in", back.inner_text())
    assert said, back.inner_text()
    assert abs(int(said[1]) - gone) < 2.5
    expect(page.locator("[data-acknowledge]").first).to_be_enabled()
    expect(back).to_have_count(0, timeout=8000)
    assert page.locator('[data-connection="lost"]').count() == 0
    before = stops.run("/line")["sample"]["stations"]["wind"]["made"]
    until(lambda: stops.run("/line")["sample"]["stations"]["wind"]["made"] > before, 15, "one more item after the restart")


def test_a_silent_server_is_a_cut_and_its_gap_is_filled_from_the_ledger(stops: Server, visitor: Visitor) -> None:
    visitor.expected = CUT
    page = visitor.open(stops.url)
    frames = frames_of(page)
    page.goto(stops.url + "/often-stopped/line/wind/1")
    page.wait_for_selector('.trend[data-tag="wind/1/tension"] canvas')
    until(lambda: [frame for frame in frames if frame["type"] == TREND], 10, "the first samples", page=page)
    stops.tell(signal.SIGSTOP)
    cut = time.monotonic()
    try:
        page.locator('[data-connection="lost"]').wait_for(timeout=15_000)
        known = max(frame["pos"] for frame in frames if frame["type"] == TREND)
        before = len(frames)
    finally:
        stops.tell(signal.SIGCONT)
    page.locator('[data-connection="back"]').wait_for(timeout=25_000)
    gone = time.monotonic() - cut
    assert re.search(r"filled in", page.locator('[data-connection="back"]').inner_text())
    until(lambda: [frame for frame in frames[before:] if frame["type"] == TREND and frame["filled"]], 10, "the frame that fills the gap", page=page)
    page.wait_for_timeout(1500)
    after = [frame for frame in frames[before:] if frame["type"] == TREND]
    samples = sum(array["n"] for frame in after for array in frame["arrays"] if array["name"] == "v")
    # One sample a second of line time: what was missed while nobody answered came, no sample is missing and none came twice.
    assert samples == (after[-1]["pos"] - known) / 1e6
    assert samples > 0.8 * 10 * gone, f"{samples} samples for {gone:.0f} s at ten times the clock"


def test_a_long_gap_that_comes_as_history_leaves_what_was_drawn_before_it(live: Server, visitor: Visitor) -> None:
    visitor.expected = CUT + "|willReadFrequently"
    page = visitor.open(live.url)
    sockets: list[WebSocketRoute] = []
    filled: list[int] = []
    is_cut = [False]

    def pass_on(socket: WebSocketRoute, message: str | bytes) -> None:
        data = message if isinstance(message, bytes) else message.encode()
        length = int.from_bytes(data[4:8], "little")
        if json.loads(data[8 : 8 + length]).get("filled"):
            filled.append(int.from_bytes(data[:2], "little"))
        socket.send(message)

    def connect(socket: WebSocketRoute) -> None:
        if is_cut[0]:
            socket.close()
            return
        sockets.append(socket)
        server = socket.connect_to_server()
        server.on_message(lambda message: pass_on(socket, message))

    page.route_web_socket("**/api/stream", connect)
    canvas = '.trend[data-tag="winder/7/tension"] canvas'
    page.goto(live.url + LINE + "/line/winder/7?range=day")
    page.wait_for_selector(canvas)

    def begin() -> float:
        """Return where the line begins, as a share of the picture's width."""
        return float(page.eval_on_selector(canvas, LEFTMOST))

    # 43 minutes of the line are 3 % of a day.
    until(lambda: begin() < 0.97, 90, "a trend of 43 minutes", page=page)
    before = begin()
    is_cut[0] = True
    sockets[-1].close()
    page.locator('[data-connection="lost"]').wait_for(timeout=15_000)
    page.wait_for_timeout(7000)  # seven minutes of the line: 21,000 values of the tension
    is_cut[0] = False
    page.locator('[data-connection="back"]').wait_for(timeout=25_000)
    until(lambda: HISTORY in filled, 15, "the gap as history", page=page)
    page.wait_for_timeout(1500)
    assert begin() <= before  # the day has gone on, so that it begins farther left


def test_a_ledger_without_a_run_has_the_same_pages_and_cannot_act(ended: Server, visitor: Visitor) -> None:
    page = visitor.open(ended.url)
    expect(page).to_have_url(re.compile("/often-stopped/line$"))
    page.wait_for_selector("a.station")
    assert page.locator(".top .age", has_text="ended").count() == 1
    assert page.locator('a.station[data-station="wind"]').count() == 1
    page.locator('a.station[data-station="wind"]').click()
    page.wait_for_selector("table.machines tbody tr")
    page.keyboard.press("g")
    page.keyboard.press("a")
    row = page.locator("tr[data-alarm]:has([data-acknowledge])").first
    row.wait_for()
    button = row.locator("[data-acknowledge]")
    expect(button).to_be_disabled()
    assert "has ended" in (button.get_attribute("title") or "")
    key = int(row.get_attribute("data-alarm") or 0)
    body = json.dumps({"kind": "acknowledge", "target": {"alarm": key}, "value": None, "reason": "", "by": "", "preview": False, "request": "test-1"})
    headers = {"Content-Type": "application/json", "Origin": ended.url}
    assert refused(ended, "/api/runs/latest/commands", headers, body.encode()) == 409
    assert ended.run("/events?kind=alarm.acknowledged")["events"] == []


def test_strangers_are_refused_by_the_real_server(live: Server) -> None:
    port = live.port
    assert refused(live, "/api/health", {}) == 200
    assert refused(live, "/api/health", {"Host": f"localhost:{port}"}) == 200
    assert refused(live, "/api/health", {"Host": f"factory.example:{port}"}) == 403
    assert refused(live, "/", {"Host": "factory.example"}) == 403
    assert refused(live, "/api/health", {"Origin": "http://factory.example"}) == 403
    command = b'{"kind": "stop-run", "target": {}, "value": null, "reason": "", "by": "", "preview": true, "request": "test-2"}'
    typed = {"Content-Type": "application/json"}
    for origin in ({}, {"Origin": "null"}, {"Origin": "http://factory.example"}, {"Origin": f"https://127.0.0.1:{port}"}, {"Origin": "http://127.0.0.1:1"}):
        assert refused(live, "/api/runs/latest/commands", {**typed, **origin}, command) == 403, origin
    assert refused(live, "/api/runs/latest/commands", {**typed, "Origin": live.url}, command) == 200
    stream = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
    assert refused(live, "/api/stream", {**stream, "Origin": "http://factory.example"}) == 403
    assert refused(live, "/api/stream", stream) == 403
