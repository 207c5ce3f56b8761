"""What is told of saved searches: one digest per person (`marketplace.saved_searches.digest` says when, and of what)."""

from __future__ import annotations

from marketplace.accounts.models import User
from marketplace.notifications.occasions import Occasion
from marketplace.notifications.rules import Letter, Notifications, rule
from marketplace.notifications.topics import Topic, register_topic
from marketplace.values.text import N_

TOPIC = "saved_search"
FOUND, DIGEST = "saved_search.found", "saved_search.digest"
register_topic(Topic(TOPIC, N_("Saved searches"), N_("New results of the searches you saved, as often as each says."),
                     "bookmark"))


def _letter(occasion: Occasion, _user: User) -> Letter:
    return Letter("saved_searches", occasion.extra)


NOTIFICATIONS = Notifications((
    rule(FOUND, TOPIC, "person", N_("“%(name)s” found something new: %(count)s."), key=FOUND, letter=_letter),
    rule(DIGEST, TOPIC, "person", N_("New results of your saved searches: %(count)s."), key=DIGEST, letter=_letter,
         place=lambda _occasion: "/my/searches"),
))
