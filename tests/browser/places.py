"""The main pages, person by person, and where accessibility is looked for: one table for `test_every_page` and journeys.

`make test` opens one page of each template: a place that names another in `like` has the same template and the same
parts, so it is opened with TESTS=all only. Pages of one template that show other panels to other people (dashboards, a
deal for an officer, a case of an organisation) name none. A journey looks at a page with axe where it is none of these
places. With TESTS=all axe looks everywhere.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit


class Place(NamedTuple):
    """A page: its address, or the first link on it whose address matches `follow`, or what lies at `then` from there."""

    name: str
    path: str
    follow: str = ""
    then: str = ""
    like: str = ""  # the place with the same template and parts


TECHNOLOGY = r"/technologies/CN-\d{4}-\d+-[a-z0-9-]+"
NEED = r"/needs/NC-\d{4}-\d+-[a-z0-9-]+"
LEAD = r"/leads/QT-\d{4}-\d+"
DEAL = r"/deals/GD-\d{4}-\d+"
DRAFT = r"/my/(?:listings/CN|needs/NC)-\d{4}-\d+/edit/[a-z-]+"
#: Pages that everybody sees first: they are opened in both looks.
FACES = ("home", "technologies", "technology", "need", "dashboard", "listing-transfer", "need-own", "queue", "case-listing")
PAGES: dict[str, list[Place]] = {
    "": [
        Place("home", "/"),
        Place("technologies", "/technologies?q=nuoc+thai"),
        Place("technologies-nothing", "/technologies?q=xyzzy+khong+co&field=2"),
        Place("technology", "/technologies?q=nuoc+thai", TECHNOLOGY),
        Place("needs", "/needs", like="technologies"),
        Place("need", "/needs?q=rau", NEED, like="need-own"),
        Place("organisations", "/organisations", like="technologies"),
        Place("organisation", "/organisations", r"/organisations/[a-z0-9-]+"),
        Place("search-help", "/search/help"),
        Place("tariff", "/fees"),
        Place("about", "/about"),
        Place("terms", "/terms", like="about"),
        Place("sign-in", "/login"),
        Place("register", "/register"),
        Place("forgotten", "/reset", like="sign-in"),
        Place("mailbox", "/mailbox"),
    ],
    "supplier": [
        Place("my-money", "/my/money"),
        Place("request", "/my/money", r"/my/money/DN-\d{4}-\d+"),
        Place("pay", "/my/money", r"/pay/DN-\d{4}-\d{6}"),
        Place("dashboard", "/dashboard"),
        Place("my-listings", "/my/listings"),
        Place("new-listing", "/my/listings/new"),
        Place("listing-what", "/my/listings", DRAFT, "what"),
        Place("listing-maturity", "/my/listings", DRAFT, "maturity", like="listing-what"),
        Place("listing-transfer", "/my/listings", DRAFT, "transfer"),
        Place("listing-files", "/my/listings", DRAFT, "files"),
        Place("listing-review", "/my/listings", DRAFT, "../review"),
        Place("listing-preview", "/my/listings", DRAFT, "../preview", like="technology"),
        Place("listing-own", "/my/listings", TECHNOLOGY, like="technology"),
        Place("my-organisation", "/my/organisation"),
        Place("members", "/my/organisation/members"),
        Place("invitations", "/my/needs/invitations"),
        Place("leads", "/my/leads"),
        Place("lead", "/my/leads", LEAD),
        Place("deals", "/my/deals"),
        Place("deal", "/my/deals", DEAL),
        Place("searches", "/my/searches"),
        Place("account", "/account"),
        Place("inbox", "/inbox"),
        Place("notifications", "/account/notifications"),
    ],
    "buyer": [
        Place("dashboard", "/dashboard"),
        Place("my-needs", "/my/needs", like="my-listings"),
        Place("leads", "/my/leads", like="leads"),
        Place("lead", "/my/leads?sort=oldest", LEAD, like="lead"),
        Place("deal", "/my/deals", DEAL, like="deal"),
        Place("need-own", "/my/needs", NEED),
        Place("new-need", "/my/needs/new", like="new-listing"),
        Place("need-problem", "/my/needs", DRAFT, "problem", like="listing-what"),
        Place("need-result", "/my/needs", DRAFT, "result", like="listing-what"),
        Place("need-terms", "/my/needs", DRAFT, "terms"),
        Place("need-six-clear", "/my/needs", DRAFT, "six-clear"),
    ],
    "agency": [
        Place("dashboard", "/dashboard"),
        Place("need-review", "/my/needs", r"/my/needs/NC-\d{4}-\d+/review", like="listing-review"),
    ],
    "founder": [
        Place("dashboard", "/dashboard"),
        Place("organisation-identity", "/my/organisation/edit/identity"),
        Place("organisation-address", "/my/organisation/edit/address", like="organisation-identity"),
        Place("organisation-documents", "/my/organisation/documents"),
    ],
    "moderator": [
        Place("dashboard", "/dashboard"),
        Place("queue", "/moderation"),
        Place("case-organisation", "/moderation?kind=organisation", r"/moderation/organisation/\d+"),
        Place("case-listing", "/moderation?kind=listing", r"/moderation/listing/\d+"),
        Place("case-need", "/moderation?kind=need", r"/moderation/need/\d+", like="case-listing"),
        Place("case-version", "/moderation?q=suc+khoe+cau", r"/moderation/listing/\d+"),  # beside what is published
        Place("record", "/moderation/things/listing/1"),
        Place("decided", "/moderation/decided"),
        Place("figures", "/moderation/figures"),
        Place("calendar", "/moderation/calendar"),
        Place("imports", "/imports"),
        Place("work", "/staff/work"),
        Place("held", "/staff/held-notifications"),
        Place("files-held-back", "/staff/files"),
    ],
    "officer": [
        Place("dashboard", "/dashboard"),
        Place("deals", "/staff/deals"),
        Place("deal", "/staff/deals?stage=disputed", DEAL),
        Place("complaints", "/staff/complaints"),
        Place("complaint", "/staff/complaints", r"/complaints/KN-\d{4}-\d+"),
        Place("lead", "/staff/leads", LEAD, like="lead"),
        Place("asked", "/staff/leads", LEAD),  # before a reading is recorded
    ],
    "manager": [
        Place("dashboard", "/dashboard"),
        Place("deliveries", "/staff/deliveries"),
        Place("leads", "/staff/leads"),
        Place("introduce", "/staff/leads/introduce"),
        Place("pairs", "/staff/pairs"),
        Place("matching", "/staff/matching"),
    ],
    "accountant": [
        Place("proposals", "/staff/proposals"),
        Place("money", "/money"),
        Place("payments", "/money/payments"),
        Place("refunds", "/money/refunds"),
        Place("messages", "/money/messages"),
        Place("charges", "/money/charges"),
        Place("fees", "/money/fees"),
        Place("accounts", "/money/accounts"),
        Place("account", "/money/accounts?q=131", r"/money/accounts/131-\d+"),
        Place("entry", "/money/accounts/3331", r"/money/entries/BT-\d{4}-\d+"),
        Place("journal", "/money/entries"),
        Place("trial-balance", "/money/trial-balance"),
        Place("new-fee", "/money/fees/new"),
        Place("new-waiver", "/money/fees/free/new"),
        Place("statements", "/money/statements"),
        Place("statement-line", "/money/statements?tab=under", r"/money/statements/\d+"),
        Place("statement-payout", "/money/statements?tab=payout", r"/money/statements/\d+"),
        Place("message", "/money/messages", r"/money/messages/\d+"),
        Place("bank-accounts", "/money/bank-accounts"),
        Place("bank-account", "/money/bank-accounts", r"/money/bank-accounts/\d+"),
        Place("new-bank-account", "/money/bank-accounts/new"),
        Place("reconcile", "/money/reconcile"),
    ],
    "leader": [Place("dashboard", "/dashboard"), Place("figures", "/moderation/figures", like="figures")],
    "admin": [
        Place("dashboard", "/dashboard"),
        Place("staff", "/staff"),
        Place("background", "/staff/background"),
        Place("texts", "/staff/texts"),
        Place("text-edit", "/staff/texts/terms/vi"),
    ],
}


def is_a_place(address: str) -> bool:
    """True when an address is one of the places, whatever its number: the page of any deal is the place of deals."""
    here = urlsplit(address).path
    places = [place for places in PAGES.values() for place in places if not place.then]
    return any(re.fullmatch(place.follow or re.escape(urlsplit(place.path).path), here) for place in places)
