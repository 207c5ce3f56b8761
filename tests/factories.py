"""The cast and its things: plain functions that write rows through the models, committed, ready for a client.

Feature tests add what they need in their own `factories.py`; this file keeps only what all share.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient

from marketplace.accounts.models import StaffGrant, User, UserSession
from marketplace.core import installation
from marketplace.core.access import Actor
from marketplace.core.config import Settings
from marketplace.core.extensions import db
from marketplace.organisations.models import Membership, Organisation
from marketplace.values import clock
from marketplace.values.tax_code import is_valid
from marketplace.values.text import slug, sort_key

_number = itertools.count(1)
PASSWORD = "Mat-khau-rat-dai-2026"
#: Real ones, for what people type; organisations get codes of their own, since a verified one shares its with nobody.
TAX_CODES = ("0100109106", "0300588569", "0100112437", "0100047516", "0101243150", "0101248141", "0104093672")


def _with_check_digit(prefix: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(prefix, (31, 29, 23, 19, 17, 13, 7, 5, 3), strict=True))
    return f"{prefix}{10 - total % 11}"


_tax_codes = (code for prefix in itertools.count(10_500_000) if is_valid(code := _with_check_digit(f"{prefix:09d}")))


def user(name: str = "Nguyễn Văn An", *, email: str = "", staff: tuple[str, ...] = (), **values: Any) -> User:
    """A confirmed person; `staff` grants staff roles."""
    number = next(_number)
    made = User(
        email=email or f"nguoi{number}@example.vn",
        name=name,
        sort_name=sort_key(name),
        fs_uniquifier=f"uniq{number:06d}",
        confirmed_at=clock.now(),
        **values,
    )
    db.session.add(made)
    db.session.flush()
    for role in staff:
        db.session.add(StaffGrant(user_id=made.id, role=role, granted_at=clock.now(), reason="test"))
    db.session.commit()
    return made


def bound(settings: Settings) -> None:
    """Bind the database and DATA_DIR, as an installation is that has run for long."""
    installation.bind(settings)
    db.session.get_one(installation.Installation, 1).made_at = datetime(2000, 1, 1, tzinfo=UTC)
    db.session.commit()


def organisation(name: str = "Công ty Thử Nghiệm", *, state: str = "verified", **values: Any) -> Organisation:
    """An organisation, verified unless said otherwise."""
    number = next(_number)
    fields: dict[str, Any] = {
        "kind": "enterprise",
        "tax_code": next(_tax_codes),
        "legal_representative": "Trần Thị Bình",
        "province_code": "01",
        **values,
    }
    made = Organisation(
        slug=f"{slug(name)}-{number}",
        name=name,
        sort_name=sort_key(name),
        state=state,
        verified_at=clock.now() if state in {"verified", "suspended"} else None,
        submitted_at=clock.now() if state == "submitted" else None,
        review_due_at=clock.now() if state == "submitted" else None,
        **fields,
    )
    db.session.add(made)
    db.session.commit()
    return made


def member(person: User, org: Organisation, *roles: str) -> Membership:
    """Make a person a member; without roles: admin, editor and signer."""
    made = Membership(
        organisation_id=org.id, user_id=person.id, roles=list(roles or ("admin", "editor", "signer")), joined_at=clock.now()
    )
    db.session.add(made)
    db.session.commit()
    return made


ALL_ROLES = ("admin", "editor", "signer")


def actor_of(person: User, org: Organisation | None = None, roles: tuple[str, ...] = ALL_ROLES) -> Actor:
    """The plain actor for tests of actions."""
    return Actor(
        user_id=person.id,
        name=person.name,
        email=person.email,
        org_id=org.id if org else None,
        org_name=org.name if org else "",
        org_verified=bool(org and org.verified),
        org_roles=frozenset(roles) if org else frozenset(),
        org_ids=frozenset({org.id}) if org else frozenset(),
        staff_roles=frozenset(grant.role for grant in person.staff_grants if grant.ended_at is None),
    )


#: What a browser says when a person follows a link of this site.
FOLLOWED_LINK = {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_SEC_FETCH_MODE": "navigate", "HTTP_SEC_FETCH_DEST": "document"}


class FreshClient(FlaskClient):
    """A browser on this site: requests are said to follow its links, unless a test's headers say otherwise.

    Every request gets an application context of its own, as in the server, also when the test holds one open.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.environ_base |= FOLLOWED_LINK

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Let go of the test's transaction first: on SQLite it would keep the request waiting for ever."""
        if has_app_context():
            db.session.rollback()
        with self.application.app_context():
            return super().open(*args, **kwargs)


def client(app: Flask, person: User | None = None, org: Organisation | None = None, locale: str = "vi") -> FlaskClient:
    """A web client, signed in as `person` and acting for `org`; forms need no CSRF token in tests that use it."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = FreshClient
    made = app.test_client()
    made.set_cookie("lang", locale)
    if person is not None:
        secret = _session_of(app, person)
        with made.session_transaction() as session:
            session["_user_id"] = person.fs_uniquifier
            session["sid"], session["person"] = secret, person.id
            session["_fresh"] = True
            session["fs_cc"] = "set"
            session["fs_paa"] = clock.now().timestamp()
            session["identity.id"] = person.fs_uniquifier
            if org is not None:
                session["acting"] = org.id
    return made


def version_of(page: Any) -> str:
    """The version that the forms of a page say they were opened on, or nothing."""
    found = re.search(r'name="lock" value="([^"]*)"', page.get_data(as_text=True))
    return found[1] if found else ""


def _session_of(app: Flask, person: User) -> str:
    """Begin a session of a person that stays signed in; return the secret for the cookie."""
    secret, now = secrets.token_urlsafe(8), clock.now()
    row = {
        "digest": hashlib.sha256(secret.encode()).hexdigest(), "user_id": person.id, "uniquifier": person.fs_uniquifier,
        "made_at": now, "seen_at": now, "ends_at": now + timedelta(days=30), "stay": True, "client": "", "address": "",
    }
    if has_app_context():
        db.session.rollback()
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(UserSession.__table__.insert(), row)
    return secret
