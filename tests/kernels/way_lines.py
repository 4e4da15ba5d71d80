"""Small line files for the ways of items: several targets, rework, arrivals, conveyors, several things made (as `element_lines`)."""

from __future__ import annotations

#: name: (text of the line file, seconds to run)
LINES: dict[str, tuple[str, int]] = {
    "arrivals and parallel machines": (
        """
line: arrivals
product: part
stations:
  desk: {arrivals: {law: exponential, mean: 0.5 s}, count: 3, time: {law: exponential, mean: 1 s}, buffer: unlimited}
  next: {time: {law: exponential, mean: 0.4 s}, buffer: 2}
""",
        2000,
    ),
    "arrivals that are lost": (
        """
line: lost
product: closed
stations:
  desk:
    arrivals: {law: exponential, mean: 0.5 s, when-full: lost, batch: 2}
    count: 2
    time: {law: exponential, mean: 1 s}
    buffer: 3
    failures: {jam: {mtbf: 60 s, mttr: 9 s}}
    makes: part
  other: {takes: none, time: {law: exponential, mean: 2 s}, makes: lid}
  join: {time: {law: exponential, mean: 0.3 s}, takes: {part: {amount: 1, buffer: 2}, lid: {amount: 1, buffer: 1}}, makes: closed}
""",
        2000,
    ),
    "a desk without places": (
        """
line: loss
product: part
stations:
  desk: {arrivals: {law: exponential, mean: 0.5 s, when-full: lost}, count: 3, time: {law: exponential, mean: 1 s}}
""",
        2000,
    ),
    "rework": (
        """
line: rework
product: part
stations:
  feed: {time: {law: exponential, mean: 1.5 s}}
  weld: {time: {law: exponential, mean: 0.7 s}, buffer: 3, scrap: 1 %}
  look:
    time: {law: exponential, mean: 0.5 s}
    buffer: 2
    measures: {width: {window: 5 mm +- 1 mm, spread: 0.8 mm}}
    gate: {to: mend, limit: 2, misses: 10 %, false-alarms: 5 %}
    to: pack
  mend: {count: 2, time: {law: lognormal, mean: 2 s, cv: 50 %}, buffer: 4, to: weld}
  pack: {time: {law: exponential, mean: 0.5 s}, buffer: 3}
""",
        3000,
    ),
    "rework at a desk": (
        """
line: desk
product: part
stations:
  work: {arrivals: {law: exponential, mean: 2 s}, time: {law: exponential, mean: 1 s}, buffer: unlimited}
  look: {time: {law: exponential, mean: 0.5 s}, buffer: unlimited, gate: {fails: 30 %, to: work, limit: unlimited}}
""",
        3000,
    ),
    "two loops, one in the other": (
        """
line: loops
product: part
stations:
  feed: {time: {law: exponential, mean: 2.5 s}}
  work: {count: 2, time: {law: exponential, mean: 1 s}, buffer: 4}
  check: {time: {law: exponential, mean: 0.4 s}, buffer: 6, gate: {fails: 30 %, to: work, limit: 1}}
  paint: {time: {law: exponential, mean: 0.4 s}, buffer: 6}
  look:
    time: {law: exponential, mean: 0.4 s}
    buffer: 6
    measures: {gloss: {window: at least 8 mm, mean: 9 mm, spread: 1 mm}}
    gate: {to: work, limit: 3, then: hand}
    to: pack
  hand: {time: {law: exponential, mean: 3 s}, buffer: 3, to: pack}
  pack: {time: {law: exponential, mean: 0.5 s}, buffer: 3}
""",
        3000,
    ),
    **{
        f"lanes by {choose}": (
            f"""
line: lanes
product: part
stations:
  feed: {{count: 2, time: {{law: exponential, mean: 1 s}}, to: [a, b, c], choose: {choose}}}
  a: {{time: {{law: exponential, mean: 2 s}}, buffer: 3, to: pack, failures: {{jam: {{mtbf: 30 s, mttr: 9 s}}}}}}
  b: {{count: 2, time: {{law: exponential, mean: 3 s}}, buffer: 1, to: pack}}
  c: {{batch: {{size: 3, wait: 4 s}}, time: {{law: exponential, mean: 4 s}}, buffer: 2, to: pack}}
  pack: {{time: {{law: exponential, mean: 0.4 s}}, buffer: 2}}
""",
            2000,
        )
        for choose in ("in-turn", "shortest-queue", "least-work", "first-free")
    },
    "lanes without places": (
        """
line: tight-lanes
product: part
stations:
  feed: {count: 2, time: {law: exponential, mean: 1 s}, to: [a, b]}
  a: {time: {law: exponential, mean: 2 s}, to: pack}
  b: {time: {law: exponential, mean: 1.5 s}, to: pack}
  pack: {time: {law: exponential, mean: 0.4 s}}
""",
        2000,
    ),
    "by grade": (
        """
line: grades
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}}
  sort:
    time: {law: exponential, mean: 0.7 s}
    buffer: 3
    measures: {mass: {window: at most 9 g, mean: 8 g, spread: 0.5 g}}
    grades: {A: {mass: at most 7.6 g}, B: {mass: at most 8.2 g}, C: {mass: at most 20 g}}
    to: {A: pack-a, B: pack-b, C: scrap}
    gate: {misses: 30 %}
  pack-a: {time: {law: exponential, mean: 3 s}, buffer: 2, to: out}
  pack-b: {time: {law: exponential, mean: 1 s}, buffer: 2}
""",
        2000,
    ),
    "strips to two winders": (
        """
line: strips
materials: {foil: {}}
product: roll
vehicles: {agv: {count: 1, speed: 1 m/s, load: 1 s, unload: 1 s, distance: 2 m}}
stations:
  coater: {speed: 60 m/min, takes: {foil: {amount: 1 m/m, coil: 100 m, change: 5 s}}, makes: {coil: 20 m}}
  slitter: {speed: 80 m/min, buffer: 1, makes: strip, web: {lanes: 4}, to: [wind-a, wind-b], choose: shortest-queue}
  wind-a:
    time: {law: exponential, mean: 0.5 s}
    takes: {strip: {amount: 0.9 m, buffer: 2, change: 2 s, brought-by: agv}}
    makes: roll
    to: test
  wind-b: {time: {law: exponential, mean: 0.4 s}, takes: {strip: {amount: 0.8 m, buffer: 1, change: 1 s}}, makes: roll, to: test}
  test: {time: {law: exponential, mean: 0.2 s}, buffer: 2}
""",
        1500,
    ),
    "taken apart": (
        """
line: apart
materials: {module: {}, box: {}}
product: crate
stations:
  cut: {time: {law: exponential, mean: 4 s}, takes: {module: 1}, makes: {cell: 5, frame: 1, dust: 2}, scrap: 5 %}
  sort: {time: {law: exponential, mean: 0.6 s}, takes: {cell: {amount: 1, buffer: 2}}, makes: sorted}
  clean: {count: 2, time: {law: exponential, mean: 5 s}, takes: {frame: {amount: 1, buffer: 1}}, makes: clean-frame}
  pack: {time: {fixed: 1 s, each: 0.2 s}, takes: {sorted: {amount: 10, buffer: 12}, clean-frame: {amount: 2, buffer: 1}, box: 1}, makes: crate}
""",
        2000,
    ),
    "a conveyor": (
        """
line: belt
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}}
  belt: {length: 3 m, speed: 0.3 m/s, places: 8}
  pack: {time: {law: exponential, mean: 1.1 s}, failures: {jam: {mtbf: 30 s, mttr: 20 s}}}
""",
        2000,
    ),
    "people to run": (
        """
line: people
product: part
stations:
  feed: {count: 2, time: {law: exponential, mean: 2 s}, needs: {helper: 1}, failures: {jam: {mtbf: 30 s, mttr: 6 s, by: fitter}}}
  lift:
    count: 2
    time: {law: exponential, mean: 3 s}
    buffer: 3
    needs: {fitter: 1, helper: 2}
    maintenance: {clean: {every: 40 s, time: 3 s, by: fitter}}
    failures: {drift: {mtbf: 50 s, mttr: 4 s, clock: calendar, by: mender}}
  pack: {time: {law: exponential, mean: 1 s}, buffer: 2, needs: {fitter: 2}, scrap: 3 %}
people: {fitter: {count: 2}, mender: {count: 1}, helper: {count: 3, works: day}}
shifts: {day: {days: all, hours: [00:00-00:10, 00:15-00:40]}}
run: {begin: 2026-01-05 00:00}
""",
        2000,
    ),
    "parts that break": (
        """
line: brittle
materials: {cell: {}, glass: {}, foil: {}}
product: closed
stations:
  make: {time: {law: exponential, mean: 0.5 s}, takes: {cell: {amount: 6, scrap: 10 %}}, makes: string}
  lay:
    count: 2
    time: {each: 0.2 s, fixed: 1 s}
    takes:
      string: {amount: 3, buffer: 4, scrap: 15 %}
      glass: {amount: 1, scrap: 30 %}
      foil: {amount: 2 m, coil: 25 m, change: 3 s, splice: 0.5 m, scrap: 5 %}
    makes: panel
  see:
    time: {law: exponential, mean: 0.4 s}
    buffer: 2
    measures: {specks: {window: at most 1 items, mean: 0.6 items, law: poisson}}
    gate: {misses: 20 %}
  close: {time: {law: exponential, mean: 0.4 s}, buffer: 2, adds: {glass: {amount: 2, scrap: 5 %}}, makes: closed}
""",
        1500,
    ),
    "a pallet for each grade": (
        """
line: pallets
product: part
carriers: {pallet: {holds: 4, count: unlimited}}
stations:
  feed: {count: 2, time: {law: exponential, mean: 1 s}}
  sort:
    time: {law: exponential, mean: 0.3 s}
    buffer: 3
    measures: {mass: {window: at most 9 g, mean: 8 g, spread: 0.5 g}}
    grades: {A: {mass: at most 7.6 g}, B: {mass: at most 8.2 g}, C: {mass: at most 20 g}}
    gate: {misses: 50 %}
  pack: {count: 2, time: {law: exponential, mean: 0.7 s}, buffer: 2, loads: {carrier: pallet, same: grade}}
  ship: {time: {law: exponential, mean: 1.5 s}, buffer: 1, failures: {jam: {mtbf: 40 s, mttr: 9 s}}}
""",
        2000,
    ),
    "graded trays are unloaded": (
        """
line: graded
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}}
  sort:
    time: {law: exponential, mean: 0.3 s}
    buffer: 3
    measures: {mass: {window: at most 9 g, mean: 8 g, spread: 0.5 g}}
    grades: {A: {mass: at most 8 g}, B: {mass: at most 20 g}}
  load: {time: {law: exponential, mean: 0.5 s}, buffer: 2, loads: {carrier: tray, same: grade}}
  wait: {places: 2, time: 5 s}
  unload: {time: {law: exponential, mean: 0.4 s}, buffer: 1, unloads: tray}
  reload: {time: {law: exponential, mean: 0.4 s}, buffer: 2, loads: {carrier: box, same: grade}}
carriers: {tray: {holds: 3, count: 6, empty-return: 2 s}, box: {holds: 2, count: unlimited}}
""",
        1500,
    ),
    **{
        f"a queue that is {rule}": (
            f"""
line: queue
product: part
stations:
  work: {{arrivals: {{law: exponential, mean: 2 s}}, time: {{law: exponential, mean: 1.2 s}}, buffer: 9, queue: {rule}}}
  look: {{time: {{law: exponential, mean: 0.5 s}}, buffer: 4, gate: {{fails: 30 %, to: mend, limit: 3}}, to: pack, queue: {rule}}}
  mend: {{time: {{law: exponential, mean: 2 s}}, buffer: 9, queue: {rule}, to: work}}
  pack: {{count: 2, time: {{law: exponential, mean: 2.5 s}}, buffer: 3, queue: {rule}}}
""",
            2000,
        )
        for rule in ("lifo", "rework-first")
    },
}
