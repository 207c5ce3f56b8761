"""How a document lies in OpenSearch: only terms that our own analysis has made, so the cluster analyses nothing.

| field | holds | for |
|---|---|---|
| single, pair | folded terms and bigrams, plain and with their diacritics ("ban|3f") | matching, counting, short phrases |
| folded, marked | the terms in order, plain and with diacritics; fields apart from each other | phrases of three and more |
| weights | each term's share of BM25 that does not depend on the reader | the cluster's own first order |
| postings | weight and value of each posting as in the embedded engine's files; kept, not indexed | the exact order |
| surface | folded form, written form, of short texts | spelling |
| facets.*, numbers.*, audience, code, kind, id, length | as in the document | filters, counts, sorting |

Of the text itself nothing is kept: the database has it.
"""

from __future__ import annotations

import struct
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from marketplace.search import Document
from marketplace.search.engines.whoosh.inverter import LENGTH, field_and_term, list_key, lists_of
from marketplace.search.engines.whoosh.lists import Collector
from marketplace.search.engines.whoosh.snapshot import Snapshot, snapshot_of
from marketplace.search.ranking.weights import length_norm
from marketplace.search.text.analysis import code_key
from marketplace.search.text.written import surfaces

#: Raised when the analysis or the layout changes: an older index then counts as absent, and is built anew.
FORMAT = 4
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
#: Weight and value of the posting of each term in one document.
Postings = dict[str, tuple[int, bytes]]


def index_body(shards: int, replicas: int) -> dict[str, Any]:
    """Return the settings and mappings of a new generation, refreshed only when it is complete."""
    copies = {"number_of_shards": shards, "number_of_replicas": replicas}
    return {
        "settings": {"index": {**copies, "refresh_interval": "-1", "max_result_window": WINDOW}},
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
    postings = _postings(document)
    singles, pairs, [length] = postings["single"], postings["pair"], struct.unpack("<d", postings["number"][LENGTH][1])
    codes = {term: {*np.frombuffer(value, "<u2")[::2].tolist()} for term, (_, value) in pairs.items()}
    folded, with_marks = _streams(pairs)
    norm = length_norm(length, TYPICAL)
    return {
        "kind": document.kind,
        "id": document.id,
        "audience": sorted(set(document.audience)),
        "code": code_key(document.code),
        "length": int(length),
        "single": [*singles, *(marked(term, code) for term, (_, value) in singles.items() for code in set(value))],
        "pair": [*pairs, *(marked(term, code) for term, some in codes.items() for code in some)],
        "folded": folded,
        "marked": with_marks,
        "weights": {key_of(term): round(weight / norm, 4) for term, (weight, _) in (*singles.items(), *pairs.items())},
        "postings": {"single": _kept(singles), "pair": _kept(pairs)},
        "surface": sorted({f"{form}{SURFACE}{written}" for form, written in surfaces(document)}),
        "facets": {name: sorted(set(values)) for name, values in document.facets.items()},
        "numbers": {name: number for name, number in document.numbers.items() if number == number},
    }


def _postings(document: Document) -> dict[str, Postings]:
    """Return the postings of one document by field and term, as the embedded engine keeps them."""
    found: dict[str, Postings] = {"single": {}, "pair": {}}
    [lists], at = lists_of([document]), 0
    for key, (_, weight, size) in zip(lists.keys, lists.postings.tolist(), strict=True):
        field, term = field_and_term(key)
        found.setdefault(field, {})[term] = weight, lists.values[at : at + size].tobytes()
        at += size
    return found


def _kept(postings: Postings) -> dict[str, list[Any]]:
    return {key_of(term): [weight, b64encode(value).decode("ascii")] for term, (weight, value) in postings.items()}


def snapshot_of_kept(sources: Sequence[Mapping[str, Any]]) -> Snapshot:
    """Return some hits with the postings that were fetched of them, as the scorer reads them."""
    found = Collector()
    for number, one in enumerate(sources):
        length = struct.pack("<d", one.get("length", 1))
        found.add(number, [list_key("number", LENGTH), list_key("code", one.get("code", ""))], [1, 1], [length, b""])
        for field, terms in one.get("postings", {}).items():
            keys = [list_key(field, key.replace(",", ".")) for key in terms]
            values = [b64decode(value) for _, value in terms.values()]
            found.add(number, keys, [int(weight) for weight, _ in terms.values()], values)
    return snapshot_of([found.lists()], len(sources))


def _streams(pairs: Postings) -> tuple[list[str], list[str]]:
    """Return the terms in order, plain and with their diacritics; a text of its own for each run without a gap."""
    at: dict[int, tuple[str, str, int]] = {}
    for pair, (_, value) in pairs.items():
        left, right = pair.split(" ")
        at |= {place: (left, right, code) for code, place in np.frombuffer(value, "<u2").reshape(-1, 2).tolist()}
    plain: list[str] = []
    with_marks: list[str] = []
    for place in sorted(at):
        left, right, code = at[place]
        if place - 1 not in at:
            plain.append(left)
            with_marks.append(marked(left, code >> 8))
        plain[-1] += f" {right}"
        with_marks[-1] += f" {marked(right, code & 255)}"
    return plain, with_marks
