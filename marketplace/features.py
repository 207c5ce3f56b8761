"""Which features the exchange has: blueprints, consumers of events, recurring jobs, panel slots. Wiring only.

A feature's tables are known to SQLAlchemy because its `wiring` imports them.
"""

from __future__ import annotations

from flask import Flask

from marketplace import mail
from marketplace.accounts import wiring as accounts
from marketplace.answers import wiring as answers
from marketplace.browse import wiring as browse
from marketplace.buyer_requests import wiring as needs
from marketplace.core import calendar_days, facts, proposals, retention
from marketplace.core.config import Settings
from marketplace.core.events import register_companion, register_consumer
from marketplace.core.subjects import register_subject
from marketplace.deals import wiring as deals
from marketplace.files import wiring as files
from marketplace.history import wiring as history
from marketplace.importing import wiring as importing
from marketplace.listings import wiring as listings
from marketplace.mail import consumers as mail_consumers
from marketplace.mail import retention as mail_retention
from marketplace.matching import wiring as matching
from marketplace.moderation import wiring as moderation
from marketplace.negotiation import wiring as negotiation
from marketplace.notifications import wiring as notifications
from marketplace.organisations import wiring as organisations
from marketplace.pages import wiring as pages
from marketplace.payments import wiring as payments
from marketplace.payments.dues import wiring as dues
from marketplace.saved_searches import wiring as saved_searches
from marketplace.semantic import wiring as semantic


def register_features(app: Flask, settings: Settings) -> None:
    """Register every feature; order is the order of tiers."""
    retention.register(settings)
    register_consumer(*mail_consumers.CONSUMERS)
    mail_retention.register(settings)
    register_subject(mail.SUBJECT)
    register_subject(calendar_days.SUBJECT)
    proposals.register()
    register_companion("facts", facts.facts_with)
    register_consumer(facts.consumer())
    history.register(app)
    accounts.register(app, settings)
    notifications.register(app)
    files.register(app, settings)
    organisations.register(app)
    listings.register(app)
    needs.register(app)
    importing.register(app)
    browse.register(app, settings)
    semantic.register(app, settings)
    matching.register(app)
    answers.register(app)
    negotiation.register(app)
    deals.register(app)
    payments.register(app)
    dues.register(app)
    moderation.register(app)
    saved_searches.register(app)
    pages.register(app)
