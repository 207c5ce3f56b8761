"""Object-level access: who gets what on every route with an id or of an organisation."""

from __future__ import annotations

from contextlib import closing
from itertools import product
from types import SimpleNamespace

import pytest
from flask import Flask

from marketplace.core.access import GUEST, SYSTEM
from marketplace.core.extensions import db
from marketplace.files.models import Attachment
from marketplace.organisations import queries, search_document
from marketplace.organisations.file_access import may_read
from marketplace.organisations.models import Invitation, Organisation
from marketplace.organisations.visibility import visible_to
from marketplace.values import clock
from tests import factories
from tests.cases import try_each
from tests.organisations.factories import complete, document
from tests.snapshot import Snapshot
from tests.statements import statements

#: who: of the organisation itself (admin, colleague), of another (stranger), nobody (guest), an operator
ROUTES = [
    # method, path, admin, colleague, stranger, guest, moderator
    ("GET", "/my/organisation/members/{member}", 200, 403, 404, 302, 403),
    ("POST", "/my/organisation/members/{member}", 422, 403, 404, 302, 403),
    ("POST", "/my/organisation/members/{member}/remove", 302, 403, 404, 302, 403),
    ("POST", "/my/organisation/invitations/{invitation}/revoke", 302, 403, 404, 302, 403),
    ("POST", "/my/organisation/documents/{document}/remove", 302, 403, 404, 302, 403),
    ("POST", "/account/invitations/{invitation}/accept", 404, 404, 404, 302, 404),
    ("POST", "/staff/grants/{grant}/end", 403, 403, 403, 302, 403),
    ("GET", "/invitations/{token}", 200, 200, 200, 200, 200),
    ("GET", "/invitations/khong-co", 404, 404, 404, 404, 404),
    ("POST", "/invitations/{token}", 403, 403, 403, 302, 403),
    ("GET", "/files/{document}/confidential/giay.pdf", 404, 404, 404, 404, 404),  # its content is not in the store
]
PEOPLE = ("admin", "colleague", "stranger", "guest", "moderator")


@pytest.fixture
def scene(ctx: Flask) -> SimpleNamespace:
    thing, other = complete("needs_info"), complete(name="Tổ chức lạ")
    people = {name: factories.user(name) for name in ("admin", "colleague", "stranger", "removable")}
    people["moderator"] = factories.user("moderator", staff=("moderator",))
    factories.member(people["admin"], thing)
    factories.member(people["colleague"], thing, "editor", "signer")
    factories.member(people["stranger"], other)
    row = factories.member(people["removable"], thing, "editor")
    now = clock.now()
    invitation = Invitation(
        organisation_id=thing.id, email="moi@example.vn", roles=["editor"], invited_by_id=people["admin"].id,
        token_digest="b5d4045c3f466fa91fe2cc6abe79232a1a57cdf104f7a26e716e0a1e2789df78",
        created_at=now, expires_at=now.replace(year=now.year + 1),
    )
    db.session.add(invitation)
    db.session.commit()
    grant = people["moderator"].staff_grants[0]
    ids = {"member": row.id, "invitation": invitation.id, "document": document(thing).id, "grant": grant.id, "token": "ABC"}
    orgs = {"admin": thing, "colleague": thing, "stranger": other}
    return SimpleNamespace(app=ctx, ids=ids, people=people, orgs=orgs, thing=thing)


def test_each_route_with_an_id(scene: SimpleNamespace) -> None:
    def check(case: tuple[tuple, str]) -> None:
        row, who = case
        method, path, expected = row[0], row[1], row[2 + PEOPLE.index(who)]
        snapshot.restore()
        web = factories.client(scene.app, scene.people.get(who), scene.orgs.get(who))
        answer = web.open(path.format(**scene.ids), method=method, data={"reason": "thử"} if method == "POST" else None)
        assert answer.status_code == expected
        if expected == 302 and who == "guest":
            assert answer.location.startswith("/login")

    with closing(Snapshot()) as snapshot:
        try_each(product(ROUTES, PEOPLE), check, name=lambda case: f"{case[0][0]} {case[0][1]} by {case[1]}")


@pytest.mark.parametrize("state", ["draft", "submitted", "needs_info", "rejected", "verified", "suspended", "closed"])
def test_who_sees_an_organisation_in_which_state(ctx: Flask, state: str) -> None:
    thing = complete(state)
    member, moderator, stranger = factories.user(), factories.user(staff=("moderator",)), factories.user()
    factories.member(member, thing, "editor")
    readers = {
        "guest": (GUEST, state == "verified"),
        "stranger": (factories.actor_of(stranger), state == "verified"),
        "member": (factories.actor_of(member, thing, ("editor",)), True),
        "moderator": (factories.actor_of(moderator), state != "draft"),
        "system": (SYSTEM, state != "draft"),
    }
    for name, (reader, expected) in readers.items():
        found = db.session.scalar(db.select(Organisation).where(visible_to(reader)))
        assert (found is not None) == expected, name
        opens = expected if name in {"member", "moderator"} else False
        assert may_read(Attachment(subject_kind="organisation", subject_id=thing.id), reader) == opens, f"documents, {name}"
    assert (search_document.document(thing) is not None) == (state == "verified")
    found = {thing.id} if state == "verified" else set()
    assert set(search_document.documents([thing.id])) == set(search_document.all_ids()) == found


def test_the_search_document_holds_nothing_private(ctx: Flask) -> None:
    thing = complete("verified", kind="individual", tax_code="001099012345", name_en="Machines")
    text = repr(search_document.document(thing))
    for private in ("001099012345", thing.email, thing.phone, thing.legal_representative, thing.street):
        assert private not in text
    assert "Machines" in text
    document_of = search_document.document(thing)
    assert document_of is not None
    assert document_of.facets == {"kind": ("individual",), "field": ("2",), "place": ("01",)}


def test_pickers_find_verified_organisations_by_any_writing(ctx: Flask) -> None:
    complete("verified", "Viện Đổi Mới Sáng Tạo")
    complete("draft", "Viện Đổi Mới Bản Nháp")
    assert [one.name for one in queries.named("doi moi", 50)] == ["Viện Đổi Mới Sáng Tạo"]
    assert queries.named("%", 50) == queries.named("", 50)


def test_lists_ask_the_database_a_bounded_number_of_times(ctx: Flask) -> None:
    thing = complete("verified")
    boss = factories.user()
    factories.member(boss, thing)
    for _number in range(12):
        factories.member(factories.user(), thing, "editor")
    web = factories.client(ctx, boss, thing)
    for path, bound in (("/my/organisation/members", 4 + 3), ("/my/organisation", 4 + 4), ("/account", 4 + 6)):
        with statements(ctx) as seen:
            assert web.get(path).status_code == 200
        assert len(seen) <= bound, f"{path}: {len(seen)}\n" + "\n".join(seen)
