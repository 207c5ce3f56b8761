"""Text to terms, the same for every engine at index time and at query time. Pure.

A *term* is a folded syllable, word, number or code. Vietnamese has few distinct syllables, so single folded
syllables say little and pairs of neighbours ("bigrams") do most of the work. Each token also keeps its *exact* form
(diacritics kept, tone placement ignored), which ranks but never excludes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from marketplace.search.text.units import UNITS, one_sign_of_degrees
from marketplace.values.text import nfc, normal, strip_marks, tone_key

#: Longest term kept; longer strings (base64, page-long words) are cut, at index and at query time alike.
MAX_TERM = 40

_MARK = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_LETTER = r"(?:[^\W_]|[\u3371-\u33df])"  # the latter are units in one sign: ㎥
_WORD = rf"{_LETTER}(?:{_LETTER}|{_MARK})*"
#: Signs that belong to a name: C++, C#, .NET.
_BEHIND, _BEFORE = r"(?:\+\+|#(?!\w))", r"(?<![\w.])\.(?=[A-Za-z]{2})"
_CHUNK = re.compile(rf"(?:{_BEFORE})?{_WORD}(?:(?:[-‐‑–&/+]|(?<=\d)[.,](?=\d)){_WORD})*(?:(?<=[A-Za-z]){_BEHIND})?")
_PART = re.compile(rf"{_WORD}(?:[.,]{_WORD})*")
_PIECE = re.compile(_WORD)
_LETTER_WITH_MARKS = re.compile(rf"{_LETTER}{_MARK}*")
#: Signs of scripts without spaces, each a term like a syllable: Chinese characters and kana.
_SIGN = "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
_ANY_SIGN, _SIGN_OR_REST = re.compile(_SIGN), re.compile(rf"{_SIGN}|(?:(?!{_SIGN}).)+", re.S)
#: Syllables that are written with y or with i alike (lý, lí), in the spelling that is kept.
_SPELLINGS = {"hi": "hy", "ki": "ky", "li": "ly", "mi": "my", "si": "sy", "ti": "ty", "qui": "quy"}
_VIETNAMESE = re.compile("[a-zđ\u0300-\u0303\u0306\u0309\u031b\u0323]+")
_OTHER_SPELLINGS = {kept: other for other, kept in _SPELLINGS.items()}
_DECIMAL_MEASURE = re.compile(rf"(\d+(?:[.,]\d+)+)((?!\d){_WORD})")
_MEASURE = re.compile(r"(\d+)(\D.*)")
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")
_DECIMAL = re.compile(r"\d+[.,]\d+")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t", "μ": "u", "ʼ": "", "ˈ": ""}
)
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?"
    r"(?:uyeu|oai|oao|oay|oeo|uao|uay|uoi|uou|uya|uye|uyu|ieu|yeu|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|"
    r"ua|ue|ui|uo|uu|uy|ya|ye|[aeiouy])(?:ng|nh|ch|[cmnpt])?"
)
#: Begins the second reading of an abbreviation that would otherwise be a common syllable: "AI" is not "ai" (who).
CAPITALS = "^"
_ABBREVIATION_LENGTHS = range(2, 6)


class Token(NamedTuple):
    """One term with its place in the NFC form of the text."""

    term: str  # folded: what is indexed and compared
    exact: str  # case-folded, diacritics kept, tone placement normalised
    start: int
    end: int
    compound: bool = False  # a second reading, before the plain one: KH&CN as khcn, CN-2026-000123 whole, AI as ^ai, C++

    @property
    def signed(self) -> bool:
        """Whether it is a name with its signs: C++, C#, .NET."""
        return self.compound and (self.term[0] == "." or self.term[-1] in "+#")


def _forms(word: str) -> tuple[str, str, bool]:
    """Return (term, exact, abbreviation) of one word without joiners; term is "" when nothing searchable is left."""
    compatible = normal("NFKC", normal("NFKC", word).casefold()).casefold()
    term = strip_marks(strip_marks(compatible).casefold().translate(_LETTERS)).casefold()
    term = "".join(ch for ch in term if ch.isalnum())[:MAX_TERM]
    stem = singular(term)
    exact = tone_key(compatible)[:MAX_TERM] if not term.isascii() or term != compatible else stem
    if stem in _SPELLINGS:
        exact = exact.replace("i", "y")
        stem = _SPELLINGS[stem]
    return stem, exact, len(word) in _ABBREVIATION_LENGTHS and word.isupper() and is_syllable(stem)


def singular(term: str) -> str:
    """Return an English plural in the singular, lightly: pumps → pump, batteries → battery. Idempotent.

    Vietnamese syllables never end in s, so they pass untouched.
    """
    if len(term) < 4 or term[-1] != "s" or not (term.isascii() and term.isalpha()) or term[-2] in "sui":
        return term
    if term.endswith("ies") and len(term) > 4:
        return term[:-3] + "y"
    if term.endswith(("xes", "ches", "shes", "sses", "zes")):
        return term[:-2]
    return term[:-1]


def one_spelling(term: str) -> str:
    """Return a folded syllable in the one spelling in which it is indexed: li → ly."""
    return _SPELLINGS.get(term, term)


def other_spelling(term: str) -> str:
    """Return the other spelling of an indexed syllable, or an empty string: ly → li."""
    return _OTHER_SPELLINGS.get(term, "")


def is_syllable(term: str) -> bool:
    """Tell whether a folded term is like a Vietnamese syllable, or a Chinese character, so that alone it says little."""
    return (len(term) <= 7 and _SYLLABLE.fullmatch(term) is not None) or (len(term) == 1 and bool(_ANY_SIGN.match(term)))


@lru_cache(maxsize=65536)
def mark_code(token_term: str, exact: str) -> int:
    """Return 0 for a term written without diacritics, else 1–255 naming which diacritics it carries.

    One byte per occurrence in the index lets "bán" rank above "bàn" without a second set of terms. Two variants of
    one syllable share a code with probability 1/255, which costs a rank, never a hit.
    """
    return 0 if exact == token_term else 1 + crc32(exact.encode("utf-8", "surrogatepass")) % 255


def _number(chunk: str) -> str | None:
    """Return one spelling for 12,5 = 12.5 and 1.500.000 = 1,500,000 = 1500000; None when it is no such number."""
    chunk = normal("NFKC", chunk)
    if _GROUPED.fullmatch(chunk):
        separator = next(ch for ch in chunk if ch in ".,")
        return chunk.replace(separator, "").replace(",", ".")
    if _DECIMAL.fullmatch(chunk):
        return chunk.replace(",", ".")
    return None


def tokens(text: str) -> list[Token]:
    """Return the tokens of `text` in order, with offsets into `nfc(text)`.

    "KH&CN", "Wi-Fi" and "CN-2026-000123" give their parts and, first, one compound token of the whole; so do
    abbreviations that look like syllables (AI), unless the whole text is in capitals. A number is parted from its unit.
    """
    text = _readable(text)
    shouting = _is_shouting(text)
    found: list[Token] = []
    for match in _CHUNK.finditer(text):
        at = match.start()
        for term, exact, start, end, compound in readings(match.group(), shouting):
            found.append(Token(term, exact, at + start, at + end, compound))
    return found


def chunks(text: str) -> tuple[list[str], bool]:
    """Return the pieces whose `readings`, end to end, are the tokens of `text`; and whether it is all in capitals."""
    text = _readable(text)
    return _CHUNK.findall(text), _is_shouting(text)


def _readable(text: str) -> str:
    return one_sign_of_degrees(nfc(text))


def _is_shouting(text: str) -> bool:
    return " " in text and text.isupper()


def readings(chunk: str, shouting: bool) -> tuple[Token, ...]:
    """Return the tokens of one chunk, with offsets from its start."""
    return _known_readings(chunk, shouting) if len(chunk) <= MAX_TERM else _readings(chunk, shouting)


def _readings(chunk: str, shouting: bool) -> tuple[Token, ...]:
    found: list[Token] = []
    if chunk[0] == "." or chunk[-1] in "+#":
        return _signed(chunk, shouting)
    if chunk.isalnum():
        _append(found, chunk, 0, shouting)
        return tuple(found)
    number = _number(chunk)
    if number is not None:
        return (Token(number[:MAX_TERM], number[:MAX_TERM], 0, len(chunk)),)
    pieces = list(_PIECE.finditer(chunk))
    if 1 < len(pieces) <= 6 and len(chunk) <= MAX_TERM:
        term = "".join(_forms(piece.group())[0] for piece in pieces)
        found.append(Token(term, term, 0, len(chunk), True))
    for part in _PART.finditer(chunk):
        _append_part(found, part.group(), part.start(), shouting)
    return tuple(found)


def _signed(chunk: str, shouting: bool) -> tuple[Token, ...]:
    """Return the tokens of a chunk before or behind whose word stand signs, and before that word its reading with them."""
    word = chunk.lstrip(".").rstrip("+#")
    at = len(chunk) - len(chunk.lstrip("."))
    before, behind = chunk[:at], chunk[at + len(word) :]

    def moved(token: Token) -> Token:
        end = len(chunk) if token.end == len(word) else token.end + at
        return token._replace(start=token.start + at if token.start else 0, end=end)

    found = [moved(token) for token in readings(word, shouting)]
    plain = [index for index, token in enumerate(found) if not token.compound]
    if plain:
        index = plain[-1] if behind else plain[0]
        token = found[index]
        term = token.term + behind if behind else before + token.term
        found.insert(index, Token(term, term, token.start, token.end, True))
    return tuple(found)


#: Long chunks are rare and big: they are not kept.
_known_readings = lru_cache(maxsize=65536)(_readings)


def _append_part(found: list[Token], part: str, start: int, shouting: bool) -> None:
    """Append what stands between joiners: 12,5kW of 12,5kW/h is a number with its unit."""
    number = _number(part)
    if number is not None:
        found.append(Token(number[:MAX_TERM], number[:MAX_TERM], start, start + len(part)))
    elif (match := _DECIMAL_MEASURE.fullmatch(part)) and (number := _number(match[1])) and (unit := _forms(match[2])[0]):
        _measure(found, number, unit, start, len(match[1]), len(part))
    else:
        for piece in _PIECE.finditer(part):
            _append(found, piece.group(), start + piece.start(), shouting)


def _measure(found: list[Token], number: str, unit: str, start: int, middle: int, length: int) -> None:
    """Append a number and the unit written together with it, which begins `middle` characters after `start`."""
    middle = start + min(middle, length - 1)
    found.append(Token(number[:MAX_TERM], number[:MAX_TERM], start, middle))
    unit = "c" if unit == "oc" else one_spelling(unit)
    found.append(Token(unit, unit, middle, start + length))


def _append(found: list[Token], word: str, start: int, shouting: bool) -> None:
    if not word.isascii() and len(word) > 1 and _ANY_SIGN.search(word):
        for part in _SIGN_OR_REST.finditer(word):
            _append_one(found, part.group(), start + part.start(), shouting)
    else:
        _append_one(found, word, start, shouting)


def _append_one(found: list[Token], word: str, start: int, shouting: bool) -> None:
    term, exact, abbreviation = _forms(word)
    if not term:
        return
    if exact != term and (sizes := _syllables_of(word, term)):
        found.append(Token(term, term, start, start + len(word), True))
        for size in sizes:
            _append_one(found, word[:size], start, shouting)
            word, start = word[size:], start + size
        return
    if term[0].isdigit() and len(word) > 1 and (match := _MEASURE.fullmatch(term)) and match[2] in UNITS:
        _measure(found, match[1], match[2], start, len(match[1]), len(word))
        return
    stop = start + len(word)
    if abbreviation and not shouting:
        found.append(Token(CAPITALS + term, CAPITALS + term, start, stop, True))
    found.append(Token(term, exact, start, stop))


def _syllables_of(word: str, term: str) -> tuple[int, ...]:
    """Return the lengths of the syllables of a Vietnamese word with marks that is written together, else nothing.

    A letter whose marks were typed in another order stays several characters: a, acute, circumflex.
    """
    if is_syllable(term) or not _VIETNAMESE.fullmatch(normal("NFD", word).lower()):
        return ()
    letters = _LETTER_WITH_MARKS.findall(word)
    if len(letters) != len(term):
        return ()
    sizes, at = [], 0
    for size in _apart(term):
        sizes.append(sum(map(len, letters[at : at + size])))
        at += size
    return tuple(sizes)


@lru_cache(maxsize=4096)
def _apart(term: str) -> tuple[int, ...]:
    """Return the lengths of the two syllables, or else three, that a term is made of (oto, ximang), else nothing."""
    for size in range(1, len(term)):
        if is_syllable(term[:size]) and is_syllable(term[size:]):
            return size, len(term) - size
    for size in range(1, min(len(term), 8)):
        if is_syllable(term[:size]) and len(rest := _apart(term[size:])) == 2:
            return size, *rest
    return ()


def terms(text: str) -> list[str]:
    """Return the folded terms of `text` without compounds, in order."""
    return [token.term for token in tokens(text) if not token.compound]


def bigram(left: str, right: str) -> str:
    """Return the index term of two neighbours."""
    return f"{left} {right}"


def code_key(text: str) -> str:
    """Return a listing code or tax code in the form in which codes are compared: CN-2026-000123 → cn2026000123."""
    return "".join(ch for ch in strip_marks(nfc(text)).casefold() if ch.isalnum())[:MAX_TERM]
