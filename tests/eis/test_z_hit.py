"""Z-HIT: what obeys is reproduced, drift of the modulus is seen where it is, holes are left out."""

from __future__ import annotations

import numpy as np
import pytest

from linewright.eis.circuit import parse_circuit
from linewright.eis.impedance import impedance
from linewright.eis.spectrum import Spectra
from linewright.eis.z_hit import integral, slope, z_hit

F = np.logspace(4, -2, 61)
Z = impedance(parse_circuit("R0-p(R1,CPE1)-Wo1"), F, [[0.010, 0.020, 2.0, 0.9, 0.01, 10.0], [0.012, 0.030, 2.0, 0.8, 0.01, 10.0]])


def test_a_constant_phase_is_reproduced_exactly() -> None:
    cpe = impedance(parse_circuit("CPE1"), F, [2.0, 0.7])
    np.testing.assert_allclose(z_hit(Spectra.of(F, cpe)).modulus_ohm, np.abs(cpe), rtol=1e-12)


def test_a_cell_that_obeys_is_reproduced_to_two_percent() -> None:
    assert z_hit(Spectra.of(F, Z)).worst.max() < 0.02


def test_drift_is_seen_where_it_is() -> None:
    drifting = Z.copy()
    drifting[1, F < 0.1] *= 1.10
    hit = z_hit(Spectra.of(F, drifting))
    assert hit.worst[0] < 0.02
    assert hit.worst[1] > 0.08
    assert np.abs(hit.residual[1, (F > 0.1) & (F < 5e3)]).max() < 0.03
    np.testing.assert_allclose(hit.residual[1, F < 0.1][:-1], 0.10, atol=0.03)


def test_the_order_of_frequencies_does_not_matter() -> None:
    a, b = z_hit(Spectra.of(F, Z)), z_hit(Spectra.of(F[::-1], Z[:, ::-1]))
    np.testing.assert_allclose(a.residual, b.residual[:, ::-1], rtol=1e-12)


def test_holes_are_left_out_and_a_dead_cell_has_a_reason() -> None:
    holed = Z.copy()
    holed[0, 20] = np.nan
    holed[1, 5:] = np.nan
    hit = z_hit(Spectra.of(F, holed))
    assert hit.reasons == ("", "fewer than 8 usable points")
    assert hit.worst[0] < 0.02
    assert np.isnan(hit.worst[1])


def test_a_frequency_that_comes_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="`mended` makes each come once"):
        z_hit(Spectra.of(np.append(F, F[0]), np.append(Z[0], Z[0, 0])))


def test_the_matrices_are_exact_for_what_they_are_made_for() -> None:
    x = np.sort(np.random.default_rng(0).uniform(0, 5, 20))
    np.testing.assert_allclose(integral(x) @ (2 + 3 * x), 2 * (x - x[0]) + 1.5 * (x**2 - x[0] ** 2), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(slope(x) @ (1 + 2 * x + 3 * x**2), 2 + 6 * x, rtol=1e-8)
