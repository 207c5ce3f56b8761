"""What may stand in the queue: an organisation, or a version of a listing or need, seen the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from marketplace.authoring import actions as authoring
from marketplace.authoring.kinds import Kind
from marketplace.buyer_requests.kind import KIND as NEED_KIND
from marketplace.core.access import Actor
from marketplace.core.errors import NotFound
from marketplace.core.extensions import db
from marketplace.core.permissions import MODERATE
from marketplace.listings.kind import KIND as LISTING_KIND
from marketplace.moderation.models import KINDS, ModerationCase
from marketplace.organisations.lifecycle import ORGANISATION
from marketplace.organisations.models import Organisation
from marketplace.values.text import N_, slug

#: Kinds whose submissions are versions; the organisation's submission is the organisation itself.
VERSIONED: Mapping[str, Kind] = {"listing": LISTING_KIND, "need": NEED_KIND}
KIND_LABELS: Mapping[str, str] = {
    "organisation": N_("Organisation"), "listing": N_("Technology"), "need": N_("Need"),
}
#: States of a submission that wait for a decision.
WAITING: Mapping[str, tuple[str, ...]] = {
    "organisation": ("submitted",), "listing": ("submitted", "in_review"), "need": ("submitted", "in_review"),
}
_PATHS = {"listing": "technologies", "need": "needs"}


@dataclass(frozen=True)
class Subject:
    """One submission. `revision` is what is reviewed, `thing` what has the history; for an organisation both are it."""

    kind: str
    thing: Any
    revision: Any

    @property
    def id(self) -> int:
        """Id of what is reviewed: organisation, or version."""
        return int(self.revision.id)

    @property
    def org_id(self) -> int:
        """The organisation that submitted it."""
        return int(self.thing.id if self.kind == "organisation" else self.thing.org_id)

    @property
    def organisation(self) -> Organisation:
        """The submitting organisation."""
        found: Organisation = self.thing if self.kind == "organisation" else self.thing.organisation
        return found

    @property
    def title(self) -> str:
        """Its name or title; never empty."""
        name = self.revision.name if self.kind == "organisation" else self.revision.title
        return str(name or self.code)

    @property
    def code(self) -> str:
        """The code people quote: the tax code, or CN-/NC-number."""
        return str(self.thing.tax_code if self.kind == "organisation" else self.thing.code)

    @property
    def waiting(self) -> bool:
        """True while a decision is due."""
        return self.revision.state in WAITING[self.kind]

    @property
    def readable(self) -> bool:
        """True while its text is what was submitted: an author's draft in between is nobody else's business."""
        return self.kind == "organisation" or self.revision.state not in {"draft", "changes_requested", "deleted"}

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
        if self.kind == "organisation":
            return None
        old = self.thing.published_revision
        return old if old is not self.revision else None

    @property
    def again(self) -> bool:
        """True for a new version, or an organisation that was verified before."""
        return self.thing.verified_at is not None if self.kind == "organisation" else self.published is not None


def kind_or_404(kind: str) -> str:
    """Return a known kind. Raises NotFound."""
    if kind not in KINDS:
        raise NotFound
    return kind


def load(kind: str, subject_id: int) -> Subject:
    """Return one submission, whatever was decided since. Raises NotFound, also for drafts and what was taken back."""
    kind_or_404(kind)
    table: Any = Organisation if kind == "organisation" else VERSIONED[kind].revision
    revision = db.session.get(table, subject_id)
    if revision is None or revision.submitted_at is None or revision.state == "deleted":
        raise NotFound
    if revision.state == "draft":
        raise NotFound(N_("Its owner has taken this back; there is nothing to decide."))
    return Subject(kind, revision if kind == "organisation" else VERSIONED[kind].thing_of(revision), revision)


def load_thing(kind: str, thing_id: int) -> Any:
    """Return an organisation, listing or need. Raises NotFound for none and for what was never public."""
    kind_or_404(kind)
    table: Any = Organisation if kind == "organisation" else VERSIONED[kind].thing
    thing = db.session.get(table, thing_id)
    if thing is None or thing.state in {"draft", "deleted"}:
        raise NotFound
    return thing


def locked(subject: Subject) -> Subject:
    """Return the submission read again under a lock on its rows: two deciders, one winner.

    The thing is locked before its version: the same order as the owner's moves, so that they cannot block each other.
    """
    if subject.kind == "organisation":
        rows = select(Organisation).where(Organisation.id == subject.id)
        again = db.session.scalars(rows.with_for_update().execution_options(populate_existing=True)).one()
        return Subject("organisation", again, again)
    kind = VERSIONED[subject.kind]
    thing = authoring.locked(kind, subject.thing.id)
    rows = select(kind.revision).where(kind.revision.id == subject.id)
    revision = db.session.scalars(rows.with_for_update().execution_options(populate_existing=True)).one()
    return Subject(subject.kind, thing, revision)


def open_case(subject: Subject) -> ModerationCase | None:
    """Return who has the case now; one that belongs to an earlier submission of the same thing does not count."""
    rows = select(ModerationCase).where(
        ModerationCase.kind == subject.kind,
        ModerationCase.subject_id == subject.id,
        ModerationCase.released_at.is_(None),
        ModerationCase.decided_at.is_(None),
        ModerationCase.submitted_at == subject.submitted_at,
    )
    return db.session.scalars(rows).first()


def why_not(subject: Subject, actor: Actor) -> str:
    """Return why this moderator may not handle it (message id), or an empty string."""
    if not actor.may(MODERATE):
        return N_("Only moderators handle cases.")
    if subject.org_id in actor.org_ids:
        return N_("Your own organisation submitted this; somebody else must decide.")
    if subject.revision.submitted_by_id == actor.user_id:
        return N_("Nobody moderates what they submitted themselves.")
    return ""


def lifecycle_of(kind: str) -> Any:
    """Return the lifecycle of the public thing."""
    return ORGANISATION if kind == "organisation" else VERSIONED[kind].lifecycle


def public_path(kind: str, thing: Any) -> str:
    """Return the path of the thing's own page."""
    if kind == "organisation":
        return f"/organisations/{thing.slug}"
    revision = thing.published_revision
    return f"/{_PATHS[kind]}/{thing.code}-{slug(revision.title) if revision is not None else ''}".rstrip("-")


def owner_path(kind: str, thing: Any) -> str:
    """Return the path on which the owner works on it."""
    if kind == "organisation":
        return "/my/organisation"
    return f"/my/{'listings' if kind == 'listing' else 'needs'}/{thing.code}/review"

