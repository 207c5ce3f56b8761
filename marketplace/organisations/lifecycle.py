"""The life of an organisation (domain §4.1)."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, T
from marketplace.values.text import N_

ORGANISATION = Lifecycle(
    name="organisation",
    initial="draft",
    table=(
        T("submit", ("draft", "needs_info"), "submitted", ("admin",), N_("Submit for verification"),
          done=N_("Submitted for verification")),
        T("withdraw", ("submitted",), "draft", ("admin",), N_("Withdraw the submission"),
          done=N_("Withdrew the submission")),
        T("approve", ("submitted",), "verified", ("moderator",), N_("Verify"), done=N_("Verified the organisation")),
        T("request_changes", ("submitted",), "needs_info", ("moderator",), N_("Ask for information"), needs_reason=True,
          done=N_("Asked for information")),
        T("reject", ("submitted",), "rejected", ("moderator",), N_("Reject"), needs_reason=True, danger=True,
          done=N_("Rejected it")),
        # A change of tax code or representative, or the yearly check, asks a verified organisation again.
        T("recheck", ("verified",), "needs_info", ("moderator", "system"), N_("Ask for a new check"), needs_reason=True,
          done=N_("Asked for a new check")),
        T("suspend", ("verified",), "suspended", ("moderator",), N_("Suspend"), needs_reason=True, danger=True,
          done=N_("Suspended it")),
        T("restore", ("suspended",), "verified", ("moderator",), N_("Lift the suspension"), needs_reason=True,
          done=N_("Lifted the suspension")),
        T("close", ("verified", "suspended"), "closed", ("moderator",), N_("Close"), needs_reason=True, danger=True,
          done=N_("Closed it")),
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
