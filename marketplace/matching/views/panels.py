"""The panels of matches on the pages of needs and listings, and the operators' marks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from marketplace.authoring.kinds import Kind
from marketplace.buyer_requests.lifecycle import ANSWERABLE_STATES, OPEN_STATES
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.buyer_requests.queries import invited_on
from marketplace.buyer_requests.visibility import public_party
from marketplace.core.access import Actor, access, actor
from marketplace.core.permissions import EDIT_CONTENT, MARK_MATCHES, STAFF
from marketplace.core.reader_language import title_in
from marketplace.core.subjects import subject, subject_of
from marketplace.listings.lifecycle import OFFERED_STATES
from marketplace.listings.models import Listing
from marketplace.matching import duplicates, queries
from marketplace.matching.actions import invite_to_answer, mark
from marketplace.matching.feedback import record_feedback, side_of
from marketplace.matching.forms import MarkForm
from marketplace.matching.formula import CONFIDENCES, STRENGTHS, confidence_word
from marketplace.matching.models import Match
from marketplace.matching.presenter import rows
from marketplace.vocabulary import UNSUITABLE_REASONS
from marketplace.web.forms import ExchangeForm
from marketplace.web.i18n import language
from marketplace.web.views import local_target

bp = Blueprint("matching", __name__)


@bp.post("/matches/<int:match_id>/<any(suggest, dismiss, clear):verb>")
@access(STAFF)
def set_mark(match_id: int, verb: str) -> ResponseReturnValue:
    """Suggest or dismiss a match, or take the mark back."""
    form = MarkForm()
    form.check_acting()
    form.validate()
    mark(match_id, verb, actor(), form.reason.data or "", form.reason_code.data or "")
    flash(_("Saved."), "success")
    return redirect(local_target(request.form.get("next")))


@bp.post("/matches/<int:match_id>/invite")
@access(EDIT_CONTENT)
def invite(match_id: int) -> ResponseReturnValue:
    """Invite the owner of a technology to answer the need that it fits."""
    ExchangeForm().check_acting()
    invitation = invite_to_answer(match_id, actor())
    flash(_("%(name)s is invited to answer.", name=invitation.organisation.name_in(language())), "success")
    return redirect(local_target(request.form.get("next")))


@bp.post("/matches/<int:match_id>/feedback/<any(useful, \"not-useful\", clear):word>")
@access(EDIT_CONTENT)
def give_feedback(match_id: int, word: str) -> ResponseReturnValue:
    """Note what the organisation acted for thinks of a match."""
    ExchangeForm().check_acting()
    record_feedback(match_id, word, actor())
    flash(_("Hidden. You can bring it back under “hidden by you”.") if word == "not-useful" else _("Saved."), "success")
    return redirect(local_target(request.form.get("next")))


def need_panel(need: BuyerRequest, reader: Actor) -> Markup | None:
    """Show the best listings on a need's page."""
    if need.state not in OPEN_STATES:
        return None
    found = queries.for_need(need.id, reader, hidden=_hidden_wanted(need.org_id, reader))
    return _panel(need, found, reader, f"/needs/{need.code}")


def listing_panel(listing: Listing, reader: Actor) -> Markup | None:
    """Show the open needs on a listing's page."""
    if listing.state not in OFFERED_STATES:
        return None
    found = queries.for_listing(listing.id, reader, hidden=_hidden_wanted(listing.org_id, reader))
    return _panel(listing, found, reader, f"/technologies/{listing.code}")


def _hidden_wanted(org_id: int, reader: Actor) -> bool:
    return reader.org_id == org_id and request.args.get("matches") == "hidden"


def dashboard_panel(_thing: Any, reader: Actor) -> Markup | None:
    """Show an organisation's strongest matches on its dashboard."""
    if reader.org_id is None:
        return None
    matches = queries.for_organisation(reader.org_id, reader)
    found = [_shown(one, one.buyer_request if one.buyer_request.org_id == reader.org_id else one.listing, reader)
             for one in matches]
    return Markup(render_template("matching/_dashboard.html", matches=found)) if found else None  # noqa: S704 - a template


def alike_panel(draft: tuple[Kind, Any, Any], reader: Actor) -> Markup | None:
    """Tell who is about to submit what of theirs, or of what everybody may read, looks the same."""
    kind, thing, revision = draft
    found = duplicates.for_submitter(kind, thing, revision, reader)
    if not found:
        return None
    declared = subject(kind.name)
    items = [
        {"code": one.thing.code, "title": one.title, "percent": one.percent, "same": one.same_title,
         "own": one.thing.org_id == reader.org_id,
         "href": declared.own_path(one.thing) if one.thing.org_id == reader.org_id else declared.path(one.thing, reader)}
        for one in found
    ]
    return Markup(render_template("matching/_alike.html", items=items))  # noqa: S704 - a template


def _panel(own: BuyerRequest | Listing, found: queries.Shown, reader: Actor, here: str) -> Markup:
    own_side = reader.org_id == own.org_id and reader.may(EDIT_CONTENT)
    said = queries.said_of(found.matches, reader.org_id)
    need = own if own_side and isinstance(own, BuyerRequest) and own.state in ANSWERABLE_STATES else None
    html = render_template(
        "matching/_panel.html", side=own.subject_kind, here=here, hidden=found.hidden, strengths=STRENGTHS,
        confidences=CONFIDENCES,
        matches=[_shown(one, own, reader, said.get(one.id, frozenset())) for one in found.matches],
        operator=reader.may(MARK_MATCHES),
        own=reader.org_id == own.org_id, showing_hidden=_hidden_wanted(own.org_id, reader),
        invites=need is not None, invited=invited_on(need.id) if need is not None else {},
        answers=own_side and isinstance(own, Listing) and reader.org_verified,
        unsuitable=UNSUITABLE_REASONS.choices(language()),
    )
    return Markup(html)  # noqa: S704 - a template


def _shown(match: Match, own: Any, reader: Actor, said: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return what the template shows of the other side; `own` is the reader's or the page's."""
    thing: Any = match.listing if own is match.buyer_request else match.buyer_request
    party = public_party(thing, reader) if isinstance(thing, BuyerRequest) else thing.organisation
    owner = party.name_in(language()) if party else _("Requester hidden")
    return {
        "id": match.id,
        "href": subject_of(thing).path(thing, reader),
        "title": title_in(thing.published_revision, language()),
        "ours": title_in(own.published_revision, language()),
        "code": thing.code,
        "need_code": match.buyer_request.code,
        "listing_code": match.listing.code,
        "owner": owner,
        "org_id": thing.org_id,
        "answerable": match.buyer_request.state in ANSWERABLE_STATES,
        "score": match.score // 10,
        "strength": match.strength,
        "confidence": confidence_word(match.confidence),
        "excluded": match.excluded_by,
        "factors": rows(match.factors, own.subject_kind),
        "said": said,
        "party": bool(side_of(match, reader.org_id)) and reader.may(EDIT_CONTENT),
        "mark": match.mark,
        "reason": match.mark_reason,
        "code_of_reason": match.mark_code,
        "side": own.subject_kind,
    }
