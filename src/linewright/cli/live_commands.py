"""Commands to a run that another process writes: sent to the page beside it, answered by the ledger."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

from linewright.ledger.ledger import Ledger
from linewright.model.errors import LinewrightError

__all__ = ["send"]

#: The page's event in a run: where it is served.
PAGE = "page.opened"
WAIT_S = 10.0


def send(ledger: Ledger, run: str, command: dict[str, Any]) -> str:
    """Send a command to a run under way, wait until its ledger has the answer, and return that in words.

    Parameters
    ----------
    command
        ``kind``, ``target``, ``reason``, ``by`` as in docs/api.md, section 6.

    Raises
    ------
    LinewrightError
        The run has no page, it does not answer, or it refuses.
    """
    request = uuid.uuid4().hex
    with ledger.reader(run) as reader:
        opened = reader.events_since(0, PAGE, 100_000)
        last = max((e.seq for e in reader.events_since(0, "Command", 1_000_000)), default=0)
        if not opened:
            raise LinewrightError(f"{run} is written by another process, without a page: it cannot be told.\n    End it, or run it with its page.")
        url = str(opened[-1].body["url"]).rstrip("/")
        _post(f"{url}/api/runs/{run}/commands", url, command | {"request": request, "preview": False}, run)
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            for event in reader.events_since(last, "Command", 1000):
                if event.body.get("request") == request:
                    if event.body.get("ok"):
                        return str(event.body.get("text", ""))
                    raise LinewrightError(f"{event.body.get('text', '')}\n    {event.body.get('next', '')}".rstrip())
            time.sleep(0.05)
    raise LinewrightError(f"{run} took the command and has not answered in {WAIT_S:g} s.\n    linewright hold --run {run} shows whether it was done.")


def _post(address: str, origin: str, body: dict[str, Any], run: str) -> None:
    asked = urllib.request.Request(  # noqa: S310 - the address is the run's own page on this machine
        address, json.dumps(body).encode(), {"Content-Type": "application/json", "Origin": origin}, method="POST"
    )
    try:
        with urllib.request.urlopen(asked, timeout=WAIT_S):  # noqa: S310 - as above
            return
    except urllib.error.HTTPError as error:
        with error:
            told = json.loads(error.read() or b"{}")
        raise LinewrightError(f"{told.get('what', error.reason)}\n    {told.get('next') or ''}".rstrip()) from error
    except OSError as error:
        raise LinewrightError(f"{run}: its page at {origin} does not answer ({error}).\n    Is it still running? linewright runs tells.") from error
