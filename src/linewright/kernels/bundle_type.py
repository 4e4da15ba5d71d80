"""What bundles are to compiled code: see `bundle`. Imported where something is compiled."""

from __future__ import annotations

from functools import cache
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, lower_getattr_generic, models, register_model
from numba.np.arrayobj import make_array, populate_array
from numba.np.numpy_support import from_dtype

from linewright.kernels.bundle import WORDS, Bundle

__all__ = ["array_at", "type_of_bundle"]


class BundleType(types.Type):
    """A bundle in compiled code; `members` is (name, array type) in order."""

    def __init__(self, name: str, members: tuple[tuple[str, types.Type], ...]) -> None:
        self.members = members
        super().__init__(name=f"Bundle({name})")


@register_model(BundleType)
class _BundleModel(models.PrimitiveModel):  # type: ignore[misc]  # Numba is untyped
    def __init__(self, dmm: Any, fe_type: BundleType) -> None:
        super().__init__(dmm, fe_type, ir.IntType(64).as_pointer())


@cache
def type_of_bundle(cls: type[Bundle]) -> BundleType:
    """Return the type of a class of bundles."""
    members = tuple((name, types.Array(from_dtype(cls._dtypes[name]), 2 if name in cls._two else 1, "C")) for name in cls._fields)
    return BundleType(f"{cls.__module__}.{cls.__qualname__}", members)


@infer_getattr
class _BundleAttributes(AttributeTemplate):  # type: ignore[misc]  # Numba is untyped
    key = BundleType

    def generic_resolve(self, typ: BundleType, attr: str) -> Any:
        return dict(typ.members).get(attr)


@lower_getattr_generic(BundleType)
def _look(context: Any, builder: Any, typ: BundleType, value: Any, attr: str) -> Any:
    index = [name for name, _ in typ.members].index(attr)
    array_type = typ.members[index][1]
    words = [builder.load(builder.gep(value, [context.get_constant(types.intp, WORDS * index + k)])) for k in range(1 + array_type.ndim)]
    return array_at(context, builder, array_type, words[0], words[1:])


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
