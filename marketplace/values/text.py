"""Vietnamese text: NFC, folding (đ→d), tone-placement comparison, sort keys, slugs. Pure; imports nothing of ours."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

_STROKE = str.maketrans({"đ": "d", "Đ": "D", "Ð": "D", "ð": "d", "Ɖ": "D", "ɖ": "d"})
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền hỏi ngã sắc nặng, dictionary order
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
#: What shows nothing: category Cf, the fillers of Hangul, Khmer and Braille, combining joiners and selectors of variants.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
#: What joins the parts of one emoji (👩‍🔬, ❤️), and what parts letters in Persian (می‌خواهم); both stay where they belong.
_JOINER, _EMOJI_FORM, _NON_JOINER, _KEYCAP = "\u200d", "\ufe0f", "\u200c", "\u20e3"
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f]")
#: A scheme, `www.`, an address of e-mail, or a word with a dot and one of the endings that mail programs make a link of.
_ADDRESS = re.compile(
    r"://|\bwww\.|\w@\w|\w\.(?:com|net|org|info|biz|vn|gov|edu|example|xyz|top|site|online|shop|store|club|click|link|live|app"
    r"|dev|icu|vip|win|bid|io|me|cc|ru|cn|tk|ly|gl)(?![^\W_])",
    re.IGNORECASE,
)
_NOT_WORD = re.compile(r"[^0-9a-z]+")
#: Marks that stay on one letter, as in the Stream-Safe Text Format of UAX #15: putting marks in their canonical order takes
#: time by the square of their number, minutes for a form full of them.
MOST_MARKS = 30
_ODD_MARKS = "\u0f73\u0f75\u0f81\uff9e\uff9f"  # of class 0, but their decompositions are marks
_MARK = f"[{_ODD_MARKS}{''.join(chr(code) for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code)))}]"
_PERHAPS_TOO_MANY = re.compile(rf"[\W\uff9e\uff9f]{{{MOST_MARKS + 1}}}")  # quick to look for; marks are no part of words
_TOO_MANY_MARKS = re.compile(f"({_MARK}{{{MOST_MARKS}}}){_MARK}+")


ADDRESS_IN_NAME = "A name cannot hold an address of the web or of e-mail."
_LETTER = {"ă": "a1", "â": "a2", "ê": "e1", "ô": "o1", "ơ": "o2", "ư": "u1", "đ": "d1"}


def normal(form: Literal["NFC", "NFD", "NFKC", "NFKD"], value: str) -> str:
    """Return `value` in a normal form, in time that grows with its length: marks beyond MOST_MARKS are dropped."""
    if value.isascii():
        return value
    return unicodedata.normalize(form, _TOO_MANY_MARKS.sub(r"\1", value) if _PERHAPS_TOO_MANY.search(value) else value)


def nfc(value: str) -> str:
    """Return `value` in NFC without control and invisible formatting characters; line ends become \\n."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return normal("NFC", _INVISIBLE.sub(_kept, _CONTROL.sub("", value)))


def _kept(found: re.Match[str]) -> str:
    """Return what of a run of invisible characters stays: a joiner in an emoji, a non-joiner between Persian letters."""
    run, text = found[0], found.string
    before, after = text[: found.start()][-1:], text[found.end() :][:1]
    if run == _EMOJI_FORM and after == _KEYCAP:
        return run
    if run in {_JOINER, _EMOJI_FORM, _EMOJI_FORM + _JOINER} and _is_symbol(before):
        return run if run == _EMOJI_FORM or _is_symbol(after) else ""
    return run if run == _NON_JOINER and bool(_ARABIC.match(before) and _ARABIC.match(after)) else ""


def _is_symbol(character: str) -> bool:
    return bool(character) and unicodedata.category(character) in {"So", "Sk"}


def bears_address(value: str) -> bool:
    """True for a name that holds an address of the web or of e-mail, which mail programs would make a link."""
    return bool(_ADDRESS.search(normal("NFKC", value)))


def clean_line(value: str) -> str:
    """Return one line: NFC, inner white space folded to single spaces, ends stripped."""
    return " ".join(nfc(value).split())


def strip_marks(value: str) -> str:
    """Return `value` without Vietnamese marks and strokes, case kept: "Đổi mới" → "Doi moi"."""
    decomposed = normal("NFD", value.translate(_STROKE))
    bare = "".join(ch for ch in decomposed if not unicodedata.combining(ch))
    return normal("NFC", bare)


def fold(value: str) -> str:
    """Return the search fold: NFKC, đ→d, case-folded, marks removed, everything but letters and figures one space.

    Letters of every script stay, so that two names in Chinese are not the same. Idempotent, and indifferent to NFC/NFD
    and to the order of marks.
    """
    # Case folding can undo compatibility forms (ẛ̣), so fold until marks and cases are both settled.
    value = normal("NFKC", value.translate(_STROKE)).casefold()
    value = strip_marks(normal("NFKC", value)).casefold()
    if not value.isascii():
        value = "".join(ch if ch.isalnum() or unicodedata.category(ch) in {"Mc", "Mn"} else " " for ch in value)
    return " ".join((_NOT_WORD.sub(" ", value) if value.isascii() else value).split())


def word_key(value: str) -> str:
    """Return a key by which two keywords are the same: case, marks of Latin letters and hyphens aside, every sign counts.

    C, C++, C# and .NET are four; "xử-lý" and "Xu ly" are one.
    """
    value = normal("NFKC", normal("NFKC", value).casefold())
    if all(ch < "\u0250" or "\u1e00" <= ch < "\u1f00" or unicodedata.combining(ch) or not ch.isalpha() for ch in value):
        value = strip_marks(value)
    return " ".join(re.sub(r"(?<=\w)[-‐‑/](?=\w)", " ", value).split())


def tone_key(value: str) -> str:
    """Return a form in which tone placement does not matter ("hoà" = "hòa") but the tone itself does.

    Each syllable's tone mark moves to its end; vowel quality (â, ơ, ...) stays.
    """
    out: list[str] = []
    tone = ""
    for ch in normal("NFD", normal("NFC", value).casefold()):
        if ch in _TONES:
            tone = ch
        elif ch.isalnum() or unicodedata.combining(ch):
            out.append(ch)
        else:
            out.append(tone + ch)
            tone = ""
    return normal("NFC", "".join(out)) + tone


def sort_key(value: str) -> str:
    """Return a key that sorts like CLDR vi: letters a ă â … first, tones second (ngang huyền hỏi ngã sắc nặng)."""
    letters: list[str] = []
    tones: list[str] = []
    for ch in normal("NFC", value).casefold():
        tone, base = 0, ""
        for part in normal("NFD", ch):
            if part in _TONES:
                tone = _TONES[part]
            else:
                base += part
        base = normal("NFC", base)
        letters.append(_LETTER.get(base, strip_marks(base) + "0" if base.isalpha() else base))
        tones.append(str(tone))
    return "".join(letters)[:200] + "\x01" + "".join(tones)[:100]


def slug(value: str, limit: int = 80) -> str:
    """Return a folded ASCII slug of at most `limit` characters, cut at a word: "Đổi mới" → "doi-moi"."""
    whole = "-".join(_NOT_WORD.sub(" ", fold(value)).split())
    if len(whole) <= limit:
        return whole
    return whole[: limit + 1].rsplit("-", 1)[0][:limit]


def N_(message: str) -> str:
    """Mark an English message id for translation; return it unchanged. The web layer translates it when it is shown."""
    return message
