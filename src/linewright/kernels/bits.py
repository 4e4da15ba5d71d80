"""Bits of whole numbers: one instruction of the processor, where it has one."""

from __future__ import annotations

__all__ = ["lowest"]


def lowest(bits: int) -> int:
    """Return the number of the lowest bit that is set.

    In compiled code it is the processor's own instruction (`bundle_type`).

    Parameters
    ----------
    bits
        Not 0.

    Examples
    --------
    >>> lowest(1), lowest(0b1011000)
    (0, 3)
    """
    return (bits & -bits).bit_length() - 1
