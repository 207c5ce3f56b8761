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

from collections.abc import Iterator

from marketplace.search import Document
from marketplace.search.analysis import code_key
from marketplace.search.spelling import surfaces

#: Joins the parts of a composite term; cannot occur in NFC-cleaned text.
SEPARATOR = "\x1f"
LENGTH = "#length"
_FIELDS = {
    name: bytes([number])
    for number, name in enumerate(("key", "single", "pair", "surface", "facet", "audience", "code", "number"))
}

def list_key(field: str, term: str) -> bytes:
    """Return the key of a posting list."""
    return _FIELDS[field] + term.encode("utf-8", "surrogatepass")


def document_term(kind: str, id_: int) -> str:
    """Return the term of the field `key` that names one document."""
    return f"{kind}{SEPARATOR}{id_}"


def kind_number(kind: str) -> str:
    """Return the name of the number that lists the documents of a kind with their ids."""
    return f"#id{SEPARATOR}{kind}"


def marks(document: Document) -> Iterator[bytes]:
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


def numbers(document: Document) -> Iterator[tuple[bytes, float]]:
    """Yield the keys of a document's numbers with their values; its length is not among them."""
    yield list_key("number", kind_number(document.kind)), float(document.id)
    for name, number in document.numbers.items():
        if number == number:  # NaN stands for a missing number
            yield list_key("number", name), number
