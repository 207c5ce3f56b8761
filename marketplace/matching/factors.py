"""The factors of a match: each compares one thing, gives a score, a verdict and a sentence. Plain values in and out.

What a factor is worth is not here but in `formula.py`. A factor may *exclude*: then the pair is no match, whatever
else fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketplace.values.text import N_

FITS, MISFITS, UNKNOWN = "fits", "misfits", "unknown"

LABELS: dict[str, str] = {
    "text": N_("Subject"),
    "field": N_("Field"),
    "trl": N_("Readiness (TRL)"),
    "money": N_("Price and budget"),
    "form": N_("Form of cooperation"),
    "place": N_("Place"),
    "control": N_("Control class"),
}
#: Share of the need's weighted telling words at which the subject counts as fully met: texts never share all words.
FULL_COVERAGE = 0.50
#: Below the first the subject is a different one, whatever else fits; from the second on it is the same, and from the
#: third on so clearly that a match may be called strong.
SAME_SUBJECT, SUBJECT_FITS, SUBJECT_CLEAR = 0.25, 0.5, 0.7
#: So many telling words make a subject certain; a need of two words says little.
CERTAIN_TERMS = 8
#: Price as a multiple of the budget: up to the first it is negotiable, from the second on out of reach.
NEGOTIABLE, OUT_OF_REACH = 1.25, 2.0
#: What a price is worth that stands exactly above the budget; from there it falls to nothing where it is out of reach.
JUST_ABOVE = 0.8


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
    excludes: bool = False
    known: float = 1.0  # how much of the evidence was there, 0–1

    def as_row(self, weight: int) -> dict[str, Any]:
        """Return the factor for the database."""
        return {
            "factor": self.factor, "verdict": self.verdict, "score": round(self.score, 3), "message": self.message,
            "need": self.need, "listing": self.listing, "params": self.params, "excludes": self.excludes,
            "weight": weight,
        }


def _unknown(factor: str, message: str, need: Any, listing: Any) -> Factor:
    return Factor(factor, UNKNOWN, 0.5, message, need, listing, known=0.0)


def text(share: float, terms: int = CERTAIN_TERMS) -> Factor:
    """Compare the subject: `share` (by weight) of the need's `terms` telling words that the listing holds."""
    score = min(1.0, share / FULL_COVERAGE)
    known = min(1.0, terms / CERTAIN_TERMS)
    params: dict[str, Any] = {"terms": []}
    if score >= SUBJECT_FITS:
        return Factor("text", FITS, score, N_("They share the words that matter most."), params=params, known=known)
    if score > 0:
        verdict = MISFITS if score < SAME_SUBJECT else UNKNOWN
        return Factor("text", verdict, score, N_("They share some words; read both to judge."), params=params, known=known)
    return Factor("text", MISFITS, 0.0, N_("They share no telling words."), params=params, known=known)


def science_field(need: Iterable[str], listing: str) -> Factor:
    """Compare the fields of science (level 1 is the first digit)."""
    wanted = [code for code in need if code]
    if not wanted or not listing:
        return _unknown("field", N_("One side has not stated its field."), wanted, listing)
    if listing in wanted:
        return Factor("field", FITS, 1.0, N_("The same field."), wanted, listing)
    if listing[:1] in {code[:1] for code in wanted}:
        return Factor("field", FITS, 0.8, N_("The same broad field."), wanted, listing)
    return Factor("field", MISFITS, 0.0, N_("Another field."), wanted, listing)


def trl(low: int | None, high: int | None, listing: int | None) -> Factor:
    """Compare the readiness offered with the range asked; one below the least that is asked for is excluded."""
    asked = [low, high]
    if listing is None or (low is None and high is None):
        return _unknown("trl", N_("One side has not stated the readiness."), asked, listing)
    if low is not None and listing < low:
        message = N_("Less ready than the least that is asked for, by %(gap)s.")
        return Factor("trl", MISFITS, 0.0, message, asked, listing, {"gap": low - listing}, excludes=True)
    if high is not None and listing > high:
        return Factor("trl", FITS, 0.85, N_("Readier than asked."), asked, listing)
    return Factor("trl", FITS, 1.0, N_("Within the range asked."), asked, listing)


def money(budget_low: int | None, budget_high: int | None, price_low: int | None, price_high: int | None) -> Factor:
    """Compare the range of the price with the highest budget, in VND; far above it the pair is excluded.

    A range that only begins within the budget fits in part: by the share of it that can be paid.
    """
    asked, offered = [budget_low, budget_high], [price_low, price_high]
    top = budget_high if budget_high is not None else budget_low
    floor = price_low if price_low is not None else price_high
    if top is None or floor is None:
        return _unknown("money", N_("Price or budget is not stated."), asked, offered)
    if floor <= top:
        return _affordable(top, floor, price_high if price_high is not None else floor, asked, offered)
    over = floor / top if top else float("inf")
    percent = {"percent": max(1, round((over - 1) * 100)) if top else 0}
    if over >= OUT_OF_REACH:
        message = N_("The price is far above the budget: at least twice as much.")
        return Factor("money", MISFITS, 0.0, message, asked, offered, excludes=True)
    near = over <= NEGOTIABLE
    message = (N_("The price is %(percent)s %% above the budget: negotiable.") if near
               else N_("The price is %(percent)s %% above the budget."))
    score = JUST_ABOVE * (OUT_OF_REACH - over) / (OUT_OF_REACH - 1)
    return Factor("money", MISFITS, score, message, asked, offered, percent)


def _affordable(top: int, low: int, high: int, asked: list[int | None], offered: list[int | None]) -> Factor:
    """Judge a price whose lowest lies within the budget."""
    if high <= top:
        return Factor("money", FITS, 1.0, N_("The price lies within the budget."), asked, offered)
    share = (top - low) / (high - low)
    percent = {"percent": round(100 * share)}
    if not percent["percent"]:
        message = N_("Only the lowest price lies within the budget.")
        return Factor("money", UNKNOWN, JUST_ABOVE, message, asked, offered)
    message = N_("The price begins within the budget: %(percent)s %% of its range can be paid.")
    verdict = FITS if share >= 0.5 else UNKNOWN
    return Factor("money", verdict, JUST_ABOVE + (1 - JUST_ABOVE) * share, message, asked, offered, percent)


def form(asked: Sequence[str], offered: Sequence[str], asked_way: Sequence[str], offered_way: Sequence[str]) -> Factor:
    """Compare forms of cooperation, and of transfer (`_way`).

    Either of them, stated on both sides and without a common one, excludes.
    """
    work = _common(asked, offered)
    way = _common(asked_way, offered_way)
    if work is None and way is None:
        return _unknown("form", N_("One side has not stated the form."), asked or asked_way, offered or offered_way)
    if work is False:
        return Factor("form", MISFITS, 0.0, N_("Different forms are wanted."), asked, offered, excludes=True)
    if way is False:
        message = N_("Different forms of transfer are wanted.")
        return Factor("form", MISFITS, 0.0, message, asked_way, offered_way, excludes=True)
    told = (asked, offered) if work else (asked_way, offered_way)
    return Factor("form", FITS, 1.0, N_("Both are open to the same form."), *told)


def _common(asked: Sequence[str], offered: Sequence[str]) -> bool | None:
    """Tell whether two lists have something in common; None when one side says nothing."""
    return not set(asked).isdisjoint(offered) if asked and offered else None


def control(listing: str) -> Factor:
    """Judge the control class: what is banned from transfer can be no match, what is restricted needs a permit."""
    if not listing:
        return _unknown("control", N_("The control class is not stated."), None, "")
    if listing == "banned":
        return Factor("control", MISFITS, 0.0, N_("Its transfer is banned by law."), None, listing, excludes=True)
    if listing == "restricted":
        return Factor("control", MISFITS, 0.3, N_("Its transfer is restricted: a permit is needed."), None, listing)
    return Factor("control", FITS, 1.0, N_("Its transfer is free."), None, listing)


def place(need: str, listing: str) -> Factor:
    """Compare provinces; another province is a drawback, not a bar."""
    if not need or not listing:
        return _unknown("place", N_("One side has not stated its place."), need, listing)
    if need == listing:
        return Factor("place", FITS, 1.0, N_("The same province or city."), need, listing)
    return Factor("place", MISFITS, 0.3, N_("Another province or city."), need, listing)
