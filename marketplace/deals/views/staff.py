"""Operators' pages of deals: the list, and what officers do on a record: note, officer, legal class."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from marketplace.core.access import Actor, access, actor
from marketplace.core.permissions import FOLLOW_DEALS, OVERSEE_DEALS, READ_RECORDS
from marketplace.core.reminder import next_reminder_on
from marketplace.deals.actions import officers
from marketplace.deals.export import STAFF_COLUMNS
from marketplace.deals.forms import ClassForm, NoteForm, OfficerForm
from marketplace.deals.lifecycle import DEAL, GROUP_LABELS, LIVE
from marketplace.deals.models import Deal
from marketplace.deals.queries import loading, staff_list
from marketplace.deals.regime_table import UNDECIDED
from marketplace.deals.views.blueprint import bp
from marketplace.deals.visibility import may_open
from marketplace.values.text import N_
from marketplace.vocabulary import REGIMES
from marketplace.web.forms import ExchangeForm
from marketplace.web.i18n import language
from marketplace.web.paging import Paging, requested_page
from marketplace.web.spreadsheet import csv_answer
from marketplace.web.tabs import Tab, tabs

PER_PAGE = 30


@bp.get("/staff/deals")
@access(OVERSEE_DEALS)
def staff_deals() -> ResponseReturnValue:
    """List every deal with its stage and age."""
    filters = staff_list.read_filters(request.args)
    page, offset = requested_page(PER_PAGE)
    who = actor()
    deals, total = staff_list.listed(filters, who, offset, PER_PAGE)
    figures = staff_list.figures()
    return render_template(
        "deals/staff.html",
        deals=deals, filters=filters, figures=figures, tabs=_tabs(filters, figures), bars=_bars(filters, figures),
        paging=Paging(page, PER_PAGE, total),
        label=DEAL.label,
        states=DEAL.labels, days=staff_list.days_in_stage, still=staff_list.is_still, path_of=loading.path_of, href=_href,
        export=_href(filters, endpoint="deals.staff_deals_csv"), officers=actor().may(FOLLOW_DEALS),
        opens=lambda deal: may_open(deal, who), regimes=REGIMES.choices(language()),
    )


def _bars(filters: staff_list.DealFilters, figures: staff_list.Figures) -> list[dict[str, Any]]:
    """Return the number of deals in each state that has one, with a link to them."""
    return [
        {"label": _(word), "value": figures.by_state[state],
         "href": _href(filters, stage="all", state=state, stalled="", officer="", regime="")}
        for state, word in DEAL.labels.items() if figures.by_state.get(state)
    ]


def _tabs(filters: staff_list.DealFilters, figures: staff_list.Figures) -> list[Tab]:
    """Return the tabs: deals under way, each group of stages, and all."""
    names = {"live": N_("Under way"), **GROUP_LABELS, "all": N_("All")}
    chosen = "" if filters.state and filters.stage in {"live", "all"} else filters.stage
    counts = {stage: figures.stage(stage) for stage in names if stage != "all"}
    return tabs(names, chosen, lambda stage: _href(filters, stage=stage, state=""), counts)


def _href(filters: staff_list.DealFilters, endpoint: str = "deals.staff_deals", **changes: Any) -> str:
    kept = {"stage": filters.stage, "state": filters.state, "officer": filters.officer, "q": filters.text,
            "regime": filters.regime, "stalled": "1" if filters.stalled else "", "sort": filters.sort, **changes}
    return url_for(endpoint, **{name: value for name, value in kept.items() if value and (name, value) != ("sort", "age")})


@bp.get("/staff/deals/export.csv")
@access(OVERSEE_DEALS)
def staff_deals_csv() -> ResponseReturnValue:
    """Download the list as CSV, narrowed as on the page."""
    return csv_answer("deals", STAFF_COLUMNS, staff_list.every(staff_list.read_filters(request.args), actor()))


def panel(deal: Deal, who: Actor, **typed: ExchangeForm) -> Markup | None:
    """Return the officers' part of a record's right column; None for anybody else."""
    if not who.may(READ_RECORDS) or {deal.supplier_org_id, deal.buyer_org_id} & who.org_ids:
        return None
    is_officer = "officer" in deal.roles_of(who)
    form = typed.get("officer") or OfficerForm(formdata=None, officer=str(deal.officer_id or ""))
    if is_officer:
        people = [(str(user.id), user.name) for user in officers.candidates(deal)]
        form["officer"].choices = [("", _("Nobody yet")), *people]
    return Markup(render_template(  # noqa: S704 - our own template
        "deals/_officer.html",
        deal=deal, is_officer=is_officer, officer_form=form, note_form=typed.get("note") or NoteForm(formdata=None),
        class_form=typed.get("class") or ClassForm(formdata=None), notes=staff_list.notes(deal) if is_officer else [],
        days=staff_list.days_in_stage(deal), still=staff_list.is_still(deal),
        classify=deal.regime in UNDECIDED and deal.state in LIVE,
        live=deal.state in LIVE, reminder_on=next_reminder_on(deal, "deal.remind") if is_officer else None,
    ))


@bp.post("/deals/<code>/notes")
@access(FOLLOW_DEALS)
def write_note(code: str) -> ResponseReturnValue:
    """Attach a note that only officers read."""
    deal = loading.readable(code, actor(), lock=True)
    form = NoteForm()
    if form.submit(lambda: officers.write_note(deal, actor(), form.text.data or "")):
        return redirect(loading.path_of(deal) + "#officer")
    return _again(deal, note=form)


@bp.post("/deals/<code>/officer")
@access(FOLLOW_DEALS)
def set_officer(code: str) -> ResponseReturnValue:
    """Give the deal to an officer."""
    deal = loading.readable(code, actor(), lock=True)
    form = OfficerForm()
    chosen = form.officer.data or ""
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 16 else None
    if form.submit(lambda: officers.set_officer(deal, actor(), -1 if chosen and number is None else number)):
        flash(_("The deal's officer was set."), "success")
        return redirect(loading.path_of(deal) + "#officer")
    return _again(deal, officer=form)


@bp.post("/deals/<code>/remind")
@access(FOLLOW_DEALS)
def remind(code: str) -> ResponseReturnValue:
    """Remind both sides of a deal that stands still."""
    deal = loading.readable(code, actor(), lock=True)
    ExchangeForm().check_acting()
    officers.remind_both(deal, actor())
    flash(_("Both sides are reminded."), "success")
    return redirect(loading.path_of(deal) + "#officer")


@bp.post("/deals/<code>/class")
@access(FOLLOW_DEALS)
def classify(code: str) -> ResponseReturnValue:
    """Say which legal class the technology has."""
    deal = loading.readable(code, actor(), lock=True)
    form = ClassForm()
    data = form.control_class.data or "", form.funding_source.data or "", form.reason.data or ""
    if form.submit(lambda: officers.classify(deal, actor(), *data)):
        flash(_("The deal was classified."), "success")
        return redirect(loading.path_of(deal) + "#officer")
    return _again(deal, **{"class": form})


def _again(deal: Deal, **typed: ExchangeForm) -> ResponseReturnValue:
    """Show the refused form by itself, with what was typed."""
    deal = loading.readable(deal.code, actor())
    shown = panel(deal, actor(), **typed)
    return render_template("deals/officer.html", deal=deal, panel=shown, forms=list(typed.values())), 422
