"""Bundles of arrays that compiled code takes as one pointer.

A kernel takes a table, a state and buffers of rows: some sixty arrays. Handed over one by one they cost more than the work at each call that the
compiler does not dissolve, and make it slow to compile. A `Bundle` is an object whose attributes are arrays; to compiled code it is the address of a
block of addresses, and `state.machines` there is a look into that block (`bundle_type`).

The arrays of a bundle are fixed when it is made (their content is not), so the addresses hold as long as the bundle lives. Names and types are
declared in the class::

    class Pair(Bundle):
        left: np.ndarray
        right: np.ndarray
        _dtypes = {"left": np.dtype("i8"), "right": np.dtype("f8")}
        _fields = tuple(_dtypes)

`_two` names those of two dimensions; `_fixed` says that no kernel writes into any of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

import numpy as np

__all__ = ["Bundle"]

WORDS = 3  # of each array in the block: address, rows, columns


class Bundle:
    """Named arrays, one- or two-dimensional and contiguous, as one thing.

    Parameters
    ----------
    arrays
        In the order of the declaration, or by name.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _dtypes: ClassVar[Mapping[str, np.dtype]] = {}
    _two: ClassVar[frozenset[str]] = frozenset()
    _fixed: ClassVar[bool] = False
    __slots__ = ("__dict__", "_block", "address")

    def __init__(self, *arrays: np.ndarray, **named: np.ndarray) -> None:
        given = dict(zip(self._fields, arrays, strict=False)) | named
        if len(arrays) + len(named) != len(self._fields) or set(given) != set(self._fields):
            raise TypeError(f"{type(self).__name__} takes the arrays {', '.join(self._fields)}; {', '.join(given) or 'none'} came")
        block = np.zeros(WORDS * len(self._fields), np.int64)
        for i, name in enumerate(self._fields):
            array = given[name]
            wanted = 2 if name in self._two else 1
            if array.dtype != self._dtypes[name] or array.ndim != wanted or not array.flags.c_contiguous:
                expected = f"{self._dtypes[name]} of {wanted} dimensions, contiguous, was expected"
                raise TypeError(f"{type(self).__name__}.{name}: {expected}; {array.dtype} of {array.ndim} came")
            block[WORDS * i] = array.ctypes.data
            block[WORDS * i + 1 : WORDS * i + 1 + array.ndim] = array.shape
            self.__dict__[name] = array
        object.__setattr__(self, "_block", block)
        object.__setattr__(self, "address", block.ctypes.data)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"the arrays of {type(self).__name__} are fixed; write into {name}[:], or make another with _replace")

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self.__dict__[name] for name in self._fields)

    def __getitem__(self, index: int) -> np.ndarray:
        return self.__dict__[self._fields[index]]

    def __len__(self) -> int:
        return len(self._fields)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(self)

    def _replace(self, **named: np.ndarray) -> Self:
        return type(self)(**({name: self.__dict__[name] for name in self._fields} | named))
