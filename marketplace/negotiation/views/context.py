"""What templates show of a lead: the variables of its parts."""

from __future__ import annotations

import secrets
from typing import Any

from flask import request
from flask_babel import gettext as _

from marketplace.core.access import actor
from marketplace.files.access import file_url, shown_name
from marketplace.negotiation.actions import messages
from marketplace.negotiation.forms.thread import MessageForm
from marketplace.negotiation.models import Lead
from marketplace.negotiation.queries import leads
from marketplace.negotiation.visibility import is_party


def requested_before() -> int | None:
    """Return the message before which older ones are asked for; nonsense asks for the newest."""
    asked = request.args.get("before", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None


def thread_of(lead: Lead, form: MessageForm | None = None, complaint: str = "") -> dict[str, Any]:
    """Return the variables of `negotiation/_thread.html`; reading marks the messages as read.

    Officers read on the page of a `complaint` (its path), where the reading is recorded; elsewhere they see no thread.
    """
    if not complaint and not is_party(lead, actor()):
        return {"thread": None, "compose": None}
    before, here = requested_before(), complaint or leads.path_of(lead)
    if form is None and messages.may_write(lead, actor()):
        form = MessageForm(formdata=None, once=secrets.token_hex(8))
    return {
        "thread": messages.page(lead, actor(), before), "compose": form, "here": here,
        "newest_href": here if before is not None else "", "file_url": file_url,
        "file_name": lambda file: shown_name(file, actor()),
        "kinds": {
            "interest": _("Answer to the need") if lead.origin == "need" else _("Interest"),
            "question": _("Question"), "mediation": _("Mediation"),
        },
    }
