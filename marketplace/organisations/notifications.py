"""What of organisations is told to nobody, and why. Decisions and sanctions are told by moderation."""

from __future__ import annotations

from marketplace.notifications.rules import Notifications

_BY_A_MEMBER = "a member has just done it, and the others see it in the history"
_MEMBERS = "whom it concerns gets a letter of the account or sees it at the next page; nobody else needs to know"
NOTIFICATIONS = Notifications((), {
    **{f"organisation.{verb}": _BY_A_MEMBER
       for verb in ("create", "edit", "add_document", "remove_document")},
    **{f"organisation.{verb}": _MEMBERS
       for verb in ("invite", "revoke_invitation", "join", "change_roles", "remove_member", "leave")},
    **{f"organisation.{verb}": "moderators share their work among themselves; the decision is told"
       for verb in ("claim", "take_over", "release")},
    "organisation.confidential_read": "a log of reading, not news",
})
