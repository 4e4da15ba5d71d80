"""Analyses of impedance, each in a process of its own: a live run beside it keeps its core, and one that fails takes nothing with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from linewright.model.errors import LinewrightError

__all__ = ["Analyses", "Asked", "Work"]

#: Analyses that are remembered; one of 400 cells has 1 MB.
MOST = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """One analysis: a stack of a run, or a kept file of spectra; and the mark of the data, another where they have changed."""

    ledger: str
    run: str = ""
    unit: str = ""
    file: str = ""
    recipe: str = ""
    mark: str = ""


@dataclass(slots=True)
class Work:
    """An analysis under way or done.

    Parameters
    ----------
    share
        Of the work, 0 to 1.
    body
        What is shown; None while it is not done.
    error
        Why it failed; empty while it has not.
    """

    share: float = 0.0
    body: dict[str, Any] | None = None
    error: str = ""

    @property
    def is_done(self) -> bool:
        """Tell whether it has ended."""
        return self.body is not None or bool(self.error)


class Analyses:
    """Analyses by what was asked; one runs at a time, the others wait."""

    def __init__(self) -> None:
        self._works: OrderedDict[Asked, Work] = OrderedDict()
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._is_closed = False

    def of(self, asked: Asked, wait_s: float = 0.0) -> Work:
        """Return the analysis, begun where it was not; waits a moment for its end."""
        with self._lock:
            work = self._works.get(asked)
            if work is None:
                work = self._works[asked] = Work()
                threading.Thread(target=self._run, args=(asked, work), name="linewright-impedance", daemon=True).start()
                while len(self._works) > MOST:
                    self._works.popitem(last=False)
            self._works.move_to_end(asked)
        if wait_s:
            ended = threading.Event()
            for _ in range(round(wait_s / 0.05)):
                if work.is_done or ended.wait(0.05):
                    break
        return work

    def forget(self, asked: Asked) -> None:
        """Forget one, so that it is done again when it is asked for."""
        with self._lock:
            self._works.pop(asked, None)

    def close(self) -> None:
        """End what is under way."""
        self._is_closed = True
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()

    def _run(self, asked: Asked, work: Work) -> None:
        with self._turn:
            if self._is_closed:
                work.error = "The server has been closed."
                return
            # One thread for linear algebra: many small systems are solved, where several threads only wait for each other.
            command = [sys.executable, "-m", "linewright.web.impedance_work", json.dumps(asdict(asked))]
            environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
            with subprocess.Popen(  # noqa: S603 - ourselves, with what was checked as an argument
                command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment, text=True, encoding="utf-8"
            ) as process:
                self._process = process
                assert process.stdout is not None
                for line in process.stdout:
                    told = json.loads(line)
                    work.share = told.get("share", work.share)
                    work.body, work.error = told.get("body", work.body), told.get("error", work.error)
            if not work.is_done:
                work.error = f"The analysis ended before it was done (exit code {process.returncode}). Ask for it once more."


def analysed(asked: Asked, tell: Callable[[dict[str, Any]], None]) -> None:
    """Analyse in this process, and tell how far it is, then what is shown or why it failed."""
    try:
        tell({"body": unit_body(asked, tell) if asked.unit else file_body(asked)})
    except LinewrightError as error:
        tell({"error": str(error)})


def say(told: dict[str, Any]) -> None:
    """Write one line for the server that asked."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def unit_body(asked: Asked, tell: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Return what is shown of a stack of a run."""
    from linewright.exchange.impedance.shown import shown_stack  # noqa: PLC0415 - what only the process of an analysis needs
    from linewright.exchange.impedance.station import compared, judged_unit, recipe_of_station, station_stack  # noqa: PLC0415
    from linewright.ledger.remade import RemadeReader  # noqa: PLC0415
    from linewright.ledger.stores import open_ledger  # noqa: PLC0415
    from linewright.library.catalogue import installed_libraries  # noqa: PLC0415
    from linewright.model.load import load_text  # noqa: PLC0415
    from linewright.twin.remake import answered  # noqa: PLC0415

    reader = open_ledger(asked.ledger).reader(asked.run)
    try:
        libraries = installed_libraries()
        plant = load_text(reader.plan_text(), libraries, reader.header().name)
        key = reader.key_of(asked.unit)
        if key is None:
            raise LinewrightError(f"There is no {asked.unit} in run {asked.run}.")

        def ask() -> Any:
            return station_stack(reader, plant, libraries, asked.unit, key)

        stack = answered(reader, ask, lambda _share, _events: None) if isinstance(reader, RemadeReader) else ask()
        recipe = recipe_of_station(stack)
        judged = judged_unit(stack, recipe, lambda share: tell({"share": 0.8 * share}))
        return shown_stack(judged, recipe, stack, compared(stack, judged))
    finally:
        reader.close()


def file_body(asked: Asked) -> dict[str, Any]:
    """Return what is shown of a file of spectra."""
    from linewright.eis.circuit import parse_circuit  # noqa: PLC0415
    from linewright.exchange.impedance.judged import judge_files, read_files  # noqa: PLC0415
    from linewright.exchange.impedance.recipe_file import read_recipe  # noqa: PLC0415
    from linewright.exchange.impedance.shown import shown_spectra  # noqa: PLC0415
    from linewright.model.errors import DataError  # noqa: PLC0415

    recipe = read_recipe(asked.recipe) if asked.recipe else None
    path = Path(asked.file)
    read, faults = read_files([path])
    if not read:
        raise LinewrightError(str(DataError(faults)).replace(f"{path.parent}{os.sep}", ""))  # where it is kept says nothing to who sent it
    judged = judge_files(read, parse_circuit(recipe.circuit) if recipe is not None and recipe.circuit else "auto", "modulus", recipe)
    return shown_spectra(path.name, judged, recipe, [str(w).replace(asked.file, path.name) for f in read for w in f.warnings])


if __name__ == "__main__":
    analysed(Asked(**json.loads(sys.argv[1])), say)
