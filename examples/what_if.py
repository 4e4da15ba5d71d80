"""Does a second winder pay, and is it the winder or the buffer? Differences with their intervals, from runs with the same random numbers."""

from linewright.library.catalogue import installed_libraries
from linewright.tuning.asked import Asked, experiment_of
from linewright.tuning.notes import notes_of
from linewright.tuning.run_experiment import run_experiment

asked = Asked(versus=("wind.count=2", "weld.buffer=100"), until_s=5 * 86_400, warm_up_s=3600, replications=8, seed=7)
findings = run_experiment(experiment_of("four-stations", installed_libraries(), asked))
for number, case in enumerate(findings.experiment.cases):
    output, difference = findings.estimate(number, "output"), findings.difference(number, "output")
    print(f"{case.variant}: {output.mean:.2f} +- {output.half_width:.2f} a minute, bottleneck {findings.active[number].bottleneck}")
    if difference is not None:
        print(f"    {difference.estimate.mean:+.2f} +- {difference.estimate.half_width:.2f}: {difference.verdict}")
for note in notes_of(findings):
    print(note)
table = findings.table()  # columns for Polars, pandas, Arrow
print(f"{len(table)} rows of {', '.join(table.columns)}")
