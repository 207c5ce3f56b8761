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
P = TypeVar("P")


def change(
    code: str, form: F, work: Callable[[Deal], object], shown: Callable[[Deal, F], str], done: str, *, anchor: str = ""
) -> ResponseReturnValue:
    """Run `work(deal)` on the locked deal and go to its page, saying `done`.

    A refused form is shown again by `shown(deal, form)`; one that came too late gets the page of 409 with what was typed.
    """
    return change_with(code, form, lambda: None, lambda deal, _none: work(deal), shown, done, anchor=anchor)


def change_with(
    code: str, form: F, prepare: Callable[[], P], work: Callable[[Deal, P], object], shown: Callable[[Deal, F], str],
    done: str, *, anchor: str = "",
) -> ResponseReturnValue:
    """Do as `change`, with what `prepare()` returns: it receives uploads before anything is locked."""
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
        form.add_error(error)
    db.session.rollback()
    return shown(loading.readable(code, actor()), form), 422
