"""Who may do what, by name: every set of staff roles and member roles that the exchange knows, in one table.

A `Permission` is used in two ways: `@access(FOLLOW_DEALS)` marks a page with who may open it, and
`actor.may(FOLLOW_DEALS)` asks the same in an action, a visibility rule or a template (`may("follow_deals")`). Nothing
else names roles. What may be done to one thing in one state is the question of its lifecycle table; `ROLES_TOWARDS`
says who plays the roles of those tables. The page `/staff/permissions` shows it all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from marketplace.values.text import N_
from marketplace.vocabulary import MEMBER_ROLES, STAFF_ROLES

#: What a permission asks of a reader, from nothing at all to a role. "development" is open to everybody, but only
#: where the exchange does not run in production.
Level = Literal["public", "development", "signed_in", "acting", "verified", "member", "staff"]


@dataclass(frozen=True)
class Permission:
    """A named permission: `label` (an English message id) says what it allows.

    `roles` are staff roles at the level "staff", roles in the organisation acted for at the level "member"; any one of
    them suffices. `writes` is for the few GETs that write (confirmation links, logged reading).
    """

    name: str
    label: str
    level: Level
    roles: frozenset[str] = frozenset()
    writes: bool = False

    def held_by(self, roles: Iterable[str]) -> bool:
        """Return True when any of `roles` carries this permission."""
        return not self.roles.isdisjoint(roles)

    def writing(self) -> Permission:
        """Return the same permission for a GET that writes."""
        return replace(self, writes=True)


#: Every permission by its name, in the order of the page.
PERMISSIONS: dict[str, Permission] = {}


def _add(name: str, label: str, level: Level, *roles: str) -> Permission:
    known = STAFF_ROLES.codes if level == "staff" else MEMBER_ROLES.codes
    unknown = set(roles) - set(known)
    if unknown or name in PERMISSIONS:
        raise ValueError(f"{name} is there twice, or names unknown roles: {sorted(unknown)}")
    PERMISSIONS[name] = Permission(name, label, level, frozenset(roles))
    return PERMISSIONS[name]


# People and organisations
PUBLIC = _add("public", N_("Read what is public"), "public")
SIGNED_IN = _add("signed_in", N_("Use an account"), "signed_in")
ACTING = _add("acting", N_("See what belongs to one's organisation"), "acting")
VERIFIED = _add("verified", N_("Do what only verified organisations may"), "verified")
EDIT_CONTENT = _add(
    "edit_content", N_("Write and submit what the organisation posts"), "member", "admin", "editor")
MANAGE_ORGANISATION = _add("manage_organisation", N_("Manage the organisation and its members"), "member", "admin")
NEGOTIATE = _add("negotiate", N_("Write for the organisation in conversations and deals"), "member",
                 "admin", "editor", "signer")
COMMIT = _add("commit", N_("Commit the organisation: propose and accept terms, sign"), "member", "admin", "signer")

# The exchange's staff
STAFF = _add("staff", N_("Read what all staff may read"), "staff", *STAFF_ROLES.codes)
MODERATE = _add("moderate", N_("Review submissions, suspend and restore, read what is not public"), "staff", "moderator")
READ_DECISIONS = _add("read_decisions", N_("Read decisions of moderation and their figures"), "staff",
                      "moderator", "admin", "manager", "leadership", "auditor")
READ_QUEUE_FIGURES = _add("read_queue_figures", N_("See on the dashboard what waits for review"), "staff",
                          "moderator", "admin", "manager", "leadership")
KEEP_CALENDAR = _add("keep_calendar", N_("Keep the calendar of working days"), "staff",
                     "moderator", "admin", "manager")
HANDLE_WORK = _add("handle_work", N_("See what waits for the staff and take it up"), "staff",
                   "moderator", "deal_officer", "manager", "accountant", "admin")
IMPORT_DATA = _add("import_data", N_("Import technologies and needs from files"), "staff", "moderator")
EDIT_TEXTS = _add("edit_texts", N_("Edit the texts of the site"), "staff", "moderator", "admin")
OVERSEE_DEALS = _add("oversee_deals", N_("See lists and figures of conversations and deals"), "staff",
                     "deal_officer", "manager", "leadership", "auditor", "moderator", "admin")
READ_RECORDS = _add("read_records", N_("Read the records of conversations and deals, hidden names among them"), "staff",
                    "deal_officer", "manager", "auditor", "moderator")
FOLLOW_DEALS = _add("follow_deals", N_("Follow deals, mediate complaints, introduce two sides"), "staff",
                    "deal_officer", "manager")
READ_DEAL_FIGURES = _add("read_deal_figures", N_("See on the dashboard how deals stand"), "staff",
                         "deal_officer", "manager", "leadership")
HEAR_ESCALATIONS = _add("hear_escalations", N_("Hear of what officers have not handled in time"), "staff", "manager")
MARK_MATCHES = _add("mark_matches", N_("Suggest or dismiss matches"), "staff", "moderator", "deal_officer")
WEIGH_MATCHES = _add("weigh_matches", N_("Set the weights of matching, match everything anew"), "staff",
                     "manager", "admin")
ACCOUNTING = _add("accounting", N_("Keep the money of the exchange: fees, payment requests, payments"), "staff",
                  "accountant", "manager")
READ_MONEY = _add("read_money", N_("Read the money of the exchange: fees, payment requests, the ledger"), "staff",
                  "accountant", "manager", "auditor")
READ_MONEY_TOTALS = _add("read_money_totals", N_("See the totals of the money of the exchange"), "staff",
                         "accountant", "manager", "auditor", "leadership")
READ_DELIVERIES = _add("read_deliveries", N_("See which mails were sent, send one again"), "staff", "admin", "manager")
MANAGE_STAFF = _add("manage_staff", N_("Grant and end roles of the staff"), "staff", "admin")
RUN_SYSTEM = _add("run_system", N_("See background work, try failed work again"), "staff", "admin")
DEVELOPMENT = _add("development", N_("Use pages that exist only outside production"), "development")

#: Roles of lifecycle tables (towards one thing), and the permission that whoever plays them holds. Each feature's
#: `roles_of` adds what else is asked: to belong to the side, or to belong to none. None: no person at all.
ROLES_TOWARDS: dict[str, tuple[str, Permission | None]] = {
    "moderator": (N_("Moderators who do not belong to the organisation"), MODERATE),
    "officer": (N_("Officers who belong to neither side"), FOLLOW_DEALS),
    "importer": (N_("Whoever imports from files"), IMPORT_DATA),
    "admin": (N_("Administrators of the organisation"), MANAGE_ORGANISATION),
    "owner": (N_("Editors of the organisation that owns it"), EDIT_CONTENT),
    "supplier": (N_("The transferor's people"), NEGOTIATE),
    "buyer": (N_("The transferee's people"), NEGOTIATE),
    "initiator": (N_("The side that began the conversation"), NEGOTIATE),
    "counterpart": (N_("The side that was addressed"), NEGOTIATE),
    "proposer": (N_("The side that proposed the terms"), NEGOTIATE),
    "acceptor": (N_("Whoever may commit the side that was offered the terms"), COMMIT),
    "claimant": (N_("The side that raised the dispute"), NEGOTIATE),
    "complainant": (N_("The side that complained"), NEGOTIATE),
    "respondent": (N_("The side that was asked to answer"), NEGOTIATE),
    "approver": (N_("Somebody else who holds the permission that the proposal needs"), STAFF),
    "author": (N_("Whoever made the proposal"), STAFF),
    "payer": (N_("The side that pays"), NEGOTIATE),
    "payee": (N_("The side that is paid"), NEGOTIATE),
    "payer_signer": (N_("Whoever may commit the side that pays"), COMMIT),
    "payee_signer": (N_("Whoever may commit the side that is paid"), COMMIT),
    "asked": (N_("Whoever may commit the side that was asked to waive"), COMMIT),
    "accountant": (N_("Accountants who do not belong to the organisation"), ACCOUNTING),
    "system": (N_("Nobody: a recurring job"), None),
}

#: The staff roles of whoever sets up an exchange, when none is named.
FIRST_ROLES = ("admin", "moderator")
