"""Reads of importing: past runs, and the organisation someone names."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from marketplace.core.errors import Invalid
from marketplace.core.extensions import db
from marketplace.importing.models import ImportRun
from marketplace.organisations.lifecycle import OUT_STATES
from marketplace.organisations.models import Organisation
from marketplace.values.text import N_, clean_line, sort_key


def runs() -> Select[ImportRun]:
    """Return the select of all runs, newest first, with their organisations."""
    return select(ImportRun).options(joinedload(ImportRun.organisation)).order_by(ImportRun.id.desc())


def previewed(kind: str, org_id: int, sha256: str, publish: bool, user_id: int | None) -> ImportRun | None:
    """Return the same upload of the same person that still waits, so that sending a form twice makes one run."""
    same = runs().where(
        ImportRun.state == "previewed", ImportRun.kind == kind, ImportRun.org_id == org_id, ImportRun.sha256 == sha256,
        ImportRun.publish == publish, ImportRun.created_by_id == user_id,
    )
    return db.session.scalars(same.limit(1)).first()


def find_organisation(text: str) -> Organisation:
    """Return the organisation of that id, slug or name. Nothing is created.

    Raises Invalid when there is none, or when several have the name (and names their slugs).
    """
    text = clean_line(text)
    found = select(Organisation).order_by(Organisation.id).limit(6)
    if text.isascii() and text.isdigit() and len(text) < 16:
        rows = list(db.session.scalars(found.where(or_(Organisation.id == int(text), Organisation.slug == text))))
    else:
        rows = list(db.session.scalars(found.where(Organisation.slug == text)))
        rows = rows or list(db.session.scalars(found.where(Organisation.sort_name == sort_key(text))))
    if not rows:
        message = N_("There is no organisation “%(name)s”. Give its short name, number or full name.")
        raise Invalid("organisation", message, name=text)
    if len(rows) > 1:
        slugs = ", ".join(row.slug for row in rows)
        raise Invalid("organisation", N_("Several organisations are called “%(name)s”: %(slugs)s."), name=text, slugs=slugs)
    return rows[0]


def suggestions(limit: int = 300) -> Sequence[tuple[str, str]]:
    """Return (slug, name) of organisations that may own records, for the form's list."""
    rows = (
        select(Organisation.slug, Organisation.name)
        .where(Organisation.state.not_in(OUT_STATES))
        .order_by(Organisation.sort_name)
        .limit(limit)
    )
    return [(slug, name) for slug, name in db.session.execute(rows)]
