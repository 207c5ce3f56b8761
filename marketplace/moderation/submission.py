"""What may stand in the queue: an organisation, or a version of a listing or need, seen the same way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from marketplace.authoring import actions as authoring
from marketplace.authoring.kinds import Kind
from marketplace.authoring.lifecycle import DELETED, DRAFT, EDITABLE_STATES
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import NotFound, required
from marketplace.core.extensions import db, one
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.permissions import MODERATE
from marketplace.core.subjects import subject as subject_kind
from marketplace.core.subjects import subject_of
from marketplace.moderation.kind import REVIEWED, Reviewed
from marketplace.moderation.models import ModerationCase
from marketplace.organisations.models import Organisation
from marketplace.values.text import N_


@dataclass(frozen=True)
class Submission:
    """One submission. `revision` is what is reviewed, `thing` what has the history; for an organisation both are it."""

    kind: str
    thing: Any
    revision: Any

    @property
    def reviewed(self) -> Reviewed:
        """What moderation knows of its kind."""
        return REVIEWED[self.kind]

    @property
    def versioned(self) -> Kind | None:
        """The kind of thing with versions that it is a version of, or None."""
        return self.reviewed.versioned

    @property
    def label(self) -> str:
        """What such a thing is called (a message id)."""
        return subject_kind(self.kind).label

    @property
    def icon(self) -> str:
        """Its icon."""
        return subject_kind(self.kind).icon

    @property
    def id(self) -> int:
        """Id of what is reviewed: organisation, or version."""
        return int(self.revision.id)

    @property
    def org_id(self) -> int:
        """The organisation that submitted it."""
        return subject_kind(self.kind).organisations(self.thing)["owner"]

    @property
    def organisation(self) -> Organisation:
        """The submitting organisation."""
        found: Organisation = self.thing.organisation if self.versioned else self.thing
        return found

    @property
    def title(self) -> str:
        """Its name or title; never empty."""
        name = self.revision.title if self.versioned else self.revision.name
        return str(name or self.code)

    @property
    def code(self) -> str:
        """The code people quote: the tax code, or CN-/NC-number."""
        return str(self.thing.code if self.versioned else self.thing.tax_code)

    @property
    def waiting(self) -> bool:
        """True while a decision is due."""
        return self.revision.state in self.reviewed.waiting

    @property
    def readable(self) -> bool:
        """True while its text is what was submitted: an author's draft in between is nobody else's business."""
        return self.versioned is None or self.revision.state not in {*EDITABLE_STATES, DELETED}

    @property
    def submitted_at(self) -> datetime:
        """When it was submitted."""
        found: datetime = self.revision.submitted_at or self.revision.created_at
        return found

    @property
    def due_at(self) -> datetime:
        """When the decision is due."""
        found: datetime = self.revision.review_due_at or self.submitted_at
        return found

    @property
    def published(self) -> Any | None:
        """The version that others read now, to compare with; None for a first one and for organisations."""
        if self.versioned is None:
            return None
        old = self.thing.published_revision
        return old if old is not self.revision else None

    @property
    def again(self) -> bool:
        """True for a new version, or an organisation that was verified before."""
        return self.published is not None if self.versioned else self.thing.verified_at is not None


def load(kind: str, subject_id: int) -> Submission:
    """Return one submission, whatever was decided since. Raises NotFound, also for drafts and what was taken back."""
    reviewed = required(REVIEWED.get(kind))
    revision = db.session.get(reviewed.submitted, subject_id)
    if revision is None or revision.submitted_at is None or revision.state == DELETED:
        raise NotFound
    if revision.state == DRAFT:
        raise NotFound(N_("Its owner has taken this back; there is nothing to decide."))
    return Submission(kind, reviewed.thing_of(revision), revision)


def load_thing(kind: str, thing_id: int) -> Any:
    """Return an organisation, listing or need. Raises NotFound for none and for what was never public."""
    thing = db.session.get(required(REVIEWED.get(kind)).thing, thing_id)
    if thing is None or thing.state in {DRAFT, DELETED}:
        raise NotFound
    return thing


def locked(subject: Submission) -> Submission:
    """Return the submission read again under a lock on its rows: two deciders, one winner.

    The thing is locked before its version: the same order as the owner's moves, so that they cannot block each other.
    """
    thing = authoring.locked(subject.versioned, subject.thing.id) if subject.versioned else None
    table = subject.reviewed.submitted
    revision = one(select(table).where(table.id == subject.id), lock=True)
    return Submission(subject.kind, thing or revision, revision)


def open_case(subject: Submission) -> ModerationCase | None:
    """Return who has the case now; one that belongs to an earlier submission of the same thing does not count."""
    rows = select(ModerationCase).where(
        ModerationCase.kind == subject.kind,
        ModerationCase.subject_id == subject.id,
        ModerationCase.is_open(),
        ModerationCase.submitted_at == subject.submitted_at,
    )
    return db.session.scalars(rows).first()


def why_not(subject: Submission, actor: Actor) -> str:
    """Return why this moderator may not handle it (message id), or an empty string."""
    if not actor.may(MODERATE):
        return N_("Only moderators handle cases.")
    if subject.org_id in actor.org_ids:
        return N_("Your own organisation submitted this; somebody else must decide.")
    if subject.revision.submitted_by_id == actor.user_id:
        return N_("Nobody moderates what they submitted themselves.")
    return ""


def lifecycle_of(kind: str) -> Lifecycle:
    """Return the lifecycle of the public thing."""
    found = subject_kind(kind).lifecycle
    if found is None:
        raise LookupError(kind)
    return found


def public_path(thing: Any) -> str:
    """Return the path of the thing's own page."""
    return subject_of(thing).path(thing, SYSTEM)
