"""What search knows of listings: the public tier only, so neither counts nor hints can leak the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace import vocabulary as v
from marketplace.core.extensions import db
from marketplace.listings.lifecycle import VISIBLE_STATES
from marketplace.listings.models import Listing, ListingRevision
from marketplace.listings.visibility import audience
from marketplace.search import Document, tag_values
from marketplace.values import places


def document(listing: Listing) -> Document | None:
    """Return the search document of a listing, or None when nobody may find it."""
    readers, revision = audience(listing), listing.published_revision
    if not readers or revision is None:
        return None
    facets = _facets(listing, revision)
    return Document(
        kind="listing",
        id=listing.id,
        title=revision.title,
        title_other=revision.title_en,
        body="\n".join(_texts(revision)),
        code=listing.code,
        keywords=" ".join(_keywords(revision)),
        party=listing.organisation.name,
        audience=readers,
        facets=facets,
        numbers=_numbers(listing, revision),
    )


def documents(ids: Iterable[int]) -> dict[int, Document]:
    """Return, by id, the documents of those listings that somebody may find; the others belong out of the index."""
    rows = (
        select(Listing)
        .where(Listing.id.in_(list(ids)), Listing.state.in_(VISIBLE_STATES))
        .options(joinedload(Listing.organisation), joinedload(Listing.published_revision))
        .execution_options(populate_existing=True)
    )
    made = (document(listing) for listing in db.session.scalars(rows))
    return {one.id: one for one in made if one is not None}


def all_ids() -> list[int]:
    """Return the ids of all listings that may be in the index."""
    rows = select(Listing.id).where(Listing.state.in_(VISIBLE_STATES)).order_by(Listing.id)
    return list(db.session.scalars(rows))


def ids_of(org_id: int) -> list[int]:
    """Return the ids of an organisation's listings: what its own state touches."""
    return list(db.session.scalars(select(Listing.id).where(Listing.org_id == org_id)))


def _texts(revision: ListingRevision) -> Iterator[str]:
    prose = (
        revision.public_summary, revision.problem_solved, revision.how_it_works, revision.applications,
        revision.advantages, revision.summary_en,
    )
    yield from (text for text in prose if text)
    for row in revision.specs:
        yield " ".join(str(row.get(key) or "") for key in ("name", "value", "unit"))


def _facets(listing: Listing, revision: ListingRevision) -> dict[str, tuple[str, ...]]:
    found = {
        "field": (v.science_field_root(revision.field_code),),
        "trl": (str(revision.trl or ""),),
        "kind": tuple(revision.object_kinds),
        "price": v.bands_of(revision.price_min, revision.price_max),
        "mode": (revision.pricing_mode,),
        "form": tuple(revision.transfer_forms),
        "cooperation": tuple(revision.cooperation_forms),
        "ip": tuple(dict.fromkeys(str(row.get("kind") or "") for row in revision.ip)),
        "assessed": (revision.trl_assessed_by,),
        "place": (revision.province_code,),
        "priority": (revision.hanoi_priority_field,),
        "org": (str(listing.org_id),),
        "tag": tag_values((*revision.tags, *revision.market_tags)),
    }
    return {name: kept for name, codes in found.items() if (kept := tuple(code for code in codes if code))}


def _numbers(listing: Listing, revision: ListingRevision) -> dict[str, float]:
    low, high = revision.price_min, revision.price_max
    found = {
        "price_min": low if low is not None else high,
        "price_max": high if high is not None else low,
        "trl": revision.trl,
        "published_at": listing.published_at.timestamp() if listing.published_at else None,
        "confirmed_at": listing.confirmed_at.timestamp() if listing.confirmed_at else None,
    }
    return {name: float(value) for name, value in found.items() if value is not None}


def _keywords(revision: ListingRevision) -> Iterator[str]:
    """Yield tags and the names of terms in both languages."""
    yield from revision.tags
    yield from revision.market_tags
    named: tuple[tuple[v.Vocabulary, Iterable[str]], ...] = (
        (v.SCIENCE_FIELDS, (v.science_field_root(revision.field_code),)),
        (v.OBJECT_KINDS, revision.object_kinds),
        (v.TRANSFER_FORMS, revision.transfer_forms),
        (v.COOPERATION_FORMS, revision.cooperation_forms),
        (v.IP_KINDS, dict.fromkeys(str(row.get("kind") or "") for row in revision.ip)),
        (v.HANOI_PRIORITY_FIELDS, (revision.hanoi_priority_field,)),
    )
    for vocabulary, codes in named:
        for code in codes:
            if code in vocabulary:
                yield from (vocabulary.label(code, "vi"), vocabulary.label(code, "en"))
    yield places.label(revision.province_code or None, None, "vi")
