"""Comparing what the card provider has received with our books; only the button changes anything."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.extensions import limiter
from marketplace.core.permissions import ACCOUNTING, READ_MONEY
from marketplace.payments.cards import reconcile
from marketplace.payments.cards.gateway import GatewayAway, GatewayRefused, gateway
from marketplace.payments.views.blueprint import bp
from marketplace.payments.views.period import Period, asked_period
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.web.forms import ExchangeForm

DAYS, MOST_DAYS = 7, 31
TOO_LONG = N_("At most %(days)s days at a time.")


@bp.get("/money/reconcile")
@limiter.limit("30 per minute")
@access(READ_MONEY)
def reconcile_cards() -> ResponseReturnValue:
    """Show what differs between two days; without any the provider is not asked. Changes nothing."""
    if "since" not in request.args and "until" not in request.args:
        today = clock.today()
        since = today - timedelta(days=DAYS - 1)
        return _page(Period(since, today, clock.format_date(since), clock.format_date(today)), asked=False)
    return _page(asked_period(within=MOST_DAYS, message=TOO_LONG))


def _page(period: Period, *, asked: bool = True, form: ExchangeForm | None = None) -> ResponseReturnValue:
    found, away = list[reconcile.Difference](), False
    if asked and not period.problem and gateway() is not None:
        try:
            found = _differences(period.since, period.until)
        except (GatewayAway, GatewayRefused):
            away = True
    page = render_template(
        "payments/reconcile.html", offered=gateway() is not None, period=period, form=form, found=found, away=away,
        asked=asked and not period.problem, kinds=reconcile.KINDS, could=sum(one.session is not None for one in found))
    return page, 503 if away else 422 if form is not None else 200


def _differences(since: date, until: date) -> list[reconcile.Difference]:
    provider = gateway()
    if provider is None:
        raise GatewayRefused("no keys")
    begins, ends = (datetime.combine(day, time(), clock.ZONE) for day in (since, until + timedelta(days=1)))
    return reconcile.differences(provider, begins, ends)


@bp.post("/money/reconcile")
@limiter.limit("30 per minute")
@access(ACCOUNTING)
def apply_reconciliation() -> ResponseReturnValue:
    """Receive what the provider has received and we have not, of the days that the address names."""
    if gateway() is None:
        raise NotFound
    form, period, done = ExchangeForm(), asked_period(within=MOST_DAYS, message=TOO_LONG), list[int]()

    def work() -> None:
        if period.problem:
            raise Invalid("", N_("Choose the days first."))
        done.append(reconcile.apply_all(_differences(period.since, period.until), actor()))

    try:
        if not form.submit(work):
            return _page(period, form=form)
    except (GatewayAway, GatewayRefused):
        return _page(period, form=form)
    flash(_("%(count)s payments were received.", count=done[0]), "success")
    return redirect(url_for("payments.reconcile_cards", since=period.query["since"], until=period.query["until"]))
