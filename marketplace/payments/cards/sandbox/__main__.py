"""Serve the double beside the site: `python -m … PORT WEBHOOK_URL`; its keys come by environment."""

from __future__ import annotations

import os
import sys

from marketplace.payments.cards.sandbox.server import Server
from marketplace.payments.cards.sandbox.state import Double
from marketplace.payments.cards.sandbox.webhooks import Sender

if __name__ == "__main__":
    port, webhook = int(sys.argv[1]), sys.argv[2]
    sender = Sender(webhook, os.environ["STRIPE_WEBHOOK_SECRET"])
    Server(Double(sender), os.environ["STRIPE_SECRET_KEY"], port, f"http://localhost:{port}").serve_forever()
