"""Flask-Security keeps the rules of the house: it flushes instead of committing, its mails go through the outbox, its
texts through our catalogue, its refused forms answer 422."""

from __future__ import annotations

import re
import uuid
from typing import Any, cast

from babel.lists import format_list
from flask import Response, current_app, make_response, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import MailUtil, PasswordUtil, SQLAlchemyUserDatastore, UserMixin, WebAuthnMixin
from flask_security.totp import Totp
from passlib.exc import UsedTokenError
from sqlalchemy import inspect, or_, select, update
from wtforms import Form
from zxcvbn import zxcvbn

from marketplace import mail
from marketplace.accounts import sessions
from marketplace.accounts.common_words import COMMON_WORDS
from marketplace.accounts.models import Passkey, User
from marketplace.core import security_log
from marketplace.core.errors import Stale
from marketplace.core.extensions import db
from marketplace.values.text import N_, fold, nfc, sort_key
from marketplace.web.i18n import Catalogues, language

EASY = 10**8  # guesses that any password must outlast
OWN_WORDS = 1000  # guesses at what somebody makes of their own name and address
_LOOKED_AT = 72  # characters that are looked at for that: what is longer outlasts them, and takes its time
LONGEST_PASSWORD = 128  # characters; argon2 would take any length, and any time. Flask-Security takes no more either


class Datastore(SQLAlchemyUserDatastore):
    """People in our tables. The request's one commit is not its business: its `commit` is a flush."""

    def commit(self) -> None:
        """Flush; `Exchange.dispatch_request` has committed or will."""
        db.session.flush()

    def create_user(self, **kwargs: Any) -> User:
        """Return a new person, flushed; staff roles are grants of ours, not roles of Flask-Security."""
        kwargs.pop("roles", None)
        kwargs.setdefault("fs_uniquifier", uuid.uuid4().hex)
        kwargs.setdefault("locale", language())
        kwargs["sort_name"] = sort_key(kwargs.get("name", ""))
        user = User(**kwargs)
        db.session.add(user)
        db.session.flush()
        return user

    def put(self, model: Any) -> Any:
        """Store a person. Raises Stale when the password was changed by another request since this one read it.

        So a link for a new password is used once, also when it is sent several times at the same moment.
        """
        if isinstance(model, User):
            replaced = inspect(model).attrs.password.history.deleted
            if replaced and _stored(User.password, model) != replaced[0]:
                raise Stale(N_("The password was changed a moment ago. Sign in with the new one or ask for another link."))
        return super().put(model)  # type: ignore[no-untyped-call]

    def set_uniquifier(self, user: UserMixin, uniquifier: str | None = None) -> None:
        """Give a person a new key after a change of the password: all sessions end, in the table too."""
        self.put(user)
        sessions.end_all(cast(User, user))

    def delete_webauthn(self, webauthn: WebAuthnMixin) -> None:
        """Remove a passkey; without any second step left, no session counts as made with two."""
        user = cast(Passkey, webauthn).user
        user.webauthn.remove(cast(Passkey, webauthn))
        db.session.flush()
        sessions.forget_second_factor(user)

    def mf_delete_recovery_code(self, user: UserMixin, idx: int) -> bool:
        """Take a recovery code away. Raises Stale when another request has taken one since this one read them."""
        held = cast(User, user)
        if _stored(User.mf_recovery_codes, held) != held.mf_recovery_codes:
            security_log.note("token_reused", person=held.id, way="recovery_code")
            raise Stale(N_("This code was used a moment ago."))
        return bool(super().mf_delete_recovery_code(user, idx))


def _stored(column: Any, user: User) -> Any:
    """Return what the database holds now, with the person's row locked until the request has ended."""
    with db.session.no_autoflush:
        return db.session.scalar(select(column).where(User.id == user.id).with_for_update())


class OutboxMail(MailUtil):
    """Queues Flask-Security's mails in the transaction that causes them, in the recipient's language."""

    def send_mail(
        self, template: str, subject: str, recipient: Any, sender: Any, body: str | None, html: str | None, **kwargs: Any
    ) -> None:
        """Render our own text of the same name and queue it; links use our address, never the request's Host header."""
        user: User | None = kwargs.get("user")
        name = template.rsplit("/", 1)[-1]
        links = {
            "confirm_path": _path("security.confirm_email", kwargs.get("confirmation_token")),
            "reset_path": _path("security.reset_password", kwargs.get("reset_token")),
            "within": kwargs.get("within", ""),
        }
        key = f"account:{name}:{uuid.uuid4().hex}"
        mail.queue_template(key, str(recipient), user.locale if user else "vi", f"account/{name}", user=user, **links)

    def validate(self, email: str) -> str:
        """Return the address in the one spelling we store: valid, normalised, lower case."""
        return str(super().validate(clean_email(email)))

    def normalize(self, email: str) -> str:
        """Return the address as `validate` would have stored it."""
        return str(super().normalize(clean_email(email)))


def _path(endpoint: str, token: str | None) -> str:
    return url_for(endpoint, token=token, _external=False) if token else ""


class Passwords(PasswordUtil):
    """Long enough, not absurdly long, not one's own name or address, and not among those that everybody tries."""

    def normalize(self, password: str) -> str:
        """Return the normalised password; of absurd lengths, which nobody has, as much as can be hashed."""
        return str(super().normalize(password[:2000]))[:4000]

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """Return (what is wrong or None, the normalised password)."""
        if len(password) > LONGEST_PASSWORD:
            return [_("At most %(max)s characters.", max=LONGEST_PASSWORD)], password[:LONGEST_PASSWORD]
        problems, normal = super().validate(password, is_register, **kwargs)
        if problems:
            return list(problems), normal
        user = kwargs.get("user")
        own = [str(kwargs.get("email", "")), str(kwargs.get("name", ""))] if user is None else [user.email, user.name]
        if _too_simple(normal, own):
            advice = _("Choose a password that is harder to guess: not your name or address, not one repeated sign.")
            return [advice], normal
        if _often_tried(normal, own):
            advice = _("This password is among those that are tried first. Take several words that do not belong together.")
            return [advice], normal
        return None, normal


def _often_tried(password: str, own: list[str]) -> bool:
    """Return whether a hundred million guesses would find a password: common ones, with digits and signs put to them."""
    words = {word for whole in own for word in re.split(r"[^a-z0-9]+", fold(whole)) if len(word) > 2}
    known = [*COMMON_WORDS, *words, *(fold(whole).replace(" ", "") for whole in own)]
    bare = rest = fold(password)
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    if rest != bare and _guesses(rest, known) * OWN_WORDS < EASY:
        return True
    return min(_guesses(password, known), _guesses(bare, known)) < EASY


def _guesses(password: str, known: list[str]) -> int:
    return int(zxcvbn(password[:_LOOKED_AT], user_inputs=known)["guesses"]) if password else 1


def _too_simple(password: str, own: list[str]) -> bool:
    bare = fold(password).replace(" ", "")
    known = {fold(part).replace(" ", "") for whole in own for part in (whole, whole.partition("@")[0])}
    rest = bare
    for word in sorted((word for word in known if len(word) > 2), key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(set(password)) < 5 or bool(bare and len(rest) < 4) or bool(re.fullmatch(r"(.{1,4})\1+", password))


class OneTimeCodes(Totp):
    """One-time codes of an authenticator app; a code that was taken is not taken again."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Return the counter of the last code taken from this person."""
        return cast(User, user).totp_counter

    def set_last_counter(self, user: UserMixin, tmatch: Any) -> None:
        """Remember the code's counter; committed with the sign-in. Raises UsedTokenError when the code is taken already.

        Comparing and storing are one statement: of many requests with one code at the same moment, one succeeds.
        """
        person = cast(User, user)
        unused = or_(User.totp_counter.is_(None), User.totp_counter < tmatch.counter)
        stored = db.session.execute(
            update(User).where(User.id == person.id, unused).values(totp_counter=tmatch.counter)
            .returning(User.id).execution_options(synchronize_session=False)
        )
        if stored.first() is None:
            security_log.note("token_reused", person=person.id, way="code")
            raise UsedTokenError
        db.session.expire(person, ["totp_counter"])


def totp_secret() -> str:
    """Return the secret of a new authenticator app, encrypted."""
    return str(current_app.extensions["security"]._totp_factory.generate_totp_secret())


def code_now(secret: str) -> str:
    """Return what an authenticator app with that secret shows now; for the demonstration's account."""
    return str(current_app.extensions["security"]._totp_factory._totp.from_source(secret).generate().token)


class Texts(Catalogues):
    """Flask-Security's messages and labels through our catalogue."""

    @staticmethod
    def format_list(lst: list[str], **kwargs: Any) -> str:
        """Return "a, b and c" in the reader's language."""
        return str(format_list(lst, locale=get_locale(), **kwargs))


def render(template: str, **context: Any) -> Response:
    """Render one of Flask-Security's pages; a refused form answers 422, so that its request commits nothing."""
    refused = request.method == "POST" and any(isinstance(item, Form) and item.errors for item in context.values())
    return make_response(render_template(template, **context), 422 if refused else 200)


def clean_email(text: str) -> str:
    """Return an address as typed by a person in the spelling we store, unchecked."""
    return nfc(text).strip().lower()
