"""The life of one technology or need of the demonstration, told through the verbs that people use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from marketplace.authoring import actions as authoring
from marketplace.authoring.enquiries import Rule, enquire
from marketplace.authoring.kinds import Kind
from marketplace.core.calendar_days import review_due
from marketplace.moderation.submission import Submission
from marketplace.pages.demo import review
from marketplace.pages.demo.content import Entry, cells
from marketplace.pages.demo.world import World
from marketplace.values import clock

_MINUTES_PER_DAY = 480  # of an office
#: What a reviewer says whose first answer is a request for changes, by reason.
_REQUESTS = {
    "specs_missing": "Đề nghị bổ sung thông số kỹ thuật có giá trị và đơn vị, kèm điều kiện đo.",
    "claims_exaggerated": "Đề nghị nêu số liệu và cỡ mẫu cho các lợi thế đã khai, hoặc viết lại cho đúng mức.",
    "right_not_proven": "Đề nghị bổ sung căn cứ quyền sở hữu và thỏa thuận với đồng tác giả.",
    "summary_unclear": "The summary should say which problem is solved and with what benefit, in plain words.",
}


@dataclass
class Story:
    """How one thing is written, reviewed and what becomes of it. Subclasses say what it is and how it goes on."""

    world: World
    entry: Entry
    number: int
    kind: Kind = field(init=False)
    revision: Any = field(init=False, default=None)

    @property
    def org(self) -> str:
        """Key of the owning organisation."""
        return str(self.entry["org"])

    @property
    def ends(self) -> str:
        """Where the story ends."""
        return str(self.entry["story"])

    @property
    def thing(self) -> Any:
        """The listing or need."""
        return self.kind.thing_of(self.revision)

    def values(self) -> dict[str, Any]:
        """Return everything the first version says."""
        raise NotImplementedError

    def attach(self) -> None:
        """Put files onto the first version."""

    def go_on(self, published: datetime) -> None:
        """Write what happens after publication."""
        raise NotImplementedError

    def write_enquiries(self, published: datetime, rule: Rule) -> None:
        """Write what others ask about it."""
        for sender, days, text in map(cells, self.entry.get("enquiries", ())):
            at = self.world.script.day(int(days), 9 + self.number % 7, self.number * 3 % 60)
            self.world.script.add(max(at, published), partial(self._enquire, sender, text, rule))

    def _enquire(self, sender: str, text: str, rule: Rule) -> None:
        enquire(self.thing, self.world.acting(sender), text, rule)

    def write(self) -> None:
        """Write the whole life into the script."""
        script = self.world.script
        begin = script.day(self.entry["days"], 8 + self.number % 8, self.number * 13 % 60)
        script.add(begin, self.create)
        script.add(begin + timedelta(minutes=48), self.save)
        if self.ends == "draft":
            return
        script.add(begin + timedelta(minutes=55), self.attach)
        at = begin + timedelta(minutes=60)
        script.add(at, self.submit)
        if self.ends == "submitted":
            return
        if "changes" in self.entry:
            at = self.write_round(at, "request_changes", self.entry["changes"], _REQUESTS[self.entry["changes"]])
            at = max(at + timedelta(hours=20), script.office(at, 1, 30))
            script.add(at, self.submit)
        if self.ends == "in_review":
            script.add(self.claimed_at(at), self.claim)
        elif self.ends in {"changes_requested", "rejected"}:
            action = "reject" if self.ends == "rejected" else "request_changes"
            self.write_round(at, action, self.entry["reason_code"], self.entry["reason"])
        else:
            published = self.write_round(at, "approve")
            self.world.published[self.kind.name, self.entry["title"]] = published
            self.go_on(published)

    def claimed_at(self, submitted: datetime) -> datetime:
        """Return when a moderator takes the case: mostly the next working day, sometimes late."""
        wait = 1 if self.number % 5 else 2 + self.number % 2
        return self.world.script.office(submitted, wait, self.number * 17 % (_MINUTES_PER_DAY // 2))

    def write_round(self, submitted: datetime, action: str, reason_code: str = "", text: str = "") -> datetime:
        """Write a claim and a decision; return when it was decided."""
        script, claimed = self.world.script, self.claimed_at(submitted)
        script.add(claimed, self.claim)
        decided = claimed + timedelta(minutes=15 + self.number * 7 % 90)
        script.add(decided, lambda: self.decide(action, reason_code, text))
        return decided

    def create(self) -> None:
        """Begin the draft with its title."""
        title = {"title": self.entry["title"]}
        self.revision = authoring.create(self.kind, self.world.acting(self.org, self.number), title)

    def save(self) -> None:
        """Fill in everything else."""
        authoring.save(self.kind, self.revision, self.values(), self.world.acting(self.org, self.number), None)

    def submit(self) -> None:
        """Submit the open version."""
        due = review_due(self.kind.name, clock.now(), clock.PUBLIC)
        authoring.submit(self.kind, self.revision, self.world.acting(self.org, self.number), due)

    def subject(self) -> Submission:
        """Return the version as moderation sees it."""
        return Submission(self.kind.name, self.thing, self.revision)

    def claim(self) -> None:
        """A moderator takes the case."""
        review.claim(self.subject(), self.world.moderator(self.number))

    def decide(self, action: str, reason_code: str, text: str) -> None:
        """The moderator decides."""
        control = "encouraged" if self.number % 3 == 0 else "ordinary"
        review.decide(self.subject(), self.world.moderator(self.number), action, reason_code, text, control)

    def revise(self, values: Mapping[str, Any]) -> None:
        """The owner begins a new version and changes something in it."""
        actor = self.world.acting(self.org, self.number)
        self.revision = authoring.start_revision(self.kind, self.thing, actor)
        authoring.save(self.kind, self.revision, values, actor, None)
