"""`linewright serve`."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

import sys
from typing import Annotated

import typer

from linewright.cli.asked import ledger_at
from linewright.cli.printing import say


def serve(
    ledger: Annotated[str | None, typer.Option(help="Folder of the ledger, or postgresql://user@host/database.")] = None,
    port: Annotated[int, typer.Option(help="Port of the page.")] = 8350,
    host: Annotated[str, typer.Option(help="The loopback address alone.")] = "127.0.0.1",
) -> None:
    """Open the page on a ledger, without a run."""
    from linewright.web.server import serve as serve_page

    store = ledger_at(ledger)

    def told(url: str) -> None:
        say(f"The page is at {url}  (ledger {store.where}; Ctrl-C ends it)")
        sys.stdout.flush()

    serve_page(store, host=host, port=port, on_ready=told)
