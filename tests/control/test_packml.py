"""States of a machine and the ways between them."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from linewright.control.packml import RUNNING, TRANSITIONS, Command, StateGroup, TransitionError, after, allowed, group_of, path
from linewright.kernels.rows import STATES

NODES = "{http://opcfoundation.org/UA/2011/03/UANodeSet.xsd}"
CONTAINS = {"Running": RUNNING, "Cleared": (*RUNNING, "Stopping", "Stopped", "Clearing")}


def test_every_state_has_a_group_and_a_way_out() -> None:
    assert len(STATES) == 17
    assert {group_of(s) for s in STATES} == set(StateGroup)
    assert {t.start for t in TRANSITIONS} == set(STATES)
    assert {t.end for t in TRANSITIONS} == set(STATES)


def test_no_state_and_command_lead_to_two_states() -> None:
    assert len({(t.start, t.command) for t in TRANSITIONS}) == len(TRANSITIONS)


def test_the_whole_life_of_a_machine() -> None:
    state = "Stopped"
    seen = [state]
    for command in (Command.RESET, Command.DONE, Command.START, Command.DONE, Command.HOLD, Command.DONE, Command.UNHOLD, Command.DONE,
                    Command.SUSPEND, Command.DONE, Command.UNSUSPEND, Command.DONE, Command.COMPLETE, Command.DONE, Command.ABORT, Command.DONE,
                    Command.CLEAR, Command.DONE):  # fmt: skip
        state = after(state, command)
        seen.append(state)
    assert seen == [
        "Stopped", "Resetting", "Idle", "Starting", "Execute", "Holding", "Held", "Unholding", "Execute", "Suspending", "Suspended", "Unsuspending",
        "Execute", "Completing", "Complete", "Aborting", "Aborted", "Clearing", "Stopped",
    ]  # fmt: skip


def test_a_refused_command_names_the_state_and_the_way() -> None:
    said = r"winder/7: Start is not possible in state Aborted; it is in Idle\. First: Clear, then Reset\."
    with pytest.raises(TransitionError, match=said) as error:
        after("Aborted", Command.START, "winder/7")
    assert (error.value.actual, error.value.expected) == ("Aborted", ("Idle",))
    with pytest.raises(TransitionError, match="in Execute"):
        after("Idle", Command.SUSPEND)


def test_a_stopped_machine_can_only_be_reset_or_aborted() -> None:
    assert allowed("Stopped") == (Command.RESET, Command.ABORT)
    assert path("Execute", ("Execute",)) == []


@pytest.mark.shared
def test_the_table_is_that_of_the_published_node_set(shared: Path) -> None:
    """Every transition of the standard's NodeSet is in the table, and no other."""
    root = ET.parse(shared / "standards" / "opc-ua" / "PackML" / "Opc.Ua.PackML.NodeSet2.xml").getroot()
    names = {n.get("NodeId"): (n.get("BrowseName") or "").partition(":")[2] for n in root}
    wanted = set()
    for node in root:
        forward = [r for r in node.iter(f"{NODES}Reference") if r.get("IsForward") != "false"]
        kinds = ("FromState", "ToState", "HasCause", "i=51", "i=52", "i=53")
        to = {kind: [names.get(r.text or "", "") for r in forward if r.get("ReferenceType") == kind] for kind in kinds}
        starts, ends, causes = to["FromState"] + to["i=51"], to["ToState"] + to["i=52"], to["HasCause"] + to["i=53"]
        for start in starts:
            end = {"Running": "Resetting", "Cleared": "Clearing"}.get(ends[0], ends[0])
            wanted |= {(s, end, causes[0] if causes else "Done") for s in CONTAINS.get(start, (start,))}
    assert {(t.start, t.end, str(t.command)) for t in TRANSITIONS} == wanted
