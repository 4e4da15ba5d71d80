"""Curves of a station's channels: what the shipped formation class draws, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from linewright.library.catalogue import LibraryFolder, shipped_library
from linewright.library.conformance import check_process
from linewright.library.curves import POINTS_MOST, CurveSignal, StationCurves, corners, curve_signals, thinned
from linewright.library.process import Process, read_process
from linewright.model.errors import LinewrightError
from linewright.model.values import SECOND, Signal, Unit

AH = 3600.0
SIGNALS = (
    Signal("voltage", 0.0, 5.0, 10.0, error=0.005, unit=Unit("V"), per="channel"),
    Signal("current", -10.0, 10.0, 10.0, error=0.01, unit=Unit("A"), per="channel"),
)
NOMINAL = {"capacity": 5.0 * AH, "first-efficiency": 0.87, "resistance": 0.008, "time": 86400.0}


@pytest.fixture(scope="module")
def process() -> Process:
    return read_process(shipped_library(), "formation-cabinet")


def curves_of(process: Process, nominal: dict[str, float] = NOMINAL, signals: tuple[Signal, ...] = SIGNALS, **values: float) -> StationCurves:
    return StationCurves(process, {"charge": 0.1 / 3600.0, "cut-off": 4.2} | values, curve_signals(signals), nominal, "formation")


def tray(n: int = 64) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    return {
        "capacity": AH * (5.0 + 0.03 * rng.standard_normal(n)),
        "first-efficiency": 0.87 + 0.005 * rng.standard_normal(n),
        "resistance": 0.008 + 0.0002 * rng.standard_normal(n),
    }


def in_si(curves: StationCurves, cells: dict[str, np.ndarray], duration_s: float = 86400.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    numbers = curves.of(cells, duration_s)
    return tuple(numbers[:, k] * s.resolution for k, s in enumerate(curves.signals))  # type: ignore[return-value]


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_straight_lines_stay_within_the_meters_error(process: Process, rate: float) -> None:
    """Against the same law at 1,501 points a phase, for ordinary cells and for ones far outside: bad contact, high resistance, low efficiency."""
    curves, cells = curves_of(process, charge=rate / 3600.0), tray()
    cells["capacity"][:3] = [3.5 * AH, 5.5 * AH, 4.0 * AH]
    cells["resistance"][:4] = [0.008, 0.02, 0.012, 0.004]
    cells["first-efficiency"][4:6] = [0.75, 0.95]
    t_s, volts, amperes = in_si(curves, cells)
    assert t_s.shape == (64, curves.points)
    assert curves.points <= POINTS_MOST
    fine = [np.linspace(0.0005, 0.9995, 1501)] * 5
    full = process.called("curve", fine, {k: v[:, None] for k, v in cells.items()} | {"time": np.full((64, 1), 86400.0)},
                          *process.arguments({"charge": rate / 3600.0, "cut-off": 4.2}))  # fmt: skip
    for row in range(64):
        times = full["time"][row]
        assert np.abs(np.interp(times, t_s[row], volts[row]) - full["voltage"][row])[clear(times, t_s[row])].max() < 0.005
        assert np.abs(np.interp(times, t_s[row], amperes[row]) - full["current"][row])[clear(times, t_s[row])].max() < 0.01


def clear(times: np.ndarray, corner_s: np.ndarray) -> np.ndarray:
    """Points that are farther from a step (two corners at one time) than the stored step of time."""
    steps = corner_s[1:][np.diff(corner_s) == 0.0]
    return np.abs(times[:, None] - steps[None, :]).min(axis=1) > 1.0


def test_what_goes_in_and_out_is_what_was_measured(process: Process) -> None:
    """Out is the capacity, in is the capacity over the efficiency, to the stored steps of time (1 s) and current (0.1 mA)."""
    curves, cells = curves_of(process), tray(256)
    t_s, _, amperes = in_si(curves, cells)
    charge = 0.5 * (amperes[:, 1:] + amperes[:, :-1]) * np.diff(t_s, axis=1)
    out, into = -np.where(charge < 0, charge, 0.0).sum(axis=1), np.where(charge > 0, charge, 0.0).sum(axis=1)
    assert np.abs(out - cells["capacity"]).max() <= 0.5 * 1.0 + 1e-6  # half a step of time at each end, 0.5 A
    assert np.abs(into - cells["capacity"] / cells["first-efficiency"]).max() < 2.0
    assert np.abs(out / into - cells["first-efficiency"]).max() < 1e-4  # the ledger's step of the first efficiency


def test_it_stays_in_the_voltage_window_and_ends_with_the_visit(process: Process) -> None:
    t_s, volts, _ = in_si(curves_of(process), tray())
    assert volts.max() <= 4.2 + 1e-9
    assert np.all(np.diff(t_s, axis=1) >= 0)
    assert np.all(t_s[:, 0] == 0.0)
    assert np.all(t_s[:, -1] == 86400.0)


def test_a_visit_that_is_too_short_is_cut_off(process: Process) -> None:
    t_s, volts, amperes = in_si(curves_of(process), tray(4), duration_s=3 * 3600.0)
    assert np.all(t_s <= 3 * 3600.0)
    assert np.all(amperes == 0.5), "still charging"
    assert np.all(volts < 3.6)


def test_all_channels_have_one_current_and_a_weak_cell_is_through_sooner(process: Process) -> None:
    cells = {"capacity": AH * np.array([5.0, 4.0])}
    t_s, _, amperes = in_si(curves_of(process), cells)
    assert set(np.unique(amperes[:, 0])) == {0.5}
    assert np.diff(t_s[:, -2])[0] == pytest.approx(-3600.0 * (1.0 / 0.5 + 1.0 / 0.87 / 0.5), rel=0.01)


def test_the_rate_counts_by_the_rated_capacity_that_the_line_states(process: Process) -> None:
    _, _, amperes = in_si(curves_of(process, **{"rated-capacity": 3.0 * AH}), {"capacity": np.array([3.0 * AH])})
    assert amperes.max() == pytest.approx(0.3)


def test_a_cell_is_the_same_alone_and_among_others(process: Process) -> None:
    curves, cells = curves_of(process), tray(256)
    block = curves.of(cells, 86400.0)
    for k in (0, 17, 255):
        assert np.array_equal(curves.of({name: v[k : k + 1] for name, v in cells.items()}, 86400.0)[0], block[k])


def test_a_value_that_is_missing_is_the_nominal_one(process: Process) -> None:
    curves = curves_of(process)
    assert np.array_equal(curves.of({"capacity": np.array([np.nan])}, 86400.0), curves.of({}, 86400.0))


# ---- what is refused


def test_a_class_without_curves_is_named_with_the_next_step() -> None:
    other = read_process(shipped_library(), "rotary-filler")
    for given in (other, None):
        with pytest.raises(LinewrightError, match=r"stations\.formation\.signals: `per` asks for curves(.|\n)*`curve`, such as formation-cabinet"):
            StationCurves(given, {}, curve_signals(SIGNALS), NOMINAL, "formation")


def test_other_signals_than_the_class_draws_are_named(process: Process) -> None:
    with pytest.raises(LinewrightError, match=r"the curves of its class are current, voltage; with `per` the station states voltage\."):
        curves_of(process, signals=SIGNALS[:1])


def test_an_error_that_takes_too_many_points_is_refused(process: Process) -> None:
    fine = (replace(SIGNALS[0], error=0.00005), SIGNALS[1])
    with pytest.raises(LinewrightError, match=r"within voltage 5e-05 V, current 0\.01 A take \d{3} points, and a curve has 64 at most"):
        curves_of(process, signals=fine)


def test_a_line_that_does_not_measure_what_a_curve_follows_from_is_told(process: Process) -> None:
    with pytest.raises(LinewrightError, match="its curves follow from first-efficiency, which no station measures"):
        curves_of(process, {"capacity": 5.0 * AH, "time": 86400.0})


WRONG_CURVES = {
    "the neighbour": ("* np.ones((1, 1))", "* np.mean(cell['thickness'])", "depends on the cells beside it"),
    "back in time": ('{"time": t', '{"time": -t', "time goes back"),
    "another signal": ('"volts":', '"amperes":', "gives ['amperes', 'time']; time and the station's signals with `per` were expected"),
    "no numbers": ("* np.ones((1, 1))", "+ np.inf", "finite numbers"),
    "an unknown name": ('CURVE = ("thickness",)', 'CURVE = ("width",)', "width is declared neither among `measures` nor among `inputs`"),
}
CURVE = """

CURVE = ("thickness",)
PHASES = 1


def curve(shares, cell, inputs, recipe, parameters):
    t = cell["time"] * shares[0] + 0.0 * cell["thickness"]
    return {"time": t, "volts": cell["thickness"] * shares[0] * np.ones((1, 1))}
"""


def library(make: Callable[..., LibraryFolder], swap: tuple[str, str] = ("", "")) -> LibraryFolder:
    result = 'return {"thickness": inputs["thickness-before"] - pressed}'
    return make(
        (result, result + CURVE.replace(*swap)),
        ("station:\n", "station:\n  signals: {volts: {range: 0 .. 5 V, error: 5 mV, per: pin}}\n"),
        ("  measures:\n", "  signals:\n    volts: {unit: V}\n  measures:\n"),
    )  # fmt: skip


def test_a_class_of_ones_own_may_have_curves(make_library: Callable[..., LibraryFolder]) -> None:
    assert check_process(library(make_library), "press") == []


@pytest.mark.parametrize("case", WRONG_CURVES)
def test_a_wrong_curve_is_told(case: str, make_library: Callable[..., LibraryFolder]) -> None:
    old, new, told = WRONG_CURVES[case]
    found = check_process(library(make_library, (old, new)), "press")
    assert found, case
    assert told in found[0]


# ---- points of measured curves


def test_points_of_a_measured_curve_stay_within_half_the_error() -> None:
    t = np.arange(0.0, 86400.0, 10.0)
    rng = np.random.default_rng(3)
    volts = 3.0 + np.sqrt(t / 86400.0) + 0.0003 * rng.standard_normal(len(t))
    lines = (CurveSignal("time", SECOND, 10.0, 1.0), CurveSignal("voltage", Unit("V"), 0.005, 1e-4))
    numbers = thinned(t, {"voltage": volts}, lines)
    assert numbers.shape[1] < 25
    off = np.abs(np.interp(t, numbers[0] * 1.0, numbers[1] * 1e-4) - volts)
    assert off.max() <= 0.0025 + 0.5e-4


def test_a_measured_curve_that_needs_more_keeps_its_64_most_telling_points() -> None:
    t = np.arange(2000.0)
    lines = (CurveSignal("time", SECOND, 1.0, 1.0), CurveSignal("voltage", Unit("V"), 0.005, 1e-4))
    wild = np.sin(t / 10.0)
    wild[1234] = 9.0
    numbers = thinned(t, {"voltage": wild}, lines)
    assert numbers.shape == (2, 64)
    assert numbers[1].max() == 90000, "the largest departure is among them"


def test_a_step_has_two_points_at_one_time() -> None:
    t = np.array([0.0, 10.0, 10.0, 20.0])
    lines = (CurveSignal("time", SECOND, 1.0, 1.0), CurveSignal("current", Unit("A"), 0.01, 1e-4))
    assert thinned(t, {"current": np.array([1.0, 1.0, -1.0, -1.0])}, lines).tolist() == [[0, 10, 10, 20], [10000, 10000, -10000, -10000]]


def test_corners_agree_with_trying_every_segment() -> None:
    """Between two corners no point is farther than 1 from the straight line; this tries them all."""
    rng = np.random.default_rng(11)
    for _ in range(20):
        t = np.cumsum(rng.random(200))
        y = np.cumsum(rng.standard_normal(200)) * rng.choice([0.1, 1.0, 5.0])
        kept = corners(t, [y])
        line = np.interp(t, t[kept], y[kept])
        assert np.abs(line - y).max() <= 1.0 + 1e-9
        assert kept[0] == 0
        assert kept[-1] == 199
