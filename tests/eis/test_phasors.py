"""Raw samples to phasors and spectra: equal to the slow way, right within their own uncertainty, every bad channel by name."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.naive import naive_phasors

from linewright.eis import record_plan
from linewright.eis.design import Asked, design
from linewright.eis.excitation import Excitation, Segment, spread_cycles
from linewright.eis.phasors import Phasors, PhasorStream
from linewright.eis.spectrum import Spectra
from linewright.eis.stack_spectra import StackSpectra, calibration_of, stack_spectra, without_leads
from linewright.eis.synthetic_stack import SyntheticRecord, synthetic_stack

RATE = 5000.0


def multi_sine(periods: int = 3) -> Excitation:
    count = int(RATE * periods)
    cycles = spread_cycles(periods, 1000 * periods, 8)
    phase = np.random.default_rng(5).uniform(0, 2 * np.pi, len(cycles))
    return Excitation("multi-sine", RATE, 1000.0, (Segment(1000, count, cycles, np.full(len(cycles), 6.0), phase),))


def phasors_of(record: SyntheticRecord, size: int = 777) -> Phasors:
    stream = PhasorStream(record.excitation, record.channels)
    for block in record.blocks(size):
        stream.push(block)
    return stream.result()


@pytest.mark.parametrize("is_kept", [True, False])
def test_lines_are_those_of_the_slow_way(monkeypatch: pytest.MonkeyPatch, is_kept: bool) -> None:
    if not is_kept:
        monkeypatch.setattr(record_plan, "KEPT", 0)
    excitation = multi_sine(9)
    record = SyntheticRecord(synthetic_stack(4, 3), excitation, noise_v=0.0, noise_a=0.0)
    (segment,) = excitation.segments
    plan = record_plan.plan_segment(segment, RATE, 5)
    assert (plan.summed > 1, len(plan.fast) > 0) == (not is_kept, not is_kept)
    whole = np.concatenate(list(record.blocks(4096)), axis=1).astype(np.float64)
    slow = naive_phasors.phasors(whole[:, segment.begin : segment.end], segment.cycles)
    found = phasors_of(record)
    expected = slow[:, ::-1]
    np.testing.assert_allclose(found.value[0], expected[0], rtol=2e-6)  # single precision of samples and sums
    np.testing.assert_allclose(found.value[1:], expected[1:], atol=2e-8)  # V, of 0.65 V


def test_sums_of_neighbouring_samples_hardly_add_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    record = SyntheticRecord(synthetic_stack(4, 3), multi_sine(9))
    kept = phasors_of(record)
    monkeypatch.setattr(record_plan, "KEPT", 0)
    summed = phasors_of(record)
    off = np.abs(summed.value - kept.value) / kept.sigma
    assert float(np.sqrt((off**2).mean())) < 0.2
    assert 0.9 < float(np.median(summed.sigma / kept.sigma)) < 1.1


def test_blocks_of_any_length_give_the_same() -> None:
    record = SyntheticRecord(synthetic_stack(3, 3), multi_sine())
    a, b = phasors_of(record, 333), phasors_of(record, 100_000)
    np.testing.assert_allclose(a.value, b.value, rtol=1e-6)
    np.testing.assert_allclose(a.sigma, b.sigma, rtol=1e-4)


def test_the_stated_uncertainty_is_the_true_one() -> None:
    excitation = multi_sine()
    stack = synthetic_stack(60, 11)
    record = SyntheticRecord(stack, excitation, curvature_v_per_a2=0.0)
    found = stack_spectra(phasors_of(record))
    assert found.is_discharge
    assert found.spectra.variance_ohm2 is not None
    off = (found.spectra.impedance_ohm - stack.impedance_ohm(found.spectra.frequency_hz)) / np.sqrt(found.spectra.variance_ohm2)
    assert 0.85 < float(np.sqrt((off.real**2).mean())) < 1.15
    assert 0.85 < float(np.sqrt((off.imag**2).mean())) < 1.15
    np.testing.assert_allclose(found.drift_v, 1e-3 * excitation.segments[0].count / excitation.samples, rtol=0.1)
    np.testing.assert_allclose(found.mean_v, stack.mean_v() + 1e-3 * (1000 + 7500) / 16000, atol=1e-4)


def test_drift_does_not_reach_the_lowest_line() -> None:
    excitation, stack = multi_sine(), synthetic_stack(3, 3)
    records = [SyntheticRecord(stack, excitation, noise_v=0.0, noise_a=0.0, drift_v=d, curvature_v_per_a2=0.0) for d in (0.0, 5e-3)]
    still, drifting = (stack_spectra(phasors_of(record)).spectra.impedance_ohm for record in records)
    assert np.abs(drifting / still - 1.0).max() < 2e-4
    bare = naive_phasors.phasors(np.arange(15000.0)[None] / 15000 * 5e-3 - 2.5e-3, np.array([3]))
    assert abs(bare[0, 0]) < 1e-15  # the slow way knows drift too; without it the line would be off by 5 mV / (3 pi)


def test_a_curved_polarisation_shows_as_harmonics_and_not_as_noise() -> None:
    excitation, stack = multi_sine(), synthetic_stack(3, 3)
    straight, curved = (phasors_of(SyntheticRecord(stack, excitation, noise_v=1e-6, noise_a=0.0, curvature_v_per_a2=c)) for c in (0.0, 2e-6))
    assert np.nanmedian(curved.thd[1:]) > 10 * np.nanmedian(straight.thd[1:])
    assert np.nanmedian(curved.nsr[1:]) < 0.02 * np.nanmedian(curved.thd[1:])
    second = 2e-6 * 6.0**2 / 2.0 / np.abs(straight.value[1:])  # c a^2 / 2 on 2 f, by the line
    assert 0.5 < float(np.nanmedian(curved.thd[1:] / second)) < 2.0


def test_an_impedance_that_changes_shows_beside_the_line() -> None:
    (segment,) = multi_sine().segments
    steady = Excitation("multi-sine", RATE, 0.0, (Segment(0, segment.count, segment.cycles, segment.amplitude_a, segment.phase_rad),))
    i = steady.current_a(0, segment.count)
    grows = np.linspace(0.9, 1.1, segment.count)
    stream = PhasorStream(steady, 3)
    stream.push(np.stack([i, 1e-4 * i, 1e-4 * i * grows]) + 1e-6 * np.random.default_rng(1).standard_normal((3, segment.count)))
    found = stream.result()
    assert np.nanmin(found.nsd[2]) > 0.02
    assert np.nanmax(found.nsd[1]) < 0.01


def test_stepped_sines_give_the_same_impedance() -> None:
    asked = Asked(2.0, 1000.0, 1000.0, 3, share=0.05)
    stack = synthetic_stack(3, 9)
    for made in design(asked):
        found = stack_spectra(phasors_of(SyntheticRecord(stack, made.excitation, drift_v=1e-4)))
        true = stack.impedance_ohm(found.spectra.frequency_hz)
        assert np.abs(found.spectra.impedance_ohm / true - 1.0).max() < 0.01, made.excitation.kind


def spoilt(**spoil: tuple[int, ...]) -> StackSpectra:
    return stack_spectra(phasors_of(SyntheticRecord(synthetic_stack(8, 3), multi_sine(), **spoil)))  # type: ignore[arg-type]


def test_a_clipped_and_a_dead_channel_are_named_and_the_others_judged() -> None:
    found = spoilt(clipped=(2,), dead=(5,))
    assert [(name, text.split(":")[0]) for _, name, text in found.faults] == [
        ("2", "it is clipped"), ("5", "it has one value throughout"),
    ]  # fmt: skip
    assert found.channel.tolist() == [0, 2, 3, 5, 6, 7]
    assert np.isfinite(found.spectra.impedance_ohm).all()


def test_a_coarse_converter_is_not_clipped() -> None:
    excitation = multi_sine()
    i = excitation.current_a(0, excitation.samples)
    step = 2e-4
    stream = PhasorStream(excitation, 2)
    stream.push(np.stack([i, np.round((1e-4 * i) / step) * step]))
    assert stream.result().faults == ("", "")


def test_missing_samples_and_a_current_without_signal() -> None:
    excitation = multi_sine()
    i = excitation.current_a(0, excitation.samples)
    v = np.stack([i, 1e-4 * i, 1e-4 * i])
    v[1, 4000:4010] = np.nan
    stream = PhasorStream(excitation, 3)
    stream.push(v)
    found = stream.result()
    assert found.faults == ("", "10 of 15000 samples have no number", "")
    stream = PhasorStream(excitation, 2)
    stream.push(np.stack([np.full_like(i, 1000.0), 1e-4 * i]))
    with pytest.raises(ValueError, match="Without it there is no impedance"):
        stream.result()


def test_a_record_that_ends_early_says_when() -> None:
    excitation = multi_sine()
    stream = PhasorStream(excitation, 2)
    stream.push(np.zeros((2, 5000)))
    with pytest.raises(ValueError, match=r"end after 1 s; the excitation has 3.2 s \(16000 samples"):
        stream.result()
    with pytest.raises(ValueError, match="2 channels were expected; 3 came"):
        stream.push(np.zeros((3, 10)))


def test_exchanged_leads_are_told_with_their_neighbours() -> None:
    found = stack_spectra(phasors_of(SyntheticRecord(synthetic_stack(8, 3, {4: "swapped lead"}), multi_sine())))
    assert [name for _, name, _ in found.faults] == ["4", "5", "6"]
    assert "wrong sign" in found.faults[1][2]
    assert "sees two cells" in found.faults[0][2]


def test_the_leads_are_taken_off_by_a_calibration() -> None:
    stack = synthetic_stack(6, 3)
    frequency = np.logspace(4, 1, 19)
    rng = np.random.default_rng(2)
    short = 1e-5 + 2j * math.pi * frequency * stack.lead_h[:, None]
    short = short * (1.0 + 1e-3 * rng.standard_normal(short.shape))
    calibration = calibration_of(Spectra.of(frequency, short))
    np.testing.assert_allclose(calibration.inductance_h, stack.lead_h, rtol=2e-3)
    bare = without_leads(Spectra.of(frequency, stack.impedance_ohm(frequency), (), np.full(short.shape, 1e-18)), calibration)
    true = stack.impedance_ohm(frequency, with_leads=False)
    assert np.abs(stack.impedance_ohm(frequency)[:, 0] / true[:, 0]).min() > 20.0  # 100 nH at 10 kHz against 0.143 mOhm
    assert bare.variance_ohm2 is not None
    assert (np.abs(bare.impedance_ohm - true) < 5.0 * np.sqrt(bare.variance_ohm2)).all()


def test_a_calibration_that_is_none_is_refused() -> None:
    frequency = np.logspace(4, 1, 19)
    with pytest.raises(ValueError, match="channel 1 is no resistance with an inductance"):
        calibration_of(Spectra.of(frequency, 1.0 / (2j * math.pi * frequency)))
    with pytest.raises(ValueError, match="three frequencies at least"):
        calibration_of(Spectra.of([1.0], [1.0]))
    two = calibration_of(Spectra.of(frequency, np.tile(1e-5 + 1e-7j * frequency, (2, 1))))
    with pytest.raises(ValueError, match="has 2 channels, the measurement 3"):
        without_leads(Spectra.of(frequency, np.ones((3, 19))), two)


def test_the_same_seed_gives_the_same_record_whatever_the_blocks() -> None:
    record = SyntheticRecord(synthetic_stack(3, 3), multi_sine())
    a = np.concatenate(list(record.blocks(1000)), axis=1)
    np.testing.assert_allclose(a, record.block(0, record.excitation.samples), rtol=1e-6)
    with pytest.raises(ValueError, match="there is no fault `wet`"):
        synthetic_stack(3, 1, {0: "wet"})
    with pytest.raises(ValueError, match="cell 10 has a fault, but there are 3"):
        synthetic_stack(3, 1, {9: "dry"})
