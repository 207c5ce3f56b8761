"""Verbs on fees: charge an organisation once for a thing, waive a charge, write the tariff that two people agreed on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.events import HasHistory, record, transition
from marketplace.core.extensions import db
from marketplace.core.subjects import subject_of
from marketplace.deals.models import Deal
from marketplace.organisations.models import Organisation
from marketplace.payments.fees import queries
from marketplace.payments.fees.amounts import by_bands, share
from marketplace.payments.fees.lifecycle import CHARGE
from marketplace.payments.fees.models import Charge, FeeRule, WaiverRule
from marketplace.payments.fees.vat_table import vat_rule
from marketplace.values import clock

R = TypeVar("R", FeeRule, WaiverRule)
#: Columns of rules that are days, in the payload of a proposal texts.
_DAYS = ("from_on", "to_on")


def charge(rule: FeeRule, thing: HasHistory, org: Organisation, actor: Actor, *, value: int = 0,
           occurrence: str = "1") -> Charge | None:
    """Charge an organisation by a rule for a thing, once; the same again returns the first charge.

    `value` in VND is what bands are applied to. What comes to nothing is not charged (None); what is free for such an
    organisation stands as a waived charge, with the rule that makes it free.
    """
    key = f"{rule.code}:{thing.subject_kind}:{thing.id}:{occurrence}"
    before = db.session.scalar(select(Charge).where(Charge.key == key))
    net = rule.amount if rule.amount is not None else by_bands(value, rule.bands)
    if before is not None or net == 0:
        return before
    today = clock.today()
    rate = vat_rule(rule.vat_rule, today).rate_bp
    made = Charge(
        key=key, rule_id=rule.id, rule=rule, kind=rule.kind, org_id=org.id, org=org, of_kind=thing.subject_kind,
        of_id=thing.id, of_code=subject_of(thing).code(thing), net=net, vat_bp=rate, vat=share(net, rate),
    )
    db.session.add(made)
    db.session.flush()
    record(made, "charge.make", actor, data={"org_id": org.id, "rule": rule.code, "net": net})
    free = queries.waiver_for(rule.kind, org, today)
    if free is not None:
        made.waiver_rule_id = free.id
        waive(made, SYSTEM, free.decision_no)
    return made


def waive(made: Charge, actor: Actor, reason: str) -> None:
    """Waive a charge; by hand only as an approved proposal. Raises IllegalMove, NotAllowed, Invalid without a reason."""
    move(made, "waive", actor, reason=reason, data={"org_id": made.org_id})
    made.waived_reason = reason.strip()


def move(made: Charge, action: str, actor: Actor, *, reason: str = "", data: Mapping[str, Any] | None = None) -> None:
    """Move a charge by its lifecycle and raise its lock."""
    if transition(made, CHARGE, action, actor, made.roles_of(actor), reason=reason, data=dict(data or {})) is not None:
        made.lock += 1
        db.session.flush()


def charge_commission(deal: Deal, actor: Actor) -> None:
    """Charge the success commission of a deal that is completed, of the value realised; a consequence of `complete`."""
    rule = queries.rule_of("success_commission", clock.today())
    if rule is not None and deal.value_realised:
        payer = deal.supplier if rule.payer == "supplier" else deal.buyer
        charge(rule, deal, payer, SYSTEM, value=deal.value_realised)


def write(kind: type[R], values: Mapping[str, Any], written_by_id: int, approver: Actor) -> R:
    """Write a line of the tariff, or for whom something is free, as a second person approved it, and record it."""
    made = kind(**_plain(values), written_by_id=written_by_id, approved_by_id=approver.user_id)
    db.session.add(made)
    db.session.flush()
    record(made, f"{kind.subject_kind}.write", approver, data={"code": made.code, "from_on": made.from_on.isoformat()})
    return made


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, **{name: date.fromisoformat(values[name]) if values[name] else None for name in _DAYS}}
