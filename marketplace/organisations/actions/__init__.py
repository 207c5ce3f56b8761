"""Verbs on organisations: their profile, their verification, their members, their documents."""

from marketplace.organisations.actions.documents import add_document, remove_document
from marketplace.organisations.actions.members import (
    accept,
    change_roles,
    invite,
    leave,
    remove_member,
    revoke_invitation,
)
from marketplace.organisations.actions.profile import PROTECTED, change, create
from marketplace.organisations.actions.verification import decide, submit, tax_code_taken, withdraw

__all__ = [
    "PROTECTED", "accept", "add_document", "change", "change_roles", "create", "decide",
    "invite", "leave", "remove_document", "remove_member", "revoke_invitation", "submit", "tax_code_taken", "withdraw",
]
