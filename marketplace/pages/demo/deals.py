"""Leads and deals of the demonstration, told line by line through the verbs that people use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from typing import Any

from sqlalchemy import select

from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.deals.actions import (
    acceptance,
    contract,
    milestones,
    officers,
    publicity,
    signing,
    termination,
    transitions,
)
from marketplace.deals.models import Deal, Milestone
from marketplace.files.actions import Received, receive
from marketplace.listings.models import Listing, ListingRevision
from marketplace.negotiation.actions import begin, complaints, messages, moves, terms
from marketplace.negotiation.models import Lead
from marketplace.pages.demo.content import Entry, cells
from marketplace.pages.demo.pictures import paper, receive_text
from marketplace.pages.demo.world import World
from marketplace.values import clock

OFFICER = "officer@demo.example"
_OTHER = {"supplier": "buyer", "buyer": "supplier"}
#: Moves of a deal that need nothing but the words of the line.
_PLAIN = frozenset({"draft", "present", "redraft", "take_effect", "begin_delivery", "hand_over"})
_TERMS = {
    "transfer_right": "use_right", "exclusivity": "non_exclusive", "sublicence": False,
    "territory": "Toàn lãnh thổ Việt Nam", "direction": "domestic", "transfer_form": "independent",
    "transfer_methods": ["documents", "training"], "support_kinds": ["training", "on_site"], "other": "",
}


@dataclass(frozen=True)
class StoryLine:
    """One line of a story: who does what, with what, in which words."""

    who: str
    verb: str
    what: str
    words: str


@dataclass
class DealStory:
    """One conversation, and the deal it may have become."""

    world: World
    entry: Entry
    number: int
    lead_id: int = field(init=False, default=0)

    def write(self) -> None:
        """Write every line into the script, in the order of the file; nobody speaks before both sides are public.

        Moderators keep office hours, so the day of publication depends on the weekends and holidays before the loading.
        """
        last = max(self.world.public_since(kind, self.entry[kind]) for kind in ("listing", "need") if kind in self.entry)
        for turn, row in enumerate(self.entry["story"]):
            days, who, verb, what, words = (*cells(row), "", "", "")[:5]
            at = self.world.script.day(int(days), 9 + (self.number + turn) % 8, (self.number * 7 + turn * 11) % 60)
            last = at = max(at, last + timedelta(minutes=35))
            self.world.script.add(at, partial(self.tell, StoryLine(who, verb, what, words), turn))

    def tell(self, line: StoryLine, turn: int) -> None:
        """Let the line happen."""
        telling = getattr(self, f"_{line.verb}", None)
        if telling is not None:
            telling(line, turn)
        elif line.verb in _PLAIN:
            transitions.move(self.deal, line.verb, self.actor(line))
        else:  # the moves that give reasons: cancel, dispute, renegotiate, resume_…
            transitions.move(self.deal, line.verb, self.actor(line), reason_code=line.what, reason=line.words)

    def actor(self, line: StoryLine) -> Actor:
        """Return who acts: the founder of a side, who may bind it, or the deal officer."""
        return self.world.officer(OFFICER) if line.who == "officer" else self.world.acting(str(self.entry[line.who]))

    @property
    def lead(self) -> Lead:
        """The conversation, once it has begun."""
        return db.session.get_one(Lead, self.lead_id)

    @property
    def deal(self) -> Deal:
        """The deal it became."""
        return db.session.scalars(select(Deal).where(Deal.lead_id == self.lead_id)).one()

    def _listing(self) -> Listing:
        rows = select(Listing).join(ListingRevision, ListingRevision.id == Listing.published_revision_id)
        return db.session.scalars(rows.where(ListingRevision.title.startswith(self.entry["listing"]))).one()

    def _need(self) -> BuyerRequest | None:
        if not self.entry.get("need"):
            return None
        rows = select(BuyerRequest).join(NeedRevision, NeedRevision.id == BuyerRequest.published_revision_id)
        return db.session.scalars(rows.where(NeedRevision.title.startswith(self.entry["need"]))).one()

    def _once(self, turn: int) -> str:
        return f"demo-{self.number}-{turn}"

    # Meeting and talking

    def _open(self, line: StoryLine, turn: int) -> None:
        need = self._need()
        if line.who == "supplier":
            assert need is not None
            lead = begin.answer_need(need, self.actor(line), line.words, self._listing(), once=self._once(turn))
        else:
            lead = begin.express_interest(self._listing(), self.actor(line), line.words, need, once=self._once(turn))
        self.lead_id = lead.id

    def _introduce(self, line: StoryLine, turn: int) -> None:
        need = self._need()
        assert need is not None
        self.lead_id = begin.introduce(self._listing(), need, self.actor(line), line.words).id

    def _accept(self, line: StoryLine, turn: int) -> None:
        moves.accept(self.lead, self.actor(line))

    def _ask(self, line: StoryLine, turn: int) -> None:
        moves.ask(self.lead, self.actor(line), line.words, once=self._once(turn))

    def _say(self, line: StoryLine, turn: int) -> None:
        files = [_sheet()] if "bảng" in line.words or "số liệu" in line.words else []
        messages.post(self.lead, self.actor(line), line.words, files=files, once=self._once(turn))

    def _decline(self, line: StoryLine, turn: int) -> None:
        moves.decline(self.lead, self.actor(line), line.what, line.words)

    def _withdraw(self, line: StoryLine, turn: int) -> None:
        moves.withdraw(self.lead, self.actor(line), line.what, line.words)

    def _complain(self, line: StoryLine, turn: int) -> None:
        complaints.open_complaint(self.lead, self.actor(line), line.what, line.words)

    # Terms

    def _propose(self, line: StoryLine, turn: int) -> None:
        newest = terms.latest(self.lead)
        terms.propose(
            self.lead, self.actor(line), self._terms(line.what), line.words, based_on=newest.number if newest else 0
        )

    def _terms(self, changes: str) -> dict[str, Any]:
        price = int(changes.partition("=")[2] or self.entry["price"])
        return {**_TERMS, **self.entry["terms"], "price": price, "milestones": _schedule(self.entry["milestones"], price)}

    def _agree(self, line: StoryLine, turn: int) -> None:
        newest = terms.latest(self.lead)
        assert newest is not None
        terms.accept(newest, self.actor(line))

    # The contract

    def _contract(self, line: StoryLine, turn: int) -> None:
        deal = self.deal
        texts = {**deal.contract, "obligations": _OBLIGATIONS, "liability": _LIABILITY, "warranty": _WARRANTY}
        contract.save(deal, self.actor(line), texts, line.what, None, deal.contract_lock)

    def _sign(self, line: StoryLine, turn: int) -> None:
        organisation = self.world.orgs[str(self.entry[line.who])]
        said = signing.Signing(
            organisation.legal_representative, organisation.representative_title, "legal_representative", "",
            "paper_scan", "", clock.today(),
        )
        signing.sign(self.deal, self.actor(line), said, _signed())

    # Delivery and the end

    def _milestone(self, line: StoryLine) -> Milestone:
        return self.deal.milestones[int(line.what) - 1]

    def _deliver(self, line: StoryLine, turn: int) -> None:
        milestones.deliver(self._milestone(line), self.actor(line), line.words, [_sheet()])

    def _accept_step(self, line: StoryLine, turn: int) -> None:
        milestones.accept(self._milestone(line), self.actor(line))

    def _return_step(self, line: StoryLine, turn: int) -> None:
        milestones.give_back(self._milestone(line), self.actor(line), line.words)

    def _complete(self, line: StoryLine, turn: int) -> None:
        deal, actor = self.deal, self.actor(line)
        said = acceptance.Acceptance(
            minutes_no=f"{self.number + 1:02d}/2026/BBNT", minutes_on=clock.today(), result=line.words,
            value_realised=deal.price * int(line.what) // 100, minutes=_signed(), evidence=_sheet(),
        )
        acceptance.complete(deal, actor, said)
        for side in _OTHER:
            publicity.choose(deal, self.world.acting(str(self.entry[side])), str(self.entry.get("publicity", "none")))

    def _ask_ending(self, line: StoryLine, turn: int) -> None:
        termination.ask_ending(self.deal, self.actor(line), line.what, line.words)

    def _terminate(self, line: StoryLine, turn: int) -> None:
        termination.agree_to_end(self.deal, self.actor(line))

    def _note(self, line: StoryLine, turn: int) -> None:
        officer = self.actor(line)
        officers.set_officer(self.deal, officer, officer.user_id)
        officers.write_note(self.deal, officer, line.words)


def _schedule(rows: list[str], price: int) -> list[dict[str, Any]]:
    """Return milestones from "title | deliverable | days from now | percent"; the last one takes the rest."""
    found: list[dict[str, Any]] = []
    for title, deliverable, days, percent in map(cells, rows):
        amount = price * int(percent) // 100
        due = clock.today() + timedelta(days=int(days))
        found.append({"title": title, "deliverable": deliverable, "due_on": due.isoformat(), "amount": amount})
    found[-1]["amount"] = price - sum(row["amount"] for row in found[:-1])
    return found


_OBLIGATIONS = (
    "Bên giao bảo đảm có quyền chuyển giao, cung cấp đủ tài liệu và hướng dẫn. Bên nhận thanh toán đúng hạn, giữ bí mật "
    "công nghệ và không chuyển giao lại khi chưa được đồng ý bằng văn bản."
)
_LIABILITY = "Bên vi phạm bồi thường thiệt hại thực tế chứng minh được, không vượt quá giá trị hợp đồng."
_WARRANTY = "Bên giao khắc phục miễn phí lỗi thuộc công nghệ trong thời hạn bảo hành, bắt đầu xử lý trong ba ngày làm việc."


@cache
def _signed() -> Received:
    return receive(paper("hop-dong-da-ky.pdf"))


@cache
def _sheet() -> Received:
    return receive_text("bang-so-lieu.txt", ["Bảng số liệu minh họa", "Điều kiện | Giá trị | Đơn vị", "Mẫu 1 | 0,6 | mm"])
