"""What people write into terms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marketplace.core.extensions import db
from marketplace.negotiation.actions import terms
from marketplace.negotiation.models import Lead, Terms
from marketplace.values import clock
from tests.negotiation.factories import Cast

PRICE = 1_200_000_000


def milestones(price: int = PRICE, count: int = 3) -> list[dict[str, Any]]:
    """A schedule in order of its days whose amounts sum to the price."""
    part = price // count
    amounts = [part] * (count - 1) + [price - part * (count - 1)]
    return [
        {"title": f"Mốc {number}", "deliverable": "Biên bản bàn giao", "amount": amount,
         "due_on": (clock.today() + timedelta(days=30 * number)).isoformat()}
        for number, amount in enumerate(amounts, 1)
    ]


def values(price: int | None = PRICE, **changes: Any) -> dict[str, Any]:
    """Terms that break no rule, for a lead about a listing."""
    return {
        "scope": "Quy trình chế tạo và vận hành màng lọc nano.", "transfer_form": "independent",
        "transfer_methods": ["documents", "training"], "transfer_right": "use_right", "exclusivity": "non_exclusive",
        "sublicence": False, "territory": "Việt Nam", "field_of_use": "Xử lý nước cấp", "term_months": 36,
        "direction": "domestic", "price": price, "payment_methods": ["instalments"],
        "milestones": milestones(price or PRICE), "support_kinds": ["training"], "warranty_months": 12,
        "penalties": "8 % phần giá trị vi phạm",
        "dispute_body": "Trung tâm Trọng tài Quốc tế Việt Nam", "other": "", **changes,
    }


EXCLUSIVE: dict[str, Any] = {"exclusivity": "exclusive"}


def form_of(said: dict[str, Any], based_on: int = 0, **more: Any) -> dict[str, Any]:
    """The same as a browser sends it."""
    sent: dict[str, Any] = {"based_on": str(based_on), **more}
    for name, value in said.items():
        if name == "milestones":
            for place, row in enumerate(value):
                sent |= {f"milestones-{place}-{column}": str(cell) for column, cell in row.items()}
        elif isinstance(value, bool):
            sent[name] = "yes" if value else "no"
        elif value is not None:
            sent[name] = value if isinstance(value, list) else str(value)
    return sent


def proposed(cast: Cast, lead: Lead, side: str = "supplier", **changes: Any) -> Terms:
    """A version that one side proposed, committed; the lead is negotiating."""
    newest = terms.latest(lead)
    made = terms.propose(lead, getattr(cast, side), values(**changes), "", based_on=newest.number if newest else 0)
    db.session.commit()
    return made
