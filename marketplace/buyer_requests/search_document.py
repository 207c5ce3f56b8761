"""What search knows of needs. Built from what a guest sees, so a hidden requester is never indexed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.buyer_requests.lifecycle import VISIBLE_STATES
from marketplace.buyer_requests.models import BuyerRequest, NeedInvitation
from marketplace.buyer_requests.reader_view import Face
from marketplace.buyer_requests.visibility import audience
from marketplace.core.access import GUEST
from marketplace.core.extensions import db
from marketplace.search import Document, tag_values
from marketplace.values import clock, places
from marketplace.vocabulary import (
    COOPERATION_FORMS,
    HANOI_PRIORITY_FIELDS,
    NEED_KINDS,
    SCIENCE_FIELDS,
    TRANSFER_FORMS,
    Vocabulary,
    bands_of,
    science_field_root,
)

_PROSE = (
    "summary", "context", "current_state", "target_result", "constraints_technical", "constraints_legal",
    "constraints_environment", "data_available", "budget_note", "summary_en",
)


def document(need: BuyerRequest) -> Document | None:
    """Return the search document of a need, or None when nobody may find it."""
    readers = audience(need)
    if not readers:
        return None
    face = Face(need, GUEST)
    facets = _facets(face)
    return Document(
        kind="need",
        id=need.id,
        title=str(face["title"]),
        title_other=str(face["title_en"]),
        body="\n".join(_texts(face)),
        code=need.code,
        keywords=" ".join(_keywords(face, facets)),
        party=need.organisation.name if face.revision.visibility != "requester_hidden" else "",
        audience=readers,
        facets=facets,
        numbers=_numbers(face),
    )


def documents(ids: Iterable[int]) -> dict[int, Document]:
    """Return, by id, the documents of those needs that somebody may find; the others belong out of the index."""
    rows = (
        select(BuyerRequest).where(BuyerRequest.id.in_(list(ids)), BuyerRequest.state.in_(VISIBLE_STATES))
        .options(
            joinedload(BuyerRequest.organisation), joinedload(BuyerRequest.published_revision),
            selectinload(BuyerRequest.invitations).joinedload(NeedInvitation.organisation),
        )
        .execution_options(populate_existing=True)
    )
    made = (document(need) for need in db.session.scalars(rows))
    return {one.id: one for one in made if one is not None}


def all_ids() -> list[int]:
    """Return the ids of all needs that may be in the index."""
    return list(db.session.scalars(
        select(BuyerRequest.id).where(BuyerRequest.state.in_(VISIBLE_STATES)).order_by(BuyerRequest.id)
    ))


def ids_of(org_id: int) -> list[int]:
    """Return the ids of an organisation's needs and of those it is invited to: what its own state touches."""
    own = select(BuyerRequest.id).where(BuyerRequest.org_id == org_id)
    invited = select(NeedInvitation.buyer_request_id).where(NeedInvitation.organisation_id == org_id)
    return sorted({*db.session.scalars(own), *db.session.scalars(invited)})


def _texts(face: Face) -> Iterator[str]:
    yield from (str(face[name]) for name in _PROSE if face[name])
    for row in face["target_measures"]:
        yield " ".join(str(row.get(key, "")) for key in ("name", "baseline", "target", "unit"))
    yield from (str(row.get("name", "")) for row in face["criteria"])
    yield " ".join(str(face["six_clear"].get(key, "")) for key in ("task", "deliverable"))


def _facets(face: Face) -> dict[str, tuple[str, ...]]:
    low, high = face["trl_min"], face["trl_max"]
    levels = range(low or 1, (high or 9) + 1) if low or high else ()
    found = {
        "field": tuple(dict.fromkeys(science_field_root(code) for code in face["field_codes"])),
        "trl": tuple(str(level) for level in levels),
        "kind": (face["kind"],),
        "place": (face["province_code"],),
        "budget": bands_of(face["budget_min"], face["budget_max"]),
        "form": tuple(face["cooperation_forms"]),
        "transfer": tuple(face["transfer_forms"]),
        "priority": (face["hanoi_priority_field"],),
        "state": (face.state,),
        "org": (str(face.need.org_id),) if face.revision.visibility != "requester_hidden" else (),
        "tag": tag_values(face["tags"]),
    }
    return {name: kept for name, codes in found.items() if (kept := tuple(code for code in codes if code))}


def _numbers(face: Face) -> dict[str, float]:
    low, high = face["budget_min"], face["budget_max"]
    least, most = face["trl_min"], face["trl_max"]
    found = {
        "trl_min": (least or 1) if least or most else None,
        "trl_max": (most or 9) if least or most else None,
        "budget_min": low if low is not None else high,
        "budget_max": high if high is not None else low,
        "deadline": clock.end_of_day(face.deadline).timestamp() if face.deadline else None,
        "published_at": face.need.published_at.timestamp() if face.need.published_at else None,
    }
    return {name: float(value) for name, value in found.items() if value is not None}


def _keywords(face: Face, facets: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield tags and the names of terms in both languages."""
    yield from face["tags"]
    named: tuple[tuple[Vocabulary, tuple[str, ...]], ...] = (
        (SCIENCE_FIELDS, facets.get("field", ())),
        (NEED_KINDS, facets.get("kind", ())),
        (COOPERATION_FORMS, facets.get("form", ())),
        (TRANSFER_FORMS, facets.get("transfer", ())),
        (HANOI_PRIORITY_FIELDS, facets.get("priority", ())),
    )
    for vocabulary, codes in named:
        for code in codes:
            yield from (vocabulary.label(code, "vi"), vocabulary.label(code, "en"))
    yield places.label(face["province_code"] or None, None, "vi")
