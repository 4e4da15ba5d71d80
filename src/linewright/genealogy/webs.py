"""Webs as they are made: piece maps, charges of batches, profiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.genealogy.drawn import Values
from linewright.genealogy.facts import LineFacts, Rank, StationFacts, WebFacts, web_key
from linewright.kernels.rows import SERIAL_MASK, VERDICT_MISSED, VERDICT_PASS
from linewright.ledger.writer import RunWriter

__all__ = ["Columns", "Stream", "WebRecorder", "charges_of", "pieces_of"]

#: A stretch of child millimetres with its map: (child_lo, child_hi, a, b).
Piece = tuple[int, int, float, float]
#: Millilitres (or grams) lo..hi of a batch.
Draught = tuple[int, int, int]
Columns = dict[str, list[Any]]


def pieces_of(web: WebFacts, cut_at: float = 0.0) -> list[Piece]:
    """Return how the web that leaves a station lies on the one that entered.

    Parameters
    ----------
    web
        Lengths, rewinding, stretch, trims.
    cut_at
        Where the lost share is cut out, as a share (0 to 1) of where it can be.

    Examples
    --------
    >>> pieces_of(WebFacts(1000, 1010, is_rewound=True, elongation=0.01))
    [(0, 1010, 1000.0, -0.9900990099009901)]
    >>> pieces_of(WebFacts(1000, 890, loss=0.1, trim_start_mm=10), cut_at=0.5)
    [(0, 440, 10.0, 1.0), (440, 890, 110.0, 1.0)]
    """
    stretch = 1.0 + web.elongation
    lost = web.enter_mm * web.loss
    stretches: list[tuple[int, int, float]] = [(0, web.leave_mm, 0.0)]
    if lost > 0.0:
        edge = min(max(round((web.enter_mm - lost) * cut_at * stretch) - web.trim_start_mm, 0), web.leave_mm)
        stretches = [(0, edge, 0.0), (edge, web.leave_mm, lost)]
    pieces = []
    for low, high, skipped in stretches:
        if low < high:
            offset = web.trim_start_mm / stretch + skipped
            pieces.append((low, high, web.enter_mm - offset, -1.0 / stretch) if web.is_rewound else (low, high, offset, 1.0 / stretch))
    return pieces


class Stream:
    """What flows from the batches of one machine to its web; what lies in the pipe between reaches the next web first.

    Parameters
    ----------
    delay_ml
        Volume of the pipe.

    Examples
    --------
    >>> stream = Stream(100)
    >>> stream.through([(7, 0, 600)]), stream.pipe
    ([(7, -100, 500)], [(7, 500, 600)])
    >>> stream.through([(7, 600, 1000), (8, 0, 200)]), stream.pipe
    ([(7, 500, 1000), (8, 0, 100)], [(8, 100, 200)])
    """

    def __init__(self, delay_ml: int) -> None:
        self.delay_ml = delay_ml
        self.pipe: list[Draught] = []

    def through(self, drawn: list[Draught]) -> list[Draught]:
        """Take what a web draws from the batches; return what reaches it meanwhile, in order, as much.

        A pipe that was not seen being filled (the first web of a run) counts as full of the batch that comes first.
        """
        queue = self.pipe + drawn
        missing = self.delay_ml - sum(high - low for _, low, high in self.pipe)
        if missing > 0:
            batch, low, _ = queue[0]
            queue.insert(0, (batch, low - missing, low))
        left = sum(high - low for _, low, high in drawn)
        reached: list[Draught] = []
        while left > 0:
            batch, low, high = queue.pop(0)
            used = min(high - low, left)
            left -= used
            if reached and reached[-1][0] == batch:
                reached[-1] = (batch, reached[-1][1], low + used)
            else:
                reached.append((batch, low, low + used))
            if low + used < high:
                queue.insert(0, (batch, low + used, high))
        self.pipe = queue
        return reached


def charges_of(web: WebFacts, reached: list[Draught]) -> list[tuple[int, int, int, int, int]]:
    """Return (lo_mm, hi_mm, batch, amount_lo, amount_hi) of a web's kept metres, from what reached it in order.

    Examples
    --------
    >>> charges_of(WebFacts(1000, 990, trim_start_mm=5), [(7, 700, 1000), (8, 0, 200)])
    [(0, 595, 7, 700, 1000), (595, 990, 8, 0, 200)]
    """
    total = sum(high - low for _, low, high in reached)
    found, at = [], 0
    for batch, low, high in reached:
        edges = (at, at + high - low)
        at = edges[1]
        first, last = (round(v / total * web.enter_mm) - web.trim_start_mm for v in edges)
        first, last = max(0, first), min(web.leave_mm, last)
        if first < last:
            found.append((first, last, batch, max(low, 0), high))
    return found


class WebRecorder:
    """Writes what is known of webs when they are made or pass a machine.

    Parameters
    ----------
    facts, values, writer
        Of the run.
    measured
        Tells of a web whether what is measured along it is written; None: always.
    """

    def __init__(self, facts: LineFacts, values: Values, writer: RunWriter, measured: Callable[[int], bool] | None = None) -> None:
        self._facts, self._values, self._writer = facts, values, writer
        self._is_measured = measured or (lambda _: True)
        self._streams: dict[tuple[int, int], Stream] = {}

    def saved(self) -> list[Any]:
        """Return what lies in the pipes, for JSON."""
        return [[station, machine, stream.pipe] for (station, machine), stream in self._streams.items()]

    def restore(self, saved: list[Any]) -> None:
        """Take back what `saved` returned."""
        for station, machine, pipe in saved:
            self._stream(station, machine).pipe = [(batch, low, high) for batch, low, high in pipe]

    def made(self, rows: NDArray[np.void]) -> None:
        """Take MADE rows of webs: coils as they are coated, strips as they are slit."""
        maps, profiles = _columns(MAP_COLUMNS), _columns(PROFILE_COLUMNS)
        for row in rows:
            station = self._facts.stations[row["station"]]
            web = station.web
            lane = int(row["lane"])
            if web is not None and lane >= 0:
                self._add_maps(maps, station, (int(row["parent"]), int(row["item"])), int(row["t"]), lane)
            self._add_profiles(profiles, station, int(row["item"]), 0, int(row["amount"]), is_strip=lane >= 0)
        self._write(maps, profiles)

    def passed(self, rows: NDArray[np.void]) -> None:
        """Take VISIT rows of webs at stations that rewind or stretch them."""
        maps, profiles = _columns(MAP_COLUMNS), _columns(PROFILE_COLUMNS)
        things: Columns = {"key": [], "id": [], "kind": [], "material": [], "made_us": [], "amount": [], "machine": []}
        for row in rows:
            station = self._facts.stations[row["station"]]
            web = station.web
            if web is None or row["verdict"] not in (VERDICT_PASS, VERDICT_MISSED):
                continue
            item, t = int(row["item"]), int(row["done"])
            if web.frame_out != web.frame_in:
                kind = self._facts.kinds[station.kind]
                child = web_key(item, web.frame_out)
                self._add_maps(maps, station, (item, item), t, None)
                path = f"{station.path}/{int(row['machine']) + 1}"
                fields: dict[str, Any] = {
                    "key": child, "id": f"{kind.prefix}-{item & SERIAL_MASK}{web.name_out}", "kind": self._writer.key("kind", Rank.WEB),
                    "material": self._writer.key("material", kind.material), "made_us": self._facts.begin_us + t // 1000, "amount": web.leave_mm,
                    "machine": self._writer.key("machine", path),
                }  # fmt: skip
                for name, value in fields.items():
                    things[name].append(value)
            self._add_profiles(profiles, station, item, web.frame_out, web.leave_mm)
        self._writer.put("thing", things)
        self._write(maps, profiles)

    def charged(self, rows: NDArray[np.void]) -> None:
        """Take CONSUME rows of batches by webs: which metres came from which batch."""
        charges = _columns(("web", "lo_mm", "hi_mm", "batch", "amount_lo", "amount_hi", "error_mm"))
        start = 0
        while start < len(rows):
            end = start + 1
            while end < len(rows) and rows["item"][end] == rows["item"][start] and rows["slot"][end] == rows["slot"][start]:
                end += 1
            self._charge(charges, rows[start:end])
            start = end
        self._writer.append("charge", charges)

    def _charge(self, charges: Columns, rows: NDArray[np.void]) -> None:
        station = self._facts.stations[rows["station"][0]]
        web = station.web
        if web is None:
            return
        drawn = [(int(r["lot"]), int(r["lo"]), int(r["hi"])) for r in rows]
        reached = self._stream(int(rows["station"][0]), int(rows["machine"][0])).through(drawn)
        for charge in charges_of(web, reached):
            values = (int(rows["item"][0]), *charge, web.error_mm + web.drift * charge[1])
            for name, value in zip(charges, values, strict=True):
                charges[name].append(value)

    def _stream(self, station: int, machine: int) -> Stream:
        if (station, machine) not in self._streams:
            web = self._facts.stations[station].web
            self._streams[station, machine] = Stream(web.delay_ml if web is not None else 0)
        return self._streams[station, machine]

    def _add_maps(self, maps: Columns, station: StationFacts, items: tuple[int, int], t: int, lane: int | None) -> None:
        (parent, child), web = items, station.web
        assert web is not None
        across = across_of(web, lane) if lane is not None else (None, None)
        step = self._writer.key("step", station.path)
        for low, high, a, b in pieces_of(web, self._cut_at(station, child)):
            values = (
                web_key(child, web.frame_out), low, high, web_key(parent, web.frame_in), a, b, lane, *across, 0, 0, web.error_mm, web.drift, step,
                self._facts.begin_us + t // 1000,
            )  # fmt: skip
            for name, value in zip(maps, values, strict=True):
                maps[name].append(value)

    def _cut_at(self, station: StationFacts, child: int) -> float:
        """Return where the lost share of a web is cut out: drawn evenly, by the web's serial."""
        if station.web is None or station.web.loss == 0.0:
            return 0.0
        return self._values.share(f"{station.path}.loss", child & SERIAL_MASK)

    def _add_profiles(
        self, profiles: Columns, station: StationFacts, item: int, frame: int, length_mm: int, *, is_strip: bool = False
    ) -> None:
        if not self._is_measured(web_key(item, frame)):
            return
        for c in station.of_webs:
            characteristic = self._writer.key("characteristic", c.name)
            for side, lane, step_mm, n, low, scale, data in self._values.profiles(station, c, item, length_mm, is_strip=is_strip):
                for name, value in zip(profiles, (web_key(item, frame), characteristic, side, lane, 0, step_mm, n, low, scale, data), strict=True):
                    profiles[name].append(value)

    def _write(self, maps: Columns, profiles: Columns) -> None:
        self._writer.append("piece_map", maps)
        self._writer.append("profile", profiles)


MAP_COLUMNS = (
    "child", "child_lo_mm", "child_hi_mm", "parent", "a_mm", "b", "lane", "across_lo_mm", "across_hi_mm", "mirrored", "sides_swapped", "error_mm",
    "drift", "step", "made_us",
)  # fmt: skip
PROFILE_COLUMNS = ("web", "characteristic", "side", "lane", "start_mm", "step_mm", "n", "low", "scale", "data")


def across_of(web: WebFacts, lane: int) -> tuple[float | None, float | None]:
    """Return where a lane lies across its parent, in mm from the edge; lanes lie side by side in the middle. None where the widths are not stated.

    Examples
    --------
    >>> across_of(WebFacts(1, 1, lanes=10, lane_width_mm=63, width_mm=700), 3)
    (224.0, 287.0)
    """
    if web.lane_width_mm is None or web.width_mm is None:
        return None, None
    edge = 0.5 * (web.width_mm - web.lanes * web.lane_width_mm)
    return edge + lane * web.lane_width_mm, edge + (lane + 1) * web.lane_width_mm


def _columns(names: tuple[str, ...]) -> Columns:
    return {name: [] for name in names}
