"""How these tests start the product as a person does, and look at its page with Chromium."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip

#: Six machines, each at work for a minute and then held for five: at ten times the clock one more stops every few seconds.
OFTEN_STOPPED = """
line: often-stopped
product: cell
target: 60 ppm
source: default
stations:
  wind:
    count: 6
    time: 5 s
    signals:
      tension: {range: 0 .. 3 N, every: 1 s}
    failures:
      web-break: {mtbf: 60 s, mttr: 5 min}
    alarms:
      broken: {on: web-break, priority: 2, text: Web broken, next: Thread the web}
  test:
    time: 0.5 s
    buffer: 40
    measures:
      voltage: {window: 3.60 V +- 20 mV, spread: 6 mV}
    gate: scrap
"""


class Server:
    """A command of the product that serves the page, in its own process."""

    def __init__(self, arguments: list[str], log: Path) -> None:
        self.arguments, self.log, self.url = arguments, log, ""
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, port: int = 0) -> None:
        """Start it and wait until its page answers."""
        self.log.write_bytes(b"")
        with self.log.open("ab") as out:
            command = [sys.executable, "-m", "linewright.cli", *self.arguments, "--port", str(port)]
            self.process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=self.log.parent, start_new_session=True)
        self.url = until(self.said_url, 300, "the page's address")
        until(lambda: self.get("/health")["page"]["built"], 60, "the page")

    def said_url(self) -> str:
        """Return the address that the command printed, empty before it did."""
        said = self.log.read_text(encoding="utf-8", errors="replace")
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"{' '.join(self.arguments)} ended with {self.process.returncode}:\n{said}")
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        return found.group(0) if found else ""

    @property
    def port(self) -> int:
        """Return the port that it got."""
        return int(self.url.rsplit(":", 1)[1])

    def get(self, path: str) -> Any:
        """Return what an address below `/api` answers."""
        with urllib.request.urlopen(self.url + "/api" + path, timeout=20) as answer:
            return json.load(answer)

    def run(self, path: str) -> Any:
        """Return what an address of the newest run answers."""
        return self.get("/runs/latest" + path)

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to the process."""
        assert self.process is not None
        os.kill(self.process.pid, number)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it and return its exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.tell(signal.SIGCONT)
            self.tell(number)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def linewright(*arguments: str) -> str:
    """Run a command of the product to its end and return what it printed."""
    done = subprocess.run([sys.executable, "-m", "linewright.cli", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def until(what: Callable[[], Any], seconds: float, name: str, every: float = 0.1, page: Page | None = None) -> Any:
    """Ask again and again until the answer is true; a server that does not answer yet is one more reason to ask again.

    What listeners of a page collect comes only while the browser is waited for: such questions name the `page`.
    """
    end, last = time.monotonic() + seconds, None
    while time.monotonic() < end:
        try:
            last = what()
            if last:
                return last
        except (OSError, LookupError) as fault:
            last = fault
        if page is None:
            time.sleep(every)
        else:
            page.wait_for_timeout(every * 1000)
    raise AssertionError(f"{name} did not come within {seconds:g} s; last: {last!r}")


class Visitor:
    """Opens pages, each in its own window, and collects what went wrong in them."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []
        #: What a test causes itself, such as the browser's line on a connection that it cut.
        self.expected: str | None = None

    def open(self, address: str, *, width: int = 1440, height: int = 900, dark: bool = False) -> Page:
        """Open an address and wait until its frame stands."""
        size, scheme = {"width": width, "height": height}, "dark" if dark else "light"
        context = self.browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.faults.append(f"{message.type}: {message.text}") if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.faults.append(f"exception: {error}"))
        page.goto(address)
        page.wait_for_selector(".top")
        page.wait_for_selector("main h1", state="attached")
        return page

    def close(self) -> list[str]:
        """Close all windows and return what went wrong in them."""
        for context in self.contexts:
            context.close()
        return [fault for fault in self.faults if self.expected is None or not re.search(self.expected, fault)]


def painted(page: Page, selector: str, token: str, share: float = 1.0) -> int:
    """Count the pixels of a token's colour in the last share of the width of a canvas."""
    return int(
        page.eval_on_selector(
            selector,
            """(canvas, [token, share]) => {
              const probe = document.createElement("canvas").getContext("2d");
              probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(token).trim();
              probe.fillRect(0, 0, 1, 1);
              const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
              const from = Math.floor(canvas.width * (1 - share));
              const { data } = canvas.getContext("2d").getImageData(from, 0, canvas.width - from, canvas.height);
              let n = 0;
              for (let i = 0; i < data.length; i += 4)
                if (data[i + 3] > 200 && Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 60) n += 1;
              return n;
            }""",
            [token, share],
        )
    )


def frames_of(page: Page) -> list[dict[str, Any]]:
    """Collect the headers of the stream's frames that the page gets from now on, with their type and arrays."""
    got: list[dict[str, Any]] = []

    def took(payload: str | bytes) -> None:
        data = payload.encode() if isinstance(payload, str) else payload
        length = int.from_bytes(data[4:8], "little")
        got.append({"type": int.from_bytes(data[:2], "little"), **json.loads(data[8 : 8 + length])})

    page.on("websocket", lambda socket: socket.on("framereceived", took))
    return got


def refused(server: Server, path: str, headers: dict[str, str], body: bytes | None = None) -> int:
    """Return the status that a request with exactly these headers gets."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request("GET" if body is None else "POST", path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()
