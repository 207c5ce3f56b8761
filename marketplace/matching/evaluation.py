"""How good matches are, told from what people said of them and, when given, from a labelled file."""

from __future__ import annotations

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.extensions import db
from marketplace.listings.models import Listing
from marketplace.matching.formula import STRENGTHS
from marketplace.matching.models import Match, MatchFeedback

#: Verdicts that speak for a match; the other speaks against it.
GOOD = ("useful", "contacted", "dealt")
DEPTH = 10


@dataclass(frozen=True)
class Report:
    """What the feedback says."""

    verdicts: Mapping[str, int]
    precision: Mapping[str, tuple[int, int]]  # strength → (judged good, judged)
    averages: Mapping[str, tuple[float, float]]  # factor → mean score of (good, not useful)
    unsuitable: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # why operators dismissed → strength → pairs


def report() -> Report:
    """Read all feedback. A pair counts once per organisation: as good when it said or did anything good about it."""
    verdicts: Counter[str] = Counter()
    judged: dict[tuple[int, int], MatchFeedback] = {}
    for row in db.session.scalars(select(MatchFeedback).order_by(MatchFeedback.id)):
        verdicts[row.verdict] += 1
        known = judged.get((row.match_id, row.org_id))
        if known is None or known.verdict not in GOOD:
            judged[row.match_id, row.org_id] = row
    precision: dict[str, tuple[int, int]] = {}
    for word in STRENGTHS:
        rows = [row for row in judged.values() if row.strength == word]
        precision[word] = sum(row.verdict in GOOD for row in rows), len(rows)
    return Report(dict(verdicts), precision, _averages(judged.values()), _unsuitable())


def _unsuitable() -> dict[str, dict[str, int]]:
    """Count the pairs that operators found unsuitable, by reason and strength, the commonest reason first."""
    rows = select(Match.mark_code, Match.strength, func.count()).where(Match.mark == "dismissed", Match.mark_code != "")
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for code, strength, count in db.session.execute(rows.group_by(Match.mark_code, Match.strength)):
        found[code][strength] = count
    return dict(sorted(found.items(), key=lambda one: (-sum(one[1].values()), one[0])))


def _averages(rows: Iterable[MatchFeedback]) -> dict[str, tuple[float, float]]:
    scores: defaultdict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for row in rows:
        for factor, score in row.factors.items():
            scores[factor][0 if row.verdict in GOOD else 1].append(float(score))
    return {factor: (_mean(good), _mean(bad)) for factor, (good, bad) in scores.items()}


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else math.nan


def lines(found: Report) -> Iterator[str]:
    """Yield the report as lines for the console."""
    counted = [f"{verdict}={found.verdicts.get(verdict, 0)}" for verdict in (*GOOD, "not_useful")]
    yield "feedback " + " ".join(counted)
    for word, (good, judged) in found.precision.items():
        share = f"{good / judged:.2f}" if judged else "-"
        yield f"precision {word}: {share} ({good} of {judged})"
    for code, counts in found.unsuitable.items():
        yield f"unsuitable {code}: " + " ".join(f"{word}={counts[word]}" for word in STRENGTHS if word in counts)
    for factor, (good_mean, bad_mean) in sorted(found.averages.items()):
        yield f"factor {factor}: useful {_shown(good_mean)}, not useful {_shown(bad_mean)}"


def _shown(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def ndcg(path: Path) -> tuple[float, int]:
    """Return nDCG@10 of the present matches of needs by a labelled CSV (need, listing, grade), and how many needs it has.

    Codes that do not exist and grades that are no numbers raise ValueError naming the line.
    """
    grades = _labels(path)
    rows = (
        select(Match.buyer_request_id, Match.listing_id)
        .where(Match.buyer_request_id.in_(grades), Match.excluded_by == "", Match.need_rank.is_not(None))
        .order_by(Match.score.desc(), Match.id)
    )
    lists: defaultdict[int, list[int]] = defaultdict(list)
    for need_id, listing_id in db.session.execute(rows):
        lists[need_id].append(listing_id)
    gains = []
    for need_id, wanted in grades.items():
        ideal = _dcg(sorted(wanted.values(), reverse=True)[:DEPTH])
        found = _dcg([wanted.get(listing_id, 0.0) for listing_id in lists[need_id][:DEPTH]])
        if ideal:
            gains.append(found / ideal)
    return (sum(gains) / len(gains) if gains else 0.0), len(gains)


def _labels(path: Path) -> dict[int, dict[int, float]]:
    needs = dict(db.session.execute(select(BuyerRequest.code, BuyerRequest.id)).tuples().all())
    listings = dict(db.session.execute(select(Listing.code, Listing.id)).tuples().all())
    grades: defaultdict[int, dict[int, float]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as file:
        for row in (table := csv.DictReader(file)):
            try:
                grades[needs[row["need"]]][listings[row["listing"]]] = float(row["grade"])
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"line {table.line_num}: {error}") from error
    return grades


def _dcg(grades: Iterable[float]) -> float:
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades))
