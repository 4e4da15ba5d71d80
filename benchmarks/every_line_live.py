"""What a ten-hour live run of a line shows: its alarms, the trace of its last product, its drawing on the page."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, sync_playwright

from benchmarks.figure import LINEWRIGHT, REPOSITORY, free_port, get_json, running, wait_for
from linewright.control.alarms import RAISED
from linewright.genealogy.trace import trace
from linewright.genealogy.tree import Node
from linewright.ledger.ledger import Ledger
from linewright.ledger.reader import RunReader
from linewright.ledger.records import StateSpan
from linewright.model.plant import Plant

#: A signal is back in its window so long after its machine has gone on [us]: it is sampled once in so many seconds.
AFTER_US = 60_000_000
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
BOXES = """() => [...document.querySelectorAll("svg [data-station]")].map(each => {
  const b = each.querySelector(".edge").getBoundingClientRect(); return [each.dataset.station, b.x, b.y, b.width, b.height];
})"""


def live_alarms(plant: Plant, reader: RunReader) -> tuple[int, tuple[str, ...]]:
    """Return how many alarms a run has raised, and those that belong to nothing that its file states, alike ones counted.

    An alarm belongs to a failure or maintenance of its station, a failure of a utility that serves it, or a fault that the file puts there. An alarm
    of a signal belongs to one where the machine stood, or the utility was down, when it was raised, or until a minute before.
    """
    stated: dict[str, set[str]] = {s.path: {f.name for f in s.failures} | {m.name for m in s.maintenance} for s in plant.segments}
    stated |= {u.name: {f.name for f in u.failures} for u in plant.utilities} | {v.name: {f.name for f in v.failures} for v in plant.vehicles}
    hurt = {fault.station for fault in plant.faults}
    serving = {s.path: [u.name for u in plant.utilities if s.path in u.serves] for s in plant.segments}
    strange: Counter[str] = Counter()
    raised = [e for e in reader.alarm_events() if e.kind == RAISED]
    for event in raised:
        station, name, at = event.body["station"], event.body["name"], event.line_us or 0
        if event.body["on"] == "failure":
            belongs = name in stated.get(station, ())
        else:
            spans = reader.states_between(at - AFTER_US, at + 1, f"{station}/{event.body['machine']}")
            spans += [span for utility in serving.get(station, ()) for span in reader.states_between(at - AFTER_US, at + 1, f"{utility}/1")]
            belongs = station in hurt or any(stands_for(span, stated) for span in spans)
        if not belongs:
            strange[f"{station} {name}"] += 1
    return len(raised), tuple(f"{key} ({n})" for key, n in sorted(strange.items()))


def stands_for(span: StateSpan, stated: dict[str, set[str]]) -> bool:
    """Tell whether a machine's state is a failure or a maintenance that its file states."""
    return span.reason is not None and span.reason in stated.get(span.machine.rpartition("/")[0], ())


def traced(plant: Plant, folder: Path) -> tuple[int, tuple[str, ...]]:
    """Return how many things the trace of the last product leads to, and what the line makes of which it knows nothing.

    Where no product has left in the ten hours, a simulation of the file's own length is kept and asked instead.
    """
    found = last_product(plant, Ledger(folder))
    if found is None:
        with tempfile.TemporaryDirectory(prefix="linewright-kept-") as kept:
            command = [*LINEWRIGHT, "simulate", plant.name, "--ledger", kept]
            subprocess.run(command, check=True, capture_output=True, cwd=REPOSITORY)
            newest = json.loads(printed([*LINEWRIGHT, "trace", "--json", "--ledger", kept]))["newest"]["unit"]
            ids = [each["id"] for each in newest if each.get("material") == plant.product]
            if not ids:
                return 0, ("a product",)
            node = json.loads(printed([*LINEWRIGHT, "trace", ids[0], "--json", "--ledger", kept]))["node"]
            things = list(told_things(node))
    else:
        things = list(all_things(found))
    names = {material for _, material in things}
    return len({thing for thing, _ in things}), tuple(sorted(made_for_the_product(plant) - names))


def printed(command: list[str]) -> str:
    """Return what a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=REPOSITORY).stdout


def last_product(plant: Plant, ledger: Ledger) -> Node | None:
    """Return the oldest of the newest 2,000 products that this run has begun, traced: it is furthest on its way; None where it has begun none."""
    with ledger.reader() as reader:
        made = [thing for thing in reader.newest("unit", 2000) if thing.material == plant.product]
        return trace(reader, made[-1].id).node if made else None


def all_things(node: Node) -> Iterator[tuple[str, str | None]]:
    """Yield id and material of a thing and of all that went into it."""
    yield node.id, node.material
    for branch in node.made_of:
        yield from all_things(branch.node)


def told_things(node: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Yield the same of a trace in JSON."""
    yield node["id"], node.get("material")
    for branch in node.get("made_of", ()):
        yield from told_things(branch["node"])


def made_for_the_product(plant: Plant) -> set[str]:
    """Return all materials that stations make on the way to the product, of the first way where there are several."""
    makers = {m.material: s for s in plant.segments for m in s.makes}
    wanted, found = [plant.product], set()
    while wanted:
        material = wanted.pop()
        if material in found or material not in makers:
            continue
        found.add(material)
        chain = makers[material].chain
        wanted += [i.material for s in plant.segments if s.chain == chain for i in (*s.inputs, *s.adds)]
    return found


def drawn(plant: Plant, folder: Path) -> str:
    """Return what is wrong of the line's picture in Chromium at 1440 and 820 px: missing stations, boxes over each other, complaints."""
    wrong: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            wrong.append(message.text)

    port = free_port()
    with running([*LINEWRIGHT, "serve", "--ledger", str(folder), "--port", str(port)], log=folder / "serve.log"), sync_playwright() as playwright:
        wait_for(lambda: get_json(f"http://127.0.0.1:{port}/api/health"), timeout_s=60)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for width in (1440, 820):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.on("console", heard)
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.goto(f"http://127.0.0.1:{port}/")
            page.wait_for_selector("svg [data-station]")
            wrong.extend(wrong_boxes(plant, page.evaluate(BOXES), width))
            page.close()
        browser.close()
    return "; ".join(dict.fromkeys(wrong))


def wrong_boxes(plant: Plant, boxes: list[list[Any]], width: int) -> list[str]:
    """Return what is wrong of the boxes of a picture."""
    missing = {s.path for s in plant.segments} - {box[0] for box in boxes}
    wrong = [f"{path} is not drawn at {width} px" for path in sorted(missing)]
    for n, (path, x, y, w, h) in enumerate(boxes):
        wrong += [
            f"{path} lies over {other} at {width} px"
            for other, x2, y2, w2, h2 in boxes[n + 1 :]
            if x < x2 + w2 - 1 and x2 < x + w - 1 and y < y2 + h2 - 1 and y2 < y + h - 1
        ]
    return wrong
