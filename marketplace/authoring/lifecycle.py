"""The life of one revision of a listing or need (docs/domain.md §4.2, §4.3; docs/architecture.md §3)."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, Reason, State, Transition
from marketplace.values.text import N_

REVISION = Lifecycle(
    name="revision",
    initial="draft",
    states=(
        State("draft", N_("Draft"), "editable", "neutral", "pencil", tab="drafts"),
        State("submitted", N_("Waiting for review"), "review", "info", "send", tab="review"),
        State("in_review", N_("In review"), "review", "progress", "hourglass-split", tab="review"),
        State("changes_requested", N_("Changes requested"), "editable", "warning", "pencil-square", tab="changes"),
        State("approved", N_("Approved"), "approved", "success", "check-circle-fill"),
        State("rejected", N_("Rejected"), "closed", "danger", "x-circle-fill"),
        State("superseded", N_("Superseded"), "closed", "neutral", "layers"),
        State("deleted", N_("Deleted"), "closed", "neutral", "trash"),
    ),
    table=(
        Transition("submit", ("draft", "changes_requested"), "submitted", ("owner",), N_("Submit for review"),
                   done=N_("Submitted for review")),
        Transition("withdraw", ("submitted",), "draft", ("owner",), N_("Take back the submission"),
                   done=N_("Took back the submission")),
        Transition("delete", ("draft", "changes_requested"), "deleted", ("owner",), N_("Delete this draft"),
                   danger=True, done=N_("Deleted the draft")),
        Transition("claim", ("submitted",), "in_review", ("moderator",), N_("Take this case"),
                   done=N_("Took the case")),
        Transition("release", ("in_review",), "submitted", ("moderator",), N_("Give the case back"),
                   done=N_("Gave the case back")),
        Transition("request_changes", ("in_review",), "changes_requested", ("moderator",), N_("Request changes"),
                   reason=Reason(), done=N_("Requested changes")),
        Transition("reject", ("in_review",), "rejected", ("moderator",), N_("Reject"), reason=Reason(), danger=True,
                   done=N_("Rejected it")),
        Transition("approve", ("in_review",), "approved", ("moderator",), N_("Approve"), done=N_("Approved it")),
        # An operator's own row (docs/domain.md §4.2): import → published, needing a title only.
        Transition("import_publish", ("draft",), "approved", ("importer",), N_("Publish the imported record"),
                   done=N_("Published the imported record")),
        # Only fields that need no review differ from the published version; `authoring.actions.submit` checks it.
        Transition("publish_free", ("draft", "changes_requested"), "approved", ("owner",),
                   N_("Publish the small change"), done=N_("Published the small change")),
        Transition("supersede", ("approved",), "superseded", ("system",), N_("Replaced by a newer version"),
                   settled=("superseded",)),
    ),
)

#: States with one name for versions and for things: begun and never submitted, deleted by the owner.
DRAFT, DELETED = "draft", "deleted"
#: A version that a moderator gave back to be changed.
CHANGES_REQUESTED = "changes_requested"
#: A thing with versions that the exchange has removed for good.
REMOVED = "removed"
#: A version that waits for a moderator, and one that a moderator has taken.
SUBMITTED, IN_REVIEW = WAITING_STATES = REVISION.in_groups("review")
#: States in which a version is what everybody reads.
APPROVED_STATES = REVISION.in_groups("approved")
OPEN_STATES = REVISION.in_groups("editable", "review")
EDITABLE_STATES = REVISION.in_groups("editable")
