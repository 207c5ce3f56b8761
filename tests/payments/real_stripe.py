"""Say against what `make test-stripe` runs."""

from __future__ import annotations

import os

if __name__ == "__main__":
    if os.environ.get("STRIPE_TEST_SECRET_KEY", "").startswith(("sk_test_", "rk_test_")):
        print("STRIPE_TEST_SECRET_KEY is set: the contract runs against Stripe's test mode and against our double.")
    else:
        print("STRIPE_TEST_SECRET_KEY is not set: nothing is asked of the real Stripe. Only our double is tried,"
              " which says nothing about Stripe's server.")
