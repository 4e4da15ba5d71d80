"""A small world for the server: a real ledger with rows of the 21700 line, written by the real writer, and the real server on a free port."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

from linewright.ledger.blocks import Layout, packed, whole_numbers
from linewright.ledger.ledger import Ledger
from linewright.ledger.writer import RunWriter, now_us
from linewright.model.errors import LinewrightError
from linewright.model.plant import Plant
from linewright.web.server import WebServer

BEGIN_US = 1_780_000_000_000_000
MINUTE_US = 60_000_000
CELL, STRIP, COIL, BATCH, CANS, TRAY = ((k << 40) for k in range(1, 7))


@dataclass
class Mailbox:
    """What a live run does with commands, as far as the server can see: keeps them, refuses one kind."""

    sent: list[dict[str, object]] = field(default_factory=list)

    def preview(self, _command: dict[str, object]) -> dict[str, object]:
        return {
            "class": "undoable",
            "can": True,
            "why_not": None,
            "helps": None,
            "title": "Acknowledge",
            "button": "Acknowledge",
            "effect": [],
            "asks": [],
            "undo_s": None,
        }

    def send(self, command: dict[str, object]) -> int:
        if command["kind"] == "clear":
            raise LinewrightError("winder/7: Clear is not possible in state Held.")
        self.sent.append(command)
        return len(self.sent)


class NewestSamples:
    """A feed with what a test puts in."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[list[int], list[float]]] = {}

    def put(self, tag: str, at_us: int, value: float) -> None:
        times, values = self.rows.setdefault(tag, ([], []))
        times.append(at_us)
        values.append(value)

    def newest(self, tag: str, after_us: int) -> tuple[np.ndarray, np.ndarray]:
        times, values = self.rows.get(tag, ([], []))
        t, v = np.array(times, np.int64), np.array(values, np.float64)
        return t[t > after_us], v[t > after_us]


def sample_body(**more: object) -> str:
    """Return a line sample as docs/api.md defines it, with the keys that tests look at."""
    winder = {
        "states": {"Execute": 13, "Held": 1}, "worst": {"state": "Held", "count": 1, "machine": 7, "reason": "web-break",
        "since_us": BEGIN_US + 5 * MINUTE_US},
        "queue": [{"input": "cathode-strip", "count": 9, "places": 28}], "made": 3000, "scrap": 31,
        "key": {"name": "x", "value": 1.0, "unit": "degC", "decimals": 1}, "rate_per_min": 327.0,
        "machines": [{"state": "Execute", "reason": None, "since_us": BEGIN_US, "made": 200 + k, "left": 0.5} for k in range(14)],
    }  # fmt: skip
    figures = {"good": {"value": 2900, "plan": 3500}, "rate": {"value": 324.0}, "oee": {"value": 0.86, "a": 0.9, "p": 0.97, "q": 0.98}}
    return json.dumps(
        {"v": 1, "speed": 1, "state": "running", "stations": {"winder": winder, "formation": {"rate_per_min": 1.2}}, "figures": figures, **more}
    )


def write_things(w: RunWriter, at: int) -> None:
    """Write a coil of 3,000 m from two batches, one strip of it, and ten cells of 0.88 m wound from the strip by winder 7."""
    kind, material, machine = (lambda x: w.key("kind", x)), (lambda x: w.key("material", x)), (lambda x: w.key("machine", x))
    rows = [
        (BATCH | 1, "SLURRY-1", "lot", "cathode-slurry", "cathode-mixer/1", 1000),
        (BATCH | 2, "SLURRY-2", "lot", "cathode-slurry", "cathode-mixer/2", 1000),
        (COIL | 1, "CATHODE-COIL-1", "web", "cathode-coil", "cathode-coater/1", 2_994_000),
        (STRIP | 5, "CATHODE-STRIP-5", "web", "cathode-strip", "cathode-slitter/1", 3_023_940),
        (CANS | 1, "CAN-1", "lot", "can", None, None), (TRAY | 3, "T-3", "carrier", "tray", None, None),
    ]  # fmt: skip
    w.append("thing", {
        "key": [r[0] for r in rows], "id": [r[1] for r in rows], "kind": [kind(r[2]) for r in rows], "material": [material(r[3]) for r in rows],
        "made_us": [at] * len(rows), "amount": [r[5] for r in rows], "machine": [machine(r[4]) if r[4] else None for r in rows],
    })  # fmt: skip
    w.append(
        "things",
        {
            "first_key": [CELL | 101],
            "count": [50],
            "prefix": ["CELL"],
            "first_serial": [101],
            "kind": [kind("unit")],
            "material": [material("cell-21700-tabless")],
        },
    )
    w.append(
        "charge",
        {
            "web": [COIL | 1, COIL | 1],
            "lo_mm": [0, 1_800_000],
            "hi_mm": [1_800_000, 2_994_000],
            "batch": [BATCH | 1, BATCH | 2],
            "error_mm": [600.0, 600.0],
        },
    )
    # The strip is rewound: its metre 0 is the coil's end; lane 5 of ten.
    w.append("piece_map", {
        "child": [STRIP | 5], "child_lo_mm": [0], "child_hi_mm": [3_023_940], "parent": [COIL | 1], "a_mm": [2_994_000.0],
        "b": [-2_994_000 / 3_023_940], "lane": [4],
        "across_lo_mm": [287.0], "across_hi_mm": [350.0], "mirrored": [0], "sides_swapped": [0], "error_mm": [5.0], "drift": [0.0002],
        "step": [w.key("step", "cathode-slitter")],
        "made_us": [at],
    })  # fmt: skip
    n = np.arange(10)
    w.append("consume", {
        "web": [STRIP | 5] * 10, "lo_mm": 1_000_000 + 880 * n, "hi_mm": 1_000_880 + 880 * n, "unit": (CELL | 101) + n, "role": [w.key("role",
        "cathode-strip")] * 10,
    })  # fmt: skip
    w.fact("roles", {"cathode-strip": [10.0, 0.0005]})
    w.fact("profiles", {f"{COIL >> 40}:0:areal-weight": ["mg/cm^2", 0.01, 0.0, 0.2364, 0.24, 0.2436, "cathode-coater"]})
    w.append(
        "mount",
        {
            "machine": [machine("winder/7"), machine("canner/1")],
            "input": [w.key("input", "cathode-strip"), w.key("input", "can")],
            "lot": [STRIP | 5, CANS | 1],
            "from_us": [at, at],
            "to_us": [None, None],
        },
    )
    w.append("placed", {"unit": [CELL | 101], "carrier": [TRAY | 3], "place": [0], "from_us": [at + 3 * MINUTE_US], "to_us": [None]})
    values = 24e-2 + 1e-3 * np.sin(np.arange(2994) / 50.0)  # kg/m2; 24 mg/cm2 is 0.24
    for side in ("A", "B"):
        low, scale, data = packed(values)
        w.append(
            "profile",
            {
                "web": [COIL | 1],
                "characteristic": [w.key("characteristic", "areal-weight")],
                "side": [side],
                "lane": [None],
                "start_mm": [0],
                "step_mm": [1000],
                "n": [2994],
                "low": [low],
                "scale": [scale],
                "data": [data],
            },
        )


def write_visits(w: RunWriter, plant: Plant, at: int) -> None:
    """Write the visits of the ten cells at winder 7 (diameter in 20.1 mm +- 0.15) and the canner; one cell is scrapped."""
    c = plant.segment("winder").measures[0]
    layout = Layout(
        (c.name,), (c.unit.text,), (c.resolution,), ((c.window.lower, c.window.target, c.window.upper),), (c.unit.scale,), (c.unit.offset,)
    )
    step, canner = w.key("step", "winder"), w.key("step", "canner")
    w.append("layout", {"layout": [1], "plan": ["p"], "step": [step], **{k: [v] for k, v in layout.row().items()}})
    diameters = 0.0201 + 0.00001 * np.arange(10)
    for i in range(10):
        t = at + i * 2_100_000
        data = whole_numbers(diameters[i : i + 1, None].T, layout.resolutions).tobytes()
        w.append(
            "visit",
            {
                "unit": [CELL | (101 + i)],
                "step": [step],
                "machine": [w.key("machine", "winder/7")],
                "tool": [i % 2],
                "in_us": [t],
                "start_us": [t],
                "done_us": [t + 2_100_000],
                "out_us": [t + 2_100_000],
                "verdict": [1 if i == 4 else 0],
                "layout": [1],
                "vals": [data],
            },
        )
        if i != 4:
            t += MINUTE_US
            w.append(
                "visit",
                {
                    "unit": [CELL | (101 + i)],
                    "step": [canner],
                    "machine": [w.key("machine", "canner/1")],
                    "start_us": [t],
                    "done_us": [t + 300_000],
                    "out_us": [t + 300_000],
                    "verdict": [0],
                },
            )


def write_floor(w: RunWriter, now: int) -> None:
    """Write states, alarms, two minutes of one signal, and a line sample."""
    held = BEGIN_US + 5 * MINUTE_US
    names = [("winder/7", BEGIN_US, "Execute", None), ("winder/7", held, "Held", "web-break"), ("winder/1", BEGIN_US, "Execute", None)]
    w.append(
        "state",
        {
            "machine": [w.key("machine", r[0]) for r in names],
            "from_us": [r[1] for r in names],
            "state": [w.key("state", r[2]) for r in names],
            "reason": [w.key("reason", r[3]) if r[3] else None for r in names],
        },
    )
    w.event(
        "alarm.raised",
        held,
        {
            "alarm": "winder/7/web-break",
            "station": "winder",
            "machine": 7,
            "name": "web-break",
            "on": "failure",
            "priority": 2,
            "text": "Winder 7: web break",
            "next": "Thread the web, then clear.",
        },
    )
    w.event(
        "alarm.raised",
        held + 1,
        {"alarm": "filler/2/jam", "station": "filler", "machine": 2, "name": "jam", "on": "failure", "priority": 3, "text": "Filler 2: jam"},
    )
    w.event("alarm.returned", held + 2, {"alarm": "filler/2/jam"})
    for k in (1, 2):
        low, scale, data = packed(363.15 + k + np.sin(np.arange(120) / 10.0))
        w.append(
            "signal",
            {
                "machine": [w.key("machine", "cathode-coater/1")],
                "name": [w.key("signal", f"oven-zones/{k}")],
                "begin_us": [now - 120_000_000],
                "every_us": [1_000_000],
                "n": [120],
                "low": [low],
                "scale": [scale],
                "data": [data],
            },
        )
    w.sample(now, sample_body())


@dataclass
class World:
    """The ledger, its writer, the server on it."""

    ledger: Ledger
    writer: RunWriter
    server: WebServer
    mailbox: Mailbox
    feed: NewestSamples
    plant: Plant
    now: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def get(self, path: str, **query: object) -> httpx.Response:
        return httpx.get(f"{self.origin}{path}", params={k: str(v) for k, v in query.items()}, timeout=20.0)

    def json(self, path: str, **query: object) -> dict:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        return httpx.post(f"{self.origin}{path}", json=body, headers={"Origin": self.origin, **headers}, timeout=20.0)


def built_page(folder: Path) -> Path:
    """Write what vite would: an index, an asset with a hash in its name, packed as well."""
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<!doctype html><title>Linewright</title><div id=root></div>")
    (folder / "mark.svg").write_text("<svg/>")
    (folder / "assets" / "index-B1a2C3d4.js").write_text("console.log(1)")
    (folder / "assets" / "index-B1a2C3d4.js.br").write_bytes(b"br bytes")
    (folder / "assets" / "index-B1a2C3d4.js.gz").write_bytes(b"gz bytes")
    return folder


def wait_until(true, timeout_s: float = 5.0) -> None:
    """Wait until something holds; what never does fails the test."""
    end = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


__all__ = ["BATCH", "BEGIN_US", "CELL", "COIL", "MINUTE_US", "STRIP", "World", "now_us", "sample_body", "wait_until"]
