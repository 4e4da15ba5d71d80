"""Run the measurements and print each figure beside its bar."""

from __future__ import annotations

import argparse
import importlib
import json
import time
from dataclasses import asdict

from benchmarks.figure import REPOSITORY, Figure, machine

NAMES = (
    *("help_cpu", "simulate_day", "recursion_speed", "every_line", "live_pace", "live_memory", "restart", "curves", "page_trends", "fresh_clone"),
    *("eis_kk", "eis_fit", "eis_drt", "eis_chain", "eis_raw"),
    "side_speed",
    *("first_result", "replications", "memory_of_days", "fleet_speed", "trace_metres"),
    "year_21700",
    "explain_faults",
    "stores",
)


def show(figures: list[Figure]) -> None:
    """Print figures as a table."""
    width = max(len(f.what) for f in figures)
    for f in figures:
        verdict = "" if not f.bar else ("met" if f.is_met else "NOT MET")
        print(f"  {f.what:<{width}}  {f.value:>10.4g} {f.unit:<10}  {f.bar:<16} {verdict:<8} {f.note}", flush=True)


def main() -> int:
    """Measure; return 1 where a bar is not met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", default=list(NAMES), help=f"of {', '.join(NAMES)}")
    names = parser.parse_args().names
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        parser.error(f"there is no measurement {', '.join(unknown)}; there are {', '.join(NAMES)}")
    print(", ".join(f"{k} {v}" for k, v in machine().items()), flush=True)
    everything: dict[str, list[Figure]] = {}
    for name in names:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n{name}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
        start = time.perf_counter()
        everything[name] = module.measure()
        show(everything[name])
        print(f"  ({time.perf_counter() - start:.0f} s)", flush=True)
    out = REPOSITORY / "benchmarks" / "out"
    out.mkdir(exist_ok=True)
    rows = {name: [{**asdict(f), "is_met": f.is_met} for f in figures] for name, figures in everything.items()}
    (out / "figures.json").write_text(json.dumps({"machine": machine(), "figures": rows}, indent=1))
    return int(not all(f.is_met for fs in everything.values() for f in fs))


if __name__ == "__main__":
    raise SystemExit(main())
