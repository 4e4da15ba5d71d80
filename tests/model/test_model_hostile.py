"""Whatever a file holds, there is a plant or there are faults; never anything else."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shelf import COATER, FOUR_STATIONS, Shelf, small_library
from test_model_flow import JOINED, SECTIONS

from linewright.model.errors import ModelError
from linewright.model.laws import FAMILIES, LawFault, law_of
from linewright.model.load import load_text
from linewright.model.plant import Plant
from linewright.model.quantity import QuantityFault, parse_amount

VALUES = (
    "none", "yes", "5", "5 s", "3 kg", "[]", "{}", "[a, b]", "{a: b}", "", "unlimited", "~", "-1", "at least 3 V", "3 .. 5 m", "scrap", "out", "true",
    "1 m/m", "0 s", "[[1]]", "{law: gamma}", "wind", "{x: {y: z}}", "1 ppm", "100 %", "1e308 h", "1e-300 s", '"', "&a b", "*a", "!t x", "{<<: 1}",
)  # fmt: skip
KEYS = ("time", "takes", "use", "makes", "to", "gate", "none", "stations", "after", "loads", "x", "batch", "buffer", "lines", "variants", "grades")


def mutated(text: str, r: random.Random) -> str:
    """Return a text with a few lines moved, doubled or lost, and a few keys and values replaced."""
    for _ in range(r.choice([1, 1, 2, 4])):
        lines = text.split("\n")
        n = r.randrange(len(lines))
        value = list(re.finditer(r": ([^:{}\[\],\n]+|\{[^{}]*\}|\[[^\[\]]*\])", lines[n]))
        key = list(re.finditer(r"\b[a-z-]+(?=:)", lines[n]))
        match r.randrange(5):
            case 0:
                del lines[n]
            case 1:
                lines.insert(n, r.choice(lines))
            case 2 if value:
                found = r.choice(value)
                lines[n] = lines[n][: found.start(1)] + r.choice(VALUES) + lines[n][found.end(1) :]
            case 3 if key:
                found = r.choice(key)
                lines[n] = lines[n][: found.start()] + r.choice(KEYS) + lines[n][found.end() :]
            case _:
                other = r.randrange(len(lines))
                lines[n], lines[other] = lines[other], lines[n]
        text = "\n".join(lines)
    return text


def outcome(text: str, library: Shelf) -> Plant | ModelError:
    """Return what became of a text."""
    try:
        return load_text(text, library)
    except ModelError as error:
        return error


@settings(max_examples=400)
@given(
    st.randoms(use_true_random=False),
    st.sampled_from([SECTIONS, JOINED, FOUR_STATIONS, "line: a\nuse: four-stations\nstations:\n  wind: {count: 3}\n"]),
)
def test_a_spoilt_file_has_faults_and_nothing_worse(r: random.Random, text: str) -> None:
    found = outcome(mutated(text, r), small_library())
    if isinstance(found, ModelError):
        assert found.faults
        assert str(found).endswith("Nothing was run.")
        assert all(f.message for f in found.faults)
    else:
        assert load_text(found.text, small_library()).digest == found.digest


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_text_is_a_fault(text: str) -> None:
    with pytest.raises(ModelError):
        load_text(text, small_library())


@given(st.randoms(use_true_random=False))
def test_a_spoilt_class_is_a_fault_of_its_own_file(r: random.Random) -> None:
    library = Shelf({("class", "coater"): (mutated(COATER, r),), ("material", "foil"): ("{}\n",)})
    text = "line: a\nproduct: c\nstations: {a: {use: coater, speed: 1 m/s, takes: {foil: 1 m/m}, makes: {c: 9 m}}}\n"
    found = outcome(text, library)
    assert isinstance(found, Plant) or found.faults


extremes = st.sampled_from([0.0, 1e-320, 1e-200, 1e-9, 0.5, 1.0, 3.0, 1e9, 1e200, 1e308])


@given(
    st.sampled_from(list(FAMILIES)),
    st.dictionaries(st.sampled_from(["mean", "cv", "shape", "scale", "median", "sigma", "sd", "stages", "min", "max"]), extremes),
)
def test_extreme_parameters_of_a_law(kind: str, parameters: dict[str, float]) -> None:
    try:
        law = law_of(kind, parameters)
    except LawFault:
        return
    assert 0 <= law.mean < float("inf")
    assert 0 <= law.sd < float("inf")


def test_a_number_too_large() -> None:
    with pytest.raises(QuantityFault, match="too large"):
        parse_amount("1e308 h", "time")
