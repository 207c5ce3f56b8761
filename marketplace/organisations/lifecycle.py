"""The life of an organisation (docs/domain.md §4.1)."""

from __future__ import annotations

from typing import NamedTuple

from marketplace.core.lifecycle import Lifecycle, Reason, State, Transition
from marketplace.values.text import N_
from marketplace.vocabulary import SUSPENSION_REASONS

#: Why nobody is told of a move.
_BY_A_MEMBER = "a member has just done it, and the others see it in the history"
ORGANISATION = Lifecycle(
    name="organisation",
    initial="draft",
    states=(
        State("draft", N_("Draft"), "preparing", "neutral", "pencil"),
        State("submitted", N_("Waiting for verification"), "waiting", "info", "send"),
        State("needs_info", N_("More information needed"), "preparing", "warning", "pencil-square"),
        State("rejected", N_("Rejected"), "refused", "danger", "x-circle-fill"),
        State("verified", N_("Verified"), "verified", "success", "patch-check-fill"),
        State("suspended", N_("Suspended"), "suspended", "danger", "slash-circle"),
        State("closed", N_("Closed"), "closed", "neutral", "lock-fill"),
    ),
    table=(
        Transition("submit", ("draft", "needs_info"), "submitted", ("admin",), N_("Submit for verification"),
                   done=N_("Submitted for verification"), silent=_BY_A_MEMBER),
        Transition("withdraw", ("submitted",), "draft", ("admin",), N_("Withdraw the submission"),
                   done=N_("Withdrew the submission"), silent=_BY_A_MEMBER),
        Transition("approve", ("submitted",), "verified", ("moderator",), N_("Verify"),
                   done=N_("Verified the organisation")),
        Transition("request_changes", ("submitted",), "needs_info", ("moderator",), N_("Ask for information"),
                   reason=Reason(), done=N_("Asked for information")),
        Transition("reject", ("submitted",), "rejected", ("moderator",), N_("Reject"), reason=Reason(), danger=True,
                   done=N_("Rejected it")),
        # A change of tax code or representative, or the yearly check, asks a verified organisation again.
        Transition("recheck", ("verified",), "needs_info", ("moderator",), N_("Ask for a new check"),
                   reason=Reason(SUSPENSION_REASONS), done=N_("Asked for a new check")),
        Transition("recheck", ("verified",), "needs_info", ("system",), N_("Ask for a new check"),
                   done=N_("Asked for a new check")),
        Transition("suspend", ("verified",), "suspended", ("moderator",), N_("Suspend"),
                   reason=Reason(SUSPENSION_REASONS), danger=True, done=N_("Suspended it")),
        Transition("restore", ("suspended",), "verified", ("moderator",), N_("Lift the suspension"), reason=Reason(),
                   done=N_("Lifted the suspension")),
        Transition("close", ("verified", "suspended"), "closed", ("moderator",), N_("Close"),
                   reason=Reason(SUSPENSION_REASONS), danger=True, done=N_("Closed it")),
    ),
)

#: States in which its administrators may change its facts; what else they may do is in the table.
EDITABLE_STATES = ORGANISATION.in_groups("preparing", "verified")
#: States in which the exchange has stopped it for a while.
SUSPENDED_STATES = ORGANISATION.in_groups("suspended")
#: States in which it takes no part any more.
OUT_STATES = ORGANISATION.in_groups("refused", "closed")
#: States in which it is the one holder of its tax code.
HOLDING_STATES = ORGANISATION.in_groups("verified", "suspended")


class ToDo(NamedTuple):
    """What a state asks of an organisation's own people; with `decision` the moderator's words are told with it."""

    text: str
    tone: str
    icon: str
    note: str = ""
    decision: bool = False


_NOT_ACTIVE = ToDo(N_("Your organisation is not active on the exchange"), "danger", "slash-circle", decision=True)
#: What their own page of things to do says in a state; nothing in the others.
TO_DO = {
    "draft": ToDo(N_("Complete your organisation and submit it for verification"), "warning", "patch-question",
                  N_("Until then you can draft, but not publish.")),
    "needs_info": ToDo(N_("The operator asks for more about your organisation"), "warning", "pencil-square", decision=True),
    "submitted": ToDo(N_("Your organisation is being verified"), "", "hourglass-split"),
    "suspended": _NOT_ACTIVE,
    "rejected": _NOT_ACTIVE,
}
_NOT_VERIFIED = State("", N_("Not verified"), "unverified", "neutral", "patch-question")
#: What others are told of an organisation, by the group of its state; of the rest, that it is not verified.
_BADGES = {
    state.group: state for state in (
        State("", N_("Verified"), "verified", "success", "patch-check-fill"),
        State("", N_("Being verified"), "waiting", "progress", "hourglass-split"),
        State("", N_("Suspended"), "suspended", "danger", "slash-circle"),
        State("", N_("Verification refused"), "refused", "danger", "patch-exclamation"),
    )
}


def badge(state: str) -> State:
    """Return the label and look with which others are told whether an organisation in this state is verified."""
    return _BADGES.get(ORGANISATION.state(state).group, _NOT_VERIFIED)
