"""Strangers get nothing: foreign names, foreign pages, addresses that others could reach."""

from __future__ import annotations

import json
import socket

import httpx
import pytest
import websockets.sync.client
from floor_world import World
from websockets.exceptions import InvalidStatus

from linewright.ledger.ledger import Ledger
from linewright.web.guard import HostError, check_bind, is_own_host, is_own_origin
from linewright.web.server import PortError, WebServer, listening_socket

SHAPE = {"what", "expected", "came", "nearest", "next"}


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "10.0.0.1", "example.org", "127.0.0.2", ""])
def test_only_the_loopback_address_is_listened_on(host: str) -> None:
    with pytest.raises(HostError, match="no accounts yet"):
        check_bind(host)


def test_the_loopback_has_three_names() -> None:
    assert [check_bind(h) for h in ("127.0.0.1", "localhost", "::1", "[::1]")] == ["127.0.0.1", "127.0.0.1", "::1", "::1"]


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1:8350", True), ("localhost:8350", True), ("LOCALHOST:8350", True), ("[::1]:8350", True), ("127.0.0.1", False),
        ("127.0.0.1:8351", False), ("[::1]", False),
        ("localhost.evil.example:8350", False), ("evil.example:8350", False), ("127.0.0.1:8350.evil.example", False), ("", False),
        (":8350", False), ("2130706433:8350", False),
    ],
)  # fmt: skip
def test_a_host_is_this_server_by_name_and_port(host: str, own: bool) -> None:
    assert is_own_host(host, 8350) is own
    assert is_own_origin(f"http://{host}", 8350) is own


@pytest.mark.parametrize(
    "origin",
    ["null", "", "https://127.0.0.1:8350", "http://127.0.0.1:8350@evil.example", "http://a@127.0.0.1:8350", "file://", "http://127.0.0.1:8350/x"],
)
def test_an_origin_is_a_bare_page_of_this_server(origin: str) -> None:
    assert is_own_origin(origin, 8350) is False


@pytest.mark.parametrize("path", ["/", "/api/health", "/api/runs/latest/line", "/assets/index-B1a2C3d4.js"])
def test_a_name_that_was_made_to_point_here_gets_nothing(world: World, path: str) -> None:
    answer = httpx.get(world.origin + path, headers={"Host": f"evil.example:{world.server.port}"})
    assert answer.status_code == 403
    assert set(answer.json()) == SHAPE
    assert "evil.example" in answer.json()["came"]


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {}, {"Origin": "OWN", "Sec-Fetch-Site": "cross-site"}])
def test_a_foreign_page_commands_nothing(world: World, headers: dict[str, str]) -> None:
    sent = len(world.mailbox.sent)
    own = {k: world.origin if v == "OWN" else v for k, v in headers.items()}
    answer = httpx.post(f"{world.origin}/api/runs/latest/commands", json={"kind": "acknowledge", "target": {"alarm": 1}}, headers=own)
    assert answer.status_code == 403
    assert set(answer.json()) == SHAPE
    assert len(world.mailbox.sent) == sent


def test_a_foreign_page_reads_nothing_either(world: World) -> None:
    answer = httpx.get(f"{world.origin}/api/health", headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert world.get("/api/health").headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("origin", ["http://evil.example", None])
def test_a_foreign_page_gets_no_socket(world: World, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused, websockets.sync.client.connect(world.origin.replace("http", "ws") + "/api/stream", origin=origin):
        pass
    assert refused.value.response.status_code == 403
    assert set(json.loads(refused.value.response.body)) == SHAPE


def test_what_is_too_large_is_refused_before_it_is_read(world: World) -> None:
    big = b'{"kind": "' + b"x" * 1_100_000
    said = httpx.post(f"{world.origin}/api/runs/latest/commands", content=big, headers={"Origin": world.origin, "Content-Type": "application/json"})
    assert said.status_code == 413
    silent = httpx.post(
        f"{world.origin}/api/runs/latest/commands", content=iter([big]), headers={"Origin": world.origin, "Content-Type": "application/json"}
    )
    assert silent.status_code == 413
    assert httpx.get(f"{world.origin}/api/runs/latest/search", params={"q": "x" * 9000}).status_code == 414


def test_every_answer_carries_the_policy(world: World) -> None:
    for path in ("/", "/api/health", "/api/nothing"):
        headers = world.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "http" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


def test_a_port_that_is_taken_is_named_with_one_that_is_free(tmp_path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortError, match=rf"--port {port}: another process .* --port \d+"):
            WebServer(Ledger(tmp_path), port=port)
    with pytest.raises(PortError, match="1 to 65535"):
        listening_socket("127.0.0.1", 70000)
