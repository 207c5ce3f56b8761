"""Object-level security of leads, terms, complaints and deals: every route × everybody around a deal, in one table.

The routes of `test_object_access.py` and of this table together are all routes with an id (its last test).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from marketplace.core.extensions import db
from marketplace.negotiation.actions import complaints, messages, terms
from tests import factories
from tests.conftest import empty_tables
from tests.deals.factories import Trade, deal_in
from tests.negotiation.factories import Cast
from tests.negotiation.terms_samples import values
from tests.payments.dues_world import paying
from tests.snapshot import Snapshot
from tests.test_object_access import NO_OBJECT
from tests.test_object_access import TABLE as THINGS

PEOPLE = ("anonymous", "stranger", "left", "supplier", "buyer", "officer", "moderator")
SIDES = frozenset({"supplier", "buyer"})
SUPPLIER, BUYER = frozenset({"supplier"}), frozenset({"buyer"})
OFFICER = frozenset({"officer"})
STAFF = frozenset({"officer", "moderator"})  # who sees that there is a lead or deal
STAFF_ONLY = ("mediate", "note", "officer", "classify", "remind", "reopen_due")
COMPLAINT = "Bên kia không trả lời trong ba tuần liền."


class TradeWorld(Cast):
    """Leads and deals in the states the routes need. `left` was an administrator of the supplier until today."""

    def __init__(self) -> None:
        super().__init__()
        self.left_user = factories.user("Người đã rời đi")
        factories.member(self.left_user, self.stranger_org)
        self.contacted = self.interest(self.listing("Vật liệu hấp phụ mới"))
        self.lead = self.lead_in("negotiating")
        terms.propose(self.lead, self.supplier, values(), based_on=0)
        messages.post(self.lead, self.buyer, "Xin gửi bảng thông số nước thải.", once="first")
        self.complaint = complaints.open_complaint(self.lead, self.buyer, "no_answer", COMPLAINT)
        db.session.commit()
        self.trade = Trade()
        for side in ("supplier", "buyer"):  # the same two organisations' people trade
            setattr(self.trade, f"{side}_org", getattr(self, f"{side}_org"))
            setattr(self.trade, f"{side}_user", getattr(self, f"{side}_user"))
            setattr(self.trade, side, getattr(self, side))
        self.deal = self.deal_in("delivering", milestones=["planned", "delivered", "planned"])
        self.milestone, self.delivered = self.deal.milestones[0].id, self.deal.milestones[1].id
        self.drafting, self.signing = self.deal_in("drafting"), self.deal_in("awaiting_signature")
        self.completed = self.deal_in("completed")
        self.accepting, self.disputed = self.deal_in("acceptance"), self.deal_in("disputed")
        self.ending = self.deal_in("delivering", ending_asked_by="supplier", ending_code="mutual")
        self.paying = self.deal_in("delivering", milestones=["accepted"] * 3)
        self.dues = [one.id for one in paying(self.paying, self.buyer, self.supplier)]
        db.session.commit()

    def due(self, place: int, action: str = "") -> str:
        """The address of a payment: the first is due, the second reported, the third confirmed."""
        return f"/deals/{self.paying.code}/dues/{self.dues[place]}" + (f"/{action}" if action else "")

    def deal_in(self, state: str, **changes: Any) -> Any:
        """A deal of the two sides in `state`."""
        return deal_in(state, self.trade, listing=self.trade.listing(f"Công nghệ {state}"), **changes)

    def person(self, app: Flask, name: str) -> Any:
        if name == "anonymous":
            return self.client(app, "")
        if name == "left":
            return factories.client(app, self.left_user, self.stranger_org)
        return self.client(app, name)


@dataclass(frozen=True)
class Row:
    """Who reaches the object behind one route; everybody else is refused, or sent to sign in."""

    endpoint: str
    path: Callable[[TradeWorld], str]
    may: frozenset[str]
    post: bool = False
    data: dict[str, str] | None = None


def get(endpoint: str, path: Callable[[TradeWorld], str], may: frozenset[str]) -> Row:
    return Row(endpoint, path, may)


def post(endpoint: str, path: Callable[[TradeWorld], str], may: frozenset[str], **data: str) -> Row:
    return Row(endpoint, path, may, post=True, data=data)


LEADS = (
    get("negotiation.show", lambda w: f"/leads/{w.lead.code}", SIDES | STAFF),
    post("negotiation.post_message", lambda w: f"/leads/{w.lead.code}/messages", SIDES, text="Chào bạn", once="x"),
    get("negotiation.new_terms", lambda w: f"/leads/{w.lead.code}/terms/new", SIDES),
    post("negotiation.new_terms", lambda w: f"/leads/{w.lead.code}/terms/new", SIDES),  # an empty form: 422
    get("negotiation.show_terms", lambda w: f"/leads/{w.lead.code}/terms/1", SIDES),
    post("negotiation.answer_terms", lambda w: f"/leads/{w.lead.code}/terms/1/accept", BUYER),
    post("negotiation.answer_terms", lambda w: f"/leads/{w.lead.code}/terms/1/decline", BUYER, reason="Giá cao"),
    post("negotiation.answer_terms", lambda w: f"/leads/{w.lead.code}/terms/1/withdraw", SUPPLIER),
    post("negotiation.move", lambda w: f"/leads/{w.contacted.code}/moves/accept", SUPPLIER, lock="contacted"),
    post("negotiation.move", lambda w: f"/leads/{w.contacted.code}/moves/withdraw", BUYER, lock="contacted",
         reason_code="changed_mind"),
    get("negotiation.complain", lambda w: f"/leads/{w.lead.code}/complaints", SIDES),
    post("negotiation.complain", lambda w: f"/leads/{w.lead.code}/complaints", SIDES, kind="conduct", text=COMPLAINT),
    post("negotiation.remind", lambda w: f"/leads/{w.lead.code}/remind", OFFICER),
    get("negotiation.complaint", lambda w: f"/complaints/{w.complaint.code}", SIDES | STAFF),
    post("negotiation.move_complaint", lambda w: f"/complaints/{w.complaint.code}/moves/triage", OFFICER),
    post("negotiation.move_complaint", lambda w: f"/complaints/{w.complaint.code}/moves/withdraw", BUYER),
    post("negotiation.mediate", lambda w: f"/complaints/{w.complaint.code}/messages", OFFICER,
         text="Mời hai bên", once="y"),
)
DEALS = (
    get("deals.record_pdf", lambda w: f"/deals/{w.deal.code}/record.pdf", SIDES | STAFF),
    get("deals.certificate_pdf", lambda w: f"/deals/{w.completed.code}/certificate.pdf", SIDES | STAFF),
    get("deals.show", lambda w: f"/deals/{w.deal.code}", SIDES | STAFF),
    get("deals.write_contract", lambda w: f"/deals/{w.drafting.code}/contract", SIDES),
    post("deals.write_contract", lambda w: f"/deals/{w.drafting.code}/contract", SIDES, lock="1", contract_no="9"),
    get("deals.signature", lambda w: f"/deals/{w.signing.code}/signature", SIDES),
    post("deals.signature", lambda w: f"/deals/{w.signing.code}/signature", SIDES),
    post("deals.make_move", lambda w: f"/deals/{w.drafting.code}/moves/cancel", SIDES, reason="Hết kinh phí"),
    post("deals.make_move", lambda w: f"/deals/{w.disputed.code}/moves/resume_delivering", frozenset({"buyer", "officer"}),
         reason="Đã thống nhất"),
    get("deals.deliver", lambda w: f"/deals/{w.deal.code}/milestones/{w.milestone}/deliver", SIDES),
    post("deals.deliver", lambda w: f"/deals/{w.deal.code}/milestones/{w.milestone}/deliver", SUPPLIER, note="Đã giao"),
    post("deals.answer_milestone", lambda w: f"/deals/{w.deal.code}/milestones/{w.delivered}/accept", BUYER),
    post("deals.answer_milestone", lambda w: f"/deals/{w.deal.code}/milestones/{w.delivered}/return", BUYER,
         reason="Thiếu"),
    get("deals.acceptance", lambda w: f"/deals/{w.accepting.code}/acceptance", SIDES),
    post("deals.acceptance", lambda w: f"/deals/{w.accepting.code}/acceptance", BUYER, minutes_no="1", result="Đạt",
         minutes_on="01/11/2026", value_realised="1"),
    post("deals.ask_ending", lambda w: f"/deals/{w.deal.code}/ending", SIDES, reason_code="mutual"),
    post("deals.answer_ending", lambda w: f"/deals/{w.ending.code}/ending/agree", BUYER),
    post("deals.answer_ending", lambda w: f"/deals/{w.ending.code}/ending/refuse", BUYER, reason="Vẫn cần"),
    post("deals.answer_ending", lambda w: f"/deals/{w.ending.code}/ending/withdraw", SUPPLIER),
    post("deals.choose_publicity", lambda w: f"/deals/{w.deal.code}/publicity", SIDES, publicity="existence"),
    post("deals.add_file", lambda w: f"/deals/{w.deal.code}/files", SIDES),
    post("deals.write_note", lambda w: f"/deals/{w.deal.code}/notes", OFFICER, text="Nhắc bên giao"),
    post("deals.set_officer", lambda w: f"/deals/{w.deal.code}/officer", OFFICER, officer=""),
    post("deals.remind", lambda w: f"/deals/{w.deal.code}/remind", OFFICER),
    post("deals.classify", lambda w: f"/deals/{w.deal.code}/class", OFFICER),
)
PARTIES = SIDES | OFFICER
DUES = (
    get("payments.due", lambda w: w.due(0), PARTIES),
    get("payments.due_qr", lambda w: w.due(0, "qr.svg"), SIDES),
    post("payments.claim_due", lambda w: w.due(0, "claim"), PARTIES - OFFICER),
    post("payments.confirm_due", lambda w: w.due(1, "confirm"), PARTIES - OFFICER),
    post("payments.reopen_due", lambda w: w.due(2, "reopen"), OFFICER),
    post("payments.move_due", lambda w: w.due(0, "ask_waiver"), SIDES, reason="Bù chậm"),
    post("payments.move_due", lambda w: w.due(1, "contest"), SUPPLIER, reason="Chưa nhận"),
    post("payments.move_due", lambda w: w.due(1, "withdraw"), BUYER),
)
TABLE = (*LEADS, *DEALS, *DUES)


@pytest.fixture(scope="module")
def made(shared_app: Flask) -> Iterator[tuple[TradeWorld, Snapshot]]:
    with shared_app.app_context():
        world = TradeWorld()
        snapshot = Snapshot()
        yield world, snapshot
        snapshot.close()
        db.session.remove()
        empty_tables()


def reached(answer: Any) -> bool:
    """True when the person got through to the object, also when the object then refused the move (409, 422)."""
    if answer.status_code in {301, 302, 303}:
        return "/login" not in answer.headers["Location"]
    assert answer.status_code in {200, 204, 400, 401, 403, 404, 409, 422}, answer.status_code
    return answer.status_code in {200, 204, 409, 422}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.endpoint}-{'post' if row.post else 'get'}")
def test_exactly_the_right_people_reach_it(shared_app: Flask, made: tuple[TradeWorld, Snapshot], row: Row) -> None:
    world, snapshot = made
    snapshot.restore()
    path = row.path(world)
    for name in sorted(PEOPLE, key=lambda one: one in row.may):  # first those who must not change anything
        client = world.person(shared_app, name)
        answer = client.post(path, data=row.data or {}) if row.post else client.get(path)
        assert reached(answer) == (name in row.may), f"{name} at {path}: {answer.status_code}"
        if name in {"stranger", "left"} and not row.endpoint.endswith(STAFF_ONLY):
            assert answer.status_code == 404, f"{name} is told that {path} exists: {answer.status_code}"
        if answer.status_code < 400:
            snapshot.restore()


def test_every_route_with_an_id_is_in_a_table(shared_app: Flask) -> None:
    covered = {row.endpoint for row in (*THINGS, *TABLE)} | NO_OBJECT
    missing = sorted(
        {rule.endpoint for rule in shared_app.url_map.iter_rules() if rule.arguments - {"filename"}} - covered
    )
    assert not missing, f"say in TABLE (here or in test_object_access.py) who may reach the object of: {missing}"
