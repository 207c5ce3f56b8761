"""The operators' page of matching: the formula and its weights, passes over everything, and why a pair is a match."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from marketplace.core.access import access, actor
from marketplace.core.errors import Invalid
from marketplace.core.extensions import db
from marketplace.core.permissions import STAFF, WEIGH_MATCHES
from marketplace.matching import actions, evaluation
from marketplace.matching import weights as matching_weights
from marketplace.matching.explain import find_listing, find_need, why
from marketplace.matching.factors import LABELS
from marketplace.matching.forms import WeightsForm, WhyForm
from marketplace.matching.formula import (
    CONFIDENCES,
    LEAST,
    POSSIBLE,
    STRENGTHS,
    STRONG,
    confidence_word,
)
from marketplace.matching.models import MatchRun
from marketplace.matching.presenter import rows
from marketplace.matching.store import KEEP, NEED
from marketplace.matching.views.panels import bp
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.web.forms import ExchangeForm

#: What each factor compares, and when it excludes.
MEANINGS: Mapping[str, tuple[str, str]] = {
    "text": (N_("How much of what tells the need apart the technology also says; rare words count most."), ""),
    "field": (N_("The field of science: the same, or the same broad field."), ""),
    "trl": (N_("The technology's readiness against the range asked."), N_("below the least asked for")),
    "money": (N_("How much of the price's range lies within the highest budget; above it, the nearer the better."),
              N_("at least twice the budget")),
    "form": (N_("Forms of cooperation and of transfer that both are open to."), N_("stated on both sides, none in common")),
    "place": (N_("The same province or city; another one is a drawback only."), ""),
    "control": (N_("Whether the law lets it be transferred freely or with a permit."), N_("banned from transfer")),
}
CAUSES = {"nightly": N_("every night"), "weights": N_("new weights"), "command": N_("asked for")}


@bp.get("/staff/matching")
@access(STAFF)
def staff() -> ResponseReturnValue:
    """Show how matches are computed, how the last passes went and what people said of the result."""
    return _page(_present())


@bp.post("/staff/matching/weights")
@access(STAFF)
def set_weights() -> ResponseReturnValue:
    """Set new weights."""
    form = _labelled(WeightsForm())
    if form.validate_on_submit():
        try:
            actions.reweigh(form.weights(), form.effective_on.data or clock.today(), form.note.data, actor())
        except Invalid as error:
            form.add_error(error)
        else:
            flash(_("Saved. Matches are computed anew behind the pages."), "success")
            return redirect(url_for("matching.staff"))
    return _page(form), 422


@bp.post("/staff/matching/rematch")
@access(STAFF)
def begin_rematch() -> ResponseReturnValue:
    """Match everything anew."""
    ExchangeForm().check_acting()
    actions.begin_rematch(actor())
    flash(_("Begun. This page shows how far it is."), "success")
    return redirect(url_for("matching.staff"))


@bp.get("/staff/matching/why")
@access(STAFF)
def why_pair() -> ResponseReturnValue:
    """Show every factor of one pair, and what excludes it."""
    form = WhyForm(request.args, meta={"csrf": False})
    asked, answer = bool(request.args), None
    if asked and form.validate():
        need, listing = find_need(form.need.data, actor()), find_listing(form.listing.data, actor())
        for name, found in (("need", need), ("listing", listing)):
            if found is None:
                form[name].errors = [_("There is nothing published under this code.")]
        if need is not None and listing is not None:
            answer = why(need, listing)
    page = render_template("matching/why.html", form=form, answer=answer, shown=_answer(answer) if answer else None,
                           keep=KEEP, strengths=STRENGTHS, confidences=CONFIDENCES)
    return page, 422 if asked and form.errors else 200


def _answer(answer: Any) -> dict[str, Any] | None:
    if answer.scored is None:
        return None
    verdict, weights = answer.scored.verdict, matching_weights.current_weights()
    factors = [factor.as_row(weights[factor.factor]) for factor in answer.scored.factors]
    excluding = [_(LABELS[factor.factor]) for factor in answer.scored.factors if factor.excludes]
    points = [
        {**row, "weight": factor["weight"], "score": round(100 * factor["score"]), "excludes": factor["excludes"]}
        for row, factor in zip(rows(factors, NEED, whole=True), factors, strict=True)
    ]
    return {"verdict": verdict, "factors": points, "excluding": excluding,
            "confidence": confidence_word(verdict.confidence), "worth": answer.scored.worth}


def _present() -> WeightsForm:
    """Return the form filled with the weights in force."""
    return _labelled(WeightsForm(data={**matching_weights.current_weights(), "effective_on": clock.today()}))


def _labelled(form: WeightsForm) -> WeightsForm:
    for name, label in LABELS.items():
        form[name].label.text = _(label)
    return form


def _page(form: WeightsForm) -> str:
    who = actor()
    return render_template(
        "matching/staff.html",
        form=form, why=WhyForm(formdata=None, meta={"csrf": False}), weights=matching_weights.current_weights(),
        labels=LABELS, meanings=MEANINGS, versions=matching_weights.versions(20), causes=CAUSES, strengths=STRENGTHS,
        runs=db.session.scalars(select(MatchRun).order_by(MatchRun.id.desc()).limit(5)).all(),
        report=evaluation.report(), may_change=who.may(WEIGH_MATCHES), now=clock.now(),
        limits={"strong": STRONG // 10, "possible": POSSIBLE // 10, "least": LEAST // 10}, keep=KEEP,
    )
