"""The public life of a need (docs/domain.md §4.3); its versions live by `marketplace.authoring.lifecycle.REVISION`."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, Reason, State, Transition
from marketplace.values.text import N_
from marketplace.vocabulary import SUSPENSION_REASONS

#: Why nobody is told of a move.
_TOLD_BY_LEADS = "conversations about it go on, and tell their sides themselves"
_BY_ITS_OWNER = "its owner has just done it, and colleagues see it in the history"
NEED = Lifecycle(
    name="need",
    initial="draft",
    states=(
        State("draft", N_("Not yet published"), "draft", "neutral", "pencil"),
        State("open", N_("Open"), "answers", "success", "check-circle-fill", tab="open"),
        State("shortlisting", N_("Shortlisting"), "answers", "progress", "list-check", tab="choosing"),
        State("negotiating", N_("Negotiating"), "chosen", "info", "arrow-left-right", tab="choosing"),
        State("solved", N_("Solved"), "chosen", "success", "award", tab="done"),
        State("expired", N_("Expired"), "expired", "neutral", "clock-history", tab="expired"),
        State("withdrawn", N_("Withdrawn"), "withdrawn", "neutral", "archive", tab="done"),
        State("suspended", N_("Suspended"), "stopped", "danger", "slash-circle", tab="done"),
        State("removed", N_("Removed"), "stopped", "danger", "trash", tab="done"),
        State("deleted", N_("Deleted"), "deleted", "neutral", "trash"),
    ),
    table=(
        Transition("publish", ("draft",), "open", ("moderator", "importer"), N_("Publish"), done=N_("Published it")),
        Transition("delete", ("draft",), "deleted", ("owner",), N_("Delete"), danger=True, done=N_("Deleted it")),
        Transition("shortlist", ("open",), "shortlisting", ("owner", "system"), N_("Close for answers and shortlist"),
                   done=N_("Closed for answers"), silent=_TOLD_BY_LEADS),
        # The system, when the requester and a supplier have agreed on terms, and when their contract is signed.
        Transition("negotiate", ("shortlisting",), "negotiating", ("owner", "system"), N_("Negotiate"),
                   done=N_("Began to negotiate"), silent=_TOLD_BY_LEADS),
        Transition("solve", ("negotiating",), "solved", ("owner", "system"), N_("Mark as solved"),
                   done=N_("Marked as solved"),
                   silent="the deal that solves it is told to both sides; solved otherwise, its owner has just said so"),
        Transition("reopen", ("shortlisting", "negotiating"), "open", ("owner",), N_("Open for answers again"),
                   done=N_("Opened for answers again"), silent=_BY_ITS_OWNER),
        Transition("expire", ("open",), "expired", ("system",), N_("Deadline passed"), settled=("expired",),
                   silent="the requester was reminded before"),
        # The system extends when a version with a later deadline is approved after the old deadline ran out.
        Transition("extend", ("open", "expired"), "open", ("owner", "system"), N_("Extend the deadline"),
                   done=N_("Extended the deadline"), silent=_BY_ITS_OWNER),
        Transition("withdraw", ("open", "shortlisting", "negotiating", "expired"), "withdrawn", ("owner",),
                   N_("Withdraw"), reason=Reason(), danger=True, done=N_("Withdrew the need")),
        Transition("suspend", ("open", "shortlisting", "negotiating"), "suspended", ("moderator",), N_("Suspend"),
                   reason=Reason(SUSPENSION_REASONS), danger=True, done=N_("Suspended it")),
        Transition("restore", ("suspended",), "open", ("moderator",), N_("Lift the suspension"), reason=Reason(),
                   done=N_("Lifted the suspension")),
        Transition("remove", ("suspended",), "removed", ("moderator",), N_("Remove for good"),
                   reason=Reason(SUSPENSION_REASONS), danger=True, done=N_("Removed it for good")),
    ),
)

#: States in which others may see the need (as far as its visibility goes).
VISIBLE_STATES = NEED.in_groups("answers", "chosen", "expired")
#: States in which the exchange has taken it away.
STOPPED_STATES = NEED.in_groups("stopped")
#: States in which it takes answers.
ANSWERABLE_STATES = NEED.in_groups("answers")
#: States in which it can be matched and is offered for answers.
OPEN_STATES = ("open",)
#: What follows when suppliers are compared, when the deadline has passed, and when a contract is signed.
SHORTLISTING, NEGOTIATING, EXPIRED, SOLVED = "shortlisting", "negotiating", "expired", "solved"
