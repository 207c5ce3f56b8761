"""How a document lies in a Whoosh index: everything is a posting list, nothing is stored twice.

| field | term | value of a posting |
|---|---|---|
| key | kind, id | – |
| single, pair | folded term, bigram | each occurrence's diacritics (and place, for pairs); weight = weighted frequency |
| surface | folded form, written form | – (short texts only; for spelling) |
| facet, audience, code | name and value; token; code key | – |
| number | name of a number; #id, #kind, #length | the number as a double |

Whoosh keeps segments, merges and commits; `whoosh_reader` reads whole posting lists as arrays.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Any

from whoosh import fields, formats
from whoosh.codec.whoosh3 import W3Codec

from marketplace.search import Document
from marketplace.search.ranking import Posting, weigh
from marketplace.search.spelling import surfaces

#: Joins the parts of a composite term; cannot occur in NFC-cleaned text.
SEPARATOR = "\x1f"
#: Large blocks, lightly compressed: posting lists are read whole.
BLOCK, COMPRESSION = 4096, 0

Item = tuple[bytes, int, float, bytes]  # term, frequency, weight, value: what Whoosh asks of a field


class Postings(fields.FieldType):
    """A field that is given its postings ready made."""

    def __init__(self, with_values: bool) -> None:
        format_ = formats.Format() if with_values else formats.Existence()
        super().__init__(format_, None)

    def index(self, value: Iterable[Item], **_options: Any) -> Iterable[Item]:
        """Return the postings as they are."""
        return value


def schema() -> fields.Schema:
    """Return the schema of every generation."""
    return fields.Schema(
        key=Postings(False),
        single=Postings(True),
        pair=Postings(True),
        surface=Postings(False),
        facet=Postings(False),
        audience=Postings(False),
        code=Postings(False),
        number=Postings(True),
    )


class _Codec(W3Codec):
    """Whoosh's codec without block statistics of field lengths: they cost half the indexing time, unused here."""

    length_stats = False


def codec() -> W3Codec:
    """Return the codec of every segment."""
    return _Codec(blocklimit=BLOCK, compression=COMPRESSION)


def key_term(kind: str, id_: int) -> bytes:
    """Return the term that names one document."""
    return f"{kind}{SEPARATOR}{id_}".encode()


def kind_number(kind: str) -> str:
    """Return the name of the number that lists the documents of a kind with their ids."""
    return f"#id{SEPARATOR}{kind}"


LENGTH = "#length"


def rows(document: Document) -> dict[str, list[Item]]:
    """Return the postings of a document by field, for `SegmentWriter.add_document`."""
    weighed = weigh(document)
    return {
        "key": [_mark(key_term(document.kind, document.id))],
        "single": list(_occurrences(weighed.singles, _codes)),
        "pair": list(_occurrences(weighed.pairs, _places)),
        "surface": [_mark(f"{folded}{SEPARATOR}{form}".encode()) for folded, form in set(surfaces(document))],
        "facet": [
            _mark(f"{name}{SEPARATOR}{value}".encode())
            for name, values in document.facets.items()
            for value in set(values)
        ],
        "audience": [_mark(token.encode()) for token in set(document.audience)],
        "code": [_mark(weighed.code.encode())] if weighed.code else [],
        "number": [
            _number(LENGTH, weighed.length),
            _number(kind_number(document.kind), document.id),
            *(_number(name, value) for name, value in document.numbers.items() if value == value),
        ],
    }


def _mark(term: bytes) -> Item:
    return term, 1, 1.0, b""


def _number(name: str, value: float) -> Item:
    return name.encode(), 1, 1.0, struct.pack("<d", value)


def _occurrences(postings: dict[str, Posting], encode: Any) -> Iterator[Item]:
    for term, posting in postings.items():
        yield term.encode("utf-8", "surrogatepass"), len(posting.codes), posting.weight, encode(posting)


def _codes(posting: Posting) -> bytes:
    """One byte per occurrence; a single one when all are alike, which is the rule."""
    first = posting.codes[0]
    return bytes([first]) if posting.codes.count(first) == len(posting.codes) else bytes(posting.codes)


def _places(posting: Posting) -> bytes:
    """Four bytes per occurrence: place and the diacritics of both syllables."""
    packed = [place << 16 | code for place, code in zip(posting.places, posting.codes, strict=True)]
    return struct.pack(f"<{len(packed)}I", *packed)
