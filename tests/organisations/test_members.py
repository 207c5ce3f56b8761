"""Inviting, joining, roles, leaving; never without an administrator."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from marketplace.core.errors import Invalid
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.mail import MailMessage
from marketplace.organisations.actions import members
from marketplace.organisations.models import Invitation, Membership
from marketplace.values import clock
from tests import factories
from tests.accounts.test_sign_in import REGISTRATION, last_mail, link_in
from tests.factories import PASSWORD, client
from tests.organisations.factories import admin_of, complete, web_of


def invited(ctx: Flask, email: str = "moi@example.vn", roles: tuple[str, ...] = ("editor",)):
    """An organisation, its administrator's client, and the link in the mail."""
    thing = complete("verified", "Viện Hàn Lâm")
    web = client(ctx, admin_of(thing), thing)
    answer = web.post("/my/organisation/members/invite", data={"email": email, "roles": list(roles)})
    assert answer.status_code == 302, answer.text
    return thing, web, link_in(last_mail(ctx))


def open_memberships(thing) -> list[Membership]:
    db.session.expire_all()
    rows = select(Membership).where(Membership.organisation_id == thing.id, Membership.left_at.is_(None))
    return list(db.session.scalars(rows.order_by(Membership.id)))


def test_a_newcomer_registers_and_joins(ctx: Flask) -> None:
    thing, _web, link = invited(ctx, "HANH@example.vn")
    web = client(ctx)
    page = web.get(link)
    assert "Viện Hàn Lâm" in page.text
    assert "Biên tập viên" in page.text
    assert re.search(r'href="/register\?next=[^"]+"', page.text)
    web.post("/register", data=REGISTRATION)
    web.post(link_in(last_mail(ctx)))
    web.post("/login", data={"email": "hanh@example.vn", "password": PASSWORD})
    assert "Viện Hàn Lâm" in web.get("/account").text
    assert web.post(link).location == "/my/organisation"
    assert web.get("/my/organisation").status_code == 200
    assert web.get("/my/organisation/edit/identity").status_code == 403, "an editor does not administer"
    assert [row.roles for row in open_memberships(thing)][-1] == ["editor"]


def test_the_token_is_stored_as_a_digest_only(ctx: Flask) -> None:
    _thing, _web, link = invited(ctx)
    token = link.rsplit("/", 1)[1]
    stored = db.session.scalars(select(Invitation)).one()
    assert token not in (stored.token_digest, stored.email)
    assert all("moi@example.vn" not in str(event.data) for event in db.session.scalars(select(Event)))


def test_only_the_invited_person_may_accept(ctx: Flask) -> None:
    thing, _web, link = invited(ctx)
    stranger = client(ctx, factories.user(email="khac@example.vn"))
    assert "địa chỉ khác" in stranger.get(link).text
    assert stranger.post(link).status_code == 403
    number = db.session.scalars(select(Invitation.id)).one()
    assert stranger.post(f"/account/invitations/{number}/accept").status_code == 404
    assert client(ctx).post(link).status_code == 302, "a visitor is asked to sign in"
    assert len(open_memberships(thing)) == 1
    right = client(ctx, factories.user(email="moi@example.vn"))
    assert right.post(f"/account/invitations/{number}/accept").status_code == 302
    assert right.post(link).status_code == 302, "twice is silence"
    assert len(open_memberships(thing)) == 2


def test_an_invitation_ends_after_14_days_or_when_taken_back(ctx: Flask) -> None:
    thing, web, link = invited(ctx)
    person = client(ctx, factories.user(email="moi@example.vn"))
    with time_machine.travel(clock.now() + timedelta(days=14, minutes=1)):
        late = client(ctx, factories.user(email="tre@example.vn"))
        assert "không còn hiệu lực" in late.get(link).text
    number = db.session.scalars(select(Invitation.id)).one()
    assert web.post(f"/my/organisation/invitations/{number}/revoke").status_code == 302
    assert web.post(f"/my/organisation/invitations/{number}/revoke").status_code == 302
    person.post(link)
    assert len(open_memberships(thing)) == 1


def test_the_invited_person_does_not_join_after_14_days(ctx: Flask) -> None:
    thing, _web, link = invited(ctx)
    person = factories.user(email="moi@example.vn")
    number = db.session.scalars(select(Invitation.id)).one()
    with time_machine.travel(clock.now() + timedelta(days=14, minutes=1)):
        late = client(ctx, person)
        for path in (link, f"/account/invitations/{number}/accept"):
            assert "không còn hiệu lực" in late.post(path, follow_redirects=True).text, path
    assert len(open_memberships(thing)) == 1


def test_inviting_again_replaces_the_first_invitation(ctx: Flask) -> None:
    _thing, web, link = invited(ctx)
    web.post("/my/organisation/members/invite", data={"email": "moi@example.vn", "roles": ["admin"]})
    person = client(ctx, factories.user(email="moi@example.vn"))
    assert "không còn hiệu lực" in person.get(link).text
    assert person.post(link_in(last_mail(ctx))).status_code == 302


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"email": "không phải", "roles": ["editor"]}, "không hợp lệ"),
        ({"email": "", "roles": ["editor"]}, "bắt buộc"),
        ({"email": "a@example.vn"}, "bắt buộc"),
        ({"email": "a@example.vn", "roles": ["king"]}, "lựa chọn"),
        ({"email": "a" * 300 + "@example.vn", "roles": ["editor"]}, "255"),
    ],
)
def test_a_bad_invitation_is_explained(ctx: Flask, data: dict, complaint: str) -> None:
    thing = complete()
    answer = web_of(ctx, thing).post("/my/organisation/members/invite", data=data)
    assert answer.status_code == 422
    assert complaint in answer.text
    assert db.session.scalars(select(MailMessage)).all() == []


def test_a_member_is_not_invited_again(ctx: Flask) -> None:
    thing = complete()
    person = factories.user(email="co@example.vn")
    factories.member(person, thing)
    again = {"email": "co@example.vn", "roles": ["editor"]}
    answer = web_of(ctx, thing).post("/my/organisation/members/invite", data=again)
    assert "đã là thành viên" in answer.text


def test_the_last_administrator_can_neither_leave_nor_step_down(ctx: Flask) -> None:
    thing = complete()
    boss = admin_of(thing)
    editor = factories.user("Biên Tập")
    second = factories.member(editor, thing, "editor")
    web = client(ctx, boss, thing)
    mine = open_memberships(thing)[0]
    left = web.post("/my/organisation/leave")
    assert left.status_code == 422
    assert "ít nhất một quản trị viên" in left.text
    assert web.post(f"/my/organisation/members/{mine.id}", data={"roles": ["editor"]}).status_code == 422
    assert web.post(f"/my/organisation/members/{second.id}", data={"roles": ["admin", "editor"]}).status_code == 302
    assert web.post("/my/organisation/leave").location == "/my/organisations"
    assert [row.user_id for row in open_memberships(thing)] == [editor.id]


def test_leaving_and_removal_end_access_at_once(ctx: Flask) -> None:
    thing = complete()
    web = client(ctx, admin_of(thing), thing)
    person = factories.user("Người Đi")
    row = factories.member(person, thing, "editor")
    theirs = client(ctx, person, thing)
    assert theirs.get("/my/organisation").status_code == 200
    assert web.post(f"/my/organisation/members/{row.id}/remove").status_code == 302
    assert theirs.get("/my/organisation").status_code == 403
    assert web.post(f"/my/organisation/members/{row.id}/remove").status_code == 404
    actions = [event.action for event in db.session.scalars(select(Event).order_by(Event.id))]
    assert actions == ["organisation.remove_member"]


def test_roles_of_a_member_change_at_once(ctx: Flask) -> None:
    thing = complete()
    web = client(ctx, admin_of(thing), thing)
    person = factories.user()
    row = factories.member(person, thing, "editor")
    theirs = client(ctx, person, thing)
    assert theirs.get("/my/organisation/edit/about").status_code == 403
    assert web.post(f"/my/organisation/members/{row.id}", data={"roles": ["admin"]}).status_code == 302
    assert theirs.get("/my/organisation/edit/about").status_code == 200
    assert web.post(f"/my/organisation/members/{row.id}", data={}).status_code == 422


def test_one_person_belongs_to_several_organisations(ctx: Flask) -> None:
    person = factories.user()
    for name in ("Viện A", "Viện B"):
        factories.member(person, complete(name=name))
    page = client(ctx, person).get("/my/organisations").text
    assert "Viện A" in page
    assert "Viện B" in page


def test_invitations_are_counted_by_person_and_by_organisation_that_is_not_verified(ctx: Flask) -> None:
    draft = complete("draft")
    web = web_of(ctx, draft)
    sent = [web.post("/my/organisation/members/invite", data={"email": f"n{number}@example.vn", "roles": ["editor"]})
            for number in range(members.MOST_UNVERIFIED + 1)]
    assert [answer.status_code for answer in sent] == [302] * members.MOST_UNVERIFIED + [422]
    assert "mỗi ngày" in sent[-1].text
    thing = complete("verified")
    boss = factories.actor_of(admin_of(thing), thing)
    with ctx.test_request_context():
        for number in range(members.MOST_BY_PERSON):
            members.invite(thing, boss, f"m{number}@example.vn", ["editor"])
    with ctx.test_request_context(), pytest.raises(Invalid):
        members.invite(thing, boss, "zu-viel@example.vn", ["editor"])


def test_the_subject_names_only_an_organisation_that_is_verified(ctx: Flask) -> None:
    for state, named in (("draft", False), ("verified", True)):
        thing = complete(state, name="VIETCOMBANK khẩn cấp: tài khoản bị khóa")
        data = {"email": f"{state}@example.vn", "roles": ["editor"]}
        web_of(ctx, thing).post("/my/organisation/members/invite", data=data)
        assert ("VIETCOMBANK" in last_mail(ctx).subject) == named
        assert ("chưa xác minh" in last_mail(ctx).body) != named
