"""The grammar of circuits, and messages that point at the character."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewright.eis.circuit import CircuitError, parse_circuit

WRONG = {
    "R0-p(R1,CPF1)": (8, "no element of the kind `CPF`; did you mean `CPE`"),
    "R0-": (3, "was expected here; the text ends"),
    "": (0, "was expected here; the text ends"),
    "R0--R1": (3, "was expected here; `-` came"),
    "p(R1)": (0, "needs two branches"),
    "R0-p(R1,C1": (10, "for the p( at character 4; the text ends"),
    "R0,R1": (2, "a comma stands only inside"),
    "R0)": (2, "this bracket was never opened"),
    "R0 R1": (3, "`-` or the end was expected here; `R` came"),
    "R0-R0": (3, "`R0` stands at character 1 already"),
    "__import__('os')": (0, "was expected here; `_` came"),
    "p(" * 60: (100, "more than 50 deep"),
}


@pytest.mark.parametrize("text", WRONG)
def test_a_fault_is_shown_under_its_character(text: str) -> None:
    with pytest.raises(CircuitError) as caught:
        parse_circuit(text)
    (at, message), *_ = caught.value.faults
    assert at == WRONG[text][0]
    assert WRONG[text][1] in message
    assert f"    {' ' * at}^ " in str(caught.value)


def test_all_wrong_names_are_told_at_once() -> None:
    with pytest.raises(CircuitError) as caught:
        parse_circuit("R0-R0-X1-p(Y1,C1)")
    assert [at for at, _ in caught.value.faults] == [3, 6, 11]


@pytest.mark.parametrize("text", ["R0", "R0-p(R1,CPE1)-p(R2,C2)-Wo1-L0", "p(R1-p(R2-Wo1,C2),C1)", "G1-ZARC2-TLM3-Ws4-W5"])
def test_a_circuit_is_written_as_it_was_read(text: str) -> None:
    assert str(parse_circuit(text.replace("-", " - "))) == text


def test_columns_are_as_written() -> None:
    circuit = parse_circuit("R0-p(R1,CPE1)-Wo1")
    assert circuit.names == ("R0", "R1", "CPE1.Q", "CPE1.alpha", "Wo1.R", "Wo1.tau")
    assert circuit.column("CPE1.alpha") == 3
    with pytest.raises(CircuitError, match=r"no parameter `CPE1.alpa`; did you mean `CPE1.alpha`"):
        circuit.column("CPE1.alpa")


PIECES = ["R0", "R1", "C1", "CPE2", "Wo3", "TLM4", "p(", "(", ")", ",", "-", " ", "X", "0", "é", "\n"]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=12))
@settings(max_examples=200)
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    faults: tuple[tuple[int, str], ...] = ()
    try:
        circuit = parse_circuit(text)
    except CircuitError as error:
        faults = error.faults
    else:
        assert str(parse_circuit(str(circuit))) == str(circuit)
        assert len(set(circuit.names)) == len(circuit.names)
        return
    assert faults
    assert all(0 <= at <= len(text) for at, _ in faults)
