"""Needs of the demonstration and their life after publication."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from marketplace.buyer_requests import actions
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.lifecycle import NEED
from marketplace.moderation.actions import sanctions
from marketplace.pages.demo.content import need_values
from marketplace.pages.demo.stories import Story
from marketplace.values import clock

#: The owner's moves that lead to each end.
_WAYS = {"shortlisting": ("shortlist",), "negotiating": ("shortlist", "negotiate"),
         "solved": ("shortlist", "negotiate", "solve")}
_DAYS_BETWEEN = 18  # from one of these moves to the next


@dataclass
class NeedStory(Story):
    """One need."""

    def __post_init__(self) -> None:
        """Know the kind."""
        self.kind = KIND

    def values(self) -> dict[str, object]:
        """Return what the need says; days count from the day of loading."""
        ids = {key: organisation.id for key, organisation in self.world.orgs.items()}
        today = clock.local(self.world.script.now).date()
        return need_values(self.entry, self.world.orgs[self.org], ids, today)

    def go_on(self, published: datetime) -> None:
        """Shortlist, negotiate, solve, expire, withdraw or suspend, as the entry says; and let others ask."""
        script = self.world.script
        self.write_enquiries(published, actions.ENQUIRIES)
        for turn, action in enumerate(_WAYS.get(self.ends, ())):
            # Shortlisting comes on the last day for answers, before the deadline closes the need by itself.
            at = script.day(-self.entry["answer_deadline"], 15) + timedelta(days=turn * _DAYS_BETWEEN)
            script.add(max(at, published + timedelta(hours=2)), partial(self.move, action))
        if self.ends == "expired":
            after = script.day(-self.entry["answer_deadline"] - 1, 0, 1)
            script.add(after, actions.expire_due)
        elif self.ends == "withdrawn":
            script.add(script.day(11, 16), lambda: self.move("withdraw"))
        elif self.ends == "suspended":
            script.add(script.day(5, 10), self.suspend)

    def move(self, action: str) -> None:
        """The requester makes one of the plain moves, unless a deal has brought the need further already."""
        actor = self.world.acting(self.org)
        if NEED.row(action, self.thing.state, self.thing.roles_of(actor)):
            actions.move(self.thing, action, actor, reason=self.entry.get("reason", ""))

    def suspend(self) -> None:
        """A moderator suspends it."""
        moderator = self.world.moderator(self.number)
        sanctions.sanction("need", self.thing, "suspend", moderator, self.entry["reason_code"], self.entry["reason"])
