"""What looks alike is shown to the moderator; what others are still writing is not."""

from __future__ import annotations

import pytest
from flask import current_app

from marketplace.authoring import actions as authoring
from marketplace.core.outbox import drain
from marketplace.moderation.kind import VERSIONED
from marketplace.moderation.similar import hints
from marketplace.moderation.submission import load
from tests import factories
from tests.moderation.factories import Desk

ALIKE = "Màng lọc nano khử asen trong nước giếng khoan"


@pytest.mark.parametrize("kind", ["listing", "need"])
def test_a_published_twin_is_shown_but_never_a_draft_of_it(desk: Desk, kind: str) -> None:
    twin = desk.published(kind, title=ALIKE)
    drain()
    draft = authoring.start_revision(VERSIONED[kind], twin.thing, desk.supplier)
    authoring.save(VERSIONED[kind], draft, {"title": f"{ALIKE} bí mật"}, desk.supplier, None)
    found = hints(load(kind, desk.submit(kind, title=ALIKE).id))
    assert [(hint.code, hint.title, hint.same) for hint in found] == [(twin.thing.code, ALIKE, True)]


def test_another_title_over_the_same_text_is_shown_with_how_alike_it_is(desk: Desk) -> None:
    twin = desk.published("listing", title=ALIKE)
    drain()
    found = hints(load("listing", desk.submit("listing", title="Một tên khác hẳn cho cùng nội dung").id))
    assert [(hint.code, hint.same) for hint in found] == [(twin.thing.code, False)]
    assert found[0].percent > 50


def test_a_name_that_looks_like_a_verified_one_is_shown(desk: Desk) -> None:
    real = factories.organisation("Viện Nước Hồng Giang")
    factories.organisation("Viện Nước Hồng Hà")
    twin = factories.organisation("Viện Nước Hồng G1ang", state="submitted")
    found = hints(load("organisation", twin.id))
    assert [(hint.title, hint.looks) for hint in found] == [(real.name, True)]
    page = factories.client(current_app, desk.moderator_user, locale="en").get(f"/moderation/organisation/{twin.id}").text
    assert "the name looks like it" in page
    assert hints(load("organisation", factories.organisation("Viện Đất", state="submitted").id)) == []
