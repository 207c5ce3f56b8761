"""Which words of a long text tell what it is about. Pure but for the analysis it shares with the search.

A *term* is a pair of neighbours, a word that is no lone Vietnamese syllable, or a *concept*: a known form of
technology in either language, written "=name", so that "nước thải" and "wastewater" are the same term.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from marketplace.matching.concepts import Concepts, default_concepts
from marketplace.search import Spread
from marketplace.search.text.analysis import Token, bigram, is_syllable, tokens
from marketplace.values.text import nfc, tone_key

#: Weight of a word by where it stands.
TITLE, KEYWORD, BODY = 4.0, 3.0, 1.0
MOST_TERMS = 32
#: A term that no other text holds: a title's is kept for this share, a body's is an accident of neighbours.
UNHEARD = 0.5
#: Texts about other things that a catalogue is imagined to have besides: in one of three everything would be common.
IMAGINED = 20
#: A line is Vietnamese when at least one word in so many has diacritics.
VIETNAMESE_SHARE = 6
#: A pair between two words that are bound more strongly to their other neighbours ("lý nước" in "xử lý nước thải").
JUNCTION = 0.4
#: Terms whose rarity is asked for: the weightiest by place, earlier ones first among equals.
MOST_JUDGED = 120
#: What remains of a term that is counted already: a form of a concept the text names, a word of one of its pairs.
NAMED = 0.3
#: A word without a neighbour to narrow it down.
LONE = 0.6
#: Most that one phrase may weigh of all.
MOST_OF_ALL = 0.12
#: Least weight of a phrase worth showing.
SHOWN = 0.01

_VIETNAMESE = """
và của các cho được có trong với là những để từ theo tại đến một khi này đó không trên dưới bằng về do bị vào hoặc
cần phải nên sẽ đã đang còn cũng như nhưng vì thì mà nếu rất hơn nhất mỗi mọi từng nhiều ít cùng giữa sau trước qua lại
lên xuống ở bởi nhằm chưa chỉ tới hay gồm việc sự khoảng nào đây đều vẫn rồi hiện thể ngày giờ phút tháng năm tuần tấn triệu
"""
_ENGLISH = """
a about above across after all also although an and any are as at be been before being below between both but by can
could day do does during end hour month per year
each either etc for from has have how if in including into is it its itself may more most much must need needs new no
not of on one only or other our out over own per seek seeking seeks shall should so some such than that the their them
then there these they this those through to under up upon us use used user uses using was we well were what when where
which while who will with within without would you your he she him her his hers via per
project projects technology technologies system systems based provide provides provided support supports develop
developed development solution solutions innovative innovation challenge challenges approach approaches
"""
#: What every text of an exchange says, in pairs; the English words are among the function words above.
_GENERIC = frozenset(
    "cong nghe|giai phap|he thong|doanh nghiep|san pham|du an|yeu cau|nghien cuu|phat trien|ung dung".split("|")
)
#: Pairs that ask without saying for what: neither word belongs to its other neighbour ("cầu giảm" of "yêu cầu giảm").
_ASKING = frozenset(tuple(map(tone_key, pair.split())) for pair in ("yêu cầu", "nhu cầu", "mong muốn", "đề nghị"))
_UNITS = frozenset("kg km cm mm nm m2 m3 ml mg kw kwh gb mb vnd usd".split())
_EMPTY = {
    True: frozenset(tone_key(word) for word in _VIETNAMESE.split()) | _UNITS, False: frozenset(_ENGLISH.split()) | _UNITS
}
_NUMBER = re.compile(r"[\d.,]+")
_JOINED = re.compile(r"[ \u00a0\t\n/&+–‐‑-]{1,3}")


class Word(NamedTuple):
    """A word within a run: folded for comparing, as written for showing, with its diacritics for known forms."""

    term: str
    exact: str
    written: str


Run = tuple[Word, ...]  # neighbours without punctuation, number or function word between them


def runs(text: str) -> Iterator[Run]:
    """Yield the runs of telling words of a text.

    The language is judged line by line, for "an toàn" and "may mặc" begin with English function words.
    """
    for line in nfc(text).split("\n"):
        plain = [token for token in tokens(line) if not token.compound]
        marked = sum(token.exact != token.term for token in plain)  # an English line may name São Paulo
        empty = _EMPTY[marked * VIETNAMESE_SHARE >= max(1, len(plain))]
        yield from _runs(line, plain, empty)


def _runs(line: str, plain: Sequence[Token], empty: frozenset[str]) -> Iterator[Run]:
    found: list[Word] = []
    end = 0
    asking = {place + step for place, (left, right) in enumerate(pairwise(plain))
              if (left.exact, right.exact) in _ASKING for step in (0, 1)}
    for place, token in enumerate(plain):
        if token.exact in empty or place in asking or _NUMBER.fullmatch(token.term) is not None:
            word = None
        else:
            word = Word(token.term, token.exact, line[token.start : token.end])
        gap = token.start > end and _JOINED.fullmatch(line[end : token.start]) is None
        if found and (word is None or gap):
            yield tuple(found)
            found = []
        if word is not None:
            found.append(word)
        end = token.end
    if found:
        yield tuple(found)


def extract_terms(text: str, concepts: Concepts | None = None) -> Counter[str]:
    """Count the telling terms of a text."""
    known = default_concepts() if concepts is None else concepts
    found: Counter[str] = Counter()
    for run in runs(text):
        found.update(terms_of(run))
        found.update(known.named([word.term for word in run], [word.exact for word in run]))
    return found


def terms_of(run: Run) -> Iterator[str]:
    """Yield the pairs and telling single words of a run."""
    for left, right in pairwise(run):
        yield bigram(left.term, right.term)
    for word in run:
        if len(word.term) > 2 and not is_syllable(word.term):
            yield word.term


def bag_of_terms(text: str) -> set[str]:
    """Return every term a text can be found by: what `extract_terms` finds, and single words of it besides.

    It takes a third of the time, since nothing is weighed.
    """
    plain = [token for token in tokens(text) if not token.compound]
    words = [token.term for token in plain]
    found = {word for word in words if len(word) > 2}
    found.update(map(bigram, words, words[1:]))
    found.update(default_concepts().named(words, [token.exact for token in plain]))
    return found


class TermWeight(NamedTuple):
    """How much a text makes of a term: the summed weight of its places, and the best single one."""

    weight: float
    best: float


def weigh_terms(parts: Iterable[tuple[str, float]]) -> dict[str, TermWeight]:
    """Return every term of some texts with the weight of their places; repetition adds little."""
    weights: dict[str, TermWeight] = {}
    for text, place in parts:
        for term, count in extract_terms(text).items():
            before = weights.get(term, TermWeight(0.0, 0.0))
            weights[term] = TermWeight(before.weight + place * (1 + math.log(count)), max(before.best, place))
    return weights


def rarity(having: int, total: int) -> float:
    """Return how much a term tells apart, from nearly 0 (all hold it) to 1 (none does)."""
    size = total + IMAGINED
    return math.log(size / (having + 0.5)) / math.log(size / 0.5)


def weightiest(spoken: Mapping[str, TermWeight]) -> dict[str, TermWeight]:
    """Return the terms that may become key terms."""
    return dict(sorted(spoken.items(), key=lambda item: -item[1].weight)[:MOST_JUDGED])


def forms_to_count(terms: Iterable[str]) -> set[str]:
    """Return what the engine must count to judge the terms: words and pairs; of a concept all its forms."""
    known = default_concepts()
    return {form for term in terms for form in (known.counted(term) if term.startswith("=") else [term])}


def key_terms(
    spoken: Mapping[str, TermWeight], offers: Spread, needs: Spread, junctions: frozenset[str] = frozenset(),
    limit: int = MOST_TERMS,
) -> dict[str, float]:
    """Return the terms that tell a text apart, with weights that sum to at most 1.

    A term weighs what its places weigh times its rarity, among technologies or among needs, whichever is less: what
    every need says ("funding") tells as little as what every technology says. A body's term that no technology holds
    is left out. No phrase weighs more than `MOST_OF_ALL`: one that is shared is no proof.
    """
    worth: dict[str, float] = {}
    named = {form for term in spoken if term.startswith("=") for form in default_concepts().forms(term)}
    paired = {word for term in spoken if " " in term for word in term.split(" ")}
    for term, (weight, best) in spoken.items():
        having = document_frequency(term, offers)
        value = weight * min(rarity(having, offers.total), rarity(max(0, document_frequency(term, needs) - 1), needs.total))
        if not having:
            value *= UNHEARD if best >= KEYWORD else 0.0
        if term in junctions:
            value *= JUNCTION
        if term in named or term in paired:
            value *= NAMED
        elif " " not in term:
            value *= LONE
        if value and term not in _GENERIC:
            worth[term] = value
    best_terms = sorted(worth.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
    total = sum(value for _, value in best_terms)
    return _bounded({term: value / total for term, value in best_terms})


def _bounded(key: Mapping[str, float]) -> dict[str, float]:
    """Return the weights with those of one phrase bounded together: a concept, its forms, and the words of a pair."""
    family: dict[str, str] = {}
    for term in sorted(key, key=lambda one: (not one.startswith("="), " " not in one, -key[one])):  # words last
        head = family.setdefault(term, term)
        for part in default_concepts().forms(term) if term.startswith("=") else term.split(" "):
            family.setdefault(part, head)
    sums: dict[str, float] = {}
    for term, weight in key.items():
        sums[family[term]] = sums.get(family[term], 0.0) + weight
    return {term: weight * min(1.0, MOST_OF_ALL / sums[family[term]]) for term, weight in key.items()}


def document_frequency(term: str, spread: Spread) -> int:
    """Return how many texts hold a term; of a concept, its commonest form."""
    if not term.startswith("="):
        return spread.having.get(term, 0)
    return max((spread.having.get(form, 0) for form in default_concepts().counted(term)), default=0)


def junctions(runs_of: Iterable[Run], spread: Spread) -> frozenset[str]:
    """Return the pairs that only happen to be neighbours: both words are bound more strongly on their other side."""
    found = set()
    for run in runs_of:
        bonds = [spread.having.get(bigram(a.term, b.term)) for a, b in pairwise(run)]
        for place, (before, bond, after) in enumerate(zip(bonds, bonds[1:], bonds[2:], strict=False), 1):
            if before is not None and bond is not None and after is not None and bond < min(before, after):
                found.add(bigram(run[place].term, run[place + 1].term))
    return frozenset(found)


def coverage(key: Mapping[str, float], bag: frozenset[str]) -> float:
    """Return the share (0–1) of a need's telling terms that a text holds."""
    return sum(weight for term, weight in key.items() if term in bag)


def phrases(runs_of: Iterable[Run], key: Mapping[str, float], bag: frozenset[str], spread: Spread,
            limit: int = 6) -> list[str]:
    """Return what both sides say, as whole terms people recognise, weightiest first, as the need writes them."""
    found: dict[str, tuple[float, str]] = {}
    for run in runs_of:
        for piece in _shared(run, bag, spread):
            worth = sum(key.get(term, 0.0) for term in terms_of(piece))
            folded = " ".join(word.term for word in piece)
            if worth >= SHOWN and worth > found.get(folded, (0.0, ""))[0]:
                found[folded] = worth, " ".join(word.written for word in piece)
    ordered = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))
    kept: list[str] = []
    for folded, (_worth, written) in ordered:
        longer = (other for other, _ in ordered if len(other) > len(folded))
        if not any(f" {folded} " in f" {other} " for other in longer):
            kept.append(written)
        if len(kept) == limit:
            break
    return kept


def _shared(run: Run, bag: frozenset[str], spread: Spread) -> Iterator[Run]:
    """Yield the parts of a run that the other text holds, cut where words belong together."""
    start = 0
    while start < len(run):
        stop = start
        while stop + 1 < len(run) and bigram(run[stop].term, run[stop + 1].term) in bag:
            stop += 1
        first, last = _trimmed(run, start, stop, spread)
        lone = first == last
        if first < last or (lone and run[first].term in bag and not is_syllable(run[first].term)):
            yield run[first : last + 1]
        start = stop + 1


def _trimmed(run: Run, first: int, last: int, spread: Spread) -> tuple[int, int]:
    """Leave out an end that is bound more strongly to what stands outside: "lý nước thải" of "xử lý nước thải"."""

    def bond(left: int) -> int:
        if left < 0 or left + 1 >= len(run):
            return 0
        return spread.having.get(bigram(run[left].term, run[left + 1].term), 0)

    while first < last and bond(first - 1) > bond(first):
        first += 1
    while last > first and bond(last) > bond(last - 1):
        last -= 1
    return first, last
