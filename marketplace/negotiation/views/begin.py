"""How leads begin on the web: interest in a technology. Answers to needs are `marketplace.answers`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.buyer_requests.lifecycle import ANSWERABLE_STATES
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import access, actor
from marketplace.core.errors import DomainError, IllegalMove, Invalid, NotAllowed
from marketplace.core.extensions import db, limiter
from marketplace.core.permissions import SIGNED_IN
from marketplace.core.subjects import subject_of
from marketplace.listings import queries as listings
from marketplace.listings.models import Listing
from marketplace.negotiation.actions import begin as begin_actions
from marketplace.negotiation.eligibility import actor_refusal, listing_refusal
from marketplace.negotiation.forms.leads import BeginForm
from marketplace.negotiation.models import Lead
from marketplace.negotiation.presenter import about
from marketplace.negotiation.queries.leads import path_of
from marketplace.negotiation.views.blueprint import bp
from marketplace.values.text import N_
from marketplace.web.errors import STATUS, text_of
from marketplace.web.i18n import language

T = TypeVar("T", Listing, BuyerRequest)
MOST = 200  # own things offered in the select


@bp.route("/technologies/<ref>/interest", methods=["GET", "POST"])
@limiter.limit("30 per hour", methods=["POST"])
@access(SIGNED_IN)
def interest(ref: str) -> ResponseReturnValue:
    """Express interest in a technology, perhaps for a need of one's own."""
    listing = listings.readable(listings.code_of(ref)[0], actor())
    known = begin_actions.open_one(begin_actions.known_interest(listing.id, actor().org_id or 0))
    refusal = actor_refusal(actor()) or listing_refusal(listing, actor())
    form = BeginForm()
    form.offer(_("For which need of yours"), _own_needs())
    hint = _("The owner then reads that need too and learns that it is yours, also when you asked for it to stay hidden.")
    shown = {"thing": about(listing), "path": listings.path_of(listing), "hint": hint}

    def begin() -> Lead:
        need = _own(BuyerRequest, form.thing.data)
        return begin_actions.express_interest(listing, actor(), form.text.data, need, once=form.once.data or "")

    return _answer(form, begin, known, refusal, shown)


def _answer(
    form: BeginForm, begin: Callable[[], Lead], known: Lead | None, refusal: DomainError | None, shown: dict[str, Any]
) -> ResponseReturnValue:
    """Show the form, or why it cannot be; send it and go to the conversation."""
    status = 200
    if request.method == "POST":
        try:
            form.check_acting()
            if refusal is not None:
                raise refusal
            if form.validate_on_submit():
                return _begun(begin(), known)
            status = 422
        except (Invalid, IllegalMove, NotAllowed) as error:
            form.add_error(error)
            status = next(code for kind, code in STATUS if isinstance(error, kind))
    elif request.args.get("thing"):
        form.thing.data = request.args["thing"]
    why = text_of(refusal) if refusal else ""
    page = render_template("negotiation/begin.html", form=form, known=known, known_path=path_of(known) if known else "",
                           refusal=why, **shown)
    return page, status


def _begun(lead: Lead, known: Lead | None) -> ResponseReturnValue:
    if known is not None and known.id == lead.id:
        flash(_("You are in contact about this already; your message was added to that conversation."), "success")
    else:
        flash(_("Sent. The other side has ten working days to answer; you see it here."), "success")
    return redirect(path_of(lead))


def _own_needs() -> list[tuple[str, str]]:
    """Return (code, "code title") of the needs of the organisation acted for that take answers."""
    rows = select(BuyerRequest).where(BuyerRequest.org_id == actor().org_id, BuyerRequest.state.in_(ANSWERABLE_STATES))
    rows = rows.options(joinedload(BuyerRequest.published_revision)).order_by(BuyerRequest.id.desc()).limit(MOST)
    return [_choice(one) for one in db.session.scalars(rows)]


def _choice(thing: Any) -> tuple[str, str]:
    return thing.code, f"{thing.code} · {subject_of(thing).title(thing, language())}"


def _own(table: type[T], code: str) -> T | None:
    """Return the own thing chosen, None when none was. Raises Invalid on `thing` for another's."""
    if not code:
        return None
    found = db.session.scalar(select(table).where(table.code == code, table.org_id == actor().org_id))
    if found is None:
        raise Invalid("thing", N_("Please choose from the list."))
    return found
