"""Who may speak to the server: pages of this server on this computer, nobody else.

The server listens on the loopback address, but any web page that a person has open can send requests there, and a name that is made to point at
127.0.0.1 (DNS rebinding) gets past the browser's rule of one origin. So each request must name this server as `Host`, and whatever
changes something or streams must come from a page of this server (`Origin`).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from linewright.model.errors import LinewrightError
from linewright.web.answers import AnswerError, answer, error_body

__all__ = ["Guard", "HostError", "check_bind", "is_own_host", "is_own_origin"]

NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
BODY_LIMIT = 1_000_000  # bytes; the largest command names some thousand things
URL_LIMIT = 8_000
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

#: Everything from this server. Mantine sets positions as style attributes, which a policy can allow only as a whole.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; font-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class HostError(LinewrightError):
    """The server is asked to listen where others could reach it."""


def check_bind(host: str) -> str:
    """Return the address to listen on; refuse any that is not the loopback.

    Raises
    ------
    HostError
        For any other address or name, with the reason.

    Examples
    --------
    >>> check_bind("localhost")
    '127.0.0.1'
    """
    if host == "localhost":
        return "127.0.0.1"
    try:
        if ipaddress.ip_address(host.strip("[]")).is_loopback and host.strip("[]") in {"127.0.0.1", "::1"}:
            return host.strip("[]")
    except ValueError:
        pass  # a name or nonsense: refused below like any other address
    raise HostError(
        f"--host {host}: the server listens on 127.0.0.1 or ::1 only. It has no accounts yet, so whoever reaches it could command the line. "
        "To look from another computer, use a tunnel: ssh -L 8350:127.0.0.1:8350 THIS-COMPUTER"
    )


def is_own_host(host: str, port: int) -> bool:
    """Tell whether a `Host` header names this server.

    Examples
    --------
    >>> is_own_host("localhost:8350", 8350), is_own_host("evil.example:8350", 8350), is_own_host("127.0.0.1", 8350)
    (True, False, False)
    """
    name, _, given = host.strip().lower().rpartition(":") if not host.endswith("]") else (host.strip().lower(), "", "")
    if not name:
        name, given = given, ""
    return name in NAMES and (given == str(port) or (not given and port == 80))


def is_own_origin(origin: str, port: int) -> bool:
    """Tell whether an `Origin` header is a page of this server.

    Examples
    --------
    >>> is_own_origin("http://127.0.0.1:8350", 8350), is_own_origin("null", 8350), is_own_origin("https://localhost:8350", 8350)
    (True, False, False)
    """
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    bare = not parts.path and not parts.query and not parts.fragment and not parts.username
    return parts.scheme == "http" and bare and is_own_host(parts.netloc, port)


class Guard:
    """An ASGI layer around the whole application: refuses strangers, bounds sizes, adds the security headers.

    Parameters
    ----------
    app
        What is guarded.
    port
        The port the server listens on; 0 takes it from each connection (the server's own socket, not a header).
    """

    def __init__(self, app: ASGIApp, port: int = 0) -> None:
        self.app = app
        self.port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        fault = self.fault(scope)
        if fault is not None:
            await refuse(fault, scope, receive, send)
            return
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        await self.app(scope, Bounded(receive), with_headers(send))

    def fault(self, scope: Scope) -> AnswerError | None:
        """Return why a request is refused, or None."""
        headers = Headers(scope=scope)
        server = scope.get("server")
        port = self.port or (server[1] if server else 0) or 0
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or not is_own_host(hosts[0], port):
            return strange("Host", hosts, f"127.0.0.1:{port} or localhost:{port}", f"Open http://127.0.0.1:{port}/")
        needed = scope["type"] == "websocket" or scope["method"] not in SAFE
        if (origins or needed) and not (len(origins) == 1 and is_own_origin(origins[0], port)):
            return strange("Origin", origins, f"http://127.0.0.1:{port}", "Only a page of this server may change something or stream.")
        site = headers.get("sec-fetch-site")
        if needed and site not in {None, "same-origin"}:
            return strange("Sec-Fetch-Site", [site or ""], "same-origin", "Only a page of this server may change something or stream.")
        if len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"") > URL_LIMIT:
            return AnswerError(414, "The address is too long.", expected=f"at most {URL_LIMIT} bytes", step="Ask for fewer things at once.")
        length = headers.get("content-length")
        if length is not None and (not length.isdigit() or int(length) > BODY_LIMIT):
            return too_large(length)
        return None


def strange(header: str, came: Iterable[str], expected: str, step: str) -> AnswerError:
    """Return the refusal of a stranger, with the header that told."""
    text = ", ".join(came) or "none"
    return AnswerError(403, f"The request is refused: its {header} is not this server.", expected=expected, came=text, step=step)


def too_large(came: str) -> AnswerError:
    """Return the refusal of a body above the limit."""
    return AnswerError(413, "The request is too large.", expected=f"at most {BODY_LIMIT} bytes", came=came, step="Send fewer things at once.")


class Bounded:
    """A `receive` that ends a body which grows beyond the limit, whatever its header said."""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.size = 0

    async def __call__(self) -> Message:
        """Return the next part of the body."""
        message = await self.receive()
        self.size += len(message.get("body", b""))
        if self.size > BODY_LIMIT:
            raise too_large(str(self.size))
        return message


def with_headers(send: Send) -> Send:
    """Return a `send` that adds the security headers to each answer."""

    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sender


async def refuse(fault: AnswerError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a refused request or WebSocket: the same JSON, before anything is accepted."""
    response = answer(error_body(fault), fault.status, HEADERS)
    if scope["type"] == "http":
        await response(scope, receive, send)
        return
    await receive()  # websocket.connect
    if "websocket.http.response" in scope.get("extensions", {}):
        await send({"type": "websocket.http.response.start", "status": fault.status, "headers": response.raw_headers})
        await send({"type": "websocket.http.response.body", "body": bytes(response.body)})
    else:
        await send({"type": "websocket.close", "code": 1008, "reason": fault.what[:120]})
