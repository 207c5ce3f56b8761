"""Known forms of technology in two languages as one term each, from the same editable lists that search reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise

from marketplace.search.text.analysis import bigram, is_syllable
from marketplace.search.text.thesaurus import DATA, Form, form_of, read_rows

#: Longest form looked for, in words.
LONGEST = 6


class Concepts:
    """Groups of forms with the same meaning; ambiguous groups are no evidence and are left out."""

    def __init__(self, rows: Iterable[tuple[Sequence[str], bool]]) -> None:
        """Take rows of (forms, weak)."""
        self._names: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = {}
        self._forms: dict[str, list[tuple[str, ...]]] = {}
        for forms in _merged(_telling(texts) for texts, weak in rows if not weak):
            if len({form.terms for form in forms}) < 2:
                continue
            name = "=" + " ".join(forms[0].terms)
            for form in forms:
                self._names.setdefault(form.terms, []).append((form.exacts, name))
                if form.terms not in self._forms.setdefault(name, []):
                    self._forms[name].append(form.terms)
        self._begins = {terms[:2] for terms in self._names} | {terms[:1] for terms in self._names if len(terms) == 1}
        self._longest = min(LONGEST, max(map(len, self._names), default=0))

    def named(self, terms: Sequence[str], exacts: Sequence[str]) -> Iterator[str]:
        """Yield the concepts that stand in a run of neighbours; other diacritics than the list's are another word."""
        for start in range(len(terms)):
            if tuple(terms[start : start + 1]) in self._begins:
                yield from self._at(terms, exacts, start, start + 1)
            if start + 1 < len(terms) and tuple(terms[start : start + 2]) in self._begins:
                for stop in range(start + 2, min(len(terms), start + self._longest) + 1):
                    yield from self._at(terms, exacts, start, stop)

    def _at(self, terms: Sequence[str], exacts: Sequence[str], start: int, stop: int) -> Iterator[str]:
        plain, written = tuple(terms[start:stop]), tuple(exacts[start:stop])
        for known, name in self._names.get(plain, ()):
            if written in (known, plain):
                yield name

    def forms(self, name: str) -> list[str]:
        """Return the folded forms of a concept."""
        return [" ".join(terms) for terms in self._forms.get(name, ())]

    def counted(self, name: str) -> list[str]:
        """Return one word or pair per form that an index can count; of a long form its last pair."""
        found = []
        for terms in self._forms.get(name, ()):
            found.append(terms[0] if len(terms) == 1 else bigram(*list(pairwise(terms))[-1]))
        return found


def _telling(texts: Sequence[str]) -> list[Form]:
    """Return the forms of a row but for lone syllables, which mean too many things."""
    forms = [form_of(text) for text in texts]
    return [form for form in forms if form.terms and not (len(form.terms) == 1 and is_syllable(form.terms[0]))]


def _merged(rows: Iterable[list[Form]]) -> list[list[Form]]:
    """Return the rows with those joined that have a form in common: two lists may name one thing, which counts once."""
    groups: dict[int, list[Form]] = {}
    group_of: dict[Form, int] = {}
    for number, forms in enumerate(rows):
        groups[number] = []
        for old in sorted({group_of[form] for form in forms if form in group_of}):
            groups[number] += groups.pop(old)
        groups[number] += [form for form in forms if form not in groups[number]]
        group_of.update(dict.fromkeys(groups[number], number))
    return list(groups.values())


@cache
def default_concepts() -> Concepts:
    """Return the concepts of the shipped lists, read once per process."""
    return Concepts(row for path in sorted(DATA.glob("*.csv")) for row in read_rows(path))
