"""The state of a run as bytes: arrays and a few plain values, no code. Written with each saved state, read when the run goes on."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.model.errors import LinewrightError

__all__ = ["SavedState", "decoded", "encoded"]

_MAGIC = b"LWS1"


@dataclass(frozen=True, slots=True)
class SavedState:
    """Arrays by name, and plain values (what JSON can hold)."""

    arrays: dict[str, NDArray[Any]]
    values: dict[str, Any]


def encoded(arrays: Mapping[str, NDArray[Any]], values: Mapping[str, Any], level: int = 1) -> bytes:
    """Return a state as bytes.

    Parameters
    ----------
    arrays
        Plain and structured arrays, any shape.
    values
        What JSON can hold.
    level
        Of zlib; 0 leaves it as it is.

    Examples
    --------
    >>> state = decoded(encoded({"a": np.arange(3)}, {"t": 5}))
    >>> state.arrays["a"].tolist(), state.values
    ([0, 1, 2], {'t': 5})
    """
    parts, table = [], {}
    for name, array in arrays.items():
        whole = np.ascontiguousarray(array)
        table[name] = (_description(whole.dtype), array.shape)
        parts.append(whole.tobytes())
    head = json.dumps({"arrays": table, "values": values}, separators=(",", ":")).encode()
    return _MAGIC + zlib.compress(struct.pack("<q", len(head)) + head + b"".join(parts), level)


def decoded(data: bytes) -> SavedState:
    """Return a state from its bytes; the arrays are new and may be written to.

    Raises
    ------
    LinewrightError
        They are no saved state, or damaged.
    """
    if data[:4] != _MAGIC:
        raise LinewrightError("The saved state of this run cannot be read: it was written by another version. Begin anew with --new.")
    try:
        raw = zlib.decompress(data[4:])
    except zlib.error as error:
        words = f"The saved state of this run is damaged ({error}). Begin anew with --new; what was recorded stays readable."
        raise LinewrightError(words) from error
    (length,) = struct.unpack_from("<q", raw)
    head = json.loads(raw[8 : 8 + length])
    arrays, position = {}, 8 + length
    for name, (description, shape) in head["arrays"].items():
        dtype = _dtype(description)
        count = int(np.prod(shape, dtype=np.int64))
        arrays[name] = np.frombuffer(raw, dtype, count, position).reshape(shape).copy()
        position += count * dtype.itemsize
    return SavedState(arrays, head["values"])


def _description(dtype: np.dtype[Any]) -> Any:
    return dtype.str if dtype.names is None else [[field[0], field[1]] for field in dtype.descr]


def _dtype(description: Any) -> np.dtype[Any]:
    if isinstance(description, str):
        return np.dtype(description)
    return np.dtype([(name, kind) for name, kind in description])
