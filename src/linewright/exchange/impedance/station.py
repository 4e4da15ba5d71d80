"""The impedance station of a line: the stack that it measured, made again with its waveform, and analysed as a record of an instrument would be."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from linewright.eis.design import Asked, design
from linewright.eis.excitation import Excitation
from linewright.eis.recipe import Limit, Recipe
from linewright.eis.stack_spectra import calibration_of
from linewright.eis.synthetic_stack import Levels, SyntheticRecord
from linewright.eis.unit_stack import UnitKey, UnitValues, stack_of_unit
from linewright.eis.verdict import LEAST_SPREAD
from linewright.exchange.impedance.judged import JudgedStack, judge_samples
from linewright.exchange.impedance.raw_file import BLOCK
from linewright.exchange.impedance.recipe_file import read_recipe
from linewright.exchange.impedance.synthetic_short import short_spectra
from linewright.genealogy.life import VERDICTS
from linewright.kernels.rows import SERIAL_MASK
from linewright.ledger.reader import RunReader
from linewright.ledger.records import Visit
from linewright.library.catalogue import Libraries
from linewright.library.station_models import StationModel, station_models
from linewright.model.errors import LinewrightError
from linewright.model.plant import Plant
from linewright.model.station import Segment

__all__ = ["CLASS", "CompareRow", "StationStack", "compared", "impedance_stations", "judged_unit", "recipe_of_station", "samples_of", "station_stack"]

#: Class of stations whose stacks can be made again.
CLASS = "impedance-meter"
#: Characteristic of the middle of the cells, that of the weakest cell, and the quantity of the analysis.
MEASURED = (("hfr", "weakest-hfr", "hfr"), ("charge-transfer", "weakest-charge-transfer", "rct"), ("transport", "weakest-transport", "transport"))


@dataclass(frozen=True, slots=True)
class StationStack:
    """A stack at its impedance station.

    Parameters
    ----------
    unit
        Its id.
    visit
        The newest visit at the station that measured it.
    recorded
        Characteristic by name, SI, as the ledger has it.
    segment
        The station.
    model
        Its process model with its parameters.
    key
        Of the unit's draws.
    cells, area_m2, current_a
        Of the product.
    """

    unit: str
    visit: Visit
    recorded: Mapping[str, float]
    segment: Segment
    model: StationModel
    key: UnitKey
    cells: int
    area_m2: float
    current_a: float

    @property
    def verdict(self) -> str:
        """Return the station's verdict in the ledger's words."""
        return "" if self.visit.verdict is None else VERDICTS[self.visit.verdict]


@dataclass(frozen=True, slots=True)
class UnitSamples:
    """Samples of a station's stack; synthetic, made block by block. See `raw_file.Samples`."""

    file: str
    record: SyntheticRecord
    is_synthetic: bool = True
    missing: tuple[tuple[int, str, str], ...] = ()

    @property
    def excitation(self) -> Excitation:
        """What was sent."""
        return self.record.excitation

    @property
    def names(self) -> tuple[str, ...]:
        """Numbers of the cells."""
        return tuple(str(k + 1) for k in range(self.record.stack.cells))

    @property
    def place(self) -> tuple[int, ...]:
        """Of each cell, from 0."""
        return tuple(range(self.record.stack.cells))

    @property
    def channels(self) -> int:
        """The current and the cells."""
        return self.record.channels

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield the samples in order."""
        return self.record.blocks(BLOCK)


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One characteristic of a stack: as recorded, as its waveform gives it, and the window; in the unit that it is shown in."""

    name: str
    unit: str
    recorded: float | None
    found: float
    low: float | None
    high: float | None

    @property
    def is_pass(self) -> bool:
        """Tell whether what the waveform gives lies in the window."""
        if not math.isfinite(self.found):
            return False
        return (self.low is None or self.found >= self.low) and (self.high is None or self.found <= self.high)


def impedance_stations(plant: Plant) -> tuple[Segment, ...]:
    """Return the stations of a line that measure the impedance of stacks."""
    return tuple(s for s in plant.segments if (s.model.name if s.model else s.use) == CLASS)


def station_stack(reader: RunReader, plant: Plant, libraries: Libraries, unit: str, key: int) -> StationStack:
    """Return a stack that a run's impedance station measured.

    Parameters
    ----------
    reader, plant
        The run, and the line of its plan.
    libraries
        Where classes are.
    unit, key
        Id and key of the stack.

    Raises
    ------
    LinewrightError
        The line has no such station, the stack was not there yet, its machine is real (then nothing can be made again), or the product does not say
        how many cells of what area it has.
    """
    stations = {s.path: s for s in impedance_stations(plant)}
    if not stations:
        raise LinewrightError(f"The line {plant.name} has no station of the class {CLASS}: no impedance is measured in it.")
    visits = [v for v in reader.visits_of(key) if v.step in stations and v.layout is not None and v.values is not None and v.done_us is not None]
    if not visits:
        raise LinewrightError(f"{unit} has not been measured at {' or '.join(stations)} yet.\n    linewright trace {unit} tells where it is.")
    visit = visits[-1]
    segment = stations[visit.step]
    if segment.driver.use != "emulated":
        raise LinewrightError(
            f"{segment.path} is served by the driver {segment.driver.use}: its samples are where its machine keeps them.\n"
            f"    linewright eis --raw FILE reads them."
        )
    assert visit.layout is not None
    assert visit.values is not None
    recorded = {name: float(x) for name, x in zip(visit.layout.characteristics, visit.values[:, 0].tolist(), strict=True) if math.isfinite(x)}
    lost = [name for name in ("hfr", "charge-transfer", "transport") if name not in recorded]
    if lost:
        raise LinewrightError(f"{segment.path} does not measure {', '.join(lost)}, so the cells of {unit} cannot be made again.")
    facts = {p.name: p.values[0] for p in plant.material(plant.product).properties}
    lost = [name for name in ("cells", "active-area", "rated-current") if name not in facts]
    if lost:
        where = f"materials.{plant.product}.properties"
        raise LinewrightError(f"{where}: {', '.join(lost)} is not stated; the cells of {unit} cannot be made again without.")
    header = reader.header()
    unit_key = UnitKey(header.seed or 0, int(reader.fact("replication") or 0), segment.path, key & SERIAL_MASK)
    model = station_models(plant, libraries)[segment.path]
    return StationStack(unit, visit, recorded, segment, model, unit_key, round(facts["cells"]), facts["active-area"], facts["rated-current"])


def samples_of(stack: StationStack) -> UnitSamples:
    """Return the samples of a stack: the multi-sine of the station's recipe on its current, and every cell's voltage. Nothing is computed yet.

    Raises
    ------
    LinewrightError
        The station's recipe makes no excitation.
    """
    p, r = stack.model.process.parts["parameters"], stack.model.process.parts["recipe"]
    said = {**{k: d.default[0] for part in (p, r) for k, d in part.items() if d.default}, **stack.model.values}
    asked = Asked(
        said["lowest-frequency"], said["highest-frequency"], stack.current_a, stack.cells, noise_v=said["channel-noise"],
        cell_ohm=stack.recorded["hfr"] / stack.area_m2, periods=round(said["periods"]), sample_rate_hz=said["sample-rate"], share=said["modulation"],
    )  # fmt: skip
    try:
        sent = design(asked)[0].excitation
    except ValueError as wrong:
        raise LinewrightError(f"stations.{stack.segment.path}.recipe: {wrong}.") from wrong
    spread = (said["ohmic-spread"], said["transfer-spread"], said["transport-spread"])
    levels = Levels(
        transfer_s=said["transfer-time"], transport_s=said["transport-time"], lead_h=said["lead-inductance"], spread=spread,
        end_effect=said["end-effect"], voltage_v=said["cell-voltage"],
    )  # fmt: skip
    middle = [stack.recorded[name] / stack.area_m2 for name, _, _ in MEASURED]
    sound = [math.exp(each * said["weakest"]) - 1.0 for each in spread]
    weak = [stack.recorded.get(name, w) for (_, name, _), w in zip(MEASURED, sound, strict=True)]
    is_discharge = said["cell-voltage"] < REVERSIBLE_V
    values = UnitValues(middle[0], middle[1], middle[2], (weak[0], weak[1], weak[2]))
    cells = stack_of_unit(values, stack.key, stack.cells, levels, stack.current_a, is_discharge=is_discharge)
    record = SyntheticRecord(cells, sent, noise_v=said["channel-noise"], seed=cells.seed, is_discharge=is_discharge)
    return UnitSamples(stack.unit, record)


#: Reversible voltage of water at 25 degC, V: a cell below it delivers current, one above takes it up.
REVERSIBLE_V = 1.229


def recipe_of_station(stack: StationStack) -> Recipe:
    """Return the limits of a station for each cell of its stacks.

    Notes
    -----
    The windows of the line file are of the middle of the cells, and of how far a cell may lie from it. So a cell may be what the lowest middle with
    the weakest cell would be, up to the highest. Limits on the measurement itself (Kramers-Kronig, fit, distortion, drift), the circuit, and how
    many robust deviations a cell may lie from its neighbours are those of the shipped recipe ``fuel-cell-stack``.
    """
    base = read_recipe("fuel-cell-stack")
    window = {c.name: c.window for c in stack.segment.measures}
    limits = {q: limit for q, limit in base.limits.items() if q in {"kk", "fit", "thd", "nsd", "drift"}}
    for name, weakest, q in MEASURED:
        of, away = window[name], window.get(weakest)
        low, high = (0.0, 0.0) if away is None else (away.lower or 0.0, away.upper or 0.0)
        ends = (None if of.lower is None else of.lower * (1.0 + low), None if of.upper is None else of.upper * (1.0 + high))
        limits[q] = Limit(*(None if x is None else x / stack.area_m2 for x in ends))
    return replace(base, name=f"{stack.segment.path} of the line", about="", limits=limits)


def judged_unit(stack: StationStack, recipe: Recipe, seen: Callable[[float], None] | None = None) -> JudgedStack:
    """Return what the chain of `linewright eis --raw` finds of a stack: its samples made, brought to phasors, leads taken off, fitted, judged.

    The inductance of the leads is taken off by a calibration on a short, synthetic as well.
    """
    samples = samples_of(stack)
    leads = calibration_of(short_spectra(samples.record.stack, samples.excitation.frequency_hz))
    return judge_samples(samples, recipe, leads, seen)


def compared(stack: StationStack, judged: JudgedStack) -> tuple[CompareRow, ...]:
    """Return each characteristic of the station beside what the waveform gives.

    Notes
    -----
    The middle is the median of the judged cells. The weakest cell is the one whose robust deviations add up to the most, above or below; how far it
    lies from its neighbours is exp(deviation) - 1 from their trend (`verdict.robust_deviations`).
    """
    rows = []
    deviations = {} if judged.verdict is None else judged.verdict.deviations
    known = [np.nan_to_num(deviations[q]) for _, _, q in MEASURED if q in deviations]
    weak = int(np.argmax(np.abs(np.sum(known, axis=0)))) if known else None
    for c in stack.segment.measures:
        found = math.nan
        for name, weakest, q in MEASURED:
            if c.name == name and q in judged.values:
                found = float(np.nanmedian(judged.values[q])) * stack.area_m2
            if c.name == weakest and q in deviations and weak is not None and judged.verdict is not None:
                found = math.expm1(float(deviations[q][weak]) * max(judged.verdict.spread[q][1], LEAST_SPREAD))
        if c.name in {each for row in MEASURED for each in row[:2]}:
            limits = [None if x is None else c.unit.shown(x) for x in (c.window.lower, c.window.upper)]
            recorded = stack.recorded.get(c.name)
            rows.append(CompareRow(c.name, c.unit.text, None if recorded is None else c.unit.shown(recorded), c.unit.shown(found), *limits))
    return tuple(rows)
