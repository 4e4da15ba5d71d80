"""An experiment as a page: every figure on it is one that the findings tell."""

from __future__ import annotations

import re

from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text
from linewright.report.html import Section, table_of
from linewright.tuning.experiment import Case, Experiment
from linewright.tuning.experiment_report import experiment_report
from linewright.tuning.run_experiment import run_experiment

LINE = """
line: three
product: part
stations:
  cut: {count: 3, time: 5 s, failures: {jam: {mtbf: 10 min, mttr: 90 s}}}
  bend: {time: 2.6 s, buffer: 8, failures: {die: {mtbf: 12 min, mttr: 1 min}}, scrap: 2 %}
  pack: {time: 2 s, buffer: 4}
"""
HOUR_S = 3600.0


def test_an_experiment_is_told_with_its_intervals() -> None:
    cases = tuple(
        Case(variant, (("bend.buffer", str(buffer)),), load_text(LINE.replace("r: 8", f"r: {buffer}").replace("2.6 s", time), installed_libraries()))
        for buffer in (2, 20)
        for variant, time in (("as-built", "2.6 s"), ("faster", "2.4 s"))
    )
    asked = Experiment("more or faster", cases, 4 * HOUR_S, warm_up_s=600.0, replications=4, seed=3)
    findings = run_experiment(asked)
    page = experiment_report(findings, [Section("Cross-checks", "", table_of(["what"], [["a"]]))])
    assert re.findall(r"<h[12]>(.*?)</h[12]>", page) == [
        "more or faster", "Over bend.buffer", "Differences", "Output of each run", "Bottleneck", "Bottleneck by active periods", "On paper",
        "Cross-checks", "All figures",
    ]  # fmt: skip
    assert "<script" not in page
    # Each figure drawn is the one that the findings tell.
    for n in range(len(cases)):
        estimate = findings.estimate(n, "output")
        assert estimate is not None
        assert f"{estimate.mean:,.{estimate.digits}f} ± {estimate.half_width:,.{estimate.digits}f}" in page
    apart = findings.difference(1, "output")
    assert apart is not None
    assert f"{apart.estimate.mean:+,.{apart.estimate.digits}f}" in page
    assert apart.verdict == "higher"
