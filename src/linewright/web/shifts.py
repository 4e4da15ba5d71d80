"""Which shift it is: `control.shifts`, by the name that this room uses."""

from __future__ import annotations

from linewright.control.shifts import Shift, clock_us, letter, shift_at, zone_of

__all__ = ["Shift", "clock_us", "letter", "shift_at", "zone_of"]
