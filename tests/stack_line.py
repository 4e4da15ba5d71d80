"""A short line that ends with an impedance station: stacks of 40 cells, judged by their middle and by their weakest cell."""

from __future__ import annotations

from pathlib import Path

from linewright.library.catalogue import installed_libraries
from linewright.model.load import load
from linewright.model.overrides_fault import fault_overrides
from linewright.model.plant import Plant

TEXT = """\
line: small-stacks
product: stack
target: 6 /h
source: default
materials:
  stack:
    id: ST
    properties: {cells: 40, active-area: 350 cm^2, rated-current: 1000 A}
stations:
  stacker: {time: 9 min}
  eis:
    use: impedance-meter
    time: 8 min
    buffer: 4
    recipe: {lowest-frequency: 1 Hz}
    model: {weakest: 2.2}
    measures:
      hfr: {window: 40 .. 70 mohm*cm^2, mean: 50 mohm*cm^2, spread: 3 mohm*cm^2}
      charge-transfer: {window: 35 .. 110 mohm*cm^2, mean: 70 mohm*cm^2, spread: 5 mohm*cm^2}
      transport: {window: at most 100 mohm*cm^2, mean: 50 mohm*cm^2, spread: 5 mohm*cm^2}
      weakest-hfr: {window: 0 % +- 12 %, spread: 0.1 %}
      weakest-charge-transfer: {window: 0 % +- 18 %, spread: 0.1 %}
      weakest-transport: {window: 0 % +- 24 %, spread: 0.1 %}
    gate: scrap
  packer: {time: 5 min, buffer: 4}
run: {until: 3 h}
"""


def stack_line(folder: Path, fault: str | None = None, text: str = TEXT) -> Plant:
    """Return the line, with a fault of its impedance station such as ``dry=60%``."""
    file = folder / "small-stacks.yaml"
    file.write_text(text, encoding="utf-8")
    return load(str(file), installed_libraries(), fault_overrides([f"eis.{fault}"], None) if fault else ())
