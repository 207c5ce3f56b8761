"""The accounts of the demonstration that people are told about: on the sign-in page and by `make run`."""

from __future__ import annotations

from typing import NamedTuple

from marketplace.values.text import N_

#: The password of every person of the demonstration. Known to everybody: loaded only where DEMO is on, never in production.
DEMO_PASSWORD = "Minh-hoa-2026"  # noqa: S105  # documented on purpose, see above


#: The one account that signs in with two steps; the sign-in page shows its code.
TWO_STEP = "auditor@demo.example"


class DemoAccount(NamedTuple):
    """One account to try. `role` is an English message id."""

    role: str
    email: str


DEMO_ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount(N_("Supplier: administrator of a start-up"), "supplier@demo.example"),
    DemoAccount(N_("Supplier's colleague: editor"), "colleague@demo.example"),
    DemoAccount(N_("Buyer: an enterprise"), "buyer@demo.example"),
    DemoAccount(N_("Officer of a city agency"), "agency@demo.example"),
    DemoAccount(N_("Moderator"), "moderator@demo.example"),
    DemoAccount(N_("Second moderator"), "moderator2@demo.example"),
    DemoAccount(N_("Deal officer"), "officer@demo.example"),
    DemoAccount(N_("Operations manager"), "manager@demo.example"),
    DemoAccount(N_("Accountant"), "accountant@demo.example"),
    DemoAccount(N_("Leadership (figures only)"), "leader@demo.example"),
    DemoAccount(N_("System administrator"), "admin@demo.example"),
    DemoAccount(N_("Auditor, with two-step sign-in"), TWO_STEP),
    DemoAccount(N_("Founder of a start-up that is not verified yet"), "founder@demo.example"),
    DemoAccount(N_("Individual inventor"), "inventor@demo.example"),
)
