"""The keys of the card provider: only by environment, and never those of another environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LIVE, _TEST = ("sk_live_", "rk_live_"), ("sk_test_", "rk_test_")


def card_keys(env: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings of the card provider."""
    names = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE")
    return {name.lower(): env.get(name, "").strip().rstrip("/") for name in names}


def card_problems(env: Mapping[str, str], environment: str) -> list[str]:
    """Return what is wrong with the keys: real money outside production, test cards in it, half a configuration."""
    key, secret, base = card_keys(env).values()
    problems = []
    if key and not key.startswith(_LIVE + _TEST):
        problems.append("STRIPE_SECRET_KEY must begin with sk_live_, rk_live_, sk_test_ or rk_test_")
    if key.startswith(_LIVE) and environment != "production":
        problems.append(f"STRIPE_SECRET_KEY is a live key, and this is {environment}: real cards would be charged")
    if key.startswith(_TEST) and environment == "production":
        problems.append("STRIPE_SECRET_KEY is a test key, and this is production: payments without money would count")
    if base and environment == "production":
        problems.append("STRIPE_API_BASE names another provider than Stripe: not in production")
    if key and not secret:
        problems.append("STRIPE_WEBHOOK_SECRET is missing: without it nobody learns that somebody has paid")
    return problems
