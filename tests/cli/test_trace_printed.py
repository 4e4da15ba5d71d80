"""What `trace` prints of values along a web: metres, side and lane tell rows of one characteristic apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from linewright.cli.main import run_command
from linewright.cli.printing import table
from linewright.cli.trace import asked_for, curve_words, print_branches, print_values, value_words
from linewright.genealogy.tree import Branch, Curve, CurveLine, Edge, Node, Value
from linewright.ledger.ledger import Ledger
from linewright.model.errors import LinewrightError


def along(side: str | None, lane: int | None, value: float, hi_m: float | None = 15.0) -> Value:
    lo_m = None if hi_m is None else 10.0
    return Value("areal-weight", "coater", None, value, "mg/cm^2", side=side, lane=lane, low=value, high=value, count=5, lo_m=lo_m, hi_m=hi_m)


def test_rows_of_one_characteristic_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    values = (along("A", 1, 24.0), along("A", 2, 24.1), along("B", 1, 24.2), along("B", 2, 24.3))
    print_values(values)
    head, *rows = [line.split("   ") for line in capsys.readouterr().out.strip().splitlines()]
    assert [h.strip() for h in head if h.strip()][:4] == ["Measured", "Metres", "Side", "Lane"]
    told = [[cell.strip() for cell in row if cell.strip()][1:4] for row in rows]
    assert told == [["10.000 .. 15.000", side, lane] for side in "AB" for lane in "12"]


def test_a_cells_values_have_no_columns_of_a_web(capsys: pytest.CaptureFixture[str]) -> None:
    print_values((Value("diameter", "winder", "winder/1", 20.1, "mm"),))
    assert capsys.readouterr().out.split() == [
        "Measured", "Step", "Value", "Unit", "Lower", "Upper", "Source", "diameter", "winder", "20.1", "mm", "-", "-", "measured",
    ]  # fmt: skip


def test_a_web_in_the_tree_names_the_side_and_the_lane_where_there_are_several() -> None:
    one_lane = Node("COIL-4", "web", "coil", values=(along("A", 3, 24.0), along("B", 3, 24.2)))
    assert value_words(one_lane) == "  | areal-weight side A 24 mg/cm^2; areal-weight side B 24.2 mg/cm^2"
    lanes = Node("COIL-4", "web", "coil", values=(along("A", 1, 24.0), along("A", 2, 24.2)))
    assert value_words(lanes) == "  | areal-weight side A lane 1 24 mg/cm^2; areal-weight side A lane 2 24.2 mg/cm^2"
    assert value_words(Node("SB-1", "lot", "slurry", values=(along(None, None, 6.6, None),))) == "  | areal-weight 6.6 mg/cm^2"


def test_a_lane_without_metres_is_told_how_to_ask() -> None:
    with pytest.raises(LinewrightError, match="both ends, and --lane 300 is of such a span: linewright trace ID --from 10 --to 15 --lane 1"):
        asked_for("COIL-4", None, None, None, 300)
    with pytest.raises(LinewrightError, match=r"both ends: linewright trace ID --from 10 --to 15 \(metres\)"):
        asked_for("COIL-4", None, 10.0, None, None)


def test_metres_keep_their_millimetres() -> None:
    assert asked_for("COIL-4", None, 2993.9994, 12_345_678.0, None) == "COIL-4:2993.999..12345678"


def test_a_curve_is_one_line() -> None:
    volts = CurveLine("voltage", "V", (2.8, 4.2, 2.8), 4)
    amperes = CurveLine("current", "A", (0.5, 0.5, -0.5), 4, 5.7261, 5.0332, "Ah")
    curve = Curve("formation", "formation/12", "T-4", 7, 0, 86_400_000_000, "measured", (0.0, 41_000.0, 86_400.0), (volts, amperes))
    assert curve_words(curve) == (
        "curve at formation/12, begun 1970-01-01 00:00:00: voltage 2.8 .. 4.2 V, charge 5.7261 Ah, discharge 5.0332 Ah; 3 points (--json has them)"
    )
    watts = CurveLine("power", "W", (1.0, 2.0, 1.0), 1, 12.0, 0.0, "Wh")
    again = Curve("formation", None, None, None, None, None, "made before this run", (0.0, 1.0, 2.0), (watts,))
    assert curve_words(again) == (
        "curve at formation, begun -: power in 12.0000 Wh, power out 0.0000 Wh; 3 points (--json has them); "
        "made before this run, drawn again from the seed"
    )


def leaves(count: int, material: str = "cell") -> tuple[Branch, ...]:
    return tuple(Branch(Edge("part", role="separator"), Node(f"{material.upper()}-{n}", "unit", material)) for n in range(1, count + 1))


def test_many_branches_of_one_sort_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_branches("Went into", (*leaves(40), *leaves(2, "can")))
    assert capsys.readouterr().out.splitlines() == [
        "", "Went into", "   CELL-1 .. CELL-40  40 of cell  separator  (--json has each)", "   CAN-1  can  separator", "   CAN-2  can  separator",
    ]  # fmt: skip


def test_no_line_is_wider_than_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    long = ", ".join(str(n) for n in range(900))
    print_values((Value("AH-IN", None, None, None, "", text=long, source="stated"),))
    print_branches("Made of", (Branch(Edge("link", "stated", "x" * 300), Node("File:" + "y" * 300, "file", None)),))
    table(["Id", "Words", "Count"], [["z" * 268, long, "1"], ["CELL-1", "short", "2"]], right=[2])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 200
    assert sum("\N{HORIZONTAL ELLIPSIS}" in text for text in lines) == 3
    assert next(text for text in lines if text.startswith("CELL-1 ")).split() == ["CELL-1", "short", "2"]


def test_the_newest_of_an_import_are_a_line_a_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Ledger(tmp_path).create_run("t", "d", "import", name="pilot") as writer:
        kinds = [writer.key("kind", name) for name in ("sheet", "cell")]
        writer.append("thing", {"key": list(range(1, 41)), "id": [f"{n}" for n in range(1, 41)], "kind": [kinds[n % 2] for n in range(40)]})
        writer.commit()
    assert run_command(["trace", "--ledger", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert [line.split()[1] for line in out.splitlines() if line.split()[1:2] in (["sheet"], ["cell"])] == ["cell", "sheet"]
    assert "--json lists ten of each." in out


def two_units(tmp_path: Path) -> Path:
    """A web of 10 m, two cells of it, one on a tray."""
    with Ledger(tmp_path).create_run("t", "d", "twin", name="small") as writer:
        web, unit, carrier = (writer.key("kind", name) for name in ("web", "unit", "carrier"))
        ids, kinds = ["M-1", "C-1", "C-2", "T-1"], [web, unit, unit, carrier]
        writer.append("thing", {"key": [1, 2, 3, 4], "id": ids, "kind": kinds, "amount": [10_000, None, None, None]})
        writer.append("consume", {"web": [1, 1], "lo_mm": [0, 1000], "hi_mm": [1000, 2000], "unit": [2, 3], "role": [writer.key("input", "web")] * 2})
        writer.append("placed", {"unit": [3], "carrier": [4], "place": [6], "from_us": [5_000_000]})
        writer.commit()
    return tmp_path


def test_metres_that_were_bad_lead_to_units_and_where_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(two_units(tmp_path))
    assert run_command(["trace", "--web", "M-1", "--from", "1.2m", "--to", "4", "--guard", "0.3m", "--ledger", folder]) == 0
    out = capsys.readouterr().out.splitlines()
    assert "Affected by 1.20 to 4.00 m of M-1" in out
    assert "   1 certain, 1 more possible, guard 0.3 m" in out
    assert next(line for line in out if line.startswith("C-2 ")).split()[1:] == [
        "certain", "-", "1.00", "..", "2.00", "0.00", "on", "T-1", "T-1", "/", "7", "-", "1970-01-01", "00:00:05",
    ]  # fmt: skip
    assert "   not used yet: M-1 2.00 .. 4.30 m" in out
    short = ["trace", "M-1:1.2..4", "--guard", "0.3m", "--csv", "--ledger", folder]
    assert run_command(short) == 0
    heads, first, second = (line.split(",") for line in capsys.readouterr().out.splitlines())
    assert [dict(zip(heads, row, strict=True))["basis"] for row in (first, second)] == ["possible", "certain"]
    assert dict(zip(heads, second, strict=True))["carrier"] == "T-1"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--from", "1kg", "--to", "2m"], '--from: "1kg" is a mass; a length was expected'),
        (["--from", "1", "--to", "2", "--across", "x"], "`x` is no stretch across a web. Expected: millimetres from the operator side"),
        (["--from", "1", "--to", "2", "--across", "40..30mm"], "the end lies behind the start"),
        (["--csv"], "--csv lists the units in a piece of a web"),
        (["--from", "1", "--to", "2", "--side", "C"], "'C' is not one of 'A', 'B'"),
    ],
)
def test_a_wrong_piece_is_told_with_what_was_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str) -> None:
    folder = str(two_units(tmp_path))
    assert run_command(["trace", "--web", "M-1", *options, "--ledger", folder]) == 2
    assert words in capsys.readouterr().err
