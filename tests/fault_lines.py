"""A short cell line on which faults are injected: slurry, coated web in two lanes, strips, cells, trays, formation, grades."""

from __future__ import annotations

__all__ = ["CELLS", "FAULTS", "cells_with"]

CELLS = """
line: cells
product: cell
source: default
materials:
  cell: {properties: {capacity: 5 Ah}}
  slurry: {use: nmc-slurry, density: 2.2 kg/L, properties: {solids: 70 %}}
  anode-strip: {properties: {polarity: -1, thickness: 189 um}}
stations:
  mixer:
    use: planetary-mixer
    failures: none
    time: 400 s
    takes: {nmc: 17.556 kg, binder-and-carbon: 0.924 kg, nmp: 7.92 kg}
    makes: {slurry: 12 L}
    measures: {solids: {window: 70 % +- 1 %, spread: 0.1 %}, viscosity: {window: 1 .. 40 Pa*s, spread: 0.5 Pa*s}}
  coater:
    use: slot-die-coater
    speed: 60 m/min
    takes: {slurry: {amount: 0.0414 L/m, buffer: 2}, aluminium-foil: {amount: 1 m/m, coil: 600 m, change: 5 s}}
    makes: {coil: 200 m}
    web: {sides: [A, B], trim-start: 3 m, trim-end: 2 m, error: 20 mm}
    tools: {die-lane: 2}
    measures:
      areal-weight: {window: 24 mg/cm^2 +- 1.5 %, spread: 0.4 %, every: 1 m}
      stripe-width: {window: 63 mm +- 0.3 mm, spread: 0.08 mm, every: 10 m}
    failures: {web-break: {mtbf: 10 min, mttr: 40 s}}
    maintenance: {die-clean: {every: 30 min, time: 90 s}}
    model: {die-crown: 0 %}
  calender:
    use: calender
    failures: none
    speed: 80 m/min
    buffer: 2
    web: {rewind: yes, elongation: 1 %, error: 20 mm}
    recipe: {line-load: 1200 N/mm}
    measures: {thickness: {window: 148 um +- 4 um, spread: 0.5 um, every: 1 m}}
  slitter:
    use: slitter
    failures: none
    speed: 80 m/min
    buffer: 2
    makes: strip
    web: {rewind: yes, lanes: 2, lane-width: 63 mm, error: 5 mm}
    measures: {burr: {window: at most 15 um, spread: 2 um, every: 50 m}}
  dryer:
    use: vacuum-dryer
    count: 2
    batch: {size: 2, wait: 10 min, load: 2 s, unload: 2 s}
    time: 10 min
    buffer: 8
    measures: {water: {window: at most 900 mg/kg, spread: 20 mg/kg}}
  winder:
    use: cylindrical-winder
    count: 2
    time: {law: lognormal, mean: 2.1 s, cv: 10 %}
    takes:
      strip: {amount: 0.88 m, buffer: 4, change: 6 s, splice: 0.5 m}
      anode-strip: {amount: 0.93 m, coil: 300 m, change: 6 s}
      separator: {amount: 0.95 m, rolls: 2, coil: 300 m, change: 6 s}
    makes: jelly-roll
    tools: {spindle: 2}
    measures: {diameter: {window: 18 mm +- 10 mm, spread: 0.03 mm}}
    failures: {web-break: {mtbf: 20 min, mttr: 30 s}}
  filler:
    use: rotary-filler
    failures: none
    rate: 60 ppm
    buffer: 20
    adds: {electrolyte: 7.0 g}
    tools: {nozzle: 4}
    measures: {electrolyte-mass: {window: 7.0 g +- 2 %, spread: 0.7 %}}
    gate: {to: refill, limit: 2, misses: 10 %}
    to: closer
  refill: {time: 3 s, buffer: 30, to: filler}
  closer: {rate: 60 ppm, buffer: 30, adds: {cap: 1}, makes: cell}
  loader: {rate: 60 ppm, buffer: 50, loads: tray}
  formation:
    use: formation-cabinet
    count: 6
    time: 100 s
    buffer: 4
    tools: {channel: 8}
    recipe: {charge: 0.1 C, cut-off: 4.2 V, temperature: 25 degC}
    measures:
      capacity: {window: at least 4.9 Ah, spread: 0.6 %}
      first-efficiency: {window: 60 .. 95 %, spread: 0.5 %}
    failures: {channel: {mtbf: 3 h, mttr: 10 min, clock: calendar, stops: tool}}
  unloader: {rate: 60 ppm, buffer: 4, unloads: tray}
  grader:
    rate: 60 ppm
    buffer: 20
    grades: {A: {capacity: at least 4.98 Ah}, B: {capacity: at least 4.90 Ah}}
    gate: scrap
carriers: {tray: {holds: 8, count: 40, id: T}}
run: {begin: 2026-01-05 00:00}
"""

#: name: the faults of a line.
FAULTS = {
    "a clogged lane": "- {fault: lane-clogged, station: coater, tool: {die-lane: 2}, size: 8 %, at: 400 s, for: 700 s}",
    "a cold oven on all lanes": "- {fault: zone-cold, station: coater, size: 5 K, at: 30 s}",
    "a wrong dose": "- {fault: wrong-dose, station: mixer, size: 3 %, at: 300 s, for: 500 s}",
    "a nozzle": "- {fault: nozzle-clogged, station: filler, tool: {nozzle: 3}, size: 3 %, at: 20 min, for: 30 min}",
    "a contact": "- {fault: contact-loss, station: formation, machine: 2, tool: {channel: 5}, size: 6 %, at: 25 min}",
    "an oven": "- {fault: oven-cold, station: dryer, machine: 1, size: 30 K, at: 10 min, for: 40 min}",
    "all at once": """- {fault: wrong-dose, station: mixer, size: -2 %, at: 100 s, for: 900 s}
  - {fault: lane-clogged, station: coater, tool: {die-lane: 1}, size: 3 %, at: 300 s, for: 800 s}
  - {fault: lane-clogged, station: coater, size: 1 %, at: 10 min}
  - {fault: roll-worn, station: calender, size: 10 %, at: 5 min, for: 1 h}
  - {fault: tension-lost, station: winder, machine: 2, tool: {spindle: 1}, size: 40 %, at: 15 min, for: 25 min}
  - {fault: contact-loss, station: formation, size: 2 %, at: 30 min, for: 10 min}""",
}


def cells_with(faults: str) -> str:
    return f"{CELLS}faults:\n  {faults}\n"
