"""Binary frames of the stream: a head of 8 bytes, a JSON header, arrays (`docs/api.md`, section 9)."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.web.answers import text_of

__all__ = ["Array", "Frame", "FrameType", "decode", "encode"]

VERSION = 1
HEAD = struct.Struct("<HHI")
TYPES: dict[str, np.dtype[Any]] = {"f8": np.dtype("<f8"), "f4": np.dtype("<f4")}


class FrameType(IntEnum):
    """What a frame carries."""

    HELLO = 1
    TABLE = 2
    HISTORY = 3
    TREND = 4
    PONG = 5
    ERROR = 6
    EVENT = 7


@dataclass(frozen=True, slots=True)
class Array:
    """One array of a frame: shape (n,), little-endian float64 or float32 on the wire."""

    name: str
    values: NDArray[Any]
    tag: str | None = None
    kind: str = "f4"


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as it was read back."""

    type: FrameType
    header: dict[str, Any]
    arrays: tuple[NDArray[np.floating[Any]], ...]


def encode(kind: FrameType, header: Mapping[str, Any], arrays: Sequence[Array] = ()) -> bytes:
    """Return the bytes of a frame; every array begins at a multiple of 8, so that a page can look at it in place.

    Examples
    --------
    >>> data = encode(FrameType.TREND, {"seq": 7}, [Array("v", np.array([1.5, 2.0]))])
    >>> frame = decode(data)
    >>> frame.header["seq"], frame.arrays[0].tolist(), len(data) % 8
    (7, [1.5, 2.0], 0)
    """
    body = dict(header)
    if arrays:
        body["arrays"] = [{"name": a.name, **({"tag": a.tag} if a.tag is not None else {}), "type": a.kind, "n": len(a.values)} for a in arrays]
    text = text_of(body)
    text += b" " * (-(HEAD.size + len(text)) % 8)
    parts = [HEAD.pack(int(kind), VERSION, len(text)), text]
    for a in arrays:
        data = np.ascontiguousarray(a.values, dtype=TYPES[a.kind]).tobytes()
        parts += [data, b"\0" * (-len(data) % 8)]
    return b"".join(parts)


def decode(data: bytes) -> Frame:
    """Read a frame back: what a page does, in Python.

    Raises
    ------
    ValueError
        When the bytes are not one whole frame of this version.
    """
    kind, version, length = HEAD.unpack_from(data)
    if version != VERSION:
        raise ValueError(f"a frame of version {version}; this reads version {VERSION}")
    start = HEAD.size + length
    header = json.loads(data[HEAD.size : start])
    arrays = []
    for row in header.get("arrays", ()):
        dtype = TYPES[row["type"]]
        arrays.append(np.frombuffer(data, dtype, row["n"], start))
        size = row["n"] * dtype.itemsize
        start += size + (-size % 8)
    if start != len(data):
        raise ValueError(f"{len(data)} bytes came, {start} were announced")
    return Frame(FrameType(kind), header, tuple(arrays))
