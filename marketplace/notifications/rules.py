"""Which event tells whom what: one row per event and audience. Of several rows that fit a person, the first counts.

Audiences: `other` (the side that did not act), `own` (colleagues of who acted), `both`, `supplier`, `buyer`,
`complainant`, `respondent`, `waiting` (whose turn it is); of staff: `officer` (who follows this deal or complaint),
`officers` (all who could), `managers`. Nobody is told what they did themselves. `by` limits a row to events of one
side, or of the exchange itself. What the table leaves out on purpose stands in SILENT with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from marketplace.notifications.topics import register_message
from marketplace.values.text import N_

STAFF = ("officer", "officers", "managers")


@dataclass(frozen=True)
class Row:
    """One row. `place` says where it leads: lead, terms, deal or complaint.

    `quiet`: no further mail while an unread one of the same kind about the same thing is fresh.
    """

    action: str
    topic: str
    to: tuple[str, ...]
    text: str
    place: str
    by: str = ""  # supplier | buyer | exchange
    quiet: bool = False

    @property
    def message(self) -> str:
        """Key of its sentence."""
        return ":".join(part for part in (self.action, self.to[0], self.by) if part)


def _lead(action: str, to: str, text: str, *, by: str = "", topic: str = "interest", quiet: bool = False) -> Row:
    return Row(f"lead.{action}", topic, tuple(to.split()), text, "lead", by, quiet)


def _terms(action: str, to: str, text: str, *, place: str = "terms") -> Row:
    return Row(f"terms.{action}", "terms", tuple(to.split()), text, place)


def _complaint(action: str, to: str, text: str) -> Row:
    return Row(f"complaint.{action}", "complaints", tuple(to.split()), text, "complaint")


def _deal(action: str, to: str, text: str, *, by: str = "", quiet: bool = False) -> Row:
    return Row(f"deal.{action}", "deals", tuple(to.split()), text, "deal", by, quiet)


def _milestone(action: str, to: str, text: str) -> Row:
    return Row(f"milestone.{action}", "milestones", tuple(to.split()), text, "deal")


_SETTLED = N_("The dispute in deal %(code)s is settled. “%(title)s” goes on.")

TABLE: tuple[Row, ...] = (
    _lead("introduce", "both", N_("The exchange suggests that you talk with %(party)s about “%(title)s”.")),
    _lead("contact", "other", N_("%(party)s is interested in “%(title)s”."), by="buyer"),
    _lead("contact", "other", N_("%(party)s offers a solution for “%(title)s”."), by="supplier"),
    _lead("accept", "other", N_("%(party)s wants to talk with you about “%(title)s”.")),
    _lead("ask", "other", N_("%(party)s has a question about “%(title)s” before answering.")),
    _lead("decline", "other", N_("%(party)s does not want to go on with “%(title)s”: %(reason)s.")),
    _lead("withdraw", "other", N_("%(party)s withdrew from the conversation about “%(title)s”: %(reason)s.")),
    _lead("expire", "both", N_("The conversation about “%(title)s” has lapsed: it went unanswered too long.")),
    _lead("reminded", "waiting", N_("%(party)s is waiting for your answer about “%(title)s”.")),
    _lead("message", "other", N_("New message from %(party)s about “%(title)s”."), topic="messages", quiet=True),
    _lead("message", "both", N_("An officer of the exchange wrote in the conversation about “%(title)s”."),
          by="exchange", topic="messages", quiet=True),
    _terms("propose", "other", N_("%(party)s proposes terms for “%(title)s” (version %(number)s).")),
    _terms("propose", "own", N_("Your organisation proposed terms for “%(title)s” (version %(number)s).")),
    _terms("accept", "other", N_("%(party)s accepted your terms for “%(title)s”: both sides agree."), place="deal"),
    _terms("accept", "own", N_("Your organisation accepted the terms for “%(title)s”: both sides agree."), place="deal"),
    _terms("decline", "other", N_("%(party)s declined your terms for “%(title)s” (version %(number)s).")),
    _terms("withdraw", "other", N_("%(party)s withdrew the terms it proposed for “%(title)s” (version %(number)s).")),
    _complaint("open", "respondent", N_("%(party)s made complaint %(code)s about the conversation on “%(title)s”.")),
    _complaint("open", "officers", N_("New complaint %(code)s: %(supplier)s and %(buyer)s, “%(title)s”.")),
    _complaint("triage", "complainant", N_("An officer of the exchange has taken up your complaint %(code)s.")),
    _complaint("ask_party", "respondent", N_("The exchange asks your organisation to answer complaint %(code)s.")),
    _complaint("ask_party", "complainant", N_("The exchange asked the other side about your complaint %(code)s.")),
    _complaint("answer", "complainant", N_("%(party)s answered your complaint %(code)s.")),
    _complaint("answer", "officer", N_("The other side answered complaint %(code)s.")),
    _complaint("escalate", "both", N_("Complaint %(code)s was passed to a higher level of the exchange.")),
    _complaint("escalate", "managers", N_("Complaint %(code)s was escalated: %(supplier)s and %(buyer)s.")),
    _complaint("resolve", "both", N_("Complaint %(code)s is resolved.")),
    _complaint("reject", "both", N_("Complaint %(code)s was rejected.")),
    _complaint("withdraw", "respondent", N_("%(party)s withdrew complaint %(code)s.")),
    _complaint("withdraw", "officer", N_("Complaint %(code)s was withdrawn.")),
    _deal("renegotiate", "other", N_("%(party)s wants to negotiate the terms of deal %(code)s again.")),
    _deal("draft", "other", N_("%(party)s began the contract of deal %(code)s, “%(title)s”.")),
    _deal("present", "both", N_("The contract of deal %(code)s is ready to be signed.")),
    _deal("redraft", "other", N_("%(party)s sent the contract of deal %(code)s back to the draft.")),
    _deal("sign", "other", N_("%(party)s signed the contract of deal %(code)s.")),
    _deal("conclude", "both officer", N_("Deal %(code)s, “%(title)s”, is signed by both sides.")),
    _deal("take_effect", "both", N_("The contract of deal %(code)s is in effect.")),
    _deal("begin_delivery", "buyer", N_("%(party)s began delivery in deal %(code)s.")),
    _deal("hand_over", "buyer", N_("%(party)s handed over what was agreed in deal %(code)s. Please accept or return it.")),
    _deal("return_defects", "supplier", N_("%(party)s returned the delivery of deal %(code)s with defects.")),
    _deal("complete", "both officer", N_("Deal %(code)s, “%(title)s”, is completed.")),
    _deal("cancel", "both officer", N_("Deal %(code)s, “%(title)s”, was cancelled.")),
    _deal("dispute", "other", N_("%(party)s raised a dispute in deal %(code)s.")),
    _deal("dispute", "own", N_("Your organisation raised a dispute in deal %(code)s.")),
    _deal("dispute", "officers", N_("Dispute in deal %(code)s: %(supplier)s and %(buyer)s, “%(title)s”.")),
    _deal("resume_effective", "both officer", _SETTLED),
    _deal("resume_delivering", "both officer", _SETTLED),
    _deal("resume_acceptance", "both officer", _SETTLED),
    _deal("ask_ending", "other", N_("%(party)s asks to end the contract of deal %(code)s.")),
    _deal("refuse_ending", "other", N_("%(party)s does not agree to end the contract of deal %(code)s.")),
    _deal("withdraw_ending", "other", N_("%(party)s no longer asks to end the contract of deal %(code)s.")),
    _deal("terminate", "both officer", N_("The contract of deal %(code)s, “%(title)s”, was ended by agreement.")),
    _deal("officer", "officer", N_("You follow deal %(code)s for the exchange: %(supplier)s and %(buyer)s.")),
    _deal("classify", "both", N_("The exchange classified the technology of deal %(code)s; see what follows for it.")),
    _deal("file_added", "other", N_("%(party)s added a file to deal %(code)s."), quiet=True),
    _deal("reminded", "both officer", N_("Deal %(code)s, “%(title)s”, has stood still for %(days)s days.")),
    _milestone("deliver", "buyer", N_("%(party)s reports “%(milestone)s” of deal %(code)s as delivered.")),
    _milestone("accept", "supplier", N_("%(party)s accepted “%(milestone)s” of deal %(code)s.")),
    _milestone("return", "supplier", N_("%(party)s returned “%(milestone)s” of deal %(code)s.")),
    _milestone("reminded", "both", N_("“%(milestone)s” of deal %(code)s is due on %(due_on)s.")),
)

#: Recorded, and told to nobody: why.
SILENT: Mapping[str, str] = MappingProxyType({
    "lead.convert": "terms.accept tells both sides in the same moment",
    "lead.thread_read": "stands in the history that both sides see; every page turned would be a mail",
    "terms.supersede": "the newer version that replaces it is told",
    "deal.open": "terms.accept tells both sides in the same moment",
    "deal.agree": "terms.accept tells both sides in the same moment",
    "deal.contract_saved": "a draft is saved many times a day; that it is ready to be signed is told",
    "deal.publicity": "each side decides for itself; nothing is public until both did",
    "deal.note": "the parties never see it, and who follows the deal reads it there",
    "deal.file_read": "a log of reading, not news",
})

_by_action: dict[str, list[Row]] = {}
for _row in TABLE:
    _by_action.setdefault(_row.action, []).append(_row)
    register_message(_row.message, _row.text)
BY_ACTION: Mapping[str, list[Row]] = MappingProxyType(_by_action)
