"""Accounts that end: closed by their person or an administrator, opened again, erased."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask_security import hash_password
from sqlalchemy import func, select

from marketplace.accounts import closing
from marketplace.accounts.actions import create_person, reset_two_step
from marketplace.accounts.models import StaffGrant, User, UserSession
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.erasure import delete_names, names_left
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import Event, history, record
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.history.checks import broken_history
from marketplace.mail import MailMessage, queue
from marketplace.notifications.models import Notification
from marketplace.organisations.actions import members
from marketplace.organisations.actors import actor_of, people
from marketplace.organisations.models import Invitation, Membership
from marketplace.saved_searches.models import SavedSearch
from tests import factories
from tests.factories import PASSWORD, client
from tests.web_role import as_owner

pytestmark = pytest.mark.usefixtures("ctx")


@pytest.fixture
def anh() -> User:
    made = factories.user("Đặng Thị Ánh", email="anh@example.vn", phone="0912345678")
    made.password = hash_password(PASSWORD)
    db.session.commit()
    return made


@pytest.fixture
def admin() -> User:
    return factories.user("Quản trị", staff=("admin",))


def token_of(user: User) -> str:
    letters = db.session.scalars(select(MailMessage).where(MailMessage.recipient == user.email)).all()
    return next(match[1] for letter in letters if (match := re.search(r"/account/reopen/(\S+)", letter.body)))


def test_a_person_closes_the_account_with_the_password_and_opens_it_by_the_letter(ctx: Flask, anh: User) -> None:
    web, elsewhere = client(ctx, anh), client(ctx, anh)
    assert "Đóng tài khoản" in web.get("/account/close").text
    assert web.post("/account/close", data={"password": "sai"}).status_code == 422
    assert db.session.get_one(User, anh.id).active
    assert web.post("/account/close", data={"password": PASSWORD}).status_code == 302
    db.session.expire_all()
    assert not anh.active and anh.closed_by_id == anh.id
    for browser in (web, elsewhere):
        assert browser.get("/account").status_code in {302, 401}
    guest = ctx.test_client()
    assert guest.post("/login", data={"email": anh.email, "password": PASSWORD}).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 0
    token = token_of(anh)
    assert guest.get("/account/reopen/nonsense").status_code == 404
    assert "Mở lại" in guest.get(f"/account/reopen/{token}").text
    db.session.expire_all()
    assert not anh.active  # a program that looks at mails opens nothing
    assert guest.post(f"/account/reopen/{token}").status_code == 302
    db.session.expire_all()
    assert anh.active and anh.closed_at is None
    assert guest.get(f"/account/reopen/{token}").status_code == 404  # it serves once
    assert guest.post("/login", data={"email": anh.email, "password": PASSWORD}).status_code == 302
    actions = db.session.scalars(history("user", anh.id)).all()
    moves = [event.action for event in actions if event.action in {"user.close", "user.reopen"}]
    assert moves == ["user.reopen", "user.close"]


def test_an_administrator_closes_with_a_reason_and_only_an_administrator_opens(ctx: Flask, anh: User, admin: User) -> None:
    web, theirs = client(ctx, admin), client(ctx, anh)
    assert anh.email in web.get("/staff/accounts?q=Thị Ánh").text
    page = f"/staff/accounts/{anh.id}"
    assert web.post(f"{page}/close", data={"reason": " "}).status_code == 422
    assert web.post(f"{page}/close", data={"reason": "Bị chiếm quyền."}).location == page
    assert theirs.get("/account").status_code in {302, 401}
    db.session.expire_all()
    letter = db.session.scalars(select(MailMessage).where(MailMessage.recipient == anh.email)).one()
    assert "Bị chiếm quyền." in letter.body and "/account/reopen/" not in letter.body
    assert closing.person_of(closing.reopen_token(anh)) is None
    with pytest.raises(NotAllowed):
        closing.reopen(anh, Actor(user_id=anh.id, name=anh.name))
    assert anh.email in web.get("/staff/accounts").text  # those closed last
    assert web.post(f"{page}/reopen", data={"reason": "Đã xác minh."}).location == page
    db.session.expire_all()
    assert anh.active
    assert web.get("/staff/accounts/999").status_code == 404
    assert client(ctx, anh).get(page).status_code == 403


def test_closing_ends_roles_of_the_staff_and_never_the_last_administrator(anh: User, admin: User) -> None:
    db.session.add(StaffGrant(user_id=anh.id, role="moderator", granted_at=anh.created_at, reason="x"))
    db.session.commit()
    closing.close(anh, actor_of(admin), "Nghỉ việc.")
    db.session.commit()
    assert db.session.scalar(select(StaffGrant.ended_at).where(StaffGrant.user_id == anh.id)) is not None
    assert people([anh.id]) == {}
    for actor in (actor_of(admin), SYSTEM):
        with pytest.raises(Invalid, match="last administrator"):
            closing.close(admin, actor, "Thử.")
    second = factories.user(staff=("admin",))
    closing.close(admin, actor_of(second), "Thay người.")
    assert not admin.active
    with pytest.raises(NotAllowed):
        closing.close(second, actor_of(anh), "Không được.")


def test_nobody_leaves_an_organisation_at_work_without_an_administrator(ctx: Flask, anh: User, admin: User) -> None:
    org, draft = factories.organisation("Công ty Một Người"), factories.organisation("Tổ chức Chưa nộp", state="draft")
    for one in (org, draft):
        factories.member(anh, one, "admin")
    page = client(ctx, anh).get("/account/close").text
    assert "Công ty Một Người" in page and "Tổ chức Chưa nộp sẽ" not in page and 'name="password"' not in page
    with pytest.raises(Invalid, match="no administrator"):
        closing.close(anh, actor_of(anh))
    other = factories.user()
    factories.member(other, org, "admin")
    closing.close(anh, actor_of(anh))
    db.session.commit()
    # Who is closed is no administrator that is left.
    membership = db.session.scalars(select(Membership).where(Membership.user_id == other.id)).one()
    with pytest.raises(Invalid, match="needs an administrator"):
        members.change_roles(org, actor_of(other), membership, ["editor"])


def test_an_administrator_may_close_whoever_holds_an_organisation(ctx: Flask, anh: User, admin: User) -> None:
    org = factories.organisation("Công ty Một Người")
    factories.member(anh, org, "admin")
    assert "Công ty Một Người" in client(ctx, admin).get(f"/staff/accounts/{anh.id}").text
    closing.close(anh, actor_of(admin), "Bị chiếm quyền.")
    assert not anh.active


def test_a_closed_account_is_told_nothing_and_gets_no_link_for_a_password(ctx: Flask, anh: User, admin: User) -> None:
    closing.close(anh, actor_of(admin), "Thử.")
    db.session.commit()
    before = db.session.scalar(select(func.count()).select_from(MailMessage))
    guest = ctx.test_client()
    assert guest.post("/reset", data={"email": anh.email}).status_code in {200, 302}
    drain()
    assert db.session.scalar(select(func.count()).select_from(MailMessage)) == before


def test_the_command_closes(ctx: Flask, anh: User, admin: User) -> None:
    done = ctx.test_cli_runner().invoke(args=["close-account", anh.email, "--reason", "Bị chiếm."])
    assert done.exit_code == 0, done.output
    db.session.expire_all()
    assert not db.session.get_one(User, anh.id).active


def left_of(words: tuple[str, ...]) -> set[str]:
    """The columns of the whole database in which any of these words stands."""
    found = set()
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            for name, value in row.items():
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
                if any(word in text for word in words):
                    found.add(f"{table.name}.{name}")
    return found


def test_nothing_names_an_erased_person_any_more(ctx: Flask, admin: User) -> None:
    anh = create_person("anh@example.vn", "Đặng Thị Ánh", SYSTEM, password=PASSWORD, confirmed=True)
    anh.phone = "0912345678"
    org = factories.organisation()
    boss = factories.user("Sếp")
    factories.member(boss, org, "admin")
    factories.member(anh, org, "editor")
    db.session.add(Invitation(organisation=org, email=anh.email, roles=["editor"], token_digest="x", invited_by_id=boss.id,
                              created_at=anh.created_at, expires_at=anh.created_at))
    record(org, "organisation.update", actor_of(anh), reason="Tôi là Đặng Thị Ánh.")
    reset_two_step(anh, actor_of(admin))
    queue("x", anh.email, "Kính gửi Đặng Thị Ánh", "Số 0912345678")
    db.session.add(SavedSearch(user_id=anh.id, name="Tìm", kind="listing", frequency="daily", filters={}, known=[]))
    db.session.commit()
    with pytest.raises(IllegalMove):
        closing.erase(anh, actor_of(admin), "Theo yêu cầu.")
    closing.close(anh, actor_of(admin), "Theo yêu cầu.")
    closing.erase(anh, actor_of(admin), "Theo yêu cầu.")
    db.session.commit()
    as_owner()
    for person, until in names_left(db.session.connection()).items():
        assert delete_names(db.session.connection(), person, until)
    db.session.commit()
    db.session.expire_all()
    words = ("anh@example.vn", "Đặng Thị Ánh", "0912345678")
    assert left_of(words) == set()
    assert list(broken_history(ctx.extensions["settings"])) == []
    for table in (Notification, SavedSearch, UserSession):
        assert db.session.scalar(select(func.count()).select_from(table).where(table.user_id == anh.id)) == 0
    with pytest.raises(NotAllowed):
        closing.reopen(anh, actor_of(admin), "Nhầm.")
    closing.erase(anh, actor_of(admin), "Lần nữa.")
    erased = select(func.count()).select_from(Event).where(Event.action == "user.erase")
    assert db.session.scalar(erased) == 1


def test_the_pages_of_an_erased_account(ctx: Flask, anh: User, admin: User) -> None:
    web, page = client(ctx, admin), f"/staff/accounts/{anh.id}"
    assert web.post(f"{page}/erase", data={"reason": "Theo yêu cầu."}).status_code == 409
    assert web.post(f"{page}/close", data={"reason": "Theo yêu cầu."}).status_code == 302
    assert web.post(f"{page}/erase", data={"reason": "Theo yêu cầu."}).status_code == 302
    assert "Đặng" not in web.get(page).text


def test_the_worker_deletes_names_where_its_role_may(ctx: Flask, anh: User, admin: User) -> None:
    org = factories.organisation()
    event = record(org, "organisation.update", actor_of(anh))
    closing.close(anh, actor_of(admin), "Theo yêu cầu.")
    closing.erase(anh, actor_of(admin), "Theo yêu cầu.")
    db.session.commit()
    drain()
    db.session.expire_all()
    sqlite = db.engine.dialect.name == "sqlite"
    assert (event.actor_name == "") is sqlite  # the tests' role on PostgreSQL is that of the web
    assert ctx.test_cli_runner().invoke(args=["verify-history"]).exit_code == 0
