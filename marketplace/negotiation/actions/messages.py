"""The thread of a lead: writing into it, reading a page of it, and how far each person has read.

A message is never edited and never deleted. Who may read is `visibility.may_read_thread`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import record
from marketplace.core.extensions import db, insert_into
from marketplace.files.actions import MOST_AT_ONCE, Received, add, attach
from marketplace.files.models import Attachment
from marketplace.negotiation import whose_turn
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.lifecycle import LEAD
from marketplace.negotiation.models import Lead, Message, ThreadRead
from marketplace.negotiation.visibility import knows_buyer, may_read_thread
from marketplace.values import clock
from marketplace.values.text import N_

LONGEST = 5000  # characters of a message
PER_PAGE = 50
SAME_WITHIN = timedelta(minutes=10)  # the same words again within this time, nothing said in between, are one message
#: States in which the sides write to each other; after the end the thread can only be read.
WRITABLE = ("contacted", "negotiating", "converted")


def may_write(lead: Lead, actor: Actor) -> bool:
    """True for who may write into the thread now: for a side, or as an officer who handles a complaint."""
    roles = lead.roles_of(actor)
    if lead.state not in WRITABLE:
        return False
    if "officer" in roles:
        return may_read_thread(lead, actor)
    return actor.org_verified and bool(roles & {"supplier", "buyer"})


def post(
    lead: Lead, actor: Actor, text: str, *, kind: str = "message", files: Sequence[Received] = (), once: str = ""
) -> Message:
    """Write one message; the caller holds the lead's row. A second one with the same `once` is the first.

    Raises NotAllowed for who belongs to neither side (officers need an open complaint), for a side that is not
    verified, IllegalMove when the conversation is over, Invalid for an empty or too long text and too many files.
    """
    side = lead.side_of(actor) or "officer"
    _check(lead, actor, kind)
    earlier = select(Message).where(Message.lead_id == lead.id, Message.author_id == actor.user_id, Message.once == once)
    if once and (twin := db.session.scalars(earlier).first()) is not None:
        return twin
    text = _text(text, files)
    message = Message(
        lead_id=lead.id, author_id=actor.user_id, side=side, kind=kind, text=text, once=once or _own_once(lead, actor),
        created_at=clock.now(),
    )
    db.session.add(message)
    db.session.flush()
    for received in files:
        attach(add(received, actor), message, "document", "confidential")
    lead.last_activity_at = message.created_at
    if side in {"supplier", "buyer"}:
        whose_turn.pass_after_message(lead, side)
    note_read(lead, actor, message.id)
    record(lead, "lead.message", actor, data=facts(lead, actor, message_id=message.id, kind=kind, files=len(files)))
    return message


def _check(lead: Lead, actor: Actor, kind: str) -> None:
    roles = lead.roles_of(actor)
    if not roles & {"supplier", "buyer"}:
        if "officer" not in roles or kind != "mediation" or not may_read_thread(lead, actor):
            raise NotAllowed
    elif kind == "mediation":
        raise NotAllowed  # an officer who belongs to a side does not speak for the exchange here
    elif not actor.org_verified:
        raise NotAllowed(N_("Your organisation is not verified at present: you can read, but not write."))
    if lead.state not in WRITABLE and not (kind == "interest" and lead.state == "suggested"):
        raise IllegalMove(lead.state, N_("This conversation is over; you can still read it."), label=LEAD.label(lead.state))


def _text(text: str, files: Sequence[Received]) -> str:
    text = text.strip()
    if not text and not files:
        raise Invalid("text", N_("Write something or attach a file."))
    if len(text) > LONGEST:
        raise Invalid("text", N_("At most %(max)s characters."), max=LONGEST)
    if len(files) > MOST_AT_ONCE:
        raise Invalid("file", N_("At most %(max)s files with one message."), max=MOST_AT_ONCE)
    return text


def sent_just_now(lead: Lead, actor: Actor, text: str) -> Message | None:
    """Return the newest message when the person wrote these very words minutes ago and nothing was said since.

    Back shows the page anew, with a number of its own, and the browser puts what was sent back into the box.
    """
    rows = select(Message).where(Message.lead_id == lead.id).order_by(Message.id.desc()).limit(1)
    newest = db.session.scalars(rows).first()
    if newest is None or (newest.author_id, newest.kind, newest.text) != (actor.user_id, "message", text.strip()):
        return None
    return newest if newest.created_at >= clock.now() - SAME_WITHIN else None


def _own_once(lead: Lead, actor: Actor) -> str:
    mine = select(func.count()).where(Message.lead_id == lead.id, Message.author_id == actor.user_id)
    return f"own-{db.session.scalar(mine)}"


def note_read(lead: Lead, actor: Actor, message_id: int) -> None:
    """Remember how far the person has read; never backwards. One statement, for several tabs may open at once."""
    if actor.user_id is None:
        return
    if not _read_to(lead, actor):
        # The row's foreign key wants the lead, which a writer holds before they come here: in the same order, or it is a
        # deadlock on PostgreSQL.
        db.session.execute(select(Lead.id).where(Lead.id == lead.id).with_for_update(read=True, key_share=True))
    row = insert_into(ThreadRead).values(lead_id=lead.id, user_id=actor.user_id, message_id=message_id)
    db.session.execute(row.on_conflict_do_update(
        index_elements=["lead_id", "user_id"], set_={"message_id": row.excluded.message_id},
        where=ThreadRead.message_id < row.excluded.message_id,
    ))


def _read_to(lead: Lead, actor: Actor) -> int:
    """Return the newest message that the person has read, 0 for none."""
    rows = select(ThreadRead.message_id).where(ThreadRead.lead_id == lead.id, ThreadRead.user_id == actor.user_id)
    return db.session.scalar(rows) or 0


@dataclass(frozen=True)
class ThreadEntry:
    """One message as this reader may see it."""

    message: Message
    author: str  # a name, or the side's name while the requester is hidden
    own: bool  # written for the reader's own side
    new: bool
    files: list[Attachment]


@dataclass(frozen=True)
class Thread:
    """A page of a thread, oldest first; `older` is the id to ask for the messages before it, if there are any."""

    entries: list[ThreadEntry]
    older: int | None
    total: int


def page(lead: Lead, actor: Actor, before: int | None = None, *, mark: bool = True) -> Thread | None:
    """Return the newest messages, or those before one; None when this reader may not. At most five statements.

    What is shown counts as read by this person if `mark` says so. The caller's route must be one that may write.
    """
    if not may_read_thread(lead, actor):
        return None
    rows = select(Message).where(Message.lead_id == lead.id).options(joinedload(Message.author))
    if before is not None:
        rows = rows.where(Message.id < before)
    found = list(db.session.scalars(rows.order_by(Message.id.desc()).limit(PER_PAGE + 1)))
    shown = found[:PER_PAGE][::-1]
    total = db.session.scalar(select(func.count()).where(Message.lead_id == lead.id)) or 0
    last = _read_to(lead, actor)
    files = _files([message.id for message in shown])
    known = knows_buyer(lead, actor)
    entries = [
        ThreadEntry(
            message, author=_author(message, known), own=_own(lead, message, actor),
            new=message.id > last and message.author_id != actor.user_id, files=files.get(message.id, []),
        )
        for message in shown
    ]
    if mark and shown and shown[-1].id > last:
        note_read(lead, actor, shown[-1].id)
    return Thread(entries, shown[0].id if len(found) > PER_PAGE else None, total)


def _own(lead: Lead, message: Message, actor: Actor) -> bool:
    sides = {"supplier": lead.supplier_org_id, "buyer": lead.buyer_org_id}
    return sides.get(message.side) in actor.org_ids or (message.side == "officer" and message.author_id == actor.user_id)


def _author(message: Message, buyer_known: bool) -> str:
    return _("The requester") if message.side == "buyer" and not buyer_known else message.author.name


def _files(ids: Sequence[int]) -> dict[int, list[Attachment]]:
    rows = (
        select(Attachment).where(Attachment.subject_kind == Message.subject_kind, Attachment.subject_id.in_(ids))
        .options(joinedload(Attachment.file)).order_by(Attachment.position, Attachment.id)
    )
    found: dict[int, list[Attachment]] = {}
    for attachment in db.session.scalars(rows) if ids else ():
        found.setdefault(attachment.subject_id, []).append(attachment)
    return found


def unread(actor: Actor, lead_ids: Sequence[int]) -> dict[int, int]:
    """Return how many messages of others each lead has that the person has not read, in one statement."""
    if not lead_ids or actor.user_id is None:
        return {}
    read = select(ThreadRead.lead_id, ThreadRead.message_id).where(ThreadRead.user_id == actor.user_id).subquery()
    rows = (
        select(Message.lead_id, func.count())
        .outerjoin(read, read.c.lead_id == Message.lead_id)
        .where(Message.lead_id.in_(lead_ids), Message.author_id != actor.user_id,
               Message.id > func.coalesce(read.c.message_id, 0))
        .group_by(Message.lead_id)
    )
    return {row[0]: row[1] for row in db.session.execute(rows)}
