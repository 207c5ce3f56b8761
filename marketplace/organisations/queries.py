"""Reads of organisations: visibility, search documents, members, invitations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import User
from marketplace.core.access import Actor
from marketplace.core.errors import NotFound, required
from marketplace.core.extensions import db, one
from marketplace.core.permissions import MANAGE_ORGANISATION, MODERATE, Permission
from marketplace.organisations.actions.members import digest
from marketplace.organisations.models import Invitation, Membership, Organisation
from marketplace.search import PUBLIC, Document
from marketplace.values import clock
from marketplace.values.text import fold
from marketplace.vocabulary import ORGANISATION_KINDS, SCIENCE_FIELDS

#: Raised when `document` changes, so that an older index is rebuilt.
DOCUMENT_FORMAT = "1"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Who may open an organisation's page, as SQL: everybody a verified one, members theirs, moderators what left draft."""
    rules = [Organisation.state == "verified"]
    if actor.org_ids:
        rules.append(Organisation.id.in_(actor.org_ids))
    if actor.may(MODERATE) or actor.is_system:
        rules.append(Organisation.state != "draft")
    return or_(*rules)


def acted_for(actor: Actor) -> Organisation:
    """Return the organisation acted for. Raises NotFound when there is none."""
    return required(db.session.get(Organisation, actor.org_id) if actor.org_id else None)


def mine(actor: Actor) -> Sequence[tuple[Organisation, Sequence[str]]]:
    """Return the person's organisations with the roles held there, in the order of joining."""
    rows = db.session.execute(
        select(Organisation, Membership.roles)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.user_id == actor.user_id, Membership.left_at.is_(None))
        .order_by(Membership.joined_at, Membership.id)
    )
    return [(row[0], row[1]) for row in rows]


def members(organisation_id: int) -> Sequence[Membership]:
    """Return the present members with their people, by name."""
    return db.session.scalars(
        select(Membership)
        .join(Membership.user)
        .where(Membership.organisation_id == organisation_id, Membership.left_at.is_(None))
        .options(joinedload(Membership.user))
        .order_by(User.sort_name, Membership.id)
    ).all()


def people_with(org_ids: Collection[int], permission: Permission = MANAGE_ORGANISATION) -> Mapping[int, list[User]]:
    """Return the active members who hold `permission` there, by organisation, in one statement."""
    found: dict[int, list[User]] = {org_id: [] for org_id in org_ids}
    if not found:
        return found
    rows = db.session.execute(
        select(Membership.organisation_id, Membership.roles, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organisation_id.in_(found), Membership.left_at.is_(None), User.active)
        .order_by(Membership.id)
    )
    for org_id, held, user in rows:
        if permission.held_by(held or ()):
            found[org_id].append(user)
    return found


def belongs_to(org_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a `User` is a member of any of these organisations."""
    return exists().where(
        Membership.user_id == User.id, Membership.left_at.is_(None), Membership.organisation_id.in_(org_ids)
    )


def membership(organisation_id: int, membership_id: int) -> Membership:
    """Return one present membership of that organisation. Raises NotFound."""
    found = db.session.get(Membership, membership_id)
    if found is None or found.organisation_id != organisation_id or found.left_at is not None:
        raise NotFound
    return found


def _open() -> Select[Invitation]:
    return (
        select(Invitation)
        .where(
            Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > clock.now()
        )
        .order_by(Invitation.id.desc())
    )


def open_invitations(organisation_id: int) -> Sequence[Invitation]:
    """Return the organisation's invitations that can still be accepted, newest first."""
    return db.session.scalars(_open().where(Invitation.organisation_id == organisation_id)).all()


def invitations_for(email: str) -> Sequence[Invitation]:
    """Return the open invitations to an address, with their organisations."""
    return db.session.scalars(
        _open().where(Invitation.email == email).options(joinedload(Invitation.organisation))
    ).all()


def invitation_of(token: str) -> Invitation:
    """Return the invitation of a mailed token, open or not. Raises NotFound."""
    return one(select(Invitation).where(Invitation.token_digest == digest(token)), joinedload(Invitation.organisation))


def named(text: str, limit: int) -> Sequence[Organisation]:
    """Return verified organisations whose name, in either language, holds all words of the text."""
    rows = select(Organisation).where(Organisation.state == "verified").order_by(Organisation.sort_name, Organisation.id)
    for word in fold(text).split():
        rows = rows.where(or_(
            Organisation.slug.contains(word, autoescape=True),
            func.lower(Organisation.name_en).contains(word, autoescape=True),
        ))
    return db.session.scalars(rows.limit(limit)).all()


def document(organisation: Organisation) -> Document | None:
    """Return what search may know of an organisation, or None when it is not public."""
    if not organisation.verified:
        return None
    kind = ORGANISATION_KINDS.get(organisation.kind)
    fields = [term for code in organisation.field_codes if (term := SCIENCE_FIELDS.get(code))]
    facets = {"kind": (organisation.kind,), "field": tuple(term.code for term in fields)}
    if organisation.province_code:
        facets["place"] = (organisation.province_code,)
    named = [term for term in (kind, *fields) if term]
    return Document(
        kind="organisation",
        id=organisation.id,
        title=organisation.name,
        code=organisation.tax_code if organisation.kind != "individual" else "",  # a person's is shown to nobody whole
        title_other=organisation.name_en,
        body="\n".join(filter(None, (organisation.description, organisation.description_en))),
        keywords=" ".join(term.label(locale) for term in named for locale in ("vi", "en")),
        audience=(PUBLIC,),
        facets={name: codes for name, codes in facets.items() if codes},
        numbers={"verified_at": organisation.verified_at.timestamp()} if organisation.verified_at else {},
    )


def documents(ids: Iterable[int]) -> dict[int, Document]:
    """Return, by id, the documents of those organisations that are public."""
    rows = (
        select(Organisation)
        .where(Organisation.id.in_(list(ids)), Organisation.state == "verified")
        .execution_options(populate_existing=True)
    )
    made = (document(organisation) for organisation in db.session.scalars(rows))
    return {one.id: one for one in made if one is not None}


def all_ids() -> list[int]:
    """Return the ids of all organisations that may be in the index."""
    return list(db.session.scalars(
        select(Organisation.id).where(Organisation.state == "verified").order_by(Organisation.id)
    ))
