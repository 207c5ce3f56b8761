"""Two people press contrary verbs in the same moment: what is left is what one after the other leaves, in some order."""

from __future__ import annotations

import pytest

from tests.cases import try_each
from tests.races.meeting import crowd
from tests.races.test_every_verb import FINE, Ring, check_answers, ring
from tests.races.traces import differences
from tests.races.verbs import VERBS, Verb
from tests.thorough import ALL

__all__ = ["ring"]

#: Each pair is pressed by two people; a third word says who presses the second, where it is not who usually does.
PAIRS: tuple[tuple[str, ...], ...] = (
    ("lead accept", "lead withdraw"), ("negotiation.move-reason_code", "lead withdraw"),
    ("lead accept", "negotiation.move-reason_code", "partner"),
    ("negotiation.answer_terms", "terms withdraw"), ("negotiation.answer_terms", "lead withdraw while talking"),
    ("negotiation.answer_terms", "negotiation.answer_terms-reason", "partner"),
    ("negotiation.answer_terms", "negotiation.answer_terms", "partner"),
    ("deal draft", "deal cancel", "owner"), ("deal renegotiate", "deal cancel", "owner"),
    ("deals.signature", "deal sign for the supplier"), ("deal sign for the supplier", "deal redraft"),
    ("deals.signature", "deals.signature", "stranger partner"),
    ("deal begin_delivery", "ending agree"), ("ending agree", "ending withdraw"),
    ("ending agree", "ending refuse", "stranger partner"),
    ("deal hand over", "deal dispute of the other"), ("deals.acceptance", "deal dispute at acceptance"),
    ("deals.acceptance", "deal return_defects", "stranger partner"),
    ("milestone accept", "milestone return", "stranger partner"),
    ("complaint resolve", "complaint withdraw"), ("complaint escalate", "complaint withdraw"),
    ("organisation approve", "organisation withdraw"), ("organisation claim", "organisation claim", "second moderator"),
    ("organisation restore", "organisation close", "second moderator"),
    ("organisation suspend the owner", "negotiation.answer_terms"), ("organisation suspend the owner", "listings.submit"),
    ("listing suspend", "listings.move"), ("listing suspend", "negotiation.interest"),
    ("need suspend", "buyer_requests.move-reason"), ("need shortlist", "answers.begin"),
    ("listing approve", "listings.change_file"),
    ("listings.submit", "listings.delete", "partner"), ("listings.submit", "listings.edit-title", "partner"),
    ("listings.submit", "listings.edit-caption", "partner"), ("listings.edit-title", "listings.edit-title", "partner"),
    ("invitation accept", "invitation revoke"), ("invitation accept", "organisation suspend the owner"),
    ("member remove", "member leave"), ("role of a member", "member leave"),
    ("role of a member", "member remove"),
    ("accounts.end_role", "accounts.end_role", "second admin"),
    ("accounts.grant_role-reason", "accounts.grant_role-reason", "second admin"),
    ("account close by staff", "accounts.close"), ("accounts.grant_role-reason", "account close by staff", "second admin"),
    ("matching.begin_rematch", "matching.begin_rematch", "second admin"),
    ("matching.set_mark", "mark suggest", "second moderator"),
    ("moderation.set_day-day", "moderation.set_day-day", "second admin"),
    ("pages.edit_text", "pages.edit_text", "second moderator"),
    ("importing.cancel", "importing.cancel", "second moderator"),
    ("deals.write_contract-contract_no", "deals.write_contract-contract_no", "owner"),
    ("deals.set_officer", "deals.classify"),
)
#: Into so many tests the pairs are divided.
PARTS = 3


def sides(pair: tuple[str, ...]) -> tuple[Verb, Verb]:
    first, second = VERBS[pair[0]], VERBS[pair[1]]
    return first, second.by(pair[2]) if len(pair) > 2 else second


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize("part", range(PARTS))
def test_contrary_verbs_at_once_leave_what_one_after_the_other_leaves(ring: Ring, part: int) -> None:
    tried = PAIRS if ALL else PAIRS[::3]  # each takes a third of a second; the order of locks is the same for all
    try_each(tried[part::PARTS], lambda pair: in_some_order(ring, *sides(pair)), name=" | ".join)


def in_some_order(ring: Ring, first: Verb, second: Verb) -> None:
    (one, after), forth = ring.alone(first, second)
    (other, before), back = ring.alone(second, first)
    check_answers([one, after, other, before])
    assert one.status in FINE and other.status in FINE, f"alone they are answered {one.status} and {other.status}"
    answers, left = ring.together(first, second, times=max(crowd() // 4, 1))
    check_answers(answers)
    assert any(one.status in FINE for one in answers)
    if differences(left, forth) and differences(left, back):
        raise AssertionError(f"as first, second: {differences(left, forth)} AS SECOND, FIRST: {differences(left, back)}")
