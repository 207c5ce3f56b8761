"""The life of one revision of a listing or need (domain §4.2, §4.3; architecture §3)."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, T
from marketplace.values.text import N_

OPEN_STATES = ("draft", "submitted", "in_review", "changes_requested")
EDITABLE_STATES = ("draft", "changes_requested")

REVISION = Lifecycle(
    name="revision",
    initial="draft",
    table=(
        T("submit", ("draft", "changes_requested"), "submitted", ("owner",), N_("Submit for review"),
          done=N_("Submitted for review")),
        T("withdraw", ("submitted",), "draft", ("owner",), N_("Take back the submission"),
          done=N_("Took back the submission")),
        T("delete", ("draft", "changes_requested"), "deleted", ("owner",), N_("Delete this draft"), danger=True,
          done=N_("Deleted the draft")),
        T("claim", ("submitted",), "in_review", ("moderator",), N_("Take this case"), done=N_("Took the case")),
        T("release", ("in_review",), "submitted", ("moderator",), N_("Give the case back"),
          done=N_("Gave the case back")),
        T("request_changes", ("in_review",), "changes_requested", ("moderator",), N_("Request changes"), needs_reason=True,
          done=N_("Requested changes")),
        T("reject", ("in_review",), "rejected", ("moderator",), N_("Reject"), needs_reason=True, danger=True,
          done=N_("Rejected it")),
        T("approve", ("in_review",), "approved", ("moderator",), N_("Approve"), done=N_("Approved it")),
        # An operator's own row (domain §4.2): import → published, needing a title only.
        T("import_publish", ("draft",), "approved", ("importer",), N_("Publish the imported record"),
          done=N_("Published the imported record")),
        # Only fields that need no review differ from the published version; `authoring.actions.submit` checks it.
        T("publish_free", ("draft", "changes_requested"), "approved", ("owner",), N_("Publish the small change"),
          done=N_("Published the small change")),
        T("supersede", ("approved",), "superseded", ("system",), N_("Replaced by a newer version"),
          settled=("superseded",)),
    ),
    labels={
        "draft": N_("Draft"),
        "submitted": N_("Waiting for review"),
        "in_review": N_("In review"),
        "changes_requested": N_("Changes requested"),
        "approved": N_("Approved"),
        "rejected": N_("Rejected"),
        "superseded": N_("Superseded"),
        "deleted": N_("Deleted"),
    },
)
