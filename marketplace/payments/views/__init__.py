"""Pages of money: the tariff, the accountants' desk, what an organisation owes, ways to pay, statements of banks, dues."""

from marketplace.payments.views import (
    bank_accounts,
    bank_messages,
    cards,
    charges,
    dues,
    fees,
    invoices,
    ledger,
    messages,
    mine,
    papers,
    pay,
    payee_account,
    payments,
    reconcile,
    refunds,
    statements,
)
from marketplace.payments.views.blueprint import bp

__all__ = [
    "bank_accounts",
    "bank_messages",
    "bp",
    "cards",
    "charges",
    "dues",
    "fees",
    "invoices",
    "ledger",
    "messages",
    "mine",
    "papers",
    "pay",
    "payee_account",
    "payments",
    "reconcile",
    "refunds",
    "statements",
]
