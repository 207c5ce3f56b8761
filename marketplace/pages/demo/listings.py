"""Technologies of the demonstration: their pictures and papers, and their life after publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.core.access import SYSTEM
from marketplace.core.events import transition
from marketplace.files import actions as files
from marketplace.files.actions import Received
from marketplace.listings import actions
from marketplace.listings.kind import KIND
from marketplace.listings.lifecycle import LISTING
from marketplace.moderation.actions import sanctions
from marketplace.pages.demo.content import Entry, cells, listing_values
from marketplace.pages.demo.pictures import GROUNDS, Key, paper, receive_text
from marketplace.pages.demo.stories import Story
from marketplace.values import clock

_CONFIRM_EVERY = 75  # days after which a diligent owner confirms


def picture_of(entry: Entry, number: int) -> Key | None:
    """Return which picture an entry shows."""
    return (entry["image"], number % len(GROUNDS)) if "image" in entry else None


@dataclass
class ListingStory(Story):
    """One technology."""

    pictures: Mapping[Key, Received]

    def __post_init__(self) -> None:
        """Know the kind."""
        self.kind = KIND

    def values(self) -> dict[str, object]:
        """Return what the first version says; days count from the day of loading."""
        return listing_values(self.entry, self.world.orgs[self.org], clock.local(self.world.script.now).date())

    def attach(self) -> None:
        """Put the picture, and the papers some technologies have, onto the version."""
        actor, revision = self.world.acting(self.org, self.number), self.revision
        key = picture_of(self.entry, self.number)
        if key is not None:
            caption = self.entry.get("caption", "Hình minh họa")
            files.attach(files.add(self.pictures[key], actor), revision, "image", "public", caption)
        if self.entry.get("right_basis") == "authorised":
            proof = files.add(files.receive(paper("van-ban-dong-y-chuyen-giao.pdf")), actor)
            files.attach(proof, revision, "right_proof", "staff", "Văn bản đồng ý của chủ sở hữu (bản minh họa)")
        if "members_detail" in self.entry:
            sheet = receive_text("thong-so-ky-thuat.txt", self._sheet())
            files.attach(files.add(sheet, actor), revision, "document", "members", "Bảng thông số kỹ thuật")

    def _sheet(self) -> list[str]:
        rows = [" – ".join(part for part in cells(row)[:2]) + " " + cells(row)[2] for row in self.entry["specs"]]
        return [self.entry["title"], "", *rows, "", "Tài liệu minh họa, không dùng để giao dịch."]

    def go_on(self, published: datetime) -> None:
        """Confirm, age, take offline, suspend or revise, as the entry says; and let others ask."""
        script = self.world.script
        self.write_enquiries(published, actions.ENQUIRIES)
        if self.ends == "stale":
            days = self.world.settings.stale_days
            script.add(published + timedelta(days=days, minutes=40), self.go_stale)
            return
        last = self._write_confirmations(published)
        if self.ends == "unpublished":
            script.add(max(last, script.day(12, 15)), self.unpublish)
        elif self.ends == "suspended":
            script.add(max(last, script.day(6, 11)), self.suspend)
        elif "new_version" in self.entry:
            self._write_new_version(self.entry["new_version"])

    def _write_confirmations(self, published: datetime) -> datetime:
        """Write the confirmations that kept the listing fresh; return the last moment written."""
        script, at = self.world.script, published
        end = script.day(self.entry.get("confirmed", 0), 14, self.number % 60)
        while at + timedelta(days=_CONFIRM_EVERY) < end:
            at += timedelta(days=_CONFIRM_EVERY)
            script.add(at, self.confirm)
        if "confirmed" in self.entry:
            script.add(end, self.confirm)
            at = end
        return at

    def _write_new_version(self, state: str) -> None:
        script, begin = self.world.script, self.world.script.day(20 if state == "approved" else 3, 10, self.number % 60)
        script.add(begin, lambda: self.revise(self.entry["next"]))
        if state == "draft":
            return
        submitted = begin + timedelta(minutes=30)
        script.add(submitted, self.submit)
        if state == "in_review":
            script.add(script.office(submitted, 1, 60), self.claim)
        elif state == "approved":
            self.write_round(submitted, "approve")
        elif state == "changes_requested":
            self.write_round(submitted, "request_changes", self.entry["reason_code"], self.entry["reason"])

    def confirm(self) -> None:
        """The owner says that it is still current."""
        actions.move(self.thing, "confirm", self.world.acting(self.org, self.number))

    def go_stale(self) -> None:
        """Nobody confirmed in time."""
        transition(self.thing, LISTING, "go_stale", SYSTEM, {"system"})

    def unpublish(self) -> None:
        """The owner takes it offline."""
        actions.move(self.thing, "unpublish", self.world.acting(self.org, self.number), reason=self.entry["reason"])

    def suspend(self) -> None:
        """A moderator suspends it."""
        moderator = self.world.moderator(self.number)
        sanctions.sanction(
            "listing", self.thing, "suspend", moderator, self.entry["reason_code"], self.entry["reason"]
        )
