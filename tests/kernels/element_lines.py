"""One small line file for each element that the two required lines use; each is short enough to be read, and busy enough to matter.

Times are drawn by laws without mass at a point where an element allows it, so that ties do not hide an order; `ties` says where they are wanted.
"""

from __future__ import annotations

#: name: (text of the line file, seconds to run)
LINES: dict[str, tuple[str, int]] = {
    "parallel machines": (
        """
line: parallel
product: part
stations:
  feed: {count: 2, time: {law: uniform, min: 1 s, max: 2 s}}
  weld: {count: 3, time: {law: lognormal, mean: 2.5 s, cv: 40 %}, buffer: 3, scrap: 5 %}
  test: {time: {law: exponential, mean: 0.6 s}, buffer: 1, tools: {probe: 3}}
""",
        2000,
    ),
    "ties": (
        """
line: ties
product: part
stations:
  feed: {count: 3, time: 2 s}
  weld: {count: 2, time: 2 s, buffer: 1}
  fill: {count: 3, time: 4 s, scrap: 20 %}
  test: {count: 1, time: 1 s, buffer: 2}
""",
        2000,
    ),
    "no places": (
        """
line: tight
product: part
stations:
  a: {time: {law: exponential, mean: 1 s}}
  b: {count: 2, time: {law: exponential, mean: 2 s}}
  c: {time: {law: exponential, mean: 1 s}}
""",
        2000,
    ),
    "failures": (
        """
line: failures
product: part
stations:
  feed:
    count: 2
    time: {law: gamma, mean: 2 s, cv: 30 %}
    failures:
      jam: {mtbf: 30 s, mttr: 6 s}
      break: {mtbf: 50 s, mttr: {law: weibull, mean: 9 s, shape: 2}}
  weld:
    time: {law: triangular, min: 0.5 s, mode: 1 s, max: 2 s}
    buffer: 4
    failures:
      drift: {mtbf: 40 s, mttr: 5 s, clock: calendar}
      jam: {mtbf: 25 s, mttr: 3 s}
""",
        3000,
    ),
    "crews": (
        """
line: crews
product: part
stations:
  feed: {count: 3, time: {law: exponential, mean: 2 s}, failures: {jam: {mtbf: 30 s, mttr: 20 s, by: fitter}}}
  weld:
    count: 2
    time: {law: exponential, mean: 1 s}
    buffer: 4
    failures: {jam: {mtbf: 20 s, mttr: 10 s, by: fitter}, slip: {mtbf: 30 s, mttr: 5 s, clock: calendar, by: fitter}}
    maintenance: {clean: {every: 100 s, time: 7 s, by: fitter}}
people: {fitter: {count: 2, works: day}}
shifts: {day: {days: all, hours: [00:00-00:10, 00:15-00:40]}}
run: {begin: 2026-01-05 00:00}
""",
        3600,
    ),
    "shifts": (
        """
line: shifts
product: part
stations:
  feed: {time: {law: exponential, mean: 3 s}, works: early}
  weld:
    count: 2
    time: {law: exponential, mean: 5 s}
    buffer: 6
    failures: {jam: {mtbf: 60 s, mttr: 30 s}, drift: {mtbf: 300 s, mttr: 30 s, clock: calendar}}
    maintenance: {clean: {every: 200 s, time: 10 s}}
works: always-on
shifts:
  early: {days: all, hours: [00:00-00:10, 00:15-00:30], breaks: [00:05-00:07]}
  always-on: {days: all, hours: [00:02-00:50]}
run: {begin: 2026-01-05 00:00}
""",
        3600,
    ),
    "utility": (
        """
line: utility
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}}
  weld: {count: 2, time: {law: exponential, mean: 2 s}, buffer: 3, failures: {jam: {mtbf: 20 s, mttr: 5 s}}}
  test: {time: {law: exponential, mean: 0.8 s}, buffer: 3}
utilities:
  air: {serves: [weld, test], failures: {leak: {mtbf: 60 s, mttr: 20 s, clock: calendar}}}
  dry-room: {serves: [weld], failures: {dew: {mtbf: 90 s, mttr: 30 s, clock: calendar, by: fitter}}}
people: {fitter: {count: 1}}
""",
        3000,
    ),
    "maintenance": (
        """
line: maintenance
product: part
stations:
  feed:
    time: {law: exponential, mean: 2 s}
    maintenance: {clean: {every: 60 s, time: 8 s}, blade: {every: 10 items, time: {law: uniform, min: 1 s, max: 3 s}}}
  weld:
    count: 3
    time: {law: exponential, mean: 5 s}
    buffer: 3
    maintenance: {blade: {every: 7 items, time: 4 s, by: fitter}, clean: {every: 45 s, time: 3 s, by: fitter}}
    failures: {jam: {mtbf: 40 s, mttr: 10 s, by: fitter}, drift: {mtbf: 50 s, mttr: 4 s, clock: calendar}}
people: {fitter: {count: 1}}
""",
        3000,
    ),
    "gates": (
        """
line: gates
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}, gate: {fails: 10 %, misses: 30 %, false-alarms: 4 %}}
  weld:
    count: 2
    time: {law: exponential, mean: 1.5 s}
    buffer: 3
    scrap: 3 %
    measures: {width: {window: 5 mm +- 1 mm, spread: 0.8 mm}, depth: {window: at least 2 mm, mean: 3 mm, spread: 0.6 mm}}
    gate: {misses: 20 %, false-alarms: 5 %}
  sort:
    time: {law: exponential, mean: 0.7 s}
    buffer: 3
    measures: {mass: {window: at most 9 g, mean: 8 g, spread: 0.5 g}}
    grades:
      A: {width: 5 mm +- 0.3 mm, mass: at most 8.2 g}
      B: {width: 5 mm +- 0.9 mm}
    gate: scrap
""",
        2000,
    ),
    "within": (
        """
line: within
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}}
  fill: {time: {law: exponential, mean: 1.1 s}, buffer: 8, within: 5 s, failures: {jam: {mtbf: 30 s, mttr: 8 s}}}
""",
        2000,
    ),
    "assembly": (
        """
line: assembly
materials: {screw: {}}
product: abc
stations:
  make-a: {time: {law: exponential, mean: 1 s}, makes: a}
  make-b: {time: {law: exponential, mean: 0.5 s}, count: 2, takes: none, makes: b}
  join:
    time: {law: exponential, mean: 0.8 s}
    count: 2
    takes: {a: {amount: 1, buffer: 2}, b: {amount: 3, buffer: 0}}
    adds: {screw: 4}
    makes: abc
    failures: {jam: {mtbf: 20 s, mttr: 4 s}}
  test: {time: {law: exponential, mean: 0.5 s}, buffer: 2}
""",
        2000,
    ),
    "coils and lanes": (
        """
line: coils
materials: {foil: {}, separator: {}}
product: roll
stations:
  coater: {speed: 60 m/min, takes: {foil: {amount: 1 m/m, coil: 100 m, change: 20 s}}, makes: {coil: 40 m}, web: {trim-start: 1 m, trim-end: 2 m}}
  slitter: {speed: 80 m/min, buffer: 1, makes: strip, web: {rewind: yes, elongation: 1 %, lanes: 3}}
  winder:
    count: 4
    time: {law: exponential, mean: 0.5 s}
    takes:
      strip: {amount: 0.88 m, buffer: 2, change: 6 s, splice: 0.1 m}
      separator: {amount: 0.95 m, rolls: 2, coil: 30 m, change: 3 s}
    makes: roll
    tools: {spindle: 2}
    failures: {break: {mtbf: 60 s, mttr: 9 s}}
""",
        1500,
    ),
    "batches": (
        """
line: batches
product: coil
materials: {slurry: {shelf-life: 50 s}, powder: {}}
stations:
  mixer: {count: 2, time: {law: uniform, min: 20 s, max: 60 s}, takes: {powder: 70 kg}, makes: {slurry: 100 L}}
  coater:
    time: {law: exponential, mean: 10 s}
    takes: {slurry: {amount: 33 L, buffer: 2}}
    makes: coil
    failures: {break: {mtbf: 100 s, mttr: 50 s}}
""",
        4000,
    ),
    "ovens": (
        """
line: ovens
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}}
  oven:
    count: 3
    batch: {size: 6, wait: 9 s, load: 0.3 s, unload: 0.2 s}
    time: {law: exponential, mean: 20 s}
    buffer: 3
    failures: {off: {mtbf: 80 s, mttr: 10 s}, drift: {mtbf: 60 s, mttr: 5 s, clock: calendar}}
    maintenance: {clean: {every: 90 s, time: 8 s}}
  pack: {time: {law: exponential, mean: 0.9 s}, buffer: 2, failures: {jam: {mtbf: 60 s, mttr: 20 s}}}
""",
        3000,
    ),
    "ovens without load": (
        """
line: ovens-free
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}}
  oven: {count: 2, batch: {size: 4}, time: {law: exponential, mean: 5 s}, buffer: 3, failures: {off: {mtbf: 40 s, mttr: 10 s, clock: calendar}}}
  pack: {time: {law: exponential, mean: 0.9 s}, buffer: 1, failures: {jam: {mtbf: 60 s, mttr: 20 s}}}
""",
        3000,
    ),
    "stores": (
        """
line: stores
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}}
  soak: {places: 12, time: {law: uniform, min: 5 s, max: 15 s}, buffer: 2}
  age: {places: 7, time: 4 s}
  pack: {time: {law: exponential, mean: 1.1 s}, failures: {jam: {mtbf: 30 s, mttr: 20 s}}}
""",
        2000,
    ),
    "trays": (
        """
line: trays
product: part
carriers: {tray: {holds: 5, count: 9, empty-return: 4 s}}
stations:
  feed: {count: 2, time: {law: exponential, mean: 1 s}}
  load: {count: 2, time: {law: exponential, mean: 0.5 s}, buffer: 3, loads: tray}
  soak: {places: 3, time: 6 s}
  form:
    count: 3
    time: {law: exponential, mean: 9 s}
    buffer: 2
    tools: {channel: 5}
    measures: {capacity: {window: at least 4.9 Ah, mean: 5.0 Ah, spread: 0.1 Ah}}
    failures: {channel: {mtbf: 300 s, mttr: 30 s, clock: calendar, stops: tool}, trip: {mtbf: 100 s, mttr: 20 s}}
  unload: {count: 2, time: {law: exponential, mean: 0.5 s}, buffer: 1, unloads: tray}
  grade:
    time: {law: exponential, mean: 0.4 s}
    buffer: 4
    grades: {A: {capacity: at least 5 Ah}, B: {capacity: at least 4.9 Ah}}
    gate: scrap
""",
        2000,
    ),
    "judged in ovens and stores": (
        """
line: judged
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}}
  oven:
    count: 2
    batch: {size: 4, wait: 9 s, load: 0.2 s, unload: 0.1 s}
    time: {law: exponential, mean: 4 s}
    buffer: 3
    scrap: 5 %
    measures: {width: {window: 5 mm +- 1 mm, spread: 0.6 mm}}
    gate: {misses: 20 %, false-alarms: 5 %}
    to: soak
  soak:
    places: 9
    time: {law: uniform, min: 3 s, max: 9 s}
    buffer: 2
    measures: {mass: {window: at most 9 g, mean: 8 g, spread: 0.5 g}}
    grades: {A: {mass: at most 8 g, width: 5 mm +- 0.4 mm}, B: {mass: at most 8.6 g}, C: {mass: at most 9 g}}
    gate: {checks: [mass], misses: 10 %}
    to: {A: best, B: rest, C: scrap}
  best: {time: {law: exponential, mean: 1.5 s}, buffer: 2, to: pack}
  rest: {places: 4, time: 2 s, buffer: 1, blocking: before, scrap: 10 %, gate: {fails: 10 %, misses: 30 %, false-alarms: 5 %}, to: pack}
  pack: {time: {law: exponential, mean: 1 s}, buffer: 2, failures: {jam: {mtbf: 60 s, mttr: 10 s}}}
""",
        2000,
    ),
    "judged at loaders and unloaders": (
        """
line: sorted
product: part
carriers: {tray: {holds: 4, count: 7, empty-return: 3 s}}
stations:
  feed: {count: 2, time: {law: exponential, mean: 1 s}}
  load:
    count: 2
    time: {law: exponential, mean: 0.8 s}
    buffer: 3
    loads: tray
    scrap: 4 %
    measures: {width: {window: 5 mm +- 1 mm, spread: 0.7 mm}}
    gate: {misses: 10 %, false-alarms: 3 %}
  form:
    count: 3
    time: {law: exponential, mean: 6 s}
    buffer: 2
    tools: {channel: 4}
    measures: {capacity: {window: at least 4.9 Ah, mean: 5.0 Ah, spread: 0.1 Ah}}
    failures: {channel: {mtbf: 200 s, mttr: 30 s, clock: calendar, stops: tool}}
  unload:
    count: 2
    time: {law: exponential, mean: 0.8 s}
    buffer: 1
    unloads: tray
    scrap: 2 %
    grades: {A: {capacity: at least 5 Ah}, B: {capacity: at least 4.9 Ah}}
    gate: {to: mend, limit: 1, then: scrap, checks: [capacity], misses: 5 %}
    to: {A: pack-a, B: pack-b}
    failures: {jam: {mtbf: 60 s, mttr: 10 s}}
  mend: {time: {law: exponential, mean: 2 s}, buffer: 3, to: pack-b}
  pack-a: {time: {law: exponential, mean: 1 s}, buffer: 2, to: out}
  pack-b: {time: {law: exponential, mean: 1 s}, buffer: 2}
""",
        2000,
    ),
    "vehicles": (
        """
line: vehicles
materials: {foil: {}}
product: roll
vehicles:
  agv: {count: 2, speed: 1 m/s, load: 1 s, unload: 2 s, distance: 3 m}
stations:
  slitter: {speed: 60 m/min, takes: {foil: {amount: 1 m/m, coil: 20 m}}, makes: {strip: 20 m}, web: {lanes: 4}}
  other: {time: {law: exponential, mean: 1 s}, takes: none, makes: can}
  winder:
    count: 3
    time: {law: exponential, mean: 1 s}
    takes:
      strip: {amount: 4 m, buffer: 2, change: 2 s, brought-by: agv}
      can: {amount: 1, buffer: 2, brought-by: agv}
    makes: roll
  test: {time: {law: exponential, mean: 0.3 s}, buffer: 2, brought-by: agv}
""",
        2000,
    ),
    "vehicles with drawn trips": (
        """
line: trips
product: part
run: {start: filled}
people: {driver: {count: 1}}
vehicles:
  cart:
    count: 3
    holds: 2
    time: {law: gamma, mean: 4 s, cv: 40 %}
    battery: {run: 100 s, charge: 40 s, charge-below: 25 %, chargers: 1}
    failures: {flat-tyre: {mtbf: 60 s, mttr: 9 s, by: driver}, lost: {mtbf: 200 s, mttr: 5 s, clock: calendar}}
stations:
  feed: {count: 2, time: {law: exponential, mean: 2 s}}
  weld: {time: {law: exponential, mean: 1 s}, buffer: 3, brought-by: cart}
  test: {time: {law: exponential, mean: 0.8 s}, buffer: 2, brought-by: cart}
""",
        3000,
    ),
    "roads": (
        """
line: roads
product: part
people: {fitter: {}}
stations:
  cut: {count: 2, time: {law: exponential, mean: 14 s}, at: cut, makes: plate}
  turn: {time: {law: exponential, mean: 9 s}, at: [2 m, 14 m], takes: none, makes: shaft}
  join:
    count: 2
    time: {law: exponential, mean: 10 s}
    at: join
    takes: {plate: {amount: 1, buffer: 2, brought-by: agv}, shaft: {amount: 1, buffer: 2, brought-by: agv}}
    makes: part
  pack: {time: {law: exponential, mean: 6 s}, buffer: 3, at: exit, brought-by: amr}
vehicles:
  agv:
    count: 3
    speed: 1.5 m/s
    load: 2 s
    unload: 2 s
    dispatch: nearest
    park: park
    battery: {run: 300 s, charge: 90 s, charge-below: 30 %, chargers: 1, at: charge}
    failures: {lost: {mtbf: 200 s, mttr: 30 s, clock: calendar, by: fitter}, worn: {mtbf: 300 s, mttr: 20 s}}
  amr: {count: 2, holds: 2, speed: 1 m/s, load: 1 s, park: park}
roads:
  points:
    cut: [0 m, 0 m]
    cross: [10 m, 0 m]
    join: [20 m, 0 m]
    bridge: [10 m, 8 m]
    exit: [20 m, 8 m]
    park: [0 m, 8 m]
    charge: [0 m, 12 m]
  ways:
    - [cut, cross]
    - [cross, join]
    - [cross, bridge]
    - {from: join, to: exit, one-way: yes, speed: 0.8 m/s}
    - {from: exit, to: bridge, one-way: yes}
    - [bridge, park]
    - {from: park, to: charge, length: 6 m}
  zones: {cross: {radius: 2 m}, bridge: {vehicles: 1, radius: 9 m}}
""",
        6000,
    ),
    "several ways by vehicle": (
        """
line: several
product: part
materials: {foil: {}}
stations:
  cut: {count: 3, time: {law: exponential, mean: 6 s}, at: a, to: [weld-1, weld-2], choose: first-free}
  weld-1: {time: {law: exponential, mean: 9 s}, at: b, buffer: 2, brought-by: agv, to: sort}
  weld-2: {time: {law: exponential, mean: 7 s}, at: c, buffer: 1, brought-by: agv, to: sort}
  sort:
    time: {law: exponential, mean: 3 s}
    at: a
    buffer: 2
    brought-by: agv
    gate: {to: mend, fails: 25 %, limit: 2}
    to: [pack-1, pack-2]
    choose: shortest-queue
  mend: {time: {law: exponential, mean: 5 s}, at: c, buffer: 1, brought-by: agv, to: sort}
  pack-1: {time: {law: exponential, mean: 8 s}, at: b, buffer: 2, brought-by: agv, to: out}
  pack-2: {time: {law: exponential, mean: 8 s}, at: c, buffer: 2, brought-by: agv}
vehicles:
  agv: {count: 4, holds: 2, speed: 2 m/s, load: 1 s, unload: 1 s, dispatch: nearest, park: b}
roads:
  points: {a: [0 m, 0 m], b: [11 m, 0 m], c: [12 m, 7 m]}
""",
        3000,
    ),
    "open ground": (
        """
line: open-ground
product: part
materials: {foil: {}}
stations:
  slit: {speed: 60 m/min, at: slit, takes: {foil: {amount: 1 m/m, coil: 20 m}}, makes: {strip: 20 m}, web: {lanes: 3}}
  wind:
    count: 2
    time: {law: exponential, mean: 4 s}
    at: wind
    takes: {strip: {amount: 4 m, buffer: 3, change: 2 s, brought-by: agv}}
    makes: part
  oven: {count: 2, batch: {size: 3, wait: 20 s}, time: 15 s, buffer: 3, at: oven, brought-by: agv}
  test: {time: {law: exponential, mean: 3 s}, buffer: 2, at: slit, brought-by: agv}
vehicles:
  agv: {count: 2, holds: 2, speed: 2 m/s, load: 1 s, unload: 1 s, battery: {run: 60 s, charge: 30 s, charge-below: 50 %}}
roads:
  points: {slit: [0 m, 0 m], wind: [12 m, 0 m], oven: [12 m, 9 m]}
  zones: {wind: {vehicles: 1, radius: 3 m}}
""",
        3000,
    ),
}
