"""Two people for one decision: somebody proposes, somebody else with the same permission approves, then it is done.

A feature registers a `ProposalKind` in its wiring: who may propose and approve, what it reads like, what is done when it
is approved, and by which version the thing is known; a thing that has changed since takes no approval. Nobody decides
about their own proposal or their own organisation, and what nobody decided lapses after five working days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    cast,
    null,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.calendar_days import working_calendar
from marketplace.core.codes import next_code
from marketplace.core.columns import Big, Box, Key, Moment, NfcText, UtcDateTime, in_states, index_of_states
from marketplace.core.errors import Invalid, NotAllowed, required
from marketplace.core.events import record, transition
from marketplace.core.extensions import Base, db
from marketplace.core.lifecycle import Lifecycle, Reason, State, Transition, legal_transition
from marketplace.core.outbox import Job, in_batches, register_job
from marketplace.core.permissions import Permission
from marketplace.core.subjects import Subject, register_subject
from marketplace.core.work import WorkSource, by_subject, changed, register_work
from marketplace.values import clock
from marketplace.values.text import N_, nfc

PREFIX = "DX"
DAYS = 5  # working days until an undecided proposal lapses
OPEN = ("open",)
OUTDATED = "outdated"
_BATCH = 200
PROPOSAL = Lifecycle(
    name="proposal",
    initial="open",
    states=(
        State("open", N_("Waits for a second person"), "open", "progress", "hourglass-split"),
        State("approved", N_("Approved"), "decided", "success", "check-circle-fill"),
        State("refused", N_("Refused"), "decided", "danger", "x-circle-fill"),
        State("withdrawn", N_("Withdrawn"), "ended", "neutral", "circle"),
        State("lapsed", N_("Lapsed"), "ended", "neutral", "clock-history"),
        State("outdated", N_("Out of date"), "ended", "warning", "exclamation-triangle"),
    ),
    table=(
        Transition("approve", OPEN, "approved", ("approver",), N_("Approve"), settled=("approved",), done=N_("Approved")),
        Transition("refuse", OPEN, "refused", ("approver",), N_("Refuse"), Reason(), ("refused",), danger=True,
                   done=N_("Refused")),
        Transition("withdraw", OPEN, "withdrawn", ("author",), N_("Withdraw"), settled=("withdrawn",),
                   done=N_("Withdrawn"),
                   silent="whoever proposed it takes it back; it is gone from the work of those who would decide"),
        Transition("lapse", OPEN, "lapsed", ("system",), N_("Lapsed")),
        Transition("outdate", OPEN, "outdated", ("system",), N_("Out of date")),
    ),
)
#: What whoever decided is told, by the state that the proposal has then.
OUTCOMES = {
    "approved": N_("Approved: it is done."),
    "refused": N_("Refused: nothing was changed."),
    "withdrawn": N_("Withdrawn: nothing was changed."),
    OUTDATED: N_("What it is about has changed since, so nothing was done. Propose it again if it is still wanted."),
}


class Proposal(Base):
    """What somebody wants done that takes two people. `about` names the thing: one open proposal of a kind about it."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint(PROPOSAL.check_sql(), name="state_known"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> by_id OR state = 'withdrawn'", name="two_people"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_has_date"),
        Index("uq_proposal_open_about", "kind", "about", unique=True, sqlite_where=text("state = 'open'"),
              postgresql_where=text("state = 'open'")),
        index_of_states("ix_proposal_open", OPEN, "kind", "due_at", "id"),
        Index("ix_proposal_kind_state", "kind", "state", "id"),
    )
    subject_kind = "proposal"
    lifecycle = PROPOSAL

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)  # DX-2026-000001
    kind: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(120))
    version: Mapped[str] = mapped_column(String(64), default="")  # of the thing, when it was proposed
    payload: Mapped[Box]
    reason: Mapped[str] = mapped_column(NfcText)
    org_id: Mapped[int | None] = mapped_column(Big, ForeignKey("organisation.id"))  # whose business it is
    by_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    state: Mapped[str] = mapped_column(String(10), default=PROPOSAL.initial)
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    due_at: Mapped[Moment]
    decided_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(NfcText, default="")

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles: author, approver (never of one's own, nor of one's own organisation's), system."""
        if actor.is_system:
            return frozenset({"system"})
        if actor.user_id == self.by_id:
            return frozenset({"author"})
        theirs = self.org_id is not None and self.org_id in actor.org_ids
        return frozenset({"approver"}) if actor.may(kind_of(self).permission) and not theirs else frozenset()


@dataclass(frozen=True)
class ProposalKind:
    """One decision that takes two people. `label` is an English message id, `permission` that of both people.

    `title` says what is proposed, `facts` gives its particulars as (message id, text) in a language, `path` the page of
    the thing. `apply` does it, with the approver as actor. `version` says by what a change of the thing is seen.
    `readers` may read proposals of this kind and decide nothing.
    """

    kind: str
    label: str
    permission: Permission
    title: Callable[[Proposal, str], str]
    apply: Callable[[Proposal, Actor], object]
    facts: Callable[[Proposal, str], Sequence[tuple[str, str]]] = lambda _proposal, _language: ()
    path: Callable[[Proposal], str] = lambda _proposal: ""
    version: Callable[[Proposal], str] = lambda _proposal: ""
    readers: Permission | None = None

    def read_by(self, actor: Actor) -> bool:
        """Tell whether somebody may read proposals of this kind."""
        return actor.may(self.permission) or (self.readers is not None and actor.may(self.readers))


_registered: dict[str, ProposalKind] = {}
#: Every kind of proposal by its name.
KINDS: Mapping[str, ProposalKind] = MappingProxyType(_registered)


def register_proposal(kind: ProposalKind) -> None:
    """Add a kind, and what waits of it to the work of those who may decide; a feature does this in its wiring."""
    _registered[kind.kind] = kind

    def waiting() -> Select[Any]:
        nobody = cast(null(), Big).label("holder_id")
        columns: tuple[Any, ...] = (Proposal.id, Proposal.created_at.label("since"), Proposal.due_at, nobody)
        return select(*columns).where(Proposal.kind == kind.kind, in_states(Proposal, OPEN))

    describe = by_subject(Proposal.subject_kind)
    register_work(WorkSource(f"proposal.{kind.kind}", kind.label, kind.permission, waiting, describe))


def kind_of(proposal: Proposal) -> ProposalKind:
    """Return the declaration of a proposal's kind."""
    return _registered[proposal.kind]


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the rule of the page: one's own, and those of kinds that one may read."""
    kinds = [kind.kind for kind in _registered.values() if kind.read_by(actor)]
    return or_(Proposal.kind.in_(kinds), Proposal.by_id == actor.user_id)


def propose(
    kind: str, about: str, payload: Mapping[str, Any], actor: Actor, reason: str, *, org_id: int | None = None
) -> Proposal:
    """Propose something and return the proposal; the same once more by the same person returns the first.

    `about` names the thing ("charge:12"), `org_id` the organisation whose members must not decide. Raises NotAllowed
    without the permission of the kind, Invalid on `reason` without one, and when another proposal about it is open.
    """
    declared = _registered[kind]
    if not actor.may(declared.permission) or (org_id is not None and org_id in actor.org_ids):
        raise NotAllowed
    Reason().check("", reason)
    now, words = clock.now(), nfc(reason).strip()
    before = db.session.scalar(
        select(Proposal).where(Proposal.kind == kind, Proposal.about == about, in_states(Proposal, OPEN)))
    if before is not None:
        if before.by_id == actor.user_id and (before.payload, before.reason) == (dict(payload), words):
            return before
        raise Invalid("", N_("A proposal about this waits for a decision already: %(code)s."), code=before.code)
    made = Proposal(
        code=next_code(PREFIX), kind=kind, about=about, payload=dict(payload), reason=words, org_id=org_id,
        by_id=actor.user_id, created_at=now, due_at=clock.due_at(now, DAYS, working_calendar()),
    )
    made.version = declared.version(made)
    db.session.add(made)
    db.session.flush()
    record(made, "proposal.propose", actor, reason=made.reason, data={"kind": kind, "about": about})
    changed()
    return made


def held(proposal_id: int, actor: Actor) -> Proposal:
    """Return a proposal that this person may see, its row locked. Raises NotFound."""
    rows = select(Proposal).where(Proposal.id == proposal_id, visible_to(actor)).with_for_update()
    return required(db.session.scalar(rows.execution_options(populate_existing=True)))


def decide(proposal: Proposal, action: str, actor: Actor, note: str = "") -> str:
    """Approve, refuse or withdraw a proposal whose row is locked, and return the state it has then.

    Approved, it is done in this transaction, once. When the thing changed since, nothing is done and the proposal is
    out of date. Raises NotAllowed, IllegalMove when it was decided otherwise, and what its kind raises.
    """
    roles = proposal.roles_of(actor)
    if legal_transition(PROPOSAL, proposal, action, roles, reason=note) is None:
        return proposal.state
    if action == "approve" and kind_of(proposal).version(proposal) != proposal.version:
        _end(proposal, "outdate", SYSTEM, "")
    else:
        _end(proposal, action, actor, note)
    if proposal.state == "approved":
        kind_of(proposal).apply(proposal, actor)
    return proposal.state


def _end(proposal: Proposal, action: str, actor: Actor, note: str) -> None:
    proposal.decided_by_id, proposal.decided_at, proposal.note = actor.user_id, clock.now(), nfc(note).strip()
    data = {"kind": proposal.kind, "about": proposal.about}
    transition(proposal, PROPOSAL, action, actor, proposal.roles_of(actor), reason=proposal.note, data=data)
    changed()


def lapse() -> int:
    """Let proposals lapse that nobody decided in time; return how many of them, a batch at most."""
    rows = (
        select(Proposal).where(in_states(Proposal, OPEN), Proposal.due_at < clock.now()).order_by(Proposal.id)
        .limit(_BATCH).with_for_update(skip_locked=True)
    )
    late = db.session.scalars(rows).all()
    for proposal in late:
        _end(proposal, "lapse", SYSTEM, "")
    return len(late)


SUBJECT = Subject(
    Proposal.subject_kind, Proposal, N_("Proposal"), lambda row, language: kind_of(row).title(row, language),
    lifecycle=PROPOSAL, icon="people", code=lambda row: str(row.code),
    path=lambda row, _reader: f"/staff/proposals/{row.id}", visible_to=visible_to, page_shows_news=True,
    organisations=lambda row: {"owner": row.org_id} if row.org_id else {},
    event_labels={"proposal.propose": N_("Proposed")},
)


def register() -> None:
    """Register the kind of thing and the job that lets proposals lapse."""
    register_subject(SUBJECT)
    register_job(Job("proposals.lapse", in_batches(lapse), clock.daily(time(0, 30))))
