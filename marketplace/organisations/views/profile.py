"""The profile of the organisation acted for: create, sections, documents, submission."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.calendar_days import review_days, review_due
from marketplace.core.errors import Invalid, Missing, Stale
from marketplace.core.permissions import ACTING, MANAGE_ORGANISATION, SIGNED_IN
from marketplace.files.access import file_url
from marketplace.files.actions import attachments
from marketplace.organisations import actions, actors, queries
from marketplace.organisations.completeness import MissingFact, missing
from marketplace.organisations.event_labels import SECTIONS
from marketplace.organisations.forms import (
    AboutForm,
    AddressForm,
    ContactForm,
    DocumentForm,
    IdentityForm,
    NewOrganisationForm,
)
from marketplace.organisations.lifecycle import EDITABLE_STATES, ORGANISATION
from marketplace.organisations.models import Organisation
from marketplace.organisations.timeline import timeline
from marketplace.organisations.views.blueprint import bp
from marketplace.values import clock
from marketplace.vocabulary import ORGANISATION_REASONS, SUSPENSION_REASONS
from marketplace.web.forms import ExchangeForm

FORMS: dict[str, type[ExchangeForm]] = {
    "identity": IdentityForm, "address": AddressForm, "about": AboutForm, "contact": ContactForm,
}
NEXT = dict(zip(SECTIONS, [*list(SECTIONS)[1:], ""], strict=True))
NOT_FACTS = {"acting", "lock", "csrf_token", "accept_recheck"}


@bp.route("/my/organisations/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def create() -> ResponseReturnValue:
    """Register an organisation as a draft and act for it."""
    form = NewOrganisationForm()
    if form.submit(lambda: actors.act_for(actions.create(actor(), kind=form.kind.data, name=form.name.data).id)):
        return redirect(url_for("organisations.edit", section="identity"))
    return render_template("organisations/new.html", form=form), 422 if form.errors else 200


@bp.get("/my/organisation")
@access(ACTING)
def overview() -> ResponseReturnValue:
    """Where the organisation stands, what lacks, what happened."""
    return _overview(queries.acted_for(actor()))


def _overview(organisation: Organisation, problem: str = "") -> str:
    files = attachments(organisation)
    return render_template(
        "organisations/overview.html",
        organisation=organisation,
        lacks=_lacks(missing(organisation, [file.role for file in files]), linked=actor().may(MANAGE_ORGANISATION)),
        files=[(file, file_url(file)) for file in files],
        taken=organisation.state in {"draft", "needs_info"} and actions.tax_code_taken(organisation),
        moves=ORGANISATION.actions_for(organisation.state, organisation.roles_of(actor()) & {"admin"}),
        events=timeline(organisation, actor()),
        lifecycle=ORGANISATION, problem=problem,
        submit_url=lambda action: url_for(f"organisations.{action}"),
        reasons=SUSPENSION_REASONS if organisation.decision_reason_code in SUSPENSION_REASONS else ORGANISATION_REASONS,
    )


@bp.route("/my/organisation/edit/<section>", methods=["GET", "POST"])
@access(MANAGE_ORGANISATION)
def edit(section: str) -> ResponseReturnValue:
    """One section of the profile."""
    if section not in SECTIONS:
        abort(404)
    if section == "documents":
        return redirect(url_for("organisations.documents"))
    organisation = queries.acted_for(actor())
    form = FORMS[section](obj=organisation) if request.method == "GET" else FORMS[section]()
    if "show_wards" in request.form:
        form.check_acting()
        return _section(organisation, section, form)
    if form.validate_on_submit():
        try:
            _save(organisation, form)
        except Stale as error:
            form.overtaken(error, organisation.lock)
            return _section(organisation, section, form), 409
        except Invalid as error:
            form.add_error(error)
            return _section(organisation, section, form), 422
        flash(_("Saved."), "success")
        following = NEXT[section] if "go_on" in request.form else ""
        target = url_for("organisations.edit", section=following) if following else url_for("organisations.overview")
        return redirect(target)
    return _section(organisation, section, form), 422 if form.errors else 200


def _save(organisation: Organisation, form: ExchangeForm) -> None:
    values = {name: value for name, value in form.data.items() if name not in NOT_FACTS}
    accepted = bool(form.data.get("accept_recheck"))
    actions.change(organisation, actor(), values, form.lock_value(), accept_recheck=accepted)


def _section(organisation: Organisation, section: str, form: ExchangeForm, **more: Any) -> str:
    files = attachments(organisation)
    lacks = missing(organisation, [file.role for file in files])
    return render_template(
        f"organisations/edit/{section}.html",
        organisation=organisation, form=form, section=section, lacks=_lacks(lacks),
        steps=_steps(section, {lack.section for lack in lacks}), following=NEXT[section],
        editable=organisation.state in EDITABLE_STATES, **more,
    )


def _lacks(lacks: list[MissingFact], *, linked: bool = True) -> list[dict[str, str]]:
    """Return what is missing for submission, each with a link to its field where the reader may fill it in."""
    return [
        {"label": _(lack.label),
         "href": f"{url_for('organisations.edit', section=lack.section)}#{lack.field}" if linked else ""}
        for lack in lacks
    ]


def _steps(section: str, incomplete: set[str]) -> list[dict[str, str]]:
    """Return the sections of the profile as steps."""
    return [
        {"label": _(label), "href": url_for("organisations.edit", section=name),
         "state": "current" if name == section else "todo" if name in incomplete else "done"}
        for name, label in SECTIONS.items()
    ]


@bp.route("/my/organisation/documents", methods=["GET", "POST"])
@access(MANAGE_ORGANISATION)
def documents() -> ResponseReturnValue:
    """Documents for the operators: list and add."""
    organisation = queries.acted_for(actor())
    form = DocumentForm()
    if form.submit(
        lambda: actions.add_document(organisation, actor(), form.file.data, form.kind.data, form.caption.data)
    ):
        flash(_("The document is saved."), "success")
        return redirect(url_for("organisations.documents"))
    files = [(file, file_url(file)) for file in attachments(organisation)]
    return _section(organisation, "documents", form, files=files), 422 if form.errors else 200


@bp.post("/my/organisation/documents/<int:attachment_id>/remove")
@access(MANAGE_ORGANISATION)
def remove_document(attachment_id: int) -> ResponseReturnValue:
    """Take a document off."""
    ExchangeForm().check_acting()
    actions.remove_document(queries.acted_for(actor()), actor(), attachment_id)
    flash(_("The document is removed."), "success")
    return redirect(url_for("organisations.documents"))


@bp.post("/my/organisation/submit")
@access(MANAGE_ORGANISATION)
def submit() -> ResponseReturnValue:
    """Send the organisation to verification."""
    ExchangeForm().check_acting()
    organisation = queries.acted_for(actor())
    kind = organisation.subject_kind
    try:
        actions.submit(organisation, actor(), review_due(kind, clock.now()))
    except (Missing, Invalid) as error:
        return _overview(organisation, problem=_(error.message)), 422
    flash(_("Submitted. An operator answers within %(days)s working days.", days=review_days(kind)), "success")
    return redirect(url_for("organisations.overview"))


@bp.post("/my/organisation/withdraw")
@access(MANAGE_ORGANISATION)
def withdraw() -> ResponseReturnValue:
    """Take the submission back."""
    ExchangeForm().check_acting()
    actions.withdraw(queries.acted_for(actor()), actor())
    flash(_("The submission is withdrawn."), "success")
    return redirect(url_for("organisations.overview"))
