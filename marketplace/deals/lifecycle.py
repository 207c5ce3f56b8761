"""Workflows of a deal (domain §4.7 without permits and payments) and of a milestone's delivery."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, T
from marketplace.values.text import N_

#: Before signing a deal may be cancelled; after it, only terminated.
BEFORE_SIGNING = ("negotiating", "terms_agreed", "drafting", "awaiting_signature")
IN_FORCE = ("effective", "delivering", "acceptance")
LIVE = (*BEFORE_SIGNING, "signed", *IN_FORCE, "disputed")
ENDED_WITHOUT_RESULT = ("cancelled", "terminated")

_SIDES = ("supplier", "buyer")

#: `supplier`, `buyer`: who may write for a side. `claimant` raised the dispute; `respondent` was asked to agree to a
#: termination; `officer` follows deals for the exchange and belongs to neither side.
DEAL = Lifecycle(
    name="deal",
    initial="negotiating",
    table=(
        T("agree", ("negotiating",), "terms_agreed", ("system",), N_("Both sides accepted the terms")),
        T("renegotiate", ("terms_agreed", "drafting"), "negotiating", _SIDES, N_("Negotiate the terms again"),
          needs_reason=True, done=N_("Reopened the terms")),
        T("draft", ("terms_agreed",), "drafting", _SIDES, N_("Begin the contract"), done=N_("Began the contract")),
        T("present", ("drafting",), "awaiting_signature", _SIDES, N_("Ready to be signed"),
          done=N_("Presented the contract for signature")),
        T("redraft", ("awaiting_signature",), "drafting", _SIDES, N_("Back to the draft"), needs_reason=True,
          done=N_("Took the contract back to the draft")),
        T("conclude", ("awaiting_signature",), "signed", ("system",), N_("Signed by both sides")),
        T("take_effect", ("signed",), "effective", (*_SIDES, "system"), N_("Record that it is in effect"),
          settled=("effective",), done=N_("Recorded that the contract is in effect")),
        T("begin_delivery", ("effective",), "delivering", ("supplier",), N_("Begin delivery"),
          done=N_("Began delivery")),
        T("hand_over", ("delivering",), "acceptance", ("supplier",), N_("Hand over for acceptance"),
          done=N_("Handed over for acceptance")),
        T("return_defects", ("acceptance",), "delivering", ("buyer",), N_("Return with defects"), needs_reason=True,
          done=N_("Returned with defects")),
        T("complete", ("acceptance",), "completed", ("buyer",), N_("Accept and complete"),
          done=N_("Accepted and completed")),
        T("cancel", BEFORE_SIGNING, "cancelled", _SIDES, N_("Cancel the deal"), needs_reason=True, danger=True,
          done=N_("Cancelled the deal")),
        T("dispute", IN_FORCE, "disputed", _SIDES, N_("Raise a dispute"), needs_reason=True, danger=True,
          done=N_("Raised a dispute")),
        T("resume_effective", ("disputed",), "effective", ("claimant", "officer"), N_("Dispute settled"),
          needs_reason=True),
        T("resume_delivering", ("disputed",), "delivering", ("claimant", "officer"), N_("Dispute settled"),
          needs_reason=True),
        T("resume_acceptance", ("disputed",), "acceptance", ("claimant", "officer"), N_("Dispute settled"),
          needs_reason=True),
        T("terminate", ("signed", "effective", "delivering", "disputed"), "terminated", ("respondent",),
          N_("Agree to end the contract"), needs_reason=True, danger=True, done=N_("Agreed to end the contract")),
    ),
    labels={
        "negotiating": N_("Negotiating"),
        "terms_agreed": N_("Terms agreed"),
        "drafting": N_("Drafting the contract"),
        "awaiting_signature": N_("Awaiting signature"),
        "signed": N_("Signed"),
        "effective": N_("In effect"),
        "delivering": N_("Delivering"),
        "acceptance": N_("Acceptance"),
        "completed": N_("Completed"),
        "disputed": N_("Disputed"),
        "cancelled": N_("Cancelled"),
        "terminated": N_("Terminated"),
    },
)

MILESTONE = Lifecycle(
    name="milestone",
    initial="planned",
    table=(
        T("deliver", ("planned", "returned"), "delivered", ("supplier",), N_("Report as delivered"),
          done=N_("Reported as delivered")),
        T("accept", ("delivered",), "accepted", ("buyer",), N_("Accept"), done=N_("Accepted the milestone")),
        T("return", ("delivered",), "returned", ("buyer",), N_("Return"), needs_reason=True,
          done=N_("Returned the milestone")),
    ),
    labels={
        "planned": N_("Planned"),
        "delivered": N_("Delivered"),
        "returned": N_("Returned"),
        "accepted": N_("Accepted"),
    },
)

#: Days in a stage after which a deal counts as standing still, for both sides and for operators.
STALL_DAYS = {
    "negotiating": 14, "terms_agreed": 7, "drafting": 21, "awaiting_signature": 10, "signed": 30, "effective": 30,
    "delivering": 90, "acceptance": 14, "disputed": 14,
}
