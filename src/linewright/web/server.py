"""`serve`: the page on a ledger; `WebServer`: the same in a thread beside a live run."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

import uvicorn

from linewright.ledger.ledger import Ledger
from linewright.model.errors import LinewrightError
from linewright.web.app import make_app
from linewright.web.guard import check_bind
from linewright.web.hub import Hub
from linewright.web.pages import BUILT
from linewright.web.readers import Commands, Feed, Readers
from linewright.web.stream import MESSAGE_BYTES

__all__ = ["PORT", "PortError", "WebServer", "serve"]

PORT = 8350
TRIED = 20  # ports behind the one that is taken that are tried for a free one
STOP_S = 3.0


class PortError(LinewrightError):
    """The port cannot be listened on."""


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises
    ------
    PortError
        The port is taken or not allowed, with one that is free.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    if not 0 <= port <= 65535:
        raise PortError(f"--port {port}: a port is a number from 1 to 65535 (0: any that is free).")
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(128)
    except OSError as error:
        sock.close()
        free = free_port(host, port)
        step = f"Use one that is free: --port {free}" if free is not None else "Name another one with --port."
        if error.errno == errno.EADDRINUSE:
            raise PortError(f"--port {port}: another process listens there already (another run?). {step}") from error
        if error.errno == errno.EACCES:
            raise PortError(f"--port {port}: the system does not let this user listen there. {step}") from error
        raise PortError(f"--port {port}: {host} cannot be listened on ({error.strerror}). {step}") from error
    return sock


def free_port(host: str, port: int) -> int | None:
    """Return the next port that is free; None where none of the next ones is."""
    for candidate in range(max(port + 1, 1024), min(port + TRIED, 65535) + 1):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, candidate))
                return candidate
    return None


class WebServer:
    """The page's server in a thread of its own: begin it, wait until it is ready, end it.

    Parameters
    ----------
    ledger
        The runs that it shows.
    host, port
        Where it listens: the loopback address alone; port 0 takes any that is free.
    commands, feed
        Of the live run beside it; None without one.
    run
        Id of that run; None takes the live run that is being written.
    built
        Folder of the built page.

    Raises
    ------
    HostError
        The host is not this computer alone.
    PortError
        The port is taken; the message names a free one.
    """

    def __init__(
        self,
        ledger: Ledger,
        host: str = "127.0.0.1",
        port: int = PORT,
        *,
        commands: Commands | None = None,
        feed: Feed | None = None,
        run: str | None = None,
        built: Path = BUILT,
    ) -> None:
        address = check_bind(host)
        self._socket = listening_socket(address, port)
        self.host, self.port = address, int(self._socket.getsockname()[1])
        self._hub = Hub(Readers(ledger, commands, feed, run))
        config = uvicorn.Config(
            make_app(self._hub.readers, port=self.port, built=built, hub=self._hub),
            lifespan="on", log_config=None, access_log=False, server_header=False, proxy_headers=False, ws="websockets-sansio",
            ws_max_size=4 * MESSAGE_BYTES, ws_per_message_deflate=False, timeout_keep_alive=30, timeout_graceful_shutdown=2, limit_concurrency=200,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._fault: BaseException | None = None

    @property
    def url(self) -> str:
        """Where the page is."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    def start(self) -> WebServer:
        """Begin to serve in a thread; return at once."""
        self._thread = threading.Thread(target=self._run, name="linewright-web", daemon=True)
        self._thread.start()
        return self

    def ready(self, timeout_s: float = 15.0) -> bool:
        """Wait until it answers.

        Raises
        ------
        LinewrightError
            It could not begin.
        """
        done = self._ready.wait(timeout_s)
        if self._fault is not None:
            raise LinewrightError(f"The page's server did not begin: {self._fault}. The run goes on without a page; see the log.") from self._fault
        return done

    def notify(self) -> None:
        """Tell the pages that the run has committed; from any thread, never waits."""
        self._hub.notify()

    def wait(self) -> None:
        """Wait until it has ended."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(0.2)  # in pieces, so that Ctrl-C is heard on every system

    def stop(self) -> None:
        """End it: pages are told (1001), answers under way are finished. Twice does no harm."""
        self._hub.end()
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(STOP_S)
            if self._thread.is_alive():
                self._server.force_exit = True
                self._thread.join(STOP_S)
            self._thread = None
        self._socket.close()

    def __enter__(self) -> Self:
        self.start().ready()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self.until_stopped(self._ready.set))
        except BaseException as error:
            logging.getLogger("linewright.web").exception("the server ended")
            self._fault = error
        finally:
            self._ready.set()

    async def until_stopped(self, on_ready: Callable[[], None] | None = None) -> None:
        """Serve in the running event loop until `stop` is called."""
        task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event to wait for
            await asyncio.sleep(0.005)
        if on_ready is not None and self._server.started:
            on_ready()
        await task


def serve(
    ledger: Ledger,
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    commands: Commands | None = None,
    feed: Feed | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the page on a ledger until Ctrl-C.

    Parameters
    ----------
    ledger
        The runs that it shows.
    host, port
        The loopback address alone.
    commands, feed
        Of a live run in this process; None: the page only looks.
    on_ready
        Called with the page's address when it answers.
    """
    server = WebServer(ledger, host, port, commands=commands, feed=feed).start()
    try:
        server.ready()
        if on_ready is not None:
            on_ready(server.url)
        server.wait()
    except KeyboardInterrupt:
        pass  # how a person ends it
    finally:
        server.stop()
