"""The Flask class of the exchange: one commit per request, in one place."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, abort, current_app, g, request, session
from flask.typing import ResponseReturnValue
from flask.wrappers import Response as Answer
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from marketplace.core.access import mark_of
from marketplace.core.errors import Stale
from marketplace.core.extensions import db, write_intent, wrote
from marketplace.web.form_parsing import BoundedRequest


def static_version(folder: Path) -> str:
    """Return a short name of the present state of the static files."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:10]


LARGEST_ID = 2**63 - 1
SAFE = {"GET", "HEAD", "OPTIONS"}


class Whole(IntegerConverter):
    """A number in an address: one that no table can hold names nothing, so it is not found."""

    def __init__(self, url_map: Map, **limits: Any) -> None:
        super().__init__(url_map, **{"max": LARGEST_ID, **limits})


class Exchange(Flask):
    """Flask whose dispatch ends with the request's one commit, before the response is processed."""

    request_class = BoundedRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url_map.converters["int"] = Whole

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """Our own static files carry their version in the address, so browsers may keep them for a year."""
        return 31_536_000 if request.endpoint == "static" else super().get_send_file_max_age(filename)

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view; commit when it succeeded and wrote something, roll everything back otherwise."""
        answer = self.make_response(super().dispatch_request())
        finish(answer)
        return answer

    def handle_user_exception(self, e: Exception) -> ResponseReturnValue:
        """Answer an error; when its page needs a database that is away, as that says."""
        try:
            return super().handle_user_exception(e)
        except (DBAPIError, NoConnection) as lost:
            if lost is e:
                raise
            return super().handle_user_exception(lost)

    def handle_exception(self, e: Exception) -> Answer:
        """Answer what has gone wrong after the view."""
        if isinstance(e, DBAPIError | NoConnection):
            return self.finalize_request(self.handle_user_exception(e), from_error_handler=True)
        return super().handle_exception(e)


def begin() -> None:
    """Decide, before the first query, whether this request's transaction may write; refuse what no page can read."""
    mark = mark_of(current_app, request.endpoint) if request.endpoint else None
    write_intent.set(request.method not in SAFE or bool(mark and mark.writes))
    if "\x00" in request.path:
        abort(404)  # PostgreSQL has no such text, so nothing can be named by it
    if request.mimetype == "application/x-www-form-urlencoded" or "_user_id" not in session:
        # Read at once and held several times over while parsed; only uploads may be as large as MAX_CONTENT_LENGTH, and
        # nobody uploads who is not signed in.
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def finish(answer: Response) -> None:
    """Commit what a successful request wrote; an answer of 400 and above keeps nothing.

    Raises Stale when somebody else was faster; the error handlers turn it into a 409 page.
    """
    transaction = db.session
    if not wrote(transaction):
        return
    if answer.status_code >= 400:
        transaction.rollback()
        return
    try:
        transaction.flush()
        g.commit_sent = True
        transaction.commit()
    except StaleDataError as error:
        transaction.rollback()
        raise Stale from error
    except DBAPIError:
        transaction.rollback()
        raise
