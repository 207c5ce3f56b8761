"""Rows of a result list: loaded again through the visibility rule, in the engine's order, in one statement a kind.

A stale index can therefore never show what was withdrawn.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from marketplace.browse.highlight import Wanted, highlight, snippet, wanted
from marketplace.buyer_requests import visibility as needs
from marketplace.buyer_requests.kind import KIND as NEED_KIND
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.buyer_requests.reader_view import Face
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.reader_language import prefers_other
from marketplace.core.subjects import Subject, subject, subject_of
from marketplace.files.lifecycle import OPEN_STATES
from marketplace.files.models import Attachment, StoredFile
from marketplace.listings import visibility as listings
from marketplace.listings.kind import KIND as LISTING_KIND
from marketplace.listings.lifecycle import PUBLISHED
from marketplace.listings.models import Listing, ListingRevision
from marketplace.organisations.models import Organisation
from marketplace.organisations.visibility import visible_to as organisation_rule
from marketplace.values import places
from marketplace.vocabulary import ORGANISATION_KINDS, is_english


@dataclass(frozen=True)
class ResultRow:
    """One result, ready for the template and the export."""

    id: int
    code: str
    href: str
    title: Markup
    summary: Markup
    plain_title: str
    plain_summary: str
    owner: str = ""
    owner_href: str = ""
    verified: bool = False
    state: str = ""
    changed: bool = False  # the state is another than what a reader expects of a list, so that it is shown
    language: str = ""  # of the texts, when it is not the reader's
    image: str = ""
    trl: int | None = None
    assessed: bool = False
    money_min: int | None = None
    money_max: int | None = None
    pricing_mode: str = ""
    deadline: date | None = None
    published_at: datetime | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    layout: str = "organisation"  # which of the three faces of a result: technology, need or organisation
    exported: Mapping[str, Any] = field(default_factory=dict)  # stored values of the fields with a column in downloads

    @property
    def shown(self) -> Hashable:
        """Everything that browse/_row.html shows of it: what its kept text is known by."""
        return (*_shown_of(self), tuple(self.extra.items()))


#: Fields of a row that browse/_row.html shows, beside `extra`.
SHOWN = (
    "layout", "href", "title", "summary", "owner", "owner_href", "verified", "state", "language", "code", "image", "trl",
    "assessed", "money_min", "money_max", "pricing_mode", "deadline", "published_at",
    "changed",
)
_shown_of = attrgetter(*SHOWN)


def load(kind: str, ids: Sequence[int], actor: Actor, terms: Sequence[str] = (), locale: str = "vi") -> list[ResultRow]:
    """Return the rows of `ids` that the actor may see, in that order; at most 2 statements."""
    if not ids:
        return []
    rows = _LOADERS[kind](list(ids), actor, wanted(terms), locale)
    return [rows[one] for one in ids if one in rows]


@dataclass(frozen=True)
class Name:
    """What a suggestion says of a thing."""

    id: int
    name: str
    other: str  # the name in the other language
    href: str
    code: str = ""


def names(kind: str, ids: Sequence[int], actor: Actor, locale: str) -> list[Name]:
    """Return the names of `ids` that the actor may see, in that order, in one light statement."""
    if not ids:
        return []
    declared = subject(kind)
    rows = select(declared.model).where(declared.model.id.in_(ids), declared.visible_to(actor)).options(*declared.brief())
    found = {row.id: row for row in db.session.scalars(rows)}
    return [_name(declared, found[one], actor, locale) for one in ids if one in found]


def _name(declared: Subject, row: Any, actor: Actor, locale: str) -> Name:
    name, other = declared.title(row, locale), declared.title(row, "vi" if is_english(locale) else "en")
    return Name(row.id, name, other if other != name else "", declared.path(row, actor), declared.code(row))


def _texts(own: tuple[str, str], other: tuple[str, str], language: str, locale: str) -> tuple[str, str, str]:
    """Return title, summary and a language badge: the reader's language when there is one, else the original."""
    if prefers_other(other[0], language, locale):
        return other[0], other[1] or own[1], ""
    return own[0], own[1], "" if locale == language else language


def _listings(ids: list[int], actor: Actor, terms: Wanted, locale: str) -> dict[int, ResultRow]:
    statement = (
        select(Listing)
        .join(Listing.published_revision)
        .join(Listing.organisation)
        .options(contains_eager(Listing.published_revision), contains_eager(Listing.organisation))
        .where(Listing.id.in_(ids), listings.visible_to(actor))
        .order_by(Listing.id)
    )
    found = list(db.session.scalars(statement).unique())
    versions = [one.published_revision_id for one in found if one.published_revision_id]
    images = _images(ListingRevision.subject_kind, versions)
    return {one.id: _listing_row(one, actor, images, terms, locale) for one in found}


def _listing_row(one: Listing, actor: Actor, images: Mapping[int, str], terms: Wanted, locale: str) -> ResultRow:
    text: ListingRevision = one.published_revision  # type: ignore[assignment]  # joined
    title, summary, badge = _texts(
        (text.title, text.public_summary), (text.title_en, text.summary_en), text.language, locale
    )
    return ResultRow(
        id=one.id,
        code=one.code,
        href=subject_of(one).path(one, actor),
        title=highlight(title, terms),
        summary=snippet(summary, terms),
        plain_title=title,
        plain_summary=summary,
        owner=one.organisation.name_in(locale),
        owner_href=f"/organisations/{one.organisation.slug}",
        verified=one.organisation.verified,
        state=one.state,
        changed=one.state != PUBLISHED,
        language=badge,
        image=images.get(text.id, ""),
        trl=text.trl,
        assessed=text.trl_assessed_by in {"expert", "organisation"},
        money_min=text.price_min,
        money_max=text.price_max,
        pricing_mode=text.pricing_mode,
        published_at=one.published_at,
        layout="technology",
        exported={spec.name: getattr(text, spec.name) for spec in LISTING_KIND.exported},
    )


def _needs(ids: list[int], actor: Actor, terms: Wanted, locale: str) -> dict[int, ResultRow]:
    statement = (
        select(BuyerRequest)
        .join(BuyerRequest.published_revision)
        .join(BuyerRequest.organisation)
        .options(contains_eager(BuyerRequest.published_revision), contains_eager(BuyerRequest.organisation))
        .where(BuyerRequest.id.in_(ids), needs.visible_to(actor))
        .order_by(BuyerRequest.id)
    )
    return {one.id: _need_row(one, actor, terms, locale) for one in db.session.scalars(statement).unique()}


def _need_row(one: BuyerRequest, actor: Actor, terms: Wanted, locale: str) -> ResultRow:
    text: NeedRevision = one.published_revision  # type: ignore[assignment]  # joined
    title, summary, badge = _texts((text.title, text.summary), (text.title_en, text.summary_en), text.language, locale)
    party = needs.public_party(one, actor)
    return ResultRow(
        id=one.id,
        code=one.code,
        href=subject_of(one).path(one, actor),
        title=highlight(title, terms),
        summary=snippet(summary, terms),
        plain_title=title,
        plain_summary=summary,
        owner=party.name_in(locale) if party else "",
        owner_href=f"/organisations/{party.slug}" if party else "",
        verified=bool(party and party.verified),
        state=one.state,
        language=badge,
        trl=text.trl_min,
        money_min=text.budget_min,
        money_max=text.budget_max or None,
        deadline=one.answer_deadline,
        published_at=one.published_at,
        extra={"kind": text.kind, "trl_max": str(text.trl_max or "")},
        layout="need",
        exported=_visible(one, actor),
    )


def _visible(need: BuyerRequest, actor: Actor) -> dict[str, Any]:
    """Return the exported fields of a need as this reader sees them."""
    if not NEED_KIND.exported:
        return {}
    face = Face(need, actor)
    return {spec.name: face[spec.name] for spec in NEED_KIND.exported}


def _organisations(ids: list[int], actor: Actor, terms: Wanted, locale: str) -> dict[int, ResultRow]:
    statement = select(Organisation).where(Organisation.id.in_(ids), organisation_rule(actor))
    return {one.id: _organisation_row(one, actor, terms, locale) for one in db.session.scalars(statement)}


def _organisation_row(one: Organisation, actor: Actor, terms: Wanted, locale: str) -> ResultRow:
    name = one.name_in(locale)
    text = one.description_in(locale)
    return ResultRow(
        id=one.id,
        code="",
        href=subject_of(one).path(one, actor),
        title=highlight(name, terms),
        summary=snippet(text, terms),
        plain_title=name,
        plain_summary=text,
        verified=one.verified,
        state=one.state,
        extra={
            "kind": ORGANISATION_KINDS.label(one.kind, locale),
            "place": places.label(one.province_code, "", locale) if one.province_code else "",
        },
    )


def _images(kind: str, revision_ids: Sequence[int]) -> dict[int, str]:
    """Return the address of the first public image of each revision that is not held back by the virus check."""
    if not revision_ids:
        return {}
    statement = (
        select(Attachment.subject_id, Attachment.id).join(Attachment.file)
        .where(Attachment.subject_kind == kind, Attachment.subject_id.in_(revision_ids))
        .where(Attachment.role == "image", Attachment.tier == "public", StoredFile.state.in_(OPEN_STATES))
        .order_by(Attachment.position.desc(), Attachment.id.desc())
    )
    return {subject: f"/files/{attachment}/image?size=160" for subject, attachment in db.session.execute(statement)}


_LOADERS: Mapping[str, Callable[[list[int], Actor, Wanted, str], dict[int, ResultRow]]] = {
    Listing.subject_kind: _listings,
    BuyerRequest.subject_kind: _needs,
    Organisation.subject_kind: _organisations,
}
