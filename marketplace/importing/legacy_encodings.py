"""Vietnamese typed for fonts of before Unicode: TCVN3 (.VnTime) and VNI. Such text is made of Latin-1 letters and signs.

A text is converted only when it says so itself: its words with marks are no Vietnamese as they stand, but once converted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from marketplace.values.text import normal

TCVN3, VNI = "TCVN3", "VNI"

#: The letters of TCVN3, in the order of their bytes from A1; a space where there is none.
_TCVN3_LETTERS = (
    f"ĂÂÊÔƠƯĐăâêôơưđ{' ' * 6}àảãáạ ằẳẵắ{' ' * 7}ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ"
)
_TCVN3: Mapping[int, str] = {0xA1 + place: letter for place, letter in enumerate(_TCVN3_LETTERS) if letter != " "}

#: What VNI writes behind a vowel, and the marks that it means: a tone, a circumflex, a breve, or one of these with a tone.
_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_CIRCUMFLEX = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_ALONE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni() -> dict[str, str]:
    found = dict(_ALONE)
    for vowel in "aeouyôö":
        found |= {vowel + sign: _ALONE.get(vowel, vowel) + mark for sign, mark in _TONES.items()}
    for vowel in "aeo":
        found |= {vowel + sign: f"{vowel}\u0302{mark}" for sign, mark in _CIRCUMFLEX.items()}
    found |= {f"a{sign}": f"a\u0306{mark}" for sign, mark in _BREVE.items()}
    found = {written: normal("NFC", meant) for written, meant in found.items()}
    large = {written.upper(): meant.upper() for written, meant in found.items()}
    mixed = {written.capitalize(): meant.upper() for written, meant in found.items()}
    return {**mixed, **large, **found}


_VNI = _vni()
_VNI_LETTER = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
#: A word: letters, and the signs of Latin-1 that these fonts show as letters, the soft hyphen among them.
_WORD = re.compile("[A-Za-z\u00a1-\u00ff]+")
_MARKED = re.compile("[\u00a1-\u00af\u00b4-\u00ff]")  # not ° ± ² ³
_UNIT = re.compile("µ[A-Za-z]{1,2}")
_BARE = re.compile("[A-Za-z]")
#: Letters that only Unicode has: a text with them is no text for such fonts.
_UNICODE = re.compile("[\u0100-\u024f\u0300-\u036f\u1e00-\u1eff]")
_SYLLABLE = re.compile(
    "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
    "(?:(?:iêu|yêu|oai|oao|oay|oeo|uay|uây|uôi|ươi|ươu|uya|uyu|ai|ao|au|ay|âu|ây|eo|êu|ia|iu|oi|ôi|ơi|ui|uơ|ưa|ưi|ưu)|"
    "(?:iê|oa|oă|oe|oo|ua|uă|uâ|ue|uê|uô|uy|uyê|ươ|yê|[aăâeêioôơuưy])(?:ng|nh|ch|[cmnpt])?)"
)
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_ENOUGH = 0.8  # of the words with marks that are Vietnamese once they are converted

_CONVERSIONS: Mapping[str, Callable[[str], str]] = {
    TCVN3: lambda text: text.translate(_TCVN3),
    VNI: lambda text: _VNI_LETTER.sub(lambda found: _VNI[found[0]], text),
}


def converted(text: str, name: str) -> str:
    """Return a text of one of the two encodings in Unicode."""
    return _CONVERSIONS[name](text)


def legacy_encoding(text: str) -> str:
    """Return the encoding for which a text was typed, TCVN3 or VNI; an empty string for text as it should be."""
    if text.isascii() or _UNICODE.search(text):
        return ""
    good = {name: _reads_so(text, name) for name in _CONVERSIONS}
    name = max(good, key=lambda name: good[name])
    return name if good[name] else ""


def unicode_cells(cells: Sequence[Any]) -> tuple[list[Any], dict[int, str]]:
    """Return the cells of one row in Unicode, and the encoding of each one that was converted, by its place.

    Where one cell says its encoding, the others are read so too, when all their words with marks then are Vietnamese.
    """
    found = {place: name for place, cell in enumerate(cells) if isinstance(cell, str) and (name := legacy_encoding(cell))}
    if not found:
        return list(cells), found
    common = max(found.values(), key=list(found.values()).count)
    for place, cell in enumerate(cells):
        if place not in found and isinstance(cell, str) and not _UNICODE.search(cell) and _reads_well(cell, common):
            found[place] = common
    return [converted(cell, found[place]) if place in found else cell for place, cell in enumerate(cells)], found


def _marked(text: str) -> list[str]:
    words = (found for found in _WORD.findall(text) if _MARKED.search(found) and _BARE.search(found))
    return [word for word in words if not _UNIT.fullmatch(word)]


def _reads_well(text: str, name: str) -> bool:
    words = _marked(text)
    return bool(words) and all(_is_vietnamese(converted(word, name)) for word in words)


def _reads_so(text: str, name: str) -> int:
    """Return how many words with marks a text has that are Vietnamese in an encoding; 0 when too much speaks against it."""
    words = _marked(text)
    if not words:
        return 0
    good = sum(_is_vietnamese(converted(word, name)) for word in words)
    strange = sum(not _is_vietnamese(word) for word in words)
    if good < _ENOUGH * len(words) or strange * 2 < len(words):
        return 0
    # One word alone proves little: then the whole text must be Vietnamese.
    return good if len(words) > 1 or all(_is_vietnamese(converted(word, name)) for word in _WORD.findall(text)) else 0


@lru_cache(maxsize=65536)
def _is_vietnamese(word: str) -> bool:
    """Tell whether a word is spelled like a Vietnamese syllable with at most one tone."""
    apart = normal("NFD", word.lower())
    bare, tones = _TONE.subn("", apart)
    return tones < 2 and _SYLLABLE.fullmatch(normal("NFC", bare)) is not None
