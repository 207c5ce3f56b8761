"""Rules of a technology that are richer than "must be there"."""

from __future__ import annotations

from typing import Any

import pytest

from marketplace.authoring.kinds import SUBMIT
from marketplace.listings.models import ListingRevision
from marketplace.listings.rules import rules
from tests.listings.samples import COMPLETE


def broken(**values: Any) -> dict[str, str]:
    """Return the fields of the complete technology that are wrong after these changes, with what each hinders."""
    return {problem.field: problem.needed for problem in rules(ListingRevision(**{**COMPLETE, **values}))}


def owners(*shares: int | None) -> list[dict[str, Any]]:
    return [{"name": f"Bên {number}", "tax_code": "", "share_bp": share} for number, share in enumerate(shares)]


@pytest.mark.parametrize(
    ("shares", "whole"),
    [((10_000,), True), ((6000, 4000), True), ((3333, 3333, 3334), True),
     ((6000, 3999), False), ((6000, 4001), False), ((10_000, None), False), ((0,), False)],
)
def test_the_shares_of_all_owners_sum_to_the_whole(shares: tuple[int | None, ...], whole: bool) -> None:
    assert broken(owners=owners(*shares)) == ({} if whole else {"owners": SUBMIT})


@pytest.mark.parametrize("source", ["state_budget", "mixed"])
def test_what_the_state_paid_for_is_not_sold_by_competition(source: str) -> None:
    state = {"funding_source": source, "task_code": "KC.08.12/21-25"}
    assert broken(**state) == {}
    assert broken(**state, pricing_mode="competitive") == {"pricing_mode": SUBMIT}
    assert broken(pricing_mode="competitive") == {}, "private results are"
