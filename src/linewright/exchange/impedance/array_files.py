"""Spectra in files of arrays: NumPy's .npy and .npz, and tables in Parquet (extra `arrow`)."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.exchange.impedance.columns import ColumnFault, find_columns
from linewright.exchange.impedance.measured import MeasuredSpectrum, SpectrumFile, fault
from linewright.exchange.impedance.sweeps import sign_warnings, spectra_of
from linewright.exchange.impedance.tables import Points
from linewright.model.errors import DataError, FileFault

__all__ = ["open_parquet", "read_npy", "read_parquet"]

SHAPES = "complex (n, 2, m): frequency and Z; real (n, 3, m) or (m, 3): frequency, Z', Z''; or an .npz with `frequency_hz` and `impedance_ohm`"


def read_npy(raw: bytes, shown: str) -> SpectrumFile:
    """Return the spectra of an .npy or .npz; the shape says what is what (`SHAPES`).

    Raises
    ------
    DataError
        It holds objects, another shape, or is damaged.
    """
    try:
        loaded: Any = np.load(io.BytesIO(raw), allow_pickle=False)
        arrays = {key: loaded[key] for key in loaded.files} if hasattr(loaded, "files") else {"": loaded}
    except (ValueError, EOFError, OSError, zipfile.BadZipFile, KeyError) as error:
        about = "it cannot be read as an array (it holds objects, or is damaged)" if raw[:2] != b"PK" else "it is an archive, not an .npz of arrays"
        raise DataError([fault(shown, 0, f"{about}: {error}", f"Expected: {SHAPES}.")]) from error
    found = stacked(arrays)
    if found is None:
        came = ", ".join(f"{key or 'the array'} {value.dtype} {value.shape}" for key, value in arrays.items())
        raise DataError([fault(shown, 0, f"the shape is not one of spectra: {came}.", f"Expected: {SHAPES}.")])
    frequency, z = found
    spectra, warnings, faults = [], [], []
    for n in range(len(z)):
        name = f"{Path(shown).name}#{n + 1}" if len(z) > 1 else Path(shown).name
        known = np.isfinite(z[n]) & np.isfinite(frequency[n]) & (frequency[n] > 0.0)
        if not known.all():
            lost = np.flatnonzero(~known).tolist()
            warnings.append(fault(shown, 0, f"{name}: points {', '.join(map(str, lost[:5]))} have no number; {len(lost)} points are left out."))
        count = int(known.sum())
        points = Points(frequency[n][known], z[n][known], np.full(count, np.nan), np.zeros(count, np.int64), [""] * count)
        got, told, lacking = spectra_of(shown, name, points, points.impedance_ohm, ())
        spectra += got
        warnings += [*told, *(w for s in got for w in sign_warnings(shown, 0, as_points(s), s.impedance_ohm, has_pair=False))]
        faults += lacking
    return whole(shown, "NumPy", spectra, warnings, faults)


def as_points(s: MeasuredSpectrum) -> Points:
    """Return the points of a spectrum."""
    return Points(s.frequency_hz, s.impedance_ohm, np.full(len(s.lines), np.nan), s.lines, [])


def stacked(arrays: dict[str, NDArray[Any]]) -> tuple[NDArray[np.float64], NDArray[np.complex128]] | None:
    """Return frequencies and impedances, both (n, m); None where the shapes are others."""
    if {"frequency_hz", "impedance_ohm"} <= set(arrays):
        z = np.atleast_2d(arrays["impedance_ohm"])
        f = arrays["frequency_hz"]
        is_fit = z.ndim == 2 and f.shape in {z.shape, z.shape[1:]}
        return (np.broadcast_to(f, z.shape).astype(np.float64), z.astype(np.complex128)) if is_fit else None
    if len(arrays) != 1:
        return None
    a = next(iter(arrays.values()))
    if a.dtype.kind not in "fciu":
        return None
    if a.dtype.kind == "c" and a.ndim in {2, 3} and a.shape[-2] == 2:
        a = a.reshape(-1, 2, a.shape[-1])
        return a[:, 0].real.astype(np.float64), a[:, 1].astype(np.complex128)
    if a.dtype.kind != "c" and a.ndim == 3 and a.shape[1] == 3:
        return a[:, 0].astype(np.float64), a[:, 1] + 1j * a[:, 2]
    if a.dtype.kind != "c" and a.ndim == 2 and a.shape[1] == 3:
        return a[None, :, 0].astype(np.float64), (a[:, 1] + 1j * a[:, 2])[None]
    return None


def open_parquet(path: Path, shown: str) -> Any:
    """Return a Parquet file opened by pyarrow.

    Raises
    ------
    DataError
        pyarrow is not installed, or the file is damaged.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an optional extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise DataError([fault(shown, 0, "Parquet needs pyarrow, which is not installed.", "pip install 'linewright[arrow]'")]) from error
    try:
        return parquet.ParquetFile(path, pre_buffer=False)  # else a long record is read as a whole before its first block
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError([fault(shown, 0, f"it cannot be read as Parquet: {error}.")]) from error


def read_parquet(path: Path, shown: str) -> SpectrumFile:
    """Return the spectra of a Parquet table with columns as in a CSV: frequency, Z', Z'', and perhaps a column that tells spectra apart."""
    table = open_parquet(path, shown).read()
    heads = table.column_names
    try:
        columns = find_columns(heads)
    except ColumnFault as wrong:
        raise DataError([fault(shown, 0, f"{wrong.message}.", wrong.hint)]) from wrong
    values = [np.asarray(table.column(c.index).to_numpy(), dtype=np.float64) * c.factor for c in columns.needed]
    f, a, b = values
    z = np.asarray(a * np.exp(1j * np.radians(b)) if columns.is_polar else a + 1j * b, dtype=np.complex128)
    groups = [str(g) for g in table.column(columns.group.index).to_pylist()] if columns.group is not None else [""] * len(f)
    known = np.isfinite(f) & np.isfinite(z) & (f > 0.0)
    rows = np.arange(1, len(f) + 1)
    warnings = [fault(shown, int(n), "this row has no number; it is left out.") for n in rows[~known].tolist()]
    points = Points(f[known], z[known], np.full(int(known.sum()), np.nan), rows[known], [g for g, k in zip(groups, known, strict=True) if k])
    spectra, told, faults = spectra_of(shown, Path(shown).name, points, points.impedance_ohm, ())
    signs = [w for s in spectra for w in sign_warnings(shown, 0, as_points(s), s.impedance_ohm, has_pair=False)]
    return whole(shown, "Parquet", spectra, [*warnings, *told, *dict.fromkeys(signs)], faults)


def whole(
    shown: str, instrument: str, spectra: list[MeasuredSpectrum], warnings: list[FileFault], faults: list[FileFault]
) -> SpectrumFile:
    """Return the file, or raise where none of its spectra can be judged."""
    if not spectra:
        raise DataError(faults or [fault(shown, 0, "there is not one point in it.")])
    return SpectrumFile(shown, instrument, tuple(spectra), (*faults, *warnings))
