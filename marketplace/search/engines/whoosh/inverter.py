"""Documents to posting lists: everything in the index is one, and nothing is stored twice.

| field | term | value of a posting |
|---|---|---|
| single, pair | folded term, bigram | each occurrence's diacritics (and place, for pairs); weight = weighted frequency |
| key | kind, id | – |
| surface | folded form, written form | – (short texts only; for spelling) |
| facet, audience, code | name and value; token; code key | – |
| number | name of a number; #id and kind; #length | the number as a double |
"""

from __future__ import annotations

import struct
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count

import numpy as np
from numpy.typing import NDArray

from marketplace.search import Document
from marketplace.search.engines.whoosh.lists import LARGEST, POSTING, Collector, Lists, joined
from marketplace.search.ranking.postings import Ints, firsts
from marketplace.search.ranking.weights import FIELD_GAP, MAX_DOCUMENT_TERMS, TITLE, code_terms, fields_of
from marketplace.search.text.analysis import chunks, code_key, mark_code, readings
from marketplace.search.text.written import surfaces

#: Joins the parts of a composite term; cannot occur in NFC-cleaned text.
SEPARATOR = "\x1f"
LENGTH = "#length"
_NAMES = ("single", "pair", "key", "surface", "facet", "audience", "code", "number")
_FIELDS = {name: bytes([number]) for number, name in enumerate(_NAMES)}
#: Documents, and occurrences of terms, whose lists are made at a time: about 150 MB.
DOCUMENTS, OCCURRENCES = 5_000, 1_000_000


def list_key(field: str, term: str) -> bytes:
    """Return the key of a posting list."""
    return _FIELDS[field] + _encoded(term)


def _encoded(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")


def field_and_term(key: bytes) -> tuple[str, str]:
    """Return what `list_key` was made of."""
    return _NAMES[key[0]], key[1:].decode("utf-8", "surrogatepass")


def document_term(kind: str, id_: int) -> str:
    """Return the term of the field `key` that names one document."""
    return f"{kind}{SEPARATOR}{id_}"


def kind_number(kind: str) -> str:
    """Return the name of the number that lists the documents of a kind with their ids."""
    return f"#id{SEPARATOR}{kind}"


def lists_of(documents: Iterable[Document]) -> Iterator[Lists]:
    """Yield the lists of documents, numbered from 0, in portions that end between documents."""
    portion = _Portion(0)
    for document in documents:
        if portion.count >= DOCUMENTS or len(portion.tokens) >= OCCURRENCES:
            yield portion.lists()
            portion = _Portion(portion.first + portion.count)
        portion.add(document)
    if portion.count:
        yield portion.lists()


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


class _Chunks(dict[str, tuple[int, ...]]):
    """The tokens of each chunk as numbers: one for each term, its diacritics and whether it is a compound."""

    def __init__(self, numbers: dict[tuple[bytes, int, bool], int], shouting: bool) -> None:
        self._numbers, self._shouting = numbers, shouting

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        found = [(_encoded(one.term), mark_code(*one[:2]), one.compound) for one in readings(chunk, self._shouting)]
        self[chunk] = numbers = tuple([self._numbers[token] for token in found])
        return numbers


class _Portion:
    """Documents that are numbered from `first`, their words as numbers; all of them become lists at once, on arrays."""

    def __init__(self, first: int) -> None:
        self.first, self.count = first, 0
        self._numbers: defaultdict[tuple[bytes, int, bool], int] = defaultdict(count().__next__)
        self._chunks = _Chunks(self._numbers, False), _Chunks(self._numbers, True)
        self.tokens, self._runs, self._weights = array("I"), array("q"), array("I")  # a run is a text of a document
        self._others = Collector()

    def add(self, document: Document) -> None:
        """Read a document."""
        for text, weight in fields_of(document):
            pieces, shouting = chunks(text)
            self._add_run(chain.from_iterable(map(self._chunks[shouting].__getitem__, pieces)), weight)
        self._add_run([self._numbers[_encoded(term), 0, True] for term in code_terms(document.code)], TITLE)
        keys = [*_marks(document)]
        amounts = [(kind_number(document.kind), document.id), *document.numbers.items()]
        amounts = [(name, amount) for name, amount in amounts if amount == amount]  # NaN is a missing number
        values = [b""] * len(keys) + [struct.pack("<d", amount) for _, amount in amounts]
        keys += [list_key("number", name) for name, _ in amounts]
        self._others.add(self.first + self.count, keys, [1] * len(keys), values)
        self.count += 1

    def _add_run(self, tokens: Iterable[int], weight: int) -> None:
        before = len(self.tokens)
        self.tokens.extend(tokens)
        self._runs.append(len(self.tokens) - before)
        self._weights.append(weight)

    def lists(self) -> Lists:
        """Return all lists; a text longer than the limit is cut, its code is not."""
        tokens, runs = np.array(self.tokens, np.intp), np.array(self._runs, np.intp)
        fields, run = len(runs) // self.count, np.repeat(np.arange(len(runs)), runs)
        plain = np.array([not compound for _, _, compound in self._numbers], bool)[tokens]
        seen = np.concatenate(([0], np.cumsum(plain)))
        sizes = runs.reshape(-1, fields).sum(axis=1)
        place = seen[:-1] - np.repeat(seen[firsts(sizes)], sizes)  # words before this one in its document
        kept = (place < MAX_DOCUMENT_TERMS) | (run % fields == fields - 1)
        tokens, run, place, plain = tokens[kept], run[kept], place[kept], plain[kept]
        lengths = np.maximum(np.bincount(run[plain] // fields, minlength=self.count), 1)
        for number, length in enumerate(lengths.tolist(), self.first):
            self._others.add(number, [list_key("number", LENGTH)], [1], [struct.pack("<d", length)])
        places = place + FIELD_GAP * (run % fields)
        return joined([*self._texts(tokens, run, places, np.flatnonzero(plain)), self._others.lists()])

    def _texts(self, tokens: Ints, run: Ints, places: Ints, plain: Ints) -> tuple[Lists, Lists]:
        """Return the lists of words and of pairs; `plain` are the tokens that are no compounds."""
        names = sorted({name for name, _, _ in self._numbers})
        ranks = dict(zip(names, count()))
        term = np.array([ranks[name] for name, _, _ in self._numbers], np.intp)[tokens]
        code = np.array([code for _, code, _ in self._numbers], "<u2")[tokens]
        docs, weights = run // (len(self._runs) // self.count) + self.first, np.array(self._weights, np.intp)[run]
        single, pair, many = list_key("single", ""), list_key("pair", ""), len(names)
        singles = _lists(lambda one: single + names[one], term, docs, weights, code[:, None].astype(np.uint8))
        beside = run[plain[:-1]] == run[plain[1:]]
        left, right = plain[:-1][beside], plain[1:][beside]
        uses = np.column_stack((code[left] << 8 | code[right], places[right])).astype("<u2").view(np.uint8)

        def key(both: int) -> bytes:
            return pair + names[both // many] + b" " + names[both % many]

        return singles, _lists(key, term[left] * many + term[right], docs[right], weights[right], uses)


def _lists(key: Callable[[int], bytes], owners: Ints, docs: Ints, weights: Ints, uses: NDArray[np.uint8]) -> Lists:
    """Return occurrences of terms as lists, one row of `uses` for each; `key` names an owner, in the same order."""
    order = np.argsort(owners, kind="stable")
    owners, docs = owners[order], docs[order]
    starts = np.diff(owners, prepend=-1) != 0
    first = np.flatnonzero(starts | (np.diff(docs, prepend=-1) != 0))
    counts = np.diff(np.append(first, len(owners)))
    size = uses.shape[1]
    most = LARGEST // size
    kept = np.arange(len(owners)) - np.repeat(first, counts) < most
    postings = np.empty(len(first), POSTING)
    postings["doc"], postings["size"] = docs[first], size * np.minimum(counts, most)
    postings["weight"] = np.minimum(np.add.reduceat(weights[order], first), LARGEST) if len(first) else 0
    lists = np.diff(np.append(np.flatnonzero(starts[first]), len(first)))
    return Lists([key(one) for one in owners[starts].tolist()], lists, postings, uses[order[kept]].ravel())
