"""What search knows of organisations: the verified ones, with nothing that their page does not show to everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import select

from marketplace.core.extensions import db
from marketplace.core.subjects import Searched
from marketplace.organisations.models import Organisation
from marketplace.search import PUBLIC, Document
from marketplace.vocabulary import ORGANISATION_KINDS, SCIENCE_FIELDS, Term


def _fields(organisation: Organisation) -> list[Term]:
    return [term for code in organisation.field_codes if (term := SCIENCE_FIELDS.get(code))]


FACETS: Mapping[str, Callable[[Organisation], Iterable[str]]] = {
    "kind": lambda organisation: (organisation.kind,),
    "field": lambda organisation: (term.code for term in _fields(organisation)),
    "place": lambda organisation: filter(None, (organisation.province_code,)),
}
NUMBERS: Mapping[str, Callable[[Organisation], float | None]] = {
    "verified_at": lambda organisation: organisation.verified_at.timestamp() if organisation.verified_at else None,
}


def document(organisation: Organisation) -> Document | None:
    """Return what search may know of an organisation, or None when it is not public."""
    if not organisation.verified:
        return None
    named = [term for term in (ORGANISATION_KINDS.get(organisation.kind), *_fields(organisation)) if term]
    return Document(
        kind="organisation",
        id=organisation.id,
        title=organisation.name,
        code=organisation.tax_code if organisation.kind != "individual" else "",  # a person's is shown to nobody whole
        title_other=organisation.name_en,
        body="\n".join(filter(None, (organisation.description, organisation.description_en))),
        keywords=" ".join(term.label(locale) for term in named for locale in ("vi", "en")),
        audience=(PUBLIC,),
        facets={name: codes for name, read in FACETS.items() if (codes := tuple(read(organisation)))},
        numbers={name: number for name, read in NUMBERS.items() if (number := read(organisation)) is not None},
    )


def documents(ids: Iterable[int]) -> dict[int, Document]:
    """Return, by id, the documents of those organisations that are public."""
    rows = (
        select(Organisation)
        .where(Organisation.id.in_(list(ids)), Organisation.verified)
        .execution_options(populate_existing=True)
    )
    made = (document(organisation) for organisation in db.session.scalars(rows))
    return {one.id: one for one in made if one is not None}


def all_ids() -> list[int]:
    """Return the ids of all organisations that may be in the index."""
    return list(db.session.scalars(
        select(Organisation.id).where(Organisation.verified).order_by(Organisation.id)
    ))


def fingerprint() -> str:
    """Return a text that differs when documents made from these declarations would differ: the index is rebuilt then."""
    terms = [(one.code, one.vi, one.en) for vocabulary in (ORGANISATION_KINDS, SCIENCE_FIELDS) for one in vocabulary]
    return repr((sorted(FACETS), sorted(NUMBERS), terms))


SEARCHED = Searched(documents, all_ids, fingerprint, "verified_at")
