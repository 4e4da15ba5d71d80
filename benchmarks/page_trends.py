"""A hundred live trends at 10 Hz in headless Chromium: redraws a second, and how long from the server's frame to the painted picture."""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.figure import LINEWRIGHT, Figure, free_port, get_json, running, wait_for

TRENDS = 100
SECONDS = 20.0
WARM_S = 5.0

#: The smallest line that offers what is asked: fifty machines, each with two signals that are sampled ten times a second, at the clock's speed.
HUNDRED = f"""
line: hundred-trends
product: cell
target: {TRENDS // 2} ppm
source: default
stations:
  form:
    count: {TRENDS // 2}
    time: 60 s
    signals:
      voltage: {{range: 0 .. 5 V, every: 100 ms}}
      current: {{range: -10 .. 10 A, every: 100 ms}}
"""

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip

#: Beside the page's own marks ("frame": a frame of the stream came; "drawn": the trends were drawn) notes when the browser had painted
#: what was drawn: a message that is posted while a picture is made arrives after it. Counts the new samples by tag.
WATCH = """
(() => {
  const seen = (window.seen = { frames: [], painted: [], samples: {} });
  const mark = performance.mark.bind(performance);
  let waiting = [];
  performance.mark = (name, options) => {
    if (name === "frame" && options.detail.name === "trend") {
      waiting.push(options.detail.sentUs / 1000);
      seen.frames.push(options.detail.sentUs / 1000);
    } else if (name === "drawn") {
      const sent = waiting;
      waiting = [];
      const channel = new MessageChannel();
      channel.port1.onmessage = () => seen.painted.push({ at: performance.timeOrigin + performance.now(), sent });
      channel.port2.postMessage(0);
    }
    return mark(name, options);
  };
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...words) {
      super(...words);
      this.addEventListener("message", (event) => {
        if (!(event.data instanceof ArrayBuffer)) return;
        const view = new DataView(event.data);
        if (view.getUint16(0, true) !== 4) return;
        const header = JSON.parse(new TextDecoder().decode(new Uint8Array(event.data, 8, view.getUint32(4, true))));
        for (const each of header.arrays) if (each.name === "v") seen.samples[each.tag] = (seen.samples[each.tag] ?? 0) + each.n;
      });
    }
  };
})();
"""


def look(chromium: str, address: str) -> dict[str, Any]:
    """Open the page of many trends, let it run, and return what was seen in the measured seconds."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.add_init_script(WATCH)
        page.goto(address)
        page.wait_for_selector(f'[data-bench="{TRENDS}"] canvas')
        page.wait_for_timeout(WARM_S * 1000)
        page.evaluate("() => { seen.frames.length = 0; seen.painted.length = 0; seen.samples = {}; seen.begin = performance.now(); }")
        page.wait_for_timeout(SECONDS * 1000)
        seen = page.evaluate("() => ({ ...seen, seconds: (performance.now() - seen.begin) / 1000 })")
        seen["canvases"] = page.locator("[data-bench] canvas").count()
        browser.close()
    if faults:
        raise RuntimeError("the page complained: " + "; ".join(faults[:3]))
    return dict(seen)


def measure() -> list[Figure]:
    """Return redraws a second of each trend, samples a second that came, and the 95th percentile from the frame's making to the painted picture.

    A redraw draws all trends, so its rate is that of each. The latency begins when the server makes a frame (`sent_us`, after the commit
    whose samples it carries) and ends when the browser has painted the picture with it; both clocks are this machine's.
    """
    chromium = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)
    if chromium is None:
        raise RuntimeError("Chromium is not on this machine (apt-get install chromium)")
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="linewright-trends-") as folder:
        file, log, port = Path(folder) / "hundred-trends.yaml", Path(folder) / "log", free_port()
        file.write_text(HUNDRED, encoding="utf-8")
        with running([*LINEWRIGHT, "run", str(file), "--ledger", folder + "/ledger", "--port", str(port), "--new"], log=log):
            wait_for(lambda: get_json(f"http://127.0.0.1:{port}/api/runs/latest/line")["sample"], timeout_s=300)
            time.sleep(2)
            seen = look(chromium, f"http://127.0.0.1:{port}/hundred-trends/line?bench=trends&n={TRENDS}")
    shown = [row for row in seen["painted"] if row["sent"]]
    late = sorted(row["at"] - sent for row in shown for sent in row["sent"])
    if seen["canvases"] < TRENDS or len(late) < 2:
        raise RuntimeError(f"{seen['canvases']} of {TRENDS} trends were there, {len(late)} frames were drawn")
    tags = [f"form/{machine}/{name}" for machine in range(1, TRENDS // 2 + 1) for name in ("voltage", "current")]
    rates = [seen["samples"].get(tag, 0) / seen["seconds"] for tag in tags]
    asked = f"{TRENDS} tags of one line at the clock's speed, every 100 ms"
    where = f"headless, without a GPU, server and browser on one machine; its load before was {load:.1f}"
    axis = f"{len(seen['painted']) / seen['seconds']:.1f} with those that only move the axis"
    return [
        Figure("samples a second of a trend, least", min(rates), "Hz", at_least=9, note=asked),
        Figure("redraws a second with new samples, of each trend", len(shown) / seen["seconds"], "1/s", at_least=9, note=axis),
        Figure("frame to painted picture, median", statistics.median(late), "ms"),
        Figure("frame to painted picture, p95", late[int(0.95 * (len(late) - 1))], "ms", at_most=100, note=where),
    ]
