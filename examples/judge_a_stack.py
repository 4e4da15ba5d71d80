"""A stack of 40 cells at 1,000 A, from the design of the current to the cells that fail. The stack is synthetic: nothing here was measured."""

from linewright.eis.analysis import analyse, quantities
from linewright.eis.circuit import parse_circuit
from linewright.eis.design import Asked, design
from linewright.eis.phasors import PhasorStream
from linewright.eis.spectrum import Spectra
from linewright.eis.stack_spectra import calibration_of, stack_spectra, without_leads
from linewright.eis.synthetic_stack import SyntheticRecord, synthetic_stack
from linewright.eis.verdict import judge
from linewright.exchange.impedance.recipe_file import read_recipe

multi, stepped = design(Asked(lowest_hz=1.0, highest_hz=5000.0, current_a=1000.0, cells=40, share=0.05))
sent = multi.excitation
print(f"{len(multi.frequency_hz)} lines at once take {sent.duration_s:.1f} s, one after the other {stepped.excitation.duration_s:.1f} s")

stack = synthetic_stack(40, seed=7, faults={16: "dry", 22: "flooded", 29: "swapped lead"})
record = SyntheticRecord(stack, sent)
stream = PhasorStream(sent, channels=1 + stack.cells)
for block in record.blocks(8192):  # as they come: (channels, samples), the current first
    stream.push(block)
seen = stack_spectra(stream.result())
for _, name, what in seen.faults:
    print(f"cell {name} is not judged: {what}")

f = seen.spectra.frequency_hz[:10]
leads = calibration_of(Spectra.of(f, 1e-5 + 2j * 3.141592653589793 * f * stack.lead_h[seen.channel, None]))  # on a short
recipe = read_recipe("fuel-cell-stack")
found = analyse(without_leads(seen.spectra, leads), parse_circuit(recipe.circuit), "measured")
verdict = judge(quantities(found, recipe, seen), found.spectra.names, recipe, seen.channel, seen.faults)
for cell in verdict.failed:
    print(f"cell {cell.name} fails" + (f", it looks like: {cell.looks_like}" if cell.looks_like else ""))
print("the stack passes" if verdict.is_pass else "the stack fails")
