"""`linewright hold` and `trace --hold`: on a run that is over, and on one that another process runs, through its page."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from linewright.cli.main import run_command
from linewright.cli.run import Page
from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert run_command(list(arguments)) == code
    out = capsys.readouterr()
    return out.err if code else out.out


@pytest.fixture
def folder(tmp_path: Path) -> str:
    with Ledger(tmp_path).create_run("t", "d", "twin", name="small") as w:
        web, unit = w.key("kind", "web"), w.key("kind", "unit")
        w.append("thing", {"key": [1, 2, 3], "id": ["M-1", "C-1", "C-2"], "kind": [web, unit, unit], "amount": [10_000, None, None]})
        w.append("consume", {"web": [1, 1], "lo_mm": [0, 1000], "hi_mm": [1000, 2000], "unit": [2, 3], "role": [w.key("input", "web")] * 2})
        w.commit()
    return str(tmp_path)


def test_what_a_trace_found_is_held_in_one_step_and_released_by_another(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--ledger", folder)
    out = told(capsys, "trace", "--web", "M-1", "--from", "1.2m", "--to", "4m", "--guard", "0.1m", "--hold", "too thin", "--by", "Ada", *at)
    assert "M-1 1.2 to 4 m, guard 0.1 m, by Ada (unverified): too thin" in out
    assert "1 units certainly" not in out.replace("1 units certainly hold part of it, 0 more possibly", "")
    (hold,) = json.loads(told(capsys, "hold", "--json", *at))["holds"]
    assert (hold["things"], [u["id"] for u in hold["units_now"]], hold["by_is_verified"]) == (["C-2"], ["C-2"], False)
    key = str(hold["hold"])
    assert "Ada held this and cannot release it." in told(capsys, "hold", "--release", key, "--reason", "fine", "--by", "ADA", *at, code=2)
    assert "A release needs a reason." in told(capsys, "hold", "--release", key, "--by", "Grace", *at, code=2)
    assert f"Hold {key} of twin-1 released by Grace (unverified)" in told(capsys, "hold", "--release", key, "--reason", "fine", "--by", "Grace", *at)
    assert "Nothing is on hold in twin-1; --all lists what was." in told(capsys, "hold", *at)
    assert "released by Grace" in told(capsys, "hold", "--all", *at)


def test_a_hold_is_taken_back_by_who_held(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--ledger", folder)
    key = str(json.loads(told(capsys, "hold", "C-1", "--reason", "x", "--by", "Ada", "--json", *at))["hold"])
    assert "only who held can undo it" in told(capsys, "hold", "--undo", key, "--by", "Grace", *at, code=2)
    assert "taken back by Ada" in told(capsys, "hold", "--undo", key, "--by", "Ada", *at)


def test_what_is_missing_is_told(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--ledger", folder)
    assert "A hold needs a reason. A hold needs a name." in told(capsys, "hold", "C-1", *at, code=2)
    assert "one of them was expected" in told(capsys, "hold", "C-1", "--release", "3", *at, code=2)
    assert "There is no open hold 77." in told(capsys, "hold", "--release", "77", "--reason", "x", "--by", "Grace", *at, code=2)
    assert "What is meant? --across, --side, --csv, --hold" in told(capsys, "trace", "--hold", "x", "--by", "Ada", *at, code=2)


def test_a_run_of_another_process_holds_it_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A real live run with its real page; the command line finds the page in the ledger, asks it, and waits for the ledger's answer."""
    import asyncio

    from linewright.live.run import run

    page, ready = Page(Ledger(tmp_path), "127.0.0.1", 0), threading.Event()
    found = []

    def begun(live) -> None:
        page.open(live)
        found.append(live)
        ready.set()

    plant = load("four-stations", installed_libraries())
    runner = threading.Thread(target=lambda: asyncio.run(run(plant, ledger=tmp_path, speed=60.0, on_ready=begun, say=lambda _: None)))
    runner.start()
    try:
        assert ready.wait(40)
        at = ("--ledger", str(tmp_path))
        deadline = threading.Event()
        cell = ""
        for _ in range(200):
            with Ledger(tmp_path).reader() as reader:
                cell = next((t.id for t in reader.newest("unit", 1)), "")
            if cell:
                break
            deadline.wait(0.1)
        assert f"Held {cell}" in told(capsys, "hold", cell, "--reason", "dent", "--by", "Ada", *at)
        (hold,) = json.loads(told(capsys, "hold", "--json", *at))["holds"]
        assert (hold["things"], hold["reason"], hold["by"]) == ([cell], "dent", "Ada")
        key = str(hold["hold"])
        assert "cannot release it" in told(capsys, "hold", "--release", key, "--reason", "ok", "--by", "Ada", *at, code=2)
        assert f"Released {cell}" in told(capsys, "hold", "--release", key, "--reason", "ok", "--by", "Grace", *at)
    finally:
        for live in found:
            live.ask_to_stop("test")
        runner.join(60)
        page.close()
    assert not runner.is_alive()
