"""How long it is kept what banks and card providers said in words; amounts, references of ours and entries stay for ever.

Rows are known again by their keys, so no message and no line of a statement counts a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, cast, or_, select, update

from marketplace.core.columns import in_states
from marketplace.core.config import Settings
from marketplace.core.extensions import db
from marketplace.core.retention import Action, register_retention
from marketplace.payments.banks.lifecycle import LINE_OPEN
from marketplace.payments.banks.models import StatementLine
from marketplace.payments.settlement.models import ProviderEvent
from marketplace.values import clock
from marketplace.values.text import N_

_WORDS = (StatementLine.description, StatementLine.reference, StatementLine.counterparty)
_ERASED = N_("text erased")
_SOURCE = N_(
    "Documents of the books are kept ten years from the end of their year (Law on Accounting 88/2015/QH13, Article 41; "
    "Decree 174/2016/ND-CP, Article 13; not checked in the statute); names and texts in them are needed no longer.")


def _erase_lines(rows: Sequence[Any]) -> None:
    blank = update(StatementLine).where(StatementLine.id.in_([row.id for row in rows]))
    db.session.execute(blank.values(description="", reference="", counterparty="").execution_options(
        synchronize_session=False))


def _erase_messages(rows: Sequence[Any]) -> None:
    blank = update(ProviderEvent).where(ProviderEvent.id.in_([row.id for row in rows])).values(payload={})
    db.session.execute(blank.execution_options(synchronize_session=False))


def register(settings: Settings) -> None:
    """Register the rules."""
    lines = select(StatementLine.id).where(
        or_(*(one != "" for one in _WORDS)), ~in_states(StatementLine, LINE_OPEN)).order_by(StatementLine.booked_on)
    register_retention(
        "bank_line", lambda before: lines.where(StatementLine.booked_on < clock.local(before).date()),
        settings.keep_bank_line_days, Action(_ERASED, _erase_lines), _SOURCE, label=N_("Lines of bank statements"))
    messages = select(ProviderEvent.id).where(
        ProviderEvent.parked_reason == "", cast(ProviderEvent.payload, String) != "{}").order_by(ProviderEvent.received_at)
    register_retention(
        "provider_event", lambda before: messages.where(ProviderEvent.received_at < before),
        settings.keep_provider_event_days, Action(_ERASED, _erase_messages), _SOURCE,
        label=N_("Messages of banks and card providers"))
