"""What every form of a deal does: find the deal, check the form, lock, act; or say what stood against it or came first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import Field, SelectField

from marketplace.core.access import actor
from marketplace.core.errors import DomainError, IllegalMove, Invalid, Missing, Stale
from marketplace.core.extensions import db
from marketplace.deals.lifecycle import REASON_CODES
from marketplace.deals.models import Deal
from marketplace.deals.queries import loading
from marketplace.deals.timeline import timeline
from marketplace.values.text import N_
from marketplace.web.errors import text_of
from marketplace.web.forms import ExchangeForm
from marketplace.web.i18n import language
from marketplace.web.mark_read import note_seen

F = TypeVar("F", bound=ExchangeForm)
P = TypeVar("P")
NEWEST = 3  # events shown


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


def check_seen(deal: Deal) -> None:
    """Raise Stale when the deal has moved since the page was opened: `seen` in the address is the state it showed."""
    seen = request.args.get("seen", "")
    if seen and seen != deal.state:
        raise Stale(N_("The deal has moved on since you opened the page."))


def stale(code: str, error: DomainError, form: ExchangeForm | None = None) -> ResponseReturnValue:
    """Answer 409 with the newest events of the deal and what was typed, to copy."""
    db.session.rollback()
    deal = loading.readable(code, actor())
    return render_template(
        "deals/stale.html",
        deal=deal, message=text_of(error), events=timeline(deal, actor(), NEWEST),
        typed=_typed(form), path=loading.path_of(deal),
    ), 409


def _typed(form: ExchangeForm | None) -> list[tuple[str, str]]:
    """Return (label, text) of what was typed into the visible fields; files must be chosen again."""
    if form is None:
        return []
    said = []
    for field in form:
        raw = [value for value in field.raw_data or () if isinstance(value, str)]
        hidden = getattr(field.widget, "input_type", "") == "hidden"
        if raw and raw[0].strip() and not hidden:
            said.append((str(field.label.text), _in_words(field, raw[0])))
    return said


def _in_words(field: Field, value: str) -> str:
    """Return what a person chose by the words that stood on the page, and what was written as it is."""
    if field.name == "reason_code":
        return next((codes.label(value, language()) for codes in REASON_CODES.values() if value in codes), value)
    choices = dict(field.choices) if isinstance(field, SelectField) else {}
    return str(choices.get(value, value))
