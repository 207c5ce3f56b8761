"""How a document lies in OpenSearch: only terms that our own analysis has made, so the cluster analyses nothing.

| field | holds | for |
|---|---|---|
| single, pair | folded terms and bigrams, plain and with their diacritics ("ban|3f") | matching, counting, short phrases |
| folded, marked | the terms in order, plain and with diacritics; fields apart from each other | phrases of three and more |
| weights | each term's share of BM25 that does not depend on the reader | the cluster's own first order |
| postings | frequency, diacritics and places of each term; kept, not indexed | the exact order of the first documents |
| surface | folded form, written form, of short texts | spelling |
| facets.*, numbers.*, audience, code, kind, id, length | as in the document | filters, counts, sorting |

Of the text itself nothing is kept: the database has it.
"""

from __future__ import annotations

from typing import Any

from marketplace.search import Document
from marketplace.search.ranking import Posting, Weighed, length_norm, weigh
from marketplace.search.spelling import surfaces

#: Raised when the analysis or the layout changes: an older index then counts as absent, and is built anew. In format 1 the
#: alias might point to what was written before the first rebuild.
FORMAT = 2
#: Between a term and its diacritics; no term holds it (a control character would be white space to Lucene).
MARK = "|"
#: Joins a folded form and its written forms.
SURFACE = "|"
#: The mean length assumed in `weights`; the exact order takes the true one.
TYPICAL = 128.0
#: Hits that may be paged through.
WINDOW = 20_000
_WORD = {"type": "keyword", "doc_values": False, "norms": False, "index_options": "docs"}
_STREAM = {"type": "text", "analyzer": "whitespace", "norms": False, "index_options": "positions"}
_VALUE = {"type": "keyword"}


def index_body(shards: int, replicas: int) -> dict[str, Any]:
    """Return the settings and mappings of a new generation, refreshed only when it is complete."""
    return {
        "settings": {
            "index": {
                "number_of_shards": shards,
                "number_of_replicas": replicas,
                "refresh_interval": "-1",
                "max_result_window": WINDOW,
            }
        },
        "mappings": {
            "dynamic": False,
            "_meta": {"format": FORMAT, "complete": False},
            "_source": {"includes": ["postings", "length", "code"]},
            "dynamic_templates": [
                {"numbers": {"path_match": "numbers.*", "mapping": {"type": "double"}}},
                {"facets": {"path_match": "facets.*", "mapping": _VALUE}},
            ],
            "properties": {
                **dict.fromkeys(("kind", "audience", "code", "surface"), _VALUE),
                "id": {"type": "long"},
                "length": {"type": "integer"},
                **dict.fromkeys(("single", "pair"), _WORD),
                **dict.fromkeys(("folded", "marked"), _STREAM),
                "weights": {"type": "rank_features"},
                "postings": {"type": "object", "enabled": False},
                "numbers": {"type": "object", "dynamic": True},
                "facets": {"type": "object", "dynamic": True},
            },
        },
    }


def document_id(kind: str, id_: int) -> str:
    """Return the key of a document in the index."""
    return f"{kind}-{id_}"


def key_of(term: str) -> str:
    """Return a term as the name of a property: a dot would be a path. Terms hold no comma."""
    return term.replace(".", ",")


def marked(term: str, code: int) -> str:
    """Return the term with its diacritics."""
    return f"{term}{MARK}{code:x}"


def source(document: Document) -> dict[str, Any]:
    """Return what is sent for a document."""
    weighed = weigh(document)
    folded, with_marks = _streams(weighed)
    norm = length_norm(weighed.length, TYPICAL)
    terms = {**weighed.singles, **weighed.pairs}
    return {
        "kind": document.kind,
        "id": document.id,
        "audience": sorted(set(document.audience)),
        "code": weighed.code,
        "length": weighed.length,
        "single": _words(weighed.singles),
        "pair": _words(weighed.pairs),
        "folded": folded,
        "marked": with_marks,
        "weights": {key_of(term): round(posting.weight / norm, 4) for term, posting in terms.items()},
        "postings": {
            "s": {key_of(term): [posting.weight, *posting.codes] for term, posting in weighed.singles.items()},
            "p": {key_of(term): _placed(posting) for term, posting in weighed.pairs.items()},
        },
        "surface": sorted({f"{form}{SURFACE}{written}" for form, written in surfaces(document)}),
        "facets": {name: sorted(set(values)) for name, values in document.facets.items()},
        "numbers": {name: number for name, number in document.numbers.items() if number == number},
    }


def weighed_of(kept: dict[str, Any]) -> Weighed:
    """Return what was kept of a document (perhaps of some terms only) as the ranking reads it."""
    postings = kept.get("postings", {})
    singles = {
        key.replace(",", "."): Posting(values[0], values[1:]) for key, values in postings.get("s", {}).items()
    }
    pairs = {
        key.replace(",", "."): Posting(values[0], values[1::2], values[2::2])
        for key, values in postings.get("p", {}).items()
    }
    return Weighed(singles, pairs, kept.get("length", 1), kept.get("code", ""))


def _words(postings: dict[str, Posting]) -> list[str]:
    return [*postings, *(marked(term, code) for term, posting in postings.items() for code in set(posting.codes))]


def _placed(posting: Posting) -> list[float]:
    both = [number for pair in zip(posting.codes, posting.places, strict=True) for number in pair]
    return [posting.weight, *both]


def _streams(weighed: Weighed) -> tuple[list[str], list[str]]:
    """Return the terms in order, plain and with their diacritics; a text of its own for each run without a gap."""
    at: dict[int, tuple[str, str, int]] = {
        place: (*pair.split(" "), code)  # type: ignore[misc]  # a pair is two terms
        for pair, posting in weighed.pairs.items()
        for place, code in zip(posting.places, posting.codes, strict=True)
    }
    plain: list[list[str]] = []
    with_marks: list[list[str]] = []
    last = -2
    for place in sorted(at):
        left, right, code = at[place]
        if place != last + 1:
            plain.append([left])
            with_marks.append([marked(left, code >> 8)])
        plain[-1].append(right)
        with_marks[-1].append(marked(right, code & 255))
        last = place
    return [" ".join(run) for run in plain], [" ".join(run) for run in with_marks]

