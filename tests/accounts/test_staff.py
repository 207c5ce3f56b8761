"""Staff roles: who may see them, grant them, end them; and the first operator."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.actions import grant_role
from marketplace.accounts.models import StaffGrant, User
from marketplace.core.access import SYSTEM
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.proposals import Proposal
from tests import factories
from tests.factories import PASSWORD, client


def open_roles(person: User) -> set[str]:
    rows = select(StaffGrant.role).where(StaffGrant.user_id == person.id, StaffGrant.ended_at.is_(None))
    return set(db.session.scalars(rows))


@pytest.mark.parametrize(
    ("staff", "status"),
    [((), 403), (("moderator",), 403), (("auditor",), 403), (("leadership",), 403), (("admin",), 200)],
)
def test_only_administrators_open_the_page(ctx: Flask, staff: tuple[str, ...], status: int) -> None:
    person = factories.user(staff=staff)
    web = client(ctx, person)
    assert web.get("/staff").status_code == status
    if status == 403:
        assert web.post("/staff/grant", data={}).status_code == 403
        assert web.post("/staff/grants/1/end", data={"reason": "x"}).status_code == 403


def test_a_visitor_is_sent_to_sign_in(ctx: Flask) -> None:
    assert client(ctx).get("/staff").location == "/login?next=%2Fstaff"


def test_granting_and_ending_with_reasons(ctx: Flask) -> None:
    boss, person = factories.user("Quản Trị", staff=("admin",)), factories.user("Lê Thị Mai")
    web = client(ctx, boss)
    data = {"email": person.email.upper(), "role": "moderator", "reason": "Nhận nhiệm vụ kiểm duyệt"}
    assert web.post("/staff/grant", data={**data, "reason": ""}).status_code == 422
    assert web.post("/staff/grant", data=data).location == "/staff"
    assert open_roles(person) == {"moderator"}
    assert client(ctx, person).get("/staff").status_code == 403
    again = web.post("/staff/grant", data=data)
    assert again.status_code == 422
    assert "đã có vai trò đó" in again.text

    grant = db.session.scalars(select(StaffGrant).where(StaffGrant.user_id == person.id)).one()
    assert web.post(f"/staff/grants/{grant.id}/end", data={"reason": " "}).status_code == 422
    assert web.post(f"/staff/grants/{grant.id}/end", data={"reason": "Chuyển công tác"}).location == "/staff"
    assert web.post(f"/staff/grants/{grant.id}/end", data={"reason": "Lần nữa"}).location == "/staff"
    assert open_roles(person) == set()
    page = web.get("/staff").text
    assert "Chuyển công tác" in page
    assert "Nhận nhiệm vụ kiểm duyệt" in page
    events = db.session.scalars(select(Event).where(Event.subject_id == person.id, Event.subject_kind == "user")).all()
    assert [event.action for event in events] == ["user.grant_role", "user.end_role"]


def test_nobody_grants_to_themselves_and_the_last_administrator_stays(ctx: Flask) -> None:
    boss, second = factories.user("Một", staff=("admin",)), factories.user("Hai")
    web = client(ctx, boss)
    own = web.post("/staff/grant", data={"email": boss.email, "role": "moderator", "reason": "tự cấp"})
    assert own.status_code == 422
    mine = db.session.scalars(select(StaffGrant).where(StaffGrant.user_id == boss.id)).one()
    refused = web.post(f"/staff/grants/{mine.id}/end", data={"reason": "nghỉ"})
    assert refused.status_code == 422
    assert "quản trị viên cuối cùng" in refused.text
    grant_role(second.email, "admin", "dự phòng", SYSTEM)
    db.session.commit()
    assert web.post(f"/staff/grants/{mine.id}/end", data={"reason": "nghỉ"}).status_code == 302
    assert web.get("/staff").status_code == 302, "the role ends at once, and with it the session"
    assert client(ctx, boss).get("/staff").status_code == 403


@pytest.mark.parametrize("role", ["admin", "manager", "accountant"])
def test_roles_that_move_money_or_grant_roles_take_two_administrators(ctx: Flask, role: str) -> None:
    first, second, person = (factories.user(name, staff=staff) for name, staff in (
        ("Một", ("admin",)), ("Hai", ("admin",)), ("Ba", ())))
    web, other = client(ctx, first), client(ctx, second)
    said = {"email": person.email, "role": role, "reason": "Nhận nhiệm vụ"}
    assert web.post("/staff/grant", data={**said, "email": first.email}).status_code == 422, "nobody for themselves"
    assert web.post("/staff/grant", data=said).location == "/staff"
    assert open_roles(person) == set() and other.post("/staff/grant", data=said).status_code == 422, "one waits already"
    made = db.session.scalars(select(Proposal)).one()
    assert (made.kind, made.by_id) == ("staff_role", first.id)
    here = f"/staff/proposals/{made.id}"
    assert web.post(f"{here}/approve").status_code == 403 and "Ba: " in other.get(here).text
    assert client(ctx, factories.user(staff=("manager",))).get(here).status_code == 404
    assert other.post(f"{here}/approve").status_code == 302
    assert open_roles(person) == {role}
    grant = db.session.scalars(select(StaffGrant).where(StaffGrant.user_id == person.id)).one()
    assert (grant.granted_by_id, grant.reason) == (second.id, "Nhận nhiệm vụ")


def test_who_is_to_get_a_role_does_not_approve_it_and_a_changed_person_is_proposed_anew(ctx: Flask) -> None:
    first, second, person = (factories.user(name, staff=staff) for name, staff in (
        ("Một", ("admin",)), ("Hai", ("admin",)), ("Ba", ())))
    web, other = client(ctx, first), client(ctx, second)
    web.post("/staff/grant", data={"email": second.email, "role": "accountant", "reason": "Kiêm nhiệm"})
    made = db.session.scalars(select(Proposal)).one()
    assert other.post(f"/staff/proposals/{made.id}/approve").status_code == 422
    assert open_roles(second) == {"admin"}
    web.post("/staff/grant", data={"email": person.email, "role": "accountant", "reason": "Nhận việc"})
    web.post("/staff/grant", data={"email": person.email, "role": "moderator", "reason": "Nhận việc"})
    late = db.session.scalars(select(Proposal).order_by(Proposal.id.desc())).first()
    assert late is not None and other.post(f"/staff/proposals/{late.id}/approve").status_code == 302
    db.session.expire_all()
    assert (late.state, open_roles(person)) == ("outdated", {"moderator"})


@pytest.mark.parametrize("email", ["nobody@example.vn", "", "<script>", "a" * 400])
def test_an_unknown_address_gets_a_clear_message(ctx: Flask, email: str) -> None:
    web = client(ctx, factories.user(staff=("admin",)))
    answer = web.post("/staff/grant", data={"email": email, "role": "moderator", "reason": "thử"})
    assert answer.status_code == 422
    assert web.post("/staff/grants/999/end", data={"reason": "x"}).status_code == 404


def test_the_first_operator_chooses_a_password_through_a_link(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["create-operator", "Op@Example.vn", "--name", "Phạm Thị Vân"])
    assert result.exit_code == 0, result.output
    link = re.search(r"https?://[^/]+(/reset/\S+)", result.output)
    assert link, result.output
    web = client(app)
    assert web.post(link[1], data={"password": PASSWORD, "password_confirm": PASSWORD}).location == "/login"
    assert web.post("/login", data={"email": "op@example.vn", "password": PASSWORD}).status_code == 302
    assert web.get("/staff").status_code == 200
    with app.app_context():
        assert open_roles(db.session.scalars(select(User)).one()) == {"admin", "moderator"}


def test_promoting_an_account_adds_only_the_roles_that_lack(app: Flask) -> None:
    with app.app_context():
        person = factories.user(email="co-san@example.vn", staff=("moderator",), password="x")
    for _twice in range(2):
        result = app.test_cli_runner().invoke(
            args=["create-operator", "co-san@example.vn", "--role", "moderator", "--role", "auditor"]
        )
        assert result.exit_code == 0, result.output
        assert "/reset/" not in result.output
    with app.app_context():
        assert open_roles(person) == {"moderator", "auditor"}


def test_a_password_from_standard_input_is_checked(app: Flask) -> None:
    arguments = ["create-operator", "op@example.vn", "--name", "Vân", "--password-stdin"]
    weak = app.test_cli_runner().invoke(args=arguments, input="ngan\n")
    assert weak.exit_code == 2
    assert "10" in weak.output
    good = app.test_cli_runner().invoke(args=arguments, input=PASSWORD + "\n")
    assert good.exit_code == 0, good.output
    assert client(app).post("/login", data={"email": "op@example.vn", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("arguments", [["op@example.vn"], ["khong-phai-thu", "--name", "X"]])
def test_the_command_says_what_is_missing(app: Flask, arguments: list[str]) -> None:
    result = app.test_cli_runner().invoke(args=["create-operator", *arguments])
    assert result.exit_code == 2
