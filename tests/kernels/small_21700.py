"""The 21700 line in small: all its stations and elements, few machines, short coils, small trays, minutes instead of days."""

from __future__ import annotations

STATIONS = """
  cathode-mixer: {count: 1, time: 100 s, takes: {nmc: 14.63 kg, binder-and-carbon: 0.77 kg, nmp: 6.6 kg}, makes: {cathode-slurry: 10 L}}
  cathode-coater:
    takes: {cathode-slurry: {amount: 0.207 L/m, buffer: 2}, aluminium-foil: {amount: 1 m/m, coil: 100 m, change: 6 s}}
    makes: {cathode-coil: 30 m}
    web: {trim-start: 1 m, trim-end: 1 m}
    failures: {web-break: {mtbf: 5 min, mttr: 40 s}}
    maintenance: {die-clean: {every: 10 min, time: 30 s}}
  cathode-slitter: {web: {lanes: 3}}
  cathode-dryer: {count: 3, batch: {size: 4, wait: 100 s, load: 1 s, unload: 1 s}, time: 150 s, buffer: 6}
  anode-mixer: {count: 1, time: 100 s, takes: {graphite: 6.65 kg, anode-binder: 0.35 kg, water: 7 kg}, makes: {anode-slurry: 10 L}}
  anode-coater:
    takes: {anode-slurry: {amount: 0.283 L/m, buffer: 2}, copper-foil: {amount: 1 m/m, coil: 100 m, change: 6 s}}
    makes: {anode-coil: 30 m}
    web: {trim-start: 1 m, trim-end: 1 m}
  anode-slitter: {web: {lanes: 3}}
  anode-dryer: {count: 3, batch: {size: 4, wait: 100 s, load: 1 s, unload: 1 s}, time: 150 s, buffer: 6}
  winder:
    count: 4
    takes:
      cathode-strip: {amount: 0.88 m, buffer: 2, change: 6 s, brought-by: coil-agv}
      anode-strip: {amount: 0.93 m, buffer: 2, change: 6 s, brought-by: coil-agv}
      separator: {amount: 0.95 m, rolls: 2, coil: 60 m, change: 6 s}
    failures: {web-break: {mtbf: 3 min, mttr: 20 s}, short-stop: {mtbf: 1 min, mttr: 5 s}}
  flattener: {count: 2, buffer: 10}
  disc-welder: {count: 2, buffer: 5}
  hi-pot: {count: 1, buffer: 5}
  x-ray: {count: 2, buffer: 5}
  canner: {count: 1, buffer: 5, failures: {jam: {mtbf: 4 min, mttr: 30 s}}}
  filler: {count: 1, buffer: 6, within: 40 s, tools: {nozzle: 3}}
  closer: {count: 1, buffer: 5}
  tray-loader: {count: 2, buffer: 8}
  soaking: {places: 8, time: 50 s}
  formation:
    count: 12
    time: 80 s
    buffer: 3
    tools: {channel: 8}
    failures: {channel: {mtbf: 20 min, mttr: 1 min}}
  ageing-hot: {places: 12, time: 60 s}
  ocv-1: {time: 3 s, buffer: 2}
  ageing-room: {places: 20, time: 120 s}
  ocv-2: {time: 3 s, buffer: 2}
  tray-unloader: {count: 1, buffer: 3}
  grader: {count: 1, buffer: 8}
  packer: {count: 1, buffer: 8}
"""

SHARED = """
carriers: {tray: {holds: 8, count: 60, empty-return: 9 s}}
people: {repair-crew: {count: 1}, operator: {count: 1}}
utilities: {dry-room: {failures: {dew-point-lost: {mtbf: 8 min, mttr: 40 s}}}}
"""


def small_21700(start: str, coaters: int = 1) -> str:
    """Return the line file; `start` is ``empty`` or ``filled``; of each coater there are `coaters`."""
    stations = STATIONS.replace("-coater:\n", f"-coater:\n    count: {coaters}\n")
    return f"line: small-21700\nuse: cylindrical-21700-tabless\ntarget: 90 ppm\nstations:{stations}{SHARED}run: {{until: 1 h, start: {start}}}\n"
