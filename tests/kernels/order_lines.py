"""Lines with orders, products and set-ups: a few to be read, and lines drawn at random to which orders are added."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st
from random_lines import Text, line_files, times

#: name: (text of the line file, seconds to run)
LINES: dict[str, tuple[str, int]] = {
    "two products": (
        """
line: two
product: cell-a
stations:
  press: {time: 2 s, per-product: {cell-b: {time: 3 s, scrap: 10 %}}, scrap: 3 %}
  weld: {count: 2, time: {law: exponential, mean: 3 s}, buffer: 5, setup: {other: 20 s, cell-a: {cell-b: 12 s}}, queue: same-product}
  test: {time: {law: exponential, mean: 1 s}, buffer: 3, queue: priority, gate: {fails: 5 %}}
orders:
  - {product: cell-a, amount: 50}
  - {product: cell-b, amount: 40, priority: 2, release: 60 s}
  - {product: cell-a, amount: 30, due: 300 s}
  - {product: cell-b, amount: 20, due: 200 s}
""",
        600,
    ),
    "ties": (
        """
line: ties
product: a
stations:
  feed: {count: 2, time: 2 s, queue: due, scrap: 20 %}
  weld: {count: 2, time: 2 s, buffer: 2, queue: shortest, per-product: {b: {time: 1 s}, c: {rate: 20 ppm}}, setup: 4 s}
  test: {time: 1 s, buffer: 2, queue: due, within: 6 s}
orders:
  - {product: a, amount: 9, due: 100 s}
  - {product: b, amount: 9, due: 50 s}
  - {product: c, amount: 9, due: 20 s, release: 10 s}
  - {product: b, amount: 9, priority: 3, release: 30 s}
  - {product: a, amount: 9, priority: 0}
""",
        200,
    ),
    "coils in lanes": (
        """
line: coils
product: strip
stations:
  coater: {count: 2, speed: 60 m/min, takes: {foil: {amount: 1 m/m, coil: 300 m, change: 4 s}}, makes: {coil: 10 m}, setup: 30 s}
  slitter: {speed: 80 m/min, buffer: 2, makes: strip, web: {lanes: 4}, scrap: 10 %, setup: {other: 7 s}}
  pack: {time: 1 s, buffer: 9, per-product: {thick: {time: 2 s}}, scrap: 5 %}
materials: {foil: {}}
orders:
  - {product: strip, amount: 30}
  - {product: thick, amount: 50}
  - {product: strip, amount: 41}
""",
        400,
    ),
    "taken apart, people, failures": (
        """
line: apart
product: cell
stations:
  open:
    time: 4 s
    takes: {module: 1}
    makes: {cell: 3, frame: 1}
    setup: 9 s
    failures: {jam: {mtbf: 40 s, mttr: 6 s, clock: calendar}}
    works: day
  sort:
    count: 2
    time: {law: exponential, mean: 1 s}
    buffer: 4
    needs: {hand: 2}
    setup: {other: 5 s, cell: {big-cell: 6 s}}
    queue: same-product
    maintenance: {wipe: {every: 5 items, time: 2 s}}
materials: {module: {}}
people: {hand: {count: 3}}
shifts: {day: {days: all, hours: [00:00-00:02, 00:03-00:06]}}
run: {begin: 2026-01-05 00:00}
orders:
  - {product: cell, amount: 20}
  - {product: big-cell, amount: 31, priority: 2, release: 20 s}
  - {product: cell, amount: 15}
""",
        300,
    ),
    "ovens and stores": (
        """
line: ovens
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}, scrap: 5 %}
  bake:
    count: 2
    batch: {size: 4, wait: 9 s, load: 0.5 s, unload: 0.5 s}
    time: 6 s
    buffer: 3
    per-product: {thick: {time: 9 s}}
    queue: same-product
  rest: {places: 6, time: 5 s, per-product: {thick: {time: 8 s}}}
  cook: {batch: {size: 3, wait: 5 s}, time: 2 s, per-product: {thick: {time: 3 s}}}
  end: {time: 1 s, buffer: 1}
orders:
  - {product: part, amount: 17}
  - {product: thick, amount: 14, priority: 2, release: 8 s}
  - {product: part, amount: 11, due: 40 s}
  - {product: thick, amount: 5, due: 30 s}
""",
        300,
    ),
    "pallets leave": (
        """
line: pallets
product: part
carriers: {pallet: {holds: 4}}
stations:
  feed: {count: 2, time: {law: exponential, mean: 1 s}}
  stack: {time: 0.5 s, buffer: 2, loads: pallet}
  wrap: {time: 3 s, buffer: 1, queue: priority}
orders:
  - {product: part, amount: 24}
  - {product: part, amount: 9, priority: 2, release: 5 s}
""",
        100,
    ),
    "brought by priority": (
        """
line: brought
product: part
stations:
  one: {time: {law: exponential, mean: 2 s}, to: [left, right], choose: in-turn}
  left: {time: 3 s, buffer: 3, brought-by: cart, to: end}
  right: {time: 4 s, buffer: 3, brought-by: cart, to: end, queue: due}
  end: {time: 1 s, buffer: 2, brought-by: cart}
vehicles: {cart: {count: 2, speed: 1 m/s, distance: 2 m, load: 1 s, dispatch: highest-priority}}
orders:
  - {product: part, amount: 40, due: 3 min}
  - {product: part, amount: 30, priority: 5, release: 30 s, due: 2 min}
""",
        300,
    ),
}

PRODUCTS = ("part", "thick", "long")
RULES = ("fifo", "lifo", "priority", "due", "shortest", "same-product")


@st.composite
def orders(draw: st.DrawFn) -> list[Text]:
    """A few orders, some released later, some wanted by a time."""
    found = []
    for _ in range(draw(st.integers(1, 5))):
        order: Text = {"product": draw(st.sampled_from(PRODUCTS)), "amount": draw(st.integers(1, 25))}
        order["priority"] = draw(st.integers(0, 2))
        if draw(st.booleans()):
            order["release"] = f"{draw(st.integers(0, 60))} s"
        if draw(st.booleans()):
            order["due"] = f"{draw(st.integers(61, 120))} s"
        found.append(order)
    return found


@st.composite
def set_ups(draw: st.DrawFn) -> Any:
    """Times to change over."""
    if draw(st.booleans()):
        return f"{draw(st.integers(1, 9))} s"
    return {"other": f"{draw(st.integers(0, 6))} s", "part": {"thick": f"{draw(st.integers(0, 9))} s"}, "long": {"part": "3 s"}}


def passed_by(stations: dict[str, Text]) -> list[str]:
    """Return the stations that the product passes as an item of its own."""
    before = {"make-a", "make-b", "make-lid", "mixer", "coater", "slitter"}
    return [name for name in stations if name not in before and not name.startswith("form-")]


@st.composite
def ordered_lines(draw: st.DrawFn) -> str:
    """The text of a line file with orders."""
    line = json.loads(draw(line_files()))
    line["orders"] = draw(orders())
    line["run"]["start"] = "empty"
    line["materials"] = line.get("materials", {}) | {product: {} for product in PRODUCTS}
    for name in passed_by(line["stations"]):
        station = line["stations"][name]
        station.get("needs", {}).pop("fitter", None)  # who runs machines here mends none: which of both asks first at one moment is told elsewhere
        is_plain = not {"batch", "places", "loads", "unloads"} & set(station)
        if draw(st.integers(0, 2)) == 0:
            station["queue"] = draw(st.sampled_from(RULES))
        if "time" in station and draw(st.integers(0, 2)) == 0:
            found = {product: {"time": draw(times())} for product in draw(st.lists(st.sampled_from(PRODUCTS), min_size=1, max_size=2, unique=True))}
            if is_plain and draw(st.booleans()):
                next(iter(found.values()))["scrap"] = "20 %"
            station["per-product"] = found
        if is_plain and draw(st.integers(0, 2)) == 0:
            station["setup"] = draw(set_ups())
        if "setup" in station or not name.startswith(("step-", "lane-")):
            station.pop("blocking", None)  # a place is taken before work where something passes, not where an order begins or a machine is set up
    return json.dumps(line, indent=1)


__all__ = ["LINES", "ordered_lines"]
