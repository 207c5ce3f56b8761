"""Submissions of the three kinds, and the people around them."""

from __future__ import annotations

import itertools
from typing import Any

from flask import current_app

from marketplace.accounts.models import User
from marketplace.authoring import actions as authoring
from marketplace.buyer_requests.kind import KIND as NEED
from marketplace.core.access import Actor
from marketplace.core.calendar_days import working_calendar
from marketplace.core.extensions import db
from marketplace.core.subjects import review_of
from marketplace.listings.kind import KIND as LISTING
from marketplace.moderation.actions import cases
from marketplace.moderation.actions.cases import Decision
from marketplace.moderation.models import ModerationCase
from marketplace.moderation.submission import Submission, load
from marketplace.organisations import actions as organisations
from marketplace.organisations.models import Organisation
from marketplace.values import clock, tax_code
from tests import factories
from tests.buyer_requests import factories as needs
from tests.files import samples as samples_of_files
from tests.listings import samples
from tests.remembered import remembered

KINDS = ("organisation", "listing", "need")
REASON = {"organisation": "document_missing", "listing": "right_not_proven", "need": "problem_unclear"}
SECRET = "Công thức bí mật 7,25 %"


#: Tax codes with a right check digit, each once.
_CODES = (code for code in map("{:010d}".format, itertools.count(1_080_000_000)) if tax_code.is_valid(code))


class Desk:
    """A supplier with a colleague, a stranger, two moderators, and one who belongs to the supplier's organisation."""

    @remembered
    def __init__(self) -> None:
        self.org = factories.organisation("Công ty Công nghệ Ánh Dương")
        self.supplier_user = factories.user("Nguyễn Văn An", email="an@example.vn")
        self.colleague_user = factories.user("Trần Thị Bích", email="bich@example.vn")
        factories.member(self.supplier_user, self.org)
        factories.member(self.colleague_user, self.org, "editor")
        self.stranger_user = factories.user("Vũ Minh Tâm", email="tam@example.vn")
        self.stranger_org = factories.organisation("Công ty Người Lạ")
        factories.member(self.stranger_user, self.stranger_org)
        self.moderator_user = factories.user("Đặng Thu Hà", email="ha@example.vn", staff=("moderator",))
        self.other_user = factories.user("Lê Quang Huy", email="huy@example.vn", staff=("moderator",))
        self.insider_user = factories.user("Phạm Văn Nội", email="noi@example.vn", staff=("moderator",))
        factories.member(self.insider_user, self.org, "signer")

    @property
    def supplier(self) -> Actor:
        return factories.actor_of(self.supplier_user, self.org)

    @property
    def moderator(self) -> Actor:
        return factories.actor_of(self.moderator_user)

    @property
    def other(self) -> Actor:
        return factories.actor_of(self.other_user)

    @property
    def insider(self) -> Actor:
        return factories.actor_of(self.insider_user, self.org, ("signer",))

    def supplier_of(self, org: Any) -> Actor:
        """The supplier acting for another organisation of theirs."""
        return factories.actor_of(self.supplier_user, org)

    def named(self, who: str, org: Any) -> Actor:
        """An actor by name; those of the organisation act for the thing's own."""
        own = org if isinstance(org, Organisation) else self.org
        return {
            "insider": factories.actor_of(self.insider_user, own, ("signer",)),
            "supplier": factories.actor_of(self.supplier_user, own),
            "stranger": factories.actor_of(self.stranger_user, self.stranger_org),
        }[who]

    def join(self, person: User, org: Any) -> None:
        factories.member(person, org, "signer")

    def make_admin(self, person: User) -> None:
        for membership in self.org.memberships:
            if membership.user_id == person.id:
                membership.roles = ["admin"]
        db.session.commit()

    def due(self) -> Any:
        days = current_app.extensions["settings"].moderation_days
        return clock.due_at(clock.now(), days, working_calendar())

    @remembered
    def submit(self, kind: str, **values: Any) -> Submission:
        """A first submission, committed."""
        if kind == "organisation":
            return self._organisation(**values)
        return self._version(kind, **values)

    def _organisation(self, **values: Any) -> Submission:
        values = {"tax_code": next(_CODES), **COMPLETE_ORG, **values}
        org = factories.organisation(values.pop("name", "Viện Hóa học Ứng dụng"), state="draft", **values)
        factories.member(self.supplier_user, org)
        actor = factories.actor_of(self.supplier_user, org)
        scan = samples_of_files.upload(samples_of_files.picture(), "dkkd.png")
        organisations.add_document(org, actor, scan, "registration")
        organisations.submit(org, actor, self.due())
        db.session.commit()
        return load("organisation", org.id)

    def _version(self, kind: str, **values: Any) -> Submission:
        values = {"confidential_detail": SECRET, **values}
        if kind == "listing":
            revision = samples.draft(self.supplier_user, self.org, **values)
        else:
            revision = authoring.create(NEED, self.supplier)
            authoring.save(NEED, revision, needs.values(**values), self.supplier, None)
        authoring.submit(LISTING if kind == "listing" else NEED, revision, self.supplier, self.due())
        db.session.commit()
        return load(kind, revision.id)

    def resubmit(self, subject: Submission, **values: Any) -> Submission:
        """A new version of something published, submitted."""
        kind = LISTING if subject.kind == "listing" else NEED
        revision = authoring.start_revision(kind, subject.thing, self.supplier)
        authoring.save(kind, revision, values, self.supplier, None)
        authoring.submit(kind, revision, self.supplier, self.due())
        db.session.commit()
        return load(subject.kind, revision.id)

    @remembered
    def claim(self, subject: Submission, actor: Actor | None = None) -> ModerationCase:
        case = cases.claim(subject, actor or self.moderator)
        db.session.commit()
        return case

    @remembered
    def decide(self, subject: Submission, action: str, actor: Actor | None = None, **changes: Any) -> ModerationCase | None:
        case = cases.decide(subject, actor or self.moderator, decision(subject.kind, action, **changes))
        db.session.commit()
        return case

    @remembered
    def published(self, kind: str, **values: Any) -> Submission:
        """Something claimed and approved."""
        subject = self.submit(kind, **values)
        self.claim(subject)
        self.decide(subject, "approve")
        return subject


COMPLETE_ORG: dict[str, Any] = {
    "representative_title": "Viện trưởng",
    "ward_code": "00070",
    "street": "18 Hoàng Quốc Việt",
    "field_codes": ["1"],
    "description": "Nghiên cứu hóa học ứng dụng.",
    "email": "vien@example.vn",
    "phone": "024 3756 4321",
}


def answers(kind: str, **changes: str) -> dict[str, str]:
    """Every item met, but for `changes`."""
    return {**dict.fromkeys(review_of(kind).checks.codes, "met"), **changes}


def decision(kind: str, action: str, **changes: Any) -> Decision:
    """A complete decision: with reason, text and a problem when it is not an approval."""
    first = review_of(kind).checks.codes[0]
    values: dict[str, Any] = {"action": action, "checklist": answers(kind)}
    if action == "approve":
        values["control_class"] = "ordinary" if kind == "listing" else ""
    else:
        values |= {
            "checklist": answers(kind, **{first: "problem"}), "reason_code": REASON[kind],
            "text": "Xin bổ sung giấy tờ còn thiếu.",
        }
    return Decision(**{**values, **changes})


def form_of(subject: Submission | str, action: str, **changes: str) -> dict[str, str]:
    """The same decision as a browser sends it: with the version that the page showed, which a `Walker` knows itself."""
    kind = subject if isinstance(subject, str) else subject.kind
    made = decision(kind, action)
    sent = {f"check_{code}": answer for code, answer in made.checklist.items()}
    sent |= {"action": action, "reason_code": made.reason_code, "text": made.text}
    if not isinstance(subject, str):
        db.session.rollback()
        db.session.refresh(subject.revision)
        sent["lock"] = str(subject.revision.lock)
    if kind == "listing":
        sent["control_class"] = made.control_class
    return {**sent, **changes}
