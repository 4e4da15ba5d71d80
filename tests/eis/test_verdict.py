"""The verdict: seeded faults are found, healthy cells pass, what was put into a synthetic stack comes out again."""

from __future__ import annotations

import numpy as np
import pytest

from linewright.eis.analysis import Analysis, analyse, kk_doubt, quantities
from linewright.eis.circuit import parse_circuit
from linewright.eis.recipe import QUANTITIES, Limit, Recipe
from linewright.eis.spectrum import Spectra
from linewright.eis.synthetic_stack import Levels, SyntheticStack, synthetic_stack
from linewright.eis.verdict import StackVerdict, high_frequency_resistance, judge, looks_like, robust_deviations

FREQUENCY = np.logspace(4, -1, 41)
NOISE = 1e-3  # of |Z|, each part
KINDS = ("dry", "flooded", "short", "poor contact", "poisoned")
RECIPE = Recipe(
    "test", circuit="R0-ZARC1-Ws1", names={"hfr": "R0", "rct": "ZARC1.R", "transport": "Ws1.R"},
    limits={"kk": Limit(high=0.01), "fit": Limit(high=0.01)}, spread={"hfr": 6.0, "rct": 6.0, "transport": 6.0},
)  # fmt: skip


def judged(stack: SyntheticStack, seed: int) -> tuple[Analysis, dict[str, np.ndarray], StackVerdict]:
    rng = np.random.default_rng(seed)
    z = stack.impedance_ohm(FREQUENCY, with_leads=False)
    noisy = z + NOISE * np.abs(z) * (rng.standard_normal(z.shape) + 1j * rng.standard_normal(z.shape))
    found = analyse(Spectra.of(FREQUENCY, noisy, (), (NOISE * np.abs(z)) ** 2), parse_circuit(RECIPE.circuit), "measured")
    values = quantities(found, RECIPE)
    return found, values, judge(values, found.spectra.names, RECIPE)


@pytest.mark.parametrize("seed", range(5))
def test_twenty_seeded_faults_of_400_cells_are_found_and_no_healthy_cell_fails(seed: int) -> None:
    """Five stacks make the 100 of 100; one false of 400 would still be allowed in all five together."""
    places = np.random.default_rng([seed, 9]).choice(400, 20, replace=False)
    faults = {int(k): KINDS[n % 5] for n, k in enumerate(places)}
    stack = synthetic_stack(400, 100 + seed, faults)
    _, values, verdict = judged(stack, seed)
    failed = {c.cell: c.looks_like for c in verdict.failed}
    assert set(faults) <= set(failed)
    assert set(failed) == set(faults)
    assert failed == faults
    healthy = np.array([k for k in range(400) if k not in faults])
    assert np.abs(values["hfr"][healthy] / stack.ohmic_ohm[healthy] - 1.0).max() < 0.005
    assert np.abs(values["rct"][healthy] / stack.transfer_ohm[healthy] - 1.0).max() < 0.03


def test_a_stack_without_faults_passes() -> None:
    assert judged(synthetic_stack(400, 3), 1)[2].is_pass


def test_ends_that_are_colder_are_no_outliers() -> None:
    stack = synthetic_stack(100, 3, levels=Levels(end_effect=0.12))
    away = robust_deviations(stack.transfer_ohm, np.arange(100))
    plain = np.log(stack.transfer_ohm / np.median(stack.transfer_ohm))
    assert abs(away[0]) < 6.0
    assert abs(plain[0]) > 0.08


def test_a_third_of_bad_cells_does_not_hide_itself() -> None:
    x = np.exp(0.02 * np.random.default_rng(1).standard_normal(90))
    bad = np.zeros(90, dtype=bool)
    bad[::3] = True
    away = robust_deviations(np.where(bad, x * 1.5, x), np.arange(90))
    assert (away[bad] > 6.0).mean() > 0.9
    assert (np.abs(away[~bad]) < 6.0).all()


def test_few_cells_are_not_compared_and_unknown_ones_not_judged_by_spread() -> None:
    assert np.isnan(robust_deviations(np.ones(7), np.arange(7))).all()
    x = np.ones(20) + 0.01 * np.arange(20)
    x[[3, 4]] = [np.nan, -1.0]
    away = robust_deviations(x, np.arange(20))
    assert np.isnan(away[[3, 4]]).all()
    assert np.isfinite(np.delete(away, [3, 4])).all()


def test_a_value_that_is_unknown_fails_its_limit() -> None:
    verdict = judge({"hfr": np.array([np.nan, 1e-4])}, ["a", "b"], Recipe("r", limits={"hfr": Limit(low=2e-5, high=2e-4)}))
    assert [c.reasons for c in verdict.cells] == [("hfr could not be determined",), ()]


def test_missing_channels_fail_and_stand_where_they_belong() -> None:
    verdict = judge(
        {"hfr": np.array([1e-4, 3e-4])}, ["1", "4"], Recipe("r", limits={"hfr": Limit(high=2e-4)}, failed_cells=2),
        np.array([0, 3]), [(1, "2", "its channel is missing in the file")],
    )  # fmt: skip
    assert [(c.name, c.cell, c.is_pass) for c in verdict.cells] == [("1", 0, True), ("2", 1, False), ("4", 3, False)]
    assert verdict.is_pass  # two may fail


@pytest.mark.parametrize(
    ("hfr", "rct", "transport", "name"),
    [(9, 9, 0, "dry"), (9, 0, 0, "poor contact"), (0, 0, 9, "flooded"), (0, 9, 0, "poisoned"), (-9, -9, -9, "short"), (0, 0, 0, "")],
)
def test_patterns_have_names(hfr: float, rct: float, transport: float, name: str) -> None:
    assert looks_like({"hfr": hfr, "rct": rct, "transport": transport}) == name


def test_the_high_frequency_resistance_without_a_crossing_is_that_of_the_first_point() -> None:
    assert high_frequency_resistance(np.array([[2.0 - 1.0j, 3.0 - 2.0j]])).tolist() == [2.0]


def test_what_a_calibration_does_not_know_says_nothing_against_the_circuit() -> None:
    stack = synthetic_stack(30, 3)
    z = stack.impedance_ohm(FREQUENCY, with_leads=False)
    left_h = 3e-11  # of 100 nH that a calibration to 0.03 % leaves
    reactance = 2 * np.pi * FREQUENCY * left_h
    noise = 1e-4 * np.abs(z)
    rng = np.random.default_rng(4)
    seen = z + 1j * reactance + noise * (rng.standard_normal(z.shape) + 1j * rng.standard_normal(z.shape))
    circuit = parse_circuit(RECIPE.circuit)
    known = quantities(analyse(Spectra.of(FREQUENCY, seen, (), noise**2 + reactance**2), circuit, "measured"), RECIPE)
    unknown = quantities(analyse(Spectra.of(FREQUENCY, seen), circuit), RECIPE)
    assert (known["fit"] < 0.002).all()
    assert np.median(unknown["fit"]) > np.median(known["fit"])
    wrong = quantities(analyse(Spectra.of(FREQUENCY, seen, (), noise**2 + reactance**2), parse_circuit("R0-C1"), "measured"), Recipe("r"))
    assert (wrong["fit"] > 0.05).all()


def test_a_narrow_range_is_not_called_bad_data() -> None:
    f = np.logspace(5, 4, 12)
    found = analyse(Spectra.of(f, 100.0 / (1 + 1j * f / 3e4) + 3.0 * np.sin(9 * np.log(f))))
    assert found.kk.worst[0] > 0.01
    assert "too few" in kk_doubt(found, 0)
    assert np.isnan(quantities(found, Recipe("r"))["kk"][0])


def test_quantities_are_shown_in_units_that_are_known() -> None:
    from linewright.model.quantity import dimension_of, unit_reading

    for q in QUANTITIES.values():
        reading = unit_reading(q.unit)
        assert reading.dimension == dimension_of(q.kind)
        assert q.factor * float(reading.scale) == pytest.approx(1.0)
