"""Workflows of a lead (domain §4.4 without the NDA states), of one version of terms, and of a complaint (§4.11)."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, T
from marketplace.values.text import N_

OPEN_LEAD_STATES = ("suggested", "contacted", "negotiating")

#: `initiator` asked first, `counterpart` is who was asked; of an introduction by the exchange both are counterparts.
LEAD = Lifecycle(
    name="lead",
    initial="suggested",
    table=(
        T("contact", ("suggested",), "contacted", ("initiator",), N_("Express interest"),
          done=N_("Expressed interest")),
        T("accept", ("contacted",), "negotiating", ("counterpart",), N_("Accept and talk"),
          done=N_("Accepted to talk")),
        T("ask", ("contacted",), "contacted", ("counterpart",), N_("Ask first"), done=N_("Asked a question")),
        T("decline", ("suggested", "contacted", "negotiating"), "declined", ("counterpart",), N_("Decline"),
          needs_reason=True, danger=True, done=N_("Declined the request")),
        T("withdraw", ("suggested", "contacted", "negotiating"), "declined", ("initiator",), N_("Withdraw our request"),
          needs_reason=True, danger=True, done=N_("Withdrew the request")),
        T("expire", ("suggested", "contacted", "negotiating"), "expired", ("system",), N_("Not answered in time"),
          settled=("expired", "declined", "converted")),
        T("convert", ("negotiating",), "converted", ("system",), N_("Both sides agreed"), settled=("converted",)),
    ),
    labels={
        "suggested": N_("Suggested"),
        "contacted": N_("Waiting for an answer"),
        "negotiating": N_("Talking"),
        "converted": N_("Became a deal"),
        "declined": N_("Declined"),
        "expired": N_("Lapsed"),
    },
)

#: `proposer` is the side that wrote the version; `acceptor` may bind the other side, `counterpart` belongs to it.
TERMS = Lifecycle(
    name="terms",
    initial="proposed",
    table=(
        T("accept", ("proposed",), "accepted", ("acceptor",), N_("Accept these terms"), done=N_("Accepted the terms")),
        T("decline", ("proposed",), "declined", ("counterpart",), N_("Decline these terms"), needs_reason=True,
          done=N_("Declined the terms")),
        T("withdraw", ("proposed",), "withdrawn", ("proposer",), N_("Withdraw the proposal"),
          done=N_("Withdrew the proposal")),
        T("supersede", ("proposed",), "superseded", ("system",), N_("No longer in force"),
          settled=("superseded", "declined", "withdrawn", "accepted")),
    ),
    labels={
        "proposed": N_("Proposed"),
        "accepted": N_("Accepted by both sides"),
        "declined": N_("Declined"),
        "withdrawn": N_("Withdrawn"),
        "superseded": N_("No longer in force"),
    },
)

#: States in which operators may read the thread of the lead a complaint is about.
OPEN_COMPLAINT_STATES = ("received", "triaged", "waiting_party", "escalated")

COMPLAINT = Lifecycle(
    name="complaint",
    initial="received",
    table=(
        T("triage", ("received",), "triaged", ("officer",), N_("Take it up"), done=N_("Took the complaint up")),
        T("ask_party", ("triaged", "escalated"), "waiting_party", ("officer",), N_("Ask the other side"),
          needs_reason=True, done=N_("Asked the other side")),
        T("answer", ("waiting_party",), "triaged", ("respondent",), N_("Answer"), needs_reason=True,
          done=N_("Answered the complaint")),
        T("escalate", ("triaged", "waiting_party"), "escalated", ("officer",), N_("Escalate"), needs_reason=True,
          done=N_("Escalated the complaint")),
        T("resolve", ("triaged", "waiting_party", "escalated"), "resolved", ("officer",), N_("Resolve"), needs_reason=True,
          done=N_("Resolved the complaint")),
        T("reject", ("received", "triaged", "waiting_party"), "rejected", ("officer",), N_("Reject"), needs_reason=True,
          danger=True, done=N_("Rejected the complaint")),
        T("withdraw", ("received", "triaged", "waiting_party", "escalated"), "withdrawn", ("complainant",),
          N_("Withdraw the complaint"), done=N_("Withdrew the complaint")),
    ),
    labels={
        "received": N_("Received"),
        "triaged": N_("Being handled"),
        "waiting_party": N_("Waiting for the other side"),
        "escalated": N_("Escalated"),
        "resolved": N_("Resolved"),
        "rejected": N_("Rejected"),
        "withdrawn": N_("Withdrawn"),
    },
)
