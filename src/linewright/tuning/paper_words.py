"""What paper tells beside what was simulated, in words, for the command line and for reports."""

from __future__ import annotations

from linewright.tuning.findings import Findings
from linewright.tuning.on_paper import BOUND_ASSUMES, LINE_ASSUMES

__all__ = ["assumed", "paper_rows"]


def paper_rows(findings: Findings, case: int) -> list[tuple[str, str]]:
    """Return (value, what it is and how far the simulation lies from it) of each answer that needs no simulation."""
    paper, rows = findings.papers[case], []
    output, little = findings.estimate(case, "output"), findings.little(case)
    if paper.bound_per_min is not None and output is not None:
        share = output.mean / paper.bound_per_min
        rows.append((f"at most {paper.bound_per_min:.4g} /min", f"by {paper.bound_station}; simulated {share:.1%} of it"))
    if paper.decomposition_per_min is not None and output is not None:
        apart = output.mean / paper.decomposition_per_min - 1.0
        rows.append((f"about {paper.decomposition_per_min:.4g} /min", f"by two-machine decomposition; simulated {apart:+.1%}"))
    if little is not None and little[0] > 0.0:
        apart = little[1] / little[0] - 1.0
        rows.append((f"{little[0]:,.4g} items inside", f"rate x stay of those that left {apart:+.2%} (Little's law: 0 in the long run)"))
    return rows


def assumed(findings: Findings) -> list[str]:
    """Return what those answers take for granted, a sentence each."""
    told = [f"The bound takes {BOUND_ASSUMES}."]
    if any(paper.decomposition_per_min is not None for paper in findings.papers):
        told.append(f"The decomposition takes {LINE_ASSUMES}.")
    return told
