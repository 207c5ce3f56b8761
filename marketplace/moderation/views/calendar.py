"""The calendar of working days: published holidays, and what operators changed."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core import calendar_days
from marketplace.core.access import access, actor
from marketplace.core.errors import Invalid, required
from marketplace.core.extensions import db
from marketplace.core.permissions import KEEP_CALENDAR
from marketplace.moderation import deadlines
from marketplace.moderation.forms import DayForm
from marketplace.moderation.views.blueprint import bp, tabs
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.web.forms import ExchangeForm
from marketplace.web.i18n import language


@bp.get("/calendar")
@access(KEEP_CALENDAR)
def calendar() -> ResponseReturnValue:
    """Show the holidays of this year and the next, and the days that differ."""
    return _page(DayForm())


@bp.post("/calendar")
@access(KEEP_CALENDAR)
def set_day() -> ResponseReturnValue:
    """Declare a day as working or off; open deadlines move with it."""
    form = DayForm()

    def work() -> None:
        if form.day.data is None:
            raise Invalid("day", N_("Write the date as dd/mm/yyyy, for example 31/12/2026."))
        calendar_days.set_day(form.day.data, form.working.data == "work", form.note.data, actor())

    if not form.submit(work):
        return _page(form), 422
    _moved(deadlines.recompute())
    return redirect(url_for("moderation.calendar"))


@bp.post("/calendar/<int:day_id>/remove")
@access(KEEP_CALENDAR)
def remove_day(day_id: int) -> ResponseReturnValue:
    """Give a day back to the published calendar."""
    ExchangeForm().check_acting()
    calendar_days.remove_day(required(db.session.get(calendar_days.CalendarDay, day_id)), actor())
    _moved(deadlines.recompute())
    return redirect(url_for("moderation.calendar"))


def _moved(count: int) -> None:
    flash(_("The calendar was changed; %(count)s open deadlines moved.", count=count), "success")


def _page(form: DayForm) -> str:
    year = clock.today().year
    return render_template(
        "moderation/calendar.html",
        form=form,
        rows=calendar_days.listed(),
        years=[(one, clock.holidays_of(one, language())) for one in (year, year + 1)],
        tabs=tabs(actor(), "moderation.calendar"),
    )
