"""How a document lies in the index: everything is a posting list, nothing is stored twice.

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
from collections.abc import Iterator

from marketplace.search import Document
from marketplace.search.ranking import Posting, weigh
from marketplace.search.spelling import surfaces

#: Joins the parts of a composite term; cannot occur in NFC-cleaned text.
SEPARATOR = "\x1f"
LENGTH = "#length"
_FIELDS = {
    name: bytes([number])
    for number, name in enumerate(("key", "single", "pair", "surface", "facet", "audience", "code", "number"))
}

Item = tuple[bytes, float, bytes]  # key, weight, value


def list_key(field: str, term: str) -> bytes:
    """Return the key of a posting list."""
    return _FIELDS[field] + term.encode("utf-8", "surrogatepass")


def document_term(kind: str, id_: int) -> str:
    """Return the term of the field `key` that names one document."""
    return f"{kind}{SEPARATOR}{id_}"


def kind_number(kind: str) -> str:
    """Return the name of the number that lists the documents of a kind with their ids."""
    return f"#id{SEPARATOR}{kind}"


def items(document: Document) -> Iterator[Item]:
    """Yield the postings of a document."""
    weighed = weigh(document)
    yield _mark("key", document_term(document.kind, document.id))
    for term, posting in weighed.singles.items():
        yield list_key("single", term), posting.weight, _codes(posting)
    for term, posting in weighed.pairs.items():
        yield list_key("pair", term), posting.weight, _places(posting)
    for folded, form in set(surfaces(document)):
        yield _mark("surface", f"{folded}{SEPARATOR}{form}")
    for name, values in document.facets.items():
        for value in set(values):
            yield _mark("facet", f"{name}{SEPARATOR}{value}")
    for token in set(document.audience):
        yield _mark("audience", token)
    if weighed.code:
        yield _mark("code", weighed.code)
    yield _number(LENGTH, weighed.length)
    yield _number(kind_number(document.kind), document.id)
    for name, number in document.numbers.items():
        if number == number:  # NaN stands for a missing number
            yield _number(name, number)


def _mark(field: str, term: str) -> Item:
    return list_key(field, term), 1.0, b""


def _number(name: str, value: float) -> Item:
    return list_key("number", name), 1.0, struct.pack("<d", value)


def _codes(posting: Posting) -> bytes:
    """One byte per occurrence; a single one when all are alike, which is the rule."""
    codes = posting.codes
    return bytes(codes[:1]) if codes.count(codes[0]) == len(codes) else bytes(codes)


def _places(posting: Posting) -> bytes:
    """Four bytes per occurrence: diacritics of both syllables, then the place."""
    if len(posting.codes) == 1:
        return struct.pack("<HH", posting.codes[0], posting.places[0])
    both = [number for pair in zip(posting.codes, posting.places, strict=True) for number in pair]
    return struct.pack(f"<{len(both)}H", *both)
