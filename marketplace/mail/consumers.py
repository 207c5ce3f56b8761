"""Sending mail, in a lane of its own: a slow server holds nobody up."""

from __future__ import annotations

from marketplace.core.events import MAIL, Consumer
from marketplace.mail.delivery import PATIENCE, send_due
from marketplace.mail.models import CONSUMER

CONSUMERS = (Consumer(CONSUMER, lambda _action: False, send_due, patience=PATIENCE, lane=MAIL),)
