"""Sending a message into the thread of a lead."""

from __future__ import annotations

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.errors import IllegalMove, Invalid
from marketplace.core.extensions import limiter
from marketplace.core.permissions import SIGNED_IN
from marketplace.files.actions import all_received, release_lock
from marketplace.negotiation.actions import messages
from marketplace.negotiation.file_access import check_received
from marketplace.negotiation.forms.thread import MessageForm
from marketplace.negotiation.queries import leads
from marketplace.negotiation.views.blueprint import bp
from marketplace.negotiation.views.show import page
from marketplace.web.errors import text_of


@bp.post("/leads/<code>/messages")
@limiter.limit("120 per hour")
@access(SIGNED_IN)
def post_message(code: str) -> ResponseReturnValue:
    """Send a message with files; nothing typed is lost when it is refused."""
    lead = leads.readable(code, actor())
    form = MessageForm()
    status = 422
    try:
        if form.validate_on_submit():
            files = all_received(form.file)
            check_received(lead, actor(), files)
            release_lock()
            lead = leads.readable(code, actor(), lock=True)
            text = form.text.data or ""
            message = None if files else messages.sent_just_now(lead, actor(), text)
            flash(_("You had already sent this message; it was not sent twice.") if message else _("Sent."), "success")
            message = message or messages.post(lead, actor(), text, files=files, once=form.once.data or "")
            return redirect(f"{leads.path_of(lead)}#m{message.id}")
    except Invalid as error:
        form.add_error(error)
    except IllegalMove as error:  # the other side ended it meanwhile: what was typed stays on the page
        form.form_errors.append(text_of(error))
        status = 409
    return page(leads.readable(code, actor()), compose=form), status
