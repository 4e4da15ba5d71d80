"""Figures by the standard's definitions, on a line whose every time is known."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewright.control.compile import compile_plant
from linewright.control.fill import open_line
from linewright.kernels.calendar import UNTIL, advance, rows_needed
from linewright.kernels.rows import new_rows
from linewright.library.catalogue import installed_libraries
from linewright.measures.figures import figures_of
from linewright.measures.losses import losses_of
from linewright.measures.tally import COUNTS, GROUPS, STARVED, WORK, Tally, tally_of, times_of
from linewright.model.load import load, load_text
from linewright.twin.simulate import simulate

HOUR = 3_600 * 10**9

STEADY = """
line: steady
product: cell
materials: {cell: {properties: {energy: 18 Wh}}}
stations:
  wind: {time: 4 s, power: 2 kW, standby: 500 W}
  weld: {count: 2, time: 10 s, buffer: 3, power: 1 kW, item-energy: 100 J}
  test: {time: 2 s, buffer: 3}
energy:
  electricity: {price: 0.10 EUR/kWh, co2: 0.40 kg/kWh}
utilities: {air: {serves: [weld], power: 3 kW}}
"""


@pytest.fixture(scope="module")
def steady():
    """One hour in the steady state: the two welders (one item each 5 s) set the pace."""
    compiled = compile_plant(load_text(STEADY, installed_libraries()))
    state = open_line(compiled, 1)
    rows = new_rows(rows_needed(compiled.table))
    assert advance(compiled.table, state, rows, HOUR) == UNTIL
    first = tally_of(compiled, state)
    assert advance(compiled.table, state, rows, 2 * HOUR) == UNTIL
    return figures_of(compiled, tally_of(compiled, state) - first)


def test_the_slowest_station_sets_the_pace(steady) -> None:
    assert steady.line.bottleneck == "weld"
    assert steady.line.good == 720
    assert steady.line.throughput_s == pytest.approx(0.2)
    assert steady.line.takt_s == pytest.approx(5.0)
    weld = steady.station("weld")
    assert (weld.oee, weld.availability, weld.performance, weld.quality) == pytest.approx((1.0, 1.0, 1.0, 1.0))
    assert steady.line.oee == pytest.approx(1.0)


def test_waiting_lowers_the_availability_of_the_others(steady) -> None:
    wind, test = steady.station("wind"), steady.station("test")
    assert wind.availability == pytest.approx(0.8)
    assert wind.shares["blocked"] == pytest.approx(0.2)
    assert test.availability == pytest.approx(0.4)
    assert test.shares["starved"] == pytest.approx(0.6)
    assert wind.oee == pytest.approx(wind.availability * wind.performance * wind.quality)


def test_work_in_progress_follows_from_stays(steady) -> None:
    weld = steady.station("weld")
    assert weld.wip == pytest.approx(5.0), "three places and two machines, always full"
    assert weld.stay_s == pytest.approx(25.0)


def test_energy_is_running_standby_and_item_energy(steady) -> None:
    assert steady.station("wind").energy_j == pytest.approx({"electricity": 2000 * 2880 + 500 * 720})
    assert steady.station("weld").energy_j == pytest.approx({"electricity": 1000 * 7200 + 100 * 720})
    assert steady.station("air").energy_j == pytest.approx({"electricity": 3000 * 3600})
    total = sum(sum(s.energy_j.values()) for s in steady.stations)
    assert steady.line.energy_per_unit_j == pytest.approx(total / 720)
    assert steady.line.energy_per_product_energy == pytest.approx(total / 720 / (18 * 3600))
    assert steady.line.co2_per_unit_kg == pytest.approx(total / 720 * 0.4 / 3.6e6)
    assert steady.line.co2_per_kwh_kg == pytest.approx(total / (720 * 0.018) * 0.4 / 3.6e6)
    assert steady.line.cost == pytest.approx({"EUR": total * 0.1 / 3.6e6})


def test_shares_add_up_to_one(steady) -> None:
    for s in steady.stations:
        assert sum(s.shares.values()) == pytest.approx(1.0)


def test_figures_are_plain_values(steady) -> None:
    told = steady.to_json()
    assert told["span_s"] == 3600
    assert [s["station"] for s in told["stations"]] == ["wind", "weld", "test", "air"]
    with pytest.raises(KeyError):
        steady.station("moon")


numbers = st.integers(0, 10**15)
tallies = st.builds(
    lambda span, cells, stays: Tally(
        span, np.array(cells[: len(COUNTS)])[None, :], np.array(cells[len(COUNTS) :])[None, :], (stays,), (2 * stays,), np.array([cells[0]])
    ),
    numbers, st.lists(numbers, min_size=len(COUNTS) + len(GROUPS), max_size=len(COUNTS) + len(GROUPS)), st.integers(0, 10**25),
)  # fmt: skip


@given(tallies, tallies, tallies)
def test_tallies_may_be_added_in_any_order(a: Tally, b: Tally, c: Tally) -> None:
    assert ((a + b) + c).equals(a + (b + c))
    assert (a + b).equals(b + a)
    assert ((a + b) - b).equals(a)


OVEN = """
line: baked
product: cell
stations:
  wind: {time: 10 s}
  bake: {time: 1 h, batch: {size: 360}, buffer: 720}
  test: {time: 10 s, buffer: 720}
"""


def test_a_batch_is_credited_with_the_work_of_the_span_alone() -> None:
    """In ten minutes around the end of an hour's batch the oven works at its stated speed, no faster."""
    compiled = compile_plant(load_text(OVEN, installed_libraries()))
    state, rows = open_line(compiled, 1), new_rows(rows_needed(compiled.table))
    edges = [t * 60 * 10**9 for t in (150, 170, 180, 190, 200, 210, 240, 600)]
    tallies = []
    for edge in edges:
        assert advance(compiled.table, state, rows, edge) == UNTIL
        tallies.append(tally_of(compiled, state))
    baked = COUNTS.index("done")
    ended = [int(later.counts[1, baked] - before.counts[1, baked]) for before, later in pairwise(tallies)]
    assert 360 in ended[:-1], "a batch ends in one of the short spans"
    assert 0 in ended
    for before, later in pairwise(tallies):
        oven = figures_of(compiled, later - before).station("bake")
        if oven.shares["work"] > 0:
            assert oven.performance == pytest.approx(1.0, abs=1e-6)
        assert oven.oee is None or oven.oee <= 1.0 + 1e-6


def test_work_in_progress_counts_what_has_not_left_yet() -> None:
    compiled = compile_plant(load_text(OVEN, installed_libraries()))
    state, rows = open_line(compiled, 1), new_rows(rows_needed(compiled.table))
    first = tally_of(compiled, state)
    assert advance(compiled.table, state, rows, 50 * 60 * 10**9) == UNTIL
    tally = tally_of(compiled, state) - first
    # 300 cells in 50 minutes, one after the other, none of which has left the oven: 150 of them on average.
    assert figures_of(compiled, tally).station("bake").wip == pytest.approx(150.0, rel=0.01)
    assert figures_of(compiled, tally).station("bake").stay_s is None


def test_arrivals_are_no_bottleneck() -> None:
    shop = "line: shop\nproduct: part\nstations:\n  desk: {arrivals: 10 s, time: 2 s}\n"
    compiled = compile_plant(load_text(shop, installed_libraries()))
    state, rows = open_line(compiled, 1), new_rows(rows_needed(compiled.table))
    first = tally_of(compiled, state)
    assert advance(compiled.table, state, rows, HOUR) == UNTIL
    assert figures_of(compiled, tally_of(compiled, state) - first).line.bottleneck == "desk"


def test_a_station_that_only_a_gate_sends_to_is_on_no_straight_way() -> None:
    """Half of what is looked at goes to the mender, who throws 20 % away: 90 % are not lost, 50 % pass at once."""
    text = """\
line: mended
product: part
stations:
  cut: {time: 2 s}
  look: {time: 1 s, buffer: 50, gate: {fails: 50 %, to: mend}, to: pack}
  mend: {time: 1 s, buffer: 5000, scrap: 20 %, to: pack}
  pack: {time: 0.5 s, buffer: 50}
"""
    result = simulate(load_text(text, installed_libraries()), until_s=40000.0)
    line = figures_of(result.compiled, result.tally).line
    assert line.fpy == pytest.approx(0.5, abs=0.01)
    assert line.yield_ == pytest.approx(0.9, abs=0.01)


def test_where_products_take_different_times_no_performance_is_invented() -> None:
    """Half as long for b: by the time of a alone the station would be faster than it can be."""
    text = """\
line: two-products
product: a
stations:
  cut: {time: 4 s, per-product: {b: {time: 2 s}}}
orders:
  - {product: b, amount: 1000}
materials: {a: {}, b: {}}
"""
    result = simulate(load_text(text, installed_libraries()), until_s=3000.0)
    figures = figures_of(result.compiled, result.tally)
    cut = figures.station("cut")
    assert cut.good > 500
    assert cut.performance is None
    assert cut.oee is None
    assert cut.quality == 1.0
    losses = losses_of(result.compiled, result.tally)
    assert losses is not None
    assert losses.good + sum(loss.count for loss in losses.parts) == losses.possible
    assert all(loss.count >= 0 for loss in losses.parts)


def test_a_year_of_two_thousand_machines_is_told_as_truly_as_a_day() -> None:
    """Their times together are 6.7e19 ns, beyond int64: shares are those of a day, and energy is that of 365."""
    compiled = compile_plant(load("cylindrical-21700-tabless", installed_libraries()))
    number = compiled.station("formation")
    begun = tally_of(compiled, open_line(compiled, 1))
    day_ns = 86_400 * 10**9

    def after(days: int) -> Tally:
        times = np.zeros_like(begun.times)
        times[:, WORK], times[:, STARVED] = days * day_ns // 10 * 9, days * day_ns // 10
        counts = np.zeros_like(begun.counts)
        counts[number, COUNTS.index("done")] = counts[number, COUNTS.index("good")] = 1950 * days
        return replace(begun, span_ns=days * day_ns, times=times, counts=counts, in_hand=begun.in_hand * 0)

    assert times_of(after(365), compiled.table.stations[number]).sum() == 2137 * 365 * day_ns > 2**63
    day, year = (next(s for s in figures_of(compiled, after(days)).stations if s.station == "formation") for days in (1, 365))
    assert day.shares["work"] == pytest.approx(0.9)
    assert year.shares == pytest.approx(day.shares)
    assert year.availability == pytest.approx(day.availability)
    assert year.energy_j == pytest.approx({carrier: 365 * joules for carrier, joules in day.energy_j.items()})
    assert day.energy_j
