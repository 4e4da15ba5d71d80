"""How functions of this room are compiled: once, kept on disk, without reference counts.

`_nrt=False` leaves out Numba's counting of references: no kernel makes an array, and counting for forty arrays at each call costs more than the work.

Numba's own cache looks at the file of one function only, not at those it calls. The kept code therefore lies in a folder named by a digest of all
sources of this room: a change anywhere compiles anew, an unchanged room never does. The recursion stands on all else and nothing stands on it; it has
a folder of its own, and its sources do not count for the other one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numba import config, njit, types
from platformdirs import user_cache_path

__all__ = ["cache_folder", "is_kept", "kernel", "part", "wrapping_kernel"]


@cache
def cache_folder(*, recursion: bool = False) -> Path:
    """Return the folder of the compiled kernels of exactly these sources (the plain reference beside them is never compiled).

    Parameters
    ----------
    recursion
        Whether of the recursion, or of all else.
    """
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        if source.name.startswith("reference") or (source.name.startswith("recursion") and not recursion):
            continue
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return user_cache_path("linewright") / f"kernels-{digest.hexdigest()[:16]}"


def is_kept(*, recursion: bool = False) -> bool:
    """Tell whether kernels of these sources were compiled on this machine before (a first time takes most of a minute)."""
    return config.DISABLE_JIT or next(cache_folder(recursion=recursion).rglob("*.nbi"), None) is not None


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function with the options that all kernels share.

    With ``NUMBA_DISABLE_JIT=1`` it stays as it is; arithmetic on uint64 then wraps without a warning, as the compiled code does.
    """
    return function if config.DISABLE_JIT else _compiled(function, "never")


def part(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function that is called from one place as a part of its caller: each further layer would compile all below it once more."""
    return function if config.DISABLE_JIT else _compiled(function, "always")


def wrapping_kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function whose uint64 arithmetic wraps on purpose; uncompiled, NumPy would warn of it."""
    return np.errstate(over="ignore")(function) if config.DISABLE_JIT else kernel(function)


def _compiled(function: Callable[..., Any], inline: str) -> Callable[..., Any]:
    before = config.CACHE_DIR
    config.CACHE_DIR = str(cache_folder(recursion=Path(function.__code__.co_filename).name.startswith("recursion")))
    try:
        made = njit(cache=True, nogil=True, error_model="numpy", _nrt=False, inline=inline)(function)
    finally:
        config.CACHE_DIR = before
    template = made.get_call_template

    def one_for_all_numbers(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
        return template(tuple(types.unliteral(a) for a in args), {k: types.unliteral(a) for k, a in kws.items()})

    made.get_call_template = one_for_all_numbers  # else a call with 0 and one with 1 are compiled apart
    return made
