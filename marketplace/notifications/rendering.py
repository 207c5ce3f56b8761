"""The sentence of a notification, made when it is read: in the reader's language, with the names they may know now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.negotiation.models import Lead
from marketplace.negotiation.visibility import knows_buyer
from marketplace.notifications.models import Notification
from marketplace.notifications.topics import MESSAGES
from marketplace.values import clock
from marketplace.vocabulary import VOCABULARIES
from marketplace.web.i18n import language

#: Places that a sentence about a lead or deal may have beside the notification's own params.
PLACES = ("party", "supplier", "buyer")


def sentences(rows: Sequence[Notification], reader: Actor) -> dict[int, str]:
    """Return the sentence of each notification for this reader; one statement for all of them."""
    leads = _leads(rows)
    return {row.id: sentence(row.message, row.params, leads.get(row.params.get("lead", 0)), reader) for row in rows}


def sentence(message: str, params: Mapping[str, Any], lead: Lead | None, reader: Actor) -> str:
    """Return one sentence; of a version that knew other sentences, a general one."""
    places = {name: _value(name, value) for name, value in params.items()}
    if lead is not None:
        places |= _names(lead, str(params.get("side", "")), reader)
    try:
        said = _(MESSAGES[message]) % places
    except (KeyError, TypeError, ValueError):
        return _("Something has changed. Open it to see what.")
    return said[:1].upper() + said[1:]


def lead_of(params: Mapping[str, Any]) -> Lead | None:
    """Return the lead that a notification's names come from."""
    return db.session.get(Lead, params["lead"]) if params.get("lead") else None


def term(vocabulary: str, code: str) -> dict[str, str]:
    """Return a param that reads as the label of a code."""
    return {"vocabulary": vocabulary, "code": code}


def _leads(rows: Iterable[Notification]) -> dict[int, Lead]:
    ids = {row.params["lead"] for row in rows if row.params.get("lead")}
    if not ids:
        return {}
    found = select(Lead).where(Lead.id.in_(ids)).options(joinedload(Lead.supplier), joinedload(Lead.buyer))
    return {lead.id: lead for lead in db.session.scalars(found)}


def _names(lead: Lead, side: str, reader: Actor) -> dict[str, str]:
    supplier = lead.supplier.name
    buyer = lead.buyer.name if knows_buyer(lead, reader) else _("the requester")
    return {"supplier": supplier, "buyer": buyer, "party": supplier if side == "buyer" else buyer}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        code = str(value.get("code", ""))
        return VOCABULARIES[value["vocabulary"]].label(code, language()) if code else "–"
    if name.endswith("_on") and value:
        return clock.format_date(date.fromisoformat(value))
    return value
