"""`linewright run`."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from linewright.cli.asked import LARGEST_SEED, ledger_at, line_of, seconds, speed_of
from linewright.cli.fault_options import At, Faults, Lasting, Machine, Tool, faults_asked
from linewright.cli.printing import say
from linewright.model.errors import LinewrightError

if TYPE_CHECKING:
    from linewright.ledger.ledger import Ledger
    from linewright.live.live_run import LiveRun
    from linewright.web.server import WebServer


def run(  # noqa: PLR0917 - a command's options are its arguments
    line: Annotated[str, typer.Argument(help="A line of the library, or a file.")],
    speed: Annotated[str, typer.Option(help="1 is the clock's speed, 60 sixty times it, max as fast as it can.")] = "1",
    seed: Annotated[int | None, typer.Option(min=0, max=LARGEST_SEED, help="Key of all draws.")] = None,
    port: Annotated[int, typer.Option(help="Port of the page.")] = 8350,
    host: Annotated[str, typer.Option(help="The loopback address alone.")] = "127.0.0.1",
    ledger: Annotated[str | None, typer.Option(help="Folder of the ledger, or postgresql://user@host/database.")] = None,
    go_on: Annotated[bool, typer.Option("--continue", help="Go on with the newest run, though the file changed.")] = False,
    anew: Annotated[bool, typer.Option("--new", help="Begin a new run.")] = False,
    no_page: Annotated[bool, typer.Option("--no-page", help="Without the page.")] = False,
    until: Annotated[str | None, typer.Option(help='Line time to stop at, such as "8 h".')] = None,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change one value; may be repeated.")] = None,
    faults: Faults = None,
    tool: Tool = None,
    machine: Machine = None,
    at: At = None,
    lasting: Lasting = None,
) -> None:
    """Run a line live against its machines, and serve its page; Ctrl-C ends it cleanly."""
    if go_on and anew:
        raise LinewrightError("--continue and --new exclude each other: go on with the newest run, or begin a new one?")
    pace, until_s = speed_of(speed), seconds(until)
    import asyncio

    from linewright.live.run import run as run_line
    from linewright.model.fault_words import fault_words

    plant, store = line_of(line, [*(changes or ()), *faults_asked(faults or (), tool, machine, at, lasting)]), ledger_at(ledger)
    for path in store.damaged():
        told(f"{path}: this file is damaged, its run cannot be read or gone on with. Put a copy of it back, or move it away.")
    for error in store.newer():
        told(str(error))
    for fault in plant.faults:
        told(f"fault: {fault_words(fault)}")
    page = Page(store, host, port)
    if not no_page:
        page.check()
    try:
        result = asyncio.run(
            run_line(
                plant,
                ledger=store,
                speed=pace,
                seed=seed,
                continue_run=True if go_on else False if anew else None,
                until_s=until_s,
                on_ready=begun if no_page else page.open,
                say=told,
            )
        )
    finally:
        page.close()
    told(f"{result.run} ended ({result.why}) at {result.line_s:.0f} s of line time. The same command goes on with it.")


def told(text: str) -> None:
    """Print at once what happens, also where nobody's terminal reads it."""
    say(text)
    sys.stdout.flush()


def begun(live: LiveRun) -> None:
    """Say that a run without a page has begun."""
    told(f"{live.run_id} is live, without a page. Ctrl-C ends it.")


class Page:
    """The page beside a run.

    Parameters
    ----------
    ledger, host, port
        What is served; where it listens.
    """

    def __init__(self, ledger: Ledger, host: str, port: int) -> None:
        self.ledger, self.host, self.port = ledger, host, port
        self.server: WebServer | None = None

    def check(self) -> None:
        """Refuse a host or port that cannot be used, before a line is made."""
        from linewright.web.guard import check_bind
        from linewright.web.server import listening_socket

        listening_socket(check_bind(self.host), self.port).close()

    def open(self, live: LiveRun) -> None:
        """Begin to serve, and say where."""
        from linewright.web.server import WebServer

        self.server = WebServer(self.ledger, self.host, self.port, commands=live.commands, feed=live.feed, run=live.run_id).start()
        self.server.ready()
        live.listeners.append(self.server.notify)
        live.event("page.opened", live.reached_ns, {"url": self.server.url})  # whoever has a command for this run finds it here
        told(f"{live.run_id} is live. The page is at {self.server.url}  (Ctrl-C ends it)")

    def close(self) -> None:
        """End the server where it was begun."""
        if self.server is not None:
            self.server.stop()
