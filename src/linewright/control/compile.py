"""`compile_plant`: a `Plant` becomes the station table that kernels run, with the names that lead back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linewright.control.compile_ahead import ahead_rows
from linewright.control.compile_faults import effects_of, fault_rows, traces_needed
from linewright.control.compile_fleets import fleet_rows, fleet_stations
from linewright.control.compile_limits import limit_rows
from linewright.control.compile_orders import order_rows
from linewright.control.compile_rows import Draft, crew_rows, law_row, machine_rows, queue_rows, shift_rows, source_rows, station_rows
from linewright.control.flows import Flow, Kind, flow_of, is_source
from linewright.control.not_yet import elements_without_behaviour
from linewright.kernels import state as st
from linewright.kernels import table as tb
from linewright.kernels.rows import KIND_SHIFT, SERIAL_MASK
from linewright.kernels.rules import TABLE, fill_quantiles, hash_text, normal_table
from linewright.kernels.table import Table, records
from linewright.model.errors import NotYetError
from linewright.model.plant import Fault, Plant

__all__ = ["BEGIN_US", "Compiled", "compile_plant"]

#: Begin of a twin that states none: 2026-01-05 00:00 UTC, a Monday.
BEGIN_US = 1_767_571_200_000_000


@dataclass(frozen=True)
class Compiled:
    """A line ready to run.

    Parameters
    ----------
    plant
        What it was made of.
    table
        The arrays.
    flow
        Stations in the table's order with what passes them.
    stations
        Paths by station number, utilities and fleets at the end.
    machines
        Paths by machine number through the line, such as ``winder/7``.
    kinds
        By the kind's number in a thing's key.
    reasons
        By the number in STATE and TOOL_STOP rows: ``starved``, ..., ``winder.web-break``.
    products
        By product number in a table with orders: the line's own first; empty without orders.
    queues
        By queue number: ``flattener`` or ``winder.cathode-strip``.
    faults
        In the order of the table's rows.
    begin_us
        The run's begin that the shift plans were listed for, UTC microseconds.
    """

    plant: Plant
    table: Table
    flow: Flow
    stations: tuple[str, ...]
    machines: tuple[str, ...]
    kinds: tuple[Kind, ...]
    reasons: tuple[str, ...]
    queues: tuple[str, ...]
    begin_us: int
    faults: tuple[Fault, ...] = ()
    products: tuple[str, ...] = ()

    def station(self, path: str) -> int:
        """Return the number of a station. Raises ValueError."""
        return self.stations.index(path)

    def thing_id(self, key: int) -> str:
        """Return the id of a thing: its prefix and serial, such as ``CELL-0000123``."""
        return f"{self.kinds[int(key) >> KIND_SHIFT].prefix}-{int(key) & SERIAL_MASK}"


def compile_plant(plant: Plant, *, begin_us: int | None = None, asks: bool = False) -> Compiled:
    """Make the station table of a plant.

    Parameters
    ----------
    plant
        The line.
    begin_us
        When the run begins, UTC microseconds; shift plans are laid out from there. Default: as the file says, else 2026-01-05 00:00.
    asks
        Whether the machines are somewhere else: the calendar then gives commands and waits for records. Stores have no machine,
        and vehicles belong to the line.

    Raises
    ------
    NotYetError
        Names every element of the file that has no behaviour yet.
    LinewrightError
        The line cannot work as it stands: an item that needs more than a full coil holds.
    """
    missing = elements_without_behaviour(plant)
    if missing:
        raise NotYetError(missing)
    begin = begin_us if begin_us is not None else (plant.run.begin_us if plant.run.begin_us is not None else BEGIN_US)
    draft = Draft(plant, flow_of(plant), begin)
    order_rows(draft)
    fault_rows(draft)
    queue_rows(draft)
    shift_rows(draft)
    crew_rows(draft)
    station_rows(draft)
    ahead_rows(draft)
    limit_rows(draft)
    fleet_stations(draft)
    machine_rows(draft)
    fleet_rows(draft)
    source_rows(draft)
    if asks:
        nobody = {hash_text(p.segment.path) for p in draft.flow.stations if is_source(p.segment)}
        for row in draft.stations:
            row["asks"] = 0 if row["flow"] in (tb.STORE, tb.FLEET) or int(row["hash"]) in nobody else 1
    return Compiled(
        plant,
        _table(draft),
        draft.flow,
        tuple(draft.paths),
        tuple(draft.machine_paths),
        tuple(draft.flow.kinds),
        tuple(draft.reasons),
        tuple(draft.queue_names),
        begin,
        tuple(plant.faults[number] for number in draft.fault_order),
        tuple(draft.products),
    )


def _rows(dtype: np.dtype, rows: list[dict[str, float]]) -> np.recarray:
    return records(dtype, [tuple(row.get(name, 0) for name in dtype.names or ()) for row in rows])


def _table(d: Draft) -> Table:
    laws, quantiles = _laws(d)
    table = Table(
        stations=_rows(tb.STATION, d.stations),
        machines=_rows(tb.MACHINE, d.machines),
        slots=_rows(tb.SLOT, d.slots),
        queues=_rows(tb.QUEUE, d.queues),
        modes=_rows(tb.MODE, d.modes),
        plans=_rows(tb.PLAN, d.plans),
        toolmodes=_rows(tb.TOOLMODE, d.toolmodes),
        crews=_rows(tb.CREW, d.crews),
        shifts=_rows(tb.SHIFT, d.shifts),
        fleets=_rows(tb.FLEET_ROW, d.fleets),
        drives=_rows(tb.DRIVE, d.drives),
        passes=_rows(tb.PASS, d.passes),
        zones=_rows(tb.ZONE, d.zones),
        carriers=_rows(tb.CARRIER, d.carriers),
        measures=_rows(tb.CHECK, d.measures),
        checks=_rows(tb.CHECK, d.checks),
        grades=_rows(tb.GRADE, d.grades),
        faults=_rows(tb.FAULT_ROW, d.faults),
        effects=effects_of(d),
        outputs=_rows(tb.OUTPUT, d.outputs),
        orders=_rows(tb.ORDER, d.orders),
        variants=_rows(tb.VARIANT, d.variants),
        needs=_rows(tb.NEED, d.needs),
        aheads=np.array(d.aheads or [0], np.int64),
        routes=np.array(d.routes or [0], np.int64),
        laws=laws,
        sources=_rows(tb.SOURCE, d.sources),
        switches=np.array(d.switches or [0], np.int64),
        quantiles=quantiles,
        normal=normal_table(),
        clock_hash=np.array(d.clock_hash or [0], np.uint64),
        plan_hash=np.array(d.plan_hash or [0], np.uint64),
        vehicles=np.array(d.vehicles or [0], np.int64),
        fleet_queues=np.array(d.fleet_queues or [0], np.int64),
        serves=np.array(d.serves or [0], np.int64),
        loaders=np.array(d.loaders or [0], np.int64),
        setups=np.array(d.setups or [0], np.int64),
        campaigns=np.array(d.campaigns or [0], np.int64),
        kinds=np.ones(len(d.flow.kinds), np.int64),
        sizes=_sizes(d),
    )
    if not d.plans:
        table.plans.source = -1
    return table


def _laws(d: Draft) -> tuple[np.recarray, np.ndarray]:
    """Return the laws, and their quantiles (of empirical laws their samples) behind each other."""
    rows, length = [], 0
    for law in d.laws:
        row = law_row(law)
        row["table0"] = length
        length += len(law.samples) if row["kind"] == tb.EMPIRICAL else TABLE
        rows.append(row)
    laws = _rows(tb.LAW, rows)
    quantiles = np.zeros(max(length, 1))
    for i, law in enumerate(d.laws):
        if laws[i].kind == tb.EMPIRICAL:
            quantiles[laws[i].table0 : laws[i].table0 + len(law.samples)] = sorted(law.samples)
        elif laws[i].kind >= tb.NORMAL:
            fill_quantiles(laws, i, quantiles)
    return laws, quantiles


def _sizes(d: Draft) -> np.ndarray:
    sizes = np.zeros(31, np.int64)
    sizes[st.Z_RING] = sum(q["room"] for q in d.queues)
    sizes[st.Z_WAITS] = sum(q["waits"] for q in d.queues)
    sizes[st.Z_BINS] = d.bins
    sizes[st.Z_MOUNTS] = d.mounts
    sizes[st.Z_PARTS] = d.parts
    sizes[st.Z_ASKS] = sum(c["asks"] for c in d.crews)
    sizes[st.Z_TRAYS] = sum(c["count"] for c in d.carriers)
    sizes[st.Z_FILLS] = sum(c["count"] * c["holds"] for c in d.carriers)
    sizes[st.Z_CLOCKS] = len(d.clock_hash)
    sizes[st.Z_PLANS] = len(d.plan_hash)
    sizes[st.Z_VEHICLES] = len(d.vehicles)
    sizes[st.Z_MACHINES] = len(d.machines)
    sizes[st.Z_STATIONS] = len(d.stations)
    sizes[st.Z_QUEUES] = len(d.queues)
    sizes[st.Z_CREWS] = len(d.crews)
    sizes[st.Z_SHIFTS] = len(d.shifts)
    sizes[st.Z_CARRIERS] = len(d.carriers)
    sizes[st.Z_TOOLMODES] = len(d.toolmodes)
    sizes[st.Z_SOURCES] = len(d.sources)
    sizes[st.Z_KINDS] = len(d.flow.kinds)
    sizes[st.Z_FLEETS] = len(d.fleets)
    sizes[st.Z_ZONES] = len(d.zones)
    sizes[st.Z_CARGO] = d.cargo
    sizes[st.Z_LINEUP] = d.lineup
    sizes[st.Z_FAULTS] = len(d.faults)
    sizes[st.Z_CHANNELS] = max(len(d.channels), 1)
    sizes[st.Z_PROGRESS] = d.progress
    sizes[st.Z_TRACES] = traces_needed(d, int(sum(sizes[z] for z in (st.Z_RING, st.Z_BINS, st.Z_PARTS, st.Z_FILLS, st.Z_MACHINES))))
    sizes[st.Z_ORDERS] = len(d.orders)
    sizes[st.Z_PRODUCTS] = len(d.products)
    sizes[st.Z_CAMPAIGNS] = d.campaign_count
    return sizes
