"""Payments between the sides of a deal: the panel on its record, and the page of each payment with what may be done now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from marketplace.core.access import Actor, access, actor
from marketplace.core.errors import NotFound
from marketplace.core.extensions import limiter
from marketplace.core.permissions import ACTING, FOLLOW_DEALS, SIGNED_IN
from marketplace.deals.models import Deal
from marketplace.files.access import file_url
from marketplace.files.actions import received
from marketplace.payments.banks.bank_table import bank_name
from marketplace.payments.dues import actions, interest_claims, payee_accounts, queries
from marketplace.payments.dues.forms import ClaimForm, ConfirmForm, ReopenForm
from marketplace.payments.dues.interest import KIND, accrued, rate_on
from marketplace.payments.dues.lifecycle import DUE, OWED
from marketplace.payments.dues.models import Due
from marketplace.payments.invoicing.pay_to import drawn
from marketplace.payments.views.blueprint import bp
from marketplace.values import clock
from marketplace.web.forms import ExchangeForm, ReasonForm

#: What needs no more than words, by the end of its address.
PLAIN: dict[str, Callable[[Due, Actor, str, int], object]] = {
    "contest": actions.contest,
    "withdraw": lambda due, who, _reason, lock: actions.withdraw(due, who, lock),
    "ask_waiver": actions.ask_waiver,
    "waive": lambda due, who, _reason, lock: actions.waive(due, who, lock),
    "refuse_waiver": lambda due, who, _reason, lock: actions.answer_waiver(due, who, lock),
    "withdraw_waiver": lambda due, who, _reason, lock: actions.answer_waiver(due, who, lock),
    "claim_interest": lambda due, who, _reason, lock: interest_claims.claim(due, who, lock),
    "agree_interest": lambda due, who, _reason, lock: interest_claims.agree(due, who, lock),
    "refuse_interest": interest_claims.refuse,
    "withdraw_interest": lambda due, who, _reason, lock: interest_claims.withdraw(due, who, lock),
}


def panel(deal: Deal, reader: Actor) -> Markup | None:
    """Return the section for the slot "deal.money": what each side owes, and what the reader may do next."""
    if not queries.may_read(deal, reader):
        return None
    dues = queries.of_deal(deal)
    if not dues:
        return None
    html = render_template(
        "payments/_dues.html", deal=deal, dues=dues, sums=queries.sums(dues), today=clock.today(), owed=OWED,
        offered={one.id: actions.offered(one, reader) for one in dues},
        href=lambda one: url_for("payments.due", code=deal.code, due_id=one.id),
    )
    return Markup(html)  # noqa: S704 - an autoescaped template


@bp.get("/deals/<code>/dues/<int:due_id>")
@access(SIGNED_IN)
def due(code: str, due_id: int) -> ResponseReturnValue:
    """Show one payment to both sides and to officers."""
    return _page(queries.readable_due(code, due_id, actor()))


@bp.get("/deals/<code>/dues/<int:due_id>/qr.svg")
@access(SIGNED_IN)
def due_qr(code: str, due_id: int) -> ResponseReturnValue:
    """Draw the code that fills in the transfer of a payment; 404 when nothing is to be paid, or nowhere to."""
    where = payee_accounts.pay_to(queries.readable_due(code, due_id, actor()), actor())
    if where is None:
        raise NotFound
    answer = Response(drawn(where.transfer.text), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _page(
    one: Due, *, claim: ClaimForm | None = None, confirm: ConfirmForm | None = None, reopen: ReopenForm | None = None,
    typed: ReasonForm | None = None,
) -> str:
    today = clock.today()
    late = max((today - one.due_on).days, 0) if one.state in OWED else 0
    claims = interest_claims.of_due(one)
    reported, refused = one.open_claim, next((form for form in (claim, confirm, reopen, typed) if form is not None), None)
    return render_template(
        "payments/due.html", due=one, deal=one.deal, lifecycle=DUE, offered=actions.offered(one, actor()),
        pay_to=payee_accounts.pay_to(one, actor()), bank_name=bank_name, instant_below=payee_accounts.INSTANT_BELOW,
        late=late, interest=accrued(one, today), interest_claims=claims, is_interest=one.of_kind == KIND,
        claims_interest=interest_claims.may_claim(one, actor(), claims), rate=rate_on(today),
        file_url=file_url, refused=refused,
        claim=claim or ClaimForm(formdata=None, amount=one.rest, paid_on=clock.today()),
        confirm=confirm or ConfirmForm(
            formdata=None, amount=min(reported.amount, one.rest) if reported else None,
            received_on=reported.paid_on if reported else None),
        reopen=reopen or ReopenForm(formdata=None), typed=typed, reported=reported, owed=OWED,
        act=lambda action: url_for("payments.move_due", code=one.deal.code, due_id=one.id, action=action),
    )


@bp.post("/deals/<code>/dues/<int:due_id>/claim")
@limiter.limit("60 per hour")
@access(ACTING)
def claim_due(code: str, due_id: int) -> ResponseReturnValue:
    """Report a payment with its proof."""
    form = ClaimForm()
    queries.readable_due(code, due_id, actor())

    def work(proof: Any) -> None:
        said = actions.Claim(form.amount.data, form.paid_on.data, form.reference.data or "", proof)
        actions.claim(queries.held(code, due_id, actor()), actor(), said, form.lock_value())

    return _done(code, due_id, form, lambda: work(received(form.file)), _("Reported. The other side is asked to confirm."),
                 lambda one: _page(one, claim=form))


@bp.post("/deals/<code>/dues/<int:due_id>/confirm")
@access(ACTING)
def confirm_due(code: str, due_id: int) -> ResponseReturnValue:
    """Confirm what was received."""
    form = ConfirmForm()
    queries.readable_due(code, due_id, actor())

    def work() -> None:
        one = queries.held(code, due_id, actor())
        actions.confirm(one, actor(), form.amount.data, form.received_on.data, form.lock_value())

    return _done(code, due_id, form, work, _("Confirmed. The other side is told."), lambda one: _page(one, confirm=form))


@bp.post("/deals/<code>/dues/<int:due_id>/reopen")
@access(FOLLOW_DEALS)
def reopen_due(code: str, due_id: int) -> ResponseReturnValue:
    """Open a confirmed payment again, as an officer who has heard both sides."""
    form = ReopenForm()
    queries.readable_due(code, due_id, actor())

    def work() -> None:
        said = actions.Reopening(form.payer_text.data or "", form.payee_text.data or "", form.reason.data or "")
        actions.reopen(queries.held(code, due_id, actor()), actor(), said, form.lock_value())

    return _done(code, due_id, form, work, _("Opened again. Both sides are told."), lambda one: _page(one, reopen=form))


@bp.post("/deals/<code>/dues/<int:due_id>/"
         "<any(contest, withdraw, ask_waiver, waive, refuse_waiver, withdraw_waiver, claim_interest, agree_interest, "
         "refuse_interest, withdraw_interest):action>")
@access(ACTING)
def move_due(code: str, due_id: int, action: str) -> ResponseReturnValue:
    """Contest a payment, take a report back, ask for a waiver or answer one; the same of interest for late payment."""
    form = ReasonForm()
    form.refused = action
    queries.readable_due(code, due_id, actor())

    def work() -> None:
        PLAIN[action](queries.held(code, due_id, actor()), actor(), form.reason.data or "", form.lock_value())

    return _done(code, due_id, form, work, _("Done. The other side is told."), lambda one: _page(one, typed=form))


def _done(
    code: str, due_id: int, form: ExchangeForm, work: Callable[[], None], said: str, shown: Callable[[Due], str]
) -> ResponseReturnValue:
    if not form.submit(work):
        return shown(queries.readable_due(code, due_id, actor())), 422
    flash(said, "success")
    return redirect(url_for("payments.due", code=code, due_id=due_id))
