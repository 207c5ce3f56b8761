"""Amounts as Stripe writes them: in the smallest unit of the currency, which is not ours for every currency."""

from __future__ import annotations

from marketplace.vocabulary import EXPONENTS

#: Decimals that differ from two (https://docs.stripe.com/currencies, read 2026-12 in a copy, not tried on Stripe).
STRIPE_DECIMALS = {
    **dict.fromkeys("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD JOD KWD OMR TND".split(), 3),
}


def stripe_decimals(currency: str) -> int:
    """Return how many decimals an amount at Stripe has."""
    return STRIPE_DECIMALS.get(currency.upper(), 2)


def to_stripe(amount: int, currency: str) -> int:
    """Return an amount in our minor units as Stripe writes it. Raises ValueError where ours is finer than Stripe's."""
    shift = stripe_decimals(currency) - EXPONENTS.get(currency.upper(), 2)
    if shift >= 0:
        return amount * 10**shift
    whole, rest = divmod(amount, 10**-shift)
    if rest:
        raise ValueError(f"{amount} {currency} is finer than Stripe counts")
    return int(whole)


def from_stripe(amount: int, currency: str) -> int:
    """Return an amount of Stripe in our minor units. Raises ValueError where Stripe's is finer than ours."""
    shift = EXPONENTS.get(currency.upper(), 2) - stripe_decimals(currency)
    if shift >= 0:
        return amount * 10**shift
    whole, rest = divmod(amount, 10**-shift)
    if rest:
        raise ValueError(f"{amount} {currency} is finer than we count")
    return int(whole)
