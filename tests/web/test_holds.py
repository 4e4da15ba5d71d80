"""Holds over the real server: of a run that nobody writes; what they cover, who may release, what a preview says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from linewright.ledger.ledger import Ledger
from linewright.web.server import WebServer

SPAN = {"web": "M-1", "from_m": 1.2, "to_m": 4.0, "guard_m": 0.1}


class Client:
    """Asks the server as the page does."""

    def __init__(self, url: str) -> None:
        self.origin = url.rstrip("/")
        self.url = f"{self.origin}/api/runs/twin-1"

    def get(self, path: str, **query: Any) -> Any:
        answer = httpx.get(self.url + path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def act(self, kind: str, target: dict[str, Any], status: int = 200, **more: Any) -> Any:
        answer = httpx.post(f"{self.url}/commands", json={"kind": kind, "target": target, **more}, headers={"Origin": self.origin})
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    ledger = Ledger(tmp_path)
    with ledger.create_run("t", "d", "twin", name="small") as w:
        web, unit = w.key("kind", "web"), w.key("kind", "unit")
        ids = ["M-1", "C-1", "C-2", "PACK-1"]
        w.append("thing", {"key": [1, 2, 3, 4], "id": ids, "kind": [web, unit, unit, unit], "amount": [10_000, None, None, None]})
        role = [w.key("input", "web")] * 3
        w.append("consume", {"web": [1, 1, 3], "lo_mm": [0, 1000, 0], "hi_mm": [1000, 2000, 0], "unit": [2, 3, 4], "role": role})
        w.commit()
    with WebServer(ledger, port=0) as server:
        yield Client(server.url)


def test_a_preview_says_what_a_hold_covers_and_does_nothing(client: Client) -> None:
    told = client.act("hold", {"things": [], "spans": [SPAN]}, preview=True)
    assert (told["can"], told["asks"], told["undo_s"]) == (True, ["reason", "by"], 600)
    assert [e["text"] for e in told["effect"]] == ["1 units", "what is made of these metres is held too", "PACK-1, which hold some of them",
                                                   "nothing stops: a hold marks, it does not divert"]  # fmt: skip
    assert client.get("/holds")["total"] == 0


def test_a_hold_of_a_piece_shows_on_every_thing_in_it(client: Client) -> None:
    done = client.act("hold", {"things": [], "spans": [SPAN]}, reason="too thin", by="Ada")["done"]
    (row,) = client.get("/holds", open=True)["holds"]
    assert (row["key"], row["spans"][0]["web"], row["by"], row["verified"], row["reason"]) == (done["key"], "M-1", "Ada", False, "too thin")
    assert (row["now"]["units"], row["now"]["first"], row["now"]["wholes"]) == (1, ["C-2"], ["PACK-1"])
    assert [client.get(f"/things/{name}")["held"] for name in ("C-1", "C-2", "PACK-1", "M-1")] == [None, done["key"], done["key"], done["key"]]


def test_release_takes_a_second_person_and_both_stay(client: Client) -> None:
    key = client.act("hold", {"things": ["C-1"]}, reason="dent", by="Ada")["done"]["key"]
    refused = client.act("release", {"hold": key}, 409, reason="fine", by="ada")
    assert (refused["what"], refused["next"]) == ("Ada held this and cannot release it.", "A second person must.")
    assert client.act("release", {"hold": key}, preview=True, by="ada")["why_not"] == "Ada held this and cannot release it."
    client.act("release", {"hold": key}, reason="fine", by="Grace")
    (row,) = client.get("/holds")["holds"]
    assert (row["by"], row["released_by"], row["release_reason"], row["now"]) == ("Ada", "Grace", "fine", None)
    assert client.get("/holds", open=True)["total"] == 0


def test_what_cannot_be_held_is_told(client: Client) -> None:
    assert client.act("hold", {"things": ["C-1"]}, 409)["what"] == "A hold needs a reason. A hold needs a name."
    assert "is no piece of a web" in client.act("hold", {"spans": [{"web": 5}]}, 409, reason="x", by="Ada")["what"]
    assert client.act("release", {"hold": "one"}, 409, reason="x", by="Ada")["what"] == "`one` is no hold."
    assert client.act("clear", {"station": "x", "machine": 1}, 409)["what"] == "Nothing can be commanded here."
