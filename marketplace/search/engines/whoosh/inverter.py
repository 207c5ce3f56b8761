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
from itertools import chain

from marketplace.search import Document
from marketplace.search.engines.whoosh.lists import Collector, Lists
from marketplace.search.ranking.weights import FIELD_GAP, MAX_DOCUMENT_TERMS, TITLE, code_terms, fields_of
from marketplace.search.text.analysis import MAX_TERM, chunks, code_key, mark_code, readings
from marketplace.search.text.spelling import surfaces

#: Joins the parts of a composite term; cannot occur in NFC-cleaned text.
SEPARATOR = "\x1f"
LENGTH = "#length"
_FIELDS = {
    name: bytes([number])
    for number, name in enumerate(("key", "single", "pair", "surface", "facet", "audience", "code", "number"))
}
#: Documents whose lists are made at a time: about 100 MB.
DOCUMENTS = 5_000
#: Weight and value of the posting of each term in one document.
Held = dict[str, tuple[float, bytes]]
_USE, _CODES = struct.Struct("<HH").pack, [bytes((code,)) for code in range(256)]


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
    found, number = Collector(), -1
    for number, document in enumerate(documents):
        if number and number % DOCUMENTS == 0:
            yield found.lists()
            found = Collector()
        singles, pairs, length = terms_of(document)
        for field, held in (("single", singles), ("pair", pairs)):
            found.add(number, [list_key(field, term) for term in held], held.values())
        marks = [*_marks(document)]
        found.add(number, marks, [(1.0, b"")] * len(marks))
        amounts = {LENGTH: length, kind_number(document.kind): document.id, **document.numbers}
        amounts = {name: amount for name, amount in amounts.items() if amount == amount}  # NaN is a missing number
        packed = [(1.0, struct.pack("<d", amount)) for amount in amounts.values()]
        found.add(number, [list_key("number", name) for name in amounts], packed)
    if number >= 0:
        yield found.lists()


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
    singles: Held = {}
    pairs: Held = {}
    place = length = 0
    for text, weight in fields_of(document):
        before, before_code = "", 0
        pieces, shouting = chunks(text)
        found = [(_tokens if len(one) <= MAX_TERM else _tokens.__wrapped__)(one, shouting) for one in pieces]
        for term, code, compound in chain.from_iterable(found):
            if length >= MAX_DOCUMENT_TERMS:
                break
            _note(singles, term, weight, _CODES[code])
            if compound:
                continue
            if before:
                _note(pairs, f"{before} {term}", weight, _USE(before_code << 8 | code, place))
            before, before_code = term, code
            place, length = place + 1, length + 1
        place += FIELD_GAP
    for term in code_terms(document.code):
        _note(singles, term, TITLE, _CODES[0])
    return singles, pairs, max(length, 1)


def _note(held: Held, term: str, weight: float, use: bytes) -> None:
    posting = held.get(term)
    if posting is None:
        held[term] = weight, use
    else:
        held[term] = posting[0] + weight, posting[1] + use
