"""A form that came too late: what happened meanwhile, and everything that was typed."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import Field, SelectField

from marketplace.core.access import actor
from marketplace.core.errors import DomainError, Stale
from marketplace.core.extensions import db
from marketplace.deals.lifecycle import REASON_CODES
from marketplace.deals.models import Deal
from marketplace.deals.queries import loading
from marketplace.deals.timeline import timeline
from marketplace.values.text import N_
from marketplace.web.errors import text_of
from marketplace.web.forms import ExchangeForm
from marketplace.web.i18n import language

NEWEST = 3  # events shown


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
