"""Raw samples of a stack: one column of current, one of voltage for each cell, read in blocks; and the writing of synthetic ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from linewright.eis.excitation import Excitation
from linewright.eis.synthetic_stack import FAULTS, SyntheticRecord
from linewright.exchange.impedance.array_files import open_parquet
from linewright.exchange.impedance.excitation_file import from_plain, plain
from linewright.exchange.impedance.measured import fault
from linewright.model.errors import DataError

__all__ = ["BLOCK", "RawFile", "Samples", "open_raw", "write_synthetic"]

#: Samples of all channels that are read at once: 401 channels of them have 52 MB.
BLOCK = 32_768
#: Name of the entry of the file's metadata that holds what is known of it.
META = b"linewright"
_CURRENT = re.compile(r"^(current|stack[ _-]?current|i)([ _/(\[-].*)?$", re.IGNORECASE)
_TIME = re.compile(r"^(time|t)([ _/(\[-].*)?$", re.IGNORECASE)
_NUMBERED = re.compile(r"^\D*?0*(\d+)(?:[ _/(\[-]*m?V[)\]]?)?$", re.IGNORECASE)


class Samples(Protocol):
    """Samples of a stack, in blocks: a file's, or a station's. What the names mean is told at `RawFile`."""

    @property
    def file(self) -> str:
        """As it is called."""

    @property
    def excitation(self) -> Excitation:
        """What was sent."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the cells."""

    @property
    def place(self) -> tuple[int, ...]:
        """Of each, from 0."""

    @property
    def missing(self) -> tuple[tuple[int, str, str], ...]:
        """Cells without a channel."""

    @property
    def is_synthetic(self) -> bool:
        """Whether they were made from a model."""

    @property
    def channels(self) -> int:
        """The current and the cells."""

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield the samples in order, each (n_channels, n), current first."""


@dataclass(frozen=True, slots=True, eq=False)
class RawFile:
    """A file of samples that was opened.

    Parameters
    ----------
    file
        As the user named it.
    excitation
        What was sent.
    names
        Of the cells that the file has.
    place
        Of each, from 0, in the stack.
    missing
        (place, name, what is wrong) of cells that should be in the file and are not.
    is_synthetic
        Whether the file says so.
    about
        What else it says of itself.
    """

    file: str
    excitation: Excitation
    names: tuple[str, ...]
    place: tuple[int, ...]
    missing: tuple[tuple[int, str, str], ...]
    is_synthetic: bool
    about: str
    _columns: tuple[str, ...]
    _source: Any

    @property
    def channels(self) -> int:
        """Return the current and the cells of the file."""
        return 1 + len(self.names)

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Return the samples in order, each (n_channels, n), current first; a missing number is NaN."""
        if isinstance(self._source, np.ndarray):
            for at in range(0, self._source.shape[1], BLOCK):
                yield np.asarray(self._source[:, at : at + BLOCK], dtype=np.float32)
            return
        for batch in self._source.iter_batches(batch_size=BLOCK, columns=list(self._columns)):
            block = np.empty((self.channels, batch.num_rows), dtype=np.float32)
            for k, name in enumerate(self._columns):
                block[k] = batch.column(name).to_numpy(zero_copy_only=False)
            yield block


def open_raw(path: Path, cells: int | None = None, excitation: Excitation | None = None) -> RawFile:
    """Open a file of samples.

    Parameters
    ----------
    path
        Parquet (extra `arrow`) with a column named ``current...`` and one for each cell, or an .npy of shape (1 + cells, samples), current first.
    cells
        That the stack has; None takes those of the file.
    excitation
        What was sent; without it the file says so itself.

    Raises
    ------
    DataError
        No such file, no column of current, no excitation, more cells than the stack has.
    """
    shown = str(path)
    if not path.is_file():
        what = "this is no file; raw samples in Parquet were expected." if path.exists() else "there is no such file."
        raise DataError([fault(shown, 0, what)])
    with path.open("rb") as file:
        top = file.read(8)
    if top.startswith(b"\x93NUMPY"):
        return open_npy(path, shown, cells, excitation)
    if not top.startswith(b"PAR1"):
        hint = "A spectrum, not raw samples? Then name it without --raw."
        raise DataError([fault(shown, 0, "this is neither Parquet nor .npy, in which raw samples are read.", hint)])
    source = open_parquet(path, shown)
    heads = list(source.schema_arrow.names)
    body = metadata_of(source.schema_arrow.metadata, shown)
    current = next((h for h in heads if _CURRENT.match(h)), None)
    if current is None:
        raise DataError([fault(shown, 0, f"no column is the current: {', '.join(heads[:6])} ...", "Name it `current_A`.")])
    voltages = [h for h in heads if h != current and not _TIME.match(h)]
    if not voltages:
        raise DataError([fault(shown, 0, "there is no column of a cell's voltage.", "Name them `cell_001_V`, `cell_002_V` ...")])
    place, missing = placed(voltages, cells, shown)
    found = excitation or excitation_of(body, shown)
    names = tuple(str(p + 1) for p in place)
    synthetic = bool(body.get("synthetic", False))
    return RawFile(shown, found, names, place, missing, synthetic, str(body.get("about", "")), (current, *voltages), source)


def open_npy(path: Path, shown: str, cells: int | None, excitation: Excitation | None) -> RawFile:
    """Open an array of samples."""
    try:
        samples = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError) as error:
        raise DataError([fault(shown, 0, f"it cannot be read as an array: {error}.")]) from error
    if samples.ndim != 2 or len(samples) < 2 or samples.dtype.kind != "f":
        raise DataError([fault(shown, 0, f"real numbers of shape (1 + cells, samples) were expected; {samples.dtype} {samples.shape} came.")])
    if cells is not None and cells != len(samples) - 1:
        raise DataError([fault(shown, 0, f"{cells} cells were expected; the array has {len(samples) - 1}, and the current.")])
    place = tuple(range(len(samples) - 1))
    names = tuple(str(p + 1) for p in place)
    return RawFile(shown, excitation or excitation_of({}, shown), names, place, (), is_synthetic=False, about="", _columns=(), _source=samples)


def metadata_of(metadata: dict[bytes, bytes] | None, shown: str) -> dict[str, Any]:
    """Return what a Parquet file says of itself."""
    try:
        body = json.loads((metadata or {}).get(META, b"{}"))
    except ValueError as error:
        raise DataError([fault(shown, 0, f"its metadata `linewright` cannot be read: {error}.")]) from error
    return body if isinstance(body, dict) else {}


def excitation_of(body: dict[str, Any], shown: str) -> Excitation:
    """Return the excitation that a file holds."""
    if "excitation" not in body:
        hint = "Name it: --excitation design.yaml (linewright eis design)."
        raise DataError([fault(shown, 0, "the file does not say what current was sent.", hint)])
    try:
        return from_plain(body["excitation"])
    except ValueError as error:
        raise DataError([fault(shown, 0, f"its excitation cannot be used: {error}.")]) from error


def placed(voltages: Sequence[str], cells: int | None, shown: str) -> tuple[tuple[int, ...], tuple[tuple[int, str, str], ...]]:
    """Return the place of each column in the stack, and the cells that have none.

    Examples
    --------
    >>> placed(["cell_1_V", "cell_3_V"], 3, "a.parquet")
    ((0, 2), ((1, '2', 'its channel is missing in the file'),))
    """
    matched = [_NUMBERED.match(v) for v in voltages]
    numbers = [int(m[1]) for m in matched if m]
    if len(numbers) == len(voltages) and len(set(numbers)) == len(numbers) and min(numbers) >= 1 and numbers == sorted(numbers):
        place = tuple(n - 1 for n in numbers)
    else:
        place = tuple(range(len(voltages)))
        if cells is not None and cells != len(voltages):
            hint = "Number the columns, `cell_001_V` ..., so that missing ones can be named."
            raise DataError([fault(shown, 0, f"{cells} cells were expected; the file has {len(voltages)} columns of voltage.", hint)])
    most = cells if cells is not None else place[-1] + 1
    if place[-1] >= most:
        raise DataError([fault(shown, 0, f"the file has a cell {place[-1] + 1}; the stack has {most} cells.", "Is --cells right?")])
    there = set(place)
    return place, tuple((k, str(k + 1), "its channel is missing in the file") for k in range(most) if k not in there)


def write_synthetic(path: Path, record: SyntheticRecord) -> None:
    """Write a synthetic record as Parquet; the file says that it is synthetic, with what seed, and what was put in.

    Raises
    ------
    DataError
        pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an optional extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise DataError([fault(str(path), 0, "Parquet needs pyarrow, which is not installed.", "pip install 'linewright[arrow]'")]) from error
    stack = record.stack
    body = {
        "synthetic": True, "about": "Synthetic: made from a circuit model, not measured.", "seed": stack.seed, "noise_seed": record.seed,
        "faults": {str(k + 1): kind for k, kind in sorted(stack.faults.items())}, "fault_meanings": FAULTS, "excitation": plain(record.excitation),
    }  # fmt: skip
    digits = len(str(stack.cells))
    heads = ["current_A", *(f"cell_{k + 1:0{digits}d}_V" for k in range(stack.cells))]
    schema = pa.schema([(h, pa.float32()) for h in heads], metadata={META: json.dumps(body).encode()})
    part = path.with_name(f".{path.name}.part")
    with parquet.ParquetWriter(part, schema, compression="none", use_dictionary=False) as writer:
        for block in record.blocks(BLOCK):
            writer.write_batch(pa.record_batch([pa.array(row) for row in block], schema=schema), row_group_size=BLOCK)
    part.replace(path)
