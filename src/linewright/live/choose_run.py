"""Which run a start goes on with: the newest one of this line, or a new one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from linewright.ledger.ledger import Ledger, RunInfo
from linewright.live.plan_changes import PlanChangedError, plan_changes
from linewright.model.errors import LinewrightError
from linewright.model.plant import Plant

__all__ = ["Choice", "choose_run"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What will be run.

    Parameters
    ----------
    plant
        The plant, as the run was begun with it.
    run
        The run that goes on; None begins a new one.
    """

    plant: Plant
    run: RunInfo | None


def choose_run(plant: Plant, ledger: Ledger, load_text: Callable[[str], Plant], *, seed: int | None, is_continued: bool | None) -> Choice:
    """Return what a start goes on with.

    Parameters
    ----------
    plant
        The line file of today.
    ledger
        Where its runs are.
    load_text
        Makes a plant of the plan of an older run.
    seed
        As asked for; None takes the run's (or the file's).
    is_continued
        True: go on with the newest run, whatever changed. False: begin anew. None: go on where nothing changed.

    Raises
    ------
    PlanChangedError
        The file has changed, and nobody said what is wanted.
    LinewrightError
        There is nothing to go on with, or the seed is another one.
    """
    live = [info for info in ledger.runs() if info.source == "live" and info.name == plant.name]
    if is_continued is False or (not live and is_continued is None):
        return Choice(plant, None)
    if not live:
        raise LinewrightError(f"{ledger.folder}: no run of {plant.name} is there to go on with. Begin one: leave out --continue.")
    newest = live[-1]
    if seed is not None and seed != newest.seed:
        raise LinewrightError(
            f"{newest.run} runs with seed {newest.seed}; --seed {seed} was asked for. A run has one seed. "
            "Leave --seed out to go on, or begin anew with --new."
        )
    if newest.plan == plant.digest:
        return Choice(plant, newest)
    reader = ledger.reader(newest.run)
    try:
        text = reader.plan_text()
    finally:
        reader.close()
    if is_continued is None:
        raise PlanChangedError(newest.run, plan_changes(text, plant.text))
    return Choice(load_text(text), newest)
