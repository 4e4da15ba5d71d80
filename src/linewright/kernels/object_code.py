"""From a kernel to an object file: Numba types and lowers each function once, LLVM optimises all of them together once.

Numba by itself compiles every function into a library of its own that holds copies of all libraries below it, each optimised and made machine code
again: with ten storeys of functions most of a minute, and a hundred megabytes on disk. Here its libraries only collect; what an entry needs is linked
into one module, everything but the entry is made internal, and the optimiser runs once.

The entry has the signature of C: ``int32 linewright_entry(out, ...)``. A bundle is the address of its block, an array its address and lengths, a row
its address. `out` takes what it returns, eight bytes each.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from llvmlite import ir
from numba.core import codegen, cpu, dispatcher, types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.descriptors import TargetDescriptor
from numba.core.registry import cpu_target
from numba.np.numpy_support import from_dtype

from linewright.kernels.bundle_type import array_at, type_of_bundle
from linewright.kernels.compiled import ENTRY, Kernel, Kind

__all__ = ["dispatcher_of", "object_code"]

#: `_nrt=False`: no kernel makes an array, and counting references to forty arrays at each call costs more than the work.
OPTIONS = {
    "nopython": True, "nogil": True, "error_model": "numpy", "_nrt": False, "no_rewrites": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True,
}  # fmt: skip
#: Names that only a process with Numba or Python's own headers can resolve.
FOREIGN = ("numba_", "NRT_", "Py", "_Py")


class _Collected(codegen.CPUCodeLibrary):  # type: ignore[misc]  # Numba is untyped
    """A library that collects functions and makes nothing of them."""

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout  # noqa: SLF001 - as the method it replaces

    def finalize(self) -> None:
        self._finalized = True

    def modules(self) -> Iterator[Any]:
        """Yield the modules of this library and of all that it needs, each once."""
        seen, todo = set(), [self]
        while todo:
            library = todo.pop()
            if library in seen:
                continue
            seen.add(library)
            if isinstance(library, _Collected):
                yield library._final_module  # noqa: SLF001 - of its own class
                todo += library._linking_libraries  # noqa: SLF001
            else:
                yield library._get_module_for_linking()  # noqa: SLF001 - Numba's own small functions


class _Codegen(codegen.JITCPUCodegen):  # type: ignore[misc]  # Numba is untyped
    """Code for this processor that is not run from here."""

    _library_class = _Collected

    def _add_module(self, module: Any) -> None:
        pass


def _stand_in(*_: Any) -> object:
    """Return what stands for the function that Python could call, which is not made: Numba knows each function by it."""
    return object()


class _Target(TargetDescriptor):  # type: ignore[misc]  # Numba is untyped
    """Numba's own target, with libraries that only collect."""

    options = cpu.CPUTargetOptions

    def __init__(self) -> None:
        super().__init__("cpu")
        self._context = cpu_target.target_context.subtarget(_internal_codegen=_Codegen("linewright"), get_executable=_stand_in)

    @property
    def typing_context(self) -> Any:
        return cpu_target.typing_context

    @property
    def target_context(self) -> Any:
        return self._context


@cache
def _target() -> _Target:
    return _Target()


class _Dispatcher(dispatcher.Dispatcher):  # type: ignore[misc]  # Numba is untyped
    """A kernel as other kernels see it."""

    @property
    def targetdescr(self) -> _Target:
        return _target()

    def add_overload(self, cres: Any) -> None:
        self.overloads[tuple(cres.signature.args)] = cres  # nothing that Python could call

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """Let all numbers be one kind: else a call with 0 and one with 1 are compiled apart."""
        return super().get_call_template(tuple(types.unliteral(a) for a in args), {k: types.unliteral(a) for k, a in kws.items()})


def dispatcher_of(kernel: Kernel) -> Any:
    """Return what a kernel is to Numba."""
    return _Dispatcher(kernel.py_func, targetoptions=OPTIONS | {"forceinline": kernel.is_part})


def object_code(kernel: Kernel, kinds: tuple[Kind, ...]) -> tuple[str, bytes]:
    """Return what a kernel returns for arguments of these kinds (codes of `struct`), and its machine code as an object file.

    Raises
    ------
    TypeError
        It returns something else than numbers, or needs something that only lives in a process with Numba.
    numba.core.errors.NumbaError
        Numba cannot compile it.
    """
    with global_compiler_lock, _without_collection():
        arguments = tuple(type_of(kind) for kind in kinds)
        kernel.dispatcher.compile(arguments)
        made = kernel.dispatcher.overloads[arguments]
        context = _target().target_context
        module, returns = _entry(context, made.fndesc, kinds, kernel.name)
        library = context.codegen().create_library(kernel.name)
        library.add_ir_module(module)
        library.add_linking_library(made.library)
        return returns, _emitted(context.codegen(), library, kernel.name)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Keep Python from looking for garbage: the compiler makes millions of objects and drops few."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def type_of(kind: Kind) -> types.Type:
    """Return Numba's type of a kind of argument."""
    if isinstance(kind, str):
        return {"i": types.int64, "u": types.uint64, "f": types.float64}[kind]
    if isinstance(kind, type):
        return type_of_bundle(kind)
    return types.Array(from_dtype(kind[1]), kind[2], "C") if kind[0] == "array" else from_dtype(kind[1])


def _entry(context: Any, described: Any, kinds: tuple[Kind, ...], name: str) -> tuple[Any, str]:
    """Return a module with the entry, and what it returns: codes of `struct`, in brackets where there are several."""
    word, real = ir.IntType(64), ir.DoubleType()
    module = context.create_module(name)
    taken: list[Any] = [word.as_pointer()]
    for kind in kinds:
        taken += [real] if kind == "f" else [word] * (1 + (kind[2] if isinstance(kind, tuple) and kind[0] == "array" else 0))
    entry = ir.Function(module, ir.FunctionType(ir.IntType(32), taken), ENTRY)
    builder = ir.IRBuilder(entry.append_basic_block("entry"))
    words = list(entry.args[1:])
    arguments = []
    for kind, typ in zip(kinds, described.argtypes, strict=True):
        value = words.pop(0)
        if isinstance(kind, tuple) and kind[0] == "array":
            value = array_at(context, builder, typ, value, [words.pop(0) for _ in range(kind[2])])
        elif not isinstance(kind, str):
            value = builder.inttoptr(value, context.get_value_type(typ))
        arguments.append(value)
    callee = ir.Function(module, context.call_conv.get_function_type(described.restype, described.argtypes), described.llvm_func_name)
    status, result = context.call_conv.call_function(builder, callee, described.restype, described.argtypes, arguments)
    several = isinstance(described.restype, types.BaseTuple)
    given = list(described.restype) if several else [] if described.restype == types.none else [described.restype]
    codes = ""
    for i, typ in enumerate(given):
        value = builder.extract_value(result, i) if several else result
        codes += _put(context, builder, value, typ, builder.gep(entry.args[0], [ir.Constant(word, i)]), name)
    builder.ret(status.code)
    return module, f"({codes})" if several else codes


def _put(context: Any, builder: Any, value: Any, typ: types.Type, at: Any, name: str) -> str:
    """Write one number into eight bytes; return its code of `struct`."""
    if isinstance(typ, types.Float):
        builder.store(context.cast(builder, value, typ, types.float64), builder.bitcast(at, ir.DoubleType().as_pointer()))
        return "d"
    if not isinstance(typ, (types.Integer, types.Boolean)):
        raise TypeError(f"{name} returns {typ}; a kernel that Python calls returns numbers")
    wide = types.uint64 if isinstance(typ, types.Integer) and not typ.signed else types.int64
    builder.store(context.cast(builder, value, typ, wide), at)
    return "Q" if wide == types.uint64 else "?7x" if isinstance(typ, types.Boolean) else "q"


def _emitted(generator: Any, library: _Collected, name: str) -> bytes:
    """Link, optimise once, and return the object file."""
    modules = library.modules()
    whole = next(modules)
    for module in modules:
        whole.link_in(module, preserve=True)
    for function in whole.functions:
        if not function.is_declaration and function.name != ENTRY:
            function.linkage = "internal"
    whole.verify()
    passes, builder = generator._module_pass_manager()  # noqa: SLF001 - Numba's own choice of passes
    passes.run(whole, builder)
    foreign = sorted(f.name for f in whole.functions if f.is_declaration and f.name.startswith(FOREIGN))
    foreign += sorted(v.name for v in whole.global_variables if v.name.startswith("numba.dynamic.globals"))
    if foreign:
        raise TypeError(f"{name} needs {', '.join(foreign)}, which only a process with Numba has")
    return bytes(generator._tm.emit_object(whole))  # noqa: SLF001
