"""What somebody sent after their session had ended: kept for an hour, and shown to them again in the same form, unsent.

The fields are encrypted with a key of which one half is the secret of the installation and the other stays in the cookie
of the browser that sent them; the row alone opens nothing. Passwords and files are never kept. A form
is said to be kept only when its row was written (`web.aside`); the page that refuses shows the long texts too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import zlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app, render_template, request, session
from limits import parse
from sqlalchemy import ForeignKey, Index, LargeBinary, String, delete, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.wrappers import Response

from marketplace.accounts.sessions import PERSON, SHARED
from marketplace.core.access import actor
from marketplace.core.client_address import client
from marketplace.core.columns import Big, Moment
from marketplace.core.config import Settings
from marketplace.core.extensions import Base, db, limiter
from marketplace.values import clock
from marketplace.web import aside
from marketplace.web.form_filling import fill
from marketplace.web.form_parsing import is_address
from marketplace.web.refused_input import labels

KEPT = "unsent"  # session key: the halves of the keys that this browser holds, by the names of the rows
ARGUMENT = "unsent"  # of an address: the name of the row to fill its form with
HOUR = timedelta(hours=1)
MOST_FIELDS = 500  # a form with more of them is not kept
MOST_FILES, MOST_NAME = 20, 200  # names of files that are told, and their letters
MOST_LEFT = 50  # fields without a place in the form that are shown below it
PER_HOUR = parse("20 per hour")  # kept for one person, and of one network
BYTES_PER_SECOND = 1_000_000  # that a loaded database writes at least: so much longer a large form may take
AT_MOST = 3  # kept for one person, and known to one browser
_NEVER = re.compile(r"passw|passphrase|secret|token|^(code|otp|pin)$", re.IGNORECASE)


class UnsentForm(Base):
    """The encrypted fields of one form that was refused because nobody was signed in any more."""

    __tablename__ = "unsent_form"
    __table_args__ = (Index("ix_unsent_form_ends_at", "ends_at"), Index("ix_unsent_form_user_id", "user_id"))

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    ends_at: Mapped[Moment]
    body: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True)
class Unsent:
    """What was sent: where to, from which page, the fields in their order, and the names of files left out."""

    path: str
    page: str
    fields: list[list[str]]
    files: list[str]
    labels: dict[str, str]


def _cipher(half: str) -> AESGCM:
    settings: Settings = current_app.extensions["settings"]
    return AESGCM(hmac.new(settings.secret_key.encode(), b"unsent form:" + half.encode(), hashlib.sha256).digest())


def _bound(name: str, user_id: int) -> bytes:
    return f"{name}:{user_id}".encode()


def _locked(unsent: Unsent, half: str, name: str, user_id: int) -> bytes:
    plain = zlib.compress(json.dumps(vars(unsent), ensure_ascii=False).encode("utf-8", "surrogatepass"), 1)
    nonce = secrets.token_bytes(12)
    return nonce + _cipher(half).encrypt(nonce, plain, _bound(name, user_id))


def _opened(body: bytes, half: str, name: str, user_id: int) -> Unsent | None:
    try:
        plain = _cipher(half).decrypt(body[:12], body[12:], _bound(name, user_id))
    except InvalidTag:
        return None
    return Unsent(**json.loads(zlib.decompress(plain).decode("utf-8", "surrogatepass")))


def keep(page: str, sure: bool = False) -> str:
    """Keep the form of this request for the person who was signed in here last; return the page to show it on again.

    With `sure` that person is signed in and the form's token was right: it is theirs and from a page of ours.

    Empty when it is not theirs for certain (another site sent it, nobody was signed in, several people sign in with this
    browser), when it is about signing in, has very many fields or is one of many in an hour, and when it could not be
    written.
    """
    user_id = session.get(PERSON)
    if not isinstance(user_id, int):
        return ""
    if not sure and (session.get(SHARED) or not _ours() or request.blueprint == "security"):
        return ""
    sent = [[name, value] for name, value in request.form.items(multi=True) if not _NEVER.search(name)]
    files = [one.filename[:MOST_NAME] for one in request.files.values() if one.filename][:MOST_FILES]
    if len(sent) > MOST_FIELDS:
        return ""
    if not any(value.strip() for name, value in sent if name not in {"acting", "lock"}) or _too_many(user_id):
        return ""
    name, half = secrets.token_hex(16), secrets.token_urlsafe(16)
    body = _locked(Unsent(request.path, page, sent, files, labels()), half, name, user_id)
    row = {"name": name, "user_id": user_id, "ends_at": clock.now() + HOUR, "body": body}
    seconds = aside.LIMIT + len(body) / BYTES_PER_SECOND
    if not aside.write_now(lambda connection: _store(connection, row), seconds):
        return ""
    held = dict(session.get(KEPT) or {})
    session[KEPT] = dict([*held.items(), (name, half)][-AT_MOST:])
    return _named(page, name)


def _named(address: str, name: str) -> str:
    """Return an address with the name of what is kept in its query, before any fragment; an older name gives way."""
    parts = urlsplit(address)
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != ARGUMENT]
    return parts._replace(query=urlencode([*query, (ARGUMENT, name)])).geturl()


def _too_many(user_id: int) -> bool:
    """Count one more form; return whether the person, or the network it came from, has had enough of them this hour."""
    if not limiter.enabled:
        return False
    of_person = limiter.limiter.hit(PER_HOUR, "unsent", f"person:{user_id}")
    return not (limiter.limiter.hit(PER_HOUR, "unsent", f"network:{client()}") and of_person)


def _ours() -> bool:
    """Return whether the browser says that a page of ours sent the request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    said = request.headers.get("Origin") or request.referrer or ""
    return is_address(said) and urlsplit(said).netloc == request.host


def _store(connection: Connection, row: dict[str, Any]) -> None:
    table = UnsentForm.__table__.c
    connection.execute(insert(UnsentForm).values(row))
    newest = select(table.name).where(table.user_id == row["user_id"]).order_by(table.ends_at.desc()).limit(AT_MOST)
    connection.execute(delete(UnsentForm).where(table.user_id == row["user_id"], table.name.not_in(newest)))
    connection.execute(delete(UnsentForm).where(table.ends_at < clock.now()))


def _read(name: str) -> Unsent | None:
    """Return what is kept under a name, to the person who sent it and in the browser that sent it, for an hour."""
    half, user_id = (session.get(KEPT) or {}).get(name), actor().user_id
    if half is None or user_id is None:
        return None
    row = select(UnsentForm.body).where(
        UnsentForm.name == name, UnsentForm.user_id == user_id, UnsentForm.ends_at > clock.now()
    )
    body = db.session.scalar(row)
    return _opened(body, half, name, user_id) if body is not None else None


def show_again(response: Response) -> Response:
    """Fill the form of a page that was asked for with what is kept; a redirect on the way takes the name along."""
    name = request.args.get(ARGUMENT, "")
    if request.method != "GET" or name not in (session.get(KEPT) or {}) or not actor().signed_in:
        return response
    if 300 <= response.status_code < 400 and response.location:
        if urlsplit(response.location).netloc in {"", request.host} and ARGUMENT not in response.location:
            response.location = _named(response.location, name)
        return response
    if response.mimetype != "text/html" or response.direct_passthrough or response.is_streamed:
        return response
    unsent = _read(name)
    text, begins = response.get_data(as_text=True), None
    left: list[tuple[str, str]] = []
    if unsent is not None:
        text, begins, left = fill(text, unsent.path, request.path, [(one[0], one[1]) for one in unsent.fields])
    said = render_template("components/unsent.html", unsent=unsent, found=begins is not None, left=left[:MOST_LEFT])
    at = begins if begins is not None else text.find('<div class="page">') + len('<div class="page">')
    response.set_data(text[:at] + said + text[at:])
    return response


def _forget_sent(response: Response) -> Response:
    """Delete what was kept of a form that has been sent now."""
    held = session.get(KEPT)
    if request.method != "POST" or not held or response.status_code >= 400 or request.blueprint == "security":
        return response
    name = dict(parse_qsl(urlsplit(request.referrer or "").query)).get(ARGUMENT)
    if name in held:
        session[KEPT] = {key: half for key, half in held.items() if key != name}
        stored = UnsentForm.__table__.c
        aside.write(lambda connection: connection.execute(delete(UnsentForm).where(stored.name == name)))
    return response


def register(app: Flask) -> None:
    """Let refused forms be kept and shown again."""
    app.extensions["keep_form"] = keep
    app.after_request(show_again)
    app.after_request(_forget_sent)


def erase_of(user_id: int, _address: str) -> None:
    """Delete what is kept for a person whose account is erased."""
    db.session.execute(delete(UnsentForm).where(UnsentForm.user_id == user_id).execution_options(synchronize_session=False))
