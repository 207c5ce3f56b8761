"""Reads of files that the virus check holds back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import aliased

from marketplace.accounts.models import User
from marketplace.core.access import Actor
from marketplace.core.columns import in_states
from marketplace.core.extensions import db
from marketplace.core.permissions import MODERATE
from marketplace.files.lifecycle import LISTED_STATES
from marketplace.files.models import Attachment, StoredFile


def visible_to(reader: Actor) -> ColumnElement[bool]:
    """Return the rule of a file's page: whoever sent it, and moderators."""
    return true() if reader.may(MODERATE) else StoredFile.created_by_id == reader.user_id


def listed(state: str, words: str = "") -> Select[StoredFile]:
    """Return the select of files in a state, to be paged by key; `words` are part of a name, or of what was found."""
    rows = select(StoredFile).where(in_states(StoredFile, [state]))
    if not words:
        return rows
    return rows.where(or_(*(
        column.icontains(words, autoescape=True) for column in (StoredFile.name, StoredFile.finding)
    )))


def counts() -> dict[str, int]:
    """Return how many files are in each state that is listed."""
    rows = select(StoredFile.state, func.count()).where(in_states(StoredFile, LISTED_STATES)).group_by(StoredFile.state)
    return {row[0]: row[1] for row in db.session.execute(rows)}


def senders(files: Sequence[StoredFile]) -> Mapping[int, str]:
    """Return the names of the people who sent files, by the ids of the people; one statement."""
    person = aliased(User)
    ids = {one.created_by_id for one in files if one.created_by_id is not None}
    rows = select(person.id, person.name).where(person.id.in_(ids)) if ids else None
    return {} if rows is None else {row[0]: row[1] for row in db.session.execute(rows)}


def places(file: StoredFile) -> Sequence[Attachment]:
    """Return where a file is attached."""
    return db.session.scalars(
        select(Attachment).where(Attachment.file_id == file.id).order_by(Attachment.id).limit(30)
    ).all()
