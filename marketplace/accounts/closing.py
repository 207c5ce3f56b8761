"""Closing, reopening and erasing an account: by its person, by an administrator with a reason, by the system.

A closed account cannot sign in, acts for nobody, holds no staff role and is told nothing; memberships stay, so that
reopening gives everything back but the roles of the staff. Erasing comes after closing and cannot be undone. Features of
higher tiers say what holds a person back, and what they delete of one (docs/security.md, Accounts that end).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import or_, select, update

from marketplace.accounts import sessions
from marketplace.accounts.actions import last_administrator, require_admin
from marketplace.accounts.models import StaffGrant, User
from marketplace.accounts.queries import hold_person
from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Reason
from marketplace.core.permissions import MANAGE_STAFF
from marketplace.mail import MailMessage, queue_template
from marketplace.mail.lifecycle import QUEUED, SUPPRESSED
from marketplace.values import clock
from marketplace.values.text import N_, nfc

#: How long the link of the letter reopens an account that its person closed.
REOPEN_FOR = timedelta(days=30)
#: The name that stands in the place of an erased person's.
ERASED_NAME = "(đã xóa · erased)"
#: Says why a person cannot go yet: a message and its parameters.
Hindrance = tuple[str, dict[str, str]]
HINDRANCES: dict[str, Callable[[int], list[Hindrance]]] = {}
#: Deletes what a feature keeps of a person who is erased: gets the id and the address.
ERASERS: dict[str, Callable[[int, str], None]] = {}


def end_access(user: User) -> None:
    """End whatever lets a person in: every session, link and code, on every machine, from the next request on."""
    sessions.end_all(user)


def hindrances(user: User) -> list[Hindrance]:
    """Return why a person cannot close the account by their own wish now."""
    found = [one for feature in HINDRANCES.values() for one in feature(user.id)]
    if any(last_administrator(grant) for grant in _administering(user)):
        found.append((N_("You are the last administrator of the exchange. Make somebody else administrator first."), {}))
    return found


def close(user: User, actor: Actor, reason: str = "") -> None:
    """Close an account; one that is closed is silence. The person needs no reason, an administrator does.

    Raises Invalid when something holds the person back, and for the last administrator of the exchange, also when
    another administrator closes it.
    """
    own = actor.user_id == user.id
    if not own:
        require_admin(actor)
        Reason().check("", reason)
    hold_person(user.id)
    db.session.refresh(user, ["active"])
    if not user.active:
        return
    if own and (held := hindrances(user)):
        raise Invalid("", held[0][0], **held[0][1])
    if any(last_administrator(grant) for grant in _administering(user)):
        raise Invalid("", N_("This is the last administrator. Make somebody else administrator first."))
    now = clock.now()
    for grant in user.staff_grants:
        if grant.ended_at is None:
            grant.ended_at, grant.ended_by_id, grant.end_reason = now, actor.user_id, nfc(reason).strip()
            record(user, "user.end_role", actor, reason=grant.end_reason, data={"role": grant.role})
    user.active, user.closed_at, user.closed_by_id = False, now, actor.user_id
    end_access(user)
    event = record(user, "user.close", actor, reason=nfc(reason).strip(), data={"own": own})
    token = reopen_token(user) if own else ""
    queue_template(f"account.closed:{event.id}", user.email, user.locale, "account/closed", user=user, token=token,
                   reason=event.reason, days=REOPEN_FOR.days)


def reopen(user: User, actor: Actor, reason: str = "") -> None:
    """Open a closed account again; one that is open is silence. Staff roles do not come back.

    The person may by the link of their letter (`person_of`), unless an administrator closed it. Raises NotAllowed.
    """
    own = actor.user_id == user.id
    if not own:
        require_admin(actor)
        Reason().check("", reason)
    hold_person(user.id)
    db.session.refresh(user, ["active", "closed_by_id", "erased_at"])
    if user.active:
        return
    if user.erased_at is not None or (own and user.closed_by_id != user.id):
        raise NotAllowed
    user.active, user.closed_at, user.closed_by_id = True, None, None
    end_access(user)  # the link of the letter is one of those that end
    event = record(user, "user.reopen", actor, reason=nfc(reason).strip(), data={"own": own})
    queue_template(f"account.reopened:{event.id}", user.email, user.locale, "account/reopened", user=user)


def reopen_token(user: User) -> str:
    """Return the secret of the link that reopens this account until it is opened or closed once more."""
    return str(_serializer().dumps([user.id, user.fs_uniquifier]))


def person_of(token: str) -> User | None:
    """Return whose account a link reopens; None for one that is too old, used, or not ours."""
    try:
        id_, uniquifier = _serializer().loads(token, max_age=int(REOPEN_FOR.total_seconds()))
    except (BadSignature, ValueError, TypeError):
        return None
    rows = select(User).where(User.id == id_, User.fs_uniquifier == str(uniquifier), User.active.is_(False))
    found = db.session.scalars(rows).first()
    return found if found is not None and found.closed_by_id == found.id and found.erased_at is None else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="account-reopen")


def _administering(user: User) -> list[StaffGrant]:
    return [grant for grant in user.staff_grants if grant.ended_at is None and grant.role in MANAGE_STAFF.roles]


def erase(user: User, actor: Actor, reason: str = "") -> None:
    """Erase what names a closed account's person, here and in every feature; twice is silence. It cannot be undone.

    The event `user.erase` stands in the history for ever; names in events are deleted after it, by the worker or by
    `flask erase-names` (`history.names`). Raises IllegalMove while the account is open.
    """
    require_admin(actor)
    Reason().check("", reason)
    hold_person(user.id)
    db.session.refresh(user, ["active", "erased_at", "email"])
    if user.erased_at is not None:
        return
    if user.active:
        raise IllegalMove("active", N_("Close the account first."))
    address = user.email
    for eraser in ERASERS.values():
        eraser(user.id, address)
    _erase_letters(user.id, address)
    user.email, user.name, user.sort_name, user.phone = f"erased-{user.id}@erased.invalid", ERASED_NAME, "", ""
    user.password = user.tf_primary_method = user.tf_totp_secret = user.tf_phone_number = user.mf_recovery_codes = None
    user.webauthn, user.fs_webauthn_user_handle = [], None
    user.totp_counter, user.confirmed_at, user.fs_uniquifier, user.erased_at = None, None, uuid.uuid4().hex, clock.now()
    for grant in user.staff_grants:
        grant.reason = grant.end_reason = ""
    end_access(user)
    record(user, "user.erase", actor, reason=nfc(reason).strip())


def _erase_letters(user_id: int, address: str) -> None:
    """Empty what was mailed to a person, and let nothing go out any more; that there was a letter stays."""
    letters = update(MailMessage).where(or_(MailMessage.user_id == user_id, MailMessage.recipient == address))
    blank = {"recipient": "", "subject": "", "body": "", "unsubscribe": ""}
    unsent = letters.where(MailMessage.state == QUEUED).values(state=SUPPRESSED)
    for statement in (unsent, letters.values(blank)):
        db.session.execute(statement.execution_options(synchronize_session=False))
