"""Maps: the fastest drive, one-way roads, zones on the way, open ground; and what is refused where a fleet cannot drive."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from linewright.control.compile import compile_plant
from linewright.control.maps import Crossing, drives_of, map_of
from linewright.kernels import table as tb
from linewright.library.catalogue import installed_libraries
from linewright.model.errors import LinewrightError, ModelError, NotYetError
from linewright.model.load import load_text
from linewright.model.plant import Plant, Road, Zone

SECOND = 1_000_000_000
SQUARE = (("a", 0.0, 0.0), ("b", 10.0, 0.0), ("c", 10.0, 10.0), ("d", 0.0, 10.0))


def plant(*roads: Road, zones: tuple[Zone, ...] = ()) -> Plant:
    return Plant("map", points=SQUARE, roads=roads, zones=zones)


def test_a_one_way_road_is_driven_around():
    found = map_of(plant(Road("a", "b", one_way=True), Road("b", "c"), Road("c", "d"), Road("d", "a")))
    there, back = (drives_of(found, 2.0)[i][j] for i, j in ((0, 1), (1, 0)))
    assert (there.time, there.next) == (5 * SECOND, 1)
    assert (back.time, back.next) == (15 * SECOND, 2)


def test_length_and_speed_of_a_way_hold_before_its_drawing():
    found = map_of(plant(Road("a", "b", length_m=30.0, speed_m_s=1.0), Road("a", "d"), Road("d", "c"), Road("c", "b")))
    drives = drives_of(found, 2.0)
    assert drives[0][1].next == 3, "30 s straight on, 15 s around"
    assert drives_of(found, 0.5)[0][1].time == 60 * SECOND, "and for a slow vehicle 60 s both ways: over fewer points"


def test_what_no_road_leads_to():
    assert drives_of(map_of(plant(Road("a", "b"))), 1.0)[0][3] is None


def test_open_ground_is_crossed_straight():
    assert drives_of(map_of(plant()), 1.0)[0][2].time == round(math.sqrt(200.0) * 1e9)


def test_a_zone_reaches_its_radius_both_ways_but_not_beyond_the_middle_of_a_way():
    roads = (Road("a", "b"), Road("b", "c"))
    wide = drives_of(map_of(plant(*roads, zones=(Zone("b", 1, 3.0),))), 1.0)
    assert wide[0][2].crossings == (Crossing(7 * SECOND, 13 * SECOND, 0),)
    assert wide[0][1].crossings == (Crossing(7 * SECOND, 10 * SECOND, 0),)
    assert wide[1][2].crossings == (Crossing(0, 3 * SECOND, 0),)
    next_to_each_other = drives_of(map_of(plant(*roads, zones=(Zone("b", 1, 30.0), Zone("c", 1, 30.0)))), 1.0)
    assert next_to_each_other[0][2].crossings == (Crossing(5 * SECOND, 15 * SECOND, 0), Crossing(15 * SECOND, 20 * SECOND, 1))


LINE = """
line: carried
product: part
stations:
  cut: {{time: 5 s, at: {cut}}}
  weld: {{time: 5 s, buffer: 2, at: b, brought-by: amr}}
vehicles:
  amr: {{speed: 1 m/s{more}}}
{roads}
"""
ROADS = "roads: {points: {a: [0 m, 0 m], b: [10 m, 0 m], c: [5 m, 4 m]}, ways: [[a, b], [b, c]]}"


def loaded(cut: str = "a", more: str = "", roads: str = ROADS) -> Plant:
    return load_text(LINE.format(cut=cut, more=more, roads=roads), installed_libraries())


def test_a_place_without_a_point_is_joined_to_the_nearest():
    table = compile_plant(loaded("[3 m, 4 m]")).table
    fleet, cut, weld = table.fleets[0], table.stations[0].point, table.stations[1].point
    assert (int(cut), int(weld)) == (3, 1)
    assert table.drives[int(fleet.drive0) + int(cut) * int(fleet.points) + int(weld)].time == round((2 + math.hypot(5, 4)) * 1e9)


def test_a_place_on_a_point_is_that_point():
    assert compile_plant(loaded("[0 m, 0 m]")).table.stations[0].point == 0


def test_a_road_that_does_not_lead_back_is_refused():
    roads = "roads: {points: {a: [0 m, 0 m], b: [10 m, 0 m]}, ways: [{from: a, to: b, one-way: yes}]}"
    with pytest.raises(ModelError, match="`amr` finds no way from `b` to `a`"):
        loaded(roads=roads)


def test_a_station_that_stands_nowhere_is_refused():
    text = LINE.format(cut="a", more="", roads=ROADS).replace(", at: a", "")
    with pytest.raises(ModelError, match=r"stations\.cut: `amr` drives to this station"):
        load_text(text, installed_libraries())


def test_what_check_let_pass_is_refused_before_it_runs():
    plant = loaded()
    blind = replace(plant, segments=tuple(replace(s, at=None) for s in plant.segments))
    with pytest.raises(LinewrightError, match=r"stations\.cut\.at"):
        compile_plant(blind)
    cut_off = replace(plant, roads=tuple(replace(road, one_way=True) for road in plant.roads))
    with pytest.raises(LinewrightError, match="from `b` to `a`"):
        compile_plant(cut_off)


def test_what_arrives_by_vehicle_stands_where_it_arrives():
    text = LINE.format(cut="a", more="", roads=ROADS).replace("cut: {time: 5 s,", "cut: {time: 5 s, arrivals: 9 s, buffer: 2, brought-by: amr,")
    table = compile_plant(load_text(text, installed_libraries())).table
    assert [int(row.point) for row in table.stations[:3]] == [0, 0, 1]


@pytest.mark.parametrize("more", ["park: a", "battery: {run: 1 h, charge: 1 h, at: a}", "roads: yes"])
def test_a_map_beside_a_fixed_distance_is_refused_by_name(more):
    with pytest.raises(NotYetError, match=r"vehicles\.amr\."):
        compile_plant(loaded(more=f", distance: 5 m, {more}"))


def test_no_map_at_all_is_said():
    with pytest.raises(LinewrightError, match="length of a trip"):
        compile_plant(loaded(more=", roads: no"))


def test_what_a_fleet_is_told_of_batteries():
    fleet = compile_plant(loaded(more=", battery: {run: 8 h, charge: 2 h, charge-below: 25 %, chargers: 2, at: c}")).table.fleets[0]
    assert (fleet.way, fleet.run, fleet.low, fleet.ratio) == (tb.ROADS, 8 * 3600 * SECOND, 2 * 3600 * SECOND, 0.25)
    assert (fleet.chargers, fleet.charger, fleet.begin) == (2, 2, 2)
