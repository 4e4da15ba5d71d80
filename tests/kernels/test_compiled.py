"""Kernels become machine code once on a machine, and are loaded from there without the compiler."""

from __future__ import annotations

import logging
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from linewright.kernels import compiled
from linewright.kernels.bundle import Bundle
from linewright.kernels.compiled import Kernel, kernel
from linewright.kernels.records import as_records

ROW = np.dtype([("left", "i8"), ("size", "f8")], align=True)


class Pair(Bundle):
    """A bundle of two arrays."""

    numbers: np.ndarray
    rows: np.ndarray

    _dtypes = {"numbers": np.dtype("i8"), "rows": ROW}  # noqa: RUF012 - declared as every bundle
    _fields = tuple(_dtypes)


class Fixed(Pair):
    """One that no kernel writes into."""

    _fixed = True


@kernel
def writes_a_field(pair):
    pair.rows[0].left = 1


@kernel
def writes_an_item(pair):
    pair.numbers[0] = 1


@kernel
def twice(x):
    return 2 * x


@kernel
def look(pair, array, table, row, n, big, share):  # noqa: PLR0917 - one of each kind
    pair.numbers[0] += twice(n)
    pair.rows[1].size = share
    row.left = array[1] + table[1, 2]
    return pair.numbers[0], big + np.uint64(1), pair.rows[1].size, n > 3


@kernel
def nothing(array):
    array[0] = twice(array[1])


@kernel
def leans_on_numba(n):
    return math.ldexp(0.5, n)


@kernel
def gives_an_array(array):
    return array


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(compiled, "cache_folder", lambda: tmp_path / "kernels")
    return tmp_path / "kernels"


def arguments() -> list:
    pair = Pair(np.array([5, 6]), as_records(np.zeros(2, ROW)))
    return [pair, np.array([1, 2]), np.arange(6).reshape(2, 3), as_records(np.zeros(1, ROW))[0], 4, np.uint64(2**64 - 2), 0.25]


def test_a_kernel_takes_and_gives_what_python_has(fresh: Path) -> None:
    given = arguments()
    assert Kernel(look.py_func)(*given) == (13, 2**64 - 1, 0.25, True)
    assert given[0].numbers.tolist() == [13, 6]
    assert given[0].rows[1].size == 0.25
    assert given[3].left == 7
    again = arguments()
    assert tuple(look.py_func(*again)) == (13, 2**64 - 1, 0.25, True), "as the plain function"


def test_what_is_compiled_is_kept_and_told_once(fresh: Path, caplog: pytest.LogCaptureFixture) -> None:
    compiled.announce.cache_clear()
    values = np.array([0, 21])
    with caplog.at_level(logging.WARNING, "linewright.kernels"):
        assert Kernel(nothing.py_func)(values) is None
        assert Kernel(twice.py_func)(4) == 8
    assert values[0] == 42
    assert [r.getMessage() for r in caplog.records] == ["Compiling the kernels for this machine, once; it takes about half a minute."]
    assert sorted(p.name.partition("-")[0] for p in fresh.iterdir()) == ["test_compiled.nothing", "test_compiled.twice"]
    caplog.clear()
    compiled.announce.cache_clear()
    assert Kernel(twice.py_func)(5) == 10
    assert caplog.records == []


def test_damaged_code_is_compiled_anew(fresh: Path) -> None:
    assert Kernel(twice.py_func)(4) == 8
    (file,) = fresh.iterdir()
    sound = file.read_bytes()
    for damage in (b"", b"q\n", b"\xff" + sound, sound[:-1], sound.replace(b" q\n", b" Q\n")):
        file.write_bytes(damage)
        assert Kernel(twice.py_func)(4) == 8
        assert compiled.read(file.read_bytes())[0] == "q", "and kept anew"


def test_a_folder_that_cannot_be_written_is_no_obstacle(fresh: Path) -> None:
    fresh.write_text("a file stands where the folder would")
    assert Kernel(twice.py_func)(4) == 8


def test_what_a_kernel_cannot_take_or_give_is_said(fresh: Path) -> None:
    with pytest.raises(TypeError, match="str came"):
        twice("two")
    with pytest.raises(TypeError, match="contiguous"):
        nothing(np.arange(4)[::2])
    with pytest.raises(TypeError, match="leans_on_numba needs numba_ldexp"):
        leans_on_numba(3)
    for write in (writes_a_field, writes_an_item):
        write(arguments()[0])
        with pytest.raises(Exception, match=r"[Ff]ixed"):
            write(Fixed(*arguments()[0]))
    with pytest.raises(TypeError, match="gives_an_array returns array"):
        gives_an_array(np.arange(3))


def test_a_warm_start_imports_no_compiler(tmp_path: Path) -> None:
    """Two simulations one after the other on a fresh machine: the second loads what the first kept."""
    code = (
        "import sys; from linewright.library.catalogue import installed_libraries; from linewright.model.load import load;"
        "from linewright.twin.simulate import simulate;"
        "made = simulate(load('four-stations', installed_libraries()), until_s=600.0, seed=3).made;"
        "print(made, sorted({'numba', 'scipy.linalg'} & set(sys.modules)))"
    )
    paths = os.pathsep.join([str(Path(compiled.__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
    env = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": paths, "NUMBA_DISABLE_JIT": "0"}
    told = [subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, timeout=300) for _ in range(2)]
    cold, warm = (t.stdout.split(maxsplit=1) for t in told)
    assert int(cold[0]) > 0
    assert warm == [cold[0], "[]\n"]
    assert "Compiling" in told[0].stderr
    assert told[1].stderr == ""
