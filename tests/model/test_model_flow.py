"""Where items go: chains, targets, sources; several lines as one; what is shared; the target."""

from __future__ import annotations

from pathlib import Path

import pytest
from shelf import Shelf

from linewright.model.catalogue import EmptyCatalogue
from linewright.model.completed_text import completed_text, diff
from linewright.model.errors import FileFault, ModelError, NotYetError
from linewright.model.load import check, load, load_text
from linewright.model.plant import Level, Plant
from linewright.model.reader import Report, parse
from linewright.model.station import Choose, Driver
from linewright.model.values import LawKind

JOINED = """\
line: joined
product: pack
stations:
  make-a: {time: 1 s, makes: a}
  check-a: {time: 1 s, scrap: 1 %}
  make-b: {time: 1 s, takes: none, makes: b}
  join: {time: 1 s, takes: {a: {amount: 2, buffer: 5}, b: 1, case: 1}, makes: {pack: 1, frame: 2}, buffer: 3}
  sort: {time: 1 s, measures: {mass: {window: 1 .. 2 kg}}, grades: {A: {mass: at least 1.5 kg}, B: {mass: at least 1 kg}}, to: {A: out, B: rework}}
  rework: {time: 1 s, to: sort}
materials: {case: {price: 2 EUR, id: K}}
"""


def warnings(text: str, shelf: Shelf, tmp_path: Path) -> list[str]:
    path = tmp_path / "line.yaml"
    path.write_text(text)
    found = check(path, shelf)
    assert found.faults == ()
    return [w.message for w in found.warnings]


def test_chains_join_without_arrows(shelf: Shelf) -> None:
    plant = load_text(JOINED, shelf)
    assert [(s.name, s.chain, s.begins) for s in plant.segments] == [
        ("make-a", 0, True),
        ("check-a", 0, False),
        ("make-b", 1, True),
        ("join", 2, True),
        ("sort", 2, False),
        ("rework", 2, False),
    ]
    a, b, case = plant.segment("join").inputs
    assert (a.sources, b.sources, case.sources) == (("check-a",), ("make-b",), ())
    assert (a.buffer, b.buffer, case.buffer) == (5, 3, 3)
    assert plant.segment("check-a").to[0].station == "join"
    assert [(t.station, t.grade) for t in plant.segment("sort").to] == [("out", "A"), ("rework", "B")]
    assert [o.material for o in plant.segment("join").makes] == ["pack", "frame"]
    assert plant.material("case").bought
    assert not plant.material("a").bought
    assert plant.material("case").prefix == "K"


def test_what_nobody_takes_is_said(shelf: Shelf, tmp_path: Path) -> None:
    assert warnings(JOINED, shelf, tmp_path) == ["`frame` is made, but nobody takes it; it leaves the line."]


def test_several_lanes_and_a_taker(shelf: Shelf) -> None:
    plant = load_text(
        "line: a\nproduct: p\nstations:\n"
        "  feed: {time: 1 s, makes: x, to: [one, two], choose: shortest-queue}\n"
        "  one: {time: 2 s, to: pack}\n  two: {use: one}\n"
        "  pack: {time: 1 s, takes: {x: 2}, makes: p}\n",
        shelf,
    )
    assert plant.segment("feed").choose is Choose.SHORTEST_QUEUE
    assert plant.segment("pack").inputs[0].sources == ("one", "two")


def site(tmp_path: Path) -> Path:
    (tmp_path / "cells.yaml").write_text(
        "line: cells\nproduct: cell\ntarget: 30 ppm\npeople: {crew: {count: 2}, own: {count: 1}}\nstations:\n"
        "  winder: {time: 2 s, failures: {jam: {mtbf: 1 h, mttr: 5 min, by: crew}, stop: {mtbf: 2 h, mttr: 1 min, by: own}}}\n"
        "  closer: {time: 1 s, buffer: 5, makes: cell}\n"
    )
    path = tmp_path / "works.yaml"
    path.write_text(
        "site: works\nproduct: pack\nlines:\n"
        "  cells-1: {use: ./cells.yaml}\n"
        "  cells-2: {use: ./cells.yaml, stations: {winder: {count: 3}}}\n"
        "  packs: {product: pack, stations: {packer: {time: 5 s, takes: {cell: 12}, makes: pack, within: 8 h}}}\n"
        "people: {crew: {count: 9}}\n"
        "utilities: {air: {serves: [cells-2.winder, packs.packer]}}\n"
    )
    return path


def test_a_site_is_several_lines_as_one(shelf: Shelf, tmp_path: Path) -> None:
    plant = load(site(tmp_path), shelf)
    assert [s.path for s in plant.segments] == ["cells-1.winder", "cells-1.closer", "cells-2.winder", "cells-2.closer", "packs.packer"]
    assert plant.segment("cells-2.winder").count == 3
    assert plant.segment("packs.packer").inputs[0].sources == ("cells-1.closer", "cells-2.closer")
    assert plant.segment("cells-1.closer").to[0].station == "packs.packer"
    assert {p.name: p.count for p in plant.people} == {"crew": 9, "cells-1.own": 1, "cells-2.own": 1}
    assert [f.by for f in plant.segment("cells-2.winder").failures] == ["crew", "cells-2.own"]
    assert plant.utilities[0].serves == ("cells-2.winder", "packs.packer")
    within = plant.segment("packs.packer").within
    assert within is not None
    assert within.late == "scrap", "no line has an exit of its own"
    levels = {e.path: (e.level, e.parent) for e in plant.equipment}
    assert levels["works"] == (Level.SITE, None)
    assert levels["cells-2"] == (Level.PRODUCTION_LINE, "works")
    assert levels["cells-2.winder"] == (Level.WORK_CELL, "cells-2")
    assert levels["cells-2.winder/3"] == (Level.WORK_UNIT, "cells-2.winder")


def test_paths_in_a_site_begin_with_the_line(shelf: Shelf, tmp_path: Path) -> None:
    path = site(tmp_path)
    plain, changed = load(path, shelf), load(path, shelf, ["cells-2.winder.count=16"])
    assert changed.segment("cells-2.winder").count == 16
    assert changed.segment("cells-1.winder").count == 1
    assert diff(plain.text, changed.text) == ["lines.cells-2.stations.winder.count: 3 -> 16"]
    again = load_text(changed.text, shelf)
    assert again.digest == changed.digest


def test_a_floor_file_names_drivers(shelf: Shelf) -> None:
    plant = load_text(
        "line: floor\nuse: four-stations\nstations:\n"
        '  wind: {driver: {use: opcua, address: "opc.tcp://10.0.0.5:4840", tags: winder.csv, credentials: winder}}\n',
        shelf,
    )
    assert plant.segment("wind").driver == Driver(
        "opcua", (("credentials", "winder"), ("address", "opc.tcp://10.0.0.5:4840"), ("tags", "winder.csv"))
    )
    assert plant.segment("weld").driver.use == "emulated"


SECTIONS = """\
line: sections
product: cell-a
time-zone: Europe/Berlin
works: day
stations:
  fill:
    time: {fixed: 3 s, each: 0.5 s}
    adds: {cap: 4, glue: 180 g}
    arrivals: {law: exponential, mean: 8 s, when-full: lost, batch: 2}
    setup: {other: 45 min, cell-a: {cell-b: 20 min}}
    per-product: {cell-b: {rate: 20 ppm, recipe: {dose: 3 g}}}
    recipe: {dose: 2 g, heat: [20 degC, 30 degC]}
    steps: [{name: evacuate, time: 3 s, recipe: {vacuum: 50 mbar}}, {name: dose}]
    signals: {heat: {range: 0 .. 80 degC, count: 2, window: 25 degC +- 5 K, keep: 3 d}, force: {range: 0 .. 5 N, every: 1 m}}
    alarms: {hot: {on: heat, priority: 1, delay: 10 s, text: "Too hot: stop", next: Cool it}}
    control: {dose: {holds: mass, use: run-to-run, gain: 0.4}}
    measures: {mass: {window: 7 g +- 2 %, spread: 0.7 %, every: 50 items, error: 0.01 g}}
    gate: {to: scrap, checks: mass, misses: 1 %}
    power: {electricity: 5 kW, heat: 1 kW}
    standby: 1 kW
    item-energy: 20 kJ
    capital: 120000 EUR
    floor: 12 m^2
    maintenance: {clean: {every: 500 items, time: 10 min, by: crew}, oil: {every: 1 week, time: 1 h}}
    needs: {crew: 1}
    area: front
    marks: yes
    queue: priority
    blocking: before
materials:
  glue: {price: 5 EUR/kg, co2: 2 kg/kg, density: 1.1 kg/L, shelf-life: 2 d, stock: 500 kg, delivery: {every: 1 week, amount: 100 kg}, waste: 3 %}
  cap: {}
people: {crew: {count: 2, works: day, cost: 36 EUR/h}}
shifts: {day: {days: [Tue, Mon], hours: 06:00-14:00, breaks: [10:00-10:15], holidays: [2026-12-25]}}
energy: {electricity: {price: 0.36 EUR/kWh, co2: 0.36 kg/kWh}}
orders: [{product: cell-b, amount: 50, priority: 2, release: 8 h, due: 3 d}]
keep: {signals: 10 d, records: 1 years}
run: {begin: 2026-01-05 06:00, until: 2 h, warm-up: 10 min, replications: 3, seed: 4, show: [oee]}
"""


@pytest.fixture
def sections(shelf: Shelf) -> Plant:
    return load_text(SECTIONS, shelf)


def test_a_station_with_every_key(sections: Plant) -> None:
    fill = sections.segment("fill")
    assert (fill.time.mean, fill.each_s) == (3.0, 0.5)
    assert (fill.arrivals.kind, fill.arrivals_lost_when_full, fill.arrivals_batch) == (LawKind.EXPONENTIAL, True, 2)
    assert (fill.setup.other_s, fill.setup.pairs) == (2700.0, (("cell-a", "cell-b", 1200.0),))
    product, variant = fill.per_product[0]
    assert (product, variant.time.mean) == ("cell-b", 3.0)
    assert {p.name: p.values for p in variant.recipe}["dose"] == (0.003,)
    assert len({p.name: p.values for p in variant.recipe}["heat"]) == 2
    assert [p.name for p in fill.steps] == ["evacuate", "dose"]
    heat, force = fill.signals
    assert (heat.low, heat.high, heat.count, heat.keep_s, heat.unit.text) == (pytest.approx(273.15), pytest.approx(353.15), 2, 259200.0, "degC")
    assert (force.every_s, force.every_m) == (0.0, 1.0)
    assert (fill.alarms[0].on, fill.alarms[0].priority, fill.alarms[0].text) == ("heat", 1, "Too hot: stop")
    assert fill.control[0].gain == 0.4
    assert fill.measures[0].spread == pytest.approx(0.007 * 0.007)
    assert fill.measures[0].error == pytest.approx(1e-5)
    assert fill.gate.checks == ("mass",)
    assert (fill.power_w, fill.standby_w) == ((("electricity", 5000.0), ("heat", 1000.0)), (("electricity", 1000.0),))
    assert (fill.capital, fill.capital_currency, fill.floor_m2) == (120000.0, "EUR", 12.0)
    assert [(m.every_s, m.every_items) for m in fill.maintenance] == [(None, 500), (604800.0, None)]
    assert (fill.needs, fill.area, fill.marks, fill.blocking.value) == ((("crew", 1),), "front", True, "before")


def test_the_other_sections(sections: Plant) -> None:
    glue = sections.material("glue")
    assert (glue.price, glue.currency, glue.measure.value, glue.co2_kg, glue.stock) == (5.0, "EUR", "kg", 2.0, 500.0)
    assert (glue.delivery_every_s, glue.delivery_amount, glue.density_kg_m3) == (604800.0, 100.0, pytest.approx(1100.0))
    assert sections.people[0].cost_s == pytest.approx(0.01)
    (day,) = sections.shifts
    assert (day.days, day.hours_s, day.breaks_s, day.holidays) == ((0, 1), ((21600, 50400),), ((36000, 36900),), ("2026-12-25",))
    assert sections.energy[0].price_j == pytest.approx(1e-7)
    order = sections.orders[0]
    assert (order.product, order.amount, order.priority, order.release_s, order.due_s) == ("cell-b", 50, 2, 28800.0, 259200.0)
    assert (sections.keep_signals_s, sections.works) == (864000.0, "day")
    assert sections.run.begin_us == 1767589200_000_000  # 06:00 in Berlin is 05:00 UTC
    assert (sections.run.warm_up_s, sections.run.replications, sections.run.seed, sections.run.show) == (600.0, 3, 4, ("oee",))


def test_two_spellings_of_one_plant_have_one_digest(shelf: Shelf) -> None:
    one = "line: a\nproduct: p\nstations:\n  s: {time: 2.10 s, gate: {fails: 3 %}}\n"
    other = (
        "# a comment\nproduct: p\nline: a\nstations:\n  s:\n    gate: {to: scrap, fails: 3.0 % (default)}\n    time: {law: constant, mean: 2.1 s}\n"
    )
    assert "to: scrap" not in load_text(one, shelf).text
    assert load_text(one, shelf).digest != load_text(other, shelf).digest  # a default that is written stays written
    assert load_text(one.replace("2.10", "2.1"), shelf).digest == load_text(one, shelf).digest
    assert load_text(other.replace("to: scrap, ", ""), shelf).digest == load_text(one, shelf).digest


def test_the_difference_of_two_plants(shelf: Shelf) -> None:
    before = load("four-stations", shelf).text
    after = load_text("line: b\nuse: four-stations\nstations: {weld: none, extra: {after: wind, time: 3 s}, fill: {time: 3 s}}", shelf).text
    rows = diff(before, after)
    assert "line: four-stations -> b" in rows
    assert "stations.weld.count: 2 -> (gone)" in rows
    assert "stations.extra.time: (new) -> 3 s" in rows
    assert "stations.fill.time: 2.5 s -> 3 s" in rows
    assert diff(before, before) == []


def test_the_order_of_stations_is_a_difference() -> None:
    one, other = "stations:\n  a: {time: 1 s}\n  b: {time: 1 s}\n", "stations:\n  b: {time: 1 s}\n  a: {time: 1 s}\n"
    assert diff(one, other) == ["stations: order a, b -> b, a"]


def test_completed_text_quotes_what_yaml_would_misread() -> None:
    text = 'line: a\nabout: "yes: no # not a comment"\nstations: {a: {driver: {use: x, address: "opc.tcp://h:1, {b}"}}}\n'
    root = parse(text, "a", Report())
    assert root is not None
    report = Report()
    again = parse(completed_text(root), "b", report)
    assert report.faults == ()
    assert again is not None
    assert completed_text(again) == completed_text(root)


def test_errors_say_where_and_how_many() -> None:
    fault = FileFault("a.yaml", 3, 5, "stations.a.tme", "there is no such key.", "Look.", "    tme: 2 s")
    assert str(ModelError([fault, fault])).splitlines()[-1] == "2 faults. Nothing was run."
    assert "stations.belt.speed   logistics.yaml:37" in str(NotYetError([("stations.belt.speed", "logistics.yaml:37")]))
    long = FileFault("a.yaml", 1, 500, "x", "y.", source="a" * 1000)
    assert max(map(len, str(long).splitlines())) < 150


@pytest.mark.parametrize(
    ("materials", "makes"), [("materials: {ghost: {}}\n", ""), ("", ", makes: ghost")], ids=["bought", "made by the station before"]
)
def test_a_material_alone_is_one_of_it(materials: str, makes: str, shelf: Shelf) -> None:
    text = f"line: alone\nproduct: pack\n{materials}stations:\n  a: {{time: 2 s{makes}}}\n  b: {{time: 2 s, takes: {{}}, makes: pack}}\n"
    short = load_text(text.replace("{}, makes: pack", "ghost, makes: pack"), shelf)
    full = load_text(text.replace("{}, makes: pack", "{ghost: 1}, makes: pack"), shelf)
    assert short.segment("b").inputs == full.segment("b").inputs
    assert [(i.material, i.amount, i.sources) for i in short.segment("b").inputs] == [("ghost", 1.0, ("a",) if makes else ())]
    assert short.material("ghost").bought is not bool(makes)
    assert load_text(short.text, shelf).digest == short.digest


def test_a_bill_of_one_name_is_replaced_whole_by_an_override(shelf: Shelf) -> None:
    text = "line: a\nproduct: p\nmaterials: {x: {}, y: {}, z: {}}\nstations:\n  b: {time: 2 s, takes: x, adds: y}\n"
    assert [i.material for i in load_text(text, shelf, overrides=["b.takes=y", "b.adds=x"]).segment("b").inputs] == ["y"]
    assert [i.material for i in load_text(text, shelf, overrides=["b.adds=z"]).segment("b").adds] == ["z"]
    assert load_text(text, shelf, overrides=["b.takes=none"]).segment("b").inputs == ()


def test_elements_without_behaviour_are_counted_in_good_grammar() -> None:
    assert str(NotYetError([("a", "x:1")])).startswith("This version cannot do what 1 place of the file asks for:\n")
    assert str(NotYetError([("a", "x:1"), ("b", "x:2")])).startswith("This version cannot do what 2 places of the file ask for:\n")


def test_a_quoted_none_begins_from_an_endless_supply_as_the_bare_word_does() -> None:
    line = "line: x\nproduct: p\nstations:\n  first: {{time: 1 s, takes: {none}, makes: p}}\n"
    quoted, bare = (load_text(line.format(none=word), EmptyCatalogue()) for word in ('"none"', "none"))
    assert quoted.segments == bare.segments
    assert quoted.digest == bare.digest


def test_a_part_that_is_added_is_asked_for_by_its_amount_alone(tmp_path: Path) -> None:
    """A mixer of 200 kg serves 2,700 cells of 72 g: its target is not half of theirs."""
    text = """\
line: gel
product: cell
target: 10 ppm
stations:
  mixer: {time: 30 min, takes: {solvent: 200 kg}, makes: {mixed: 200 kg}}
  stacker: {time: 5 s, takes: none, makes: cell}
  filler: {time: 5 s, buffer: 10, adds: {mixed: {amount: 72 g, buffer: 1}}}
materials: {mixed: {price: 2 EUR/kg}, solvent: {price: 1 EUR/kg}}
"""
    assert warnings(text, Shelf({}), tmp_path) == []
