"""Codes of notifications and deliveries in words."""

from __future__ import annotations

from flask_babel import gettext as _

from marketplace.values.text import N_

#: States of a mail: word, tone of its pill.
MAIL_STATES: dict[str, tuple[str, str]] = {
    "queued": (N_("Waiting to be sent"), "info"),
    "handed": (N_("Being handed over"), "progress"),
    "sent": (N_("Sent"), "success"),
    "failed": (N_("Failed"), "danger"),
    "unknown": (N_("Unknown"), "warning"),
    "suppressed": (N_("Not sent"), "neutral"),
}


def frequencies() -> list[tuple[str, str]]:
    """Return how a topic may be mailed, with words."""
    return [("each", _("One e-mail each")), ("daily", _("One e-mail a day")), ("off", _("No e-mail"))]
