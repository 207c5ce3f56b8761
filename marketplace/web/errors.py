"""Errors become pages for people and RFC 9457 problem+json for programs. Nothing is swallowed, nothing leaks."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, Unauthorized

from marketplace.core import security_log
from marketplace.core.access import FreshSignInNeeded, SecondStepNeeded, actor, mark_of, opens
from marketplace.core.errors import (
    DomainError,
    IllegalMove,
    Invalid,
    Missing,
    NotAllowed,
    NotFound,
    Stale,
    Unreachable,
)
from marketplace.core.extensions import db, give_up
from marketplace.values.text import N_
from marketplace.web.back_links import here, page_of
from marketplace.web.refused_input import typed

log = logging.getLogger(__name__)
SIGN_IN = "/login"
CONFIRM = "/verify"  # asks who is signed in for the password, a code or a passkey once more
SECOND_STEP = "/account/second-step"  # says what a role asks for, and how to do it
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
#: What the pages of errors are headed with, and what problem documents say when nothing more is known.
PAGES = {
    400: N_("This request could not be read"),
    401: N_("Sign in to see this page"),
    403: N_("You may not do this"),
    404: N_("This page was not found"),
    405: N_("There is nothing to look at under this address"),
    409: N_("Someone changed this while you were working"),
    413: N_("What you sent is too large"),
    422: N_("Some of the answers cannot be used"),
    429: N_("Too many requests in a short time"),
    500: N_("The site made a mistake"),
    503: N_("The site is briefly unavailable"),
}
STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (IllegalMove, 409),
    (Stale, 409),
    (Invalid, 422),
    (Missing, 422),
    (Unreachable, 503),
)


def wants_problem() -> bool:
    """True when the client is a program: an /api/ path, or it prefers JSON to HTML."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return best is not None and best != "text/html"


def text_of(error: DomainError) -> str:
    """Return the error's message in the reader's language."""
    return _(error.message) % error.params if error.params else _(error.message)


def problem(status: int, detail: str, **extra: Any) -> Response:
    """Return an RFC 9457 answer."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **extra}
    answer = jsonify(body)
    answer.status_code = status
    answer.content_type = "application/problem+json"
    return answer


def answer(status: int, detail: str, *, keep: bool = False, **extra: Any) -> ResponseReturnValue:
    """Return a problem or a page for `status`; what was typed stays on the page so that nothing is lost.

    With `keep` it is also kept for the person who was signed in, to be shown in its form again.
    """
    page = status if status in PAGES else (500 if status >= 500 else 400)
    if wants_problem():
        return problem(status, detail or _(PAGES[page]), **extra)
    back = page_of(request.path) if request.method == "POST" or status == 405 else ""
    again = _kept() if keep else ""
    kept = typed(shortest=1) if status == 422 else typed()  # a refused form without a page of its own: short answers too
    shown = render_template(
        f"errors/{page}.html", message=detail, kept=kept, back=again or back, again=again, sign_in=_sign_in(again)
    )
    return shown, status


def _kept(sure: bool = False) -> str:
    """Keep the form that was sent, for whoever was signed in here; return the page that shows it again, or nothing.

    It is `sure` that it is theirs when they are signed in and the form's token was right.
    """
    keeper = current_app.extensions.get("keep_form")
    if keeper is None or request.method != "POST" or request.mimetype not in FORMS:
        return ""
    try:
        return str(keeper(_page_before(), sure))
    except HTTPException:
        return ""  # the body itself was refused (too large)


def _page_before() -> str:
    """Return the page that the request was sent from, with its query: the one with the form."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host:
        return here()
    page = page_of(came_from.path)
    return f"{page}?{came_from.query}" if came_from.query and page == came_from.path else page


def _domain_error(error: DomainError) -> ResponseReturnValue:
    db.session.rollback()
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 400)
    extra: dict[str, Any] = {"field": error.field} if isinstance(error, Invalid) else {}
    return answer(status, text_of(error), **extra)


def _sign_in(again: str = "") -> str:
    """Return the address to sign in at, from which one comes back to the page the request was sent from, or `again`."""
    if again:
        return f"{SIGN_IN}?{urlencode({'next': again})}"
    came_from = urlsplit(request.referrer or "")
    from_here = came_from.netloc == request.host and came_from.path != request.path
    back = page_of(came_from.path) if from_here else here()
    return f"{SIGN_IN}?{urlencode({'next': back})}"


def _ask_again() -> ResponseReturnValue:
    """Lead to the page that confirms who is signed in, and from there back to the form, which holds what was typed."""
    said = _("This needs a fresh sign-in, so nothing was sent. Confirm that it is you, then send it again.")
    if wants_problem():
        return problem(403, said, confirm=CONFIRM)
    if request.method in {"GET", "HEAD"}:
        return redirect(f"{CONFIRM}?{urlencode({'next': here()})}")
    again = _kept(sure=True)
    confirm = f"{CONFIRM}?{urlencode({'next': again or _page_before()})}"
    if again or not typed():
        return redirect(confirm)
    return render_template("errors/403.html", message=said, kept=typed(), back=_page_before(), confirm=confirm), 403


def _signed_out() -> bool:
    """True when the address is not for guests and a guest asks: their session has ended, or never began."""
    mark = mark_of(current_app, request.endpoint) if request.endpoint else None
    return mark is not None and not actor().signed_in and not opens(mark, actor())


def _http_error(error: HTTPException) -> ResponseReturnValue:
    db.session.rollback()
    if error.code is None or error.code < 400:
        return error.get_response()  # redirects raised by routing
    if isinstance(error, Unauthorized) and not wants_problem() and not typed():
        return redirect(_sign_in(_kept()))
    if isinstance(error, MethodNotAllowed) and request.method in {"GET", "HEAD"} and not wants_problem():
        page = page_of(request.path)
        if page not in {"/", request.path}:
            return redirect(page)  # the reload of a refused form, its address copied
    if isinstance(error, CSRFError):
        security_log.note("token_of_form_refused")
    if isinstance(error, CSRFError | Unauthorized):
        if isinstance(error, Unauthorized) or _signed_out():
            return answer(401, _("Your session has ended, so nothing was sent. Sign in again, then repeat it."), keep=True)
        return answer(400, _("The page was open too long or came from elsewhere. Reload it and send again."), keep=True)
    if isinstance(error, FreshSignInNeeded):
        return _ask_again()
    if isinstance(error, SecondStepNeeded):
        if request.method in {"GET", "HEAD"} and not wants_problem():
            return redirect(SECOND_STEP)
        return answer(403, _("This role asks for two-step sign-in. Nothing was sent."), keep=True)
    extra = {}
    retry = getattr(error, "retry_after", None)
    if retry:
        extra["retry_after"] = retry
    return answer(error.code, "", **extra)


def _crash(error: Exception) -> ResponseReturnValue:
    give_up()
    log.exception("unexpected error on %s %s", request.method, request.path)
    g.pop("forced_locale", None)
    try:
        return answer(500, "")
    except Exception:
        log.exception("the error page failed too")
        return Response("500", 500, content_type="text/plain")


def _refused_form(response: Response) -> Response:
    """Say to a program in a problem document what a refused form says to people on its page."""
    if response.status_code < 400 or response.mimetype != "text/html" or not wants_problem():
        return response
    form = g.get("refused_form")
    errors = {key: [str(one) for one in said] for key, said in form.errors.items() if key} if form else {}
    name = next(iter(errors), "")
    told = errors.get(name) or (form.form_errors if form else ()) or [_(PAGES.get(response.status_code, PAGES[400]))]
    detail = " ".join(str(one) for one in told)
    said = problem(response.status_code, detail, field=name, errors=errors)
    response.set_data(said.get_data())
    response.content_type = said.content_type
    return response


def register(app: Flask) -> None:
    """Register all error handlers."""
    app.after_request(_refused_form)
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    if not app.config["TESTING"]:
        app.register_error_handler(Exception, _crash)
