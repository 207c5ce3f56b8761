"""A marketplace of any size, written straight into the tables: for plans of statements and for speed, not for its history.

How much one organisation, one person or one thing has stays the same however many there are of them, so that a page
about one of them shows the same at every size: what its time adds is what grows with the others.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert, select, update

from marketplace.accounts.models import User
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.events import Event, Outbox
from marketplace.core.extensions import db
from marketplace.core.view_counts import ViewCount
from marketplace.deals.lifecycle import BEFORE_SIGNING, DEAL
from marketplace.deals.models import Deal, Milestone
from marketplace.listings.models import Listing, ListingRevision
from marketplace.mail.models import MailMessage
from marketplace.matching.models import Match
from marketplace.moderation.models import ModerationCase
from marketplace.negotiation.lifecycle import OPEN_LEAD_STATES
from marketplace.negotiation.models import Lead, Message, Terms
from marketplace.notifications.models import Notification
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.values.text import sort_key
from tests import factories
from tests.deals.factories import Trade, deal_in

#: What the two organisations of the cast have, at every size.
OWN_LISTINGS, OWN_NEEDS, OWN_LEADS = 40, 20, 60
#: Things of any other organisation, and what follows from one thing.
PER_ORGANISATION, EVENTS_EACH, TOLD_EACH = 5, 5, 5
BATCH = 5_000
#: How long one thing comes after the other.
STEP = timedelta(minutes=3)


@dataclass
class Filled:
    """Who and what there is: the cast of `Trade`, a manager, ids of things by their age, and a deal with all its parts."""

    trade: Trade
    manager: User
    deal: Deal
    now: datetime
    orgs: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    listings: list[int] = field(default_factory=list)
    needs: list[int] = field(default_factory=list)
    leads: list[int] = field(default_factory=list)


def fill(listings: Sequence[Mapping[str, Any]], needs: Sequence[Mapping[str, Any]]) -> Filled:
    """Publish a listing and a need for each of the texts (columns of its version), with all that becomes of so many."""
    trade = Trade()
    made = Filled(trade, factories.user("Đỗ Thị Quản", staff=("manager",)), deal_in("delivering", trade), clock.now())
    _organisations(made, max(4, len(listings) // PER_ORGANISATION))
    made.listings = _things(made, Listing, ListingRevision, "listing_id", listings, "published", OWN_LISTINGS)
    made.needs = _things(made, BuyerRequest, NeedRevision, "buyer_request_id", needs, "open", OWN_NEEDS)
    _waiting(made, len(listings) // 20)
    _leads(made, len(listings) * 3 // 5)
    _deals(made, len(listings) // 5)
    _decisions(made, len(listings) // 2)
    _matches(made)
    _history(made)
    db.session.commit()
    return made


def write(table: Any, rows: Iterable[dict[str, Any]]) -> list[int]:
    """Insert rows in portions, each committed; return the ids of all that came, in order (none for a table without)."""
    found = list[int]()
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        db.session.execute(insert(table.__table__), batch)
        db.session.commit()
    if hasattr(table, "id"):
        found = list(db.session.scalars(select(table.id).order_by(table.id)))
    return found


def _organisations(made: Filled, count: int) -> None:
    now = made.now
    names = [f"Công ty Số {number}" for number in range(count)]
    made.orgs = write(Organisation, (
        {"slug": f"cong-ty-so-{number}", "name": name, "sort_name": sort_key(name), "kind": "enterprise",
         "state": "verified", "verified_at": now, "province_code": "01", "lock": 1}
        for number, name in enumerate(names)
    ))
    made.people = write(User, (
        {"email": f"so{number}@example.vn", "name": f"Người {number}", "fs_uniquifier": f"so{number}", "confirmed_at": now}
        for number in range(count)
    ))


def _things(made: Filled, thing: Any, revision: Any, parent: str, texts: Sequence[Mapping[str, Any]], state: str,
            own: int) -> list[int]:
    """Publish one thing after the other, of all organisations in turn; the cast's stand among them."""
    trade, count = made.trade, len(texts)
    owner = trade.supplier_org.id if thing is Listing else trade.buyer_org.id
    every = max(2, count // own)
    before = set(db.session.scalars(select(thing.id)))
    ids = [one for one in write(thing, (
        {"code": f"{'CN' if thing is Listing else 'NC'}-1999-{number + 1:06}", "state": "draft",
         "org_id": owner if number % every == 0 else made.orgs[number % len(made.orgs)]}
        for number in range(count)
    )) if one not in before]
    fixed = {"number": 1, "lock": 1, "state": "approved"}
    write(revision, ({parent: id_, **fixed, **text} for id_, text in zip(ids, texts, strict=True)))
    versions = dict(db.session.execute(select(getattr(revision, parent), revision.id)).all())  # type: ignore[arg-type]
    rows = []
    for number, (id_, text) in enumerate(zip(ids, texts, strict=True)):
        at = made.now - STEP * (count - number)
        row = {"id": id_, "state": state, "published_at": at, "published_revision_id": versions[id_]}
        row |= {"confirmed_at": at, "published_field": text["field_code"]} if thing is Listing else {}
        rows.append(row)
    db.session.execute(update(thing), rows)
    db.session.commit()
    return ids


def _waiting(made: Filled, count: int) -> None:
    """Drafts of which a first version waits for review."""
    for thing, revision, parent in (
        (Listing, ListingRevision, "listing_id"), (BuyerRequest, NeedRevision, "buyer_request_id"),
    ):
        known = set(db.session.scalars(select(thing.id)))
        ids = [one for one in write(thing, (
            {"code": f"{'CN' if thing is Listing else 'NC'}-1998-{number + 1:06}", "state": "draft",
             "org_id": made.orgs[number % len(made.orgs)]} for number in range(count)
        )) if one not in known]
        write(revision, (
            {parent: id_, "number": 1, "lock": 1, "state": "submitted", "title": f"Chờ duyệt {number}",
             "submitted_at": made.now, "review_due_at": made.now + STEP * (number % 997 - 300)}
            for number, id_ in enumerate(ids)
        ))


def _leads(made: Filled, count: int) -> None:
    """Leads about listings, open and closed; the cast's two sides have theirs among them."""
    owners = dict(db.session.execute(select(Listing.id, Listing.org_id)).all())  # type: ignore[arg-type]
    trade, orgs, every = made.trade, made.orgs, max(2, count // OWN_LEADS)
    states = (*OPEN_LEAD_STATES, "declined", "expired", "converted")
    rows = []
    for number in range(count):
        listing = made.listings[number % len(made.listings)]
        buyer = trade.buyer_org.id if number % every == 0 else orgs[(number * 7 + 3) % len(orgs)]
        if buyer == owners[listing]:
            continue
        at = made.now - STEP * (count - number)
        rows.append({
            "code": f"QT-1999-{number + 1:06}", "origin": "listing", "state": states[number % len(states)],
            "listing_id": listing, "supplier_org_id": owners[listing], "buyer_org_id": buyer, "initiator_side": "buyer",
            "waiting_on": ("supplier", "buyer", "")[number % 3], "respond_by": at + timedelta(days=7),
            "buyer_revealed_at": at, "created_at": at, "last_activity_at": at,
        })
    made.leads = write(Lead, rows)
    author = made.people[0]
    write(Message, (
        {"lead_id": id_, "author_id": author, "side": "buyer", "text": "Chúng tôi muốn tìm hiểu.", "once": f"x{number}"}
        for id_ in made.leads for number in range(2)
    ))


def _deals(made: Filled, count: int) -> None:
    """Deals of leads that became one, in every state, each with terms and three steps."""
    sample, now = made.deal, made.now
    frozen, digest, schedule = sample.frozen, sample.frozen_sha256, [(one.title, one.amount) for one in sample.milestones]
    taken = set(db.session.scalars(select(Deal.lead_id)))
    converted = select(Lead).where(Lead.state == "converted", Lead.id.not_in(taken)).order_by(Lead.id).limit(count)
    leads = list(db.session.scalars(converted))
    author = made.people[0]
    write(Terms, [
        {"lead_id": lead.id, "number": 1, "state": "accepted", "side": "supplier", "proposed_by_id": author,
         "supplier_accepted_at": now, "buyer_accepted_at": now, "supplier_accepted_by_id": author,
         "buyer_accepted_by_id": made.people[1], "price": sample.price} for lead in leads
    ])
    terms = dict(db.session.execute(select(Terms.lead_id, Terms.id)).all())  # type: ignore[arg-type]
    known, rows = {sample.id}, []
    for number, lead in enumerate(leads):
        state = DEAL.names[number % len(DEAL.names)]
        signed = None if state in (*BEFORE_SIGNING, "cancelled") else clock.today()
        rows.append({
            "code": f"GD-1999-{number + 1:06}", "lead_id": lead.id, "terms_id": terms[lead.id],
            "listing_id": lead.listing_id, "supplier_org_id": lead.supplier_org_id, "buyer_org_id": lead.buyer_org_id,
            "state": state, "disputed_from": "delivering" if state == "disputed" else "", "opened_at": lead.created_at,
            "state_since": lead.last_activity_at, "frozen": frozen, "frozen_sha256": digest, "title": sample.title,
            "price": sample.price, "regime": "voluntary", "signed_on": signed, "effective_on": signed,
            "completed_at": now if state == "completed" else None,
            "value_realised": sample.price if state == "completed" else None,
        })
    write(Milestone, (
        {"deal_id": id_, "position": place, "title": title, "due_on": clock.today() + timedelta(days=30 * place),
         "amount": amount}
        for id_ in write(Deal, rows) if id_ not in known for place, (title, amount) in enumerate(schedule, 1)
    ))


def _decisions(made: Filled, count: int) -> None:
    moderator = made.trade.moderator_user.id
    versions = list(db.session.execute(
        select(ListingRevision.id, Listing.org_id).join(ListingRevision.listing)
        .where(ListingRevision.state == "approved").order_by(ListingRevision.id).limit(count)
    ))
    write(ModerationCase, (
        {"kind": "listing", "subject_id": version, "org_id": org_id, "submitted_at": made.now, "due_at": made.now,
         "claimed_by_id": moderator, "claimed_at": made.now, "decided_at": made.now - STEP * (count - number),
         "decision": "approve"} for number, (version, org_id) in enumerate(versions)
    ))


def _matches(made: Filled) -> None:
    chance = random.Random(9)
    write(Match, (
        {"buyer_request_id": need, "listing_id": listing, "score": chance.randrange(300, 1000), "strength": "possible",
         "confidence": 60, "factors": [], "need_rank": rank, "listing_rank": 1, "computed_at": made.now}
        for need in made.needs for rank, listing in enumerate(chance.sample(made.listings, 3), 1)
    ))


def _history(made: Filled) -> None:
    """What so many things leave behind: events, work that is done and some that waits, notifications, mails, views."""
    owners = dict(db.session.execute(select(Listing.id, Listing.org_id)).all())  # type: ignore[arg-type]
    count = len(made.listings)
    events = write(Event, (
        {"at": made.now - STEP * (count - number), "subject_kind": "listing", "subject_id": id_, "seq": seq,
         "action": ("listing.create", "listing.save", "listing.submit", "listing.approve", "listing.publish")[seq % 5],
         "on_behalf_of": owners[id_], "data": {}, "private_digest": "", "prev_hash": "", "hash": "0" * 64}
        for number, id_ in enumerate(made.listings) for seq in range(1, EVENTS_EACH + 1)
    ))
    write(Outbox, (
        {"consumer": ("search", "matching", "notifications", "facts")[number % 4], "event_id": id_, "due_at": made.now,
         "done_at": None if number % 1_000 == 7 else made.now, "attempts": 1 if number % 1_000 == 7 else 0,
         "parked_at": made.now if number % 10_000 == 7 else None}
        for number, id_ in enumerate(events)
    ))
    _told(made, events)
    write(ViewCount, (
        {"subject_kind": "listing", "subject_id": id_, "day": clock.today() - timedelta(days=back), "count": 3}
        for id_ in made.listings for back in (1, 40)
    ))


def _told(made: Filled, events: Sequence[int]) -> None:
    """Notifications and mails, of everybody in turn."""
    trade = made.trade
    cast = [trade.supplier_user.id, trade.buyer_user.id, trade.officer_user.id, trade.moderator_user.id, made.manager.id]
    others = [one for one in made.people if one not in set(cast)]
    write(Notification, _notifications(made, events, cast, others))
    write(MailMessage, (
        {"key": f"filled:{number}", "recipient": f"so{number}@example.vn", "subject": "Tin", "body": "Nội dung",
         "queued_at": made.now, "sent_at": made.now, "state": "sent", "user_id": others[number % len(others)]}
        for number in range(len(made.listings))
    ))


def _notifications(made: Filled, events: Sequence[int], cast: Sequence[int], others: Sequence[int]) -> Iterator[
        dict[str, Any]]:
    for number, event_id in enumerate(events):
        # Sixty each for the cast, spread over the whole time; the rest for everybody else.
        every = max(len(cast) + 1, len(events) // 60)
        place = number % every
        yield {
            "user_id": cast[place] if place < len(cast) else others[number % len(others)], "key": f"filled:{number}",
            "event_id": event_id, "topic": "moderation", "message": "listing.publish", "params": {"code": "CN"},
            "subject_kind": "listing", "subject_id": made.listings[number // EVENTS_EACH], "href": "/inbox",
            "created_at": made.now - STEP * (len(events) - number),
            "read_at": None if number % 10 == 0 else made.now,
        }
