"""The lifecycle engine, on a small workflow that uses every feature of a row."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import DomainError, IllegalMove, NotAllowed
from marketplace.core.lifecycle import SYSTEM, Lifecycle, Move, T, advance
from tests.lifecycle_matrix import cases, check_table

LABELS = {"draft": "Draft", "submitted": "Submitted", "open": "Open", "expired": "Expired", "rejected": "Rejected",
          "deleted": "Deleted"}
TABLE = (
    T("submit", ("draft",), "submitted", ("owner",), "Submit"),
    T("withdraw", ("submitted",), "draft", ("owner",), "Withdraw"),
    T("withdraw", ("open",), "draft", ("owner",), "Withdraw", needs_reason=True),
    T("approve", ("submitted",), "open", ("moderator",), "Approve", settled=("open", "expired")),
    T("reject", ("submitted",), "rejected", ("moderator",), "Reject", needs_reason=True, danger=True),
    T("expire", ("open",), "expired", (SYSTEM,), "Expire", settled=("expired",)),
    T("delete", ("draft",), "deleted", ("owner",), "Delete", danger=True),
    T("delete", ("rejected",), "deleted", ("owner", "moderator"), "Delete", danger=True),
)
SAMPLE = Lifecycle("sample", initial="draft", labels=LABELS, table=TABLE)


def test_every_action_in_every_state_by_every_role():
    check_table(SAMPLE)


def test_the_matrix_is_complete_and_contains_every_kind_of_result():
    found = cases(SAMPLE)
    assert len(found) == len(SAMPLE.actions) * len(SAMPLE.states) * (len(SAMPLE.roles) + 1)
    results = [case.expected for case in found]
    assert {None, NotAllowed, IllegalMove, "open", "deleted"} <= set(results)
    moves = sum(len(row.from_states) * len(row.roles) for row in TABLE)
    assert sum(isinstance(result, str) for result in results) == moves


def test_a_move_tells_what_happened():
    thing = SimpleNamespace(state="draft")
    assert advance(SAMPLE, thing, "submit", {"owner"}) == Move("submit", "draft", "submitted")
    assert thing.state == "submitted"


def test_an_unknown_action_is_illegal_and_names_the_present_state():
    with pytest.raises(IllegalMove) as caught:
        advance(SAMPLE, SimpleNamespace(state="open"), "explode", {"owner"})
    assert (caught.value.state, caught.value.label) == ("open", "Open")


def test_a_stranger_learns_nothing_about_the_state():
    for state in SAMPLE.states:
        with pytest.raises(NotAllowed):
            advance(SAMPLE, SimpleNamespace(state=state), "submit", ())


def test_buttons_are_the_rows_open_to_this_person():
    assert [row.action for row in SAMPLE.actions_for("draft", {"owner"})] == ["submit", "delete"]
    assert [row.action for row in SAMPLE.actions_for("submitted", {"owner", "moderator"})] == [
        "withdraw", "approve", "reject"]
    assert SAMPLE.actions_for("deleted", {"owner", "moderator"}) == ()


def test_terminal_states_are_those_no_row_leaves():
    assert SAMPLE.terminal == ("expired", "deleted")


def test_the_check_constraint_lists_the_states():
    assert SAMPLE.check_sql() == "state IN ('draft', 'submitted', 'open', 'expired', 'rejected', 'deleted')"
    with pytest.raises(ValueError, match="column"):
        SAMPLE.check_sql("state; drop table x")


def test_the_diagram_shows_every_row():
    diagram = SAMPLE.mermaid()
    assert diagram.startswith("stateDiagram-v2\n    [*] --> draft\n")
    assert "    rejected --> deleted: delete (owner, moderator)\n" in diagram
    assert diagram.count("-->") == 1 + sum(len(row.from_states) for row in TABLE) + len(SAMPLE.terminal)


@pytest.mark.parametrize(("row", "message"), [
    (T("x", ("nowhere",), "draft", ("owner",), "X"), "unknown states"),
    (T("x", ("draft",), "nowhere", ("owner",), "X"), "unknown states"),
    (T("x", (), "draft", ("owner",), "X"), "no state or no role"),
    (T("x", ("draft",), "open", (), "X"), "no state or no role"),
    (T("x", ("draft",), "open", ("owner",), "X", settled=("draft",)), "settled"),
    (T("submit", ("draft",), "open", ("owner",), "X"), "two rows"),
])
def test_a_slip_in_the_table_stops_at_import(row, message):
    with pytest.raises(ValueError, match=message):
        Lifecycle("sample", initial="draft", labels=LABELS, table=(*TABLE, row))


def test_an_unreachable_state_or_a_bad_name_stops_at_import():
    with pytest.raises(ValueError, match="no way to"):
        Lifecycle("sample", initial="draft", labels={**LABELS, "lost": "Lost"}, table=TABLE)
    with pytest.raises(ValueError, match="bad state"):
        Lifecycle("sample", initial="draft", labels={**LABELS, "Bad'state": "Bad"}, table=TABLE)
    with pytest.raises(ValueError, match="bad state"):
        Lifecycle("sample", initial="begin", labels=LABELS, table=TABLE)


@given(st.lists(st.tuples(
    st.sampled_from([*SAMPLE.actions, "explode"]), st.sets(st.sampled_from([*SAMPLE.roles, "stranger"])),
    st.sampled_from(["", " ", "because"]),
), max_size=30))
def test_no_sequence_of_attempts_leaves_the_table(attempts):
    thing = SimpleNamespace(state=SAMPLE.initial)
    for action, roles, reason in attempts:
        before = thing.state
        offered = {row.action for row in SAMPLE.actions_for(before, roles)}
        try:
            move = advance(SAMPLE, thing, action, roles, reason)
        except DomainError:
            assert thing.state == before
            continue
        if move is None:
            assert thing.state == before
        else:
            assert action in offered
            assert move == Move(action, before, thing.state)
            assert thing.state in SAMPLE.states


def test_a_move_that_was_made_is_said_as_done() -> None:
    table = [
        T("go", ("here",), "there", ("owner",), "Go", done="Went"),
        T("end", ("there",), "here", ("system",), "Time is up"),
    ]
    trip = Lifecycle("trip", initial="here", labels={"here": "Here", "there": "There"}, table=table)
    assert [trip.done(action) for action in ("go", "end", "fly_off")] == ["Went", "Time is up", "fly off"]
