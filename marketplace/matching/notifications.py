"""What of matches is told to nobody, and why."""

from __future__ import annotations

from marketplace.notifications.rules import Notifications

_MARK = "an operator's mark; the sides see the match on their pages, and an introduction is told"
_SAID = "what one side thinks of a match is not the other's business"
NOTIFICATIONS = Notifications((), {
    **{f"match.{verb}": _MARK for verb in ("suggest", "dismiss", "clear")},
    **{f"match.{verb}": _SAID for verb in ("useful", "not_useful", "take_back")},
    "match_weights.set": "the operators who set them see what is computed",
})
