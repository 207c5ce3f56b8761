"""One pair: its factors, what they come to, and the words both sides share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.buyer_requests.search_document import document as need_document
from marketplace.matching import factors as f
from marketplace.matching import keywords as t
from marketplace.matching.features import CACHE, ListingFeatures, NeedFeatures, need_key, parts, spread_of
from marketplace.matching.formula import LEAST, Verdict, judge
from marketplace.search import Spread


@dataclass(frozen=True, slots=True)
class Scored:
    """A pair with its reasons."""

    need_id: int
    listing_id: int
    factors: Sequence[f.Factor]
    verdict: Verdict

    @property
    def worth(self) -> bool:
        """True when the pair may be shown."""
        return not self.verdict.excluded_by and self.verdict.score >= LEAST


def score(need: NeedFeatures, listing: ListingFeatures, weights: Mapping[str, int], share: float | None = None) -> Scored:
    """Compare a pair factor by factor; `share` is the coverage when it is known already."""
    covered = t.coverage(need.key, listing.bag) if share is None else share
    found = [
        f.text(covered, len(need.key)),
        f.science_field(need.field_codes, listing.field_code),
        f.trl(*need.trl, listing.trl),
        f.money(*need.budget, *listing.price),
        f.form(need.cooperation, listing.cooperation, need.transfer, listing.transfer),
        f.place(need.province, listing.province),
        f.control(listing.control),
    ]
    return Scored(need.id, listing.id, found, judge(found, weights))


def may_meet(need: NeedFeatures, listing: ListingFeatures) -> bool:
    """True unless both belong to one organisation: own needs are no match for own listings."""
    return need.org_id != listing.org_id


def may_know(need: NeedFeatures, org_id: int) -> bool:
    """True when an organisation may know of the need: an invitation is for those invited."""
    return need.invited is None or org_id in need.invited


class Wording:
    """Finds the words that a need shares with listings, as whole terms; reads the need's text once."""

    def __init__(self, need: BuyerRequest, key: Mapping[str, float]) -> None:
        """Read the need's text and how common its words are; one call of the engine."""
        self._key = key
        document, revision = need_document(need), need.published_revision
        texts = parts(document, revision.tags or []) if document is not None and revision is not None else []
        found: dict[tuple[str, ...], t.Run] = {}
        self._runs: dict[str, list[t.Run]] = {}
        for run in (run for text, _weight in texts for run in t.runs(text)):
            telling = [term for term in t.terms_of(run) if term in key]
            if telling and found.setdefault(tuple(word.term for word in run), run) is run:
                for term in dict.fromkeys(telling):
                    self._runs.setdefault(term, []).append(run)
        self._spread: Spread = spread_of({term for run in found.values() for term in t.terms_of(run) if " " in term})

    def shared(self, bag: frozenset[str]) -> list[str]:
        """Return what the need and a listing with these terms have in common, weightiest first."""
        runs = dict.fromkeys(run for term, its in self._runs.items() if term in bag for run in its)
        return t.phrases(runs, self._key, bag, self._spread)

    def with_shared_words(self, one: Scored, bag: frozenset[str]) -> Scored:
        """Return the pair with its shared words."""
        worded = [
            replace(factor, params={"terms": self.shared(bag)}) if factor.factor == "text" else factor
            for factor in one.factors
        ]
        return replace(one, factors=worded)


def wording(need: BuyerRequest, key: Mapping[str, float]) -> Wording:
    """Return the wording of a need's published version, read once."""
    revision = cast(NeedRevision, need.published_revision)
    return CACHE.read(need_key("wording", revision), lambda: Wording(need, key))
