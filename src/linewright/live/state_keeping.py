"""What of a run goes into a saved state, and how it comes back: the line, its machines, the recorder, the operator, the samples, the signals."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.kernels.state import State, load_state, save_fills, save_state
from linewright.kernels.table import Table
from linewright.ledger.writer import Checkpoint
from linewright.live.saved_state import SavedState, decoded, encoded

__all__ = ["fills_by_tray", "line_from", "state_bytes"]

_LINE = "line"


def state_bytes(state: State, arrays: dict[str, NDArray[Any]], values: dict[str, Any]) -> bytes:
    """Return a state of the whole run as bytes; what lies on carriers is kept beside (`fills_by_tray`)."""
    line = np.frombuffer(save_state(state), np.uint8)
    return encoded({_LINE: line, **arrays}, values, level=1)


def fills_by_tray(state: State, table: Table) -> dict[int, bytes]:
    """Return what lies on the carriers that were loaded since this was last asked, one part for each, in the form that `load_state` takes.

    A part is replaced when its carrier is loaded again, so that what is kept does not grow with the run.
    """
    packed = save_fills(state, table)
    if not packed:
        return {}
    data, at, parts = zlib.decompress(packed), 0, {}
    while at < len(data):
        first, size = struct.unpack_from("<qq", data, at)
        end = at + 16 + size * state.fills.itemsize
        parts[first] = zlib.compress(data[at:end], 1)
        at = end
    return parts


def line_from(table: Table, checkpoint: Checkpoint) -> tuple[State, SavedState]:
    """Return the line's state of a checkpoint, and the rest of it."""
    saved = decoded(checkpoint.state)
    state = load_state(table, saved.arrays.pop(_LINE).tobytes(), checkpoint.fills.values())
    return state, saved
