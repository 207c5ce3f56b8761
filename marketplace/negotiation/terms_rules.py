"""Rules of one version of terms: each returns what is wrong and what to do, in the order of the form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from marketplace import vocabulary as v
from marketplace.authoring.kinds import is_empty
from marketplace.core.errors import Invalid
from marketplace.negotiation.models import Lead
from marketplace.negotiation.terms_fields import EMPTY, FIELDS, NAMES
from marketplace.values import clock, money
from marketplace.values.text import N_
from marketplace.web.i18n import language

MOST_MILESTONES = 24
MONTHS = (1, 600)
WARRANTY = (1, 240)
NEEDED = ("scope", "transfer_form", "transfer_right", "direction", "price")


def funding_is_listed(lead: Lead) -> bool:
    """True when the listing says how the technology was funded, so that the terms need not."""
    revision = lead.listing.published_revision if lead.listing else None
    return bool(revision and revision.funding_source)


def settled(lead: Lead, values: dict[str, Any]) -> dict[str, Any]:
    """Return complete values: ownership is exclusive, and what the listing says of funding is not said twice."""
    chosen = {**EMPTY, **{name: value for name, value in values.items() if name in NAMES}}
    if chosen["transfer_right"] == "ownership" and not chosen["exclusivity"]:
        chosen["exclusivity"] = "exclusive"
    if funding_is_listed(lead):
        chosen["funding_source"] = chosen["result_certificate_no"] = ""
    return chosen


def problems(lead: Lead, values: dict[str, Any]) -> list[Invalid]:
    """Return every broken rule of settled values."""
    found = [*_stated(lead, values), *_known(values), *_right(values), *_numbers(values), *_schedule(values)]
    order = {name: place for place, name in enumerate(NAMES)}
    return sorted(found, key=lambda error: order[error.field])


def _stated(lead: Lead, values: dict[str, Any]) -> Iterator[Invalid]:
    needed = NEEDED if lead.listing_id else (*NEEDED, "funding_source")
    for name in needed:
        if is_empty(values[name]):
            yield Invalid(name, N_("Please fill this in."))


def _known(values: dict[str, Any]) -> Iterator[Invalid]:
    for spec in FIELDS:
        if spec.vocabulary is None or is_empty(values[spec.name]):
            continue
        codes = values[spec.name] if spec.shape == "codes" else [values[spec.name]]
        if any(code not in spec.vocabulary for code in codes):
            yield Invalid(spec.name, N_("Choose from the list."))


def _right(values: dict[str, Any]) -> Iterator[Invalid]:
    if values["transfer_right"] == "use_right" and not values["exclusivity"]:
        yield Invalid("exclusivity", N_("Say whether others may use the technology too."))
    if values["transfer_right"] == "ownership" and values["exclusivity"] in {"sole", "non_exclusive"}:
        yield Invalid("exclusivity", N_("Who becomes the owner has it alone: choose exclusive."))
    if values["transfer_right"] == "ownership" and values["term_months"] is not None:
        yield Invalid("term_months", N_("Ownership passes for good: leave the term empty."))
    if values["result_certificate_no"] and values["funding_source"] not in {"state_budget", "mixed"}:
        yield Invalid("result_certificate_no", N_("Such a certificate belongs to results paid by the State."))


def _numbers(values: dict[str, Any]) -> Iterator[Invalid]:
    for name, (low, high) in (("term_months", MONTHS), ("warranty_months", WARRANTY)):
        if values[name] is not None and not low <= values[name] <= high:
            yield Invalid(name, N_("Between %(low)s and %(high)s."), low=low, high=high)
    if values["price"] is not None and not 0 <= values["price"] <= money.MAX_AMOUNT:
        negative = values["price"] < 0
        yield Invalid("price", N_("An amount may not be negative.") if negative else N_("This amount is too large."))
    if "warranty" in values["support_kinds"] and not values["warranty_months"]:
        yield Invalid("warranty_months", N_("Say for how many months."))


def _schedule(values: dict[str, Any]) -> Iterator[Invalid]:
    rows, before = values["milestones"], clock.today()
    if not 1 <= len(rows) <= MOST_MILESTONES:
        yield Invalid("milestones", N_("Give one to %(most)s milestones."), most=MOST_MILESTONES)
        return
    for number, row in enumerate(rows, 1):
        if is_empty(row.get("title")) or is_empty(row.get("due_on")) or row.get("amount") is None:
            yield Invalid("milestones", N_("Milestone %(number)s needs a title, a day and an amount."), number=number)
            return
        if row["amount"] < 0:
            yield Invalid("milestones", N_("The amount of milestone %(number)s is negative."), number=number)
            return
        if row.get("pay_when") and row["pay_when"] not in v.PAY_WHENS:
            yield Invalid("milestones", N_("Say of milestone %(number)s when it is paid."), number=number)
            return
        due_on = date.fromisoformat(row["due_on"])
        if due_on < before:
            past = N_("Milestone %(number)s is due in the past.")
            early = N_("Milestone %(number)s is due before the one above it.")
            yield Invalid("milestones", past if due_on < clock.today() else early, number=number)
            return
        before = due_on
    yield from _sum(values["price"], sum(row["amount"] for row in rows))


def _sum(price: int | None, total: int) -> Iterator[Invalid]:
    """The amounts of the schedule are the price, exactly."""
    if price is None or price < 0 or total == price:
        return
    short = N_("The milestones sum to %(sum)s: %(off)s less than the price.")
    over = N_("The milestones sum to %(sum)s: %(off)s more than the price.")
    total_shown, off = (money.format_amount(one, "VND", language()) for one in (total, abs(price - total)))
    yield Invalid("milestones", short if total < price else over, sum=total_shown, off=off)


assert set(v.EXCLUSIVITIES.codes) == {"exclusive", "sole", "non_exclusive"}  # `exclusive` names them
