"""Which column of a table is what: frequency, Z', Z'', modulus, phase, by the many ways in which instruments write their heads."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Column", "ColumnFault", "Columns", "find_columns"]

FREQUENCY, REAL, IMAGINARY, MODULUS, PHASE, GROUP = "frequency", "real", "imaginary", "modulus", "phase", "group"
NAMES = {
    FREQUENCY: {"f", "freq", "frequency"},
    REAL: {"rez", "zre", "zreal", "z'", "z'a", "realz", "re", "real", "zr"},
    IMAGINARY: {"imz", "zim", "zimag", "zimg", "z''", "z''b", "imagz", "im", "imag", "imaginary", "zi"},
    MODULUS: {"|z|", "zmod", "modz", "absz", "modulus", "magnitude", "z"},
    PHASE: {"phasez", "zphz", "zphase", "phase", "thetaz", "theta", "phi", "argz", "phz"},
    GROUP: {"cell", "channel", "spectrum", "cyclenumber", "cycle", "segment#"},
}
HERTZ = {"hz": 1.0, "Hz": 1.0, "HZ": 1.0, "mHz": 1e-3, "kHz": 1e3, "khz": 1e3, "KHz": 1e3, "MHz": 1e6, "GHz": 1e9}
OHM = {"ohm": 1.0, "ohms": 1.0, "mohm": 1e-3, "kohm": 1e3, "uohm": 1e-6, "Mohm": 1e6}
#: Degrees in one of the unit.
DEGREES = {**dict.fromkeys(("deg", "degree", "degrees", "\N{DEGREE SIGN}"), 1.0), **dict.fromkeys(("rad", "radian", "radians"), math.degrees(1.0))}
UNITS = {FREQUENCY: HERTZ, REAL: OHM, IMAGINARY: OHM, MODULUS: OHM, PHASE: DEGREES}
#: Letters that stand for others: primes, the signs of ohm and minus.
PLAIN = str.maketrans({
    "\N{PRIME}": "'", "\N{DOUBLE PRIME}": '"', "\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{MINUS SIGN}": "-", "\N{EN DASH}": "-",
})  # fmt: skip
_UNIT = re.compile(r"(?:\s*[/(\[_]\s*|\s+)(?P<unit>[^\s/()\[\]_]+)\s*[)\]]?$")


class ColumnFault(Exception):  # noqa: N818 - a fault of the file, not of the program
    """What is wrong with a head; `hint` is the next step."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True)
class Column:
    """Where a quantity stands: index from 0, factor to Hz, ohm or degrees (negative where the head says ``-Im(Z)``), and its head.

    `has_unit` tells whether the head states the unit.
    """

    index: int
    factor: float = 1.0
    head: str = ""
    has_unit: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table of impedances: Z' and Z'', or modulus and phase, or both; `group` tells spectra of one file apart."""

    frequency: Column
    real: Column | None
    imaginary: Column | None
    modulus: Column | None
    phase: Column | None
    group: Column | None

    @property
    def is_polar(self) -> bool:
        """Tell whether Z must be made from modulus and phase."""
        return self.real is None or self.imaginary is None

    @property
    def needed(self) -> tuple[Column, ...]:
        """Return the columns that a point cannot lack."""
        pair = (self.modulus, self.phase) if self.is_polar else (self.real, self.imaginary)
        return (self.frequency, *(c for c in pair if c is not None))


def find_columns(heads: Sequence[str]) -> Columns:
    r"""Return which column is what.

    Parameters
    ----------
    heads
        Of the columns, as written.

    Raises
    ------
    ColumnFault
        There is no frequency, no impedance, or a unit that is not known.

    Examples
    --------
    >>> found = find_columns(["freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm", "cycle number"])
    >>> found.frequency.index, found.imaginary.factor, found.group.index
    (0, -1.0, 3)
    >>> find_columns(["z_real", "z_img"])
    Traceback (most recent call last):
    ...
    linewright.exchange.impedance.columns.ColumnFault: the head names no frequency: z_real, z_img
    """
    found: dict[str, Column] = {}
    for index, head in enumerate(heads):
        kind, column = read_head(index, head)
        if kind and kind not in found:
            found[kind] = column
    if FREQUENCY not in found:
        shown = ", ".join(h.strip() for h in heads if h.strip())
        hint = "Without it neither Kramers-Kronig nor a fit nor a DRT can be computed. Export it too, or add a column `frequency/Hz`."
        raise ColumnFault(f"the head names no frequency: {shown}", hint)
    has_pair = REAL in found and IMAGINARY in found
    if not has_pair and not (MODULUS in found and PHASE in found):
        shown = ", ".join(h.strip() for h in heads if h.strip())
        lacking = "Z''" if REAL in found else "Z'" if IMAGINARY in found else "a phase" if MODULUS in found else "impedance"
        raise ColumnFault(f"the head names a frequency but no {lacking.removeprefix('a ')}: {shown}", "Z' and Z'' were expected, or |Z| and phase.")
    return Columns(found[FREQUENCY], *(found.get(kind) for kind in (REAL, IMAGINARY, MODULUS, PHASE, GROUP)))


def read_head(index: int, head: str) -> tuple[str, Column]:
    """Return the kind of one column (empty where it is none of ours) and the column."""
    text = head.strip().strip('"').strip().translate(PLAIN).replace('"', "''")
    sign = -1.0 if text.startswith("-") else 1.0
    text = text.removeprefix("-").removeprefix("Data:").strip()
    kind = kind_of(text)
    if kind:
        return kind, Column(index, sign, head.strip())
    unit = _UNIT.search(text)
    kind = kind_of(text[: unit.start()]) if unit else ""
    if not unit or not kind:
        return "", Column(index)
    if kind == GROUP:
        return kind, Column(index, 1.0, head.strip())
    name = unit["unit"].replace("\N{OHM SIGN}", "ohm").replace("\N{GREEK CAPITAL LETTER OMEGA}", "ohm").replace("Ohm", "ohm")
    factor = UNITS[kind].get(name, UNITS[kind].get(name.lower()))
    if factor is None:
        known = ", ".join(k for k in UNITS[kind] if k == k.strip() and k not in {"hz", "HZ", "khz", "KHz"})
        raise ColumnFault(f"`{head.strip()}`: the unit `{unit['unit']}` is not known", f"Known are {known}.")
    return kind, Column(index, sign * factor, head.strip(), has_unit=True)


def kind_of(text: str) -> str:
    """Return the kind that a head without unit names, empty where it is none."""
    name = re.sub(r"[\s_().:]", "", text.lower())
    return next((kind for kind, names in NAMES.items() if name in names), "")
