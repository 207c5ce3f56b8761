"""The double-entry ledger: `post` is the only door in, `queries` reads it, the database itself refuses what is wrong."""

from marketplace.payments.ledger.actions import LedgerConflict, Leg, credit, debit, post, reverse

__all__ = ["LedgerConflict", "Leg", "credit", "debit", "post", "reverse"]
