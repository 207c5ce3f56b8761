"""Leads for the exchange's staff: stages and ages of all, never what is said in them; introductions by officers."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.buyer_requests import queries as needs
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import access, actor
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.permissions import FOLLOW_DEALS, OVERSEE_DEALS
from marketplace.listings import queries as listings
from marketplace.listings.models import Listing
from marketplace.negotiation.actions import begin
from marketplace.negotiation.export import STAFF_COLUMNS
from marketplace.negotiation.forms.leads import IntroduceForm
from marketplace.negotiation.lifecycle import LEAD
from marketplace.negotiation.presenter import Seen
from marketplace.negotiation.queries import lead_lists
from marketplace.negotiation.queries.leads import path_of
from marketplace.negotiation.views.blueprint import bp
from marketplace.negotiation.views.filters import address, requested
from marketplace.negotiation.views.mine import MOST_ROWS
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.vocabulary import LEAD_ORIGINS
from marketplace.web.i18n import language
from marketplace.web.paging import Paging, requested_page
from marketplace.web.spreadsheet import csv_answer
from marketplace.web.templating import number

SIZE = 50
SORT = "idle"  # what stands still longest comes first


@bp.get("/staff/leads")
@access(OVERSEE_DEALS)
def staff_leads() -> ResponseReturnValue:
    """List all leads by stage and age."""
    filters = requested(SORT)
    page, offset = requested_page(SIZE)
    found, total = lead_lists.everywhere(filters, actor(), offset, SIZE)
    return render_template(
        "negotiation/staff.html",
        rows=[Seen(lead, actor()) for lead in found], filters=filters, counts=lead_lists.states(), address=address,
        paging=Paging(page, SIZE, total), lifecycle=LEAD, origins=LEAD_ORIGINS.choices(language()),
        stages=_stages(), idle=_idle_choices(), now=clock.now(), may_introduce=actor().may(FOLLOW_DEALS),
    )


def _stages() -> list[tuple[str, str]]:
    """Return the choices of stages, each with the number of its leads."""
    counts = lead_lists.states()
    return [(state, f"{_(LEAD.label(state))} ({number(counts.get(state, 0))})") for state in LEAD.names]


def _idle_choices() -> list[tuple[int, str]]:
    return [
        (days, ngettext("Nothing for %(num)s day", "Nothing for %(num)s days", days)) for days in lead_lists.IDLE_STEPS
    ]


@bp.get("/staff/leads.csv")
@access(OVERSEE_DEALS)
def export_staff_leads() -> ResponseReturnValue:
    """Download all leads, as filtered."""
    found, _total = lead_lists.everywhere(requested(SORT), actor(), 0, MOST_ROWS)
    return csv_answer("leads", STAFF_COLUMNS, [Seen(lead, actor()) for lead in found])


@bp.route("/staff/leads/introduce", methods=["GET", "POST"])
@access(FOLLOW_DEALS)
def introduce() -> ResponseReturnValue:
    """Connect a technology with a need; both sides are told."""
    form, status = IntroduceForm(), 200
    if request.method == "POST":
        status = 422
        try:
            fine, things = form.validate_on_submit(), _named(form)
            if fine and things:
                return _introduced(form, *things)
        except Invalid as error:
            form.add_error(error)
    else:
        form.listing.data, form.need.data = request.args.get("listing", ""), request.args.get("need", "")
    return render_template("negotiation/introduce.html", form=form), status


def _named(form: IntroduceForm) -> tuple[Listing, BuyerRequest] | None:
    """Return what both codes name; what is wrong with either stands beside it, whatever else is wrong."""
    listing = need = None
    nothing = N_("There is nothing of this code that you may introduce.")
    try:
        listing = None if form.listing.errors else listings.readable(form.listing.data.upper(), actor())
    except NotFound:
        form.add_error(Invalid("listing", nothing))
    try:
        need = None if form.need.errors else needs.readable(form.need.data.upper(), actor())
    except NotFound:
        form.add_error(Invalid("need", nothing))
    return (listing, need) if listing and need else None


def _introduced(form: IntroduceForm, listing: Listing, need: BuyerRequest) -> ResponseReturnValue:
    before = clock.now()
    lead = begin.introduce(listing, need, actor(), form.note.data)
    if lead.created_at < before:
        flash(_("These two are in contact already."), "info")
    else:
        flash(_("Introduced. Both sides are told and have ten working days to take it up."), "success")
    return redirect(path_of(lead))
