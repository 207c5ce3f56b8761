"""The life of an organisation (domain §4.1)."""

from __future__ import annotations

from marketplace.lifecycle import Lifecycle, T
from marketplace.msgid import N_

ORGANISATION = Lifecycle(
    name="organisation",
    initial="draft",
    table=(
        T("submit", ("draft", "needs_info"), "submitted", ("admin",), N_("Submit for verification")),
        T("withdraw", ("submitted",), "draft", ("admin",), N_("Withdraw the submission")),
        T("approve", ("submitted",), "verified", ("moderator",), N_("Verify")),
        T("request_changes", ("submitted",), "needs_info", ("moderator",), N_("Ask for information"), needs_reason=True),
        T("reject", ("submitted",), "rejected", ("moderator",), N_("Reject"), needs_reason=True, danger=True),
        # A change of tax code or representative, or the yearly check, asks a verified organisation again.
        T("recheck", ("verified",), "needs_info", ("moderator", "system"), N_("Ask for a new check"), needs_reason=True),
        T("suspend", ("verified",), "suspended", ("moderator",), N_("Suspend"), needs_reason=True, danger=True),
        T("restore", ("suspended",), "verified", ("moderator",), N_("Lift the suspension"), needs_reason=True),
        T("close", ("verified", "suspended"), "closed", ("moderator",), N_("Close"), needs_reason=True, danger=True),
    ),
    labels={
        "draft": N_("Draft"),
        "submitted": N_("Waiting for verification"),
        "needs_info": N_("More information needed"),
        "rejected": N_("Rejected"),
        "verified": N_("Verified"),
        "suspended": N_("Suspended"),
        "closed": N_("Closed"),
    },
)
