"""Workflows of a deal (docs/domain.md §4.7 without permits and payments) and of a milestone's delivery."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, Reason, State, Transition, names_in
from marketplace.values.text import N_
from marketplace.vocabulary import DISPUTE_REASONS, ENDING_REASONS

_SIDES = ("supplier", "buyer")

_DEAL_STATES = (
    State("negotiating", N_("Negotiating"), "before", "info", "arrow-left-right", stall_days=14, tab="preparing"),
    State("terms_agreed", N_("Terms agreed"), "before", "info", "check-lg", stall_days=7, tab="preparing"),
    State("drafting", N_("Drafting the contract"), "before", "progress", "pencil", stall_days=21, tab="preparing"),
    State("awaiting_signature", N_("Awaiting signature"), "before", "progress", "pen", stall_days=10, tab="preparing"),
    State("signed", N_("Signed"), "signed", "info", "pen", stall_days=30, tab="signed"),
    State("effective", N_("In effect"), "delivering", "success", "check-circle-fill", stall_days=30, tab="signed"),
    State("delivering", N_("Delivering"), "delivering", "progress", "box-seam", stall_days=90, tab="delivering"),
    State("acceptance", N_("Acceptance"), "delivering", "progress", "clipboard-check", stall_days=14, tab="delivering"),
    State("completed", N_("Completed"), "completed", "success", "award", tab="completed"),
    State("disputed", N_("Disputed"), "disputed", "danger", "exclamation-octagon", stall_days=14, tab="disputed"),
    State("cancelled", N_("Cancelled"), "ended", "neutral", "x-circle", tab="ended"),
    State("terminated", N_("Terminated"), "ended", "neutral", "x-circle", tab="ended"),
)
#: The supplier works; nothing is left to do.
DELIVERING, COMPLETED = "delivering", "completed"
#: Before signing a deal may be cancelled; after it, only terminated.
BEFORE_SIGNING = names_in(_DEAL_STATES, "before")
IN_FORCE = names_in(_DEAL_STATES, "delivering")
#: Asked for when a signed contract is to end early.
ENDING = Reason(ENDING_REASONS, words_with=("other",), ask=N_("Please describe the reason."))

#: `supplier`, `buyer`: who may write for a side. `claimant` raised the dispute; `respondent` was asked to agree to a
#: termination; `officer` follows deals for the exchange and belongs to neither side.
DEAL = Lifecycle(
    name="deal",
    initial="negotiating",
    states=_DEAL_STATES,
    table=(
        Transition("agree", ("negotiating",), "terms_agreed", ("system",), N_("Both sides accepted the terms"),
                   silent="terms.accept tells both sides in the same moment"),
        Transition("renegotiate", ("terms_agreed", "drafting"), "negotiating", _SIDES, N_("Negotiate the terms again"),
                   reason=Reason(), done=N_("Reopened the terms")),
        Transition("draft", ("terms_agreed",), "drafting", _SIDES, N_("Begin the contract"),
                   done=N_("Began the contract")),
        Transition("present", ("drafting",), "awaiting_signature", _SIDES, N_("Ready to be signed"),
                   done=N_("Presented the contract for signature")),
        Transition("redraft", ("awaiting_signature",), "drafting", _SIDES, N_("Back to the draft"), reason=Reason(),
                   done=N_("Took the contract back to the draft")),
        Transition("conclude", ("awaiting_signature",), "signed", ("system",), N_("Signed by both sides")),
        Transition("take_effect", ("signed",), "effective", (*_SIDES, "system"), N_("Record that it is in effect"),
                   settled=("effective",), done=N_("Recorded that the contract is in effect")),
        Transition("begin_delivery", ("effective",), "delivering", ("supplier",), N_("Begin delivery"),
                   done=N_("Began delivery")),
        Transition("hand_over", ("delivering",), "acceptance", ("supplier",), N_("Hand over for acceptance"),
                   done=N_("Handed over for acceptance")),
        Transition("return_defects", ("acceptance",), "delivering", ("buyer",), N_("Return with defects"),
                   reason=Reason(), done=N_("Returned with defects")),
        Transition("complete", ("acceptance",), "completed", ("buyer",), N_("Accept and complete"),
                   done=N_("Accepted and completed")),
        Transition("cancel", BEFORE_SIGNING, "cancelled", _SIDES, N_("Cancel the deal"), reason=Reason(), danger=True,
                   done=N_("Cancelled the deal")),
        Transition("dispute", IN_FORCE, "disputed", _SIDES, N_("Raise a dispute"),
                   reason=Reason(DISPUTE_REASONS, ask=N_("Please describe what is disputed.")), danger=True,
                   done=N_("Raised a dispute")),
        *(Transition(f"resume_{state}", ("disputed",), state, ("claimant", "officer"), N_("Dispute settled"),
                     reason=Reason()) for state in IN_FORCE),
        Transition("terminate", ("signed", "effective", "delivering", "disputed"), "terminated", ("respondent",),
                   N_("Agree to end the contract"), reason=ENDING, danger=True, done=N_("Agreed to end the contract")),
    ),
)

MILESTONE = Lifecycle(
    name="milestone",
    initial="planned",
    states=(
        State("planned", N_("Planned"), "open", "neutral", "circle"),
        State("delivered", N_("Delivered"), "delivered", "info", "box-seam"),
        State("returned", N_("Returned"), "open", "warning", "arrow-left"),
        State("accepted", N_("Accepted"), "accepted", "success", "check-lg"),
    ),
    table=(
        Transition("deliver", ("planned", "returned"), "delivered", ("supplier",), N_("Report as delivered"),
                   done=N_("Reported as delivered")),
        Transition("accept", ("delivered",), "accepted", ("buyer",), N_("Accept"), done=N_("Accepted the milestone")),
        Transition("return", ("delivered",), "returned", ("buyer",), N_("Return"), reason=Reason(),
                   done=N_("Returned the milestone")),
    ),
)

#: By move: the codes of which one must be given as its reason.
REASON_CODES = {row.action: row.reason.codes for row in DEAL.table if row.reason and row.reason.codes is not None}
#: What the groups of states are called above the staff's list, and the tabs above a side's own, in the order shown.
GROUP_LABELS = {
    "before": N_("Before signing"), "signed": N_("Signed"), "delivering": N_("In force"), "disputed": N_("Disputed"),
    "completed": N_("Completed"), "ended": N_("Ended without result"),
}
TAB_LABELS = {
    "preparing": N_("Before signing"), "signed": N_("Signed, in effect"), "delivering": N_("In delivery"),
    "disputed": N_("Disputed"), "completed": N_("Completed"), "ended": N_("Ended"),
}
#: The stages of a deal that goes well, in order.
STAGES = tuple(name for name in DEAL.in_groups("before", "signed", "delivering", "completed") if name != DEAL.initial)
LIVE = DEAL.in_groups("before", "signed", "delivering", "disputed")
ENDED_WITHOUT_RESULT = DEAL.in_groups("ended")
#: States of a milestone that is still to be delivered.
OPEN_MILESTONE_STATES = MILESTONE.in_groups("open")
#: States that a deal reaches only when both sides have signed.
AFTER_SIGNING = DEAL.in_groups("signed", "delivering", "completed", "disputed")
