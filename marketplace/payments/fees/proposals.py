"""What of fees takes two people: a line of the tariff, what is free for whom, and waiving one charge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from marketplace.core.access import Actor
from marketplace.core.errors import Invalid, required
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING, READ_MONEY
from marketplace.core.proposals import Proposal, ProposalKind, propose
from marketplace.payments.fees import actions
from marketplace.payments.fees.models import Charge, FeeRule, WaiverRule
from marketplace.payments.fees.vat_table import VAT_RULES
from marketplace.values import clock, money
from marketplace.values.text import N_
from marketplace.vocabulary import FEE_KINDS, ORGANISATION_KINDS, SIDES, is_english

TOO_LATE = N_("A line of the tariff cannot begin in the past.")
TAKEN = N_("A row with this code begins on that day or later already; choose a later day.")


def propose_rule(values: Mapping[str, Any], reason: str, actor: Actor) -> Proposal:
    """Propose a line of the tariff. Raises Invalid on `from_on`, `to_on` or `reason`, NotAllowed."""
    _check_days(values, FeeRule)
    return propose("fee_rule", f"fee_rule:{values['code']}", values, actor, reason)


def propose_waiver(values: Mapping[str, Any], reason: str, actor: Actor) -> Proposal:
    """Propose for whom something is free. Raises Invalid on `from_on`, `to_on` or `reason`, NotAllowed."""
    _check_days(values, WaiverRule)
    return propose("waiver_rule", f"waiver_rule:{values['code']}", values, actor, reason)


def propose_to_waive(charge: Charge, reason: str, actor: Actor) -> Proposal:
    """Propose to waive a charge. Raises Invalid on `reason` and where its payment was requested already, NotAllowed."""
    if charge.state != "pending":
        raise Invalid("", N_("Only what was not requested yet can be waived; what was is credited."))
    return propose("charge_waiver", f"charge:{charge.id}", {"charge": charge.id}, actor, reason, org_id=charge.org_id)


def _check_days(values: Mapping[str, Any], model: type[FeeRule | WaiverRule]) -> None:
    begins = date.fromisoformat(values["from_on"])
    if begins < clock.today():
        raise Invalid("from_on", TOO_LATE)
    if values["to_on"] and date.fromisoformat(values["to_on"]) < begins:
        raise Invalid("to_on", N_("It ends before it begins."))
    last = db.session.scalar(select(func.max(model.from_on)).where(model.code == values["code"]))
    if last is not None and begins <= last:
        raise Invalid("from_on", TAKEN)


def version_of_rules(proposal: Proposal, model: type[FeeRule | WaiverRule]) -> str:
    """Return what the rows of a code are known by: another row since, and a proposal about it is out of date."""
    return str(db.session.scalar(select(func.max(model.id)).where(model.code == proposal.payload["code"])) or 0)


def _charge(proposal: Proposal, *, lock: bool = False) -> Charge:
    return required(db.session.get(Charge, proposal.payload["charge"], with_for_update={"of": Charge} if lock else None,
                                   populate_existing=lock))


def _name(proposal: Proposal, language: str) -> str:
    return str(proposal.payload["name_en" if is_english(language) else "name_vi"])


def amount_words(values: Mapping[str, Any] | FeeRule) -> list[str]:
    """Return what a rule asks for in words: one amount, or a line for each band."""
    said = values if isinstance(values, Mapping) else {name: getattr(values, name) for name in ("amount", "bands")}
    if said["amount"] is not None:
        return [money.format_vnd(said["amount"])]
    return [_band_words(band) for band in said["bands"]]


def _band_words(band: Mapping[str, Any]) -> str:
    low = money.format_vnd(band["from"])
    place = (_("from %(low)s to below %(high)s", low=low, high=money.format_vnd(band["to"]))
             if band["to"] is not None else _("from %(low)s", low=low))
    bounds = [
        _("at least %(amount)s", amount=money.format_vnd(band["min"])) if band["min"] else "",
        _("at most %(amount)s", amount=money.format_vnd(band["max"])) if band["max"] is not None else "",
    ]
    return ", ".join(part for part in (f"{place}: {percent(band['rate_bp'])}", *bounds) if part)


def percent(basis_points: int) -> str:
    """Return basis points as per cent with a comma: 150 → "1,5 %"."""
    whole, part = divmod(basis_points, 100)
    return f"{whole},{part:02d}".rstrip("0").rstrip(",") + "\u00a0%"


def _days(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    ends = clock.format_date(date.fromisoformat(values["to_on"])) if values["to_on"] else ""
    return [(N_("From"), clock.format_date(date.fromisoformat(values["from_on"]))), (N_("Until"), ends)]


def _rule_facts(proposal: Proposal, language: str) -> Sequence[tuple[str, str]]:
    said = proposal.payload
    vat = next(_(rule.label) for rule in VAT_RULES if rule.code == said["vat_rule"])
    payer = SIDES.label(said["payer"], language)
    read = _("yes") if said["read_in_source"] else _("no")
    return [
        (N_("Code"), said["code"]), (N_("Kind of fee"), FEE_KINDS.label(said["kind"], language)),
        (N_("Amount without VAT"), "\n".join(amount_words(said))), (N_("VAT"), vat), (N_("Payer of a deal's fee"), payer),
        *_days(said), (N_("Source"), said["source"]), (N_("Read in the source itself"), read),
    ]


def _waiver_facts(proposal: Proposal, language: str) -> Sequence[tuple[str, str]]:
    said = proposal.payload
    fees = ", ".join(FEE_KINDS.label(code, language) for code in said["fee_kinds"])
    orgs = ", ".join(ORGANISATION_KINDS.label(code, language) for code in said["org_kinds"])
    return [(N_("Code"), said["code"]), (N_("Fees"), fees), (N_("For"), orgs), *_days(said),
            (N_("Decision number"), said["decision_no"])]


def _charge_facts(proposal: Proposal, language: str) -> Sequence[tuple[str, str]]:
    charge = _charge(proposal)
    return [
        (N_("Organisation"), charge.org.name), (N_("Fee"), charge.rule.name(language)), (N_("About"), charge.of_code),
        (N_("Amount without VAT"), money.format_vnd(charge.net)),
    ]


def _charge_version(proposal: Proposal) -> str:
    charge = _charge(proposal, lock=True)
    return f"{charge.state}:{charge.lock}"


def _waive(proposal: Proposal, actor: Actor) -> None:
    actions.waive(_charge(proposal, lock=True), actor, proposal.reason)


KINDS = (
    ProposalKind(
        "fee_rule", N_("A line of the tariff"), ACCOUNTING, _name,
        lambda proposal, actor: actions.write(FeeRule, proposal.payload, proposal.by_id, actor), _rule_facts,
        lambda _proposal: "/money/fees", lambda proposal: version_of_rules(proposal, FeeRule), READ_MONEY,
    ),
    ProposalKind(
        "waiver_rule", N_("What is free for whom"), ACCOUNTING, _name,
        lambda proposal, actor: actions.write(WaiverRule, proposal.payload, proposal.by_id, actor), _waiver_facts,
        lambda _proposal: "/money/fees", lambda proposal: version_of_rules(proposal, WaiverRule), READ_MONEY,
    ),
    ProposalKind(
        "charge_waiver", N_("Waiving a charge"), ACCOUNTING,
        lambda proposal, language: f"{_charge(proposal).rule.name(language)}: {_charge(proposal).org.name}", _waive,
        _charge_facts, lambda _proposal: "/money", _charge_version, READ_MONEY,
    ),
)
