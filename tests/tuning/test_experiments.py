"""Experiments: what is asked, what is run, on how many threads, and what comes out."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import numpy as np
import pytest

from linewright.control.compile import compile_plant
from linewright.library.catalogue import installed_libraries
from linewright.measures.figures import figures_of
from linewright.model.errors import LinewrightError, ModelError, NotYetError
from linewright.model.load import load
from linewright.model.reader import Report
from linewright.tuning import run_experiment as module
from linewright.tuning.asked import Asked, experiment_of, swept_values
from linewright.tuning.findings import Findings
from linewright.tuning.on_ray import on_ray
from linewright.tuning.recording import Length
from linewright.tuning.run_experiment import run_experiment
from linewright.twin.simulate import simulate

LIBRARY = installed_libraries()
HOUR, DAY = 3600.0, 86400.0


def found(line: str = "four-stations", **asked: object) -> Findings:
    return run_experiment(experiment_of(line, LIBRARY, Asked(**asked)))  # type: ignore[arg-type]


def same(a: Findings, b: Findings) -> bool:
    pairs = [(x, y) for one, other in zip(a.runs, b.runs, strict=True) for x, y in zip(one, other, strict=True)]
    return all(
        x.values.keys() == y.values.keys()
        and all(x.values[name].tobytes() == y.values[name].tobytes() for name in x.values)
        and x.output.tobytes() == y.output.tobytes()
        and (x.number, x.warm_up_s, x.failures, x.little, x.bottlenecks) == (y.number, y.warm_up_s, y.failures, y.little, y.bottlenecks)
        for x, y in pairs
    )


# ---- what is asked


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.count=10..13", ("10", "11", "12", "13")),
        ("a.count=10..16:3", ("10", "13", "16")),
        ("a.count=13..11", ("13", "12", "11")),
        ("a.buffer=50,200,1000", ("50", "200", "1000")),
        ("a.buffer=5,10..12,10", ("5", "10", "11", "12")),
        ("a.time=2.0..2.2s:0.1", ("2.0 s", "2.1 s", "2.2 s")),
        ("a.time = 1s..3 s", ("1 s", "2 s", "3 s")),
        ("a.measures.v.window=3.5 V .. 3.7 V", ("3.5 V .. 3.7 V",)),
    ],
)
def test_values_of_a_sweep(text: str, values: tuple[str, ...]) -> None:
    report = Report()
    read = swept_values(text, report)
    assert not report.faults
    assert read is not None
    assert read[1] == values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("winder.count", "a path, `=` and values were expected"),
        ("a.count=1..x", "is no range"),
        ("a.time=1s..2min", "has several units: min, s"),
        ("a.time=1.5..2.5s", "needs a step"),
        ("a.count=1..9:0", "leads nowhere"),
        ("a.count=1..1000000000000", "is 1000000000000 values"),
        ("a.count=1,,2", "a value is missing"),
    ],
)
def test_faults_of_a_sweep(text: str, words: str) -> None:
    report = Report()
    swept_values(text, report)
    assert [words in fault.message for fault in report.faults] == [True]


def test_all_faults_of_all_options_are_said_at_once() -> None:
    asked = Asked(("fil.time=3s",), ("wnd.count=2", "four-station"), ("wind.cont=1..3", "weld.time=1..x"))
    with pytest.raises(ModelError) as told:
        experiment_of("four-stations", LIBRARY, asked)
    text = str(told.value)
    for words in (
        "--set fil.time=3s  fil.time: the path names nothing. Did you mean `fill`?",
        "--vs wnd.count=2  wnd.count: the path names nothing. Did you mean `wind`?",
        "Did you mean `four-stations`?",
        "--sweep wind.cont=1..3  wind.cont: the path names nothing: there is no `cont`. Did you mean `count`?",
        "`1..x` is no range",
        "5 faults. Nothing was run.",
    ):
        assert words in text


def test_a_value_that_does_not_fit_names_the_sweep() -> None:
    with pytest.raises(ModelError, match=r"--sweep wind.count=1,two +stations.wind.count"):
        experiment_of("four-stations", LIBRARY, Asked(sweeps=("wind.count=1,two",)))


def test_settings_are_laid_over_each_other() -> None:
    e = experiment_of("four-stations", LIBRARY, Asked(("wind.count=2", "fill.buffer=3"), ("wind.count=3 weld.time=5 s",)))
    assert e.variants == ("wind.count=2, fill.buffer=3", "wind.count=3, weld.time=5 s")
    base, other = (case.plant for case in e.cases)
    assert [(p.segment("wind").count, p.segment("fill").buffer, p.segment("weld").time.mean) for p in (base, other)] == [(2, 3, 4.0), (3, 3, 5.0)]
    assert [e.base_of(n) for n in range(2)] == [None, 0]


def test_two_lines_side_by_side_keep_their_own_stations() -> None:
    e = experiment_of("four-stations", LIBRARY, Asked(("wind.count=2", "run.start=filled"), ("cylindrical-21700-tabless",)))
    assert e.variants == ("four-stations", "cylindrical-21700-tabless")
    assert [case.plant.run.start.value for case in e.cases] == ["filled", "filled"]


EXPERIMENT = """
experiment: more-winders
about: Does a second winder pay?
use: four-stations
stations:
  test: none
  camera: {after: weld, time: 1 s, buffer: 5}
variants:
  as-built: {}
  two: {wind.count: 2}
sweep:
  weld.buffer: [5, 50]
run: {until: 6 h, warm-up: 1 h, replications: 3, seed: 9, show: [output, oee]}
"""


def test_an_experiment_file(tmp_path: Path) -> None:
    file = tmp_path / "e.yaml"
    file.write_text(EXPERIMENT, encoding="utf-8")
    e = experiment_of(str(file), LIBRARY, Asked())
    assert [case.label for case in e.cases] == [
        "as-built: weld.buffer = 5", "as-built: weld.buffer = 50", "two: weld.buffer = 5", "two: weld.buffer = 50",
    ]  # fmt: skip
    assert (e.until_s, e.warm_up_s, e.replications, e.seed, e.show) == (6 * HOUR, HOUR, 3, 9, ("output", "oee"))
    assert [s.name for s in e.cases[3].plant.segments] == ["wind", "weld", "camera", "fill"]
    assert [e.base_of(n) for n in range(4)] == [None, None, 0, 1]
    findings = run_experiment(e)
    assert {run.warm_up_s for runs in findings.runs for run in runs} == {HOUR}
    assert findings.difference(2, "output").verdict == "higher"  # type: ignore[union-attr]
    over = experiment_of(str(file), LIBRARY, Asked(sweeps=("weld.buffer=7",), replications=2, is_found=True, seed=1))
    assert ([case.point for case in over.cases], over.replications, over.warm_up_s, over.seed) == ([(("weld.buffer", "7"),)] * 2, 2, None, 1)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Asked(until_s=HOUR, warm_up_s=HOUR), "leaves nothing of a run"),
        (Asked(batches=10, replications=3), "take --batches away"),
        (Asked(batches=31), "2 to 30 parts"),
        (Asked(sweeps=("wind.count=1..100", "weld.count=1..100")), "makes 1 x 100 x 100 cases"),
    ],
)
def test_numbers_that_do_not_fit_each_other(asked: Asked, words: str) -> None:
    with pytest.raises(LinewrightError, match=words):
        experiment_of("four-stations", LIBRARY, asked)


# ---- what is run


def test_results_are_those_of_the_twin_alone() -> None:
    """A replication counted from its begin is `simulate` with the same number, to the last bit."""
    plant = load("four-stations", LIBRARY)
    findings = found(until_s=2 * HOUR, warm_up_s=0.0, replications=3, seed=5)
    for number in range(3):
        alone = simulate(plant, until_s=2 * HOUR, seed=5, replication=number)
        figures = figures_of(alone.compiled, alone.tally)
        run = findings.runs[0][number]
        assert run.values["output"][0] == figures.line.throughput_s * 60
        assert run.values["wind.fault"][0] == figures.station("wind").shares["fault"] * 100
        assert run.output.sum() == alone.made


def test_results_do_not_depend_on_threads_nor_on_what_else_is_run() -> None:
    asked = {"until_s": 5 * HOUR, "versus": ("wind.count=2",), "replications": 5}
    e = experiment_of("four-stations", LIBRARY, Asked(**asked))  # type: ignore[arg-type]
    one = run_experiment(e, workers=1)
    assert same(one, run_experiment(e, workers=4))
    alone = found(until_s=5 * HOUR, replications=5, warm_up_s=0.0)
    both = found(until_s=5 * HOUR, replications=5, warm_up_s=0.0, versus=("wind.count=2",))
    assert [run.values["output"][0] for run in alone.runs[0]] == [run.values["output"][0] for run in both.runs[0]]


def test_ray_gives_the_same_bits() -> None:
    ray = pytest.importorskip("ray", reason="needs the extra: pip install 'linewright[ray]'")
    e = experiment_of("four-stations", LIBRARY, Asked(until_s=HOUR, versus=("wind.count=2",), replications=3))
    shares: list[float] = []
    assert same(run_experiment(e, on="ray", workers=2, progress=shares.append), run_experiment(e))
    assert shares[-1] == 1.0
    assert not ray.is_initialized()


def test_what_fails_on_ray_is_raised_here_and_ends_it() -> None:
    ray = pytest.importorskip("ray", reason="needs the extra: pip install 'linewright[ray]'")
    line = compile_plant(load("four-stations", LIBRARY))
    with pytest.raises(ValueError, match="NaN"):
        on_ray([line], [(0, 0)], Length(float("nan")), 1, workers=1)
    assert not ray.is_initialized()


def test_a_run_that_fails_ends_the_others() -> None:
    before = threading.active_count()
    with pytest.raises(NotYetError):
        found(changes=("wind.places=5",), replications=2)  # a store that fails and scraps has no behaviour yet
    assert threading.active_count() == before


def test_common_numbers_make_a_difference_sharp() -> None:
    findings = found(until_s=DAY, versus=("weld.buffer=3",), replications=8)
    difference = findings.difference(1, "output")
    assert difference is not None
    assert difference.estimate.half_width is not None
    alone = findings.estimate(0, "output")
    assert alone is not None
    assert alone.half_width is not None
    assert difference.estimate.half_width < alone.half_width / 5


def test_ctrl_c_leaves_what_every_case_has_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    e = experiment_of("four-stations", LIBRARY, Asked(until_s=20 * DAY, versus=("wind.count=2",), replications=40))
    seen = []

    def progress(share: float) -> None:
        seen.append(share)
        if share > 0.2:
            signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        findings = run_experiment(e, workers=2, progress=progress)
    finally:
        signal.signal(signal.SIGINT, before)
    assert not findings.is_whole
    assert 2 <= len(findings.runs[0]) == len(findings.runs[1]) < 40
    assert findings.to_json()["replications_done"] == len(findings.runs[0])


def test_a_run_does_not_choose_its_own_warm_up() -> None:
    """With ten failures a day MSER-5 on a day's own output is 0.7 % too high; found in the other runs it is not."""
    exact = 60 / 2.6 * 0.995 * 0.96
    runs = found(until_s=DAY, replications=150).runs[0]
    rates = np.array([run.values["wind.output"][0] for run in runs])
    half = 2.6 * rates.std(ddof=1) / np.sqrt(len(rates))
    assert half < 0.004 * exact
    assert abs(rates.mean() - exact) < half
    assert {run.is_steady for run in runs} == {True}


def test_a_line_that_has_to_fill_first_is_not_counted_while_it_does(tmp_path: Path) -> None:
    file = tmp_path / "slow.yaml"
    file.write_text("line: slow\nproduct: part\nstations:\n  cut: {time: 10 s}\n  soak: {places: 1000, time: 2 h}\n", encoding="utf-8")
    findings = found(str(file), until_s=DAY, replications=3)
    assert [2 * HOUR <= run.warm_up_s <= 3 * HOUR for run in findings.runs[0]] == [True] * 3
    assert findings.estimate(0, "output").mean == pytest.approx(6.0, rel=1e-3)  # type: ignore[union-attr]
    short = found(str(file), until_s=2.5 * HOUR, replications=3)
    assert {run.is_steady for run in short.runs[0]} == {False}


def test_one_long_run_in_parts() -> None:
    findings = found(until_s=20 * DAY, batches=20)
    assert len(findings.runs[0]) == 1
    estimate = findings.estimate(0, "output")
    assert estimate is not None
    assert estimate.half_width is not None
    assert estimate.samples == 20
    exact = 60 / 2.6 * 0.995 * 0.96 * 0.99914
    assert abs(estimate.mean - exact) < 2 * estimate.half_width
    assert len(findings.runs[0][0].values["oee"]) == 20


def test_the_best_is_named_only_where_it_is_told_apart() -> None:
    findings = found(until_s=DAY, sweeps=("wind.count=1,2",), replications=4)
    best = findings.best()
    assert best is not None
    assert (best.case, best.rivals, best.is_clear) == (1, (), True)
    alike = found(until_s=DAY, sweeps=("weld.buffer=20,21,22",), replications=4).best()
    assert alike is not None
    assert len(alike.rivals) == 2
    assert findings.best("wind.work") is None


def test_tables_for_programs() -> None:
    findings = found(until_s=HOUR, sweeps=("wind.count=1,2",), versus=("weld.buffer=3",), replications=2)
    table = findings.table()
    assert list(table.columns)[:4] == ["variant", "wind.count", "figure", "unit"]
    assert len(table) == 4 * len(findings.figures)
    assert {values.dtype.kind for values in table.columns.values()} <= {"U", "f", "i"}
    row = next(r for r in table.rows() if r["variant"] == "weld.buffer=3" and r["wind.count"] == "2" and r["figure"] == "output")
    assert row["against"] == "as written"
    assert row["difference"] == findings.difference(3, "output").estimate.mean  # type: ignore[union-attr]
    output = findings.output(0)
    assert (len(output), output["good"].sum()) == (1200, sum(run.output.sum() for run in findings.runs[0]))
    assert "<table>" in table._repr_html_()
    assert "as written: wind.count = 1" in findings._repr_html_()


def test_arrow_takes_a_table_as_it_is() -> None:
    pa = pytest.importorskip("pyarrow", reason="needs the extra: pip install 'linewright[arrow]'")
    table = found(until_s=HOUR, versus=("weld.buffer=3",), replications=2).table()
    arrow = pa.table(table)  # by Arrow's C interface
    assert arrow.num_rows == len(table)
    assert arrow.column_names == list(table.columns)
    assert arrow["mean"].to_pylist() == table["mean"].tolist()
    assert {str(arrow.schema.field(name).type) for name in ("figure", "mean", "samples")} == {"string", "double", "int64"}


def test_nothing_here_keeps_state() -> None:
    assert [name for name, value in vars(module).items() if isinstance(value, list | dict | set) and not name.startswith("__")] == []
