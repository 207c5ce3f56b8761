"""Verbs on people: create, profile, sign out everywhere."""

from __future__ import annotations

import uuid

from flask_security import hash_password
from sqlalchemy import select

from marketplace import clock
from marketplace.access import Actor
from marketplace.accounts.models import User
from marketplace.errors import Invalid
from marketplace.events import record
from marketplace.extensions import db
from marketplace.msgid import N_
from marketplace.text import clean_line, nfc, sort_key

LANGUAGES = ("vi", "en")


def create_person(
    email: str, name: str, actor: Actor, *, password: str | None = None, confirmed: bool = False, locale: str = "vi"
) -> User:
    """Return a new person, flushed (command line, demo data, tests). Raises Invalid when the address is taken.

    The web's own registration is Flask-Security's and ends in the same row.
    """
    email = nfc(email).strip().lower()
    if db.session.scalar(select(User.id).where(User.email == email)) is not None:
        raise Invalid("email", N_("%(email)s already belongs to an account."), email=email)
    name = clean_line(name)
    user = User(
        email=email,
        name=name,
        sort_name=sort_key(name),
        locale=locale,
        password=hash_password(password) if password else None,
        fs_uniquifier=uuid.uuid4().hex,
        confirmed_at=clock.now() if confirmed else None,
    )
    db.session.add(user)
    db.session.flush()
    record(user, "user.create", actor)
    return user


def change_profile(user: User, actor: Actor, *, name: str, phone: str, locale: str) -> None:
    """Change what a person says about themselves; records which facts changed, not their values."""
    new = {"name": clean_line(name), "phone": clean_line(phone), "locale": locale if locale in LANGUAGES else "vi"}
    changed = sorted(field for field, value in new.items() if getattr(user, field) != value)
    if not changed:
        return
    for field, value in new.items():
        setattr(user, field, value)
    user.sort_name = sort_key(user.name)
    record(user, "user.change_profile", actor, data={"fields": changed})


def sign_out_everywhere(user: User, actor: Actor) -> None:
    """End every session and remembered sign-in of a person, this one too: the view signs it in again."""
    user.fs_uniquifier = uuid.uuid4().hex
    record(user, "user.sign_out_everywhere", actor)
