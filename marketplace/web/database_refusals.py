"""What a person is told when the database refuses what was sent, is busy, or is away.

While it is busy or away the page asks nothing of it: no session, no language of an account, no places of a rail. What was
typed stands on it with a button that sends the same fields to the same address once more, files chosen again; passwords
and codes are never in a page.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from traceback import format_tb
from typing import Any

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from marketplace.core.access import GUEST
from marketplace.core.database_errors import Verdict, described, verdict
from marketplace.core.extensions import give_up
from marketplace.values.text import N_
from marketplace.web import headers
from marketplace.web.errors import FORMS, answer, problem, wants_problem
from marketplace.web.i18n import in_language, without_asking
from marketplace.web.refused_input import again, typed
from marketplace.web.templating import Shell, shell

log = logging.getLogger(__name__)

#: What people are told of an error of the database, and the status of the answer.
SAID = {
    Verdict.CONFLICT: (409, N_("Somebody else changed the same thing at the same moment. Look again and repeat.")),
    Verdict.VALUE: (422, N_("One of the values is too long or of the wrong kind. Nothing was saved.")),
    Verdict.BUSY: (503, N_("The exchange is very busy at the moment. Nothing was saved; try again in a minute.")),
    Verdict.FAULT: (500, N_("This is a mistake of the exchange, not yours: what you sent breaks a rule of its own data."
                            " Nothing was saved.")),
}
#: The same when the answer to the commit was lost.
UNCERTAIN = N_("The exchange did not answer at the end, so it is not certain whether this was saved. In a minute, look"
               " whether it is there; if not, send it again.")


def _refused(error: DBAPIError) -> ResponseReturnValue:
    """Tell a conflict, a bad value and a busy database from a rule that our own code broke, which is logged as an error."""
    give_up()
    meaning, what = verdict(error), described(error)
    if meaning is Verdict.BUSY:
        log.error("the database did not answer: %s", what)
        return away()
    if meaning is Verdict.FAULT:
        trace = "".join(format_tb(error.__traceback__))  # without the message, which quotes values
        log.error("the database refused what we wrote on %s %s: %s\n%s", request.method, request.path, what, trace)
    else:
        log.warning("refused by the database: %s", what)
    return _answer(meaning)


def _answer(meaning: Verdict) -> ResponseReturnValue:
    """Return the page; when its frame cannot be read from the database either (a column is missing), as a guest sees it."""
    status, said = SAID[meaning]
    try:
        return answer(status, _(said))
    except DBAPIError as error:
        give_up()
        if verdict(error) is Verdict.BUSY:
            return away()
        _be_nobody()
        return answer(status, _(said))


def _overtaken(_error: StaleDataError) -> ResponseReturnValue:
    """Somebody else saved the row between our reading and our writing it."""
    give_up()
    return _answer(Verdict.CONFLICT)


def _no_connection(_error: NoConnection) -> ResponseReturnValue:
    """Every connection to the database is in use, and stays so."""
    give_up()
    log.error("no connection to the database was free")
    return away()


def away() -> ResponseReturnValue:
    """Return the page of a database that does not answer; from here on the request is nobody's, so that nothing asks."""
    with in_language(without_asking()):
        _be_nobody()
        said = _(UNCERTAIN if g.get("commit_sent") else SAID[Verdict.BUSY][1])
        if wants_problem():
            return problem(503, said, retry_after=headers.RETRY_SECONDS)
        sent: dict[str, Any] = {}
        with suppress(HTTPException):  # the body itself was refused (too large)
            if request.method == "POST" and request.mimetype in FORMS:
                sent = {"resend": again(), "kept": typed(shortest=1)}
        return render_template("errors/503.html", message=said, shell=_frame(), here=_here(), **sent), 503


def _be_nobody() -> None:
    """Let nothing that is still to come in this request ask who is signed in."""
    g.actor = GUEST
    g._login_user = AnonymousUserMixin()  # where Flask-Login keeps whom it has loaded


def _frame() -> Shell:
    """Return the frame with what everybody sees, without any account: who is signed in is not known, and stays so."""
    g.pop("shell", None)
    made = shell()
    made.account, made.languages = [], []  # another language is another page, without what was typed
    return made


def _here() -> str:
    query = request.query_string.decode(errors="replace")
    return f"{request.script_root}{request.path}" + (f"?{query}" if query else "")


def register(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(DBAPIError, _refused)
    app.register_error_handler(StaleDataError, _overtaken)
    app.register_error_handler(NoConnection, _no_connection)
