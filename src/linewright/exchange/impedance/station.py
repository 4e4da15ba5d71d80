"""The impedance station of a line: the stack or cell that it measured, made again with its waveform, and analysed as an instrument's record."""

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
from linewright.eis.synthetic_stack import Levels, SyntheticRecord, SyntheticStack
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

__all__ = [
    "METERS",
    "CompareRow",
    "Meter",
    "StationStack",
    "compared",
    "impedance_stations",
    "judged_unit",
    "recipe_of_station",
    "samples_of",
    "station_stack",
]


@dataclass(frozen=True, slots=True)
class Meter:
    """A class of stations whose units can be made again.

    Parameters
    ----------
    name
        Of the class.
    measured
        Characteristic of the middle of the cells, that of the weakest cell (empty where a unit is one cell), and the quantity of the analysis, of
        the ohmic part, charge transfer, and transport or diffusion.
    recipe
        Shipped recipe that says which circuit is fitted, and the limits on the measurement itself.
    is_stack
        Whether a unit is a stack of cells, measured by area; else one cell, measured in ohm.
    """

    name: str
    measured: tuple[tuple[str, str, str], ...]
    recipe: str
    is_stack: bool


#: Meter by class.
METERS = {
    m.name: m
    for m in (
        Meter(
            "impedance-meter",
            (("hfr", "weakest-hfr", "hfr"), ("charge-transfer", "weakest-charge-transfer", "rct"), ("transport", "weakest-transport", "transport")),
            "fuel-cell-stack",
            is_stack=True,
        ),
        Meter(
            "cell-impedance-meter",
            (("ohmic", "", "hfr"), ("charge-transfer", "", "rct"), ("warburg", "", "transport")),
            "battery-cell",
            is_stack=False,
        ),
    )
}
#: Time constant of an element of finite length that cannot be told from Warburg's at the frequencies of a meter, s.
ENDLESS_S = 1e4


@dataclass(frozen=True, slots=True)
class StationStack:
    """A stack, or a cell, at its impedance station.

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
    meter
        Class of the station.
    cells, area_m2, current_a
        Of a stack, as its product says; of a cell 1, None, and the station's direct current.
    """

    unit: str
    visit: Visit
    recorded: Mapping[str, float]
    segment: Segment
    model: StationModel
    key: UnitKey
    meter: Meter
    cells: int
    area_m2: float | None
    current_a: float

    @property
    def per_ohm(self) -> float:
        """What an ohm of a cell is in the characteristics of the station: the area of a cell of a stack, m2; 1 of a cell measured in ohm."""
        return 1.0 if self.area_m2 is None else self.area_m2

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
    """Return the stations of a line that measure the impedance of stacks or cells."""
    return tuple(s for s in plant.segments if class_of(s) in METERS)


def class_of(segment: Segment) -> str:
    """Return the class of a station; empty where it has none."""
    return (segment.model.name if segment.model else segment.use) or ""


def station_stack(reader: RunReader, plant: Plant, libraries: Libraries, unit: str, key: int) -> StationStack:
    """Return a stack or cell that a run's impedance station measured.

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
        raise LinewrightError(f"The line {plant.name} has no station of the class {' or '.join(METERS)}: no impedance is measured in it.")
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
    meter = METERS[class_of(segment)]
    lost = [name for name, _, _ in meter.measured if name not in recorded]
    if lost:
        what = f"the cells of {unit}" if meter.is_stack else unit
        raise LinewrightError(f"{segment.path} does not measure {', '.join(lost)}, so {what} cannot be made again.")
    header = reader.header()
    unit_key = UnitKey(header.seed or 0, int(reader.fact("replication") or 0), segment.path, key & SERIAL_MASK)
    model = station_models(plant, libraries)[segment.path]
    if not meter.is_stack:
        return StationStack(unit, visit, recorded, segment, model, unit_key, meter, 1, None, said_of(model)["direct-current"])
    facts = {p.name: p.values[0] for p in plant.material(plant.product).properties}
    lost = [name for name in ("cells", "active-area", "rated-current") if name not in facts]
    if lost:
        where = f"materials.{plant.product}.properties"
        raise LinewrightError(f"{where}: {', '.join(lost)} is not stated; the cells of {unit} cannot be made again without.")
    cells, area_m2, current_a = round(facts["cells"]), facts["active-area"], facts["rated-current"]
    return StationStack(unit, visit, recorded, segment, model, unit_key, meter, cells, area_m2, current_a)


def said_of(model: StationModel) -> dict[str, float]:
    """Return the parameters and the recipe of a station, SI: what the line says, else what the class does."""
    parts = (model.process.parts["parameters"], model.process.parts["recipe"])
    return {**{k: d.default[0] for part in parts for k, d in part.items() if d.default}, **model.values}


def samples_of(stack: StationStack) -> UnitSamples:
    """Return the samples of a stack: the multi-sine of the station's recipe on its current, and every cell's voltage. Nothing is computed yet.

    Raises
    ------
    LinewrightError
        The station's recipe makes no excitation.
    """
    said = said_of(stack.model)
    middle = [stack.recorded[name] / stack.per_ohm for name, _, _ in stack.meter.measured]
    asked = Asked(
        said["lowest-frequency"], said["highest-frequency"], stack.current_a, stack.cells, noise_v=said["channel-noise"],
        cell_ohm=middle[0], periods=round(said["periods"]), sample_rate_hz=said["sample-rate"], share=said["modulation"],
    )  # fmt: skip
    try:
        sent = design(asked)[0].excitation
    except ValueError as wrong:
        raise LinewrightError(f"stations.{stack.segment.path}.recipe: {wrong}.") from wrong
    cells, is_discharge = (cells_of_stack if stack.meter.is_stack else one_cell)(stack, middle, said)
    record = SyntheticRecord(cells, sent, noise_v=said["channel-noise"], seed=cells.seed, is_discharge=is_discharge)
    return UnitSamples(stack.unit, record)


def cells_of_stack(stack: StationStack, middle: list[float], said: Mapping[str, float]) -> tuple[SyntheticStack, bool]:
    """Return the cells of a stack, and whether their voltages fall with the current."""
    spread = (said["ohmic-spread"], said["transfer-spread"], said["transport-spread"])
    levels = Levels(
        transfer_s=said["transfer-time"], transport_s=said["transport-time"], lead_h=said["lead-inductance"], spread=spread,
        end_effect=said["end-effect"], voltage_v=said["cell-voltage"],
    )  # fmt: skip
    sound = [math.exp(each * said["weakest"]) - 1.0 for each in spread]
    weak = [stack.recorded.get(name, w) for (_, name, _), w in zip(stack.meter.measured, sound, strict=True)]
    is_discharge = said["cell-voltage"] < REVERSIBLE_V
    values = UnitValues(middle[0], middle[1], middle[2], (weak[0], weak[1], weak[2]))
    return stack_of_unit(values, stack.key, stack.cells, levels, stack.current_a, is_discharge=is_discharge), is_discharge


def one_cell(stack: StationStack, middle: list[float], said: Mapping[str, float]) -> tuple[SyntheticStack, bool]:
    """Return a battery cell as a stack of one, and that its voltage falls with the current.

    Notes
    -----
    R tanh(s) / s with s = sqrt(j w T) is sigma (1 - j) / sqrt(w) with sigma = R / sqrt(2 T) where w T is large: Warburg's element.
    """
    levels = Levels(
        transfer_s=said["transfer-time"], transport_s=ENDLESS_S, lead_h=said["lead-inductance"], end_effect=0.0, voltage_v=said["cell-voltage"]
    )
    made = stack_of_unit(UnitValues(middle[0], middle[1], middle[2], (0.0, 0.0, 0.0)), stack.key, 1, levels, stack.current_a)
    return replace(made, transport_ohm=made.transport_ohm * np.sqrt(2.0 * made.transport_s)), True


#: Reversible voltage of water at 25 degC, V: a cell below it delivers current, one above takes it up.
REVERSIBLE_V = 1.229


def recipe_of_station(stack: StationStack) -> Recipe:
    """Return the limits of a station for each cell of its stacks, or for its cells.

    Notes
    -----
    The windows of the line file are of the middle of the cells, and of how far a cell may lie from it. So a cell may be what the lowest middle with
    the weakest cell would be, up to the highest. Limits on the measurement itself (Kramers-Kronig, fit, distortion, drift), the circuit, and how
    many robust deviations a cell may lie from its neighbours are those of the shipped recipe of its class.
    """
    base = read_recipe(stack.meter.recipe)
    window = {c.name: c.window for c in stack.segment.measures}
    limits = {q: limit for q, limit in base.limits.items() if q in {"kk", "fit", "thd", "nsd", "drift"}}
    for name, weakest, q in stack.meter.measured:
        if name not in window:
            continue
        of, away = window[name], window.get(weakest)
        low, high = (0.0, 0.0) if away is None else (away.lower or 0.0, away.upper or 0.0)
        ends = (None if of.lower is None else of.lower * (1.0 + low), None if of.upper is None else of.upper * (1.0 + high))
        limits[q] = Limit(*(None if x is None else x / stack.per_ohm for x in ends))
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
    known = [np.nan_to_num(deviations[q]) for _, _, q in stack.meter.measured if q in deviations]
    weak = int(np.argmax(np.abs(np.sum(known, axis=0)))) if known else None
    for c in stack.segment.measures:
        found = math.nan
        for name, weakest, q in stack.meter.measured:
            if c.name == name and q in judged.values:
                found = float(np.nanmedian(judged.values[q])) * stack.per_ohm
            if weakest and c.name == weakest and q in deviations and weak is not None and judged.verdict is not None:
                found = math.expm1(float(deviations[q][weak]) * max(judged.verdict.spread[q][1], LEAST_SPREAD))
        if c.name in {each for row in stack.meter.measured for each in row[:2]}:
            limits = [None if x is None else c.unit.shown(x) for x in (c.window.lower, c.window.upper)]
            recorded = stack.recorded.get(c.name)
            rows.append(CompareRow(c.name, c.unit.text, None if recorded is None else c.unit.shown(recorded), c.unit.shown(found), *limits))
    return tuple(rows)
