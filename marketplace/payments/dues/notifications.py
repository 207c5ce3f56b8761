"""What is told of dues: to the other side, and to the officer when one is contested or thirty days late."""

from __future__ import annotations

from typing import Any

from marketplace.core.events import Event
from marketplace.core.permissions import MANAGE_ORGANISATION, NEGOTIATE
from marketplace.core.subjects import Ref
from marketplace.negotiation.models import Lead
from marketplace.notifications.occasions import Occasion
from marketplace.notifications.rules import Notifications, Rule, rule
from marketplace.payments.dues.making import MARKS
from marketplace.payments.dues.models import Due
from marketplace.values.text import N_

FOLLOWED, UNFOLLOWED = "followed", "unfollowed"
_LATE = N_("A payment of deal %(code)s, “%(due)s”, is %(days)s days late.")
_CONTESTED = N_("A payment of deal %(code)s is contested: “%(due)s”.")
_WITHDRAWN = N_("%(party)s took back its report of a payment for “%(due)s” of deal %(code)s.")


def occasion(event: Event, row: Any) -> Occasion | None:
    """Return who is concerned by an event of a due; officers only by what is contested or very late."""
    due: Due = row
    payee = "buyer" if due.payer_side == "supplier" else "supplier"
    days = event.data.get("days", 0)
    for_officers = event.action != "due.overdue" or days >= MARKS[-1]
    case = (FOLLOWED if due.deal.officer_id else UNFOLLOWED) if for_officers else ""
    params = {"due": due.title, "due_on": due.due_on.isoformat(), "days": days}
    return Occasion(
        row, event, case=case, members=NEGOTIATE, officer_id=due.deal.officer_id, parts={"payer": (due.payer_side,),
        "payee": (payee,)}, parties=Ref(Lead.subject_kind, due.deal.lead_id), params=params,
    )


def _due(action: str, to: str, text: str, **more: Any) -> Rule:
    return rule(f"due.{action}", "payments", to, text, **more)


NOTIFICATIONS = Notifications((
    _due("fall_due", "payer", N_("“%(due)s” of deal %(code)s is to be paid now. Report the payment when it is made.")),
    _due("claim", "payee", N_("%(party)s reports a payment for “%(due)s” of deal %(code)s. Please confirm or contest it.")),
    _due("claim_again", "payee", N_("%(party)s reports the contested payment for “%(due)s” of deal %(code)s again.")),
    _due("withdraw_claim", "payee", _WITHDRAWN),
    _due("withdraw_rest", "payee", _WITHDRAWN),
    _due("confirm", "payer", N_("%(party)s confirms that “%(due)s” of deal %(code)s is paid.")),
    _due("confirm_part", "payer", N_("%(party)s confirms a part of the payment for “%(due)s” of deal %(code)s.")),
    _due("contest", "payer", N_("%(party)s contests your payment for “%(due)s” of deal %(code)s.")),
    _due("contest", "officer", _CONTESTED, case=FOLLOWED),
    _due("contest", "officers", _CONTESTED, case=UNFOLLOWED),
    _due("ask_waiver", "other", N_("%(party)s asks to waive the payment for “%(due)s” of deal %(code)s.")),
    _due("waive", "other", N_("%(party)s agreed to waive the payment for “%(due)s” of deal %(code)s.")),
    _due("refuse_waiver", "other", N_("%(party)s does not agree to waive the payment for “%(due)s” of deal %(code)s.")),
    _due("withdraw_waiver", "other", N_("%(party)s no longer asks to waive the payment for “%(due)s” of deal %(code)s.")),
    _due("claim_interest", "payer",
         N_("%(party)s claims interest for late payment: “%(due)s” of deal %(code)s. Please answer.")),
    _due("agree_interest", "payee", N_("%(party)s agreed to the interest you claim: “%(due)s” of deal %(code)s.")),
    _due("refuse_interest", "payee", N_("%(party)s refuses the interest you claim: “%(due)s” of deal %(code)s.")),
    _due("withdraw_interest", "payer", N_("%(party)s took back its claim of interest: “%(due)s” of deal %(code)s.")),
    _due("reopen", "both", N_("An officer opened the payment for “%(due)s” of deal %(code)s again: it is owed whole.")),
    _due("remind", "payer", N_("“%(due)s” of deal %(code)s is to be paid on %(due_on)s.")),
    _due("overdue", "payer", N_("The payment for “%(due)s” of deal %(code)s is %(days)s days late.")),
    _due("overdue", "payee", N_("The payment you are owed for “%(due)s” of deal %(code)s is %(days)s days late.")),
    _due("overdue", "officer", _LATE, case=FOLLOWED),
    _due("overdue", "officers", _LATE, case=UNFOLLOWED),
), {
    "due.make": "that the contract is signed is told to both sides in the same moment",
    "due.change": "the terms that change it are told to both sides",
    "due.file_read": "a log of reading, not news",
}, occasion)


def _of_administrators(event: Event, row: Any) -> Occasion | None:
    """Return who is concerned by the account of an organisation: its administrators."""
    return Occasion(row, event, members=MANAGE_ORGANISATION)


def _account(verb: str, text: str) -> Rule:
    return rule(f"payee_account.{verb}", "payments", "owner", text)


ACCOUNTS = Notifications((
    _account("enter", N_("The bank account %(title)s was entered for payments to your organisation. Please check it.")),
    _account("change", N_("The bank account for payments to your organisation is now %(title)s. Please check it.")),
    _account("remove", N_("The bank account %(title)s for payments to your organisation was taken off.")),
), {}, _of_administrators)
