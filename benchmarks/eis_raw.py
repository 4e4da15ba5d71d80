"""Impedance of a stack: 401 channels of raw samples to phasors in blocks, and seeded faults found (synthetic stacks)."""

from __future__ import annotations

import resource
import subprocess
import sys
import time

import numpy as np

from benchmarks.figure import Figure
from linewright.eis.analysis import analyse, quantities
from linewright.eis.circuit import parse_circuit
from linewright.eis.design import Asked, design
from linewright.eis.excitation import Excitation, Segment
from linewright.eis.phasors import PhasorStream
from linewright.eis.spectrum import Spectra
from linewright.eis.synthetic_stack import synthetic_stack
from linewright.eis.verdict import judge
from linewright.exchange.impedance.recipe_file import read_recipe

CELLS, SECONDS, CORES = 400, 30.0, 2
KINDS = ("dry", "flooded", "short", "poor contact", "poisoned")
NOISE = 1e-3  # of |Z|, each part


def raw() -> tuple[float, float, float]:
    """Return CPU seconds of 30 s of 401 channels at 50 kS/s, the largest resident size in MB, and the worst error of Z as a share."""
    multi = design(Asked(0.1, 1e4, 1000.0, CELLS))[0].excitation
    (s,) = multi.segments
    sent = Excitation(multi.kind, multi.sample_rate_hz, multi.mean_a, (Segment(0, s.count, s.cycles, s.amplitude_a, s.phase_rad),))
    assert sent.duration_s == SECONDS
    width = int(sent.sample_rate_hz)
    noise = 5e-5 * np.random.default_rng(0).standard_normal((CELLS + 1, width), dtype=np.float32)
    stream, cpu = PhasorStream(sent, CELLS + 1), 0.0
    for first in range(0, sent.samples, width):
        current = sent.current_a(first, width).astype(np.float32)
        block = noise + np.float32(2e-4) * current
        block[0] = current
        start = time.process_time()
        stream.push(block)
        cpu += time.process_time() - start
    start = time.process_time()
    found = stream.result()
    cpu += time.process_time() - start
    off = float(np.abs(found.value[1:] / found.value[0] / 2e-4 - 1.0).max())
    return cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0, off


def faults() -> tuple[int, int, int, float, float, float]:
    """Return faults found, faults put in, healthy cells that fail, largest errors of HFR and Rct as shares, and CPU seconds for 400 cells."""
    recipe = read_recipe("fuel-cell-stack")
    f = np.logspace(4, -1, 41)
    hit = put = false = 0
    hfr = rct = 0.0
    cpu = []
    for seed in range(5):
        rng = np.random.default_rng([seed, 9])
        wrong = {int(k): KINDS[n % 5] for n, k in enumerate(rng.choice(CELLS, 20, replace=False))}
        stack = synthetic_stack(CELLS, 100 + seed, wrong)
        z = stack.impedance_ohm(f, with_leads=False)
        noisy = z + NOISE * np.abs(z) * (rng.standard_normal(z.shape) + 1j * rng.standard_normal(z.shape))
        start = time.process_time()
        found = analyse(Spectra.of(f, noisy, (), (NOISE * np.abs(z)) ** 2), parse_circuit(recipe.circuit), "measured")
        values = quantities(found, recipe)
        failed = {c.cell for c in judge({**values, "voltage": stack.voltage_v}, found.spectra.names, recipe).failed}
        cpu.append(time.process_time() - start)
        hit, put, false = hit + len(failed & set(wrong)), put + len(wrong), false + len(failed - set(wrong))
        healthy = np.array([k for k in range(CELLS) if k not in wrong])
        hfr = max(hfr, float(np.abs(values["hfr"][healthy] / stack.ohmic_ohm[healthy] - 1.0).max()))
        rct = max(rct, float(np.abs(values["rct"][healthy] / stack.transfer_ohm[healthy] - 1.0).max()))
    return hit, put, false, hfr, rct, float(np.median(cpu))


def measure() -> list[Figure]:
    """Return the figures; the raw samples go through a process of their own, whose memory is looked at."""
    told = subprocess.run([sys.executable, "-m", "benchmarks.eis_raw"], capture_output=True, text=True, check=True).stdout.split()
    cpu, size, off = (float(x) for x in told)
    hit, put, false, hfr, rct, chain = faults()
    return [
        Figure("401 channels x 30 s at 50 kS/s: CPU", cpu, "s", at_most=CORES * SECONDS, note=f"two cores have {CORES * SECONDS:.0f} s in 30 s"),
        Figure("the same: largest resident size", size, "MB", at_most=1000.0, note="with the block of test samples"),
        Figure("the same: worst error of Z", off * 100, "%", note="5e-5 V noise a sample, 3 % modulation"),
        Figure("seeded faults found, of 100", float(hit), "", at_least=float(put), note="five synthetic stacks of 400 cells, five kinds"),
        Figure("healthy cells that fail, of 1,900", float(false), "", at_most=4.0, note="1 in 400"),
        Figure("high-frequency resistance, worst error", hfr * 100, "%", at_most=0.5, note="noise 0.1 % of |Z|"),
        Figure("charge transfer, worst error", rct * 100, "%", at_most=3.0),
        Figure("quality, KK, fit, DRT, verdict of 400 cells: CPU", chain, "s", at_most=3.0),
    ]


if __name__ == "__main__":
    sys.stdout.write(" ".join(str(x) for x in raw()) + "\n")
