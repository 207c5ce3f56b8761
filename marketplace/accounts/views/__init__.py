"""Pages of people: one's account, the operators' roles, the mailbox of development."""

from marketplace.accounts.views import account, closing, confirm, mailbox, people, staff
from marketplace.accounts.views.blueprint import bp

__all__ = ["account", "bp", "closing", "confirm", "mailbox", "people", "staff"]
