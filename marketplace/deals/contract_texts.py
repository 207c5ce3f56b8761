"""What the agreed terms say of each item of the contract, as text to begin the draft with.

A contract between parties in Vietnam is written in Vietnamese, whatever language its author reads the site in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from marketplace.deals.models import Deal
from marketplace.values import clock, money
from marketplace.vocabulary import (
    CONTRACT_ITEMS,
    CONTRACT_ITEMS_OPTIONAL,
    EXCLUSIVITIES,
    PAYMENT_METHODS,
    SUPPORT_KINDS,
    TRANSFER_FORMS,
    TRANSFER_METHODS,
    TRANSFER_RIGHTS,
    Vocabulary,
)
from marketplace.web.i18n import in_language

LANGUAGE = "vi"
REQUIRED = tuple(code for code in CONTRACT_ITEMS.codes if code not in CONTRACT_ITEMS_OPTIONAL)


def missing(deal: Deal) -> list[str]:
    """Return the codes of the items that block signing because they are empty, in the order of the law."""
    return [code for code in REQUIRED if not str(deal.contract.get(code, "")).strip()]


def agreed_texts(deal: Deal) -> dict[str, str]:
    """Return item → text, for the items on which the terms say something."""
    terms = deal.frozen["terms"]
    with in_language(LANGUAGE):
        texts = {
            "technology": deal.title,
            "object": str(terms.get("scope") or ""),
            "right": _lines(_right(terms)),
            "method": _lines(_method(terms)),
            "obligations": _obligations(terms),
            "price": _lines(_price(deal, terms)),
            "term": _lines(_term(terms)),
            "schedule": _lines(_schedule(terms)),
            "warranty": _("%(months)s months from acceptance.", months=terms["warranty_months"])
            if terms.get("warranty_months") else "",
            "penalties": str(terms.get("penalties") or ""),
            "disputes": str(terms.get("dispute_body") or ""),
            "other": str(terms.get("other") or ""),
        }
    return {code: text for code, text in texts.items() if text}


def _lines(lines: Iterator[str]) -> str:
    return "\n".join(line for line in lines if line)


def _names(vocabulary: Vocabulary, codes: Any) -> str:
    return ", ".join(vocabulary.label(code, LANGUAGE) for code in codes or ())


def _right(terms: Mapping[str, Any]) -> Iterator[str]:
    if terms.get("transfer_right"):
        yield TRANSFER_RIGHTS.label(terms["transfer_right"], LANGUAGE) + "."
    if terms.get("exclusivity"):
        yield EXCLUSIVITIES.label(terms["exclusivity"], LANGUAGE) + "."
    if terms.get("sublicence") is not None:
        allowed = _("The transferee may pass the right on."), _("The transferee may not pass the right on.")
        yield allowed[0] if terms["sublicence"] else allowed[1]
    if terms.get("territory"):
        yield _("Territory: %(text)s.", text=terms["territory"])
    if terms.get("field_of_use"):
        yield _("Field of use: %(text)s.", text=terms["field_of_use"])


def _method(terms: Mapping[str, Any]) -> Iterator[str]:
    if terms.get("transfer_form"):
        yield _("Form: %(text)s.", text=TRANSFER_FORMS.label(terms["transfer_form"], LANGUAGE))
    if terms.get("transfer_methods"):
        yield _("Method: %(text)s.", text=_names(TRANSFER_METHODS, terms["transfer_methods"]))


def _obligations(terms: Mapping[str, Any]) -> str:
    if not terms.get("support_kinds"):
        return ""
    return _("The transferor supports the transferee by: %(text)s.", text=_names(SUPPORT_KINDS, terms["support_kinds"]))


def _price(deal: Deal, terms: Mapping[str, Any]) -> Iterator[str]:
    yield _("Price: %(amount)s.", amount=money.format_vnd(deal.price))
    if terms.get("payment_methods"):
        yield _("Payment: %(text)s.", text=_names(PAYMENT_METHODS, terms["payment_methods"]))


def _term(terms: Mapping[str, Any]) -> Iterator[str]:
    months = terms.get("term_months")
    if months:
        yield _("The right is transferred for %(months)s months from the day the contract takes effect.", months=months)
    else:
        yield _("The right is transferred without limit of time.")


def _schedule(terms: Mapping[str, Any]) -> Iterator[str]:
    for number, row in enumerate(terms.get("milestones") or (), 1):
        yield _(
            "%(number)s. %(title)s: %(day)s, %(amount)s.", number=number, title=row.get("title", ""),
            day=clock.format_date(clock.parse_date(row["due_on"])), amount=money.format_vnd(int(row["amount"])),
        )
