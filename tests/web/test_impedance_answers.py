"""Impedance over the API: the stacks of a run, one of them from its waveform, and files of spectra that are sent, judged and taken away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest
from floor_world import built_page

from linewright.ledger.ledger import Ledger
from linewright.twin.simulate import Keep, simulate
from linewright.web.server import WebServer
from stack_line import stack_line

BYTES = "application/octet-stream"


@dataclass(frozen=True)
class Stacks:
    """A server on a ledger with a run of stacks, every one of them dry."""

    origin: str
    folder: Path

    def get(self, path: str, **query: object) -> httpx.Response:
        return httpx.get(f"{self.origin}/api{path}", params={k: str(v) for k, v in query.items()}, timeout=20.0)

    def send(self, name: str, data: bytes, kind: str = BYTES) -> httpx.Response:
        headers = {"Origin": self.origin, "Content-Type": kind}
        return httpx.post(f"{self.origin}/api/impedance", params={"name": name}, content=data, headers=headers, timeout=20.0)

    def delete(self, path: str) -> httpx.Response:
        return httpx.delete(f"{self.origin}/api{path}", headers={"Origin": self.origin}, timeout=20.0)

    def ended(self, path: str, **query: object) -> httpx.Response:
        """Ask until an analysis has ended."""
        end = time.monotonic() + 120.0
        while time.monotonic() < end:
            found = self.get(path, **query)
            if found.status_code != 200 or found.json()["state"] == "done":
                return found
            assert 0.0 <= found.json()["share"] <= 1.0
            time.sleep(0.2)
        raise AssertionError(f"{path} did not end")


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    folder = tmp_path_factory.mktemp("ledger")
    simulate(stack_line(tmp_path_factory.mktemp("line"), "dry=60%"), until_s=2 * 3600.0, seed=7, keep=Keep.ALL, ledger=Ledger(folder))
    with WebServer(Ledger(folder), port=0, built=built_page(tmp_path_factory.mktemp("built"))) as server:
        yield Stacks(f"http://127.0.0.1:{server.port}", folder)


def spectrum(cells: int = 1) -> bytes:
    f = np.logspace(4, -1, 41)
    rows = [
        f"{cell + 1},{a:.9g},{b.real:.9g},{b.imag:.9g}"
        for cell in range(cells)
        for a, b in zip(f.tolist(), (0.01 + (0.02 + 0.001 * cell) / (1 + 2j * np.pi * f * 0.01)).tolist(), strict=True)
    ]
    return ("cell,f/Hz,Z'/ohm,Z''/ohm\n" + "\n".join(rows) + "\n").encode()


def test_the_newest_stacks_come_with_verdict_values_and_windows(stacks: Stacks) -> None:
    found = stacks.get("/runs/latest/impedance", n=3)
    assert found.status_code == 200, found.text
    body = found.json()
    (station,) = body["stations"]
    assert station["path"] == "eis"
    assert {m["name"]: (m["lower"], m["upper"]) for m in station["measures"]}["weakest-hfr"] == (-12.0, 12.0)
    assert len(body["stacks"]) == 3
    times = [row["t_us"] for row in body["stacks"]]
    assert times == sorted(times, reverse=True)
    for row in body["stacks"]:
        assert row["verdict"] == "reject"
        assert row["values"]["weakest-hfr"] > 50.0
        assert 40.0 < row["values"]["hfr"] < 60.0


def test_a_stack_is_analysed_from_its_waveform_and_kept_in_mind(stacks: Stacks) -> None:
    found = stacks.ended("/runs/latest/impedance/ST-3")
    assert found.status_code == 200, found.text
    shown = found.json()["shown"]
    assert shown["is_synthetic"]
    assert shown["measured"]["cells"] == 40
    (group,) = shown["groups"]
    points = len(group["frequency_hz"])
    for name in ("re", "im", "fit_re", "fit_im", "kk_re", "kk_im"):
        assert np.array(group[name], dtype=float).shape == (40, points), name
    assert np.array(group["gamma"], dtype=float).shape == (40, len(group["tau_s"]))
    assert group["unit"] == "mΩ cm²"
    (failed,) = group["verdict"]["failed"]
    assert failed["looks_like"] == "dry"
    hfr = next(q for q in group["quantities"] if q["name"] == "hfr")
    recorded = next(row for row in shown["station"]["compared"] if row["name"] == "hfr")
    assert np.median(hfr["values"]) == pytest.approx(recorded["recorded"], rel=0.01)
    assert hfr["values"][failed["cell"]] > hfr["high"]
    begun = time.monotonic()
    assert stacks.get("/runs/latest/impedance/ST-3").json()["shown"] == shown
    assert time.monotonic() - begun < 5.0, "it is not made again"


@pytest.mark.parametrize(("unit", "code", "words"), [("ST-99999", 404, "There is no ST-99999"), ("packer", 404, "There is no packer")])
def test_a_stack_that_there_is_not_is_told(unit: str, code: int, words: str, stacks: Stacks) -> None:
    found = stacks.get(f"/runs/latest/impedance/{unit}")
    assert found.status_code == code
    assert words in found.json()["what"]


def test_a_stack_that_was_not_measured_is_told_with_what_to_do(stacks: Stacks) -> None:
    newest = max(int(row["unit"].partition("-")[2]) for row in stacks.get("/runs/latest/impedance").json()["stacks"])
    found = stacks.ended(f"/runs/latest/impedance/ST-{newest + 1}")
    assert found.status_code == 422
    assert "has not been measured at eis yet" in found.json()["what"]
    assert "linewright trace" in found.json()["next"]


def test_a_file_is_sent_analysed_judged_and_taken_away(stacks: Stacks) -> None:
    sent = stacks.send("../../cells of today.csv", spectrum(3))
    assert sent.status_code == 201, sent.text
    kept = sent.json()
    assert kept["name"] == "cells of today.csv"
    assert (stacks.folder / "impedance" / kept["id"] / "cells of today.csv").read_bytes() == spectrum(3)
    listed = stacks.get("/impedance").json()
    assert kept["id"] in {each["id"] for each in listed["files"]}
    assert "fuel-cell-stack" in listed["recipes"]
    shown = stacks.ended(f"/impedance/{kept['id']}").json()["shown"]
    (group,) = shown["groups"]
    assert len(group["names"]) == 3
    assert group["verdict"] is None
    total = next(q for q in group["quantities"] if q["name"] == "total")
    assert (total["unit"], [round(x) for x in total["values"]]) == ("mΩ", [30, 31, 32])
    judged = stacks.ended(f"/impedance/{kept['id']}", recipe="fuel-cell-stack").json()["shown"]["groups"][0]
    assert not judged["verdict"]["is_pass"]
    assert len(judged["verdict"]["failed"]) == 3
    assert stacks.delete(f"/impedance/{kept['id']}").status_code == 200
    assert stacks.get(f"/impedance/{kept['id']}").status_code == 404
    assert stacks.delete(f"/impedance/{kept['id']}").status_code == 404
    assert not (stacks.folder / "impedance" / kept["id"]).exists()


def test_a_file_that_cannot_be_read_says_where(stacks: Stacks) -> None:
    kept = stacks.send("cell.csv", b"hello\nworld\n").json()
    found = stacks.ended(f"/impedance/{kept['id']}")
    assert found.status_code == 422
    assert "cell.csv" in found.json()["what"]
    assert str(stacks.folder) not in found.text


@pytest.mark.parametrize(
    ("sent", "code", "words"),
    [
        (("a.csv", b"", BYTES), 422, "a.csv is empty"),
        ((" ", b"x", BYTES), 400, "The file has no name"),
        (("a.csv", b"x", "application/json"), 415, "A file of spectra is sent as its bytes"),
        (("a.csv", b"x" * 1_000_001, BYTES), 413, "too large"),
    ],
)
def test_what_is_no_file_is_refused(sent: tuple[str, bytes, str], code: int, words: str, stacks: Stacks) -> None:
    before = stacks.get("/impedance").json()["files"]
    found = stacks.send(*sent)
    assert found.status_code == code
    assert words in found.json()["what"]
    assert stacks.get("/impedance").json()["files"] == before


@pytest.mark.parametrize("number", ["0", "x", "%2e%2e", "1.json", "99"])
def test_a_file_that_there_is_not_is_told(number: str, stacks: Stacks) -> None:
    assert stacks.get(f"/impedance/{number}").status_code == 404


def test_a_recipe_that_there_is_not_is_refused(stacks: Stacks) -> None:
    kept = stacks.send("cell.csv", spectrum()).json()
    found = stacks.get(f"/impedance/{kept['id']}", recipe="../../etc/passwd")
    assert found.status_code == 404
    assert "fuel-cell-stack" in found.json()["expected"]
