"""Pages of a deal that are forms of their own: signature, delivery of a milestone, acceptance."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor, requires_fresh_sign_in
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.extensions import limiter
from marketplace.core.permissions import ACTING
from marketplace.deals import file_access
from marketplace.deals.actions import acceptance as acceptance_actions
from marketplace.deals.actions import milestones, signing
from marketplace.deals.forms import AcceptanceForm, DeliveryForm, SignatureForm
from marketplace.deals.lifecycle import MILESTONE
from marketplace.deals.models import Deal
from marketplace.deals.queries import loading
from marketplace.deals.views.blueprint import bp
from marketplace.deals.views.changing import change, change_with
from marketplace.deals.views.context import held_back
from marketplace.deals.views.show import page
from marketplace.files.actions import Received, all_received, received, required
from marketplace.values import clock
from marketplace.web.forms import ReasonForm


def own_deal(code: str) -> Deal:
    """Return the deal for the page of a form. Raises NotAllowed for readers who write for neither side."""
    deal = loading.readable(code, actor())
    if not deal.roles_of(actor()) & {"supplier", "buyer"}:
        raise NotAllowed
    return deal


def step_closed(code: str) -> ResponseReturnValue:
    """Lead an old link to a step that is over to the deal, which says where it stands."""
    flash(_("This step is not open now; the page shows where the deal stands."), "info")
    return redirect(f"/deals/{code}")


@bp.route("/deals/<code>/signature", methods=["GET", "POST"])
@limiter.limit("60 per hour", methods=["POST"])
@access(ACTING)
@requires_fresh_sign_in("GET", "POST")
def signature(code: str) -> ResponseReturnValue:
    """File the signed contract of the own side."""
    if request.method == "GET":
        deal = own_deal(code)
        held = held_back(deal, "sign", actor())
        if held is None:
            return step_closed(code)
        side = deal.frozen[deal.side_of(actor())]
        form = SignatureForm(
            formdata=None, signer_name=side.get("representative", ""), signer_position=side.get("representative_title", ""),
            authority="legal_representative", signed_on=clock.today(),
        )
        return _signature_page(deal, form, held)
    form = SignatureForm()

    def work(deal: Deal, files: tuple[Received, Received | None]) -> None:
        contract, authority = files
        signing.sign(deal, actor(), signing.Signing(
            signer_name=form.signer_name.data or "", signer_position=form.signer_position.data or "",
            authority=form.authority.data or "", authority_no=form.authority_no.data or "", method=form.method.data or "",
            certificate_serial=form.certificate_serial.data or "", signed_on=form.signed_on.data,
        ), contract, authority)

    return change_with(code, form, lambda: (required(form.file), received(form.authority_file)), work, _signature_page,
                       _("Your signed contract is filed."), anchor="#signatures")


def _signature_page(deal: Deal, form: SignatureForm, held: Sequence[str] = ()) -> str:
    return render_template("deals/signature.html", deal=deal, form=form, held=held, agreed=signing.agreed_day(deal))


@bp.route("/deals/<code>/milestones/<int:milestone_id>/deliver", methods=["GET", "POST"])
@limiter.limit("120 per hour", methods=["POST"])
@access(ACTING)
def deliver(code: str, milestone_id: int) -> ResponseReturnValue:
    """Report a milestone as delivered, with documents."""

    def shown(deal: Deal, form: DeliveryForm) -> str:
        return render_template(
            "deals/delivery.html", deal=deal, form=form, milestone=milestones.milestone_of(deal, milestone_id)
        )

    if request.method == "GET":
        deal = own_deal(code)
        if "deliver" not in milestones.offered(milestones.milestone_of(deal, milestone_id), actor()):
            return step_closed(code)
        return shown(deal, DeliveryForm(formdata=None))
    milestones.milestone_of(loading.readable(code, actor()), milestone_id)  # 404 for another deal's
    form = DeliveryForm()

    def work(deal: Deal, files: list[Received]) -> None:
        milestones.deliver(milestones.milestone_of(deal, milestone_id), actor(), form.note.data or "", files)

    return change_with(code, form, lambda: all_received(form.file), work, shown,
                       _("The milestone is reported as delivered; the transferee was told."), anchor="#milestones")


@bp.post("/deals/<code>/milestones/<int:milestone_id>/<action>")
@access(ACTING)
def answer_milestone(code: str, milestone_id: int, action: str) -> ResponseReturnValue:
    """Accept a delivered milestone or return it."""
    if action not in {"accept", "return"}:
        raise NotFound
    milestones.milestone_of(loading.readable(code, actor()), milestone_id)
    form = ReasonForm()
    form.refused = f"return-{milestone_id}"

    def work(deal: Deal) -> None:
        one = milestones.milestone_of(deal, milestone_id)
        if action == "accept":
            milestones.accept(one, actor())
        else:
            milestones.give_back(one, actor(), form.reason.data or "")

    said = f"{_(MILESTONE.done(action))}."
    return change(code, form, work, lambda deal, refused: page(deal, move=refused), said, anchor="#milestones")


@bp.route("/deals/<code>/acceptance", methods=["GET", "POST"])
@limiter.limit("60 per hour", methods=["POST"])
@access(ACTING)
def acceptance(code: str) -> ResponseReturnValue:
    """Accept the whole and complete the deal."""
    if request.method == "GET":
        deal = own_deal(code)
        held = held_back(deal, "complete", actor())
        if held is None:
            return step_closed(code)
        return _acceptance_page(deal, AcceptanceForm(formdata=None, minutes_on=clock.today()), held)
    form = AcceptanceForm()

    def work(deal: Deal, files: tuple[Received | None, Received | None]) -> None:
        minutes, evidence = files
        acceptance_actions.complete(deal, actor(), acceptance_actions.Acceptance(
            minutes_no=form.minutes_no.data or "", minutes_on=form.minutes_on.data, result=form.result.data or "",
            value_realised=form.value_realised.data, minutes=minutes, evidence=evidence,
        ))

    def prepared() -> tuple[Received | None, Received | None]:
        return received(form.minutes), received(form.evidence)

    return change_with(code, form, prepared, work, _acceptance_page, _("The deal is completed."))


def _acceptance_page(deal: Deal, form: AcceptanceForm, held: Sequence[str] = ()) -> str:
    return render_template(
        "deals/acceptance.html", deal=deal, form=form, held=held,
        has_minutes=file_access.has_file(deal, "minutes"), has_evidence=file_access.has_file(deal, "evidence"),
    )
