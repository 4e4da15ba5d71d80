"""An excitation as a file that a bench can load: YAML, or CSV with one line of it a row. Read back, it is the same to the last bit."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from linewright.eis.excitation import Excitation, Segment
from linewright.exchange.impedance.measured import fault
from linewright.model.errors import DataError
from linewright.model.quantity import QuantityFault, parse_amount
from linewright.model.reader import Fields, Items, Node, Report, Text, parse, read_text

__all__ = ["as_csv", "as_yaml", "from_plain", "plain", "read_excitation"]

HEADS = ("segment", "begin", "count", "cycles", "frequency_hz", "amplitude_a", "phase_rad")
KINDS = ("multi-sine", "stepped sine")


def plain(excitation: Excitation) -> dict[str, Any]:
    """Return an excitation as what JSON can hold."""
    return {
        "excitation": excitation.kind, "sample_rate_hz": float(excitation.sample_rate_hz), "mean_a": float(excitation.mean_a),
        "segments": [
            {
                "begin": s.begin, "count": s.count, "cycles": s.cycles.tolist(),
                "amplitude_a": s.amplitude_a.tolist(), "phase_rad": s.phase_rad.tolist(),
            }
            for s in excitation.segments
        ],
    }  # fmt: skip


def from_plain(body: Mapping[str, Any]) -> Excitation:
    """Return the excitation of what `plain` gave.

    Raises
    ------
    ValueError
        It is something else, or its numbers make no excitation.
    """
    try:
        segments = tuple(
            Segment(
                int(s["begin"]), int(s["count"]), np.array(s["cycles"], dtype=np.int64), np.array(s["amplitude_a"], dtype=np.float64),
                np.array(s["phase_rad"], dtype=np.float64),
            )
            for s in body["segments"]
        )  # fmt: skip
        made = Excitation(body["excitation"], float(body["sample_rate_hz"]), float(body["mean_a"]), segments)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{error} is missing or of another kind") from error
    wrong = what_is_wrong(made)
    if wrong:
        raise ValueError(wrong)
    return made


def what_is_wrong(excitation: Excitation) -> str:
    """Return why numbers make no excitation, empty where they do."""
    if excitation.kind not in KINDS:
        return f"the kind is {KINDS[0]} or {KINDS[1]}; {excitation.kind} came"
    if not excitation.segments:
        return "there is no segment"
    if not (excitation.sample_rate_hz > 0.0 and np.isfinite(excitation.mean_a)):
        return "the sample rate is above 0, and the current a number"
    before = 0
    for number, s in enumerate(excitation.segments, 1):
        same = len(s.cycles) == len(s.amplitude_a) == len(s.phase_rad) > 0
        if not same or (s.cycles <= 0).any() or (np.diff(s.cycles) <= 0).any() or 2 * int(s.cycles[-1]) >= s.count:
            return f"segment {number}: cycles rise, from 1 to less than half of its {s.count} samples, each with an amplitude and a phase"
        if not (np.isfinite(s.amplitude_a).all() and (s.amplitude_a > 0.0).all() and np.isfinite(s.phase_rad).all()):
            return f"segment {number}: amplitudes are above 0, and phases numbers"
        if s.begin < before:
            return f"segment {number} begins at sample {s.begin}, before the end of the one before it ({before})"
        before = s.end
    return ""


def as_yaml(excitation: Excitation) -> str:
    """Return the text of a YAML file."""
    rows = [
        "# The current of an impedance measurement. Cycles are counted in `count` samples: frequency = cycles x sample rate / count.",
        "# At sample n of a segment: current + sum of amplitude x cos(2 pi cycles n / count + phase); before `begin` the same goes on (settling).",
        f"excitation: {excitation.kind}", f"sample-rate: {excitation.sample_rate_hz!r} Hz", f"current: {float(excitation.mean_a)!r} A", "segments:",
    ]  # fmt: skip
    for s in excitation.segments:
        rows += [f"  - begin: {s.begin}", f"    count: {s.count}", "    lines:"]
        for k, a, p in zip(s.cycles.tolist(), s.amplitude_a.tolist(), s.phase_rad.tolist(), strict=True):
            rows.append(f"      - {{cycles: {k}, amplitude: {a!r} A, phase: {p!r}}}  # {k * excitation.sample_rate_hz / s.count:.6g} Hz")
    return "\n".join(rows) + "\n"


def as_csv(excitation: Excitation) -> str:
    """Return the text of a CSV file: three lines of what holds for all, then a row a line."""
    out = io.StringIO()
    out.write(f"# excitation,{excitation.kind}\n# sample_rate_hz,{excitation.sample_rate_hz!r}\n# mean_a,{float(excitation.mean_a)!r}\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADS)
    for number, s in enumerate(excitation.segments, 1):
        for k, a, p in zip(s.cycles.tolist(), s.amplitude_a.tolist(), s.phase_rad.tolist(), strict=True):
            writer.writerow([number, s.begin, s.count, k, repr(k * excitation.sample_rate_hz / s.count), repr(a), repr(p)])
    return out.getvalue()


def read_excitation(path: Path, name: str | None = None) -> Excitation:
    """Return the excitation of a file that `as_yaml` or `as_csv` wrote, or that was written like it.

    Raises
    ------
    DataError
        With every fault and its place.
    """
    shown = name or str(path)
    report = Report()
    text = read_text(path, shown, report)
    if text is None:
        raise DataError([fault(shown, f.line, f.message.replace("a line file", "an excitation"), f.hint) for f in report.faults])
    body = csv_body(text, shown) if text.startswith("# excitation,") or path.suffix.lower() == ".csv" else yaml_body(text, shown)
    try:
        return from_plain(body)
    except ValueError as error:
        raise DataError([fault(shown, 0, f"{error}.", "`linewright eis design --out FILE` writes one.")]) from error


def csv_body(text: str, shown: str) -> dict[str, Any]:
    """Return what a CSV holds."""
    lines = text.splitlines()
    body: dict[str, Any] = {"segments": []}
    faults = []
    for number, line in enumerate(lines, 1):
        if line.startswith("#"):
            key, _, value = line[1:].strip().partition(",")
            body[key.strip()] = value.strip()
            continue
        cells = line.split(",")
        if not line.strip() or tuple(c.strip() for c in cells) == HEADS:
            continue
        try:
            segment, begin, count, cycles = (int(c) for c in cells[:4])
            amplitude, phase = float(cells[5]), float(cells[6])
        except (ValueError, IndexError):
            faults.append(fault(shown, number, f"seven numbers were expected: {', '.join(HEADS)}.", source=line))
            continue
        if segment > len(body["segments"]):
            body["segments"].append({"begin": begin, "count": count, "cycles": [], "amplitude_a": [], "phase_rad": []})
        for key, number_ in (("cycles", cycles), ("amplitude_a", amplitude), ("phase_rad", phase)):
            body["segments"][-1][key].append(number_)
    if faults:
        raise DataError(faults)
    return body


def yaml_body(text: str, shown: str) -> dict[str, Any]:
    """Return what a YAML file holds."""
    report = Report()
    root = parse(text, shown, report)
    if root is None:
        raise DataError(report.faults)
    known = ("excitation", "sample-rate", "current", "segments")
    for key in root.entries:
        if key not in known:
            report.fault(root.keys[key], key, "there is no such key.", f"Keys are {', '.join(known)}.")
    kind = root.entries.get("excitation")
    segments = root.entries.get("segments")
    body: dict[str, Any] = {
        "excitation": kind.value if isinstance(kind, Text) else "", "sample_rate_hz": number(root, "sample-rate", "any", report),
        "mean_a": number(root, "current", "current", report), "segments": [],
    }  # fmt: skip
    for n, item in enumerate(segments.values if isinstance(segments, Items) else (), 1):
        body["segments"].append(segment_body(item, f"segments.{n}", report))
    if report.faults:
        raise DataError(report.faults)
    return body


def segment_body(item: Node, path: str, report: Report) -> dict[str, Any]:
    """Return what a segment holds."""
    if not isinstance(item, Fields):
        report.fault(item.place, path, "`begin`, `count` and `lines` were expected.")
        return {}
    found: dict[str, Any] = {"begin": number(item, "begin", "", report), "count": number(item, "count", "", report)}
    lines = item.entries.get("lines")
    rows: Sequence[Node] = lines.values if isinstance(lines, Items) else ()
    for key, name, kind in (("cycles", "cycles", ""), ("amplitude_a", "amplitude", "current"), ("phase_rad", "phase", "")):
        found[key] = [number(row, name, kind, report) if isinstance(row, Fields) else 0.0 for row in rows]
    return found


def number(node: Fields, key: str, kind: str, report: Report) -> float:
    """Return a number below a key; `kind` is that of a quantity, empty for a bare number."""
    child = node.entries.get(key)
    if not isinstance(child, Text):
        report.fault(node.place, key, f"`{key}` is missing." if child is None else f"`{key}` is a single number.")
        return 0.0
    try:
        return parse_amount(child.value, kind).si if kind else float(child.value)
    except QuantityFault as wrong:
        report.fault(child.place, key, f"{wrong.message}.", wrong.hint)
    except ValueError:
        report.fault(child.place, key, f'"{child.value}" is not a number.')
    return 0.0
