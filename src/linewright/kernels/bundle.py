"""Bundles of arrays that compiled code takes as one pointer.

A kernel takes a table, a state and buffers of rows: some sixty arrays. Handed over one by one they cost more than the work at each call that the
compiler does not dissolve, and make it slow to compile. A `Bundle` is an object whose attributes are arrays; to compiled code it is the address of a
block of addresses, and `state.machines` there is a look into that block.

The arrays of a bundle are fixed when it is made (their content is not), so the addresses hold as long as the bundle lives. Names and types are
declared in the class::

    class Pair(Bundle):
        left: np.ndarray
        right: np.ndarray
        _dtypes = {"left": np.dtype("i8"), "right": np.dtype("f8")}
        _fields = tuple(_dtypes)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, ClassVar, Self

import numpy as np
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import NativeValue, infer_getattr, lower_getattr_generic, models, register_model, typeof_impl, unbox
from numba.np.arrayobj import make_array, populate_array
from numba.np.numpy_support import from_dtype

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
    __slots__ = ("__dict__", "_block")

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


class BundleType(types.Type):
    """A bundle in compiled code; `members` is (name, array type) in order."""

    def __init__(self, name: str, members: tuple[tuple[str, types.Type], ...]) -> None:
        self.members = members
        super().__init__(name=f"Bundle({name}, {members})")

    @property
    def key(self) -> Any:
        return self.name


@register_model(BundleType)
class _BundleModel(models.PrimitiveModel):  # type: ignore[misc]  # Numba is untyped
    def __init__(self, dmm: Any, fe_type: BundleType) -> None:
        from llvmlite import ir  # noqa: PLC0415 - Numba's own

        super().__init__(dmm, fe_type, ir.IntType(64).as_pointer())


@typeof_impl.register(Bundle)
def _typeof(value: Bundle, context: Any) -> BundleType:  # noqa: ARG001
    return _type_of(type(value))


@cache
def _type_of(cls: type[Bundle]) -> BundleType:
    members = tuple((name, types.Array(from_dtype(cls._dtypes[name]), 2 if name in cls._two else 1, "C")) for name in cls._fields)
    return BundleType(cls.__name__, members)


@unbox(BundleType)
def _unbox(typ: BundleType, value: Any, c: Any) -> NativeValue:  # noqa: ARG001
    array_type = types.Array(types.int64, 1, "C")
    block = c.pyapi.object_getattr_string(value, "_block")
    native = c.unbox(array_type, block)
    data = make_array(array_type)(c.context, c.builder, value=native.value).data
    c.pyapi.decref(block)
    return NativeValue(data)


@infer_getattr
class _BundleAttributes(AttributeTemplate):  # type: ignore[misc]  # Numba is untyped
    key = BundleType

    def generic_resolve(self, typ: BundleType, attr: str) -> Any:
        return dict(typ.members).get(attr)


@lower_getattr_generic(BundleType)
def _look(context: Any, builder: Any, typ: BundleType, value: Any, attr: str) -> Any:
    names = [name for name, _ in typ.members]
    index = names.index(attr)
    array_type = typ.members[index][1]
    word = context.get_value_type(types.intp)

    def load(k: int) -> Any:
        return builder.load(builder.gep(value, [word(WORDS * index + k)]))

    made = make_array(array_type)(context, builder)
    item = context.get_abi_sizeof(context.get_data_type(array_type.dtype))
    data = builder.inttoptr(load(0), made.data.type)
    shape = [load(1 + k) for k in range(array_type.ndim)]
    strides = [word(item)] if array_type.ndim == 1 else [builder.mul(shape[1], word(item)), word(item)]
    populate_array(
        made, data=data, shape=cgutils.pack_array(builder, shape), strides=cgutils.pack_array(builder, strides), itemsize=word(item), meminfo=None
    )
    return made._getvalue()  # noqa: SLF001 - Numba's way to hand out a structure
