"""What of a run goes into a saved state, and how it comes back: the line, its machines, the recorder, the operator, the samples, the signals."""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.kernels.state import State, load_state, new_state, save_fills, save_state
from linewright.kernels.table import Table
from linewright.ledger.writer import Checkpoint
from linewright.live.saved_state import SavedState, decoded, encoded
from linewright.model.errors import LinewrightError

__all__ = ["OtherStateError", "fills_by_tray", "layout_of", "line_from", "state_bytes"]

_LINE, _LAYOUT = "line", "layout"


class OtherStateError(LinewrightError):
    """A saved state has another layout than this version's.

    Parameters
    ----------
    run
        The run that it is of.
    why
        What differs.
    """

    def __init__(self, run: str, why: str) -> None:
        self.run = run
        super().__init__(
            f"{run} cannot be gone on with: its saved state was written by another version of Linewright, which laid it out otherwise ({why}). "
            f"Nothing was changed: what {run} recorded stays, and is read by linewright trace and linewright serve. "
            "Begin a new run of this line: the same command with --new; or go on with the version that wrote it."
        )


def layout_of(state: State) -> str:
    """Return a digest of names, types and lengths of a state's arrays: two versions that agree in it can read each other's bytes."""
    parts = [(name, array.dtype.descr, 0 if name in {"inbox", "outbox"} else array.size) for name, array in zip(State._fields, state, strict=True)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def state_bytes(state: State, arrays: dict[str, NDArray[Any]], values: dict[str, Any]) -> bytes:
    """Return a state of the whole run as bytes; what lies on carriers is kept beside (`fills_by_tray`)."""
    line = np.frombuffer(save_state(state), np.uint8)
    return encoded({_LINE: line, **arrays}, {**values, _LAYOUT: layout_of(state)}, level=1)


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


def line_from(table: Table, checkpoint: Checkpoint, run: str) -> tuple[State, SavedState]:
    """Return the line's state of a checkpoint, and the rest of it.

    Raises
    ------
    OtherStateError
        It was saved by a version that lays a state out otherwise.
    """
    saved = decoded(checkpoint.state)
    told, mine = saved.values.get(_LAYOUT), layout_of(new_state(table, 1))
    if told is not None and told != mine:
        raise OtherStateError(run, f"layout {told}, here {mine}")
    try:
        state = load_state(table, saved.arrays.pop(_LINE).tobytes(), checkpoint.fills.values())
    except (ValueError, IndexError) as error:  # one of before a state told its layout
        raise OtherStateError(run, str(error)) from error
    return state, saved
