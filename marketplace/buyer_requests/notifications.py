"""What is told of needs: questions and invitations, with letters of their own, and reminders of the deadline.

Decisions and sanctions are told by moderation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from marketplace.authoring.enquiries import asked
from marketplace.authoring.notifications import silent_of
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.buyer_requests.on_publish import path_of
from marketplace.core.calendar_days import working_calendar
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.notifications.occasions import Occasion, Person
from marketplace.notifications.rules import Clock, Notifications, Rule, letter, rule
from marketplace.organisations.queries import people_with
from marketplace.values import clock
from marketplace.values.text import N_

NOTICE_DAYS = 3  # working days before the deadline at which the requester is reminded


def occasion(event: Event, row: Any) -> Occasion | None:
    """Return what there is to tell of a question about a need, or of invitations to answer one."""
    return asked(event, row) if "enquiry" in event.data else _invited(event, row)


def _invited(event: Event, need: BuyerRequest) -> Occasion | None:
    """Return the administrators of newly invited organisations; a hidden requester stays unnamed."""
    revision = need.published_revision
    if revision is None:
        return None
    party = "" if revision.hides_requester else need.organisation.name
    invited = [Person(user, org_id) for org_id, users in people_with(event.data["added"]).items() for user in users]
    return Occasion(
        need, event, key=f"need-invited:{need.id}:{{org}}", case="named" if party else "hidden",
        persons={"invited": invited}, params={"sender": party, "title": revision.title},
        extra={"title": revision.title, "party": party, "deadline": need.answer_deadline, "path": path_of(need)},
    )


def closing() -> Iterator[Occasion]:
    """Yield the needs that close within three working days, each once per deadline."""
    today = clock.today()
    last = clock.add_working_days(today, NOTICE_DAYS, working_calendar())
    rows = select(BuyerRequest).where(BuyerRequest.state == "open", BuyerRequest.answer_deadline.between(today, last))
    for need in db.session.scalars(rows.order_by(BuyerRequest.id)).all():
        title = need.published_revision.title if need.published_revision else need.code
        yield Occasion(
            need, key=f"need-closing:{need.id}:{need.answer_deadline}",
            params={"title": title, "deadline_on": str(need.answer_deadline)},
            extra={"code": need.code, "title": title, "deadline": need.answer_deadline, "path": path_of(need)},
        )


def _invitation(case: str, key: str, text: str) -> Rule:
    return rule("need.invite", "enquiries", "invited", text, case=case, key=key, letter=letter("need_invited"))


NOTIFICATIONS = Notifications((
    rule("need.enquire", "enquiries", "owner", N_("%(sender)s asks about your need “%(title)s”."),
         key="need.enquire", letter=letter("need_enquiry")),
    _invitation("named", "need.invite", N_("%(sender)s invites your organisation to answer the need “%(title)s”.")),
    _invitation("hidden", "need.invite:hidden", N_("Your organisation is invited to answer the need “%(title)s”.")),
    rule("need.closing", "reminders", "owner", N_("Answers to your need “%(title)s” close on %(deadline_on)s."),
         key="need.closing", clock=Clock("needs.remind", 7, closing), letter=letter("need_closing")),
), {
    **silent_of("need"),
}, occasion)
