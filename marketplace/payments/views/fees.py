"""The tariff: what costs what is public; accountants see every row there ever was and propose the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import Actor, access, actor
from marketplace.core.permissions import ACCOUNTING, PUBLIC, READ_MONEY
from marketplace.core.proposals import Proposal
from marketplace.payments.fees import queries
from marketplace.payments.fees.proposals import amount_words, percent, propose_rule, propose_waiver
from marketplace.payments.fees.vat_table import VAT_RULES, vat_rule
from marketplace.payments.forms import FeeRuleForm, WaiverRuleForm
from marketplace.payments.views.blueprint import bp
from marketplace.values import clock


@bp.get("/fees")
@access(PUBLIC)
def tariff() -> ResponseReturnValue:
    """Show what costs what today, and for whom it is free."""
    today = clock.today()
    rules, free = queries.tariff(today), queries.waivers(today)
    return render_template(
        "payments/tariff.html", rules=rules, waivers=free, amount_words=amount_words, today=today,
        illustrative=any(row.illustrative for row in rules) or any(row.illustrative for row in free),
        vat={rule.id: percent(vat_rule(rule.vat_rule, today).rate_bp) for rule in rules},
    )


@bp.get("/money/fees")
@access(READ_MONEY)
def fees() -> ResponseReturnValue:
    """Show every row of the tariff there ever was, and the VAT rates with their sources."""
    today = clock.today()
    return render_template(
        "payments/fees.html", rules=queries.every_rule(), waivers=queries.every_waiver(), amount_words=amount_words,
        now={*(row.id for row in queries.tariff(today))}, free={*(row.id for row in queries.waivers(today))},
        vat_rules=VAT_RULES, percent=percent,
    )


@bp.route("/money/fees/new", methods=["GET", "POST"])
@access(ACCOUNTING)
def new_fee() -> ResponseReturnValue:
    """Propose a line of the tariff."""
    return _propose(FeeRuleForm(), "payments/new_fee.html", propose_rule)


@bp.route("/money/fees/free/new", methods=["GET", "POST"])
@access(ACCOUNTING)
def new_waiver() -> ResponseReturnValue:
    """Propose for whom something is free."""
    return _propose(WaiverRuleForm(), "payments/new_waiver.html", propose_waiver)


def _propose(
    form: FeeRuleForm | WaiverRuleForm, template: str, propose: Callable[[Mapping[str, Any], str, Actor], Proposal]
) -> ResponseReturnValue:
    made: list[Proposal] = []
    if not form.is_submitted():
        return render_template(template, form=form)
    if not form.submit(lambda: made.append(propose(form.values(), form.reason.data or "", actor()))):
        return render_template(template, form=form), 422
    flash(_("Proposed. It holds as soon as somebody else has approved it."), "success")
    return redirect(url_for("proposals.show", proposal_id=made[0].id))
