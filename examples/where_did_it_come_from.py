"""Half an hour of the tutorial line with every row kept, and the way of one cell through it: the first question of a quality engineer."""

import tempfile

from linewright.genealogy.trace import trace
from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load
from linewright.twin.simulate import Keep, simulate

with tempfile.TemporaryDirectory() as folder:
    ledger = Ledger(folder)
    simulate(load("four-stations", installed_libraries()), until_s=1800, seed=7, keep=Keep.ALL, ledger=ledger)
    found = trace(ledger.reader(), "cell-100")
    for step in found.life:
        print(f"{step.step:<5} on {step.machine}: {step.verdict}")
    for value in found.node.values:
        print(f"{value.characteristic} {value.value:.4f} {value.unit}, window {value.lower:.2f} to {value.upper:.2f}")
