"""The link in a mail that turns its topic off. Opening it asks; pressing the button, or a mail program's POST, does it.

Mail scanners open every link, so opening must not do it; RFC 8058 has programs send a POST, without cookie or token of
ours. The signed address is the permission.
"""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.core.access import access
from marketplace.core.permissions import PUBLIC
from marketplace.notifications import actions, queries, unsubscribe_link
from marketplace.notifications.topics import TOPICS
from marketplace.notifications.views.blueprint import bp


@bp.get("/unsubscribe/<token>")
@access(PUBLIC)
def ask(token: str) -> ResponseReturnValue:
    """Ask whether mails about the topic shall stop; where they have, say so."""
    user_id, topic = unsubscribe_link.person_and_topic(token)
    already = queries.preferences(user_id)[topic] == "off"
    return render_template("notifications/unsubscribe.html", topic=TOPICS[topic], done=already, already=already)


@bp.post("/unsubscribe/<token>")
@access(PUBLIC)
def turn_off(token: str) -> ResponseReturnValue:
    """Stop mails about the topic; the inbox goes on."""
    request.form.get("List-Unsubscribe")  # what programs send; read, so that a body of any size is refused as elsewhere
    user_id, topic = unsubscribe_link.person_and_topic(token)
    actions.prefer(user_id, {topic: "off"})
    return render_template("notifications/unsubscribe.html", topic=TOPICS[topic], done=True)
