"""Each address answers as docs/api.md says, from real rows."""

from __future__ import annotations

import pytest
from floor_world import BEGIN_US, MINUTE_US, World

RUN = "/api/runs/latest"


def test_health_tells_ledger_and_page(world: World) -> None:
    body = world.json("/api/health")
    assert body["ok"] is True
    assert body["ledger"]["runs"] == 1
    assert body["page"]["built"] is True
    assert body["live"] == "live-1"


def test_a_header_tells_live_from_nothing_else(world: World) -> None:
    head = world.json(RUN)
    assert (head["run"], head["source"], head["emulated"], head["live"], head["acting"]) == ("live-1", "live", True, True, True)
    assert (head["line"], head["title"], head["product_word"], head["target_per_min"]) == (
        "cylindrical-21700-tabless",
        "Cylindrical 21700 tabless",
        "cells",
        pytest.approx(350),
    )
    assert head["at_us"] == world.now
    assert head["age_s"] >= 0.0
    assert head["shift"]["plan"] == "three-shifts"
    assert head["alarms"] == {"1": 0, "2": 1, "3": 0, "4": 0, "unacknowledged": 2, "active": 2}
    listed = world.json("/api/runs", line="cylindrical-21700-tabless")["runs"]
    assert listed[0]["product_word"] == "cells"
    assert world.json("/api/runs", line="another")["runs"] == []


def test_the_plant_has_what_a_layout_needs(world: World) -> None:
    plant = world.json(f"{RUN}/plant")
    by_path = {s["path"]: s for s in plant["stations"]}
    assert [c["ends_in"] for c in plant["chains"]] == ["cathode-coater", "winder", "anode-coater", "winder", "out"]
    assert [i["source"] for i in by_path["winder"]["inputs"]] == ["cathode-dryer", "anode-dryer", None]
    assert by_path["winder"]["machine_title"] == "Winder {n}"
    assert by_path["soaking"]["kind"] == "store"
    assert by_path["soaking"]["carrier"] == "tray"
    assert by_path["formation"]["products_per_item"] == 256
    assert by_path["cathode-coater"]["item_kind"] == "web"
    assert by_path["cathode-coater"]["recipe"][0]["unit"] == "°C"
    assert by_path["winder"]["measures"][0] == {
        "name": "diameter",
        "title": "Diameter",
        "unit": "mm",
        "decimals": 3,
        "every": "item",
        "lower": 19.95,
        "target": 20.1,
        "upper": 20.25,
    }
    assert world.get(f"{RUN}/plant").headers["etag"]
    again = world.get(f"{RUN}/plant")
    assert again.headers["cache-control"] == "no-cache"


def test_a_coil_is_worth_the_cells_that_its_metres_make(world: World) -> None:
    stations = {s["path"]: s for s in world.json(f"{RUN}/plant")["stations"]}
    strip_m = (3000 - 6) * 1.01
    assert stations["cathode-dryer"]["products_per_item"] == pytest.approx(strip_m / 0.88)
    assert stations["cathode-coater"]["products_per_item"] == pytest.approx(10 * strip_m / 0.88)
    assert stations["cathode-mixer"]["products_per_item"] == pytest.approx(1.0 / (0.207e-3 * (3000 - 6)) * 10 * strip_m / 0.88, rel=0.01)


def test_the_line_is_completed_by_the_plant(world: World) -> None:
    body = world.json(f"{RUN}/line")
    winder = body["sample"]["stations"]["winder"]
    assert winder["flow_per_min"] == 327.0
    assert winder["key"]["unit"] == "°C"
    assert body["sample"]["stations"]["formation"]["flow_per_min"] == pytest.approx(1.2 * 256)
    assert body["sample"]["since_us"] >= BEGIN_US
    assert [a["alarm"] for a in body["alarms"]] == ["winder/7/web-break"]
    assert body["alarms"][0]["effect_per_min"] == 0.0  # 13 winders of 28.6 a minute still make the target
    assert world.json(f"{RUN}/line", at_us=world.now - 1)["sample"] is None
    spark = world.json(f"{RUN}/line/spark", figure="rate", from_us=BEGIN_US)
    assert spark["value"] == [324.0]
    assert world.get(f"{RUN}/line/spark", figure="nonsense").status_code == 400


def test_a_machine_shows_state_recipe_mounts_and_alarm(world: World) -> None:
    body = world.json(f"{RUN}/stations/winder/7")
    machine = body["machine"]
    assert (machine["state"], machine["group"], machine["reason"], machine["since_us"]) == ("Held", "fault", "web-break", BEGIN_US + 5 * MINUTE_US)
    assert machine["made"] == 206
    assert machine["alarm"]["priority"] == 2
    (mount,) = body["mounts"]
    assert (mount["lot"], mount["kind"], mount["length_m"]) == ("CATHODE-STRIP-5", "web", 3023.94)
    assert mount["used_m"] == pytest.approx(1008.8)
    assert mount["left_s"] == pytest.approx((3023.94 - 1008.8) / 0.88 * 2.1)
    assert 0.0 < machine["availability"] < 1.0
    station = world.json(f"{RUN}/stations/winder")
    assert [m["state"] for m in station["machines"]][:1] == ["Execute"]
    assert len(station["machines"]) == 14
    missing = world.get(f"{RUN}/stations/winderr")
    assert missing.status_code == 404
    assert missing.json()["nearest"][0] == "winder"
    assert world.get(f"{RUN}/stations/winder/15").json()["expected"] == "1 to 14"


def test_states_over_time_are_cut_to_the_range(world: World) -> None:
    rows = world.json(f"{RUN}/stations/winder/7/states", from_us=BEGIN_US + MINUTE_US, to_us=BEGIN_US + 10 * MINUTE_US)["rows"]
    assert [(r["state"], r["from_us"] - BEGIN_US, r["to_us"] - BEGIN_US) for r in rows] == [
        ("Execute", MINUTE_US, 5 * MINUTE_US),
        ("Held", 5 * MINUTE_US, 10 * MINUTE_US),
    ]
    assert world.get(f"{RUN}/stations/winder/7/states", from_us=5, to_us=5).status_code == 400


def test_characteristics_with_window_and_capability(world: World) -> None:
    (diameter,) = world.json(f"{RUN}/stations/winder/measures", machine=7)["measures"]
    assert diameter["n"] == 10
    assert diameter["last"] == pytest.approx(20.19)
    assert diameter["last_unit"] == "CELL-110"
    assert diameter["cpk"] == pytest.approx(min(20.25 - 20.145, 20.145 - 19.95) / (3 * 0.030277), rel=1e-3)
    chart = world.json(f"{RUN}/stations/winder/measures/diameter/chart", n=10)
    assert chart["from"] == "values"
    assert chart["thing"][0] == "CELL-101"
    assert chart["machine"][0] == 7
    assert {b["rule"] for b in chart["broken"]} >= {3}  # ten that rise
    along = world.json(f"{RUN}/stations/cathode-coater/measures", n=500)["measures"]
    weight = next(m for m in along if m["name"] == "areal-weight")
    assert weight["n"] == 500
    assert weight["last"] == pytest.approx(24.0, abs=0.2)


def test_signals_come_by_pixel_in_their_shown_unit(world: World) -> None:
    tag = "cathode-coater/1/oven-zones/2"
    body = world.json(f"{RUN}/signals", tags=tag, from_us=world.now - 240_000_000, to_us=world.now, pixels=24)["tags"][tag]
    assert body["unit"] == "°C"
    assert body["min"][:12] == [None] * 12  # a gap stays a gap
    assert body["min"][12] == pytest.approx(92.0, abs=0.01)
    assert body["max"][12] <= 93.01
    assert body["n"] == 120
    wrong = world.get(f"{RUN}/signals", tags="cathode-coater/1/oven-zones/7")
    assert wrong.status_code == 404
    assert "cathode-coater/1/oven-zones/1" in wrong.json()["nearest"]


def test_alarms_active_and_history(world: World) -> None:
    active = world.json(f"{RUN}/alarms")
    assert [(a["alarm"], a["state"]) for a in active["alarms"]] == [("winder/7/web-break", "new"), ("filler/2/jam", "returned")]
    assert active["alarms"][0]["next"] == "Thread the web, then clear."
    assert [a["alarm"] for a in world.json(f"{RUN}/alarms", state="history", limit=1)["alarms"]] == ["filler/2/jam"]
    assert world.json(f"{RUN}/alarms", priority=3)["total"] == 1
    assert world.get(f"{RUN}/alarms", state="none").status_code == 400


def test_commands_preview_send_and_refuse(world: World) -> None:
    command = {"kind": "acknowledge", "target": {"alarm": 1}, "request": "r-1"}
    assert world.post(f"{RUN}/commands", {**command, "preview": True}).json()["can"] is True
    assert world.mailbox.sent == []
    sent = world.post(f"{RUN}/commands", command)
    assert sent.status_code == 202
    assert sent.json()["command"] == 1
    assert world.mailbox.sent[0]["request"] == "r-1"
    refused = world.post(f"{RUN}/commands", {"kind": "clear", "target": {"station": "winder", "machine": 7}})
    assert refused.status_code == 409
    assert "Held" in refused.json()["what"]
    assert world.post(f"{RUN}/commands", [1]).status_code == 422


def test_the_model_page_tells_where_a_value_is_from(world: World) -> None:
    rows = world.json(f"{RUN}/model", under="target")["entries"]
    assert rows[0]["text"] == "350 /min"


def test_an_address_that_is_none_says_so_in_the_one_shape(world: World) -> None:
    answer = world.get("/api/nothing")
    assert answer.status_code == 404
    assert set(answer.json()) == {"what", "expected", "came", "nearest", "next"}
    wrong = world.get(f"{RUN}/signals", tags="x", pixels="many")
    assert wrong.status_code == 400
    assert "pixels" in wrong.json()["what"]
    assert world.get("/api/runs/live-9").json()["nearest"] == ["live-1"]


def test_a_number_of_the_process_has_as_many_decimals_as_its_meter(world: World) -> None:
    signals = {s["name"]: s for s in next(s for s in world.json(f"{RUN}/plant")["stations"] if s["path"] == "cathode-coater")["signals"]}
    # A thousandth of the range, to a power of ten: 0 .. 180 degC, 0 .. 20 L/min, 0 .. 500 N.
    assert {name: signals[name]["decimals"] for name in ("oven-zones", "pump-rate", "tension")} == {"oven-zones": 1, "pump-rate": 2, "tension": 1}


def test_a_machine_that_is_not_there_is_said_with_those_that_are(world: World) -> None:
    missing = world.get(f"{RUN}/stations/winder/99")
    assert (missing.status_code, missing.json()["next"]) == (404, "Its machines are 1 to 14.")
