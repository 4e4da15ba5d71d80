"""The built page: its files with the right caching, and `index.html` for every address of the page (`docs/api.md`, section 10)."""

from __future__ import annotations

import hashlib
import html
import mimetypes
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from linewright.web.answers import AnswerError

__all__ = ["BUILT", "Pages"]

BUILT = Path(__file__).with_name("built")
HASHED = re.compile(r"[.-][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
FOREVER = "public, max-age=31536000, immutable"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml",
         ".json": "application/json",
         ".webmanifest": "application/manifest+json", ".html": "text/html; charset=utf-8"}  # fmt: skip

NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Linewright: the page is not built</title>
<body style="font: 15px/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 40rem; padding: 0 1rem">
<h1 style="font-size: 1.25rem">The page is not built</h1>
<p>The server runs and answers under <a href="/api/health">/api</a>, but <code>{folder}</code> has no <code>index.html</code>.</p>
<p>In a checkout: <code>make page</code> builds it (no Node is needed on the machine). An installed package always has it;
if this one does not, install it again: <code>pip install --force-reinstall linewright</code>.</p></body></html>"""


class Pages:
    """What is served beside the API.

    Parameters
    ----------
    folder
        Where the built page lies.
    """

    def __init__(self, folder: Path = BUILT) -> None:
        self.folder = folder.resolve()

    @property
    def is_built(self) -> bool:
        """Tell whether there is a page to serve."""
        return (self.folder / "index.html").is_file()

    def count(self) -> int:
        """Return how many files the built page has."""
        return sum(1 for p in self.folder.rglob("*") if p.is_file()) if self.folder.is_dir() else 0

    def serve(self, request: Request) -> Response:
        """Answer an address that is not the API's.

        Raises
        ------
        AnswerError
            404 for a file that is not there (an address with a file's ending below `assets`), never for a page.
        """
        path = request.url.path.lstrip("/")
        file = self.file(path)
        if file is not None:
            return self.answer(request, file)
        if path.startswith("assets/"):
            raise AnswerError(404, "There is no such file.", came=path, step="The page was built anew: load it again.")
        index = self.file("index.html")
        if index is None:
            return HTMLResponse(NOT_BUILT.format(folder=html.escape(self.folder.name)), 503, {"Cache-Control": "no-store"})
        return self.answer(request, index)

    def file(self, path: str) -> Path | None:
        """Return the built file of an address; None where there is none or it lies outside of the folder."""
        if not path or "\0" in path or path.endswith((".br", ".gz")):
            return None
        try:
            file = (self.folder / path).resolve()
            return file if file.is_relative_to(self.folder) and file.is_file() else None
        except (OSError, ValueError):  # a name the file system refuses (too long, a surrogate): there is no such file
            return None

    def answer(self, request: Request, file: Path) -> Response:
        """Return a file: kept for ever when its name has a hash, else asked for again by its ETag; compressed where that lies beside it."""
        name = file.relative_to(self.folder).as_posix()
        kept = name.startswith("assets/") and HASHED.search(name)
        kind = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        headers = {"Cache-Control": FOREVER if kept else "no-cache", "Vary": "Accept-Encoding"}
        accepted = {
            part.split(";")[0].strip()
            for part in request.headers.get("accept-encoding", "").split(",")
            if "q=0" not in part.replace(" ", "").split(";")[1:]
        }
        sent = file
        for encoding, ending in ENCODINGS:
            packed = file.with_name(file.name + ending)
            if encoding in accepted and packed.is_file():
                sent, headers["Content-Encoding"] = packed, encoding
                break
        tag = etag(sent)
        headers["ETag"] = tag
        if tag in [t.strip().removeprefix("W/") for t in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers={k: v for k, v in headers.items() if k != "Content-Encoding"})
        return FileResponse(sent, headers=headers, media_type=kind)


def etag(file: Path) -> str:
    """Return a mark of a file that changes with it."""
    stat = file.stat()
    return '"' + hashlib.sha256(f"{file.name}:{stat.st_mtime_ns}:{stat.st_size}".encode()).hexdigest()[:24] + '"'
