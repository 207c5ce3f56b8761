"""The life of an answer to a need: written, sent in versions, compared, chosen or not."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, Reason, State, Transition
from marketplace.values.text import N_
from marketplace.vocabulary import DECLINE_REASONS

_OTHER = N_("Say in words what the other reason is.")
#: Why somebody declines; that one changed one's mind is a reason only for who withdraws.
DECLINING_REASONS = DECLINE_REASONS.without("changed_mind")
_OWN = "the organisation's own people see it in their list"

#: `supplier` is the organisation that answers, `buyer` the one that has the need.
ANSWER = Lifecycle(
    name="answer",
    initial="draft",
    states=(
        State("draft", N_("Being written"), "writing", "neutral", "pencil", tab="drafts"),
        State("sent", N_("Sent"), "compared", "info", "send", tab="sent"),
        State("shortlisted", N_("On the shortlist"), "compared", "progress", "list-check", tab="sent"),
        State("chosen", N_("Chosen"), "chosen", "success", "award", tab="sent"),
        State("declined", N_("Not chosen"), "ended", "neutral", "x-circle-fill", tab="ended"),
        State("withdrawn", N_("Withdrawn"), "withdrawn", "neutral", "archive", tab="ended"),
        State("discarded", N_("Discarded"), "discarded", "neutral", "trash"),
    ),
    table=(
        Transition("send", ("draft",), "sent", ("supplier",), N_("Send the answer"), done=N_("Sent the answer")),
        Transition("revise", ("sent",), "sent", ("supplier",), N_("Send the new version"), done=N_("Sent a new version")),
        Transition("revise", ("shortlisted",), "shortlisted", ("supplier",), N_("Send the new version"),
                   done=N_("Sent a new version")),
        Transition("discard", ("draft",), "discarded", ("supplier",), N_("Discard the draft"), danger=True,
                   done=N_("Discarded the draft"), silent=_OWN),
        Transition("resume", ("withdrawn", "discarded"), "draft", ("supplier",), N_("Write again"),
                   done=N_("Began to write again"), silent=_OWN),
        Transition("withdraw", ("sent", "shortlisted", "chosen"), "withdrawn", ("supplier",), N_("Withdraw the answer"),
                   reason=Reason(DECLINE_REASONS, words_with=("other",), ask=_OTHER), danger=True,
                   done=N_("Withdrew the answer")),
        Transition("shortlist", ("sent",), "shortlisted", ("buyer",), N_("Put on the shortlist"),
                   done=N_("Put on the shortlist"), settled=("shortlisted",)),
        Transition("unlist", ("shortlisted",), "sent", ("buyer",), N_("Take off the shortlist"),
                   done=N_("Taken off the shortlist"), settled=("sent",)),
        # The system, when both sides have agreed on terms without a choice before.
        Transition("choose", ("sent", "shortlisted"), "chosen", ("buyer", "system"), N_("Choose this answer"),
                   done=N_("Chosen")),
        Transition("decline", ("sent", "shortlisted", "chosen"), "declined", ("buyer",), N_("Do not choose"),
                   reason=Reason(DECLINING_REASONS, words_with=("other",), ask=_OTHER), danger=True,
                   done=N_("Not chosen")),
        Transition("reconsider", ("declined",), "sent", ("buyer",), N_("Look at it again"), done=N_("Looked at again")),
    ),
)

#: States in which its organisation writes it for the first time, in which the requester compares it, and the one chosen.
WRITING_STATES = ANSWER.in_groups("writing")
COMPARED_STATES = ANSWER.in_groups("compared")
CHOSEN_STATES = ANSWER.in_groups("chosen")
SHORTLISTED = "shortlisted"
#: States in which the requester may read what was sent.
RECEIVED_STATES = ANSWER.in_groups("compared", "chosen", "ended")
WITHDRAWN_STATES = ANSWER.in_groups("withdrawn")
#: States after which its organisation may begin anew.
LEFT_STATES = ANSWER.in_groups("withdrawn", "discarded")
