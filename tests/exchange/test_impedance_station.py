"""The impedance station of a line: what it records, that its waveform gives the same, and that its faults are seen, gated and named."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from linewright.eis.unit_stack import UnitKey
from linewright.exchange.impedance.station import (
    CompareRow,
    StationStack,
    compared,
    impedance_stations,
    judged_unit,
    recipe_of_station,
    samples_of,
    station_stack,
)
from linewright.ledger.ledger import Ledger
from linewright.ledger.reader import RunReader
from linewright.ledger.remade import RemadeReader
from linewright.library.catalogue import installed_libraries
from linewright.live.clock import MAX
from linewright.live.run import run
from linewright.model.errors import LinewrightError
from linewright.model.load import load
from linewright.model.plant import Plant
from linewright.twin.remake import answered
from linewright.twin.simulate import Keep, simulate
from stack_line import TEXT, stack_line

UNIT = "ST-3"
FAULTS = {"dry=60%": "dry", "flooded=250%": "flooded", "shorted=60%": "short", "poor-contact=50%": "poor contact", "poisoned=150%": "poisoned"}


def simulated(plant: Plant, folder: Path, keep: Keep = Keep.ALL) -> RunReader:
    ledger = Ledger(folder)
    simulate(plant, until_s=2 * 3600.0, seed=7, keep=keep, ledger=ledger)
    return ledger.reader()


def stack_in(reader: RunReader, plant: Plant, unit: str = UNIT) -> StationStack:
    key = reader.key_of(unit)
    assert key is not None
    return station_stack(reader, plant, installed_libraries(), unit, key)


def by_name(rows: tuple[CompareRow, ...]) -> dict[str, CompareRow]:
    return {row.name: row for row in rows}


def test_a_sound_stack_passes_at_the_station_and_in_its_waveform(tmp_path: Path) -> None:
    """HFR within 0.5 %, charge transfer within 3 %, as recorded; nothing fails."""
    plant = stack_line(tmp_path)
    stack = stack_in(simulated(plant, tmp_path / "ledger"), plant)
    assert stack.verdict == "pass"
    judged = judged_unit(stack, recipe_of_station(stack))
    assert judged.raw.is_synthetic
    assert judged.verdict is not None
    assert judged.verdict.is_pass, judged.verdict.failed
    rows = by_name(compared(stack, judged))
    assert all(row.is_pass for row in rows.values())
    for name, share in (("hfr", 0.01), ("charge-transfer", 0.03), ("transport", 0.03)):  # the median of 40 cells is 0.6 % about the middle
        assert rows[name].found == pytest.approx(rows[name].recorded, rel=share)
    cells = samples_of(stack).record.stack
    assert judged.values["hfr"] == pytest.approx(cells.ohmic_ohm, rel=0.005)
    assert judged.values["rct"] == pytest.approx(cells.transfer_ohm, rel=0.03)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_gated_by_the_station_and_named_by_the_waveform(fault: str, tmp_path: Path) -> None:
    plant = stack_line(tmp_path, fault)
    reader = simulated(plant, tmp_path / "ledger")
    stack = stack_in(reader, plant)
    assert stack.verdict == "reject"
    key = reader.key_of(UNIT)
    assert key is not None
    assert [v.step for v in reader.visits_of(key)] == ["stacker", "eis"], "a stack that fails goes no further"
    judged = judged_unit(stack, recipe_of_station(stack))
    assert judged.verdict is not None
    assert [c.looks_like for c in judged.verdict.failed] == [FAULTS[fault]]
    for row in compared(stack, judged):
        assert row.recorded is not None
        if abs(row.recorded) > 25.0 and row.name.startswith("weakest"):
            assert row.found == pytest.approx(row.recorded, rel=0.10), row


def test_floor_twin_and_checkpoints_give_the_same_samples(tmp_path: Path) -> None:
    plant = stack_line(tmp_path, "dry=60%")
    kept = samples_of(stack_in(simulated(plant, tmp_path / "all"), plant)).record
    asyncio.run(run(plant, ledger=tmp_path / "live", speed=MAX, seed=7, until_s=2 * 3600.0, say=lambda _: None))
    floor = samples_of(stack_in(Ledger(tmp_path / "live").reader(), plant)).record
    reader = simulated(plant, tmp_path / "checkpoints", Keep.CHECKPOINTS)
    assert isinstance(reader, RemadeReader)
    remade = samples_of(answered(reader, lambda: stack_in(reader, plant))).record
    for other in (floor, remade):
        for name in ("ohmic_ohm", "transfer_ohm", "transport_ohm", "transfer_s", "lead_h", "voltage_v"):
            assert np.array_equal(getattr(kept.stack, name), getattr(other.stack, name)), name
        assert np.array_equal(kept.block(5000, 300), other.block(5000, 300))


def test_another_unit_or_seed_has_other_cells(tmp_path: Path) -> None:
    plant = stack_line(tmp_path)
    reader = simulated(plant, tmp_path / "ledger")
    third, fourth = (stack_in(reader, plant, unit) for unit in (UNIT, "ST-4"))
    assert third.key == UnitKey(7, 0, "eis", 3)
    assert fourth.key == UnitKey(7, 0, "eis", 4)
    a, b = (samples_of(each).record.stack for each in (third, fourth))
    assert not np.any(a.ohmic_ohm == b.ohmic_ohm)
    assert a.seed != b.seed


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    use: impedance-meter\n", "    use: impedance-meter\n    driver: {use: acme-bench}\n", "served by the driver acme-bench"),
        (", active-area: 350 cm^2", "", "materials.stack.properties: active-area is not stated"),
        ("{lowest-frequency: 1 Hz}", "{lowest-frequency: 1 Hz, sample-rate: 11 kHz}", "11000 samples a second are too few"),
        ("{lowest-frequency: 1 Hz}", "{lowest-frequency: 1 Hz, periods: 2}", "an odd number of periods was expected"),
    ],
)
def test_what_cannot_be_made_again_is_refused_with_the_reason(old: str, new: str, words: str, tmp_path: Path) -> None:
    assert old in TEXT
    reader = simulated(stack_line(tmp_path), tmp_path / "ledger")
    other = stack_line(tmp_path, text=TEXT.replace(old, new))
    with pytest.raises(LinewrightError, match=words):
        samples_of(stack_in(reader, other))


def test_a_stack_that_was_not_measured_yet_says_so(tmp_path: Path) -> None:
    plant = stack_line(tmp_path)
    reader = simulated(plant, tmp_path / "ledger")
    newest = max(int(v.unit) for v in reader.visits_between(0, 2**62, "stacker"))
    thing = reader.thing(newest)
    assert thing is not None
    with pytest.raises(LinewrightError, match=f"{thing.id} has not been measured at eis yet"):
        station_stack(reader, plant, installed_libraries(), thing.id, newest)


@pytest.mark.parametrize("name", ["fuel-cell-stack", "electrolyzer-pem"])
def test_the_shipped_lines_of_stacks_have_the_station(name: str) -> None:
    (station,) = impedance_stations(load(name, installed_libraries()))
    assert station.path == "eis"
    assert {"hfr", "charge-transfer", "transport", "weakest-hfr"} <= {c.name for c in station.measures}
