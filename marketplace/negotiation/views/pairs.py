"""The officers' list of strong pairs that nobody has acted on; one press introduces the two sides."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.permissions import FOLLOW_DEALS
from marketplace.matching import queries as matches
from marketplace.matching.models import Match
from marketplace.negotiation.actions import begin
from marketplace.negotiation.export import PAIR_COLUMNS
from marketplace.negotiation.forms.leads import PairForm
from marketplace.negotiation.presenter import ShownPair
from marketplace.negotiation.queries import pairs
from marketplace.negotiation.queries.leads import path_of
from marketplace.negotiation.views.blueprint import bp
from marketplace.values import clock
from marketplace.values.text import N_, clean_line
from marketplace.vocabulary import UNSUITABLE_REASONS
from marketplace.web.i18n import language
from marketplace.web.paging import Paging, requested_page
from marketplace.web.spreadsheet import csv_answer

SIZE = 20
SORT_LABELS = {"score": N_("Best match first"), "deadline": N_("Answers end soonest first"), "newest": N_("Newest first")}


def _requested() -> pairs.PairFilters:
    sort = request.args.get("sort", "")
    return pairs.PairFilters(clean_line(request.args.get("q", ""))[:200], sort if sort in pairs.SORTS else "score")


@bp.get("/staff/pairs")
@access(FOLLOW_DEALS)
def strong_pairs() -> ResponseReturnValue:
    """List the strongest pairs that nobody has acted on."""
    return _page()


def _page(form: PairForm | None = None, refused: int = 0) -> str:
    filters = _requested()
    page, offset = requested_page(SIZE)
    ids = pairs.untouched(filters, actor())
    shown = [ShownPair(one, actor()) for one in matches.by_ids(ids[offset:offset + SIZE], actor())]
    kept = {"q": filters.text, "sort": filters.sort if filters.sort != "score" else ""}
    return render_template(
        "negotiation/pairs.html", pairs=shown, filters=filters, sorts=SORT_LABELS, form=form, refused=refused,
        paging=Paging(page, SIZE, len(ids)), more=len(ids) >= pairs.MOST, most=pairs.MOST, words=_introduction,
        here=request.full_path.rstrip("?"), unsuitable=UNSUITABLE_REASONS.choices(language()),
        export=url_for("negotiation.export_pairs") + ("?" + urlencode(kept) if any(kept.values()) else ""),
    )


@bp.get("/staff/pairs.csv")
@access(FOLLOW_DEALS)
def export_pairs() -> ResponseReturnValue:
    """Download the list, as filtered."""
    found = matches.by_ids(pairs.untouched(_requested(), actor()), actor())
    return csv_answer("pairs", PAIR_COLUMNS, [ShownPair(one, actor()) for one in found])


@bp.post("/staff/pairs/<int:match_id>/introduce")
@access(FOLLOW_DEALS)
def introduce_pair(match_id: int) -> ResponseReturnValue:
    """Introduce the two sides of a pair to each other."""
    match = matches.visible(match_id, actor())
    if match is None:
        raise NotFound
    form, before = PairForm(), clock.now()
    form.check_acting()
    try:
        if form.validate_on_submit():
            lead = begin.introduce(match.listing, match.buyer_request, actor(), form.note.data or _introduction(match))
            if lead.created_at < before:
                flash(_("These two are in contact already."), "info")
                return redirect(path_of(lead))
            flash(_("Introduced. Both sides are told and have ten working days to take it up."), "success")
            return redirect(url_for("negotiation.strong_pairs"))
    except DomainError as error:
        form.add_error(error)
    return _page(form, match_id), 422


def _introduction(pair: Match | ShownPair) -> str:
    """Return what both sides read when the officer writes nothing; in the language of the exchange."""
    with force_locale("vi"):
        shown = pair if isinstance(pair, ShownPair) else ShownPair(pair, actor())
        return _("The exchange compared both texts: %(criteria)s fit. We suggest that you talk with each other.",
                 criteria=shown.fitting)
