"""Documents to posting lists: everything in the index is one, and nothing is stored twice.

| field | term | value of a posting |
|---|---|---|
| key | kind, id | – |
| single, pair | folded term, bigram | each occurrence's diacritics (and place, for pairs); weight = weighted frequency |
| surface | folded form, written form | – (short texts only; for spelling) |
| facet, audience, code | name and value; token; code key | – |
| number | name of a number; #id and kind; #length | the number as a double |
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from functools import lru_cache

from marketplace.search import Document
from marketplace.search.engines.whoosh.lists import Found, Lists, lists_from
from marketplace.search.ranking.weights import FIELD_GAP, MAX_DOCUMENT_TERMS, TITLE, code_terms, fields_of
from marketplace.search.text.analysis import chunks, code_key, mark_code, readings
from marketplace.search.text.spelling import surfaces

#: Joins the parts of a composite term; cannot occur in NFC-cleaned text.
SEPARATOR = "\x1f"
LENGTH = "#length"
_FIELDS = {
    name: bytes([number])
    for number, name in enumerate(("key", "single", "pair", "surface", "facet", "audience", "code", "number"))
}
#: Documents whose lists are made at a time: about 50 MB.
DOCUMENTS = 1_000
#: Weight and value of the posting of each term in one document.
Held = dict[str, tuple[float, bytes]]
_USE = struct.Struct("<HH").pack


def list_key(field: str, term: str) -> bytes:
    """Return the key of a posting list."""
    return _FIELDS[field] + term.encode("utf-8", "surrogatepass")


def document_term(kind: str, id_: int) -> str:
    """Return the term of the field `key` that names one document."""
    return f"{kind}{SEPARATOR}{id_}"


def kind_number(kind: str) -> str:
    """Return the name of the number that lists the documents of a kind with their ids."""
    return f"#id{SEPARATOR}{kind}"


def lists_of(documents: Iterable[Document]) -> Iterator[Lists]:
    """Yield the lists of documents, numbered from 0, in portions that end between documents."""
    found: Found = {}
    number = -1
    for number, document in enumerate(documents):
        if number and number % DOCUMENTS == 0:
            yield lists_from(found)
            found = {}
        singles, pairs, length = terms_of(document)
        for field, held in (("single", singles), ("pair", pairs)):
            for term, (weight, value) in held.items():
                found.setdefault(list_key(field, term), []).append((number, weight, value))
        for key in _marks(document):
            found.setdefault(key, []).append((number, 1.0, b""))
        for name, amount in ((LENGTH, length), (kind_number(document.kind), document.id), *document.numbers.items()):
            if amount == amount:  # NaN stands for a missing number
                found.setdefault(list_key("number", name), []).append((number, 1.0, struct.pack("<d", amount)))
    if number >= 0:
        yield lists_from(found)


def _marks(document: Document) -> Iterator[bytes]:
    """Yield the keys of the lists that merely name a document, each once."""
    yield list_key("key", document_term(document.kind, document.id))
    for folded, form in set(surfaces(document)):
        yield list_key("surface", f"{folded}{SEPARATOR}{form}")
    for name, values in document.facets.items():
        for value in set(values):
            yield list_key("facet", f"{name}{SEPARATOR}{value}")
    for token in set(document.audience):
        yield list_key("audience", token)
    if code := code_key(document.code):
        yield list_key("code", code)


@lru_cache(maxsize=65536)
def _tokens(chunk: str, shouting: bool) -> tuple[tuple[str, int, bool], ...]:
    """Return term, diacritics and whether it is a compound, of each reading of a chunk."""
    return tuple((token.term, mark_code(token.term, token.exact), token.compound) for token in readings(chunk, shouting))


def terms_of(document: Document) -> tuple[Held, Held, int]:
    """Return words and pairs of a document with their weights and occurrences, and how many words it has."""
    singles: dict[str, list[int]] = {}
    pairs: dict[str, list[bytes]] = {}
    weights: dict[str, float] = {}
    place = length = 0
    for text, weight in fields_of(document):
        before, before_code = "", 0
        pieces, shouting = chunks(text)
        for term, code, compound in (token for piece in pieces for token in _tokens(piece, shouting)):
            if length >= MAX_DOCUMENT_TERMS:
                break
            singles.setdefault(term, []).append(code)
            weights[term] = weights.get(term, 0.0) + weight
            if compound:
                continue
            if before:
                pair = f"{before} {term}"
                pairs.setdefault(pair, []).append(_USE(before_code << 8 | code, place))
                weights[pair] = weights.get(pair, 0.0) + weight
            before, before_code = term, code
            place, length = place + 1, length + 1
        place += FIELD_GAP
    for term in code_terms(document.code):
        singles.setdefault(term, []).append(0)
        weights[term] = weights.get(term, 0.0) + TITLE
    alike = {term: codes[:1] if len(set(codes)) == 1 else codes for term, codes in singles.items()}
    return (
        {term: (weights[term], bytes(codes)) for term, codes in alike.items()},
        {pair: (weights[pair], b"".join(uses)) for pair, uses in pairs.items()},
        max(length, 1),
    )
