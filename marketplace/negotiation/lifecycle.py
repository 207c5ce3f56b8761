"""Workflows of a lead (docs/domain.md §4.4 without the NDA states), of one version of terms, and of a complaint (§4.11)."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, Reason, State, Transition, names_in
from marketplace.values.text import N_
from marketplace.vocabulary import DECLINE_REASONS

#: Why somebody declines; that one changed one's mind is a reason only for who asked.
DECLINING_REASONS = DECLINE_REASONS.without("changed_mind")
_OTHER = N_("Say in words what the other reason is.")

_LEAD_STATES = (
    State("suggested", N_("Suggested"), "unanswered", "neutral", "circle"),
    State("contacted", N_("Waiting for an answer"), "unanswered", "neutral", "circle"),
    State("negotiating", N_("Talking"), "talking", "info", "arrow-left-right"),
    State("converted", N_("Became a deal"), "agreed", "neutral", "circle"),
    State("declined", N_("Declined"), "ended", "danger", "x-circle-fill"),
    State("expired", N_("Lapsed"), "ended", "neutral", "clock-history"),
)
#: States of a lead that is not answered yet, and of one in which something can still happen.
UNANSWERED_LEAD_STATES = names_in(_LEAD_STATES, "unanswered")
OPEN_LEAD_STATES = names_in(_LEAD_STATES, "unanswered", "talking")

#: `initiator` asked first, `counterpart` is who was asked; of an introduction by the exchange both are counterparts.
LEAD = Lifecycle(
    name="lead",
    initial="suggested",
    states=_LEAD_STATES,
    table=(
        Transition("contact", ("suggested",), "contacted", ("initiator",), N_("Express interest"),
                   done=N_("Expressed interest")),
        Transition("accept", ("contacted",), "negotiating", ("counterpart",), N_("Accept and talk"),
                   done=N_("Accepted to talk")),
        Transition("ask", ("contacted",), "contacted", ("counterpart",), N_("Ask first"), done=N_("Asked a question")),
        Transition("decline", OPEN_LEAD_STATES, "declined", ("counterpart",), N_("Decline"),
                   reason=Reason(DECLINING_REASONS, words_with=("other",), ask=_OTHER), danger=True,
                   done=N_("Declined the request")),
        Transition("withdraw", OPEN_LEAD_STATES, "declined", ("initiator",),
                   N_("Withdraw our request"), reason=Reason(DECLINE_REASONS, words_with=("other",), ask=_OTHER),
                   danger=True, done=N_("Withdrew the request")),
        Transition("expire", OPEN_LEAD_STATES, "expired", ("system",),
                   N_("Not answered in time"), settled=("expired", "declined", "converted")),
        Transition("convert", ("negotiating",), "converted", ("system",), N_("Both sides agreed"),
                   settled=("converted",), silent="terms.accept tells both sides in the same moment"),
    ),
)

#: `proposer` is the side that wrote the version; `acceptor` may bind the other side, `counterpart` belongs to it.
TERMS = Lifecycle(
    name="terms",
    initial="proposed",
    states=(
        State("proposed", N_("Proposed"), "proposed", "neutral", "circle"),
        State("accepted", N_("Accepted by both sides"), "accepted", "success", "check-lg"),
        State("declined", N_("Declined"), "over", "danger", "x-circle-fill"),
        State("withdrawn", N_("Withdrawn"), "over", "neutral", "archive"),
        State("superseded", N_("No longer in force"), "over", "neutral", "layers"),
    ),
    table=(
        Transition("accept", ("proposed",), "accepted", ("acceptor",), N_("Accept these terms"),
                   done=N_("Accepted the terms")),
        Transition("decline", ("proposed",), "declined", ("counterpart",), N_("Decline these terms"), reason=Reason(),
                   done=N_("Declined the terms")),
        Transition("withdraw", ("proposed",), "withdrawn", ("proposer",), N_("Withdraw the proposal"),
                   done=N_("Withdrew the proposal")),
        Transition("supersede", ("proposed",), "superseded", ("system",), N_("No longer in force"),
                   settled=("superseded", "declined", "withdrawn", "accepted"),
                   silent="the newer version that replaces it is told"),
    ),
)

COMPLAINT = Lifecycle(
    name="complaint",
    initial="received",
    states=(
        State("received", N_("Received"), "open", "neutral", "circle", tab="open"),
        State("triaged", N_("Being handled"), "open", "neutral", "circle", tab="open"),
        State("waiting_party", N_("Waiting for the other side"), "open", "neutral", "circle", tab="open"),
        State("escalated", N_("Escalated"), "open", "neutral", "circle", tab="open"),
        State("resolved", N_("Resolved"), "closed", "neutral", "circle", tab="closed"),
        State("rejected", N_("Rejected"), "closed", "danger", "x-circle-fill", tab="closed"),
        State("withdrawn", N_("Withdrawn"), "closed", "neutral", "archive", tab="closed"),
    ),
    table=(
        Transition("triage", ("received",), "triaged", ("officer",), N_("Take it up"),
                   done=N_("Took the complaint up")),
        Transition("ask_party", ("triaged", "escalated"), "waiting_party", ("officer",), N_("Ask the other side"),
                   reason=Reason(), done=N_("Asked the other side")),
        Transition("answer", ("waiting_party",), "triaged", ("respondent",), N_("Answer"), reason=Reason(),
                   done=N_("Answered the complaint")),
        Transition("escalate", ("triaged", "waiting_party"), "escalated", ("officer",), N_("Escalate"), reason=Reason(),
                   done=N_("Escalated the complaint")),
        Transition("resolve", ("triaged", "waiting_party", "escalated"), "resolved", ("officer",), N_("Resolve"),
                   reason=Reason(), done=N_("Resolved the complaint")),
        Transition("reject", ("received", "triaged", "waiting_party"), "rejected", ("officer",), N_("Reject"),
                   reason=Reason(), danger=True, done=N_("Rejected the complaint")),
        Transition("withdraw", ("received", "triaged", "waiting_party", "escalated"), "withdrawn", ("complainant",),
                   N_("Withdraw the complaint"), done=N_("Withdrew the complaint")),
    ),
)

#: States of a lead whose sides have agreed on terms, and so have a deal.
AGREED_LEAD_STATES = LEAD.in_groups("agreed")
#: States of a lead that is over.
CLOSED_LEAD_STATES = LEAD.in_groups("agreed", "ended")
#: States in which operators may read the thread of the lead a complaint is about.
OPEN_COMPLAINT_STATES = COMPLAINT.in_groups("open")
#: The tabs of the officers' list of complaints, with their words.
COMPLAINT_TABS = {"open": N_("Open"), "closed": N_("Closed")}
