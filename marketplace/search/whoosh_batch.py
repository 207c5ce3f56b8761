"""Documents to posting lists, many at a time: the rules of `ranking.weigh`, on arrays.

`tests/search/test_whoosh_batch.py` compares the two.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from marketplace.search import Document
from marketplace.search.analysis import chunks, mark_code, readings
from marketplace.search.ranking import FIELD_GAP, MAX_DOCUMENT_TERMS, TITLE, code_terms, fields_of
from marketplace.search.whoosh_lists import Ints, Lists, firsts, joined
from marketplace.search.whoosh_schema import LENGTH, list_key, marks, numbers

#: Documents, and occurrences of terms, that are collected before their lists are made: about 150 MB.
DOCUMENTS, OCCURRENCES = 5_000, 1_000_000


def lists_of(documents: Iterable[Document]) -> Iterator[Lists]:
    """Yield the lists of documents, numbered from 0, in portions that end between documents."""
    batch = Batch(0)
    for document in documents:
        batch.add(document)
        if batch.full:
            yield batch.lists()
            batch = Batch(batch.first + batch.count)
    if batch.count:
        yield batch.lists()


class _Forms(dict[tuple[str, str], int]):
    """Numbers the (term, exact) pairs as they occur; of each the number of its term and its diacritics."""

    def __init__(self) -> None:
        self.terms: dict[str, int] = {}
        self.term_of, self.code_of = array("i"), array("B")

    def __missing__(self, form: tuple[str, str]) -> int:
        self[form] = number = len(self)
        self.term_of.append(self.terms.setdefault(form[0], len(self.terms)))
        self.code_of.append(mark_code(*form))
        return number


class _Chunks(dict[str, tuple[int, ...]]):
    """The tokens of each chunk: twice the number of the form, plus one for a compound."""

    def __init__(self, forms: _Forms, shouting: bool) -> None:
        self._forms, self._shouting = forms, shouting

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        found = readings(chunk, self._shouting)
        self[chunk] = made = tuple(2 * self._forms[token.term, token.exact] + token.compound for token in found)
        return made


class Batch:
    """Collects documents that are numbered from `first`."""

    def __init__(self, first: int) -> None:
        self.first, self.count = first, 0
        self.known = _Forms()
        self._chunks = _Chunks(self.known, False), _Chunks(self.known, True)
        self.tokens = array("i")  # twice the number of the form, plus one for a compound
        self.run_lengths, self.run_weights = array("q"), array("f")  # one per text of a document
        self._marks: dict[bytes, list[int]] = {}
        self._numbers: dict[bytes, tuple[list[int], list[float]]] = {}

    @property
    def full(self) -> bool:
        """Whether it is time to make the lists."""
        return self.count >= DOCUMENTS or len(self.tokens) >= OCCURRENCES

    def add(self, document: Document) -> None:
        """Read a document."""
        for text, weight in fields_of(document):
            pieces, shouting = chunks(text)
            known = self._chunks[shouting]
            self._add_run(chain.from_iterable([known[piece] for piece in pieces]), weight)
        self._add_run([2 * self.known[term, term] + 1 for term in code_terms(document.code)], TITLE)
        number = self.first + self.count
        for key in marks(document):
            self._marks.setdefault(key, []).append(number)
        for key, value in numbers(document):
            docs, values = self._numbers.setdefault(key, ([], []))
            docs.append(number)
            values.append(value)
        self.count += 1

    def _add_run(self, tokens: Iterable[int], weight: float) -> None:
        before = len(self.tokens)
        self.tokens.extend(tokens)
        self.run_lengths.append(len(self.tokens) - before)
        self.run_weights.append(weight)

    def lists(self) -> Lists:
        """Return all lists in the order of their keys."""
        text = _Text(self)
        everyone = range(self.first, self.first + self.count)
        self._numbers[list_key("number", LENGTH)] = list(everyone), text.lengths.tolist()
        early = {key: docs for key, docs in self._marks.items() if key < list_key("single", "")}
        late = {key: docs for key, docs in self._marks.items() if key not in early}
        return joined([_marked(early), text.singles(), text.pairs(), _marked(late), _numbered(self._numbers)])


class _Text:
    """The tokens of a batch as arrays, without those that exceed the limit of a document."""

    def __init__(self, batch: Batch) -> None:
        runs = np.frombuffer(batch.run_lengths, np.int64)
        per_document = len(runs) // batch.count
        tokens = np.frombuffer(batch.tokens, np.intc)
        plain = tokens % 2 == 0
        sizes = runs.reshape(-1, per_document).sum(axis=1)
        seen = np.concatenate(([0], np.cumsum(plain)))
        before = seen[:-1] - np.repeat(seen[firsts(sizes)], sizes)  # plain tokens before this one in its document
        run = np.repeat(np.arange(len(runs)), runs)
        field = run % per_document
        kept = (before < MAX_DOCUMENT_TERMS) | (field == per_document - 1)
        forms = tokens[kept] // 2
        self._plain, self._run = plain[kept], run[kept]
        self._places = (before + FIELD_GAP * field)[kept]
        self._docs = run[kept] // per_document
        self._weights = np.frombuffer(batch.run_weights, np.float32)[self._run]
        self._codes = np.frombuffer(batch.known.code_of, np.uint8)[forms]
        self._first = batch.first
        self.lengths = np.maximum(1, np.bincount(self._docs[self._plain], minlength=batch.count))
        names = [term.encode("utf-8", "surrogatepass") for term in batch.known.terms]
        order = sorted(range(len(names)), key=names.__getitem__)
        rank = np.empty(len(names), np.intp)
        rank[order] = np.arange(len(names))
        self._names = [names[place] for place in order]
        self._terms = rank[np.frombuffer(batch.known.term_of, np.intc)[forms]]

    def singles(self) -> Lists:
        """Return the lists of single terms: each occurrence's diacritics, one when all are alike."""
        order = np.argsort(self._terms, kind="stable")
        terms, codes = self._terms[order], self._codes[order]
        first, uses = _groups(terms, self._docs[order])
        alike = np.minimum.reduceat(codes, first) == np.maximum.reduceat(codes, first) if len(first) else first > 0
        kept = np.repeat(~alike, uses)
        kept[first] = True
        prefix = list_key("single", "")
        keys = [prefix + self._names[term] for term in _distinct(terms).tolist()]
        return self._lists(keys, terms, order, first, np.where(alike, 1, uses), codes[kept])

    def pairs(self) -> Lists:
        """Return the lists of neighbours: each occurrence's diacritics and place."""
        plain = np.flatnonzero(self._plain)
        beside = self._run[plain[:-1]] == self._run[plain[1:]]
        left, right = plain[:-1][beside], plain[1:][beside]
        both = self._terms[left] * len(self._names) + self._terms[right]
        order = np.argsort(both, kind="stable")
        both, left, right = both[order], left[order], right[order]
        first, uses = _groups(both, self._docs[right])
        values = np.empty((len(right), 2), "<u2")
        values[:, 0] = self._codes[left].astype(np.uint16) << 8 | self._codes[right]
        values[:, 1] = self._places[right]
        prefix, names = list_key("pair", ""), self._names
        lefts, rights = np.divmod(_distinct(both), max(1, len(names)))
        keys = [prefix + names[a] + b" " + names[b] for a, b in zip(lefts.tolist(), rights.tolist(), strict=True)]
        return self._lists(keys, both, right, first, 4 * uses, values.view(np.uint8).ravel())

    def _lists(
        self, keys: list[bytes], owners: Ints, tokens_: Ints, first: Ints, sizes: Ints, values: NDArray[np.uint8]
    ) -> Lists:
        """Group ordered tokens into postings (beginning at `first`), and these into lists by their owner."""
        weights = np.add.reduceat(self._weights[tokens_], first) if len(first) else np.empty(0)
        begins = np.flatnonzero(np.diff(owners[first], prepend=-1))
        counts = np.diff(np.append(begins, len(first)))
        docs = self._docs[tokens_[first]] + self._first
        return Lists(keys, counts, docs.astype("<u4"), weights.astype("<f4"), sizes, values)


def _groups(owners: Ints, docs: Ints) -> tuple[Ints, Ints]:
    """Return where the occurrences of one owner in one document begin, and how many there are."""
    first = np.flatnonzero((np.diff(owners, prepend=-1) != 0) | (np.diff(docs, prepend=-1) != 0))
    return first, np.diff(np.append(first, len(owners)))


def _distinct(ordered: Ints) -> Ints:
    return ordered[np.diff(ordered, prepend=-1) != 0]


def _marked(found: dict[bytes, list[int]]) -> Lists:
    """Return lists without weights and values."""
    keys = sorted(found)
    counts = np.array([len(found[key]) for key in keys], np.intp)
    docs = np.array([number for key in keys for number in found[key]], "<u4")
    return Lists(keys, counts, docs, np.ones(len(docs), "<f4"), np.zeros(len(docs), np.intp), np.empty(0, np.uint8))


def _numbered(found: dict[bytes, tuple[list[int], list[float]]]) -> Lists:
    """Return lists whose values are numbers."""
    plain = _marked({key: docs for key, (docs, _) in found.items()})
    values = np.array([value for key in plain.keys for value in found[key][1]], "<f8")
    return Lists(plain.keys, plain.counts, plain.docs, plain.weights, plain.sizes + 8, values.view(np.uint8))
