"""The inbox: what happened, newest first; opening one marks it read and leads to the thing."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.core.access import access, actor
from marketplace.core.permissions import SIGNED_IN
from marketplace.core.subjects import SUBJECTS
from marketplace.notifications import actions, queries, rendering
from marketplace.notifications.models import Notification
from marketplace.notifications.topics import TOPICS
from marketplace.notifications.views.blueprint import bp
from marketplace.web.fetch_metadata import opened_by_reader
from marketplace.web.forms import ExchangeForm
from marketplace.web.paging import by_key
from marketplace.web.tabs import Tab
from marketplace.web.views import local_target

PER_PAGE = 30


@bp.get("/inbox")
@access(SIGNED_IN)
def inbox() -> ResponseReturnValue:
    """List what the person was told: all, or what is unread, perhaps of one topic."""
    who, topic = actor(), request.args.get("topic", "")
    topic = topic if topic in TOPICS else ""
    unread = request.args.get("show") == "unread"
    count = queries.unread_count(who)

    def href(show: str) -> str:
        return url_for("notifications.inbox", show=show or None, topic=topic or None)

    part = by_key(queries.inbox(who, unread=unread, topic=topic), Notification.id, PER_PAGE)
    return render_template(
        "notifications/inbox.html", here=href(""), part=part,
        tabs=[Tab(_("All"), href(""), not unread),
              Tab(_("Unread"), href("unread"), unread, (count if count < 100 else "99+") if count else None)],
        said=rendering.sentences(part.rows, who), topics=TOPICS, topic=topic,
        unread=unread, orgs=dict(who.orgs) if len(who.orgs) > 1 else {},
    )


@bp.get("/inbox/<int:notification_id>/open")
@access(SIGNED_IN.writing())
def open_one(notification_id: int) -> ResponseReturnValue:
    """Mark one as read and go to what it is about."""
    found = queries.one(notification_id, actor())
    if opened_by_reader():
        actions.read(found)
        declared = SUBJECTS.get(found.subject_kind)
        if declared is not None and declared.page_shows_news:
            actions.read_about(actor(), found.href)
    return redirect(local_target(found.href, url_for("notifications.inbox")))


@bp.post("/inbox/read")
@access(SIGNED_IN)
def read_all() -> ResponseReturnValue:
    """Mark everything, or everything of one topic, as read."""
    ExchangeForm().check_acting()
    topic = request.form.get("topic", "")
    count = actions.read_all(actor(), topic if topic in TOPICS else "")
    flash(ngettext("%(num)s notification marked as read.", "%(num)s notifications marked as read.", count), "success")
    return redirect(url_for("notifications.inbox", topic=topic if topic in TOPICS else None))
