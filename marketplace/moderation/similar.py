"""What looks like the same thing already on record: same tax code, same or near names, nearly the same text."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flask import current_app
from sqlalchemy import case, func, or_, select, union

from marketplace.authoring.kinds import Kind
from marketplace.authoring.lifecycle import DELETED
from marketplace.core.errors import Unreachable
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Lifecycle
from marketplace.matching import duplicates
from marketplace.moderation.kind import REVIEWED
from marketplace.moderation.submission import Submission, lifecycle_of, public_path
from marketplace.organisations.lifecycle import HOLDING_STATES
from marketplace.organisations.models import Organisation
from marketplace.search import Query
from marketplace.values.lookalikes import skeleton
from marketplace.values.text import fold

NEAR = 0.5  # share of common syllable pairs from which two titles are called near
SHOWN = 5
_LONGER = 4  # letters by which names that look alike differ in length: "rn" is one "m"
_HITS = 20  # of the search engine
_OWN = 200  # things of the same organisation that are compared


@dataclass(frozen=True)
class Hint:
    """Something similar: its name, where it is, its state (of its lifecycle) and why it is shown."""

    kind: str
    title: str
    code: str
    path: str
    state: str
    same: bool  # the same tax code or the same title, not only near
    looks: bool = False  # the name only looks like it
    percent: int = 0  # how alike the texts are, where that is why it is shown

    @property
    def lifecycle(self) -> Lifecycle:
        """Return the workflow that its state is of."""
        return lifecycle_of(self.kind)


def hints(subject: Submission) -> list[Hint]:
    """Return what is most similar, the same first. At most four statements and one engine call."""
    return _versions(subject, subject.versioned) if subject.versioned else _organisations(subject)


def _organisations(subject: Submission) -> list[Hint]:
    org = subject.thing
    same = [Organisation.sort_name == org.sort_name] if org.sort_name else []
    if org.tax_code:
        base = org.tax_code.partition("-")[0]
        same += [Organisation.tax_code == org.tax_code, Organisation.tax_code.startswith(base, autoescape=True)]
    rows = select(Organisation).where(Organisation.id != org.id, or_(*same)).order_by(Organisation.id).limit(SHOWN)
    found = list(db.session.scalars(rows)) if same else []
    made = [
        Hint(subject.kind, one.name, one.tax_code, public_path(one), one.state,
             bool(org.tax_code) and one.tax_code == org.tax_code)
        for one in found
    ]
    made += _look_alikes(org, {one.id for one in found})
    return sorted(made, key=lambda hint: not hint.same)[:SHOWN]


def _look_alikes(org: Organisation, known: set[int]) -> list[Hint]:
    """Return verified organisations whose name looks like this one's. Names that look alike are about as long."""
    mine = {skeleton(name) for name in (org.name, org.name_en) if name}
    near = [
        func.length(column).between(len(name) - _LONGER, len(name) + _LONGER)
        for column in (Organisation.name, Organisation.name_en) for name in (org.name, org.name_en) if name
    ]
    columns = select(Organisation.id, Organisation.name, Organisation.name_en).where(
        Organisation.state.in_(HOLDING_STATES), Organisation.id != org.id, or_(*near))
    alike = [
        row.id for row in db.session.execute(columns)
        if row.id not in known and not mine.isdisjoint(skeleton(name) for name in (row.name, row.name_en) if name)
    ]
    if not alike:
        return []
    rows = select(Organisation).where(Organisation.id.in_(alike[:SHOWN])).order_by(Organisation.id)
    return [
        Hint("organisation", one.name, one.tax_code, public_path(one), one.state, same=False, looks=True)
        for one in db.session.scalars(rows)
    ]


def _versions(subject: Submission, kind: Kind) -> list[Hint]:
    title = str(subject.revision.title)
    wanted = pairs(title)
    scored = []
    for thing, other in _candidates(kind, subject, title):
        near = likeness(wanted, pairs(other))
        if near >= NEAR:
            scored.append((near, thing, other))
    texts = {one.thing.id: one for one in duplicates.for_moderator(kind, subject.thing, subject.revision)}
    for one in texts.values():  # another title over the same text
        if one.thing.id not in {thing.id for _near, thing, _other in scored}:
            scored.append((one.percent / 100, one.thing, one.title))
    scored.sort(key=lambda item: (-item[0], item[1].id))
    return [
        Hint(subject.kind, other, thing.code, public_path(thing), thing.state,
             likeness(wanted, pairs(other)) == 1.0, percent=texts[thing.id].percent if thing.id in texts else 0)
        for near, thing, other in scored[:SHOWN]
    ]


def _candidates(kind: Kind, subject: Submission, title: str) -> list[tuple[Any, str]]:
    """Return (thing, title) worth comparing: what the engine finds, and what the organisation has itself."""
    thing, revision = kind.thing, kind.revision
    engine, found = current_app.extensions.get("search_engine"), [0]
    if engine is not None and title:
        query = Query(text=title, kinds=(kind.name,), audience=("public", "member"), limit=_HITS)
        with suppress(Unreachable):  # then what the organisation has itself must do
            found += [hit.id for hit in engine.query(query).hits]
    texts = (
        select(thing.id.label("thing_id"), revision.id.label("revision_id"))
        .join(revision, getattr(revision, f"{kind.parent}_id") == thing.id)
        .where(thing.id != subject.thing.id, thing.state != DELETED)
        .where(or_(revision.id == thing.published_revision_id, revision.state.in_(REVIEWED[kind.name].waiting)))
    )
    # Two selects, each by its own index: owners of very many have no more of them read than are compared.
    own = texts.where(thing.org_id == subject.org_id).order_by(thing.id.desc()).limit(_OWN).subquery("own")
    both = union(texts.where(thing.id.in_(found)), select(own)).subquery("both")
    rows = (
        select(thing, revision.title).join(both, both.c.thing_id == thing.id)
        .join(revision, revision.id == both.c.revision_id)
        .order_by(case((thing.id.in_(found), 0), else_=1), thing.id.desc())
        .limit(_OWN)
    )
    titles: dict[int, tuple[Any, str]] = {row[0].id: (row[0], row[1]) for row in db.session.execute(rows)}
    return list(titles.values())


def pairs(title: str) -> frozenset[str]:
    """Return the folded syllable pairs of a title (the syllable itself when there is one only)."""
    words = fold(title).split()
    return frozenset(" ".join(two) for two in pairwise(words)) or frozenset(words)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of common pairs, 0 to 1 (Jaccard)."""
    return len(one & other) / len(one | other) if one and other else 0.0
