"""What is wrong with spectra is named, with its place; what is right is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from linewright.eis.choice import choose_circuit
from linewright.eis.circuit import parse_circuit
from linewright.eis.drt import distribution
from linewright.eis.findings import check_spectra, mended
from linewright.eis.fit import fit_circuit
from linewright.eis.impedance import impedance
from linewright.eis.lin_kk import lin_kk
from linewright.eis.measurement_model import measurement_model
from linewright.eis.spectrum import Spectra
from linewright.eis.z_hit import z_hit

F = np.logspace(4, -1, 41)
CELL = parse_circuit("L0-R0-p(R1,CPE1)-p(R2,CPE2)")
VALUES = np.array([[1e-8, 1.4e-4, 2e-4, 5.0, 0.9, 3e-4, 300.0, 0.85], [1e-7, 1.5e-4, 2.2e-4, 5.0, 0.9, 3e-4, 300.0, 0.8]])


def good() -> np.ndarray:
    return impedance(CELL, F, VALUES)


def found(Z: np.ndarray, f: np.ndarray = F, **more: object) -> list[tuple[str, int | None, int | None, bool]]:
    return [(x.kind, x.cell, x.point, x.is_fatal) for x in check_spectra(Spectra.of(f, Z), **more)]  # type: ignore[arg-type]


def test_good_spectra_have_no_findings() -> None:
    assert found(good()) == []


def test_real_spectra_have_no_findings(shared: Path) -> None:
    rows = np.load(shared / "data/eis/battery-cell/battery_cell_cycling_rows_000_064.npy")
    assert found(rows[:, 1], rows[0, 0].real) == []


def test_a_turned_sign_is_named_of_that_cell_only() -> None:
    Z = good()
    Z[1] = Z[1].conj()
    assert found(Z) == [("imaginary-sign", 1, None, True)]


def test_a_turned_sign_of_the_real_spectra_is_named(shared: Path) -> None:
    rows = np.load(shared / "data/eis/battery-cell/battery_cell_cycling_rows_000_064.npy")
    assert {x[0] for x in found(rows[:, 1].conj(), rows[0, 0].real)} == {"imaginary-sign"}
    assert len(found(rows[:, 1].conj(), rows[0, 0].real)) == 65


def test_degrees_read_as_radians_are_named(shared: Path) -> None:
    Z = good()
    Z[0] = np.abs(Z[0]) * np.exp(1j * np.degrees(np.angle(Z[0])))
    assert found(Z) == [("phase-scrambled", 0, None, True)]
    rows = np.load(shared / "data/eis/battery-cell/battery_cell_cycling_rows_000_064.npy")
    Z = np.abs(rows[:, 1]) * np.exp(1j * np.degrees(np.angle(rows[:, 1])))
    assert found(Z, rows[0, 0].real) == [("phase-scrambled", k, None, True) for k in range(65)]


def test_a_smooth_phase_in_degrees_is_named() -> None:
    """At 60 points a decade its steps are small; unwound it goes far."""
    f = np.logspace(4, -1, 301)
    Z = impedance(CELL, f, VALUES)
    assert found(np.abs(Z) * np.exp(1j * np.degrees(np.angle(Z))), f) == [("phase-scrambled", k, None, True) for k in (0, 1)]


@pytest.mark.parametrize("text", ["R0-p(R1,C1)", "C0-R0-p(R1,C1)", "L0-R0-W1", "C0-L0-R1", "p(R0,L0)-p(R1,C1)"])
def test_few_points_a_decade_of_sharp_arcs_are_no_mistake(text: str) -> None:
    f = np.logspace(4, -1, 16)
    Z = impedance(parse_circuit(text), f, [{"R": 1.0, "C": 0.01, "L": 1e-4, "W": 1.0}[n[0]] for n in parse_circuit(text).names])
    assert found(Z, f) == []


def test_radians_read_as_degrees_are_named() -> None:
    Z = good()
    Z[1] = np.abs(Z[1]) * np.exp(1j * np.radians(np.angle(Z[1])))
    assert found(Z) == [("phase-too-small", 1, None, True)]


def test_a_resistor_is_no_mistake_of_units() -> None:
    assert found(np.full((1, 41), 2.0 - 1e-6j)) == []


def test_holes_and_dead_channels_are_named_by_point() -> None:
    Z = good()
    Z[0, 5], Z[1, 7] = np.nan, 0.0
    assert found(Z) == [("not-a-number", 0, 5, False), ("zero-impedance", 1, 7, False)]


def test_too_few_points_for_the_circuit() -> None:
    f, Z = F[:4], good()[:1, :4]
    assert found(Z, f) == []
    assert found(Z, f, circuit=CELL) == [("too-few-points", 0, None, True)]


def test_the_axis_is_judged_and_mended() -> None:
    f = F.copy()
    f[[3, 4]] = f[[4, 3]]
    f[10] = f[9]
    f[20] = -1.0
    Z = good()
    assert [(x[0], x[2]) for x in found(Z, f)] == [("frequency-not-positive", 20), ("frequency-unsorted", 4), ("frequency-doubled", 9)]
    clean = mended(Spectra.of(f, Z, variance_ohm2=np.ones(Z.shape)))
    assert clean.n_f == 39
    assert (np.diff(clean.frequency_hz) < 0).all()
    at = list(clean.frequency_hz).index(f[9])
    np.testing.assert_allclose(clean.impedance_ohm[:, at], Z[:, 9:11].mean(axis=1), rtol=1e-14)
    assert clean.variance_ohm2 is not None
    assert clean.variance_ohm2[0, at] == 0.5


def test_a_mended_hole_stays_a_hole() -> None:
    clean = mended(Spectra.of([1.0, 2.0, 2.0], [1.0, np.nan, 3.0]))
    assert clean.impedance_ohm.tolist() == [[3.0, 1.0]]
    assert np.isnan(mended(Spectra.of([1.0, 2.0], [1.0, np.nan])).impedance_ohm[0, 0])


def test_turned_sense_leads_are_named() -> None:
    Z = good()
    Z[0] = -Z[0]
    Z[1, 3] -= 2e-4
    assert found(Z) == [("negative-real", 0, 0, True), ("negative-real", 1, 3, False)]


def test_shapes_that_disagree_are_refused() -> None:
    with pytest.raises(ValueError, match=r"2 names and 3 frequencies"):
        Spectra(np.ones(3), np.ones((2, 4), complex), ("a", "b"))
    with pytest.raises(ValueError, match="`a` comes twice"):
        Spectra(np.ones(3), np.ones((2, 3), complex), ("a", "a"))


def test_without_any_frequency_nothing_can_be_judged() -> None:
    Z = good()[:, :2]
    assert [x[3] for x in found(Z, np.array([0.0, np.nan]))[:2]] == [True, True]
    for analysis in (lin_kk, distribution, lambda s: fit_circuit(s, "R0")):
        with pytest.raises(ValueError, match="none of the 2 frequencies is above 0 Hz"):
            analysis(Spectra.of([0.0, np.nan], Z))


def test_no_cell_is_no_fault() -> None:
    """Such as the sound ones among cells that are all broken."""
    none = Spectra.of(F, good()).cells(np.zeros(2, np.bool_))
    assert check_spectra(none) == ()
    assert lin_kk(none).reasons == distribution(none).reasons == z_hit(none).reasons == ()
    assert fit_circuit(none, CELL).values.shape == (0, 8)
    assert choose_circuit(none).doubts == ()
    assert measurement_model(none).reasons == ()


@pytest.mark.parametrize("size", [1e-12, 1.0, 1e12])
def test_cells_of_every_size_are_judged(size: float) -> None:
    Z = size * impedance(parse_circuit("R0-p(R1,CPE1)"), F, [[1.0, 2.0, 0.02, 0.9]])
    assert found(Z) == []
    assert fit_circuit(Spectra.of(F, Z), "R0-p(R1,CPE1)").value("R1")[0] == pytest.approx(2.0 * size, rel=1e-6)
    assert lin_kk(Spectra.of(F, Z)).worst[0] == pytest.approx(lin_kk(Spectra.of(F, Z / size)).worst[0], rel=1e-6)
    assert distribution(Spectra.of(F, Z)).peaks.resistance_ohm.shape[1] >= 1


def test_a_negative_cell_is_judged_too() -> None:
    Z = -np.abs(np.random.default_rng(0).normal(size=(1, 41))) + 0j
    assert found(Z)[0][0] == "negative-real"
    assert np.isfinite(fit_circuit(Spectra.of(F, Z), "R0-p(R1,CPE1)").cost).all()


def test_noise_alone_is_judged_too() -> None:
    random = np.random.default_rng(0)
    noise = Spectra.of(F, random.normal(size=(3, 41)) + 1j * random.normal(size=(3, 41)))
    assert (lin_kk(noise).worst > 0.5).all()
    assert fit_circuit(noise, "R0-p(R1,CPE1)").values.shape == (3, 4)
    assert np.isfinite(distribution(noise).gamma_ohm).all()
