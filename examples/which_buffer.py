"""Which buffer is enough? A sweep, its best told apart from the rest, and the answer on paper beside it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from linewright.library.catalogue import installed_libraries
from linewright.tuning.asked import Asked, experiment_of
from linewright.tuning.run_experiment import run_experiment

LINE = """\
line: series
product: part
stations:
  first: {time: 1 s, failures: {stop: {mtbf: 100 s, mttr: 10 s}}}
  second: {use: first, buffer: 5}
  third: {use: first, buffer: 5}
"""
with TemporaryDirectory() as folder:
    file = Path(folder) / "series.yaml"
    file.write_text(LINE, encoding="utf-8")
    asked = Asked(sweeps=("second.buffer=5,20,80",), until_s=400_000, warm_up_s=4000, replications=8)
    findings = run_experiment(experiment_of(str(file), installed_libraries(), asked))
for number, case in enumerate(findings.experiment.cases):
    output, paper = findings.estimate(number, "output"), findings.papers[number]
    print(f"{case.label}: {output.mean:.2f} +- {output.half_width:.2f} a minute; by decomposition {paper.decomposition_per_min:.2f}")
best = findings.best("output")
print("best:", findings.experiment.cases[best.case].label if best.is_clear else "not told apart")
