"""What every form of a deal does: find the deal, check the form, lock, act, and say what stood against it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from marketplace.core.access import actor
from marketplace.core.errors import IllegalMove, Invalid, Missing, Stale
from marketplace.core.extensions import db
from marketplace.deals.models import Deal
from marketplace.deals.queries import loading
from marketplace.deals.views.stale import check_seen, stale
from marketplace.web.forms import ExchangeForm
from marketplace.web.mark_read import note_seen

F = TypeVar("F", bound=ExchangeForm)


def nothing() -> None:
    """There is nothing to prepare."""


def change(
    code: str, form: F, work: Callable[[Deal, object], None], shown: Callable[[Deal, F], str], done: str,
    *, prepare: Callable[[], object] = nothing, anchor: str = "",
) -> ResponseReturnValue:
    """Run `work(deal, prepared)` on the locked deal and go to its page, saying `done`.

    `prepare()` receives uploads before anything is locked. A refused form is shown again by `shown(deal, form)`; one
    that came too late gets the page of 409 with what was typed.
    """
    loading.readable(code, actor())  # 404 before anything is said about the form
    try:
        if form.validate_on_submit():
            prepared = prepare()
            deal = loading.for_change(code, actor())
            check_seen(deal)
            work(deal, prepared)
            note_seen(loading.path_of(deal))
            flash(done, "success")
            return redirect(loading.path_of(deal) + anchor)
    except (IllegalMove, Stale) as error:
        return stale(code, error, form)
    except (Invalid, Missing) as error:
        db.session.rollback()
        form.take(error)
    db.session.rollback()
    return shown(loading.readable(code, actor()), form), 422
