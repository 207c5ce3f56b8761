"""How banks lay out the columns of their statements: two examples that are shipped, and what was learnt from files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.core.errors import Invalid
from marketplace.core.extensions import db
from marketplace.payments.banks.models import StatementLayout
from marketplace.values.text import N_, fold

#: Field of a line → its label.
FIELDS = {
    "date": N_("Day"), "description": N_("Description"), "amount": N_("Amount (out is negative)"), "debit": N_("Money out"),
    "credit": N_("Money in"), "reference": N_("Reference of the bank"), "counterparty": N_("Payer or payee"),
    "balance": N_("Balance"), "currency": N_("Currency"),
}
DATE_FORMATS = {"%d/%m/%Y": "31/12/2026", "%m/%d/%Y": "12/31/2026", "%Y-%m-%d": "2026-12-31"}


@dataclass(frozen=True)
class StatementColumns:
    """Which headings (folded) name which field."""

    code: str
    columns: Mapping[str, Sequence[str]]
    date_format: str = ""

    def places(self, cells: Sequence[str]) -> dict[str, int]:
        """Return field → place in a row of headings; empty when day, text or amount are not among them."""
        folded = [fold(cell).strip() for cell in cells]
        found = {field: folded.index(name) for field, names in self.columns.items()
                 for name in names if name in folded and folded.count(name) == 1}
        money = "amount" in found or {"debit", "credit"} <= found.keys()
        return found if money and {"date", "description"} <= found.keys() else {}


#: Two common layouts; banks change theirs without notice, so what does not fit is learnt from the file.
SHIPPED = (
    StatementColumns("two-columns", {
        "date": ("ngay giao dich", "ngay hach toan", "ngay gd", "transaction date", "date"),
        "description": ("noi dung giao dich", "noi dung", "dien giai", "mo ta", "description", "details"),
        "debit": ("so tien ghi no", "ghi no", "phat sinh no", "debit"),
        "credit": ("so tien ghi co", "ghi co", "phat sinh co", "credit"),
        "reference": ("so tham chieu", "ma giao dich", "so but toan", "reference"),
        "counterparty": ("ten nguoi chuyen", "doi tac", "ten tai khoan doi ung", "counterparty"),
        "balance": ("so du", "so du sau giao dich", "balance"), "currency": ("loai tien", "currency"),
    }),
    StatementColumns("one-column", {
        "date": ("ngay", "ngay giao dich", "date", "booking date"),
        "description": ("noi dung", "dien giai", "description", "details"),
        "amount": ("so tien", "phat sinh", "amount"),
        "reference": ("so tham chieu", "ma giao dich", "reference"),
        "counterparty": ("doi tac", "nguoi chuyen", "counterparty"),
        "balance": ("so du", "balance"), "currency": ("loai tien", "currency"),
    }),
)


class HeadingsUnknown(Invalid):
    """No known layout fits; `headings` are those of the file, for a person to say what they are."""

    def __init__(self, headings: Sequence[str]) -> None:
        """Say it at the field of the file."""
        super().__init__("file", N_("The columns of this file are not known. Say which is which, and choose the file"
                                    " again."))
        self.headings = list(headings)


def known_layouts() -> list[StatementColumns]:
    """Return what was learnt, the last first, then what is shipped. One statement."""
    learnt = db.session.scalars(select(StatementLayout).order_by(StatementLayout.id.desc()).limit(200))
    return [*(StatementColumns(row.code, row.columns, row.date_format) for row in learnt), *SHIPPED]


def layout_from(headings: Sequence[str], chosen: Mapping[str, str], date_format: str) -> StatementColumns:
    """Return the layout that a person says: place of a heading ("0") → field. Raises Invalid on `file`."""
    columns: dict[str, list[str]] = {}
    for place, heading in enumerate(headings):
        field = chosen.get(str(place), "")
        if field in FIELDS:
            columns.setdefault(field, []).append(fold(heading).strip())
    if any(len(names) > 1 for names in columns.values()):
        raise Invalid("file", N_("Each field can be taken from one column only."))
    code = hashlib.sha256("|".join(fold(one).strip() for one in headings).encode()).hexdigest()[:40]
    made = StatementColumns(code, columns, date_format if date_format in DATE_FORMATS else "")
    if not made.places(headings):
        raise HeadingsUnknown(headings)
    return made


def learn(layout: StatementColumns, by_id: int | None) -> None:
    """Keep a layout that has read a whole file; the same headings again take its place."""
    row = db.session.scalar(select(StatementLayout).where(StatementLayout.code == layout.code))
    if row is None:
        row = StatementLayout(code=layout.code, by_id=by_id)
        db.session.add(row)
    row.columns = {field: list(names) for field, names in layout.columns.items()}
    row.date_format = layout.date_format
    db.session.flush()
