"""What of imports is told to nobody, and why."""

from __future__ import annotations

from marketplace.notifications.rules import Notifications

_WATCHED = "who began the import watches its page, which says what came of it"
NOTIFICATIONS = Notifications((), {f"import_run.{verb}": _WATCHED for verb in ("start", "cancel", "finish", "fail")})
