"""Pages of terms: the versions on the page of a lead, one version with its answer, and the form that proposes one."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed, NotFound, Stale
from marketplace.core.extensions import db
from marketplace.core.permissions import SIGNED_IN
from marketplace.negotiation import agreement, terms_prefill, terms_versions
from marketplace.negotiation.actions import terms
from marketplace.negotiation.forms.terms import TermsForm
from marketplace.negotiation.lifecycle import TERMS
from marketplace.negotiation.models import Lead, Terms
from marketplace.negotiation.queries import leads
from marketplace.negotiation.terms_fields import values_of
from marketplace.negotiation.terms_rules import problems, settled
from marketplace.negotiation.views.blueprint import bp
from marketplace.negotiation.visibility import is_party
from marketplace.web.errors import text_of
from marketplace.web.forms import ReasonForm
from marketplace.web.mark_read import note_seen

ANSWERS = ("accept", "decline", "withdraw")


def terms_of(lead: Lead) -> dict[str, Any]:
    """Return the variables of `negotiation/_terms.html`; none but the two sides read what is proposed."""
    if not is_party(lead, actor()):
        return {"versions": None}
    found = terms_versions.versions(lead, actor())
    return {
        "versions": found,
        "older_versions": range(found[-1].terms.number - 1, 0, -1) if found else (),
        "terms_open": terms.is_open(lead),
        "terms_refusal": refusal(lead),
    }


def refusal(lead: Lead) -> str:
    """Return why this person cannot propose terms now, in their language; empty when they can."""
    try:
        terms.check_proposing(lead, actor())
    except (NotAllowed, IllegalMove) as error:
        return text_of(error)
    return ""


def _lead(code: str, *, lock: bool = False) -> Lead:
    lead = leads.readable(code, actor(), lock=lock)
    if not is_party(lead, actor()):
        raise NotFound  # staff see that there are terms, not what they say
    return lead


@bp.route("/leads/<code>/terms/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new_terms(code: str) -> ResponseReturnValue:
    """Propose a version of terms; nothing typed is lost when it is refused or somebody was faster."""
    lead = _lead(code)
    newest = terms.latest(lead)
    form = TermsForm(data={**terms_prefill.beginning(lead, newest), "based_on": newest.number if newest else 0})
    form.ready(lead)
    if not form.is_submitted():
        terms.check_proposing(lead, actor())
        return _form_page(lead, form)
    if form.handle_button():
        return _form_page(lead, form)
    status = 422
    try:
        if form.validate_on_submit() and (made := _propose(_lead(code, lock=True), form)):
            flash(_("Version %(number)s was sent to the other side.", number=made.number), "success")
            return redirect(f"{leads.path_of(lead)}#terms")
    except Invalid as error:
        form.add_error(error)
    except (Stale, IllegalMove) as error:
        return _conflict_page(code, form, error), 409
    return _form_page(lead, form), status


def _propose(lead: Lead, form: TermsForm) -> Terms | None:
    """Propose what was filled in; None when rules are broken, which then stands beside the fields."""
    terms.check_proposing(lead, actor())
    found = problems(lead, settled(lead, form.chosen()))
    for problem in found:
        form.add_error(problem)
    if found:
        return None
    return terms.propose(lead, actor(), form.chosen(), form.note.data or "", based_on=form.opened_on())


def _conflict_page(code: str, form: TermsForm, error: Stale | IllegalMove) -> str:
    """Show the form again with what was typed, and beside it what the other person proposed or decided."""
    db.session.rollback()
    lead = _lead(code)
    newest, opened_on = terms.latest(lead), form.opened_on()
    faster = newest is not None and newest.number != opened_on
    if isinstance(error, IllegalMove) or not faster:
        form.form_errors.append(text_of(error))
    if newest is None or not faster:
        return _form_page(lead, form)
    form.based_on.data = str(newest.number)  # sending again is then a decision, not an accident
    before = next((one for one in lead.terms if one.number == opened_on), None)
    shown = terms_versions.version(lead, newest.number, actor())
    if before:
        changes = terms_versions.differences(values_of(before), values_of(newest))
    else:  # opened when there was no version: what was typed is compared with the one that came first
        changes = terms_versions.differences(values_of(newest), settled(lead, form.chosen()))
    return _form_page(lead, form, newer=shown, newer_changes=changes, opened_on=opened_on)


def _form_page(lead: Lead, form: TermsForm, **more: Any) -> str:
    return render_template(
        "negotiation/terms_new.html", lead=lead, form=form, lead_path=leads.path_of(lead), **more
    )


@bp.get("/leads/<code>/terms/<int:number>")
@access(SIGNED_IN)
def show_terms(code: str, number: int) -> ResponseReturnValue:
    """Show one version to the two sides, with what accepting it would mean."""
    return _page(_lead(code), number)


def _page(lead: Lead, number: int, answer: ReasonForm | None = None) -> str:
    shown = terms_versions.version(lead, number, actor()) or abort(404)
    roles = shown.terms.roles_of(actor())
    rows = TERMS.actions_for(shown.terms.state, roles) if terms.is_open(lead) else ()
    may = {row.action for row in rows}
    newest = terms.latest(lead)
    return render_template(
        "negotiation/terms.html",
        lead=lead, version=shown, sections=terms_versions.sections(shown.terms), may=may,
        lead_path=leads.path_of(lead), answer=answer, newest=newest.number if newest else number,
        notices=_notices(lead, shown.terms) if "accept" in may else [],
        schedule=terms_versions.schedule(shown.terms), money_heading=_(terms_versions.MONEY_HEADING),
        counterpart="counterpart" in roles, who_binds=_(terms.who_binds(lead, actor())), refusal=refusal(lead),
    )


def _notices(lead: Lead, version: Terms) -> list[dict[str, Any]]:
    """Return what accepting would mean, in the reader's language."""
    return [
        {"text": _(one.message) % one.params if one.params else _(one.message), "tone": one.tone, "stops": one.stops}
        for one in agreement.preview(lead, version)
    ]


@bp.post("/leads/<code>/terms/<int:number>/<action>")
@access(SIGNED_IN)
def answer_terms(code: str, number: int, action: str) -> ResponseReturnValue:
    """Accept, decline or withdraw a version; who comes second sees what happened and keeps what was typed."""
    if action not in ANSWERS:
        abort(404)
    form = ReasonForm()
    form.refused = action
    try:
        lead = _lead(code, lock=True)
        version = terms.numbered(lead, number)
        if form.validate_on_submit():
            note_seen(leads.path_of(lead))
            return redirect(_answer(version, action, form.reason.data or ""))
    except Invalid as error:
        form.add_error(error)
    except (Stale, IllegalMove) as error:
        db.session.rollback()
        lead = _lead(code)
        form.form_errors.append(_replaced(lead, number) or text_of(error))
        return _page(lead, number, form), 409
    return _page(_lead(code), number, form), 422


def _replaced(lead: Lead, number: int) -> str:
    """Return that a newer version has taken the place of this one, empty when it has not."""
    newest = terms.latest(lead)
    if newest is None or newest.number == number or terms.numbered(lead, number).state != "superseded":
        return ""
    return _("Version %(newest)s has replaced version %(number)s. Your answer was not applied.", newest=newest.number,
             number=number)


def _answer(version: Terms, action: str, reason: str) -> str:
    """Do it, and return where to go."""
    here = f"{leads.path_of(version.lead)}#terms"
    if action == "accept":
        bound = {version.supplier_accepted_by_id, version.buyer_accepted_by_id}
        if version.state == "accepted" and actor().user_id in bound:
            return here  # a double click
        path = terms.accept(version, actor())
        flash(_("Both sides have agreed. The deal is open."), "success")
        return path or here
    if action == "decline":
        terms.decline(version, actor(), reason)
        flash(_("Declined. The other side reads your reason and may propose again."), "success")
    else:
        terms.withdraw(version, actor())
        flash(_("The proposal was withdrawn."), "success")
    return here

