"""The history of a deal and its milestones in words, as `components/history.html` draws it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select

from marketplace.core.access import Actor
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.permissions import STAFF
from marketplace.deals.lifecycle import DEAL, MILESTONE, REASON_CODES
from marketplace.deals.models import Deal, Milestone
from marketplace.deals.visibility import is_party
from marketplace.files.models import Attachment
from marketplace.organisations.timeline import entry, names_of
from marketplace.values import clock, money
from marketplace.values.text import N_
from marketplace.vocabulary import (
    CONTRACT_ITEMS,
    CONTROL_CLASSES,
    DEAL_FILES,
    ENDING_REASONS,
    PUBLICITIES,
    SIGNING_METHODS,
)
from marketplace.web.i18n import language

LIMIT = 150  # newest events shown
#: Events that are no move of a lifecycle.
LABELS: Mapping[str, str] = MappingProxyType({
    "deal.open": N_("The deal was opened"),
    "deal.contract_saved": N_("Contract text changed"),
    "deal.sign": N_("Signed contract filed"),
    "deal.ask_ending": N_("Asked to end the contract"),
    "deal.refuse_ending": N_("Refused to end the contract"),
    "deal.withdraw_ending": N_("Took back the request to end the contract"),
    "deal.publicity": N_("Chose what may be public"),
    "deal.officer": N_("Officer of the exchange changed"),
    "deal.classify": N_("Legal regime decided"),
    "deal.file_added": N_("File added"),
    "deal.file_read": N_("An officer read a file"),
    "deal.record_read": N_("Staff of the exchange opened the record"),
    "deal.note": N_("Internal note"),
    "deal.remind": N_("The exchange reminded both sides"),
    "deal.reminded": N_("Reminder: the deal stands still"),
    "milestone.reminded": N_("Reminder of a milestone"),
    "milestone.retire": N_("Milestone taken out of the schedule"),
})
#: What only the staff of the exchange reads, and of them nobody who belongs to a side.
INTERNAL = ("deal.note",)
TONES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "deal.open": ("", "award"), "deal.agree": ("success", "check-circle-fill"), "deal.sign": ("", "pen"),
    "deal.conclude": ("success", "check-circle-fill"), "deal.take_effect": ("success", "check-circle-fill"),
    "deal.complete": ("success", "award"), "deal.cancel": ("danger", "x-circle-fill"),
    "deal.terminate": ("danger", "x-circle-fill"), "deal.dispute": ("danger", "exclamation-octagon"),
    "deal.return_defects": ("warning", "arrow-left"), "deal.redraft": ("warning", "arrow-left"),
    "deal.renegotiate": ("warning", "arrow-left-right"), "deal.ask_ending": ("warning", "exclamation-triangle-fill"),
    "deal.contract_saved": ("", "pencil"), "deal.file_added": ("", "paperclip"), "deal.file_read": ("warning", "eye"),
    "deal.record_read": ("", "eye"),
    "deal.reminded": ("warning", "clock-history"), "milestone.reminded": ("warning", "clock-history"),
    "milestone.deliver": ("", "box-seam"), "milestone.accept": ("success", "check-lg"),
    "milestone.return": ("warning", "arrow-left"), "deal.publicity": ("", "eye"), "deal.note": ("", "pencil"),
    "deal.resume_effective": ("success", "check-circle-fill"), "deal.resume_delivering": ("success", "check-circle-fill"),
    "deal.resume_acceptance": ("success", "check-circle-fill"),
})


def timeline(
    deal: Deal, reader: Actor, limit: int = LIMIT, *, files: Iterable[Attachment] = ()
) -> list[dict[str, Any]]:
    """Return the newest events of the deal and its milestones, newest first. At most two statements.

    `files` are those the reader may read: events about them say their names.
    """
    milestone_ids = select(Milestone.id).where(Milestone.deal_id == deal.id)  # retired ones too: history is kept
    rows = select(Event).where(or_(
        and_(Event.subject_kind == "deal", Event.subject_id == deal.id),
        and_(Event.subject_kind == "milestone", Event.subject_id.in_(milestone_ids)),
    ))
    if not _as_staff(deal, reader):
        rows = rows.where(Event.action.not_in(INTERNAL))
    events = list(db.session.scalars(rows.order_by(Event.at.desc(), Event.id.desc()).limit(limit)))
    sides = {deal.supplier_org_id: deal.supplier.name, deal.buyer_org_id: deal.buyer.name}
    names = sides if all((event.on_behalf_of or 0) in {0, *sides} for event in events) else names_of(events)
    titles = {one.id: _("Milestone %(number)s: %(title)s", number=one.position, title=one.title) for one in deal.milestones}
    names_of_files = {one.id: one.file.name for one in files}
    return [
        _entry(event, deal, names, titles, names_of_files.get(event.data.get("attachment", 0), ""), reader)
        for event in events
    ]


def happened(event: Event) -> str:
    """Return what happened in words."""
    if event.action in LABELS:
        return _(LABELS[event.action])
    return _((MILESTONE if event.subject_kind == "milestone" else DEAL).done(event.action.partition(".")[2]))


def _as_staff(deal: Deal, reader: Actor) -> bool:
    """True for staff of the exchange; who belongs to a side reads as that side, staff or not."""
    return reader.may(STAFF) and not is_party(deal, reader)


def who_of(event: Event, deal: Deal, reader: Actor) -> str:
    """Return who did it: officers of the exchange are not named to the parties."""
    if event.actor_id is None:
        return _("the system")
    outside = event.on_behalf_of not in {deal.supplier_org_id, deal.buyer_org_id}
    return _("an officer of the exchange") if outside and not _as_staff(deal, reader) else event.actor_name


def _entry(
    event: Event, deal: Deal, names: Mapping[int, str], titles: Mapping[int, str], file: str, reader: Actor
) -> dict[str, Any]:
    lifecycle = MILESTONE if event.subject_kind == "milestone" else DEAL
    outside = event.on_behalf_of not in {deal.supplier_org_id, deal.buyer_org_id}
    about = titles.get(event.subject_id, "") if event.subject_kind == "milestone" else ""
    return entry(
        event, happened(event), who_of(event, deal, reader), "" if outside else names.get(event.on_behalf_of or 0, ""),
        lifecycle.labels, (_reason(event), event.reason), TONES,
        " · ".join(filter(None, (about, _detail(event), file))),
    )


def _reason(event: Event) -> str:
    if not event.reason_code:
        return ""
    vocabulary = REASON_CODES.get(event.action.removeprefix("deal."), ENDING_REASONS)
    return vocabulary.label(event.reason_code, language())


def _detail(event: Event) -> str:
    data = event.data
    if event.action == "deal.contract_saved":
        named = {"contract_no": _("Contract number"), "effective_on": _("Takes effect on")}
        return ", ".join(named.get(name) or CONTRACT_ITEMS.label(name, language()) for name in data.get("fields", ()))
    if event.action == "deal.sign":
        day = clock.format_date(clock.parse_date(data["signed_on"])) if data.get("signed_on") else ""
        return " · ".join(part for part in (SIGNING_METHODS.label(data.get("method"), language()), day) if part)
    if event.action == "milestone.retire":
        return f'{data["title"]}, {money.format_vnd(data["amount"])}'
    if event.action == "deal.file_added":
        return DEAL_FILES.label(data.get("role"), language())
    if event.action == "deal.publicity":
        return PUBLICITIES.label(data.get("wish"), language())
    if event.action == "deal.classify":
        return CONTROL_CLASSES.label(data.get("control_class"), language())
    return ""
