"""A small cell line by hand: slurry, coater, calender, slitter of two lanes, winder, trays, formation; and rows as a kernel writes them."""

from __future__ import annotations

import numpy as np

from linewright.genealogy.facts import CarrierFacts, InputFacts, KindFacts, LineFacts, Rank, StationFacts, WebFacts
from linewright.kernels.rows import CONSUME, KIND_SHIFT, MADE, MISSING, MOUNT, PLACED, STATE, VISIT, new_rows
from linewright.model.values import Characteristic, Every, EveryKind, Unit, Window

BEGIN_US = 1_767_571_200_000_000
SECOND = 10**9
SLURRY, COIL, STRIP, CELL, TRAY, FOIL, CAN = range(7)
MIXER, COATER, CALENDER, SLITTER, WINDER, CANNER, LOADER, FORMATION, UNLOADER = range(9)

VISCOSITY = Characteristic("viscosity", Window(3.0, None, 10.0), spread=0.5, unit=Unit("Pa*s"), resolution=0.01)
WEIGHT = Characteristic("areal-weight", Window(0.2364, 0.24, 0.2436), spread=0.001, every=Every(EveryKind.LENGTH, 1.0), unit=Unit("mg/cm^2", 0.01))
DIAMETER = Characteristic("diameter", Window(0.01995, 0.0201, 0.02025), spread=3e-5, unit=Unit("mm", 1e-3), resolution=1e-6)
CAPACITY = Characteristic("capacity", Window(17640.0, None, None), mean=18000.0, spread=108.0, unit=Unit("Ah", 3600.0), resolution=3.6)
EFFICIENCY = Characteristic("first-efficiency", Window(0.84, 0.87, 0.9), mean=0.87, spread=0.005, unit=Unit("%", 0.01), resolution=1e-4)


def facts(first_cell: int = 1, first_coil: int = 1) -> LineFacts:
    kinds = (
        KindFacts("slurry", "SB", Rank.LOT, first_serial=first_coil),
        KindFacts("coil", "COIL", Rank.WEB, first_serial=first_coil),
        KindFacts("strip", "STRIP", Rank.WEB, first_serial=1 + 2 * (first_coil - 1)),
        KindFacts("cell", "CELL", Rank.UNIT, first_serial=first_cell),
        KindFacts("tray", "T", Rank.CARRIER),
        KindFacts("foil", "FOIL", Rank.LOT, is_bought=True),
        KindFacts("can", "CAN", Rank.LOT, is_bought=True),
    )
    stations = (
        StationFacts("mixer", 2, SLURRY, of_items=(VISCOSITY,), every_items=(1,)),
        StationFacts(
            "coater", 1, COIL, (InputFacts("slurry", SLURRY, is_bulk=True), InputFacts("foil", FOIL, is_web=True)),
            WebFacts(100_000, 98_000, trim_start_mm=1000, trim_end_mm=1000, width_mm=140.0, error_mm=20.0, drift=0.0002, delay_ml=2000),
            of_webs=(WEIGHT,), sides=("A", "B"), lanes=2,
        ),
        StationFacts("calender", 1, COIL, web=WebFacts(98_000, 98_980, is_rewound=True, elongation=0.01, error_mm=20.0, drift=0.0002, frame_out=1,
                                                       name_out="@calender")),
        StationFacts("slitter", 1, STRIP, web=WebFacts(98_980, 98_980, is_rewound=True, lanes=2, lane_width_mm=63.0, width_mm=140.0, error_mm=5.0,
                                                       frame_in=1), enters=COIL),
        StationFacts("winder", 2, CELL, (InputFacts("strip", STRIP, is_web=True), InputFacts("separator", FOIL, rolls=2, is_web=True)),
                     of_items=(DIAMETER,), every_items=(1,), failures=frozenset({"web-break"})),
        StationFacts("canner", 1, CELL, (InputFacts("can", CAN),)),
        StationFacts("loader", 1, TRAY, is_single=False),
        StationFacts("formation", 3, TRAY, of_items=(CAPACITY, EFFICIENCY), every_items=(1, 1), holds=4, inner=CELL, is_single=False),
        StationFacts("unloader", 1, CELL, is_single=False),
    )  # fmt: skip
    return LineFacts(
        kinds, stations, ("starved", "blocked", "web-break", "coil-change"), seed=7, begin_us=BEGIN_US, plan="digest",
        roles={"strip": (10.0, 0.0005), "separator 1": (10.0, 0.0005), "separator 2": (10.0, 0.0005)}, carriers=(CarrierFacts(TRAY, 4, CELL),),
    )  # fmt: skip


def key(kind: int, serial: int) -> int:
    return kind << KIND_SHIFT | serial


class Story:
    """Rows of a run, told one after the other."""

    def __init__(self) -> None:
        self.rows = {name: [] for name in ("visit", "consume", "mount", "made", "placed", "state", "lost", "missing", "tool_stop")}

    def made(self, t: float, kind: int, serial: int, station: int, amount: int = 1, parent: int = 0, lane: int = -1) -> Story:  # noqa: PLR0917
        self.rows["made"].append((key(kind, serial), parent, round(t * SECOND), amount, station, 0, lane))
        return self

    def visit(self, item: int, station: int, times: tuple[float, ...], machine: int = 0, n: int = 1, verdict: int = 0, tool: int = -1) -> Story:  # noqa: PLR0917
        self.rows["visit"].append((item, n, *(round(t * SECOND) for t in times), station, machine, tool, verdict, -1, 0))
        return self

    def consume(self, t: float, item: int, lot: int, lo: int, hi: int, station: int, slot: int = 0, machine: int = 0) -> Story:  # noqa: PLR0917
        self.rows["consume"].append((item, lot, round(t * SECOND), lo, hi, station, machine, slot))
        return self

    def mount(self, t: float, lot: int, station: int, slot: int = 0, machine: int = 0) -> Story:
        self.rows["mount"].append((lot, round(t * SECOND), station, machine, slot))
        return self

    def placed(self, t: float, item: int, tray: int, place: int, off: int = 0) -> Story:
        self.rows["placed"].append((item, key(TRAY, tray), round(t * SECOND), place, UNLOADER if off else LOADER, off))
        return self

    def state(self, t: float, station: int, state: int, reason: int = -1, machine: int = 0) -> Story:
        self.rows["state"].append((round(t * SECOND), station, machine, state, reason))
        return self

    def missing(self, t: float, item: int, station: int, machine: int, place: int) -> Story:
        self.rows["missing"].append((item, round(t * SECOND), station, machine, place, 0))
        return self

    def taken(self):
        """Return the rows as kernels hand them out, and forget them."""
        out = new_rows(4096)
        kinds = dict(zip(self.rows, (VISIT, CONSUME, MOUNT, MADE, PLACED, STATE, None, MISSING, None), strict=True))
        for number, name in enumerate(self.rows):
            mine = self.rows[name]
            if mine:
                getattr(out, name)[: len(mine)] = np.array(mine, kinds[name])
                out.count[number] = len(mine)
                self.rows[name] = []
        return out


def one_coil(story: Story, cells: int = 8) -> Story:
    """Tell of two batches, one coil of both, its calendering and slitting, cells from strip 1 and 2, and two trays."""
    story.made(10, SLURRY, 1, MIXER, 60_000).visit(key(SLURRY, 1), MIXER, (0, 0, 10, 10))
    story.made(12, SLURRY, 2, MIXER, 60_000).visit(key(SLURRY, 2), MIXER, (0, 0, 12, 12), machine=1, n=2)
    coil = key(COIL, 1)
    story.mount(12, key(SLURRY, 1), COATER).mount(12, key(SLURRY, 2), COATER).mount(12, key(FOIL, 1), COATER, slot=1)
    story.consume(13, coil, key(SLURRY, 1), 20_000, 60_000, COATER).consume(13, coil, key(SLURRY, 2), 0, 10_000, COATER)
    story.consume(13, coil, key(FOIL, 1), 0, 100_000, COATER, slot=1)
    story.made(113, COIL, 1, COATER, 98_000).visit(coil, COATER, (13, 13, 113, 113))
    story.visit(coil, CALENDER, (113, 114, 200, 200))
    story.visit(coil, SLITTER, (200, 201, 300, 300))
    for lane in range(2):
        story.made(300, STRIP, 1 + lane, SLITTER, 98_980, parent=coil, lane=lane)
        story.mount(301, key(STRIP, 1 + lane), WINDER, machine=lane)
        story.mount(301, key(FOIL, 2 + 2 * lane), WINDER, slot=1, machine=lane).mount(301, key(FOIL, 3 + 2 * lane), WINDER, slot=1, machine=lane)
    story.mount(0, key(CAN, 1), CANNER)
    story.state(301, WINDER, 4).state(320, WINDER, 9, reason=2, machine=1).state(330, WINDER, 4, machine=1)
    for k in range(cells):
        machine, cell, t = k % 2, key(CELL, k + 1), 301 + 2.1 * (k // 2)
        low = 880 * (k // 2)
        story.consume(t, cell, key(STRIP, 1 + machine), low, low + 880, WINDER, machine=machine)
        story.consume(t, cell, key(FOIL, 2 + 2 * machine), low, low + 950, WINDER, slot=1, machine=machine)
        story.consume(t, cell, key(FOIL, 3 + 2 * machine), low, low + 950, WINDER, slot=1, machine=machine)
        story.made(t + 2, CELL, k + 1, WINDER).visit(cell, WINDER, (t, t, t + 2, t + 2), machine=machine, n=k + 1, tool=0)
        story.visit(cell, CANNER, (t + 2, t + 3, t + 3.5, t + 3.5), n=k + 1)
        story.visit(cell, LOADER, (t + 4, t + 4, t + 4.3, t + 4.3), n=k + 1).placed(t + 4.3, cell, 1 + k // 4, k % 4)
    story.visit(key(TRAY, 1), FORMATION, (330, 330, 400, 401), machine=2)
    story.missing(350, key(CELL, 3), FORMATION, 2, 2)
    for k in range(min(cells, 4)):
        story.placed(410 + k, key(CELL, k + 1), 1, k, off=1).visit(key(CELL, k + 1), UNLOADER, (410, 410 + k, 411 + k, 411 + k), n=k + 1)
    return story
