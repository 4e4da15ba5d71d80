"""`read_spectra`: any file with impedances to spectra, every doubt with its line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from linewright.exchange.impedance.array_files import read_npy, read_parquet
from linewright.exchange.impedance.columns import ColumnFault, find_columns
from linewright.exchange.impedance.formats import ASSUMED, tables_of
from linewright.exchange.impedance.measured import MeasuredSpectrum, SpectrumFile, fault
from linewright.exchange.impedance.sweeps import corrected_phase, sign_warnings, spectra_of
from linewright.exchange.impedance.tables import Points, Table, read_points
from linewright.model.errors import DataError, FileFault

__all__ = ["read_spectra"]

#: Larger files of text are no spectra: a million points have 100 MB.
LARGEST_BYTES = 200_000_000


def read_spectra(path: Path, name: str | None = None, *, minus_imaginary: bool = False) -> SpectrumFile:
    r"""Return the spectra of a file.

    Parameters
    ----------
    path
        Gamry .DTA, BioLogic .mpt, ZPlot .z, Autolab, Parstat, VersaStudio .par, PowerSuite, CHI, RelaxIS, a table as CSV or Parquet, or an array as
        .npy or .npz. The content decides, not the name.
    name
        How the file is shown; without it as `path` is written.
    minus_imaginary
        True where the column of Z'' holds -Z'' without saying so.

    Raises
    ------
    DataError
        With every fault of the file: no such file, binary, no frequencies, cut off, too few points.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "cell.csv"
    ...     _ = file.write_text("f/Hz,Z'/ohm,-Z''/ohm\n" + "\n".join(f"{10.0**k},1,{10.0**-k}" for k in range(6)))
    ...     found = read_spectra(file, "cell.csv")
    >>> found.instrument, found.spectra[0].frequency_hz[0].item(), found.spectra[0].impedance_ohm[0].item()
    ('text', 100000.0, (1-1e-05j))
    """
    shown = name or str(path)
    raw = content(path, shown)
    if raw.startswith((b"\x93NUMPY", b"PK\x03\x04")):
        found = read_npy(raw, shown)
    elif raw.startswith(b"PAR1"):
        found = read_parquet(path, shown)
    else:
        refuse_binary(raw, shown)
        found = read_lines(text_of(raw).splitlines(), shown)
    if not minus_imaginary:
        return found
    spectra = tuple(MeasuredSpectrum(s.name, s.frequency_hz, s.impedance_ohm.conj(), s.lines) for s in found.spectra)
    return SpectrumFile(found.file, found.instrument, spectra, tuple(w for w in found.warnings if "--minus-imaginary" not in w.hint))


def content(path: Path, shown: str) -> bytes:
    """Return the bytes of a file; refuse a folder, a device, an empty or too large one."""
    if path.is_dir():
        raise DataError([fault(shown, 0, "this is a folder; a file of spectra was expected.", f"Name its files: {shown}/*")])
    if not path.exists():
        raise DataError([fault(shown, 0, "there is no such file.")])
    if not path.is_file():
        raise DataError([fault(shown, 0, "this is a device, a pipe or a socket; a file was expected.")])
    size = path.stat().st_size
    if size == 0:
        raise DataError([fault(shown, 0, "the file is empty.")])
    if size > LARGEST_BYTES:
        about = f"the file has {size / 1e6:.0f} MB; a file of spectra has {LARGEST_BYTES / 1e6:.0f} MB at most."
        raise DataError([fault(shown, 0, about, "Raw samples are read with --raw.")])
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError([fault(shown, 0, f"the file cannot be read: {error.strerror or error}.")]) from error


def refuse_binary(raw: bytes, shown: str) -> None:
    """Refuse what is no text, each by its name."""
    if raw.startswith(b"BIO-LOGIC MODULAR FILE"):
        hint = "In EC-Lab: Experiment, Export as Text, format EC-Lab; it writes an .mpt beside it. Name that."
        raise DataError([fault(shown, 0, "this is a binary BioLogic file (.mpr), whose format is not published; it is not read.", hint)])
    if b"\0" in raw[:4096] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        hint = "Export it as text (CSV, or the instrument's own text format)."
        raise DataError([fault(shown, 0, "this is a binary file of no format that is known here.", hint)])


def text_of(raw: bytes) -> str:
    """Return bytes as text: UTF-16 by its mark, else UTF-8, else Latin-1, in which most instruments write."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def read_lines(lines: Sequence[str], shown: str) -> SpectrumFile:
    """Return the spectra of a text."""
    try:
        instrument, tables = tables_of(lines)
    except ColumnFault as wrong:
        raise DataError([fault(shown, 0, f"{wrong.message}.", wrong.hint)]) from wrong
    spectra: list[MeasuredSpectrum] = []
    warnings: list[FileFault] = []
    faults: list[FileFault] = []
    for number, table in enumerate(tables, 1):
        name = Path(shown).name if len(tables) == 1 else f"{Path(shown).name}#{number}"
        try:
            found = read_table(lines, shown, name, table)
        except ColumnFault as wrong:
            source = lines[table.head_line - 1] if table.head_line <= len(lines) else None
            faults.append(fault(shown, table.head_line, f"{wrong.message}.", wrong.hint, source))
            continue
        spectra += found[0]
        warnings += found[1]
        faults += found[2]
    if not spectra:
        raise DataError([*faults, *warnings])
    return SpectrumFile(shown, instrument, tuple(spectra), (*faults, *warnings))


def read_table(lines: Sequence[str], shown: str, name: str, table: Table) -> tuple[list[MeasuredSpectrum], list[FileFault], list[FileFault]]:
    """Return spectra, warnings and faults of one table."""
    columns = find_columns(table.heads or ASSUMED)
    points = read_points(shown, lines, table, columns)
    warnings = list(points.warnings)
    if not table.heads:
        about = "the file has no heads; its first three columns were taken for frequency in Hz, Z' and Z'' in ohm."
        warnings.insert(0, fault(shown, table.head_line, about, source=lines[table.head_line - 1]))
    if not len(points.lines):
        return [], warnings, [fault(shown, table.head_line, "there is not one usable row below the heads.", "Was the measurement stopped?")]
    z, told = corrected_phase(shown, table.head_line, points, columns) if columns.is_polar else (points.impedance_ohm, [])
    spectra, more, faults = spectra_of(shown, name, points, z, lines)
    signs = [w for s in spectra for w in sign_of_one(shown, table.head_line, points, s, has_pair=not columns.is_polar)]
    return spectra, [*warnings, *told, *more, *list(dict.fromkeys(signs))], faults


def sign_of_one(shown: str, line: int, points: Points, spectrum: MeasuredSpectrum, *, has_pair: bool) -> list[FileFault]:
    """Return what speaks against the sign of Z'' in one spectrum."""
    place = {int(n): k for k, n in enumerate(points.lines.tolist())}
    picked = np.array([place[int(n)] for n in spectrum.lines.tolist()])
    mine = Points(spectrum.frequency_hz, spectrum.impedance_ohm, points.phase_deg[picked], spectrum.lines, [])
    return sign_warnings(shown, line, mine, spectrum.impedance_ohm, has_pair=has_pair)
