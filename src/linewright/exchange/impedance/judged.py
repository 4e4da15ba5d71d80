"""Files to verdicts: spectra of one frequency axis are analysed together; and a stack from its raw samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from linewright.eis.analysis import Analysis, analyse, quantities
from linewright.eis.circuit import Circuit, parse_circuit
from linewright.eis.excitation import Excitation
from linewright.eis.phasors import PhasorStream
from linewright.eis.recipe import Recipe
from linewright.eis.spectrum import Spectra
from linewright.eis.stack_spectra import Calibration, StackSpectra, calibration_of, stack_spectra, without_leads
from linewright.eis.verdict import CellVerdict, StackVerdict, judge
from linewright.eis.weights import Weight
from linewright.exchange.impedance.measured import MeasuredSpectrum, SpectrumFile, fault
from linewright.exchange.impedance.raw_file import Samples, open_raw
from linewright.exchange.impedance.read import read_spectra
from linewright.model.errors import DataError, FileFault

__all__ = ["JudgedSpectrum", "JudgedStack", "judge_files", "judge_raw", "judge_samples", "read_calibration", "read_files"]


@dataclass(frozen=True, slots=True, eq=False)
class JudgedSpectrum:
    """One spectrum of a file, and what was found of it.

    Parameters
    ----------
    file, instrument
        Where it is from.
    spectrum
        As it was read.
    analysis
        Of all spectra on its frequencies.
    number
        Which of them it is, from 0.
    values
        Quantities by name, SI; NaN where unknown.
    verdict
        None where no recipe was asked for.
    """

    file: str
    instrument: str
    spectrum: MeasuredSpectrum
    analysis: Analysis
    number: int
    values: dict[str, float]
    verdict: CellVerdict | None


@dataclass(frozen=True, slots=True, eq=False)
class JudgedStack:
    """A stack, and what was found of it.

    Parameters
    ----------
    raw
        The file, or whatever else gave the samples.
    stack
        Its channels.
    analysis
        Of all judged cells together, leads taken off.
    values
        Quantities by name, SI, (n_judged,).
    verdict
        None where no recipe was asked for.
    calibration
        None where none was given.
    """

    raw: Samples
    stack: StackSpectra
    analysis: Analysis
    values: dict[str, np.ndarray]
    verdict: StackVerdict | None
    calibration: Calibration | None


def read_files(paths: Sequence[Path], *, minus_imaginary: bool = False) -> tuple[list[SpectrumFile], list[FileFault]]:
    """Return the files that can be read, and the faults of those that cannot."""
    files: list[SpectrumFile] = []
    faults: list[FileFault] = []
    for path in paths:
        try:
            files.append(read_spectra(path, minus_imaginary=minus_imaginary))
        except DataError as wrong:
            faults += wrong.faults
    return files, faults


def judge_files(
    files: Sequence[SpectrumFile], circuit: Circuit | Literal["auto"] | None, weight: Weight, recipe: Recipe | None
) -> list[JudgedSpectrum]:
    """Return what is found of each spectrum, in the order of the files; those of one frequency axis are analysed at once."""
    pairs = [(file, s) for file in files for s in file.spectra]
    axes: dict[bytes, list[int]] = {}
    for k, (_, s) in enumerate(pairs):
        axes.setdefault(np.round(np.log(s.frequency_hz), 5).tobytes(), []).append(k)
    judged: dict[int, JudgedSpectrum] = {}
    for members in axes.values():
        z = np.stack([pairs[k][1].impedance_ohm for k in members])
        spectra = Spectra(pairs[members[0]][1].frequency_hz, z, tuple(str(k) for k in members))
        found = analyse(spectra, circuit, weight)
        values = quantities(found, recipe or Recipe("none"))
        verdict = judge(values, [pairs[k][1].name for k in members], recipe, doubts=doubts_of(found)) if recipe is not None else None
        for n, k in enumerate(members):
            one = {q: float(v[n]) for q, v in values.items()}
            cell = verdict.cells[n] if verdict is not None else None
            judged[k] = JudgedSpectrum(pairs[k][0].file, pairs[k][0].instrument, pairs[k][1], found, n, one, cell)
    return [judged[k] for k in range(len(pairs))]


def doubts_of(found: Analysis) -> list[str]:
    """Return of each cell why it was not fitted, empty where it was."""
    fatal = {f.cell: f.message for f in found.findings if f.is_fatal and f.cell is not None}
    reasons = [fatal.get(k, "") for k in range(found.spectra.n_cells)]
    if found.fit is None:
        return reasons
    fits = zip(reasons, found.fit.reasons, found.fit.is_good.tolist(), strict=True)
    return [r or ("" if good else f"the fit failed: {why}") for r, why, good in fits]


def judge_raw(  # noqa: PLR0917 - a record, and what is known of it
    path: Path,
    cells: int | None = None,
    recipe: Recipe | None = None,
    calibration: Calibration | None = None,
    excitation: Excitation | None = None,
    seen: Callable[[float], None] | None = None,
) -> JudgedStack:
    """Return what is found of a stack from its raw samples.

    Parameters
    ----------
    path
        Of the samples.
    cells
        That the stack has; None takes those of the file.
    recipe
        With the circuit that is fitted; None fits none.
    calibration
        Inductance of the leads.
    excitation
        What was sent; None where the file says so.
    seen
        Told, after each block, the share of the samples that were taken.

    Raises
    ------
    DataError
        The file cannot be used as a whole; what is wrong with single channels is in the result.
    """
    return judge_samples(open_raw(path, cells, excitation), recipe, calibration, seen)


def judge_samples(
    raw: Samples, recipe: Recipe | None = None, calibration: Calibration | None = None, seen: Callable[[float], None] | None = None
) -> JudgedStack:
    """Return what is found of a stack from its samples, wherever they come from; the rest is as in `judge_raw`."""
    stream = PhasorStream(raw.excitation, raw.channels)
    for block in raw.blocks():
        stream.push(block)
        if seen is not None:
            seen(min(1.0, stream.at / raw.excitation.samples))
    try:
        phasors = stream.result()
        stack = stack_spectra(phasors, raw.names)
        spectra = stack.spectra
        if not spectra.n_cells:
            raise DataError([fault(raw.file, 0, f"cell {name}: {what}.") for _, name, what in stack.faults])
        if calibration is not None:
            spectra = without_leads(spectra, chosen(calibration, stack, raw))
    except ValueError as error:
        raise DataError([fault(raw.file, 0, f"{error}.".replace("..", "."))]) from error
    found = analyse(spectra, circuit_of(recipe, has_leads=calibration is None), "measured")
    values = quantities(found, recipe or Recipe("none"), stack)
    verdict = None
    if recipe is not None:
        place = np.array([raw.place[k] for k in stack.channel.tolist()], dtype=np.int64)
        faults = [*raw.missing, *((raw.place[k], name, what) for k, name, what in stack.faults)]
        verdict = judge(values, spectra.names, recipe, place, sorted(faults), doubts_of(found))
    return JudgedStack(raw, stack, found, values, verdict, calibration)


def circuit_of(recipe: Recipe | None, *, has_leads: bool) -> Circuit | None:
    """Return the circuit of a recipe, with an inductance in series where the leads are still in the spectra."""
    if recipe is None or not recipe.circuit:
        return None
    circuit = parse_circuit(recipe.circuit)
    return circuit if not has_leads or any(e.kind == "L" for e in circuit.elements) else parse_circuit(f"{recipe.circuit}-L0")


def chosen(calibration: Calibration, stack: StackSpectra, raw: Samples) -> Calibration:
    """Return the calibration of the channels that are judged, where it has one for each cell of the stack."""
    count = len(calibration.inductance_h)
    if count == 1:
        return calibration
    place = np.array(raw.place)[stack.channel]
    most = max(raw.place[-1] + 1, 1 + max((p for p, _, _ in raw.missing), default=-1))
    if count != most:
        raise ValueError(f"the calibration has {count} channels, the stack {most}; one for each cell, or one for all, was expected")
    return Calibration(calibration.inductance_h[place], calibration.deviation_h[place], calibration.resistance_ohm[place])


def read_calibration(path: Path) -> Calibration:
    """Return the inductance of the leads from a file of spectra of a short, one for all cells or one for each, in the order of the stack.

    Raises
    ------
    DataError
        The file cannot be read, its spectra differ in frequencies, or are none of a short.
    """
    file = read_spectra(path)
    axes = {np.round(np.log(s.frequency_hz), 6).tobytes() for s in file.spectra}
    if len(axes) > 1:
        raise DataError([fault(file.file, 0, "the channels of a calibration have the same frequencies; these have not.")])
    z = np.stack([s.impedance_ohm for s in file.spectra])
    try:
        return calibration_of(Spectra.of(file.spectra[0].frequency_hz, z))
    except ValueError as error:
        raise DataError([fault(file.file, 0, f"{error}.", "The leads were expected on a short, or on a known resistor.")]) from error
