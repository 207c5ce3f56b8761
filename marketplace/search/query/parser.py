"""From what a person typed to a `Plan` that every engine can carry out. Pure; never raises on any string.

"..." is a phrase that must occur, -word and -"..." exclude, word* is a prefix; everything else is words. OR (HOẶC, |)
parts the whole query in alternatives, because a Vietnamese word has several syllables and nobody knows where it begins;
what is excluded is excluded from all of them. Fields (trl:7) are read before, by `language`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from marketplace.search.text.analysis import CAPITALS, Token, code_key, one_spelling, other_spelling, tokens
from marketplace.search.text.thesaurus import Alternative, Form, Span, Thesaurus, form_of
from marketplace.values.text import fold, nfc

#: Longer input is cut: nobody reads a query of this size, and a paste must not occupy the server.
MAX_CHARACTERS, MAX_UNITS, MAX_CLAUSES = 2000, 64, 16
#: Alternatives of one query; what follows a further OR belongs to the last.
MAX_ALTERNATIVES = 8
#: Up to this many words, documents holding the whole query as a phrase come first.
PHRASE_TIER_UNITS = 12

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂″", '"') | dict.fromkeys("−－", "-") | {"＊": "*", "｜": "|"})
_ITEM = re.compile(r'(?P<bar>\|)|(?P<minus>(?<![^\s|])-)?(?:"(?P<phrase>[^"]*)(?:"|\Z)|(?P<word>[^\s"|]+))')
#: Words between alternatives, in capitals only: "hoặc" and "or" themselves are words.
OR_WORDS = frozenset({"OR", "HOẶC", "HOAC"})


@dataclass(frozen=True, slots=True)
class Unit:
    """One wanted term. `joined` says that it was typed right after the unit before it."""

    term: str
    exact: str
    joined: bool = False
    prefix: bool = False


class Marks(Enum):
    """Which diacritics a phrase may have where it occurs."""

    ANY = "any"
    SAME = "same"
    SAME_OR_NONE = "same or none"


def units_of(form: Form) -> tuple[Unit, ...]:
    """Return a form as neighbouring units."""
    return tuple(Unit(term, exact, i > 0) for i, (term, exact) in enumerate(zip(*form, strict=True)))


@dataclass(frozen=True, slots=True)
class Plan:
    """A parsed query."""

    units: tuple[Unit, ...] = ()
    phrases: tuple[tuple[Unit, ...], ...] = ()  # each must occur
    excluded: tuple[tuple[Unit, ...], ...] = ()  # none may occur
    spans: tuple[Span, ...] = ()
    boosts: tuple[Alternative, ...] = ()
    code: str = ""  # the whole text as a code
    marked: bool = False  # typed with diacritics, so diacritics count
    abbreviation: bool = False  # one word in capitals that would otherwise be a common syllable: AI, not "ai" (who)
    sign: str = ""  # one name with its signs: c++
    blank: bool = True  # nothing was typed: browse
    others: tuple[Plan, ...] = ()  # a document may match one of these instead; its score is the best of them

    def alternatives(self) -> tuple[Plan, ...]:
        """Return the plans that OR joins: itself and the others."""
        return (self, *self.others)

    @property
    def browsing(self) -> bool:
        """Whether nothing is asked for, so that the newest come first."""
        return self.blank and not self.boosts

    @property
    def whole_phrase(self) -> bool:
        """Whether the query is one run of words short enough for the phrase tiers."""
        return (
            0 < len(self.units) <= PHRASE_TIER_UNITS
            and not self.abbreviation
            and all(unit.joined for unit in self.units[1:])
            and not any(unit.prefix for unit in self.units)
        )

    def holder(self, start: int, stop: int, beyond: Span | None = None) -> Span | None:
        """Return the shortest span that holds the units `start` to `stop`, and more than `beyond` does."""
        least = beyond.stop - beyond.start if beyond else 0
        holding = [s for s in self.spans if s.start <= start and stop <= s.stop and s.stop - s.start > least]
        return min(holding, key=lambda span: span.stop - span.start, default=None)

    def spans_inside_out(self) -> list[Span]:
        """Return the spans, shorter ones before those that may hold them."""
        return sorted(self.spans, key=lambda span: span.stop - span.start)

    def terms(self) -> tuple[str, ...]:
        """Return what to highlight: wanted terms (prefixes end in *) and the phrases that may stand for them."""
        own = [unit.term + ("*" if unit.prefix else "") for unit in self.units]
        other = [" ".join(a.form.terms) for span in self.spans for a in span.alternatives]
        return tuple(dict.fromkeys([*own, *other, *(term for plan in self.others for term in plan.terms())]))


def plain_signs(text: str) -> str:
    """Return a text of equal length with one form of quotes, minus, star and bar."""
    return text.translate(_QUOTES)


def parse(text: str, thesaurus: Thesaurus, boosts: Mapping[str, float] | None = None) -> Plan:
    """Return the plan of a typed text; odd or unfinished syntax is read as words."""
    cleaned = plain_signs(nfc(text[: 2 * MAX_CHARACTERS])[:MAX_CHARACTERS])
    wanted = boosts.items() if boosts else ()
    phrases = ((form_of(phrase[:MAX_CHARACTERS]), weight) for phrase, weight in wanted)
    common = Plan(
        boosts=tuple(
            Alternative(form, weight, any_marks=form.terms == form.exacts)
            for form, weight in phrases if 0 < len(form.terms) <= MAX_UNITS
        ),
        blank=not cleaned.strip(),
    )
    room, readers = MAX_UNITS, []
    for _separator, items in _alternatives(cleaned):
        reader = _Reader(room)
        for match in items:
            reader.read(match["phrase"], match["word"] or match["bar"], match["minus"] is not None)
        readers.append((reader, cleaned[items[0].start() : items[-1].end()]))
        room -= len(reader.units)
    excluded = tuple(one for reader, _ in readers for one in reader.excluded)[:MAX_CLAUSES]
    plans = [_plan(common, reader, text, excluded, thesaurus) for reader, text in readers if reader.units]
    first, *others = plans or [replace(common, excluded=excluded)]
    return replace(first, others=tuple(others))


class TypedOperator(NamedTuple):
    """A part of a typed text that is more than plain words: "phrase", "minus", "prefix" or "or"."""

    kind: str
    text: str
    start: int
    stop: int


def pieces(text: str) -> Iterator[TypedOperator]:
    """Yield the signs of a cleaned text as `parse` reads them, in order; a minus before a phrase is one piece."""
    for separator, items in _alternatives(plain_signs(text)):
        if separator is not None:
            yield TypedOperator("or", separator.group(), separator.start(), separator.end())
        for item in items:
            said, wanted = item["phrase"] or item["word"] or "", tokens(item["phrase"] or item["word"] or "")
            kind = "minus" if item["minus"] else "phrase" if item["phrase"] is not None else ""
            kind = kind or ("prefix" if len(said) > 1 and said.endswith("*") else "")
            if kind and wanted:
                yield TypedOperator(kind, said.rstrip("*").strip(), item.start(), item.end())


def _plan(common: Plan, reader: _Reader, text: str, excluded: tuple[tuple[Unit, ...], ...], thesaurus: Thesaurus) -> Plan:
    return replace(
        common,
        units=tuple(reader.units),
        phrases=tuple(reader.phrases),
        excluded=excluded,
        spans=tuple(_spans(reader, thesaurus)),
        code=code_key(text) if not excluded else "",
        marked=any(unit.exact != unit.term for unit in reader.units),
        abbreviation=len(reader.units) == 1 and any(term.startswith(CAPITALS) for _, _, term in reader.compounds),
        sign=reader.signs[0] if len(reader.units) == len(reader.signs) == 1 else "",
    )


def _alternatives(text: str) -> Iterator[tuple[re.Match[str] | None, list[re.Match[str]]]]:
    """Yield the items between OR and OR, with the OR before them; one with nothing on one of its sides is a word."""
    items = list(_ITEM.finditer(text))
    own: list[re.Match[str]] = []
    before, found = None, 1
    for index, item in enumerate(items):
        separates = item["bar"] is not None or (item["word"] in OR_WORDS and item["minus"] is None)
        if separates and own and index + 1 < len(items) and found < MAX_ALTERNATIVES:
            yield before, own
            own, before, found = [], item, found + 1
        else:
            own.append(item)
    if own:
        yield before, own


class _Reader:
    """Collects the clauses while the items of a query are read from left to right."""

    def __init__(self, room: int = MAX_UNITS) -> None:
        self._room = room
        self.units: list[Unit] = []
        self.phrases: list[tuple[Unit, ...]] = []
        self.excluded: list[tuple[Unit, ...]] = []
        self.compounds: list[tuple[int, int, str]] = []
        self.signs: list[str] = []
        self._open = False  # the last unit may be joined by the next word

    def read(self, phrase: str | None, word: str | None, minus: bool) -> None:
        text = phrase if phrase is not None else word or ""
        prefix = phrase is None and len(text) > 1 and text.endswith("*")
        found = tokens(text)
        if prefix:
            found = [_as_begun(token, text) for token in found]
        if minus:
            self._exclude(found, prefix)
            self._open = False
            return
        room = self._room - len(self.units)
        start = len(self.units)
        signs = [token.term for token in found if token.signed]
        self.signs += signs
        self._want(found, prefix, joined=self._open and phrase is None)
        if phrase is not None:
            units = tuple(self.units[start : start + room])
            named = [(Unit(sign, sign),) for sign in signs]
            whole = [units] if len(units) > len(named) else []  # "C++" is said by its name alone
            self.phrases += [*whole, *named][: MAX_CLAUSES - len(self.phrases)]
        if found:
            self._open = phrase is None and not prefix

    def _want(self, found: list[Token], prefix: bool, joined: bool) -> None:
        if prefix and found and found[0].compound and found[0].end == found[-1].end:
            # CN-2026* begins a code: its parts are not words; AI* begins a word, not an abbreviation
            found = found[1:] if found[0].term.startswith(CAPITALS) else found[:1]
            found[0] = found[0]._replace(compound=False)
        open_compounds: list[tuple[int, int, str]] = []
        for index, token in enumerate(found):
            if token.compound:
                open_compounds.append((len(self.units), token.end, token.term))
                continue
            if len(self.units) >= self._room:
                break
            last = prefix and index == len(found) - 1
            self.units.append(Unit(token.term, token.exact, joined, last))
            joined = True
            for begin, end, term in open_compounds:
                if token.end == end:
                    self.compounds.append((begin, len(self.units), term))

    def _exclude(self, found: list[Token], prefix: bool) -> None:
        plain = [token for token in found if not token.compound]
        if len(plain) == 1:
            plain = [token for token in found if token.signed] or plain
        if plain and len(self.excluded) < MAX_CLAUSES:
            last = len(plain) - 1
            self.excluded.append(tuple(Unit(t.term, t.exact, i > 0, prefix and i == last) for i, t in enumerate(plain)))


def _as_begun(token: Token, text: str) -> Token:
    """Return a token whose last letters may be the beginning of a word: li* is not ly*."""
    other = other_spelling(token.term)
    typed = fold(text[token.start : token.end])
    return token._replace(term=other, exact=other) if other and typed == other else token


def _spans(reader: _Reader, thesaurus: Thesaurus) -> list[Span]:
    """Look up each run of joined units; a prefix is never a known form."""
    spans: list[Span] = []
    start, units = 0, reader.units
    while start < len(units):
        stop = start + 1
        while stop < len(units) and units[stop].joined:
            stop += 1
        run = units[start:stop]
        if run[-1].prefix:
            run = run[:-1]
        inside = [(a - start, b - start, term) for a, b, term in reader.compounds if start <= a and b <= start + len(run)]
        if len(units) == len(run) == 1:
            inside.append((0, 1, CAPITALS + run[0].term))
        found = thesaurus.spans(Form(tuple(u.term for u in run), tuple(u.exact for u in run)), inside)
        spans += [Span(s.start + start, s.stop + start, s.alternatives) for s in found]
        last, kept = units[stop - 1], one_spelling(units[stop - 1].term)
        if last.prefix and kept != last.term:  # li* may also be the whole word, which is indexed as ly
            spans.append(Span(stop - 1, stop, (Alternative(Form((kept,), (kept,)), 1.0, any_marks=True),)))
        start = stop
    return spans
