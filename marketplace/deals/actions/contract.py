"""The contract while it is drafted: the items of Art. 23, the number, the agreed day of effect."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from marketplace.core.access import Actor
from marketplace.core.errors import Invalid
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.locks import check_version
from marketplace.deals.contract_texts import agreed_texts
from marketplace.deals.event_data import data_of
from marketplace.deals.models import Deal
from marketplace.deals.requirements import require
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.vocabulary import CONTRACT_ITEMS

ITEM_LENGTH = 20_000  # characters of one item


def fill_in(deal: Deal) -> None:
    """Give every empty item what the agreed terms say of it."""
    texts = agreed_texts(deal)
    kept = {code: text for code, text in deal.contract.items() if text.strip()}
    deal.contract = {code: kept.get(code) or texts.get(code, "") for code in CONTRACT_ITEMS.codes}


def drop_agreed_texts(deal: Deal) -> None:
    """Empty the items that say just what the terms say: they are filled in again from the next terms."""
    texts = agreed_texts(deal)
    deal.contract = {code: "" if text == texts.get(code) else text for code, text in deal.contract.items()}


def save(
    deal: Deal, actor: Actor, values: Mapping[str, str], contract_no: str, effective_on: date | None, lock: int | None
) -> bool:
    """Store what one side wrote, if nobody else saved since `lock`; return whether anything changed.

    Raises NotAllowed for others than the sides, IllegalMove unless the contract is being drafted, Stale when somebody
    was faster, Invalid for a day of effect before the deal.
    """
    require(deal, "write_contract", actor)
    texts = {code: str(values.get(code, deal.contract.get(code, ""))) for code in CONTRACT_ITEMS.codes}
    changed = [code for code in CONTRACT_ITEMS.codes if texts[code] != deal.contract.get(code, "")]
    if contract_no != deal.contract_no:
        changed.append("contract_no")
    if effective_on != deal.effective_on:
        changed.append("effective_on")
    if not changed:
        return False  # a double click, or the same text twice
    check_version(lock, deal.contract_lock)
    if effective_on is not None and effective_on < clock.local(deal.opened_at).date():
        raise Invalid("effective_on", N_("The contract cannot take effect before the deal was opened."))
    deal.contract, deal.contract_no, deal.effective_on = texts, contract_no, effective_on
    deal.contract_lock += 1
    db.session.flush()
    record(deal, "deal.contract_saved", actor, data=data_of(deal, actor, fields=changed, lock=deal.contract_lock))
    return True
