"""The page of a run that was kept as checkpoints answers as that of the same run with all its rows, a little later."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text
from linewright.twin import checkpoints
from linewright.twin.simulate import simulate
from linewright.web.readers import Readers
from linewright.web.remade import Remaking
from linewright.web.server import WebServer

sys.path.append(str(Path(__file__).parents[1] / "kernels"))
from small_21700 import small_21700

SECONDS = 1200.0
LATE = 120


def asked(url: str, path: str) -> httpx.Response:
    """Ask as the page does: once more after the time that the answer names."""
    for _ in range(LATE):
        found = httpx.get(f"{url}api/runs/twin-1/{path}", timeout=30)
        if found.status_code != 503:
            return found
        assert "kept as checkpoints" in found.json()["what"]
        time.sleep(float(found.headers["Retry-After"]))
    pytest.fail(f"{path} was not answered")


def test_what_is_asked_of_the_page_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant = load_text(small_21700("filled"), installed_libraries())
    monkeypatch.setattr(checkpoints, "DAY_NS", int(SECONDS * 1e9) // 4)
    ledgers = {keep: Ledger(tmp_path / keep) for keep in ("all", "checkpoints")}
    for keep, ledger in ledgers.items():
        simulate(plant, until_s=SECONDS, keep=keep, ledger=ledger)
    rows = ledgers["all"].reader()
    unit, strip = rows.newest("unit", 400)[-1].id, next(t.id for t in rows.newest("web", 400) if "strip" in t.id)
    paths = [f"things/{unit}", f"things/{unit}/tree", f"things/{unit}/metres", f"things/{unit}/curves", f"things/{strip}", f"webs/{strip}",
             f"webs/{strip}/strip", f"webs/{strip}/units"]  # fmt: skip
    with WebServer(ledgers["all"], port=0) as whole, WebServer(ledgers["checkpoints"], port=0) as kept:
        assert httpx.get(f"{kept.url}api/runs/twin-1").json()["kept"] == "checkpoints"
        assert httpx.get(f"{kept.url}api/runs/twin-1/things/CELL-999999999").status_code == 404
        for path in paths:
            mine, theirs = asked(kept.url, path), asked(whole.url, path)
            assert (mine.status_code, mine.json()) == (theirs.status_code, theirs.json()), path


def test_a_server_that_closes_stops_what_is_being_made(tmp_path: Path) -> None:
    """Nothing goes on in the background, and the next who asks begins anew."""
    simulate(load_text(small_21700("filled"), installed_libraries()), until_s=600, keep="checkpoints", ledger=Ledger(tmp_path))
    readers = Readers(Ledger(tmp_path))
    opened = readers.open("twin-1")
    begun = threading.Event()
    remaking = opened.remaking = Remaking(opened.reader)  # type: ignore[arg-type]
    before: Callable[[float, int], None] = remaking._told

    def told(share: float, events: int) -> None:
        begun.set()
        time.sleep(0.2)
        before(share, events)

    remaking._told = told  # type: ignore[method-assign]
    unit = opened.reader.newest("unit", 1)[0].key
    threading.Thread(target=remaking.has_made, args=(lambda: opened.reader.visits_of(unit),)).start()
    assert begun.wait(60)
    readers.close()
    assert not any(thread.name == "made again" for thread in threading.enumerate())
