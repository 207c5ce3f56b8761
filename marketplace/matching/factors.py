"""The factors of a match: each compares one thing, gives a score, a verdict and a sentence. Plain values in and out.

Weights are data (`WEIGHTS`). "Unknown" never counts as a misfit: what nobody stated leaves the sum and lowers the
confidence instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from marketplace.msgid import N_

FITS, MISFITS, UNKNOWN = "fits", "misfits", "unknown"

#: What each factor is worth. Text decides whether it is about the same thing; the rest whether it can work out.
WEIGHTS: dict[str, float] = {"text": 0.46, "field": 0.12, "trl": 0.14, "money": 0.14, "form": 0.10, "place": 0.04}
LABELS: dict[str, str] = {
    "text": N_("Subject"),
    "field": N_("Field"),
    "trl": N_("Readiness (TRL)"),
    "money": N_("Price and budget"),
    "form": N_("Form of cooperation"),
    "place": N_("Place"),
}
#: Share of the need's telling words at which the subject counts as fully met: texts never share all words.
FULL_COVERAGE = 0.40
#: Below this the subject is a different one, whatever else fits. Measured on the demonstration's 50 technologies and
#: 30 needs: every pair that belongs together lies above SUBJECT_FITS, none of those below 0.35 does.
SAME_SUBJECT, SUBJECT_FITS = 0.25, 0.5
STRONG, POSSIBLE = 680, 430


@dataclass(frozen=True)
class Factor:
    """One compared thing. `need` and `listing` are the two values as codes or numbers; the page words them."""

    factor: str
    verdict: str
    score: float  # 0–1, 0.5 when unknown
    message: str  # English message id
    need: Any = None
    listing: Any = None
    params: dict[str, Any] = field(default_factory=dict)

    def as_row(self) -> dict[str, Any]:
        """Return the factor for the database."""
        return {**asdict(self), "weight": WEIGHTS[self.factor]}


def text(share: float, shared: list[str]) -> Factor:
    """Compare the subject: `share` of the need's telling words that the listing holds."""
    score = min(1.0, share / FULL_COVERAGE)
    if score >= SUBJECT_FITS:
        return Factor("text", FITS, score, N_("They share the words that matter most."), params={"terms": shared})
    if shared:
        return Factor("text", MISFITS if score < SAME_SUBJECT else UNKNOWN, score,
                      N_("They share some words; read both to judge."), params={"terms": shared})
    return Factor("text", MISFITS, 0.0, N_("They share no telling words."), params={"terms": []})


def science_field(need: Iterable[str], listing: str) -> Factor:
    """Compare the fields of science (level 1 is the first digit)."""
    wanted = [code for code in need if code]
    if not wanted or not listing:
        return Factor("field", UNKNOWN, 0.5, N_("One side has not stated its field."), wanted, listing)
    if listing in wanted:
        return Factor("field", FITS, 1.0, N_("The same field."), wanted, listing)
    if listing[:1] in {code[:1] for code in wanted}:
        return Factor("field", FITS, 0.8, N_("The same broad field."), wanted, listing)
    return Factor("field", MISFITS, 0.0, N_("Another field."), wanted, listing)


def trl(low: int | None, high: int | None, listing: int | None) -> Factor:
    """Compare the readiness offered with the range asked."""
    asked = [low, high]
    if listing is None or (low is None and high is None):
        return Factor("trl", UNKNOWN, 0.5, N_("One side has not stated the readiness."), asked, listing)
    if low is not None and listing < low:
        gap = low - listing
        return Factor("trl", MISFITS, max(0.0, 0.6 - 0.2 * gap), N_("Less ready than asked, by %(gap)s."), asked, listing,
                      {"gap": gap})
    if high is not None and listing > high:
        return Factor("trl", FITS, 0.85, N_("Readier than asked."), asked, listing)
    return Factor("trl", FITS, 1.0, N_("Within the range asked."), asked, listing)


def money(budget_low: int | None, budget_high: int | None, price_low: int | None, price_high: int | None) -> Factor:
    """Compare price with budget, in VND. A price above the budget by at most a quarter is still worth talking about."""
    asked, offered = [budget_low, budget_high], [price_low, price_high]
    top = budget_high if budget_high is not None else budget_low
    floor = price_low if price_low is not None else price_high
    if top is None or floor is None:
        return Factor("money", UNKNOWN, 0.5, N_("Price or budget is not stated."), asked, offered)
    if floor <= top:
        return Factor("money", FITS, 1.0, N_("The price lies within the budget."), asked, offered)
    over = floor / top if top else float("inf")
    percent = round((over - 1) * 100) if top else 0
    if over <= 1.25:
        message = N_("The price is %(percent)s %% above the budget: negotiable.")
        return Factor("money", MISFITS, 0.6, message, asked, offered, {"percent": percent})
    return Factor("money", MISFITS, 0.0, N_("The price is far above the budget."), asked, offered)


def form(need_forms: Iterable[str], listing_forms: Iterable[str], need_transfer: Iterable[str],
         listing_transfer: Iterable[str]) -> Factor:
    """Compare cooperation forms, and forms of transfer where those are not stated."""
    asked, offered = list(need_forms), list(listing_forms)
    if not asked or not offered:
        asked, offered = asked or list(need_transfer), offered or list(listing_transfer)
        if not need_transfer or not listing_transfer:
            return Factor("form", UNKNOWN, 0.5, N_("One side has not stated the form."), asked, offered)
        asked, offered = list(need_transfer), list(listing_transfer)
    common = [code for code in asked if code in offered]
    if common:
        return Factor("form", FITS, 1.0, N_("Both are open to the same form."), asked, offered)
    return Factor("form", MISFITS, 0.0, N_("Different forms are wanted."), asked, offered)


def place(need: str, listing: str) -> Factor:
    """Compare provinces; another province is a drawback, not a bar."""
    if not need or not listing:
        return Factor("place", UNKNOWN, 0.5, N_("One side has not stated its place."), need, listing)
    if need == listing:
        return Factor("place", FITS, 1.0, N_("The same province or city."), need, listing)
    return Factor("place", MISFITS, 0.3, N_("Another province or city."), need, listing)


def total(factors: Iterable[Factor]) -> int:
    """Return the score of a match, 0–1000.

    The weighted mean of what is known, drawn towards the middle by the share that is unknown, and capped when the
    subject itself differs: a good price for the wrong thing is no match, for a doubtful thing a weak one.
    """
    found = list(factors)
    known = [one for one in found if one.verdict != UNKNOWN or one.factor == "text"]
    weight = sum(WEIGHTS[one.factor] for one in known)
    mean = sum(WEIGHTS[one.factor] * one.score for one in known) / weight if weight else 0.0
    sure = weight / sum(WEIGHTS.values())
    score = mean * sure + (0.75 * mean) * (1 - sure)
    subject = next(one.score for one in found if one.factor == "text")
    if subject < SAME_SUBJECT:
        score = min(score, 0.28)
    elif subject < SUBJECT_FITS:
        score = min(score, (POSSIBLE - 10) / 1000)
    return round(1000 * score)


def strength(score: int) -> str:
    """Return the word for a score."""
    return "strong" if score >= STRONG else "possible" if score >= POSSIBLE else "weak"
