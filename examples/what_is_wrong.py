"""Every fault of a line file at once, with the nearest known names: what a process engineer sees after a slip of the hand."""

from linewright.library.catalogue import installed_libraries
from linewright.model.errors import ModelError
from linewright.model.load import load_text

TEXT = """\
line: short
product: cell
stations:
  wind: {time: 60 m/min, bufer: 3}
  weld: {time: 4 s, to: tset}
  test: {time: 2 s}
"""
try:
    load_text(TEXT, installed_libraries(), name="short.yaml")
except ModelError as fault:
    print(fault)
