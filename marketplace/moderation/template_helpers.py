"""Codes of moderation in the reader's language, for templates."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from marketplace.authoring.lifecycle import REVISION
from marketplace.core.extensions import db
from marketplace.core.lifecycle import State
from marketplace.core.subjects import review_of, subject
from marketplace.moderation import checklists
from marketplace.moderation.kind import REVIEWED
from marketplace.moderation.models import ModerationCase
from marketplace.organisations.models import Organisation
from marketplace.vocabulary import DECISIONS
from marketplace.web.i18n import language


def decision(code: str) -> str:
    """Return the name of a decision."""
    return DECISIONS.label(code, language())


def outcome(case: ModerationCase) -> State:
    """Return the state into which a decision brought what was submitted."""
    return REVISION.state(REVISION.rows(case.decision)[0].to_state)


def reason(kind: str, code: str) -> str:
    """Return the name of a reason for one kind, or an empty string."""
    return review_of(kind).reasons.label(code, language()) if code else ""


def kind_labels() -> dict[str, str]:
    """Return the kinds under review with what they are called (message ids), in the order of the queue's filter."""
    return {kind: subject(kind).label for kind in REVIEWED}


def has_versions(kind: str) -> bool:
    """True where versions are submitted, not the thing itself."""
    return REVIEWED[kind].versioned is not None


def problems(case: ModerationCase) -> list[str]:
    """Return the items of the checklist that had a problem, by name."""
    vocabulary = review_of(case.kind).checks
    return [vocabulary.label(code, language()) for code in checklists.problems(case.kind, case.checklist)]


def organisation_names(ids: Iterable[int]) -> list[str]:
    """Return the names of these organisations, sorted. One statement, none for no id."""
    wanted = list(ids)
    if not wanted:
        return []
    rows = select(Organisation.name).where(Organisation.id.in_(wanted)).order_by(Organisation.sort_name)
    return list(db.session.scalars(rows))
