"""The built page: deep links, caching, packed files; and what is said when it is not built."""

from __future__ import annotations

import httpx
import pytest
from floor_world import World

from linewright.ledger.ledger import Ledger
from linewright.web.server import WebServer

DEEP = ["/a/line", "/a/line/winder/7", "/a/alarms?state=active", "/a/unit/CELL-1", "/a/web/M-0412?from=1032.1m", "/a/find?q=4418", "/a/model"]


@pytest.mark.parametrize("path", DEEP)
def test_every_address_of_the_page_serves_the_page(world: World, path: str) -> None:
    answer = world.get(path)
    assert answer.status_code == 200
    assert "id=root" in answer.text
    assert answer.headers["cache-control"] == "no-cache"


def test_the_first_page_is_the_line_of_the_live_run(world: World) -> None:
    answer = world.get("/")
    assert answer.status_code == 307
    assert answer.headers["location"] == "/cylindrical-21700-tabless/line"


def test_a_file_with_its_hash_is_kept_and_the_index_is_asked_for_again(world: World) -> None:
    asset = httpx.get(f"{world.origin}/assets/index-B1a2C3d4.js", headers={"Accept-Encoding": "identity"})
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    index = world.get("/a/line")
    again = httpx.get(f"{world.origin}/a/line", headers={"If-None-Match": index.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert world.get("/mark.svg").headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize(
    ("accepts", "encoding", "content"),
    [("br, gzip", "br", b"br bytes"), ("gzip", "gzip", b"gz bytes"), ("identity", None, b"console.log(1)"), ("br;q=0, gzip", "gzip", b"gz bytes")],
)
def test_packed_files_go_to_those_who_take_them(world: World, accepts: str, encoding: str | None, content: bytes) -> None:
    with httpx.stream("GET", f"{world.origin}/assets/index-B1a2C3d4.js", headers={"Accept-Encoding": accepts}) as answer:
        assert b"".join(answer.iter_raw()) == content
        assert answer.headers.get("content-encoding") == encoding
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/assets/../../server.py", "/%2e%2e/%2e%2e/server.py", "/assets/gone-AAAAAAAA.js", "/assets/%00"])
def test_nothing_outside_of_the_page_is_served(world: World, path: str) -> None:
    answer = world.get(path)
    assert "import" not in answer.text
    assert answer.status_code in (200, 404)


def test_a_page_that_is_not_built_says_how(tmp_path) -> None:
    with WebServer(Ledger(tmp_path), port=0, built=tmp_path / "none") as server:
        answer = httpx.get(server.url)
        assert answer.status_code == 503
        assert "make page" in answer.text
        assert httpx.get(server.url + "api/health").json()["page"] == {"built": False, "files": 0}
        empty = httpx.get(server.url + "api/runs/latest")
        assert empty.status_code == 404
        assert "linewright run" in empty.json()["next"]
