"""From factors to one score, a word and a confidence. Pure; docs/matching.md says the same in prose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from marketplace.matching.factors import (
    FULL_COVERAGE,
    SAME_SUBJECT,
    SUBJECT_CLEAR,
    SUBJECT_FITS,
    UNKNOWN,
    Factor,
)
from marketplace.values.text import N_

#: What each factor is worth until operators decide otherwise; hundredths. Text decides whether it is about the same
#: thing, the rest whether it can work out.
DEFAULT_WEIGHTS: Mapping[str, int] = MappingProxyType(
    {"text": 46, "field": 11, "trl": 13, "money": 14, "form": 10, "place": 3, "control": 3}
)
#: From these scores (of 1000) a match is called strong, possible.
STRONG, POSSIBLE = 680, 430
#: Pairs below this are not worth a line.
LEAST = 300
#: Highest score of a pair about another thing.
OTHER_SUBJECT = 280
#: Share of a score that remains when nothing but the subject is known.
UNKNOWN_KEEPS = 0.75
#: From these confidences (of 100) on it is called high, medium.
HIGH, MEDIUM = 75, 50
STRENGTHS: Mapping[str, str] = {"strong": N_("Strong match"), "possible": N_("Possible match"), "weak": N_("Weak match")}
CONFIDENCES: Mapping[str, str] = {
    "high": N_("Confidence: high"), "medium": N_("Confidence: medium"), "low": N_("Confidence: low"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the factors of a pair come to."""

    score: int  # 0–1000
    confidence: int  # 0–100: how much of the evidence was known
    excluded_by: str = ""  # the factor that makes it no match

    @property
    def strength(self) -> str:
        """Return the word for the score."""
        return "strong" if self.score >= STRONG else "possible" if self.score >= POSSIBLE else "weak"


def ceiling(share: float, weights: Mapping[str, int]) -> int:
    """Return the best score a pair can have whose subject is covered by this share: everything else fits."""
    subject = min(1.0, share / FULL_COVERAGE)
    return _capped(10 * (weights["text"] * subject + sum(weights.values()) - weights["text"]), subject)


def _capped(score: float, subject: float) -> int:
    """Return the score, bounded by how far the subject agrees."""
    if subject < SAME_SUBJECT:
        score = min(score, OTHER_SUBJECT)
    elif subject < SUBJECT_FITS:
        score = min(score, POSSIBLE - 10)
    elif subject < SUBJECT_CLEAR:
        score = min(score, STRONG - 10)
    return round(score)


def judge(factors: Sequence[Factor], weights: Mapping[str, int]) -> Verdict:
    """Return the score of a match.

    The weighted mean of what is known, lowered by up to a quarter by what is not, and capped when the subject itself
    differs: a good price for the wrong thing is no match, for a doubtful thing a weak one.
    """
    total = sum(weights.values())
    sure = sum(weights[one.factor] * one.known for one in factors) / total
    excluding = next((one.factor for one in factors if one.excludes), "")
    if excluding:
        return Verdict(0, round(100 * sure), excluding)
    mean, known = _mean(factors, weights)
    score = 1000 * mean * (UNKNOWN_KEEPS + (1 - UNKNOWN_KEEPS) * known / total)
    subject = next(one.score for one in factors if one.factor == "text")
    return Verdict(_capped(score, subject), round(100 * sure))


def _mean(factors: Iterable[Factor], weights: Mapping[str, int]) -> tuple[float, float]:
    """Return the weighted mean of what is known, and the weight of that; the subject always counts."""
    counted = [(weights[one.factor], one.score) for one in factors if one.verdict != UNKNOWN or one.factor == "text"]
    known = sum(weight for weight, _score in counted)
    return (sum(weight * score for weight, score in counted) / known if known else 0.0), float(known)


def confidence_word(confidence: int) -> str:
    """Return high, medium or low."""
    return "high" if confidence >= HIGH else "medium" if confidence >= MEDIUM else "low"
