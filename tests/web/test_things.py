"""Find, a unit, its tree and its metres, the web and who lies in it: from real rows, against arithmetic done by hand."""

from __future__ import annotations

import pytest
from floor_world import BEGIN_US, MINUTE_US, World

RUN = "/api/runs/live-1"
COIL_M, STRIP_M = 2994.0, 3023.94
B = COIL_M / STRIP_M


def on_coil(strip_m: float) -> float:
    """Where a metre of the strip lies on the coil: it was rewound."""
    return COIL_M - B * strip_m


def test_a_part_of_an_id_is_enough(world: World) -> None:
    groups = world.json(f"{RUN}/search", q="STRIP-5")["groups"]
    assert [(g["kind"], [h["id"] for h in g["hits"]]) for g in groups] == [("web", ["CATHODE-STRIP-5"])]
    assert groups[0]["hits"][0]["match"] == [8, 15]
    assert groups[0]["hits"][0]["address"] == "/web/CATHODE-STRIP-5"
    units = world.json(f"{RUN}/search", q="104")["groups"]
    assert units[0]["hits"][0]["id"] == "CELL-104"
    assert world.json(f"{RUN}/search", q="cell-1")["groups"][0]["hits"][0]["id"].startswith("CELL-1")


def test_stations_machines_and_pages_are_found_by_their_words(world: World) -> None:
    hits = world.json(f"{RUN}/search", q="winder 7")["groups"]
    station = next(g for g in hits if g["kind"] == "station")["hits"][0]
    assert (station["title"], station["address"]) == ("Winder 7", "/line/winder/7")
    assert world.json(f"{RUN}/search", q="alarms")["groups"][-1]["hits"][0]["address"] == "/alarms?state=active"


def test_what_is_not_there_has_neighbours(world: World) -> None:
    nothing = world.json(f"{RUN}/search", q="CELL-99999")
    assert nothing["groups"] == []
    assert nothing["nearest"] == ["CELL-150"], "the last of its kind"
    missing = world.get(f"{RUN}/things/CATHODE-STRIP-77")
    assert missing.status_code == 404
    assert missing.json()["nearest"]


def test_an_empty_search_gives_the_last_things(world: World) -> None:
    groups = {g["kind"]: [h["id"] for h in g["hits"]] for g in world.json(f"{RUN}/search")["groups"]}
    assert groups["unit"][0] == "CELL-150"
    assert set(groups["web"]) == {"CATHODE-COIL-1", "CATHODE-STRIP-5"}


def test_a_unit_tells_its_life_its_values_and_where_it_is(world: World) -> None:
    cell = world.json(f"{RUN}/things/CELL-101")
    assert [(s["step"], s["machine"], s["verdict"]) for s in cell["life"]] == [("winder", 7, "pass"), ("canner", 1, "pass")]
    assert cell["life"][0]["start_us"] == BEGIN_US + MINUTE_US
    assert (cell["made_us"], cell["machine"]) == (cell["life"][0]["done_us"], "winder/7")  # its own row says neither
    values = {(v["characteristic"], v["side"]): v for v in cell["values"]}
    assert values["diameter", None]["value"] == pytest.approx(20.1)
    assert values["diameter", None]["upper"] == pytest.approx(20.25)
    assert values["diameter", None]["source"] == "emulated"
    # Its metres on the coil, and the mean of the gauge's 1 m values there.
    from math import sin

    metre = int(on_coil(1000.88))
    assert values["areal-weight", "A"]["value"] == pytest.approx(24.0 + 0.1 * sin(metre / 50.0), abs=0.01)
    assert values["areal-weight", "A"]["unit"] == "mg/cm²"
    assert (cell["verdict"], cell["now"]["carrier"], cell["now"]["place"]) == ("in-process", "T-3", 1)
    lost = world.json(f"{RUN}/things/CELL-105")
    assert lost["verdict"] == "scrapped"
    assert lost["now"]["text"] == "scrapped at Winder"


def test_the_tree_goes_both_ways_and_opens_step_by_step(world: World) -> None:
    tree = world.json(f"{RUN}/things/CELL-101/tree", depth=4)
    nodes = {n["id"]: n for n in tree["nodes"]}
    assert nodes["CELL-101"]["role"] == "self"
    assert {n for n in nodes if nodes[n]["role"] == "made-of"} == {"CATHODE-STRIP-5", "CATHODE-COIL-1", "SLURRY-2", "CAN-1"}
    assert nodes["T-3"]["role"] == "carried-in"
    edges = {(e["from"], e["to"]): e for e in tree["edges"]}
    assert edges["CATHODE-STRIP-5", "CELL-101"]["kind"] == "consume"
    assert (edges["CATHODE-STRIP-5", "CELL-101"]["lo_m"], edges["CATHODE-STRIP-5", "CELL-101"]["hi_m"]) == (1000.0, 1000.88)
    assert edges["CATHODE-COIL-1", "CATHODE-STRIP-5"]["lane"] == 5
    # Only the cell's own metres of the coil: SLURRY-1 ends at 1800 m, 200 m before them.
    on_coil_edge = edges["CATHODE-COIL-1", "CATHODE-STRIP-5"]
    assert (on_coil_edge["lo_m"], on_coil_edge["hi_m"]) == (pytest.approx(on_coil(1000.88), abs=1e-3), pytest.approx(on_coil(1000.0), abs=1e-3))
    assert edges["SLURRY-2", "CATHODE-COIL-1"]["share"] == pytest.approx(1194 / 2994)
    assert edges["SLURRY-2", "CATHODE-COIL-1"]["basis"] == "certain"
    whole = world.json(f"{RUN}/things/CATHODE-COIL-1/tree", way="from", depth=1)
    assert {n["id"] for n in whole["nodes"] if n["role"] == "made-of"} == {"SLURRY-1", "SLURRY-2"}
    assert edges["CAN-1", "CELL-101"]["kind"] == "mount"
    one = world.json(f"{RUN}/things/CELL-101/tree", depth=1)
    assert "CATHODE-COIL-1" not in {n["id"] for n in one["nodes"]}
    strip = next(n for n in one["nodes"] if n["id"] == "CATHODE-STRIP-5")
    assert strip["more"] == {"from": 1, "into": 9}
    down = world.json(f"{RUN}/things/SLURRY-1/tree", way="into", depth=3, limit=8)
    assert down["cut"] is True
    assert len(down["nodes"]) == 8


def test_metres_go_up_to_the_mother_with_their_error(world: World) -> None:
    webs = world.json(f"{RUN}/things/CELL-103/metres")["webs"]
    assert [w["web"] for w in webs] == ["CATHODE-STRIP-5", "CATHODE-COIL-1"]
    mother = webs[1]
    lo, hi = 1000.0 + 2 * 0.88, 1000.0 + 3 * 0.88
    assert mother["lane"] == 5
    assert (mother["lo_m"], mother["hi_m"]) == (pytest.approx(on_coil(hi), abs=0.001), pytest.approx(on_coil(lo), abs=0.001))
    # Winder: 10 mm + 0.0005 x; slitter: 5 mm + 0.0002 x; each scaled by |b|. In metres at x = 1002.6 m.
    at_least = B * (0.010 + 0.0005 * lo) + B * (0.005 + 0.0002 * lo)
    assert at_least <= mother["error_m"] <= 1.01 * at_least
    assert mother["certain"] is None  # 0.88 m are shorter than twice that
    assert mother["possible"][0] == pytest.approx(mother["lo_m"] - mother["error_m"])


def test_a_web_tells_size_lanes_batches_and_what_was_measured(world: World) -> None:
    coil = world.json(f"{RUN}/webs/CATHODE-COIL-1")
    assert (coil["length_m"], coil["width_mm"], coil["sides"]) == (COIL_M, pytest.approx(700.0), ["A", "B"])
    assert [(b["batch"], b["lo_m"], b["possible"]) for b in coil["batches"]] == [("SLURRY-1", 0.0, False), ("SLURRY-2", 1800.0, False)]
    assert coil["children"] == [{"web": "CATHODE-STRIP-5", "lane": 5, "across_mm": [287.0, 350.0], "rewound": True}]
    assert [(p["characteristic"], p["side"]) for p in coil["profiles"]] == [("areal-weight", "A"), ("areal-weight", "B")]
    rows = world.json(f"{RUN}/profiles", web="CATHODE-COIL-1", characteristic="areal-weight", side="A", from_m=100, to_m=200, pixels=10)["rows"]
    assert len(rows[0]["m"]) == 10
    assert rows[0]["min"][0] <= rows[0]["mean"][0] <= rows[0]["max"][0]
    assert rows[0]["window"]["target"] == pytest.approx(24.0)
    assert world.get(f"{RUN}/webs/SLURRY-1").status_code == 404


def test_who_lies_in_these_metres(world: World) -> None:
    lo, hi = on_coil(1000.0 + 5 * 0.88), on_coil(1000.0 + 3 * 0.88)  # exactly cells 4 and 5 of ten
    found = world.json(f"{RUN}/webs/CATHODE-COIL-1/units", from_m=lo, to_m=hi)
    ids = [u["id"] for u in found["units"]]
    assert {"CELL-104", "CELL-105"} <= set(ids)
    assert found["certain"] + found["possible"] == len(set(ids))
    assert {u["id"]: u["verdict"] for u in found["units"]}["CELL-105"] == "scrapped"
    wide = world.json(f"{RUN}/webs/CATHODE-COIL-1/units", from_m=lo, to_m=hi, guard_m=3)
    assert wide["possible"] > found["possible"]
    assert wide["certain"] == found["certain"]
    assert world.json(f"{RUN}/webs/CATHODE-COIL-1/units", from_m=lo, to_m=hi, across="0..100mm")["total"] == 0
    assert world.json(f"{RUN}/webs/CATHODE-COIL-1/units", from_m=lo, to_m=hi, across="300..320mm")["lanes"] == [5]
    assert world.get(f"{RUN}/webs/CATHODE-COIL-1/units", across="left").status_code == 400
    assert world.json(f"{RUN}/webs/CATHODE-COIL-1/units", from_m=0, to_m=500)["total"] == 0


def test_a_strip_shows_the_gauge_and_the_footprints(world: World) -> None:
    mid = on_coil(1004.0)
    strip = world.json(f"{RUN}/webs/CATHODE-COIL-1/strip", from_m=mid - 10, to_m=mid + 10, pixels=20)
    assert [s["side"] for s in strip["sides"]] == ["A", "B"]
    assert len(strip["sides"][0]["lanes"][0]["min"]) == 20
    assert len(strip["units"]) == 10
    assert [u["lane"] for u in strip["units"]] == [5] * 10
    assert world.json(f"{RUN}/webs/CATHODE-COIL-1/strip")["units"] == []  # too far away to see one


def test_the_list_of_webs_is_paged(world: World) -> None:
    first = world.json(f"{RUN}/lots", kind="web", limit=1)
    second = world.json(f"{RUN}/lots", kind="web", limit=1, after=first["next"])
    # What is on a machine comes first, though the coil was made as late.
    assert [(w["id"], w["in_use"]) for w in (*first["lots"], *second["lots"])] == [("CATHODE-STRIP-5", "winder/7"), ("CATHODE-COIL-1", None)]
    assert second["next"] is None
