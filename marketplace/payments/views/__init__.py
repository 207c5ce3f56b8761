"""Pages of money: the public tariff, the accountants' desk, what an organisation owes."""

from marketplace.payments.views import (
    charges,
    fees,
    invoices,
    ledger,
    mine,
    papers,
    pay,
    payments,
    refunds,
)
from marketplace.payments.views.blueprint import bp

__all__ = [
    "bp",
    "charges",
    "fees",
    "invoices",
    "ledger",
    "mine",
    "papers",
    "pay",
    "payments",
    "refunds",
]
