"""Reads of leads."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.answers.models import Answer
from marketplace.core.access import Actor
from marketplace.core.extensions import db, one
from marketplace.core.reader_language import title_in
from marketplace.negotiation.models import Lead
from marketplace.negotiation.visibility import knows_buyer, visible_to
from marketplace.web.i18n import language as reader_language


def readable(code: str, actor: Actor, *, lock: bool = False) -> Lead:
    """Return the lead of `code` if this reader may open it, else raise NotFound.

    `lock` holds its row until the end of the transaction: everything that writes to a lead, its terms, its thread or
    its complaints takes this lock first.
    """
    if lock:  # what follows may move the answer too: it is held first, as where answers are moved
        answer = select(Lead.answer_id).where(Lead.code == code, Lead.answer_id.is_not(None)).scalar_subquery()
        db.session.execute(select(Answer.id).where(Answer.id == answer).with_for_update())
    return one(
        select(Lead).where(Lead.code == code, visible_to(actor)),
        joinedload(Lead.supplier), joinedload(Lead.buyer), joinedload(Lead.listing), joinedload(Lead.need), lock=lock,
    )


def path_of(lead: Lead) -> str:
    """Return the address of the lead's page."""
    return f"/leads/{lead.code}"


def title_of(lead: Lead, language: str) -> str:
    """Return the title of what a lead began with, in the reader's language; it names neither side."""
    for thing in lead.things:
        if thing.published_revision is not None:
            return title_in(thing.published_revision, language)
    return lead.code


def names_of_parties(ids: Sequence[int], reader: Actor) -> dict[int, dict[str, str]]:
    """Return the names of both sides of leads that this reader may know now; one statement for all of them."""
    rows = select(Lead).where(Lead.id.in_(ids)).options(joinedload(Lead.supplier), joinedload(Lead.buyer))
    return {
        lead.id: {
            "supplier": lead.supplier.name_in(reader_language()),
            "buyer": lead.buyer.name_in(reader_language()) if knows_buyer(lead, reader) else _("the requester"),
        }
        for lead in db.session.scalars(rows)
    }
