"""The panels of matches on the pages of needs and listings, and the operators' marks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms.validators import Length

from marketplace.access import STAFF, Actor, access, actor
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.buyer_requests.visibility import public_party
from marketplace.listings.models import Listing
from marketplace.matching import queries
from marketplace.matching.actions import mark
from marketplace.matching.models import Match
from marketplace.matching.present import rows
from marketplace.text import slug
from marketplace.web.forms import ExchangeForm, LineField
from marketplace.web.i18n import language
from marketplace.web.views import local_target

bp = Blueprint("matching", __name__)


class MarkForm(ExchangeForm):
    """Why a match is marked."""

    reason = LineField(validators=[Length(max=500)])


@bp.post("/matches/<int:match_id>/<any(suggest, dismiss, clear):verb>")
@access(STAFF)
def set_mark(match_id: int, verb: str) -> ResponseReturnValue:
    """Suggest or dismiss a match, or take the mark back."""
    form = MarkForm()
    form.check_acting()
    form.validate()
    mark(match_id, verb, actor(), form.reason.data or "")
    flash(_("Saved."), "success")
    return redirect(local_target(request.form.get("next")))


def need_panel(need: BuyerRequest, reader: Actor) -> Markup | None:
    """Show the best listings on a need's page."""
    if need.state != "open":
        return None
    found = [_shown(one, "need", reader) for one in queries.for_need(need.id, reader)]
    return _panel("need", found, reader, f"/needs/{need.code}")


def listing_panel(listing: Listing, reader: Actor) -> Markup | None:
    """Show the open needs on a listing's page."""
    if listing.state not in queries.OFFERED:
        return None
    found = [_shown(one, "listing", reader) for one in queries.for_listing(listing.id, reader)]
    return _panel("listing", found, reader, f"/technologies/{listing.code}")


def dashboard_panel(_thing: Any, reader: Actor) -> Markup | None:
    """Show an organisation's strongest matches on its dashboard."""
    if reader.org_id is None:
        return None
    matches = queries.for_organisation(reader.org_id, reader)
    found = [_shown(one, "need" if one.buyer_request.org_id == reader.org_id else "listing", reader) for one in matches]
    return Markup(render_template("matching/_dashboard.html", matches=found)) if found else None  # noqa: S704 - a template


def _panel(side: str, found: list[dict[str, Any]], reader: Actor, here: str) -> Markup:
    operator = reader.is_staff("moderator", "deal_officer", "admin")
    html = render_template("matching/_panel.html", side=side, matches=found, operator=operator, here=here)
    return Markup(html)  # noqa: S704 - a template


def _shown(match: Match, ours: str, reader: Actor) -> dict[str, Any]:
    """Return what the template shows of the other side."""
    thing: Any = match.listing if ours == "need" else match.buyer_request
    own: Any = match.buyer_request if ours == "need" else match.listing
    text: Any = thing.published_revision
    path = "/technologies" if ours == "need" else "/needs"
    party = thing.organisation if ours == "need" else public_party(thing, reader)
    owner = party.name if party else _("Requester hidden")
    return {
        "id": match.id,
        "href": f"{path}/{thing.code}-{slug(text.title)}",
        "title": _title(text),
        "ours": _title(own.published_revision),
        "code": thing.code,
        "owner": owner,
        "score": match.score // 10,
        "strength": match.strength,
        "factors": rows(match.factors, ours),
        "mark": match.mark,
        "reason": match.mark_reason,
        "side": ours,
    }


def _title(text: Any) -> str:
    return str(text.title_en if language() == "en" and text.title_en else text.title)
