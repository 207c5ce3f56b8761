"""The demonstration: enough of everything, in every state, true to the rules, and loaded only once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask_security import verify_password
from sqlalchemy import String, Text, func, select

from marketplace.accounts.models import StaffGrant, User
from marketplace.authoring.completeness import blocking
from marketplace.authoring.enquiries import Enquiry
from marketplace.authoring.kinds import PUBLISH
from marketplace.buyer_requests.kind import KIND as NEED
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.config import Settings
from marketplace.core.events import Event, Outbox
from marketplace.core.extensions import db
from marketplace.core.history_check import broken_links
from marketplace.deals.lifecycle import MILESTONE
from marketplace.deals.models import Deal, Milestone
from marketplace.deals.snapshot import digest
from marketplace.files.actions import attachments
from marketplace.files.models import Attachment
from marketplace.files.store import path
from marketplace.listings.kind import KIND as LISTING
from marketplace.listings.models import Listing, ListingRevision
from marketplace.mail import MailMessage
from marketplace.negotiation.lifecycle import LEAD
from marketplace.negotiation.models import Complaint, Lead, Message, Terms
from marketplace.notifications.models import Notification
from marketplace.organisations.models import Organisation
from marketplace.pages import texts
from marketplace.pages.demo import DEMO_ACCOUNTS, DEMO_PASSWORD, DemoSummary, load_demo
from marketplace.pages.demo.content import DATA
from marketplace.pages.demo.pictures import MOTIFS, picture
from marketplace.payments.banks.lifecycle import LINE_OPEN, MATCHES
from marketplace.payments.banks.models import StatementLine
from marketplace.payments.dues.models import Due
from marketplace.payments.invoicing.lifecycle import INVOICE
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.ledger.checks import faults
from marketplace.payments.settlement.models import Payment, Refund
from marketplace.payments.settlement.queries import parked
from marketplace.values import clock, tax_code
from marketplace.vocabulary import NEED_KINDS, NEED_VISIBILITIES, ORGANISATION_KINDS, PRICING_MODES
from tests.conftest import empty_tables
from tests.factories import client

SECONDS = 60  # on a busy machine; about eight of its own time


@pytest.fixture(scope="module")
def settings(shared_app: Flask) -> Settings:
    return replace(shared_app.extensions["settings"], demo=True)


@pytest.fixture(scope="module")
def demo(shared_app: Flask, settings: Settings) -> Iterator[DemoSummary]:
    """Everything loaded once for the tests of this file."""
    with shared_app.app_context():
        summary = load_demo(settings)
        assert summary is not None
        yield summary
        db.session.remove()
        empty_tables()


def states(table: type) -> set[str]:
    return set(db.session.scalars(select(table.state).distinct()))  # type: ignore[attr-defined]


def test_there_is_enough_of_everything(demo: DemoSummary) -> None:
    assert demo.organisations >= 25
    assert demo.listings >= 60
    assert demo.needs >= 40
    assert demo.people >= demo.organisations
    assert demo.seconds < SECONDS


def test_money_of_every_state_stands_in_the_ledger(demo: DemoSummary) -> None:
    assert states(Invoice) == set(INVOICE.names) and states(Payment) >= {"succeeded"}
    assert states(Refund) == {"requested", "done"}
    assert db.session.scalar(select(func.count()).select_from(Invoice)) >= 12
    said: dict[str, set[str]] = {}
    for due in db.session.scalars(select(Due).where(Due.state != "planned")):
        said.setdefault(due.deal.code[-3:], set()).add(due.state)
    assert {code: said[code] for code in ("004", "006", "007")} == {
        "004": {"confirmed"}, "006": {"confirmed"}, "007": {"contested"}}
    assert states(Due) >= {"planned", "due", "contested", "confirmed"}
    assert list(faults()) == []


def test_the_statement_of_the_bank_fills_every_queue(demo: DemoSummary) -> None:
    lines = db.session.scalars(select(StatementLine)).all()
    waiting = {line.match for line in lines if line.state in LINE_OPEN}
    assert len(lines) == 60 and waiting == {"under", "over", "late", "name", "payout", "unknown"}
    assert {line.match for line in lines} == set(MATCHES), "and what needs no person is booked"
    assert {line.state for line in lines} == {"open", "unidentified", "booked", "charged", "ignored"}
    assert len(db.session.scalars(parked()).all()) == 1


def test_every_state_a_page_can_show_is_there(demo: DemoSummary) -> None:
    assert states(Organisation) >= {"draft", "submitted", "needs_info", "rejected", "verified", "suspended"}
    assert states(Listing) >= {"draft", "published", "stale", "unpublished", "suspended"}
    assert states(BuyerRequest) >= {
        "draft", "open", "shortlisting", "negotiating", "solved", "expired", "withdrawn", "suspended",
    }
    under_way = {"draft", "submitted", "in_review", "changes_requested", "rejected", "approved"}
    assert states(ListingRevision) >= {*under_way, "superseded"}
    assert states(NeedRevision) >= under_way


def test_deals_stand_at_every_stage_with_all_that_led_there(demo: DemoSummary) -> None:
    assert states(Deal) >= {
        "negotiating", "terms_agreed", "drafting", "awaiting_signature", "signed", "effective", "delivering", "acceptance",
        "completed", "disputed", "cancelled", "terminated",
    }
    assert states(Lead) == set(LEAD.names) - {"expired"}
    assert states(Terms) >= {"proposed", "accepted", "superseded"}
    assert states(Milestone) == set(MILESTONE.names) - {"returned"}
    assert states(Complaint) == {"received"}
    deals = list(db.session.scalars(select(Deal)))
    assert len(deals) >= 12
    assert {deal.regime for deal in deals} >= {"voluntary", "registration"}
    assert sum(deal.holds_listing for deal in deals) >= 2
    assert (db.session.scalar(select(func.count()).select_from(Message)) or 0) >= 40
    of_deals = Attachment.subject_kind.in_(("message", "deal", "milestone"))
    assert (db.session.scalar(select(func.count()).select_from(Attachment).where(of_deals)) or 0) >= 20
    for deal in deals:
        assert sum(step.amount for step in deal.milestones) == deal.price
        assert deal.frozen_sha256 == digest(deal.frozen)


def test_kinds_visibilities_and_prices_are_all_in_use(demo: DemoSummary) -> None:
    assert set(db.session.scalars(select(Organisation.kind))) == set(ORGANISATION_KINDS.codes)
    assert set(db.session.scalars(select(NeedRevision.visibility))) == set(NEED_VISIBILITIES.codes)
    assert set(db.session.scalars(select(NeedRevision.kind))) == set(NEED_KINDS.codes)
    assert set(db.session.scalars(select(ListingRevision.pricing_mode))) - {""} == set(PRICING_MODES.codes)
    english = select(func.count()).select_from(ListingRevision).where(ListingRevision.title_en != "")
    assert (db.session.scalar(english) or 0) >= 20
    fields = set(db.session.scalars(select(ListingRevision.field_code)))
    assert fields >= {"1", "2", "3", "4", "5", "6"}


def test_what_is_published_lacks_nothing(demo: DemoSummary) -> None:
    listings = db.session.scalars(select(Listing).where(Listing.published_revision_id.is_not(None))).all()
    needs = db.session.scalars(select(BuyerRequest).where(BuyerRequest.state == "open")).all()
    lacking = {
        thing.code: [problem.field for problem in found]
        for kind, things in ((LISTING, listings), (NEED, needs))
        for thing in things
        if (found := blocking(kind, thing.published_revision, PUBLISH))
    }
    assert not lacking


def test_every_public_technology_shows_a_picture(demo: DemoSummary) -> None:
    for listing in db.session.scalars(select(Listing).where(Listing.state == "published")):
        files = [attachment for attachment in attachments(listing.published_revision) if attachment.role == "image"]
        assert files, listing.code
        assert all(path(attachment.file.sha256).exists() and attachment.caption for attachment in files)


def test_every_text_is_nfc(demo: DemoSummary) -> None:
    wrong = []
    for table in db.metadata.sorted_tables:
        columns = [column for column in table.columns if isinstance(column.type, String | Text)]
        for row in db.session.execute(select(*columns)) if columns else ():
            wrong += [(table.name, value) for value in row if value and not unicodedata.is_normalized("NFC", value)]
    for file in (*DATA.glob("*.toml"), *DATA.glob("texts/*.md")):
        if not unicodedata.is_normalized("NFC", file.read_text(encoding="utf-8")):
            wrong.append((file.name, ""))
    assert not wrong


def test_histories_are_whole_and_lie_in_the_past(demo: DemoSummary) -> None:
    assert list(broken_links()) == []
    last: dict[tuple[str, int], Event] = {}
    for event in db.session.scalars(select(Event).order_by(Event.id)):
        before = last.get((event.subject_kind, event.subject_id))
        assert before is None or before.at <= event.at, f"{event.action} happens before {before.action}"
        assert event.at <= clock.now()
        last[event.subject_kind, event.subject_id] = event


def test_nobody_decided_on_weekends_or_on_own_submissions(demo: DemoSummary) -> None:
    decisions = select(Event).where(Event.action.in_(("listing.approve", "need.approve", "organisation.approve")))
    moderators = set(db.session.scalars(select(StaffGrant.user_id).where(StaffGrant.role == "moderator")))
    for event in db.session.scalars(decisions):
        assert event.actor_id in moderators
        assert clock.PUBLIC.is_working(clock.local(event.at).date())


def test_the_accounts_open_with_the_password_and_hold_their_roles(demo: DemoSummary) -> None:
    roles = {"moderator": {"moderator"}, "admin": {"admin"}, "manager": {"manager"}, "leader": {"leadership"},
             "officer": {"deal_officer"}, "auditor": {"auditor"}, "accountant": {"accountant"}}
    for _role, email in DEMO_ACCOUNTS:
        user = db.session.scalars(select(User).where(User.email == email)).one()
        assert user.confirmed_at is not None
        held = {grant.role for grant in user.staff_grants}
        assert held == roles.get(email.partition("@")[0].rstrip("2"), set())
    assert user.password is not None
    assert verify_password(DEMO_PASSWORD, user.password)


def test_nothing_points_at_real_people_or_addresses(demo: DemoSummary) -> None:
    addresses = {*db.session.scalars(select(User.email)), *db.session.scalars(select(Organisation.email))} - {""}
    addresses |= set(db.session.scalars(select(ListingRevision.contact_email))) - {""}
    assert all(address.endswith(".example") for address in addresses)
    codes = set(db.session.scalars(select(Organisation.tax_code)))
    assert all(tax_code.is_valid(code) and code.startswith(("01999", "099")) for code in codes)


def test_old_letters_count_as_sent_and_the_index_waits_for_the_worker(demo: DemoSummary) -> None:
    assert db.session.scalar(select(func.count()).where(MailMessage.state == "queued")) == 0
    unsent = select(func.count()).where(MailMessage.state == "sent", MailMessage.sent_at.is_(None))
    assert db.session.scalar(unsent) == 0
    unread = select(func.count()).select_from(Notification).where(Notification.read_at.is_(None))
    read = select(func.count()).select_from(Notification).where(Notification.read_at.is_not(None))
    assert (db.session.scalar(unread) or 0) >= 20
    assert (db.session.scalar(read) or 0) >= 20
    assert (db.session.scalar(select(func.count()).select_from(Enquiry)) or 0) >= 10
    waiting = set(db.session.scalars(select(Outbox.consumer).where(Outbox.done_at.is_(None))))
    assert waiting == {"search", "matching", "fingerprints", "alerts"}


def test_the_operators_texts_are_there_in_both_languages(demo: DemoSummary) -> None:
    for key in texts.KEYS:
        for code in texts.LANGUAGES:
            text = texts.exact(key, code)
            assert text is not None
            assert len(text.body) > 800


def test_the_sign_in_page_offers_the_accounts_only_where_demo_is_on(
    demo: DemoSummary, shared_app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "supplier@demo.example" not in shared_app.test_client().get("/login").text
    monkeypatch.setitem(shared_app.extensions, "settings", settings)
    page = shared_app.test_client().get("/login").text
    assert all(email in page for _role, email in DEMO_ACCOUNTS)
    assert DEMO_PASSWORD in page


def test_one_account_signs_in_with_two_steps_by_the_code_on_the_page(
    demo: DemoSummary, shared_app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(shared_app.extensions, "settings", settings)
    web = client(shared_app)
    assert web.post("/login", data={"email": "auditor@demo.example", "password": DEMO_PASSWORD}).location.startswith(
        "/tf-validate")
    page = web.get("/tf-validate").text
    code = re.search(r'<b class="code">(\d{6})</b>', page)
    assert code, page
    assert web.post("/tf-validate", data={"code": code[1]}).location == "/dashboard"
    assert web.get("/staff/permissions").status_code == 200
    assert re.search(r'<span class="code">\d{6}</span>', client(shared_app).get("/login").text)

def test_loading_again_changes_nothing(demo: DemoSummary, settings: Settings) -> None:
    events = db.session.scalar(select(func.count()).select_from(Event))
    assert load_demo(settings) is None
    assert db.session.scalar(select(func.count()).select_from(Event)) == events


@pytest.mark.parametrize("motif", MOTIFS)
def test_pictures_are_the_same_every_time(motif: str) -> None:
    assert picture(motif, 1) == picture(motif, 1)
    assert picture(motif, 0) != picture(motif, 1)
