"""The public life of a need (domain §4.3); its versions live by `marketplace.authoring.lifecycle.REVISION`."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, T
from marketplace.values.text import N_

#: States in which others may see the need (as far as its visibility goes).
VISIBLE_STATES = ("open", "shortlisting", "negotiating", "solved", "expired")
#: States in which it can be matched and answered.
OPEN_STATES = ("open",)

NEED = Lifecycle(
    name="need",
    initial="draft",
    table=(
        T("publish", ("draft",), "open", ("moderator", "importer"), N_("Publish"), done=N_("Published it")),
        T("delete", ("draft",), "deleted", ("owner",), N_("Delete"), danger=True, done=N_("Deleted it")),
        T("shortlist", ("open",), "shortlisting", ("owner", "system"), N_("Close for answers and shortlist"),
          done=N_("Closed for answers")),
        # The system, when the requester and a supplier have agreed on terms, and when their contract is signed.
        T("negotiate", ("shortlisting",), "negotiating", ("owner", "system"), N_("Negotiate"),
          done=N_("Began to negotiate")),
        T("solve", ("negotiating",), "solved", ("owner", "system"), N_("Mark as solved"), done=N_("Marked as solved")),
        T("reopen", ("shortlisting", "negotiating"), "open", ("owner",), N_("Open for answers again"),
          done=N_("Opened for answers again")),
        T("expire", ("open",), "expired", ("system",), N_("Deadline passed"), settled=("expired",)),
        # The system extends when a version with a later deadline is approved after the old deadline ran out.
        T("extend", ("open", "expired"), "open", ("owner", "system"), N_("Extend the deadline"),
          done=N_("Extended the deadline")),
        T("withdraw", ("open", "shortlisting", "negotiating", "expired"), "withdrawn", ("owner",), N_("Withdraw"),
          needs_reason=True, danger=True, done=N_("Withdrew the need")),
        T("suspend", ("open", "shortlisting", "negotiating"), "suspended", ("moderator",), N_("Suspend"),
          needs_reason=True, danger=True, done=N_("Suspended it")),
        T("restore", ("suspended",), "open", ("moderator",), N_("Lift the suspension"), needs_reason=True,
          done=N_("Lifted the suspension")),
        T("remove", ("suspended",), "removed", ("moderator",), N_("Remove for good"), needs_reason=True, danger=True,
          done=N_("Removed it for good")),
    ),
    labels={
        "draft": N_("Not yet published"),
        "open": N_("Open"),
        "shortlisting": N_("Shortlisting"),
        "negotiating": N_("Negotiating"),
        "solved": N_("Solved"),
        "expired": N_("Expired"),
        "withdrawn": N_("Withdrawn"),
        "suspended": N_("Suspended"),
        "removed": N_("Removed"),
        "deleted": N_("Deleted"),
    },
)
