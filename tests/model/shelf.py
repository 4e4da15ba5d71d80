"""A small library for the tests of the model."""

from __future__ import annotations

from collections.abc import Sequence

from linewright.model.catalogue import Found, Kind
from linewright.model.plant import Plant

FOUR_STATIONS = """\
line: four-stations
product: cell
stations:
  wind: {time: 2.6 s, scrap: 0.5 %, failures: {web-break: {mtbf: 2 h, mttr: 5 min}}}
  weld: {count: 2, time: 4 s, buffer: 20}
  fill: {time: 2.5 s, buffer: 20, adds: {electrolyte: 7 g}}
  test: {time: 2 s, buffer: 10, measures: {voltage: {window: 3.60 V +- 20 mV, spread: 6 mV}}, gate: scrap}
"""
COATER = """\
process: coater
source: default
station:
  failures: {web-break: {mtbf: 60 h, mttr: 2 h}}
declares:
  parameters: {pump-ripple: {default: 0.3 %, range: 0 .. 5 %}}
  recipe: {tension: {unit: N, default: 120 N, range: 20 .. 500 N}}
  measures: {areal-weight: {unit: mg/cm^2}}
  tools: {die-lane: {range: 1 .. 40}}
  faults: {lane-clogged: {unit: "%"}}
"""


class Shelf:
    """A catalogue of a few texts by kind and name."""

    def __init__(self, texts: dict[tuple[Kind, str], tuple[str, ...]]) -> None:
        self.texts = texts

    def find(self, kind: Kind, name: str) -> Sequence[Found]:
        texts = self.texts.get((kind, name), ())
        return tuple(Found(f"shelf {name}" if len(texts) == 1 else f"shelf-{n} {name}", text) for n, text in enumerate(texts, 1))

    def names(self, kind: Kind) -> Sequence[str]:
        return tuple(name for k, name in self.texts if k == kind)

    def with_models(self, plant: Plant) -> Plant:
        return plant


def small_library() -> Shelf:
    """Return a library of one line, three classes (one of them twice) and two materials."""
    return Shelf(
        {
            ("line", "four-stations"): (FOUR_STATIONS,),
            ("class", "coater"): (COATER,),
            ("class", "twice"): ("process: twice\n", "process: twice\n"),
            ("class", "plain"): ("process: plain\n",),
            ("material", "electrolyte"): ("price: 8 EUR/kg\nwaste: 6 %\n",),
            ("material", "foil"): ("price: 1 EUR/m\n",),
        }
    )
