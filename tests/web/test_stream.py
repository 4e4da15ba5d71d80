"""The stream: what is subscribed and nothing else, at once, in order, healed after a cut."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
import websockets.sync.client
from floor_world import MINUTE_US, World, sample_body
from websockets.sync.client import ClientConnection

from linewright.ledger.blocks import packed
from linewright.web.frames import Frame, FrameType, decode
from linewright.web.server import WebServer

OVEN = "cathode-coater/1/oven-zones/1"
PUMP = "cathode-coater/1/pump-rate"


class Page:
    """A page as far as the stream sees it."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def say(self, op: str, **more: object) -> None:
        self.socket.send(json.dumps({"op": op, **more}))

    def next(self, timeout: float = 5.0) -> Frame:
        data = self.socket.recv(timeout)
        assert isinstance(data, bytes)
        return decode(data)

    def until(self, kind: FrameType, number: int | None = None, timeout: float = 5.0) -> Frame:
        end = time.monotonic() + timeout
        while True:
            frame = self.next(max(0.01, end - time.monotonic()))
            if frame.type is kind and number in (None, frame.header.get("id")):
                return frame

    def silent(self, seconds: float) -> bool:
        try:
            self.socket.recv(seconds)
        except TimeoutError:
            return True
        return False


@contextlib.contextmanager
def page(of: World | WebServer) -> Iterator[Page]:
    url = (of.server if isinstance(of, World) else of).url
    with websockets.sync.client.connect(url.replace("http", "ws") + "api/stream", origin=url.rstrip("/"), close_timeout=0.5) as socket:
        yield Page(socket)


def test_hello_and_the_clock(world: World) -> None:
    with page(world) as p:
        p.say("hello", version=1)
        hello = p.next()
        assert hello.type is FrameType.HELLO
        assert hello.header["seq"] == 1
        assert hello.header["live"] == "live-1"
        p.say("ping", sent=12.5)
        pong = p.next()
        assert pong.header["sent"] == 12.5
        assert pong.header["line_us"] >= world.now
        assert abs(pong.header["server_us"] - time.time() * 1e6) < 2e6


def test_the_header_comes_each_second_so_that_the_age_is_told_on_every_page(world: World) -> None:
    with page(world) as p:
        p.say("subscribe", id=1, run="latest", topic="header")
        sent = [p.until(FrameType.TABLE, 1).header["sent_us"] for _ in range(4)][1:]  # the first one waits for the plant
        assert [round((b - a) / 1e6) for a, b in pairwise(sent)] == [1, 1]


def test_only_what_is_subscribed_comes(world: World) -> None:
    with page(world) as p:
        assert p.silent(0.3)
        p.say("subscribe", id=1, run="latest", topic="line")
        line = p.next()
        assert (line.header["id"], line.header["topic"]) == (1, "line")
        p.say("unsubscribe", id=1)
        p.say("ping", sent=0)
        p.until(FrameType.PONG)
        world.writer.sample(world.now + 1_000_000, sample_body())
        world.writer.commit()
        assert p.silent(0.4)


def test_a_commit_is_seen_within_a_moment(world: World) -> None:
    with page(world) as p:
        p.say("subscribe", id=7, run="live-1", topic="events", kinds=["Command"])
        p.say("ping", sent=0)
        p.until(FrameType.PONG)
        time.sleep(0.15)
        took = []
        for k in range(5):
            world.writer.event("alarm.other", world.now, {})
            world.writer.event("Command", world.now, {"request": f"r-{k}", "ok": True})
            world.writer.commit()
            begun = time.monotonic()
            event = p.until(FrameType.EVENT)
            took.append(time.monotonic() - begun)
            assert event.header["event"]["body"]["request"] == f"r-{k}"
            time.sleep(0.12)
        assert min(took) < 0.09  # a look each 30 ms, and the time of a busy machine


def test_a_page_that_comes_back_gets_what_it_missed(world: World) -> None:
    with page(world) as p:
        p.say("subscribe", id=1, run="live-1", topic="events", kinds=["Command"])
        p.say("ping", sent=0)
        p.until(FrameType.PONG)
        world.writer.event("Command", world.now, {"request": "before"})
        world.writer.commit()
        pos = p.until(FrameType.EVENT).header["pos"]
    for k in range(3):
        world.writer.event("Command", world.now, {"request": f"missed-{k}"})
    world.writer.commit()
    with page(world) as p:
        p.say("subscribe", id=1, run="live-1", topic="events", kinds=["Command"], after=pos)
        found = [p.until(FrameType.EVENT) for _ in range(3)]
        assert [f.header["event"]["body"]["request"] for f in found] == ["missed-0", "missed-1", "missed-2"]
        assert all(f.header["filled"] for f in found)
        world.writer.event("Command", world.now, {"request": "live"})
        world.writer.commit()
        last = p.until(FrameType.EVENT)
        assert last.header["event"]["body"]["request"] == "live"
        assert "filled" not in last.header
        assert [f.header["seq"] for f in (*found, last)] == [1, 2, 3, 4]


def test_trends_come_as_history_then_sample_by_sample(world: World) -> None:
    base = world.now + 10 * MINUTE_US
    with page(world) as p:
        p.say("subscribe", id=3, run="latest", topic="signals", tags=[OVEN, PUMP], from_us=world.now - 2 * MINUTE_US, pixels=60)
        history = p.until(FrameType.HISTORY)
        assert [a["name"] for a in history.header["arrays"]] == ["t", "min", "max", "mean", "min", "max", "mean"]
        assert [t["tag"] for t in history.header["tags"]] == [OVEN, PUMP]
        t, low, high = history.arrays[0], history.arrays[1], history.arrays[2]
        known = np.isfinite(low)
        assert known.any()
        assert (low[known] <= high[known]).all()
        assert 89.0 < low[known].min() < 93.0
        assert np.isnan(history.arrays[4]).all()  # the pump has no sample yet
        assert (np.diff(t) > 0).all()
        for k in range(5):
            world.feed.put(PUMP, base + k * 100_000, 1e-4 * (k + 1))
        got_t, got_v = [], []
        while len(got_t) < 5:
            trend = p.until(FrameType.TREND)
            got_t += trend.arrays[0].tolist()
            got_v += trend.arrays[1].tolist()
        assert got_t == [(base + k * 100_000) / 1e6 for k in range(5)]
        assert got_v == pytest.approx([6.0 * (k + 1) for k in range(5)])  # m3/s as L/min
        assert trend.header["pos"] <= base + 400_000


@pytest.mark.parametrize("beside", [True, False])
def test_a_tag_of_which_the_feed_has_nothing_comes_from_the_ledger(world: World, beside: bool) -> None:
    key, name = world.writer.key("machine", "winder/1"), world.writer.key("signal", "tension")
    tag = next(f"winder/1/{s.name}" + ("/1" if s.count > 1 else "") for s in world.plant.segment("winder").signals)
    name = world.writer.key("signal", tag.split("/", 2)[2])
    begin = world.now + (35 - 5 * beside) * MINUTE_US
    world.writer.sample(begin, sample_body())
    world.writer.commit(line_us=begin)
    with contextlib.ExitStack() as stack:
        server = world.server if beside else stack.enter_context(WebServer(world.ledger, port=0))
        p = stack.enter_context(page(server))
        p.say("subscribe", id=9, run="live-1", topic="signals", tags=[tag], after=begin)
        p.say("ping", sent=0)
        p.until(FrameType.PONG)
        low, scale, data = packed([1.0, 2.0, 3.0])
        world.writer.append(
            "signal",
            {
                "machine": [key],
                "name": [name],
                "begin_us": [begin + 1_000_000],
                "every_us": [1_000_000],
                "n": [3],
                "low": [low],
                "scale": [scale],
                "data": [data],
            },
        )
        world.writer.commit()
        trend = p.until(FrameType.TREND, 9)
        assert len(trend.arrays[0]) == 3
        assert trend.header["pos"] == begin + 3_000_000


def test_tables_come_at_most_once_a_second_however_often_the_line_changes(world: World) -> None:
    with page(world) as p:
        p.say("subscribe", id=1, run="live-1", topic="line")
        p.next()
        begun, frames = time.monotonic(), 0
        at = world.now + 60 * MINUTE_US
        while time.monotonic() - begun < 2.2:
            at += 100_000
            world.writer.sample(at, sample_body())
            world.writer.commit()
            world.server.notify()
            with contextlib.suppress(TimeoutError):
                frame = decode(p.socket.recv(0.05))
                frames += frame.type is FrameType.TABLE
        assert 1 <= frames <= 3


def test_a_page_that_does_not_draw_is_not_flooded(world: World) -> None:
    at = world.now + 100 * MINUTE_US
    with page(world) as p:
        p.say("subscribe", id=1, run="latest", topic="signals", tags=[PUMP], after=at)
        p.say("seen", seq=0)
        begun, frames = time.monotonic(), 0
        while time.monotonic() - begun < 2.0:
            at += 10_000
            world.feed.put(PUMP, at, 1e-4)
            with contextlib.suppress(TimeoutError):
                p.socket.recv(0.01)
                frames += 1
        assert frames <= 9  # eight wait to be seen; then nothing more comes
        p.say("seen", seq=frames)
        joined = p.until(FrameType.TREND)
        assert len(joined.arrays[0]) > 20  # what was held back comes joined, in one frame


def test_states_and_alarms_are_pushed(world: World) -> None:
    with page(world) as p:
        p.say("subscribe", id=1, run="live-1", topic="alarms")
        first = p.until(FrameType.TABLE, 1)
        assert first.header["body"]["counts"]["2"] == 1
        p.say("subscribe", id=2, run="live-1", topic="states", station="winder", machine=1)
        p.say("ping", sent=0)
        p.until(FrameType.PONG)
        late = world.now + 200 * MINUTE_US
        w = world.writer
        w.append(
            "state",
            {
                "machine": [w.key("machine", "winder/1")],
                "from_us": [late],
                "state": [w.key("state", "Suspended")],
                "reason": [w.key("reason", "starved")],
            },
        )
        w.commit()
        rows = p.until(FrameType.TABLE, 2).header["body"]["rows"]
        assert [(r["state"], r["group"], r["reason"]) for r in rows] == [("Suspended", "waiting", "starved")]
        w.event("alarm.acknowledged", late, {"key": 1, "by": "M. Okafor"})
        w.commit()
        second = p.until(FrameType.TABLE, 1).header["body"]
        assert second["alarms"][0]["acknowledged_by"] == "M. Okafor"
        assert second["counts"]["unacknowledged"] == 1


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("nonsense", "not JSON"), ("[1]", "is an object"), ('{"op": "dance"}', "no such message"), ('{"op": "subscribe", "id": "a"}', "whole number"),
        ('{"op": "subscribe", "id": 1, "topic": "weather"}', "no such topic"),
        ('{"op": "subscribe", "id": 1, "topic": "signals", "tags": ["a"]}', "no tag"),
        ('{"op": "subscribe", "id": 1, "topic": "signals", "tags": []}', "Name the signals"),
        ('{"op": "subscribe", "id": 1, "topic": "line", "run": "live-77"}', "no run"),
        ("[" * 100_000, "too long"), ('{"op": "subscribe", "id": 1, "topic": "events", "after": "x"}', "whole number"),
    ],
)  # fmt: skip
def test_a_wrong_message_is_answered_and_the_socket_stays(world: World, text: str, what: str) -> None:
    with page(world) as p:
        p.socket.send(text)
        assert what in p.until(FrameType.ERROR).header["error"]["what"]
        p.say("ping", sent=1)
        p.until(FrameType.PONG)


def test_too_many_subscriptions_are_refused(world: World) -> None:
    with page(world) as p:
        for k in range(64):
            p.say("subscribe", id=k, run="live-1", topic="states", station="winder", machine=1)
        p.say("subscribe", id=64, run="live-1", topic="states", station="winder", machine=1)
        assert "too many" in p.until(FrameType.ERROR).header["error"]["what"]
