"""Who is signed in where: a row for each device, so that a session can be seen and ended from another.

Guests have the signed cookie alone. At sign-in it gets a random secret, of which the row keeps only the digest; a cookie
without a living row signs nobody in. There is no other cookie that does: "stay signed in" is a row that lives longer.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, current_app, g, has_request_context, request, session
from flask_login import user_logged_in, user_logged_out
from flask_security.utils import set_request_attr
from sqlalchemy import ColumnElement, delete, inspect, select, update
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response

from marketplace.accounts.models import Passkey, StaffGrant, User, UserSession
from marketplace.core import security_log
from marketplace.core.client_address import short_address
from marketplace.core.config import Settings
from marketplace.core.errors import Stale
from marketplace.core.extensions import db
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.web import aside

KEY = "sid"  # key in the signed cookie
PERSON = "person"  # the same: who was signed in here last, which a cookie whose session has ended still knows
SHARED = "shared"  # the same: several people have signed in here, so what an old page sends may be of any of them
SEEN_EVERY = timedelta(minutes=5)  # how often a row is written while its person is at work
IDLE = timedelta(hours=12)
STAY = timedelta(days=30)  # the longest life of a session, with "stay signed in" also without a visit
STAFF_IDLE = timedelta(hours=2)
STAFF_LONGEST = timedelta(hours=12)
AT_MOST = 50  # sessions of one person; the oldest give way
#: Where a sign-in ends that asked for more than the password: a code, a recovery code, a passkey.
SECOND_STEPS = frozenset({
    "security.two_factor_token_validation", "security.mf_recovery", "security.wan_signin_response",
})


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _ends(made_at: datetime, seen_at: datetime, stay: bool) -> datetime:
    """Return until when a session lives that nobody uses any more."""
    return made_at + STAY if stay else min(made_at + STAY, seen_at + IDLE)


def _over(row: UserSession, staff: bool, now: datetime) -> bool:
    """Return whether a session has ended by time; roles of the staff count as they are now."""
    return now >= row.ends_at or (staff and now >= min(row.seen_at + STAFF_IDLE, row.made_at + STAFF_LONGEST))


def load(user_id: str) -> User | None:
    """Return the person of the request's cookie, or None when its session has ended; one statement (Flask-Login asks)."""
    secret = session.get(KEY)
    if not isinstance(secret, str):
        return None
    staff = select(StaffGrant.id).where(StaffGrant.user_id == User.id, StaffGrant.ended_at.is_(None)).exists()
    found = db.session.execute(
        select(User, UserSession, staff).join(UserSession, UserSession.user_id == User.id).where(
            UserSession.digest == _digest(secret), UserSession.uniquifier == User.fs_uniquifier,
            User.fs_uniquifier == user_id, User.active,
        )
    ).first()
    if found is None or _over(found[1], found[2], clock.now()):
        security_log.note("ended_session_used", person=session.get(PERSON))
        return None
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    user, g.user_session, has_roles = found
    g.present_session = Present(g.user_session, has_roles)
    db.session.expunge(g.user_session)  # SQLite may give the next row the number of one that was deleted
    return user


@dataclass(frozen=True)
class Present:
    """The session that a request came with, for a later one that looks while nothing has changed."""

    row: UserSession
    staff: bool


def present() -> Present | None:
    """Return the session of this request, when somebody was loaded by it."""
    found: Present | None = g.get("present_session")
    return found


def goes_on(known: Present) -> bool:
    """Take up a session whose row is as it was; False when it has ended by time meanwhile."""
    if _over(known.row, known.staff, clock.now()):
        return False
    g.user_session = known.row
    return True


def _begin(_sender: Flask, user: User, **_rest: object) -> None:
    """Make the row of a person who has just signed in, and a new secret for it; the guest's token of forms ends here.

    A person who is signed in and only gets a new secret (another password, signed out elsewhere) goes on with the old
    row's time.
    """
    before = g.get("user_session")
    if before is not None and before.user_id != user.id:
        before = None
    if session.get(PERSON, user.id) != user.id:
        session[SHARED] = True
    stay = session.pop("_remember", "") == "set" or (before is not None and before.stay)
    secret, now = secrets.token_urlsafe(32), clock.now()
    made_at = before.made_at if before is not None else now
    _forget_row()
    row = UserSession(
        digest=_digest(secret), user_id=user.id, uniquifier=user.fs_uniquifier, made_at=made_at, seen_at=now, stay=stay,
        ends_at=_ends(made_at, now, stay), client=client_name(request.user_agent.string),
        address=short_address(request.remote_addr or ""),
        second_factor=before.second_factor if before is not None else request.endpoint in SECOND_STEPS,
    )
    db.session.add(row)
    db.session.flush()
    newest = select(UserSession.id).where(UserSession.user_id == user.id).order_by(UserSession.id.desc()).limit(AT_MOST)
    _delete(UserSession.user_id == user.id, UserSession.id.not_in(newest))
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)
    session[KEY], session[PERSON], session.permanent, g.user_session = secret, user.id, stay, row


def _end(_sender: Flask, **_rest: object) -> None:
    _forget_row()
    session.permanent = False
    g.pop("user_session", None)


def _forget_row() -> None:
    secret = session.pop(KEY, None)
    if isinstance(secret, str):
        _delete(UserSession.digest == _digest(secret))


def _delete(*where: object) -> None:
    db.session.execute(delete(UserSession).where(*where).execution_options(synchronize_session=False))  # type: ignore[arg-type]


def is_fresh() -> bool:
    """Return whether the person of this request signed in, or confirmed it, so few minutes ago as the setting says.

    The moment stands in the signed cookie, not in the row: a copy of the cookie stays as old as it was copied.
    """
    settings: Settings = current_app.extensions["settings"]
    age = clock.now().timestamp() - session.get("fs_paa", 0)  # Flask-Security's "primary authentication at"
    return -1 <= age <= settings.fresh_sign_in_minutes * 60


def end_all(user: User) -> None:
    """End every session of a person, this one too, and every link and code that was made for the old ones.

    Raises Stale when all of them, or the one of this request, were ended by another request since this one began: who was
    thrown out a moment ago does not come back by throwing out the others.
    """
    read = inspect(user).attrs.fs_uniquifier.history.deleted or [user.fs_uniquifier]
    with db.session.no_autoflush:
        stored = db.session.scalar(select(User.fs_uniquifier).where(User.id == user.id).with_for_update())
        own: UserSession | None = g.get("user_session") if has_request_context() else None
        lives = own is None or own.user_id != user.id or db.session.scalar(
            select(UserSession.id).where(UserSession.digest == own.digest).with_for_update()
        )
    if stored != read[0] or not lives:
        raise Stale(N_("This sign-in was ended a moment ago. Sign in again."))
    user.fs_uniquifier = uuid.uuid4().hex
    db.session.flush()  # first: a sign-in at the same moment waits for it, or its row is seen here
    _delete(UserSession.user_id == user.id)


def end_one(user: User, session_id: int) -> bool:
    """End one session of a person; False when there is none of this number any more."""
    mine = select(UserSession.id).where(UserSession.id == session_id, UserSession.user_id == user.id).with_for_update()
    if db.session.scalar(mine) is None:
        return False
    _delete(UserSession.id == session_id)
    return True


def second_factor() -> bool:
    """Return whether the session of this request was made, or has been confirmed, with more than a password."""
    row: UserSession | None = g.get("user_session") if has_request_context() else None
    return row is not None and row.second_factor


def note_second_factor() -> None:
    """Remember that the person of this session has just shown a code or a passkey of theirs, by setting it up."""
    row: UserSession | None = g.get("user_session")
    if row is not None:
        row.second_factor = True
        _set_second_factor(UserSession.digest == row.digest, True)


def forget_second_factor(user: User) -> None:
    """Let no session of a person count as made with two steps, after the last second step was turned off."""
    if user.tf_primary_method or db.session.scalar(select(Passkey.id).where(Passkey.user_id == user.id).limit(1)):
        return
    _set_second_factor(UserSession.user_id == user.id, False)


def _set_second_factor(where: ColumnElement[bool], value: bool) -> None:
    changed = update(UserSession).where(where).values(second_factor=value)
    db.session.execute(changed.execution_options(synchronize_session=False))


def of(user: User, staff: bool) -> Sequence[UserSession]:
    """Return the living sessions of a person, with a role of the staff or without, the one used last first."""
    rows = select(UserSession).where(UserSession.user_id == user.id, UserSession.uniquifier == user.fs_uniquifier)
    now = clock.now()
    found = db.session.scalars(rows.order_by(UserSession.seen_at.desc(), UserSession.id.desc()))
    return [row for row in found if not _over(row, staff, now)]


def _note_seen(response: Response) -> Response:
    """Remember that a session is in use, at most once in five minutes; a draft that saves itself counts too."""
    row: UserSession | None = g.get("user_session")
    now = clock.now()
    if row is not None and now - row.seen_at >= SEEN_EVERY:
        key, ends_at = row.id, _ends(row.made_at, now, row.stay)
        stored = UserSession.__table__.c

        def seen(connection: Connection) -> None:
            connection.execute(
                update(UserSession).where(stored.id == key, stored.seen_at < now).values(seen_at=now, ends_at=ends_at)
            )

        aside.write(seen)
    return response


_BROWSERS = (
    ("coc_coc_browser", "Cốc Cốc"), ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Zalo", "Zalo"), ("FxiOS", "Firefox"), ("Firefox/", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"),
    ("Chromium/", "Chromium"), ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)


def client_name(agent: str) -> str:
    """Return browser and system of a device in words, "Firefox · Windows"; empty when it does not say."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    first = re.match(r"[A-Za-z][\w.-]{0,30}", agent)
    return " · ".join(part for part in (browser, system) if part) or (first[0] if first else "")


def _without_principal(app: Flask) -> None:
    """Let no request ask Flask-Principal who is here: its identities are of roles that are not ours (`core.access`)."""
    hooks = app.before_request_funcs[None]
    hooks[:] = [hook for hook in hooks if type(getattr(hook, "__self__", None)).__module__ != "flask_principal"]


def register(app: Flask) -> None:
    """Let the row decide who is signed in. To be called when Flask-Security is set up."""
    app.login_manager.user_loader(load)  # type: ignore[attr-defined]
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]  # nor does a token in an address
    _without_principal(app)
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)
    app.after_request(_note_seen)
    app.extensions["fresh_sign_in"] = is_fresh
