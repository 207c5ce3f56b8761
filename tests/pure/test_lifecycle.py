"""The lifecycle engine, on a small workflow that uses every feature of a row."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import DomainError, IllegalMove, Invalid, NotAllowed
from marketplace.core.lifecycle import SYSTEM, Lifecycle, Move, Reason, State, Transition, advance
from marketplace.vocabulary import Term, Vocabulary
from tests.lifecycle_matrix import cases, check_table

STATES = tuple(State(name, name.title(), "group", "neutral", "circle")
               for name in ("draft", "submitted", "open", "expired", "rejected", "deleted"))
TABLE = (
    Transition("submit", ("draft",), "submitted", ("owner",), "Submit"),
    Transition("withdraw", ("submitted",), "draft", ("owner",), "Withdraw"),
    Transition("withdraw", ("open",), "draft", ("owner",), "Withdraw", reason=Reason()),
    Transition("approve", ("submitted",), "open", ("moderator",), "Approve", settled=("open", "expired")),
    Transition("reject", ("submitted",), "rejected", ("moderator",), "Reject", reason=Reason(), danger=True),
    Transition("expire", ("open",), "expired", (SYSTEM,), "Expire", settled=("expired",)),
    Transition("delete", ("draft",), "deleted", ("owner",), "Delete", danger=True),
    Transition("delete", ("rejected",), "deleted", ("owner", "moderator"), "Delete", danger=True),
)
SAMPLE = Lifecycle("sample", initial="draft", states=STATES, table=TABLE)


def test_every_action_in_every_state_by_every_role():
    check_table(SAMPLE)


def test_the_matrix_is_complete_and_contains_every_kind_of_result():
    found = cases(SAMPLE)
    assert len(found) == len(SAMPLE.actions) * len(SAMPLE.names) * (len(SAMPLE.roles) + 1)
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
    for state in SAMPLE.names:
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
    (Transition("x", ("nowhere",), "draft", ("owner",), "X"), "unknown states"),
    (Transition("x", ("draft",), "nowhere", ("owner",), "X"), "unknown states"),
    (Transition("x", (), "draft", ("owner",), "X"), "no state or no role"),
    (Transition("x", ("draft",), "open", (), "X"), "no state or no role"),
    (Transition("x", ("draft",), "open", ("owner",), "X", settled=("draft",)), "settled"),
    (Transition("submit", ("draft",), "open", ("owner",), "X"), "two rows"),
])
def test_a_slip_in_the_table_stops_at_import(row, message):
    with pytest.raises(ValueError, match=message):
        Lifecycle("sample", initial="draft", states=STATES, table=(*TABLE, row))


def test_an_unreachable_state_or_a_bad_name_stops_at_import():
    with pytest.raises(ValueError, match="no way to"):
        Lifecycle("sample", initial="draft", states=(*STATES, replace(STATES[0], name="lost")), table=TABLE)
    with pytest.raises(ValueError, match="bad state"):
        Lifecycle("sample", initial="draft", states=(*STATES, replace(STATES[0], name="Bad'state")), table=TABLE)
    with pytest.raises(ValueError, match="bad state"):
        Lifecycle("sample", initial="begin", states=STATES, table=TABLE)


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
            assert thing.state in SAMPLE.names


def test_a_move_that_was_made_is_said_as_done() -> None:
    table = [
        Transition("go", ("here",), "there", ("owner",), "Go", done="Went"),
        Transition("end", ("there",), "here", ("system",), "Time is up"),
    ]
    states = [replace(STATES[0], name=name) for name in ("here", "there")]
    trip = Lifecycle("trip", initial="here", states=states, table=table)
    assert [trip.done(action) for action in ("go", "end", "fly_off")] == ["Went", "Time is up", "fly off"]


DELIVERED = (
    State("planned", "Planned", "open", "neutral", "circle", stall_days=7, tab="waiting"),
    State("returned", "Returned", "open", "warning", "arrow-left", stall_days=3, tab="waiting"),
    State("accepted", "Accepted", "over", "success", "check-lg", tab="done"),
)
STEPS = (
    Transition("return", ("planned",), "returned", ("buyer",), "Return"),
    Transition("accept", ("planned", "returned"), "accepted", ("buyer",), "Accept"),
)


def test_groups_tabs_and_days_of_standing_still_are_read_from_the_states() -> None:
    step = Lifecycle("step", initial="planned", states=DELIVERED, table=STEPS)
    assert step.in_groups("open") == ("planned", "returned")
    assert step.groups == {"open": ("planned", "returned"), "over": ("accepted",)}
    assert step.tabs == {"waiting": ("planned", "returned"), "done": ("accepted",)}
    assert step.stall_days == {"planned": 7, "returned": 3}
    assert (step.state("returned").tone, step.state("returned").icon) == ("warning", "arrow-left")
    with pytest.raises(ValueError, match="nowhere"):
        step.in_groups("nowhere")


def test_a_state_of_an_old_row_that_the_table_no_longer_knows_is_shown_as_it_is() -> None:
    gone = SAMPLE.state("archived")
    assert (gone.label, gone.tone, gone.icon) == ("archived", "neutral", "circle")


@pytest.mark.parametrize(("change", "message"), [
    ({"stall_days": None}, "mend \\['returned'\\]"),
    ({"tone": "pink"}, "tone"), ({"label": ""}, "label"), ({"group": ""}, "group"), ({"icon": ""}, "icon"),
])
def test_a_state_that_lacks_what_the_others_have_stops_at_import(change: dict[str, object], message: str) -> None:
    first, second, last = DELIVERED
    with pytest.raises(ValueError, match=message):
        Lifecycle("step", initial="planned", states=(first, replace(second, **change), last), table=STEPS)  # type: ignore[arg-type]


CODES = Vocabulary("why", [Term("late", "Muộn", "Late"), Term("other", "Khác", "Other")])


@pytest.mark.parametrize(("reason", "code", "words", "field"), [
    (Reason(), "", "", "reason"), (Reason(), "late", " ", "reason"), (Reason(), "", "Because.", None),
    (Reason(CODES), "", "Because.", "reason_code"), (Reason(CODES), "made_up", "Because.", "reason_code"),
    (Reason(CODES), "late", "", "reason"), (Reason(CODES), "late", "Because.", None),
    (Reason(CODES, words_with=("other",)), "late", "", None), (Reason(CODES, words_with=("other",)), "other", "", "reason"),
    (Reason(CODES, words_with=("other",)), "", "", "reason_code"),
])
def test_a_code_is_one_of_its_vocabulary_and_words_are_words(
    reason: Reason, code: str, words: str, field: str | None
) -> None:
    if field is None:
        return reason.check(code, words)
    with pytest.raises(Invalid) as caught:
        reason.check(code, words)
    assert caught.value.field == field
    return None


def test_a_bare_code_is_no_reason_where_words_are_asked_for() -> None:
    thing = SimpleNamespace(state="submitted")
    with pytest.raises(Invalid):
        advance(SAMPLE, thing, "reject", {"moderator"}, reason_code="late")
    assert thing.state == "submitted"
