"""Names that look like others: letters of several alphabets in one word, and what is left when all that looks alike is one.

A part of what Unicode (UTS #39, "confusables") lists: the letters of Cyrillic, Greek and a few others that look like Latin
ones in common typefaces, figures that look like letters, and pairs that run together. Pure; imports `text` only.
"""

from __future__ import annotations

import re
import unicodedata

from marketplace.values.text import N_, fold, normal

MIXED = N_("A word of a name cannot mix letters of several alphabets.")
_MIXABLE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
_LETTERS = re.compile(r"[^\W\d_]+")
#: Small letters, since names are folded first; and capitals whose small letters look like nothing of ours.
_LIKE = str.maketrans({
    **dict(zip("авекмнорстухіїјѕԁһԛԝьзё", "abekmhopctyxiijsdhqwb3e", strict=True)),
    **dict(zip("αβεζηικμνορτυχωϲϳ", "abeznikmvoptuxwcj", strict=True)),
    **dict(zip("օսոցհѵɑɡıʟƅ", "ounghvagilb", strict=True)),
    "0": "o", "1": "l", "i": "l", "|": "l", "3": "e", "5": "s",
})
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
#: Capitals of other alphabets that look like a Latin one where their small letters do not.
_CAPITALS = str.maketrans(dict(zip(
    "ВНРСХУΒΕΖΗΙΚΜΝΟΡΤΥΧᎪᏴᏟᎬᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᏔᏃ",
    "BHPCXYBEZHIKMNOPTYXABCEHJKLMPRSTVWZ", strict=True,
)))


def mixes_alphabets(value: str) -> bool:
    """True when one word has letters of two of the alphabets that look alike; words beside each other may differ."""
    return any(len(_alphabets(word)) > 1 for word in _LETTERS.findall(normal("NFC", value)))


def _alphabets(word: str) -> set[str]:
    names = (unicodedata.name(letter, "").partition(" ")[0] for letter in word)
    return {name for name in names if name in _MIXABLE}


def skeleton(value: str) -> str:
    """Return what is left of a name when everything that looks alike is one letter: the same for names that look the same.

    Vietnamese marks count as nothing here, as they do for a hurried reader; blanks and signs neither.
    """
    plain = fold(normal("NFKC", value).translate(_CAPITALS)).replace(" ", "").translate(_LIKE)
    for two, one in _PAIRS:
        plain = plain.replace(two, one)
    return plain
