"""Record arrays whose fields win: `row.item` is the field, compiled or not.

NumPy's own records hide fields behind methods of the same name (`item`, `size`, `mean`). Compiled code does not care; tests and code that look into
a state do. To Numba these are ordinary record arrays, of the same type.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["Records", "as_records"]


class _Row(np.record):
    def __getattribute__(self, name: str) -> Any:
        if name[:1] != "_":
            fields = np.void.__getattribute__(self, "dtype").fields
            if fields is not None and name in fields:
                return np.void.__getitem__(self, name)
        return np.record.__getattribute__(self, name)


class Records(np.recarray):
    """A record array; ``array[i].field`` reads and writes, ``array.field`` and ``array["field"]`` are columns."""

    def __array_finalize__(self, obj: Any) -> None:
        pass

    def __getitem__(self, index: Any) -> Any:
        return np.ndarray.__getitem__(self, index)


def as_records(array: np.ndarray) -> Records:
    """Return the same rows as `Records`, sharing memory.

    Examples
    --------
    >>> rows = as_records(np.zeros(2, [("item", "i8")]))
    >>> rows[1].item = 7
    >>> int(rows[1].item), rows["item"].tolist()
    (7, [0, 7])
    """
    array = np.ascontiguousarray(array)
    return array.view(np.dtype((_Row, array.dtype))).view(Records)
