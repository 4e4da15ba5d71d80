"""What bundles are to compiled code: see `bundle`. Imported where something is compiled.

Two things make a look into a bundle cheap. The compiler is told what no kernel changes: the addresses of a bundle's arrays, and all that a `fixed`
bundle holds; else it would read them anew after each write to any array. And an index into a bundle's array is never negative, so it is not
compared with 0; in plain Python it would count from the end, which no kernel does.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.cpython.unsafe.numbers import trailing_zeros
from numba.extending import infer_getattr, lower_builtin, lower_getattr_generic, models, overload, register_model
from numba.np.arrayobj import load_item, make_array, populate_array, store_item
from numba.np.numpy_support import from_dtype

from linewright.kernels.bits import lowest
from linewright.kernels.bundle import WORDS, Bundle

__all__ = ["array_at", "type_of_bundle"]


class BundleType(types.Type):
    """A bundle in compiled code; `members` is (name, array type) in order."""

    def __init__(self, name: str, members: tuple[tuple[str, types.Type], ...]) -> None:
        self.members = members
        super().__init__(name=f"Bundle({name})")


class BundleArray(types.Array):  # type: ignore[misc]  # Numba is untyped
    """An array of a bundle."""

    is_fixed = False


class FixedArray(BundleArray):
    """An array whose content no kernel changes."""

    is_fixed = True


class FixedRecord(types.Type):  # type: ignore[misc]  # Numba is untyped
    """A row of such an array: a record of Numba's that can be read alone, and that is never taken for another."""

    def __init__(self, record: types.Record) -> None:
        self.record, self.members, self.size = record, record.members, record.size
        super().__init__(name=f"Fixed{record.name}")


@register_model(BundleType)
class _BundleModel(models.PrimitiveModel):  # type: ignore[misc]  # Numba is untyped
    def __init__(self, dmm: Any, fe_type: BundleType) -> None:
        super().__init__(dmm, fe_type, ir.IntType(64).as_pointer())


register_model(BundleArray)(models.ArrayModel)
register_model(FixedArray)(models.ArrayModel)
register_model(FixedRecord)(models.RecordModel)


@cache
def type_of_bundle(cls: type[Bundle]) -> BundleType:
    """Return the type of a class of bundles."""
    members = tuple((name, _type_of_array(cls._dtypes[name], 2 if name in cls._two else 1, cls._fixed)) for name in cls._fields)
    return BundleType(f"{cls.__module__}.{cls.__qualname__}", members)


def _type_of_array(dtype: Any, dimensions: int, fixed: bool) -> BundleArray:
    item = from_dtype(dtype)
    if fixed and isinstance(item, types.Record):
        item = FixedRecord(item)
    return (FixedArray if fixed else BundleArray)(item, dimensions, "C")


@infer_getattr
class _BundleAttributes(AttributeTemplate):  # type: ignore[misc]  # Numba is untyped
    key = BundleType

    def generic_resolve(self, typ: BundleType, attr: str) -> Any:
        return dict(typ.members).get(attr)


@infer_getattr
class _FixedFields(AttributeTemplate):  # type: ignore[misc]  # Numba is untyped
    key = FixedRecord

    def generic_resolve(self, typ: FixedRecord, attr: str) -> Any:
        return typ.record.typeof(attr) if attr in typ.record.fields else None


@lower_getattr_generic(BundleType)
def _look(context: Any, builder: Any, typ: BundleType, value: Any, attr: str) -> Any:
    index = [name for name, _ in typ.members].index(attr)
    array_type = typ.members[index][1]
    places = [builder.gep(value, [context.get_constant(types.intp, WORDS * index + k)]) for k in range(1 + array_type.ndim)]
    words = [_never_changed(builder, builder.load(place)) for place in places]
    return array_at(context, builder, array_type, words[0], words[1:])


def _never_changed(builder: Any, value: Any) -> Any:
    """Tell the compiler that what is read there is the same at all times."""
    if isinstance(value, ir.LoadInstr):
        value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value


def array_at(context: Any, builder: Any, array_type: types.Array, address: Any, shape: list[Any]) -> Any:
    """Return the array at an address (a word of the machine), of one or two dimensions and contiguous."""
    made = make_array(array_type)(context, builder)
    item = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(array_type.dtype)))
    strides = [item] if array_type.ndim == 1 else [builder.mul(shape[1], item), item]
    populate_array(
        made,
        data=builder.inttoptr(address, made.data.type),
        shape=cgutils.pack_array(builder, shape),
        strides=cgutils.pack_array(builder, strides),
        itemsize=item,
        meminfo=None,
    )
    return made._getvalue()  # noqa: SLF001 - Numba's way to hand out a structure


def _place(context: Any, builder: Any, array_type: BundleArray, array: Any, kinds: Sequence[types.Type], indices: Sequence[Any]) -> Any:
    """Return the address of an item."""
    made = make_array(array_type)(context, builder, array)
    lengths = cgutils.unpack_tuple(builder, made.shape, array_type.ndim)
    at = context.get_constant(types.intp, 0)
    for kind, index, length in zip(kinds, indices, lengths, strict=True):
        word = context.cast(builder, index, kind, types.intp)
        if context.enable_boundscheck:
            cgutils.do_boundscheck(context, builder, word, length)
        at = builder.add(builder.mul(at, length), word)
    return builder.gep(made.data, [at], inbounds=True)


@lower_builtin(operator.getitem, BundleArray, types.Integer)
def _get(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array_type = signature.args[0]
    found = load_item(context, builder, array_type, _place(context, builder, array_type, arguments[0], signature.args[1:], arguments[1:]))
    return _never_changed(builder, found) if array_type.is_fixed else found


@lower_getattr_generic(FixedRecord)
def _field(context: Any, builder: Any, typ: FixedRecord, value: Any, attr: str) -> Any:
    kind = typ.record.typeof(attr)
    at = cgutils.get_record_member(builder, value, typ.record.offset(attr), context.get_data_type(kind))
    return _never_changed(builder, context.unpack_value(builder, kind, at, None if typ.record.aligned else 1))


@lower_builtin(operator.getitem, BundleArray, types.UniTuple)
def _get_of_two(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    kind = signature.args[1]
    at = _place(context, builder, signature.args[0], arguments[0], list(kind), cgutils.unpack_tuple(builder, arguments[1], len(kind)))
    return load_item(context, builder, signature.args[0], at)


@lower_builtin(operator.setitem, BundleArray, types.Integer, types.Any)
def _set(context: Any, builder: Any, signature: Any, arguments: Any) -> None:
    array_type, kind, given = signature.args
    at = _place(context, builder, array_type, arguments[0], [kind], arguments[1:2])
    _store(context, builder, array_type, context.cast(builder, arguments[2], given, array_type.dtype), at)


@lower_builtin(operator.setitem, BundleArray, types.UniTuple, types.Any)
def _set_of_two(context: Any, builder: Any, signature: Any, arguments: Any) -> None:
    array_type, kind, given = signature.args
    at = _place(context, builder, array_type, arguments[0], list(kind), cgutils.unpack_tuple(builder, arguments[1], len(kind)))
    _store(context, builder, array_type, context.cast(builder, arguments[2], given, array_type.dtype), at)


def _store(context: Any, builder: Any, array_type: BundleArray, value: Any, at: Any) -> None:
    if array_type.is_fixed:
        raise TypeError("a kernel writes into an array of a bundle that is fixed")
    store_item(context, builder, array_type, value, at)


@overload(lowest)
def _lowest(bits: Any) -> Any:
    def instruction(bits: Any) -> Any:
        return np.int64(trailing_zeros(bits))

    return instruction if isinstance(bits, types.Integer) else None
