"""Questions about technologies and needs, and invitations: told with letters of their own, which carry the question."""

from __future__ import annotations

from typing import Any

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from marketplace import mail
from marketplace.accounts.models import User
from marketplace.buyer_requests.models import BuyerRequest, NeedEnquiry
from marketplace.buyer_requests.on_publish import path_of as need_path
from marketplace.core.access import Actor
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.permissions import EDIT_CONTENT
from marketplace.listings.models import Enquiry, Listing
from marketplace.listings.queries import path_of as listing_path
from marketplace.notifications.actions import Letter, Thing, notify
from marketplace.notifications.topics import register_message
from marketplace.organisations.contacts import people
from marketplace.organisations.models import Organisation
from marketplace.values.text import N_

SHOWN = 20  # newest questions on the owner's page of a listing
register_message("listing.enquire", N_("%(sender)s asks about your technology “%(title)s”."))
register_message("need.enquire", N_("%(sender)s asks about your need “%(title)s”."))
register_message("need.invite", N_("%(sender)s invites your organisation to answer the need “%(title)s”."))
register_message("need.invite:hidden", N_("Your organisation is invited to answer the need “%(title)s”."))


def listing_asked(event: Event) -> None:
    """Tell those who edit for the owner, and write to the contact the listing names, once per address."""
    enquiry = db.session.get_one(Enquiry, event.data["enquiry"])
    listing = db.session.get_one(Listing, enquiry.listing_id)
    revision = listing.published_revision
    if revision is None:
        return
    sender, organisation = _sender(enquiry)
    told, path = set(), listing_path(listing)
    said = {
        "code": listing.code, "title": revision.title, "sender": sender.name, "organisation": organisation,
        "sender_email": sender.email, "text": enquiry.text, "path": path,
    }
    for user in people([listing.org_id], EDIT_CONTENT)[listing.org_id]:
        told.add(user.email)
        notify(
            user, "enquiries", f"listing-enquiry:{enquiry.id}", "listing.enquire",
            {"sender": organisation or sender.name, "title": revision.title}, f"{path}#questions", event=event,
            thing=Thing(listing.org_id, kind="listing", id=listing.id),
            letter=Letter("listing_enquiry", {"name": user.name, **said}),
        )
    address = revision.contact_email
    if address and address not in told:
        subject, body = mail.rendered("vi", "listing_enquiry", name=revision.contact_name, **said)
        mail.queue(f"listing-enquiry:{enquiry.id}:{address}", address, subject, body, repeatable=False)


def need_asked(event: Event) -> None:
    """Tell those who edit for the requester."""
    enquiry = db.session.get_one(NeedEnquiry, event.data["enquiry"])
    need = db.session.get_one(BuyerRequest, enquiry.buyer_request_id)
    revision = need.published_revision
    title = revision.title if revision else need.code
    sender, organisation = _sender(enquiry)
    said = {
        "code": need.code, "title": title, "sender": sender.name, "organisation": organisation, "text": enquiry.text,
        "sender_email": sender.email, "hidden": revision is not None and revision.visibility == "requester_hidden",
        "path": need_path(need),
    }
    for user in people([need.org_id], EDIT_CONTENT)[need.org_id]:
        notify(
            user, "enquiries", f"need-enquiry:{enquiry.id}", "need.enquire", {"sender": organisation, "title": title},
            need_path(need), event=event, thing=Thing(need.org_id, kind="need", id=need.id),
            letter=Letter("need_enquiry", {"name": user.name, **said}),
        )


def need_invited(event: Event) -> None:
    """Tell the administrators of newly invited organisations; a hidden requester stays unnamed."""
    need = db.session.get_one(BuyerRequest, event.subject_id)
    revision = need.published_revision
    if revision is None:
        return
    party = "" if revision.visibility == "requester_hidden" else need.organisation.name
    said = {"title": revision.title, "party": party, "deadline": need.answer_deadline, "path": need_path(need)}
    for org_id, users in people(event.data["added"]).items():
        for user in users:
            notify(
                user, "enquiries", f"need-invited:{need.id}:{org_id}", "need.invite" if party else "need.invite:hidden",
                {"sender": party, "title": revision.title}, need_path(need), event=event,
                thing=Thing(org_id, kind="need", id=need.id), letter=Letter("need_invited", {"name": user.name, **said}),
            )


def questions_panel(listing: Listing, actor: Actor) -> Markup | None:
    """Show the owner's people what was asked about a listing: the inbox leads here."""
    if listing.org_id not in actor.org_ids:
        return None
    rows = (
        select(Enquiry, User.name, User.email, Organisation.name)
        .join(User, User.id == Enquiry.from_user_id).outerjoin(Organisation, Organisation.id == Enquiry.from_org_id)
        .where(Enquiry.listing_id == listing.id).order_by(Enquiry.id.desc()).limit(SHOWN)
    )
    found = [{"enquiry": row[0], "name": row[1], "email": row[2], "org": row[3] or ""} for row in db.session.execute(rows)]
    return Markup(render_template("notifications/_questions.html", questions=found)) if found else None  # noqa: S704


def _sender(enquiry: Any) -> tuple[User, str]:
    organisation = db.session.get(Organisation, enquiry.from_org_id) if enquiry.from_org_id else None
    return db.session.get_one(User, enquiry.from_user_id), organisation.name if organisation else ""


