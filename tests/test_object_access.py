"""Object-level security: every route with an id × anonymous, stranger, colleague, owner, moderator, in one table.

A route that is neither here nor in `test_trade_access.py` fails that file's last test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from marketplace.accounts.models import StaffGrant
from marketplace.answers.actions import writing as answers
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import SYSTEM
from marketplace.core.calendar_days import CalendarDay
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.files import actions as files
from marketplace.files.models import Attachment
from marketplace.importing.import_runs import upload_path
from marketplace.importing.models import ImportRun
from marketplace.listings.models import Listing
from marketplace.mail import MailMessage
from marketplace.matching.models import Match
from marketplace.notifications.models import HeldNotification, Notification
from marketplace.notifications.unsubscribe_link import path as unsubscribe_path
from marketplace.organisations.actions.members import digest
from marketplace.organisations.models import Invitation
from marketplace.payments.banks.models import BankAccount, StatementLine
from marketplace.payments.cards.messages import UNKNOWN
from marketplace.payments.fees.actions import charge
from marketplace.payments.fees.proposals import propose_to_waive
from marketplace.payments.invoicing.actions import draft, issue
from marketplace.payments.invoicing.models import CreditNote
from marketplace.payments.ledger.models import JournalEntry
from marketplace.payments.settlement.actions import Said, note_event, receive
from marketplace.payments.settlement.refunds import approve, request
from marketplace.saved_searches import unsubscribe_link
from marketplace.saved_searches.models import SavedSearch
from marketplace.values import clock
from tests import factories
from tests.answers.factories import said
from tests.buyer_requests.factories import Cast
from tests.conftest import empty_tables
from tests.files import samples as uploads
from tests.listings import samples
from tests.payments.world import Desk
from tests.snapshot import Snapshot

PEOPLE = ("anonymous", "stranger", "colleague", "owner", "moderator")
ALL = frozenset(PEOPLE)
INSIDE = frozenset({"colleague", "owner"})
OWNER = frozenset({"owner"})
STAFF = frozenset({"moderator"})


class World(Cast):
    """One of everything that has an id. The owner administers; the colleague only signs; the stranger is verified."""

    def __init__(self) -> None:
        super().__init__()
        owner, staff = self.buyer, self.moderator
        self.listing: Listing = samples.published(self.buyer_user, self.org, self.moderator_user)
        self.draft_listing = samples.draft(self.buyer_user, self.org, title="Bản nháp bí mật").listing
        self.waiting = samples.submitted(self.buyer_user, self.org, title="Đang chờ duyệt")
        self.need: BuyerRequest = self.published()
        self.draft_need = self.draft(title="Nhu cầu nháp").buyer_request
        self.answered_need: BuyerRequest = self.published(title="Nhu cầu đã có trả lời")
        self.answer = answers.begin(self.answered_need, self.stranger)
        answers.save(self.answer, said(), self.stranger, self.answer.lock)
        answers.send(self.answer, self.stranger, self.answer.lock)
        self.picture = db.session.query(Attachment).filter_by(subject_id=self.listing.published_revision_id).first()
        stored = files.store_upload(uploads.upload(uploads.picture(), "mật.png"), owner)
        self.secret = files.attach(stored, self.listing.published_revision, "document", tier="confidential")
        self.draft_picture = db.session.query(Attachment).filter_by(subject_id=self.draft_listing.revisions[0].id).one()
        need_draft = self.draft_need.revisions[0]
        self.need_file = files.attach(stored, need_draft, "document")
        self.answer_file = files.attach(stored, self.answer, "document", tier="members")
        self.org_file = files.attach(stored, self.org, "registration", tier="staff")
        unchecked = files.store_upload(uploads.upload(uploads.picture(size=(300, 200)), "chờ.png"), owner)
        unchecked.state, unchecked.due_at = "waiting", clock.now()
        self.unchecked = files.attach(unchecked, self.listing.published_revision, "document")
        self.found = files.store_upload(uploads.upload(uploads.picture(size=(200, 300)), "độc.png"), owner)
        self.found.state, self.found.due_at = "infected", clock.now()
        self.harmful = files.attach(self.found, self.listing.published_revision, "document")
        self.match = Match(buyer_request_id=self.need.id, listing_id=self.listing.id, score=500, strength="possible",
                           factors=[], computed_at=clock.now())
        self.run = ImportRun(kind="listings", state="previewed", org_id=self.org.id, file_name="a.csv", sha256="0" * 64,
                             created_by_id=staff.user_id, created_at=clock.now())
        self.mail = MailMessage(key="x", recipient="a@example.vn", subject="x", body="x", queued_at=clock.now())
        self.day = CalendarDay(day=clock.today(), working=False, note="x", created_at=clock.now())
        self.invitation = Invitation(organisation_id=self.org.id, email="moi@example.vn", roles=["editor"],
                                     token_digest=digest("token-of-invitation"), invited_by_id=self.buyer_user.id,
                                     created_at=clock.now(), expires_at=clock.end_of_day(clock.today().replace(year=2099)))
        self.grant = StaffGrant(user_id=self.moderator_user.id, role="auditor", granted_at=clock.now(), reason="x")
        self.told = Notification(user_id=self.buyer_user.id, key="x", topic="reminders", message="x", org_id=self.org.id,
                                 href="/technologies")
        self.lost = MailMessage(key="y", recipient="a@example.vn", subject="x", body="x", queued_at=clock.now(),
                                state="unknown")
        self.search = SavedSearch(user_id=self.buyer_user.id, org_id=self.org.id, name="Màng lọc", kind="listing",
                                  frequency="daily")
        db.session.add_all([self.match, self.run, self.mail, self.day, self.invitation, self.grant, self.told, self.lost])
        db.session.add(self.search)
        self._charge()
        event = record(self.listing, "listing.confirm", SYSTEM)
        self.held_news = HeldNotification(event_id=event.id, of_kind="listing", of_id=self.listing.id, action=event.action,
                                     reason_code="x")
        db.session.add(self.held_news)
        db.session.commit()
        upload_path(self.run).parent.mkdir(parents=True, exist_ok=True)
        upload_path(self.run).write_text("title\nMột công nghệ\n", encoding="utf-8")
        self.search_off = unsubscribe_link.path(self.search.id, self.buyer_user.id)
        self.unsubscribe = unsubscribe_path(self.buyer_user.id, "reminders")
        self.membership = next(one for one in self.org.memberships if one.user_id == self.colleague_user.id)

    def _charge(self) -> None:
        """Charge the organisation for something, and propose to waive it."""
        desk = Desk()
        rule = desk.rule(base="fixed", amount=1_000_000, bands=[])
        made = charge(rule, self.listing, self.org, SYSTEM)
        self.invoice = draft(self.org, desk.first)
        issue(self.invoice, desk.first)
        self.entry = db.session.query(JournalEntry).one()
        account = self.bank_account = BankAccount(bin="970436", account_no="0011004567890", holder="SAN GIAO DICH")
        db.session.add(account)
        db.session.flush()
        self.statement_line = StatementLine(account_id=account.id, booked_on=clock.today(), amount=5_000, fingerprint="x",
                                            due_at=clock.now())
        db.session.add(self.statement_line)
        said = Said(2_000, "VND", clock.today())
        self.payment = receive(account, "bank", "line:1", said, org=self.org, invoice=None, actor=desk.first)
        noted = note_event("stripe", "evt_1", "payment_intent.succeeded", {"object": {"id": "pi_1"}})
        assert noted is not None
        noted.parked_reason = UNKNOWN
        self.message = noted
        self.refund = request(self.payment, 1_000, "over_payment", "", desk.first)
        approve(self.refund, desk.second)
        self.credit = CreditNote(code="GG-2026-000001", invoice_id=self.invoice.id, net=1, vat=0, total=1, agreement_no="1",
                                 agreement_on=clock.today(), reason="x", by_id=desk.first.user_id,
                                 approved_by_id=desk.second.user_id)
        db.session.add(self.credit)
        made = charge(rule, self.need, self.org, SYSTEM)
        assert made is not None
        self.charge = made
        self.proposal = propose_to_waive(made, "Giao dịch đầu tiên", desk.first)

    def client(self, app: Flask, name: str) -> Any:
        who = {
            "anonymous": (None, None),
            "stranger": (self.stranger_user, self.stranger_org),
            "colleague": (self.colleague_user, self.org),
            "owner": (self.buyer_user, self.org),
            "moderator": (self.moderator_user, None),
        }[name]
        return factories.client(app, *who)


@dataclass(frozen=True)
class Row:
    """Who reaches the object behind one route; everybody else is refused or sent to sign in."""

    endpoint: str
    path: Callable[[World], str]
    may: frozenset[str]
    post: bool = False
    data: dict[str, str] | None = None


def get(endpoint: str, path: Callable[[World], str], may: frozenset[str]) -> Row:
    return Row(endpoint, path, may)


def post(endpoint: str, path: Callable[[World], str], may: frozenset[str], **data: str) -> Row:
    return Row(endpoint, path, may, post=True, data=data)


TABLE = (
    get("listings.show", lambda w: f"/technologies/{w.listing.code}-mang-loc", ALL),
    get("listings.show", lambda w: f"/technologies/{w.draft_listing.code}-x", frozenset()),
    get("listings.picture_of_link", lambda w: f"/technologies/{w.listing.code}/card.png", ALL),
    get("listings.picture_of_link", lambda w: f"/technologies/{w.draft_listing.code}/card.png", frozenset()),
    get("listings.confidential", lambda w: f"/technologies/{w.listing.code}/confidential", INSIDE),
    post("listings.enquire", lambda w: f"/technologies/{w.listing.code}/enquiry", ALL - {"anonymous"}),
    post("listings.move", lambda w: f"/technologies/{w.listing.code}/moves/confirm", OWNER),
    post("listings.move", lambda w: f"/technologies/{w.listing.code}/moves/unpublish", OWNER, reason="x"),
    get("listings.preview", lambda w: f"/my/listings/{w.draft_listing.code}/preview", INSIDE),
    get("listings.review", lambda w: f"/my/listings/{w.draft_listing.code}/review", INSIDE),
    get("listings.edit", lambda w: f"/my/listings/{w.draft_listing.code}/edit/what", OWNER),
    post("listings.edit", lambda w: f"/my/listings/{w.draft_listing.code}/edit/what", OWNER, title="Tên khác hẳn"),
    post("listings.revise", lambda w: f"/my/listings/{w.listing.code}/revise", OWNER),
    post("listings.withdraw", lambda w: f"/my/listings/{w.waiting.listing.code}/withdraw", OWNER),
    post("listings.submit", lambda w: f"/my/listings/{w.draft_listing.code}/submit", OWNER),
    post("listings.delete", lambda w: f"/my/listings/{w.draft_listing.code}/delete", OWNER),
    post("listings.edit", lambda w: f"/my/listings/{w.draft_listing.code}/edit/files", OWNER, role="image"),
    get("listings.confirm_asked", lambda w: "/my/listings/confirm/not-a-token", frozenset()),
    post("listings.change_file", lambda w: f"/my/listings/{w.draft_listing.code}/files/{w.draft_picture.id}/remove", OWNER),
    get("buyer_requests.show", lambda w: f"/needs/{w.need.code}-x", ALL),
    get("buyer_requests.show", lambda w: f"/needs/{w.draft_need.code}-x", INSIDE),
    get("buyer_requests.jsonld", lambda w: f"/needs/{w.need.code}.jsonld", ALL),
    get("buyer_requests.confidential", lambda w: f"/needs/{w.need.code}/confidential/1", INSIDE),
    post("buyer_requests.enquire", lambda w: f"/needs/{w.need.code}/enquiry", frozenset({"stranger"}) | INSIDE),  # own: 422
    post("buyer_requests.move", lambda w: f"/needs/{w.need.code}/move/shortlist", OWNER),
    get("buyer_requests.review", lambda w: f"/my/needs/{w.draft_need.code}/review", INSIDE),
    get("buyer_requests.edit", lambda w: f"/my/needs/{w.draft_need.code}/edit/problem", OWNER),
    post("buyer_requests.revise", lambda w: f"/my/needs/{w.need.code}/revise", OWNER),
    post("buyer_requests.submit", lambda w: f"/my/needs/{w.draft_need.code}/submit", OWNER),
    post("buyer_requests.delete", lambda w: f"/my/needs/{w.draft_need.code}/delete", OWNER),
    post("buyer_requests.withdraw", lambda w: f"/my/needs/{w.draft_need.code}/withdraw", OWNER),
    post("buyer_requests.edit", lambda w: f"/my/needs/{w.draft_need.code}/edit/files", OWNER, go="next"),
    post("buyer_requests.change_file", lambda w: f"/my/needs/{w.draft_need.code}/files/{w.need_file.id}/remove", OWNER),
    get("negotiation.interest", lambda w: f"/technologies/{w.listing.code}/interest", ALL - {"anonymous"}),
    get("negotiation.interest", lambda w: f"/technologies/{w.draft_listing.code}/interest", frozenset()),
    post("negotiation.interest", lambda w: f"/technologies/{w.listing.code}/interest", frozenset({"stranger"})),
    get("answers.begin", lambda w: f"/needs/{w.need.code}/answer", ALL - {"anonymous"}),
    get("answers.begin", lambda w: f"/needs/{w.draft_need.code}/answer", frozenset()),
    post("answers.begin", lambda w: f"/needs/{w.need.code}/answer", frozenset({"stranger"})),
    get("answers.show", lambda w: f"/answers/{w.answer.code}", INSIDE | {"stranger"}),
    get("answers.received", lambda w: f"/my/needs/{w.answered_need.code}/answers", INSIDE),
    get("answers.beside", lambda w: f"/my/needs/{w.answered_need.code}/answers/beside", INSIDE),  # of none: 422
    post("answers.give_points", lambda w: f"/answers/{w.answer.code}/points", INSIDE),
    post("answers.add_note", lambda w: f"/answers/{w.answer.code}/notes", INSIDE, text="Ghi chú"),
    post("answers.judge", lambda w: f"/answers/{w.answer.code}/judge/shortlist", INSIDE),
    get("answers.choose", lambda w: f"/answers/{w.answer.code}/choose", INSIDE),
    post("answers.choose", lambda w: f"/answers/{w.answer.code}/choose", INSIDE),
    get("answers.export", lambda w: f"/my/needs/{w.answered_need.code}/answers.xlsx", INSIDE),
    get("answers.edit", lambda w: f"/my/answers/{w.answer.code}/edit", frozenset({"stranger"})),
    get("answers.check", lambda w: f"/my/answers/{w.answer.code}/check", frozenset({"stranger"})),
    post("answers.edit", lambda w: f"/my/answers/{w.answer.code}/edit", frozenset({"stranger"}), lock="1"),
    post("answers.add_file", lambda w: f"/my/answers/{w.answer.code}/files", frozenset({"stranger"})),  # without one: 422
    post("answers.remove_file", lambda w: f"/my/answers/{w.answer.code}/files/{w.answer_file.id}/remove",
         frozenset({"stranger"})),
    post("answers.send", lambda w: f"/my/answers/{w.answer.code}/send", frozenset({"stranger"}), lock="1"),
    post("answers.move", lambda w: f"/my/answers/{w.answer.code}/moves/withdraw", frozenset({"stranger"}),
         reason_code="changed_mind"),
    get("files.show", lambda w: f"/files/{w.picture.id}/x.png", ALL),
    get("files.show", lambda w: f"/files/{w.draft_picture.id}/x.png", INSIDE),
    get("files.show", lambda w: f"/files/{w.org_file.id}/x.png", INSIDE | STAFF),
    get("files.show", lambda w: f"/files/{w.unchecked.id}/x.png", OWNER),
    get("files.show", lambda w: f"/files/{w.harmful.id}/x.png", frozenset()),
    get("files.my_file", lambda w: f"/my/files/{w.found.id}", OWNER),
    get("files.staff_file", lambda w: f"/staff/files/{w.found.id}", STAFF),
    post("files.decide", lambda w: f"/staff/files/{w.found.id}/release", STAFF, reason="Vô hại"),
    get("files.show_logged", lambda w: f"/files/{w.secret.id}/confidential/x.png", INSIDE),
    get("importing.show", lambda w: f"/imports/{w.run.id}", STAFF),
    get("importing.report", lambda w: f"/imports/{w.run.id}/report", frozenset()),  # it has none yet
    post("importing.columns", lambda w: f"/imports/{w.run.id}/columns", STAFF),
    post("importing.start", lambda w: f"/imports/{w.run.id}/start", STAFF),
    post("importing.cancel", lambda w: f"/imports/{w.run.id}/cancel", STAFF),
    post("matching.set_mark", lambda w: f"/matches/{w.match.id}/suggest", STAFF),
    post("matching.invite", lambda w: f"/matches/{w.match.id}/invite", OWNER),
    post("negotiation.introduce_pair", lambda w: f"/staff/pairs/{w.match.id}/introduce", STAFF - {"moderator"}),
    post("matching.give_feedback", lambda w: f"/matches/{w.match.id}/feedback/useful", OWNER),
    get("moderation.case", lambda w: f"/moderation/listing/{w.waiting.id}", STAFF),
    post("moderation.claim", lambda w: f"/moderation/listing/{w.waiting.id}/claim", STAFF),
    post("moderation.decide", lambda w: f"/moderation/listing/{w.waiting.id}/decide", STAFF),
    post("moderation.release", lambda w: f"/moderation/listing/{w.waiting.id}/release", STAFF),
    post("moderation.take_over", lambda w: f"/moderation/listing/{w.waiting.id}/take-over", STAFF),
    get("moderation.thing", lambda w: f"/moderation/things/listing/{w.listing.id}", STAFF),
    post("moderation.sanction", lambda w: f"/moderation/things/listing/{w.listing.id}/suspend", STAFF),
    post("moderation.remove_day", lambda w: f"/moderation/calendar/{w.day.id}/remove", STAFF),
    post("organisations.remove_document", lambda w: f"/my/organisation/documents/{w.org_file.id}/remove", OWNER),
    post("organisations.remove_member", lambda w: f"/my/organisation/members/{w.membership.id}/remove", OWNER),
    get("organisations.member", lambda w: f"/my/organisation/members/{w.membership.id}", OWNER),
    post("organisations.revoke_invitation", lambda w: f"/my/organisation/invitations/{w.invitation.id}/revoke", OWNER),
    post("organisations.accept_mine", lambda w: f"/account/invitations/{w.invitation.id}/accept", frozenset()),
    get("organisations.invitation", lambda w: "/invitations/token-of-invitation", ALL),
    post("organisations.accept", lambda w: "/invitations/token-of-invitation", frozenset()),
    get("pages.organisation", lambda w: f"/organisations/{w.org.slug}", ALL),
    get("notifications.open_one", lambda w: f"/inbox/{w.told.id}/open", OWNER),
    post("notifications.resend", lambda w: f"/staff/deliveries/{w.lost.id}/resend", frozenset()),  # admins and managers
    post("notifications.decide_held", lambda w: f"/staff/held-notifications/{w.held_news.id}/drop", STAFF),
    get("notifications.ask", lambda w: w.unsubscribe, ALL),  # the signed address is the permission
    get("notifications.ask", lambda w: "/unsubscribe/WzEsInJlbWluZGVycyJd.forged", frozenset()),
    post("notifications.turn_off", lambda w: w.unsubscribe, ALL),
    post("notifications.turn_off", lambda w: "/unsubscribe/WzEsInJlbWluZGVycyJd.forged", frozenset()),
    get("saved_searches.show", lambda w: f"/my/searches/{w.search.id}", OWNER),
    post("saved_searches.change", lambda w: f"/my/searches/{w.search.id}", OWNER, name="Tên mới", frequency="daily"),
    post("saved_searches.delete", lambda w: f"/my/searches/{w.search.id}/delete", OWNER),
    get("saved_searches.ask_off", lambda w: w.search_off, ALL),  # the signed address is the permission
    get("saved_searches.ask_off", lambda w: "/my/searches/off/WzEsMV0.forged", frozenset()),
    post("saved_searches.off", lambda w: w.search_off, ALL),
    post("saved_searches.off", lambda w: "/my/searches/off/WzEsMV0.forged", frozenset()),
    get("accounts.mailbox_message", lambda w: f"/mailbox/{w.mail.id}", ALL),
    get("proposals.show", lambda w: f"/staff/proposals/{w.proposal.id}", STAFF),  # the moderator is an auditor too
    post("proposals.decide_one", lambda w: f"/staff/proposals/{w.proposal.id}/approve", frozenset()),
    get("payments.charge", lambda w: f"/money/charges/{w.charge.id}", STAFF),
    get("payments.account", lambda w: f"/money/accounts/131-{w.org.id}", STAFF),
    get("payments.account_file", lambda w: f"/money/accounts/131-{w.org.id}.csv", STAFF),
    get("payments.entry", lambda w: f"/money/entries/{w.entry.code}", STAFF),
    get("payments.request_of", lambda w: f"/my/money/{w.invoice.code}", INSIDE),
    get("payments.request_pdf", lambda w: f"/my/money/{w.invoice.code}.pdf", INSIDE),
    get("payments.request_qr", lambda w: f"/my/money/{w.invoice.code}/qr.svg", INSIDE),
    get("payments.credit_note_pdf", lambda w: f"/my/money/credits/{w.credit.code}.pdf", INSIDE),
    get("payments.any_credit_note_pdf", lambda w: f"/money/credits/{w.credit.code}.pdf", STAFF),
    get("payments.receipt_pdf", lambda w: f"/my/money/payments/{w.payment.code}.pdf", INSIDE),
    get("payments.any_receipt_pdf", lambda w: f"/money/payments/{w.payment.code}.pdf", STAFF),
    get("payments.any_request_pdf", lambda w: f"/money/invoices/{w.invoice.id}.pdf", STAFF),
    get("payments.invoice", lambda w: f"/money/invoices/{w.invoice.id}", STAFF),
    post("payments.draft", lambda w: f"/money/drafts/{w.org.id}", frozenset()),
    post("payments.move_invoice", lambda w: f"/money/invoices/{w.invoice.id}/cancel", frozenset(), reason="x"),
    post("payments.note_e_invoice", lambda w: f"/money/invoices/{w.invoice.id}/e-invoice", frozenset()),
    post("payments.credit_invoice", lambda w: f"/money/invoices/{w.invoice.id}/credit", frozenset()),
    get("payments.statement_line", lambda w: f"/money/statements/{w.statement_line.id}", STAFF),
    post("payments.move_statement_line", lambda w: f"/money/statements/{w.statement_line.id}/ignore", frozenset(),
         reason="x"),
    post("payments.transfer_message", lambda w: f"/payments/bank/{w.bank_account.id}/callback", frozenset()),
    get("payments.receiving_account", lambda w: f"/money/bank-accounts/{w.bank_account.id}", STAFF),
    post("payments.change_bank_account", lambda w: f"/money/bank-accounts/{w.bank_account.id}", frozenset()),
    post("payments.retire_bank_account", lambda w: f"/money/bank-accounts/{w.bank_account.id}/retire", frozenset(),
         reason="x"),
    get("payments.payment", lambda w: f"/money/payments/{w.payment.id}", STAFF),
    get("payments.refund", lambda w: f"/money/refunds/{w.refund.id}", STAFF),
    get("payments.pay", lambda w: f"/pay/{w.invoice.code}", INSIDE),
    get("payments.paid_by_card", lambda w: f"/pay/{w.invoice.code}/done", INSIDE),
    # Without a card provider, as here, there are no such pages; with one: tests/payments/test_cards.py.
    post("payments.pay_by_card", lambda w: f"/pay/{w.invoice.code}/card", frozenset()),
    get("payments.card", lambda w: f"/pay/{w.invoice.code}/card/{w.payment.id}", frozenset()),
    get("payments.provider_message", lambda w: f"/money/messages/{w.message.id}", STAFF),
    post("payments.replay_message", lambda w: f"/money/messages/{w.message.id}/replay", frozenset()),
    post("payments.confirm_payout", lambda w: f"/money/messages/{w.message.id}/confirm", frozenset(), line="1"),
    get("payments.receipt", lambda w: f"/my/money/payments/{w.payment.code}", INSIDE),
    post("payments.use_credit", lambda w: f"/money/invoices/{w.invoice.id}/use-credit", frozenset()),
    post("payments.ask_refund", lambda w: f"/money/payments/{w.payment.id}/refund", frozenset()),
    post("payments.move_refund", lambda w: f"/money/refunds/{w.refund.id}/reject", frozenset(), reason="x"),
    post("payments.waive", lambda w: f"/money/charges/{w.charge.id}/waive", frozenset(), reason="x"),
    post("accounts.end_role", lambda w: f"/staff/grants/{w.grant.id}/end", frozenset(), reason="x"),
)
#: Routes whose argument names no object of anybody's.
NO_OBJECT = {
    "static", "bootstrap.static", "web.font", "web.ask_language", "web.switch_language", "styleguide.show", "pages.text",
    "pages.edit_text", "topics.one", "payments.trial_balance_file", "payments.my_statement", "payments.journal_file",
    "browse.export_technologies", "browse.export_needs", "organisations.wards", "security.two_factor_setup_validate",
    "security.reset_password", "security.confirm_email", "organisations.edit",
    "security.wan_register_response", "security.wan_signin_response", "security.wan_verify_response",  # a signed challenge
    "accounts.account", "accounts.change_account",  # of the administrators alone: tests/accounts/test_closing.py
    "accounts.reopen",  # the signed address is the permission: the same
    "accounts.end_session",  # ends only one's own: tests/accounts/test_sessions.py
}


def reached(answer: Any) -> bool:
    """True when the person got through to the object, also when the object then refused the move (409, 422)."""
    if answer.status_code in {301, 302, 303}:
        return "/login" not in answer.headers["Location"]
    assert answer.status_code in {200, 204, 400, 401, 403, 404, 409, 422}, answer.status_code
    return answer.status_code in {200, 204, 409, 422}


@pytest.fixture(scope="module")
def made(shared_app: Flask) -> Iterator[tuple[World, Snapshot]]:
    with shared_app.app_context():
        world = World()
        snapshot = Snapshot()
        yield world, snapshot
        snapshot.close()
        db.session.remove()
        empty_tables()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.endpoint}-{'-'.join(sorted(row.may)) or 'nobody'}")
def test_exactly_the_right_people_reach_the_object(shared_app: Flask, made: tuple[World, Snapshot], row: Row) -> None:
    world, snapshot = made
    snapshot.restore()
    path = row.path(world)
    found = {name for name in PEOPLE if name not in row.may and go(world, shared_app, row, path, name)}
    assert not found, f"{sorted(found)} got through to {path}"
    for name in sorted(row.may):
        snapshot.restore()  # the one before may have changed things
        assert go(world, shared_app, row, path, name), f"{name} does not get through to {path}"


def go(world: World, app: Flask, row: Row, path: str, name: str) -> bool:
    client = world.client(app, name)
    answer = client.post(path, data=row.data or {}) if row.post else client.get(path)
    if answer.status_code in {301, 308}:
        answer = client.get(answer.headers["Location"])
    return reached(answer)
