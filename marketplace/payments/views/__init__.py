"""Pages of money: the public tariff, the accountants' desk, what an organisation owes."""

from marketplace.payments.views import bank_accounts, charges, dues, fees, invoices, ledger, mine
from marketplace.payments.views.blueprint import bp

__all__ = ["bank_accounts", "bank_messages", "bp", "charges", "dues", "fees", "invoices", "ledger", "mine", "statements"]
from marketplace.payments.views import (
    bank_messages,
    cards,
    messages,
    papers,
    pay,
    payments,
    refunds,
    statements,
)

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
