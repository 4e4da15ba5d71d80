"""How functions of this room are compiled: each with all that it calls as one piece of machine code, once on a machine, kept on disk.

A kernel that Python calls is looked up in the user's cache folder. Where it is there, it is loaded by llvmlite alone: Numba is not even imported.
Where it is not, `object_code` compiles it. Kernels that only other kernels call are never compiled by themselves.

The kept code lies in a folder named by a digest of all sources of this room, of the compiler and of the processor: a change anywhere compiles anew,
an unchanged room never does. With ``NUMBA_DISABLE_JIT=1`` the functions stay as they are; with ``NUMBA_BOUNDSCHECK=1`` they end at the first index
that is out of bounds.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import logging
import os
import struct
import tempfile
import threading
from collections.abc import Callable
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_cache_path

from linewright.kernels.bundle import Bundle

__all__ = ["Kernel", "cache_folder", "kernel", "part", "wrapping_kernel"]

#: The function in each object file.
ENTRY = "linewright_entry"
#: What a value is to compiled code: a bundle's class; i, u, f; ("array", type, dimensions); ("row", type).
Kind = Any


@cache
def is_plain() -> bool:
    """Tell whether nothing is compiled, as ``NUMBA_DISABLE_JIT=1`` asks."""
    return os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}


@cache
def cache_folder() -> Path:
    """Return the folder of the compiled kernels of exactly these sources (the plain reference beside them is never compiled)."""
    import llvmlite.binding as llvm  # noqa: PLC0415 - `--help` need not pay for it

    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        if source.name.startswith("reference"):
            continue
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    asked = sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith("NUMBA_"))
    for said in (version("numba"), version("llvmlite"), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten(), *asked):
        digest.update(said.encode() + b"\0")
    return user_cache_path("linewright") / f"kernels-{digest.hexdigest()[:16]}"


@cache
def announce() -> None:
    """Tell, once in a process, why the first start on a machine takes longer."""
    logging.getLogger("linewright.kernels").warning("Compiling the kernels for this machine, once; it takes about half a minute.")


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function, when it is first called from Python, with all that it calls.

    Arguments are bundles, whole numbers (int64; a `numpy.uint64` stays one), floats, contiguous arrays and rows of record arrays. It may return
    nothing, a number, or several.
    """
    return function if is_plain() else Kernel(function)


def part(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function as a part of each that calls it: one that is called from few places and often, where measuring shows that it pays."""
    return function if is_plain() else Kernel(function, is_part=True)


def wrapping_kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function whose uint64 arithmetic wraps on purpose; uncompiled, NumPy would warn of it."""
    return np.errstate(over="ignore")(function) if is_plain() else kernel(function)


class Kernel:
    """A function and its machine code.

    Parameters
    ----------
    function
        Python that Numba can compile.
    is_part
        Whether it becomes a part of its callers, whatever the compiler thinks.
    """

    def __init__(self, function: Callable[..., Any], *, is_part: bool = False) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function
        self.is_part = is_part
        self.name = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"
        self._made: dict[tuple[Kind, ...], Native] = {}
        self._lock = threading.RLock()

    def __call__(self, *args: Any) -> Any:
        """Run the machine code for arguments of these kinds; the first time it is loaded, or made."""
        kinds = tuple([kind_of(a) for a in args])
        native = self._made.get(kinds)
        if native is None:
            with self._lock:
                native = self._made.get(kinds) or self._made.setdefault(kinds, self._native(kinds))
        return native(args)

    @cached_property
    def dispatcher(self) -> Any:
        """What Numba takes this for where another kernel names it."""
        from linewright.kernels.object_code import dispatcher_of  # noqa: PLC0415 - Numba is imported where something is compiled

        return dispatcher_of(self)

    @property
    def _numba_type_(self) -> Any:
        return self.dispatcher._numba_type_

    def _native(self, kinds: tuple[Kind, ...]) -> Native:
        key = hashlib.sha256(repr([name_of(kind) for kind in kinds]).encode()).hexdigest()[:8]
        file = cache_folder() / f"{self.name}-{key}.o"
        with contextlib.suppress(OSError, ValueError):  # not there, or damaged: then it is compiled
            return Native(*read(file.read_bytes()), kinds, self.name)
        announce()
        from linewright.kernels.object_code import object_code  # noqa: PLC0415 - Numba is imported where something is compiled

        returns, code = object_code(self, kinds)
        with contextlib.suppress(OSError):  # a folder that cannot be written costs the next start its time, no more
            keep(file, returns, code)
        return Native(returns, code, kinds, self.name)


def kind_of(value: Any) -> Kind:
    """Return what a value is to compiled code.

    Examples
    --------
    >>> kind_of(3), kind_of(np.uint64(3)), kind_of(0.5), kind_of(np.zeros(2))
    ('i', 'u', 'f', ('array', dtype('float64'), 1))
    """
    cls = type(value)
    if issubclass(cls, Bundle):
        return cls
    if issubclass(cls, (int, np.signedinteger, np.bool_)):
        return "i"
    if issubclass(cls, np.unsignedinteger):
        return "u"
    if issubclass(cls, (float, np.floating)):
        return "f"
    if issubclass(cls, np.ndarray) and value.flags.c_contiguous and 1 <= value.ndim <= 2:
        return "array", value.dtype, value.ndim
    if issubclass(cls, np.void):
        return "row", value.dtype
    raise TypeError(f"a kernel takes bundles, numbers, contiguous arrays and rows; {cls.__name__} came")


def name_of(kind: Kind) -> str:
    """Return a text that is the same for the same kind, today and tomorrow."""
    if isinstance(kind, str):
        return kind
    if isinstance(kind, type):
        return f"{kind.__module__}.{kind.__qualname__}"
    dtype = kind[1]
    fields = [(n, str(f[0]), f[1]) for n, f in dtype.fields.items()] if dtype.fields else str(dtype)
    return repr((kind[0], fields, dtype.itemsize, kind[2:]))


def keep(file: Path, returns: str, code: bytes) -> None:
    """Write what `read` reads, at once or not at all: others may read it, or write the same, at this moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as out:
        out.write(f"{hashlib.sha256(returns.encode() + code).hexdigest()} {returns}\n".encode() + code)
    Path(out.name).replace(file)


def read(kept: bytes) -> tuple[str, bytes]:
    """Return what a kept kernel returns, and its object file.

    Raises
    ------
    ValueError
        It is damaged: LLVM must not see it, for it would end the process.
    """
    head, _, code = kept.partition(b"\n")
    digest, _, returns = head.partition(b" ")
    if digest != hashlib.sha256(returns + code).hexdigest().encode():
        raise ValueError("its digest is another")
    return returns.decode("ascii"), code


class Native:
    """Machine code that is loaded: what it takes and what it gives.

    Parameters
    ----------
    returns
        Codes of `struct`, in brackets where it returns several numbers.
    code
        An object file with the function ``linewright_entry(out, ...)``: see `object_code`.
    kinds
        Of its arguments.
    name
        For messages.
    """

    def __init__(self, returns: str, code: bytes, kinds: tuple[Kind, ...], name: str) -> None:
        import llvmlite.binding as llvm  # noqa: PLC0415 - `--help` need not pay for it

        self._is_tuple = returns.startswith("(")
        self._returns = struct.Struct(returns.strip("()"))
        self._room = ctypes.c_int64 * max(self._returns.size // 8, 1)
        self._kinds, self._name = kinds, name
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        machine = llvm.Target.from_default_triple().create_target_machine()
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)  # the code lives as long as it
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        entry = self._engine.get_function_address(ENTRY)
        self._function = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, *words_of(kinds))(entry)

    def __call__(self, args: tuple[Any, ...]) -> Any:
        """Run it without Python's lock."""
        words: list[Any] = []
        for kind, value in zip(self._kinds, args, strict=True):
            if kind == "i" or kind == "u":  # noqa: PLR1714 - an array's type has its own idea of "in"
                words.append(int(value))
            elif kind == "f":
                words.append(value)
            elif isinstance(kind, type):
                words.append(value.address)
            else:
                words.append(value.__array_interface__["data"][0])
                if kind[0] == "array":
                    words += value.shape
        out = self._room()
        status = self._function(out, *words)
        if status:
            raise RuntimeError(f"{self._name} raised an error, which compiled code does not tell; NUMBA_DISABLE_JIT=1 shows it")
        found = self._returns.unpack_from(out)
        return found if self._is_tuple else found[0] if found else None


def words_of(kinds: tuple[Kind, ...]) -> list[Any]:
    """Return the words of an entry's arguments, as C knows them."""
    simple = {"i": ctypes.c_int64, "u": ctypes.c_uint64, "f": ctypes.c_double}
    words: list[Any] = []
    for kind in kinds:
        if isinstance(kind, str):
            words.append(simple[kind])
        else:
            words += [ctypes.c_int64] * (1 + (kind[2] if isinstance(kind, tuple) and kind[0] == "array" else 0))
    return words
