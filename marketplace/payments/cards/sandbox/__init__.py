"""Our own small double of Stripe, for tests and for trying cards without an account (`python -m` this package).

It speaks the part of Stripe's API that `stripe_gateway` uses, to Stripe's own SDK: Checkout sessions with a hosted page,
payment intents, refunds, disputes, payouts, balance transactions, keys of idempotency, signed webhooks with retries. No
money moves. What is kept is kept in memory.
"""

from __future__ import annotations

import os

if os.environ.get("EXCHANGE_ENV", "").strip() == "production":
    raise ImportError("the double of the card provider is not used in production")
