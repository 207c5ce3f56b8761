"""The blueprint, and what its pages share."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask_babel import gettext as _

from marketplace.core.access import Actor
from marketplace.core.permissions import KEEP_CALENDAR, MODERATE
from marketplace.web.tabs import Tab

bp = Blueprint("moderation", __name__, url_prefix="/moderation")



def tabs(actor: Actor, here: str) -> list[Tab]:
    """Return the pages of moderation this person may open."""
    found = []
    if actor.may(MODERATE):
        found.append(("moderation.queue", _("Queue")))
    found.append(("moderation.decided", _("Decisions")))
    found.append(("moderation.figures", _("Figures")))
    if actor.may(KEEP_CALENDAR):
        found.append(("moderation.calendar", _("Working days")))
    return [Tab(word, url_for(name), name == here) for name, word in found]
