"""Pages of money: the public tariff, the accountants' desk, what an organisation owes."""

from marketplace.payments.views import (
    bank_accounts,
    cards,
    charges,
    fees,
    invoices,
    ledger,
    messages,
    mine,
    papers,
    pay,
    payments,
    refunds,
)
from marketplace.payments.views.blueprint import bp

__all__ = [
    "bank_accounts",
    "bp",
    "cards",
    "charges",
    "fees",
    "invoices",
    "ledger",
    "messages",
    "mine",
    "papers",
    "pay",
    "payments",
    "refunds",
]
