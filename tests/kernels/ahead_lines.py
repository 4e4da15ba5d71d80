"""Small line files for work that waits for something else: places behind, people at ovens, stores and carriers (as `element_lines`)."""

from __future__ import annotations

#: name: (text of the line file, seconds to run)
LINES: dict[str, tuple[str, int]] = {
    **{
        f"work that starts with a place behind, {places} places": (
            f"""
line: before
product: part
stations:
  feed: {{count: 2, time: {{law: exponential, mean: 2 s}}, blocking: before}}
  weld: {{count: 2, time: {{law: lognormal, mean: 2 s, cv: 40 %}}, buffer: {places}, scrap: 10 %, blocking: before}}
  test: {{time: {{law: exponential, mean: 1.2 s}}, buffer: {places}, failures: {{jam: {{mtbf: 30 s, mttr: 9 s}}}}}}
""",
            2000,
        )
        for places in (0, 1, 3)
    },
    "ties of places": (
        """
line: before
product: part
stations:
  feed: {count: 3, time: 2 s, blocking: before}
  weld: {count: 2, time: 2 s, buffer: 1, blocking: before}
  test: {count: 2, time: 3 s, blocking: before}
  pack: {count: 2, time: 2 s, buffer: 2}
""",
        1000,
    ),
    **{
        f"a place behind of several ways, {choose}": (
            f"""
line: before
product: part
stations:
  feed: {{count: 2, time: {{law: exponential, mean: 1 s}}, to: [a, b, c], choose: {choose}, blocking: before, scrap: 5 %}}
  a: {{time: {{law: exponential, mean: 2 s}}, buffer: 1, to: pack}}
  b: {{time: {{law: exponential, mean: 3 s}}, buffer: 2, to: pack}}
  c: {{time: {{law: exponential, mean: 4 s}}, to: pack}}
  pack: {{time: {{law: exponential, mean: 0.9 s}}, buffer: 2}}
""",
            1500,
        )
        for choose in ("in-turn", "shortest-queue", "least-work", "first-free")
    },
    "places behind by grade, and a gate that sends back": (
        """
line: before
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}, blocking: before}
  sort:
    time: {law: exponential, mean: 0.8 s}
    buffer: 3
    blocking: before
    measures: {mass: {window: at most 9 g, mean: 8 g, spread: 0.8 g}}
    grades: {A: {mass: at most 8 g}, B: {mass: at most 8.7 g}}
    gate: {to: mend, limit: 2}
    to: {A: fine, B: rough}
  mend: {time: {law: exponential, mean: 1 s}, buffer: 4, to: sort, blocking: before}
  fine: {time: {law: exponential, mean: 2 s}, buffer: 1, to: out}
  rough: {time: {law: exponential, mean: 2.5 s}, buffer: 2, to: out}
""",
        2000,
    ),
    "places behind for lanes and for several things made": (
        """
line: before
product: part
stations:
  coat: {speed: 60 m/min, takes: {foil: 20 m}, makes: {coil: 20 m}, blocking: before}
  slit: {speed: 80 m/min, buffer: 1, makes: strip, web: {lanes: 3, lane-width: 60 mm}, blocking: before}
  cut: {count: 2, time: {law: exponential, mean: 3 s}, takes: {strip: {amount: 5 m, buffer: 4}}, makes: {part: 2, frame: 1}, blocking: before}
  pack: {time: {law: exponential, mean: 1 s}, buffer: 3, adds: {frame: {amount: 1, buffer: 2}}}
materials: {foil: {}}
""",
        1500,
    ),
    "places behind that vehicles bring to": (
        """
line: before
product: part
stations:
  feed: {count: 2, time: {law: exponential, mean: 2 s}, blocking: before}
  weld: {time: {law: exponential, mean: 2 s}, buffer: 2, brought-by: cart, blocking: before, to: [left, right]}
  left: {time: {law: exponential, mean: 5 s}, buffer: 1, brought-by: cart, to: out}
  right: {time: {law: exponential, mean: 6 s}, buffer: 1, to: out}
vehicles: {cart: {count: 2, speed: 1 m/s, load: 0.5 s, unload: 0.5 s, distance: 1 m}}
""",
        1500,
    ),
    "ovens, stores and carriers with places behind": (
        """
line: before
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}, blocking: before}
  oven: {count: 2, batch: {size: 3, wait: 9 s, load: 0.2 s, unload: 0.1 s}, time: {law: exponential, mean: 4 s}, buffer: 2, blocking: before}
  cool: {places: 4, time: 3 s, buffer: 4, blocking: before}
  load: {count: 2, time: {law: exponential, mean: 0.8 s}, buffer: 2, loads: tray, blocking: before}
  form: {count: 2, time: {law: exponential, mean: 5 s}, buffer: 1, blocking: before}
  unload: {time: {law: exponential, mean: 0.7 s}, buffer: 1, unloads: tray, blocking: before}
  pack: {time: {law: exponential, mean: 1 s}, buffer: 1, failures: {jam: {mtbf: 40 s, mttr: 20 s}}}
carriers: {tray: {holds: 3, count: 5, empty-return: 2 s}}
""",
        2000,
    ),
    "people at ovens, stores and carriers": (
        """
line: manned
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}}
  oven: {count: 3, batch: {size: 3, wait: 9 s, load: 0.2 s, unload: 0.1 s}, time: {law: exponential, mean: 4 s}, buffer: 2, needs: {helper: 1}}
  cool: {places: 4, time: 3 s, buffer: 4, needs: {helper: 1}}
  load: {count: 2, time: {law: exponential, mean: 0.8 s}, buffer: 2, loads: tray, needs: {helper: 1, fitter: 1}}
  form: {count: 2, time: {law: exponential, mean: 5 s}, buffer: 1, needs: {helper: 1}, failures: {jam: {mtbf: 30 s, mttr: 9 s, by: fitter}}}
  unload: {time: {law: exponential, mean: 0.7 s}, buffer: 1, unloads: tray, needs: {helper: 1}}
  pack: {time: {law: exponential, mean: 1 s}, buffer: 1}
carriers: {tray: {holds: 3, count: 5, empty-return: 2 s}}
people: {helper: {count: 3}, fitter: {count: 1}}
""",
        2000,
    ),
    "ties of people": (
        """
line: manned
product: part
stations:
  feed: {count: 2, time: 1 s}
  oven: {count: 3, batch: {size: 2}, time: 4 s, buffer: 2, needs: {helper: 1}}
  cool: {places: 3, time: 2 s, buffer: 1, needs: {helper: 1}}
  pack: {count: 2, time: 2 s, buffer: 1, needs: {helper: 1}}
people: {helper: {count: 3}}
""",
        1000,
    ),
    "limits since an earlier station": (
        """
line: limits
product: part
stations:
  dry: {count: 2, time: {law: exponential, mean: 2 s}}
  look: {time: {law: exponential, mean: 0.8 s}, buffer: 3, gate: {fails: 20 %, to: dry-again, limit: 1}, to: fill}
  dry-again: {time: {law: exponential, mean: 2 s}, buffer: 2, to: look}
  fill:
    count: 2
    time: {law: exponential, mean: 1.5 s}
    buffer: 4
    within: {limit: 6 s, since: dry}
    failures: {jam: {mtbf: 20 s, mttr: 9 s}}
  seal: {time: {law: exponential, mean: 1 s}, buffer: 3, within: 4 s}
""",
        2000,
    ),
    "what is late goes back": (
        """
line: back
product: part
stations:
  feed: {time: {law: exponential, mean: 2 s}}
  dry: {count: 2, time: {law: exponential, mean: 2 s}, buffer: 6}
  move: {places: 3, time: 1 s, buffer: 1}
  fill:
    time: {law: exponential, mean: 1.1 s}
    buffer: 5
    within: {limit: 5 s, since: dry, late: dry}
    failures: {jam: {mtbf: 30 s, mttr: 9 s}}
    measures: {mass: {window: 5 g +- 1 g, spread: 0.6 g}}
    gate: scrap
  seal: {time: {law: exponential, mean: 1 s}, buffer: 1, within: {limit: 3 s, late: feed-again}, failures: {jam: {mtbf: 40 s, mttr: 9 s}}}
  feed-again: {time: {law: exponential, mean: 1 s}, buffer: 4, to: dry}
""".replace("  seal: {", "  seal: {to: out, "),
        2000,
    ),
    "limits over ovens and trays": (
        """
line: limits
product: part
stations:
  wet: {time: {law: exponential, mean: 1 s}}
  oven: {count: 2, batch: {size: 3, load: 0.1 s, unload: 0.2 s}, time: {law: exponential, mean: 4 s}, buffer: 4, within: 7 s}
  load: {time: {law: exponential, mean: 0.9 s}, buffer: 3, loads: tray, within: {limit: 5 s, since: wet}}
  form: {count: 2, time: {law: exponential, mean: 4 s}, buffer: 1}
  cool: {places: 3, time: 2 s, buffer: 2}
  unload: {time: {law: exponential, mean: 0.7 s}, buffer: 1, unloads: tray}
  pack: {time: {law: exponential, mean: 0.9 s}, buffer: 6, within: {limit: 12 s, since: form}, failures: {jam: {mtbf: 30 s, mttr: 9 s}}}
carriers: {tray: {holds: 3, count: 6, empty-return: 1 s}}
""",
        2000,
    ),
    "carriers that are late are worked on again": (
        """
line: again
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}}
  load: {time: {law: exponential, mean: 0.9 s}, buffer: 3, loads: tray}
  heat: {time: {law: exponential, mean: 2 s}, buffer: 3}
  press: {time: {law: exponential, mean: 2.5 s}, buffer: 3, within: {limit: 5 s, late: heat}}
  unload: {time: {law: exponential, mean: 0.7 s}, buffer: 1, unloads: tray}
carriers: {tray: {holds: 3, count: 5, empty-return: 1 s}}
""",
        2000,
    ),
    "goods brought to machines without places": (
        """
line: brought
product: pair
stations:
  feed: {count: 2, time: {law: exponential, mean: 2 s}, makes: body}
  weld: {count: 2, time: {law: exponential, mean: 2 s}, buffer: 0, brought-by: cart, failures: {drift: {mtbf: 20 s, mttr: 9 s, clock: calendar}}}
  bolt: {time: {law: exponential, mean: 3 s}, takes: none, makes: bolt}
  join: {time: {law: exponential, mean: 2 s}, takes: {body: {amount: 1, buffer: 1}, bolt: {amount: 2, buffer: 0, brought-by: cart}}, makes: pair}
vehicles: {cart: {count: 2, speed: 1 m/s, load: 0.5 s, unload: 0.5 s, distance: 1 m}}
""",
        1500,
    ),
}
