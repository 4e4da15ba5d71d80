"""Search: a part of an id, stations, pages; where nothing is found, what is nearest (`docs/api.md`, section 8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response

from linewright.genealogy.trace import near_ids, recent
from linewright.ledger.records import Thing
from linewright.web.answers import answer
from linewright.web.asked import ReadersNow
from linewright.web.readers import OpenRun
from linewright.web.titles import thing_title

__all__ = ["nearest_ids", "router", "search_body"]

router = APIRouter()
PAGES = (
    ("Line", "/line"),
    ("Alarms", "/alarms?state=active"),
    ("Find", "/find"),
    ("Webs", "/webs"),
    ("Experiments", "/experiments"),
    ("Impedance", "/impedance"),
    ("Model", "/model"),
)
GROUPS = {"unit": "Units", "web": "Webs", "lot": "Batches and lots", "carrier": "Carriers"}
TAIL = re.compile(r"^(.*?)-?0*(\d+)$")
QUERY_LETTERS = 120


def address_of(thing: Thing) -> str:
    """Return the page of a thing."""
    page = {"web": "web", "lot": "lot", "carrier": "lot"}.get(thing.kind, "unit")  # an import has kinds of its own
    return f"/{page}/{quote(thing.id, safe='')}"


def numbered(run: OpenRun, q: str) -> Iterator[Thing]:
    """Yield things of the numbered ranges whose id fits: exactly, then by the end of its number, then by its begin."""
    match = TAIL.match(q)
    if match is None or len(match[2]) > 15:
        return
    head, digits = match[1].rstrip("-").lower(), match[2]
    value = int(digits)
    ranges = [(kind, prefix, first, last) for kind, prefix, first, last in run.reader.kinds_in_use() if head in prefix.lower()]
    for _, prefix, first, last in ranges:
        if first <= value <= last:
            yield from known(run, f"{prefix}-{value}")
    step = 10 ** len(digits)
    for _, prefix, first, last in ranges:
        # The newest numbers that end so.
        top = last - (last - value) % step
        for serial in range(top, max(first, top - 2 * step) - 1, -step):
            if serial != value:
                yield from known(run, f"{prefix}-{serial}")
    for _, prefix, first, last in ranges:
        for more in range(1, 12):
            low = value * 10**more
            if low > last:
                break
            if low + 10**more > first:
                yield from known(run, f"{prefix}-{max(low, first)}")


def known(run: OpenRun, thing_id: str) -> Iterator[Thing]:
    """Yield the thing of an id, where there is one."""
    key = run.reader.key_of(thing_id)
    thing = run.reader.thing(key) if key is not None else None
    if thing is not None:
        yield thing


def things_like(run: OpenRun, q: str, limit: int) -> list[Thing]:
    """Return things whose id holds a text: exact ones first, then those that begin, end, then hold it."""
    found: dict[str, Thing] = {}
    for thing in (*known(run, q), *run.reader.ids_like(q, 4 * limit)):
        found.setdefault(thing.id, thing)
    for thing in numbered(run, q):
        if len(found) >= 8 * limit:
            break
        found.setdefault(thing.id, thing)
    low = q.lower()

    def rank(thing: Thing) -> tuple[int, int, str]:
        text = thing.id.lower()
        return (0 if text == low else 1 if text.startswith(low) else 2 if text.endswith(low) else 3, len(text), text)

    return sorted(found.values(), key=rank)


def hit(thing: Thing, q: str) -> dict[str, Any]:
    """Return a thing as a result, with the letters that fit."""
    at = thing.id.lower().find(q.lower()) if q else -1
    note = ", ".join(x for x in (thing_title(thing.kind, thing.material), thing.machine or "", thing.remark or "") if x)
    return {
        "id": thing.id,
        "title": thing.id,
        "address": address_of(thing),
        "note": note,
        "match": [at, at + len(q)] if at >= 0 else None,
        "kind": thing.kind,
    }


def nearest_ids(run: OpenRun, q: str, count: int = 3) -> list[str]:
    """Return ids close to one that is not there: of the same prefix the nearest serial, else what holds a part of it."""
    if q.rpartition("-")[2].isdigit() and (near := near_ids(run.reader, q, count)):
        return list(near)
    tries = (q, q[:-1], q[:-2], *re.findall(r"\d{2,}", q))
    for part in tries:
        found = [t.id for t in things_like(run, part, count)] if len(part) >= 2 else []
        if found:
            return found[:count]
    return list(near_ids(run.reader, q, count))


def search_body(run: OpenRun, q: str, limit: int) -> dict[str, Any]:
    """Return what fits a text; without one, the last units, webs and batches."""
    q = q.strip()[:QUERY_LETTERS]
    groups: dict[str, list[dict[str, Any]]] = {}
    if not q:
        for kind, things in recent(run.reader, 10).items():
            groups[kind] = [hit(t, "") for t in things or last_of_stock(run, kind, 10)]
    else:
        for thing in things_like(run, q, limit):
            rows = groups.setdefault(thing.kind, [])
            if len(rows) < limit:
                rows.append(hit(thing, q))
    more = sorted(set(groups) - set(GROUPS)) if q else kinds_of_records(run)
    order = [k for k in (*(k for k in more if run.info.source == "import"), *GROUPS) if groups.get(k)]
    found = [{"kind": k, "title": GROUPS.get(k) or thing_title(k, None), "hits": groups[k]} for k in order]
    words = [w for w in re.split(r"[\s/]+", q.lower()) if w]
    # A number alone is an id; beside a word it is a machine's.
    named = any(not w.isdigit() for w in words)
    stations = [s for s in run.entries.values() if named and all(w in f"{s['title'].lower()} {s['path']}" or w.isdigit() for w in words)]
    rows = [station_hit(s, words) for s in stations[:limit]]
    if rows:
        found.append({"kind": "station", "title": "Stations", "hits": rows})
    pages = [
        {"id": name, "title": name, "address": address, "note": "", "match": None} for name, address in PAGES if words and q.lower() in name.lower()
    ]
    if pages:
        found.append({"kind": "page", "title": "Pages", "hits": pages})
    names = [s["title"] for s in run.entries.values()]
    nearest = [] if found else [*nearest_ids(run, q), *get_close_matches(q.capitalize(), names, n=2, cutoff=0.5)][:3]
    return {"run": run.run, "q": q, "groups": found, "nearest": nearest}


def kinds_of_records(run: OpenRun) -> list[str]:
    """Return the kinds of an import's things (cells, sheets ... as the records call them), those with the most values first; none for a run."""
    if run.info.source != "import":
        return []
    rows = run.reader.rows(
        "SELECT t.kind, COUNT(DISTINCT o.thing) FROM thing t LEFT JOIN observation o ON o.thing = t.key"
        " GROUP BY t.kind ORDER BY 2 DESC, COUNT(*) DESC"
    )
    names = [run.reader.name(kind) or "" for kind, _ in rows]
    return [name for name in names if name and name not in GROUPS]


def last_of_stock(run: OpenRun, kind: str, count: int) -> list[Thing]:
    """Return the last things of a kind that were made before the run: what there is to look at in its first minutes."""
    ranges = [(prefix, first, last) for k, prefix, first, last in run.reader.kinds_in_use() if k == kind]
    share = max(1, count // max(1, len(ranges)))
    return [
        t for prefix, first, last in ranges for serial in range(last, max(first, last - share + 1) - 1, -1) for t in known(run, f"{prefix}-{serial}")
    ]


def station_hit(s: dict[str, Any], words: list[str]) -> dict[str, Any]:
    """Return a station as a result; "winder 7" leads to the machine."""
    number = next((int(w) for w in words if w.isdigit() and 1 <= int(w) <= s["count"] and w not in s["path"].split("-")), None)
    name = s["machine_title"].replace("{n}", str(number)) if number is not None else s["title"]
    address = f"/line/{quote(s['path'], safe='')}" + (f"/{number}" if number is not None and s["count"] > 1 else "")
    return {"id": s["path"], "title": name, "address": address, "note": "", "match": None, "kind": "station"}


@router.get("/runs/{run}/search")
def search(readers: ReadersNow, run: str, q: str = "", limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Response:
    """Answer what fits a text."""
    return answer(search_body(readers.open(run), q, limit))
