"""The live stream: one WebSocket a page, only what is on its screen, at the pace at which it draws (`docs/api.md`, section 9).

There is no queue of frames. When the socket can take more, what is due is read from the ledger as it is then: tables that a slow page missed are
never made, trends come joined. So memory is bounded whatever a page does.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from linewright.model.errors import LinewrightError
from linewright.web.answers import AnswerError, error_body
from linewright.web.experiment_queue import Experiments
from linewright.web.experiments import experiments_topic
from linewright.web.frames import FrameType, encode
from linewright.web.hub import Hub
from linewright.web.readers import OpenRun, Readers, now_us
from linewright.web.topics import TAGS, Signals, Topic, make_topic

__all__ = ["router"]

router = APIRouter()
LOG = logging.getLogger("linewright.web")

SUBSCRIPTIONS = 64
MESSAGE_BYTES = 65_536
FAST_S, SLOW_S = 1.0 / 30.0, 1.0 / 10.0
BEHIND = 3  # frames not yet seen: from here on the slower pace
MOST_BEHIND = 8  # no further frames before one of these has been seen
SEEN_PATIENCE_S = 5.0  # a page that no longer says what it has seen (it is hidden) is served slowly, not forgotten
SEND_PATIENCE_S = 30.0


@dataclass(slots=True)
class Subscription:
    """One topic of a page, and when it is next looked at; `run` is None where the topic is of no run."""

    topic: Topic
    run: OpenRun | None
    due: float = 0.0
    changed: bool = True
    tags: int = 0


class Session:
    """One page's socket.

    Parameters
    ----------
    socket
        Accepted already.
    readers, hub
        The runs, and who tells that they changed.
    experiments
        Those of this ledger.
    """

    def __init__(self, socket: WebSocket, readers: Readers, hub: Hub, experiments: Experiments) -> None:
        self.socket, self.readers, self.hub, self.experiments = socket, readers, hub, experiments
        self.subscriptions: dict[int, Subscription] = {}
        self.wake = asyncio.Event()
        self.changed = asyncio.Event()
        self.seq = 0
        self.seen: int | None = None
        self.seen_at = 0.0
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """Serve until the page leaves or the server ends."""
        tasks = [asyncio.create_task(t) for t in (self.listen(), self.serve(), self.hub.closing.wait())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except (WebSocketDisconnect, RuntimeError) as error:
            LOG.debug("a page left: %s", error)
        except TimeoutError:
            await self.close(1013, "the page takes nothing")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.hub.leave(self.changed)
        if self.hub.closing.is_set():
            await self.close(1001, "the server ends")

    async def close(self, code: int, reason: str) -> None:
        """Close the socket, if it is still open."""
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            if self.socket.application_state is WebSocketState.CONNECTED:
                await self.socket.close(code, reason)

    # ---- what the page says

    async def listen(self) -> None:
        """Take the page's messages; a wrong one is answered with why."""
        while True:
            text = await self.socket.receive_text()
            received = now_us()
            try:
                await self.take(message_of(text), received)
            except LinewrightError as error:
                await self.send(FrameType.ERROR, {"error": error_body(error), "t_us": None})

    async def take(self, message: dict[str, Any], received: int) -> None:
        """Do what one message asks."""
        op = message.get("op")
        if op == "hello":
            await self.send(FrameType.HELLO, {"server_us": received, "version": 1, "live": self.readers.live_run()})
        elif op == "ping":
            await self.send(FrameType.PONG, {"sent": message.get("sent"), "server_us": received, **await self.in_thread(self.line_clock)})
        elif op == "seen":
            self.seen = max(self.seen or 0, int(message["seq"])) if isinstance(message.get("seq"), int) else self.seen
            self.seen_at = time.monotonic()
            self.wake.set()
        elif op == "unsubscribe":
            self.subscriptions.pop(message.get("id"), None)  # type: ignore[arg-type]
            self.listen_to_runs()
        elif op == "subscribe":
            await self.subscribe(message)
        else:
            raise AnswerError(422, "There is no such message.", expected="hello, subscribe, unsubscribe, ping, seen", came=str(op))

    async def subscribe(self, message: dict[str, Any]) -> None:
        """Begin a subscription, or replace the one of that number."""
        number = message.get("id")
        if not isinstance(number, int) or isinstance(number, bool):
            raise AnswerError(422, "A subscription has a whole number as its id.", came=str(number))
        others = [s for n, s in self.subscriptions.items() if n != number]
        if len(others) >= SUBSCRIPTIONS:
            raise AnswerError(
                429, "There are too many subscriptions.", expected=f"at most {SUBSCRIPTIONS}", step="Unsubscribe what is no longer on the screen."
            )
        try:
            topic, run = await self.in_thread(self.topic_of, message)
        except LinewrightError as error:
            self.subscriptions.pop(number, None)
            await self.send(FrameType.ERROR, {"error": error_body(error), "id": number, "t_us": None})
            return
        tags = len(message["tags"]) if isinstance(topic, Signals) else 0
        if tags + sum(s.tags for s in others) > TAGS:
            raise AnswerError(
                429,
                "There are too many signals on one page.",
                expected=f"at most {TAGS}",
                came=str(tags),
                step="Unsubscribe what is no longer on the screen.",
            )
        self.subscriptions[number] = Subscription(topic, run, tags=tags)
        self.listen_to_runs()
        self.wake.set()

    def topic_of(self, message: dict[str, Any]) -> tuple[Topic, OpenRun | None]:
        """Return what a message subscribes to, and the run whose changes matter; experiments are of the ledger, not of a run."""
        if message.get("topic") == "experiments":
            return experiments_topic(self.experiments), None
        return make_topic(self.readers, message)

    def listen_to_runs(self) -> None:
        """Be told of changes of the runs that are subscribed, and of no others."""
        self.hub.leave(self.changed)
        for s in self.subscriptions.values():
            if s.run is not None:
                self.hub.listen(s.run, self.changed)

    def line_clock(self) -> dict[str, Any]:
        """Return the line's time of the newest run, and how fast it runs."""
        runs = [s.run for s in self.subscriptions.values() if s.run is not None][:1]
        try:
            run = runs[0] if runs else self.readers.open()
        except AnswerError:
            return {"line_us": None, "speed": None}  # a ledger without a run has no line time
        info = run.info
        speed = info.speed if info.speed is not None else "max" if info.source == "live" else None
        return {"line_us": run.line_us(), "speed": speed if info.is_written else 0}

    # ---- what the page gets

    async def serve(self) -> None:
        """Send what is due, as long as the page keeps up."""
        while True:
            if self.changed.is_set():
                self.changed.clear()
                for s in self.subscriptions.values():
                    s.changed = True
            pace = self.pace()
            now = time.monotonic()
            ready = [(n, s) for n, s in list(self.subscriptions.items()) if s.due <= now and (s.changed or not s.topic.on_change)]
            if pace is None or not ready:
                await self.rest(pace, now)
                continue
            for number, s in ready:
                s.changed = False
                s.due = now + max(s.topic.every_s, pace)
                await self.send_new(number, s)

    def pace(self) -> float | None:
        """Return the least time between two looks at a topic; None while the page is too far behind to be sent anything."""
        if self.seen is None:
            return SLOW_S
        behind = self.seq - self.seen
        if behind >= MOST_BEHIND and time.monotonic() - self.seen_at < SEEN_PATIENCE_S:
            return None
        return FAST_S if behind <= BEHIND else SLOW_S

    async def rest(self, pace: float | None, now: float) -> None:
        """Sleep until something is due, has changed, or was seen."""
        dues = [s.due for s in self.subscriptions.values() if s.changed or not s.topic.on_change]
        wait = 0.25 if pace is None else min([*(max(0.0, d - now) for d in dues), 1.0])
        self.wake.clear()
        tasks = [asyncio.create_task(e.wait()) for e in (self.wake, self.changed)]
        try:
            await asyncio.wait(tasks, timeout=max(wait, 0.001), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    async def send_new(self, number: int, s: Subscription) -> None:
        """Send what is new of one subscription; a run that cannot be read is said, and tried again."""
        try:
            frames = await self.in_thread(s.topic.produce)
        except LinewrightError as error:
            s.due = time.monotonic() + 1.0
            await self.send(FrameType.ERROR, {"error": error_body(error), "id": number, "t_us": None})
            return
        for frame in frames:
            if self.subscriptions.get(number) is not s:
                return  # unsubscribed or replaced meanwhile
            await self.send(frame.kind, {"id": number, "run": None if s.run is None else s.run.run, **frame.header}, frame.arrays)

    async def send(self, kind: FrameType, header: dict[str, Any], arrays: Any = ()) -> None:
        """Send one frame with its number and the server's time; give up on a page that takes nothing for long."""
        async with self._sending:
            self.seq += 1
            data = encode(kind, {"seq": self.seq, "sent_us": now_us(), **header}, arrays)
            await asyncio.wait_for(self.socket.send_bytes(data), SEND_PATIENCE_S)

    async def in_thread(self, function: Any, *arguments: Any) -> Any:
        """Run what reads the ledger in one of the stream's threads."""
        return await asyncio.get_running_loop().run_in_executor(self.hub.pool, function, *arguments)


def message_of(text: str) -> dict[str, Any]:
    """Return a page's message.

    Raises
    ------
    AnswerError
        It is none.
    """
    if len(text) > MESSAGE_BYTES:
        raise AnswerError(413, "The message is too long.", expected=f"at most {MESSAGE_BYTES} letters", came=str(len(text)))
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise AnswerError(422, "The message is not JSON.", expected='{"op": "subscribe", …}', came=text[:80]) from None
    if not isinstance(message, dict):
        raise AnswerError(422, "A message is an object.", expected='{"op": "subscribe", …}', came=text[:80])
    return message


@router.websocket("/stream")
async def stream(socket: WebSocket) -> None:
    """Serve one page until it leaves."""
    await socket.accept()
    state = socket.app.state
    await Session(socket, state.readers, state.hub, state.experiments).run()
