"""The application: addresses, one file each, inside one guard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from linewright.model.errors import LinewrightError
from linewright.web import (
    alarms,
    causes,
    curves,
    experiments,
    holds,
    impedance,
    line,
    measures,
    runs,
    search,
    signals,
    stations,
    stream,
    things,
    webs,
)
from linewright.web.answers import AnswerError, answer, error_body, error_response
from linewright.web.experiment_files import ExperimentFiles
from linewright.web.experiment_queue import Experiments
from linewright.web.guard import Guard
from linewright.web.hub import Hub
from linewright.web.impedance_work import Analyses
from linewright.web.pages import BUILT, Pages
from linewright.web.readers import Readers

__all__ = ["make_app"]

ROUTERS: tuple[APIRouter, ...] = (
    runs.router, line.router, measures.router, signals.router, stations.router, alarms.router, holds.router, search.router, curves.router,
    causes.router, things.router, webs.router, experiments.router, impedance.router, stream.router,
)  # fmt: skip


def make_app(readers: Readers, *, port: int = 0, built: Path = BUILT, hub: Hub | None = None) -> ASGIApp:
    """Return the whole web application.

    Parameters
    ----------
    readers
        The runs that it shows.
    port
        The port it listens on; 0 takes it from each connection.
    built
        Folder of the built page.
    hub
        Tells streams that the ledger has changed; None makes one.
    """
    hub = hub or Hub(readers)
    analyses = Analyses()
    kept = Experiments(ExperimentFiles(readers.ledger.folder), runs.installed_version())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with hub.watching():
            yield
        analyses.close()
        kept.close()  # what is under way is kept as interrupted

    # No interactive documentation: its page loads from foreign hosts. docs/api.md is the contract.
    app = FastAPI(title="Linewright", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.readers, app.state.pages, app.state.hub, app.state.experiments = readers, Pages(built), hub, kept
    app.state.analyses = analyses
    for router in ROUTERS:
        app.include_router(router, prefix="/api")
    app.add_api_route("/api/{path:path}", no_such_address, methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    app.add_api_route("/", first_page, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_api_route("/{path:path}", page, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_exception_handler(LinewrightError, error_response)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, wrong_query)
    app.add_exception_handler(Exception, error_response)
    return Guard(app, port)


def no_such_address(request: Request) -> Response:
    """Refuse an address of the API that does not exist."""
    raise AnswerError(404, "There is no such address.", came=request.url.path, step="docs/api.md lists them.")


def first_page(request: Request) -> Response:
    """Lead to the line of the live or newest run; without a run, to the page that says so."""
    infos = request.app.state.readers.infos()
    if infos and request.app.state.pages.is_built:
        page_of = "find" if infos[0].source == "import" else "line"
        return RedirectResponse(f"/{infos[0].name}/{page_of}", 307, {"Cache-Control": "no-store"})
    return page(request)


def page(request: Request) -> Response:
    """Serve a file of the built page, or the page itself for any address of it."""
    pages: Pages = request.app.state.pages
    return pages.serve(request)


def http_error(_request: Request, error: Exception) -> Response:
    """Answer what the framework refuses (a wrong method, say) in the one shape."""
    assert isinstance(error, HTTPException)
    fault = AnswerError(error.status_code, str(error.detail) + ("" if str(error.detail).endswith(".") else "."))
    return answer(error_body(fault), error.status_code, error.headers)


def wrong_query(_request: Request, error: Exception) -> Response:
    """Answer a query whose values have a wrong form: all of them at once."""
    assert isinstance(error, RequestValidationError)
    rows = error.errors()
    names = ", ".join(str(r["loc"][-1]) for r in rows)
    fault = AnswerError(
        400,
        f"The query is wrong: {names}.",
        expected="; ".join(f"{r['loc'][-1]}: {r['msg']}" for r in rows),
        came="; ".join(str(r.get("input")) for r in rows),
    )
    return answer(error_body(fault), 400)
