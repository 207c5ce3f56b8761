"""Who comes from elsewhere to a page whose reading is recorded is asked first, on a page with one button.

The button is a form of this site with a token. Its answer lets this browser open that one address within a minute, which
also serves browsers that send no Fetch Metadata (`core.recorded_reading`, `web.fetch_metadata`).
"""

from __future__ import annotations

import time

from flask import Flask, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access
from marketplace.core.extensions import db
from marketplace.core.permissions import SIGNED_IN
from marketplace.core.recorded_reading import NotAskedHere
from marketplace.web.application import SAFE
from marketplace.web.back_links import here
from marketplace.web.errors import problem, wants_problem
from marketplace.web.fetch_metadata import navigated_here, prefetched
from marketplace.web.views import bp, local_target

_ASKED = "reading"  # session key: the address a person said to read, and until when
SECONDS = 60


@bp.post("/readings")
@access(SIGNED_IN)
def confirm_reading() -> ResponseReturnValue:
    """Let the reader open one address, because they pressed its button."""
    to = local_target(request.form.get("to"))
    session[_ASKED] = [to, int(time.time()) + SECONDS]
    return redirect(to, 303)


def _asked_here() -> bool:
    return request.method not in SAFE or navigated_here() or _said_so()


def _said_so() -> bool:
    to, until = session.get(_ASKED) or ("", 0)
    return bool(to) and to == here() and time.time() <= until and not prefetched()


def _ask(_error: NotAskedHere) -> ResponseReturnValue:
    db.session.rollback()
    if wants_problem():
        return problem(403, _("Reading this is recorded, so it is opened in a browser only, by a link of this site."))
    return render_template("reading.html", to=here()), 200, {"Cache-Control": "private, no-store"}


def register(app: Flask) -> None:
    """Ask on this application."""
    app.extensions["asked_here"] = _asked_here
    app.register_error_handler(NotAskedHere, _ask)
