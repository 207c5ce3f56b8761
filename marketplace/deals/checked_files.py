"""Moves of a deal that bind rest on its files: they are held back while the virus check has not cleared every one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from flask import g, has_app_context
from sqlalchemy import ColumnElement, and_, exists, or_, select

from marketplace.core.access import Actor
from marketplace.core.errors import Invalid
from marketplace.core.extensions import db, write_intent
from marketplace.deals.models import Deal, Milestone, Signature
from marketplace.deals.requirements import Problem, register_requirement
from marketplace.files.lifecycle import AWAITING_SCANNER, AWAITING_STAFF, GONE_STATES
from marketplace.files.models import Attachment, StoredFile
from marketplace.values.text import N_


class _Files(NamedTuple):
    """What is true of the files of a deal: some were found to be harmful or unreadable, wait, or are gone though signed."""

    found: bool
    waiting: bool
    lacking: bool


def register() -> None:
    """Hold back the moves that bind."""
    for action in ("present", "sign"):
        register_requirement(action, files_checked)
    register_requirement("take_effect", files_checked, met=_all_checked)
    register_requirement("complete", no_harmful_file)


def files_checked(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back while the virus check has not cleared every file of the deal."""
    files = _files_of(deal)
    if files.found:
        return _held_back()
    if files.lacking:
        said = N_("A signed contract was removed because of the virus check. It has to be signed anew.")
        return Problem(Invalid("", said))
    if files.waiting:
        return Problem(Invalid("", N_("Files of this deal are being checked for viruses. Repeat this in a minute.")))
    return None


def no_harmful_file(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back while a file of the deal is held back; what comes with the move itself is still being checked."""
    return _held_back() if _files_of(deal).found else None


def _held_back() -> Problem:
    return Problem(Invalid("", N_("The virus check holds back a file of this deal. Moderators look at it first.")))


def _files_of(deal: Deal) -> _Files:
    """Return what is true of a deal's files; a page that only reads asks once for all the deals that it has loaded."""
    if write_intent.get() or not has_app_context():
        return _asked([deal.id])[deal.id]
    known: dict[int, _Files] = g.setdefault("files_of_deals", {})
    if deal.id not in known:
        known |= _asked([deal.id, *(one.id for one in db.session.identity_map.values() if isinstance(one, Deal))])
    return known[deal.id]


def _asked(ids: Iterable[int]) -> dict[int, _Files]:
    states = (_has_file_in(*AWAITING_STAFF), _has_file_in(*AWAITING_SCANNER), _lacks_signed_file())
    rows = db.session.execute(select(Deal.id, *states).where(Deal.id.in_(set(ids))))
    return {row[0]: _Files(*row[1:]) for row in rows}


def _all_checked() -> ColumnElement[bool]:
    return and_(~_has_file_in(*AWAITING_STAFF, *AWAITING_SCANNER), ~_lacks_signed_file())


def _has_file_in(*states: str) -> ColumnElement[bool]:
    """Return which deals have a file, also by a milestone, in one of these states."""
    of_milestones = select(Milestone.id).where(Milestone.deal_id == Deal.id).correlate(Deal)
    return exists().where(
        StoredFile.id == Attachment.file_id, StoredFile.state.in_(states),
        or_(and_(Attachment.subject_kind == Deal.subject_kind, Attachment.subject_id == Deal.id),
            and_(Attachment.subject_kind == Milestone.subject_kind, Attachment.subject_id.in_(of_milestones))),
    )


def _lacks_signed_file() -> ColumnElement[bool]:
    """Return which deals have a signature in force whose file was removed."""
    return exists().where(
        Signature.deal_id == Deal.id, Signature.round == Deal.round, StoredFile.id == Signature.file_id,
        StoredFile.state.in_(GONE_STATES),
    )
