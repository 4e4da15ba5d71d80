"""Old simulations are taken away; what was recorded stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from linewright.ledger.closed import closed_folder
from linewright.ledger.errors import LedgerError, LockedError
from linewright.ledger.ledger import Ledger
from linewright.ledger.prune import prunable, prune
from linewright.ledger.remade import remade_path


def ledger_with(folder: Path, *sources: str) -> Ledger:
    store = Ledger(folder)
    for source in sources:
        store.create_run("line: x\n", "d", source, name="a-line").close()
    return store


def on_disk(folder: Path) -> int:
    """Bytes of all files but locks."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and file.suffix != ".lock")


def test_the_oldest_simulations_go_with_all_that_lies_beside_them(tmp_path: Path) -> None:
    store = ledger_with(tmp_path, "twin", "live", "twin", "import", "twin", "twin")
    remade_path(store.path_of("twin-1")).write_bytes(bytes(1000))
    remade_path(store.path_of("twin-5")).write_bytes(bytes(1000))
    for run in ("twin-1", "twin-5"):
        closed_folder(store.path_of(run)).mkdir()
        (closed_folder(store.path_of(run)) / "visit-2026-01-05.parquet").write_bytes(bytes(1000))
    neighbour = tmp_path / "twin-10.notes"
    neighbour.write_text("nobody's")
    found = prunable(store, 2)
    assert [run.run for run in found] == ["twin-1", "twin-3"]
    before = on_disk(tmp_path)
    freed = prune(store, found)
    assert 2000 < freed <= before - on_disk(tmp_path)  # what a reader has of an index in memory comes on top
    assert [run.run for run in store.runs()] == ["live-2", "import-4", "twin-5", "twin-6"]
    assert not [file.name for file in tmp_path.iterdir() if file.name.startswith(("twin-1.", "twin-3."))]
    assert remade_path(store.path_of("twin-5")).exists()
    assert len(list(closed_folder(store.path_of("twin-5")).iterdir())) == 1
    assert neighbour.exists()
    assert prunable(store, 2) == []
    store.create_run("line: x\n", "d", "twin").close()
    assert store.runs()[-1].run == "twin-7"  # no number is given twice


def test_what_is_being_written_stays_and_at_least_one(tmp_path: Path) -> None:
    store = ledger_with(tmp_path, "twin", "twin")
    writer = store.open_run("twin-1")
    assert prunable(store, 1) == []
    (open_run,) = [run for run in store.runs() if run.run == "twin-1"]
    with pytest.raises(LockedError):
        prune(store, [open_run])
    assert store.path_of("twin-1").exists()
    writer.close()
    assert [run.run for run in prunable(store, 1)] == ["twin-1"]
    with pytest.raises(ValueError, match="at least one"):
        prunable(store, 0)


def test_pruning_that_was_broken_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When its file cannot go, a run is still listed, and goes the next time."""
    store = ledger_with(tmp_path, "twin", "twin")
    remade_path(store.path_of("twin-1")).write_bytes(bytes(1000))
    unlink = Path.unlink

    def refuse(file: Path, missing_ok: bool = False) -> None:
        if file.suffix == ".run":
            raise PermissionError(13, "Permission denied", str(file))
        unlink(file, missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        with pytest.raises(LedgerError, match=r"twin-1\.run: it cannot be taken away \(Permission denied\)"):
            prune(store, prunable(store, 1))
    assert [run.run for run in prunable(store, 1)] == ["twin-1"]
    prune(store, prunable(store, 1))
    assert [run.run for run in store.runs()] == ["twin-2"]
