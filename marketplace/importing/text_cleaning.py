"""Texts of a row: cutting at a sentence, markup, damaged letters, language."""

from __future__ import annotations

import re
from html import unescape

from nh3 import clean as strip_markup

from marketplace.search.text.analysis import is_syllable
from marketplace.values.text import fold, nfc

SUMMARY = 1_000  # characters of a summary
TITLE = 300

_TAG = re.compile(
    r"</?(p|br|div|span|b|i|u|em|strong|a|ul|ol|li|h[1-6]|table|tr|td|th|img|font|script|style|iframe)\b[^>]*>", re.I
)
_BLOCK = re.compile(r"<\s*(br|/p|/div|/li|/h[1-6]|/tr)\b[^>]*>", re.I)
_DAMAGED = re.compile("\ufffd|\u00e2\u20ac|\u00c3[\u0080-\u00bf]|\u00c4\u2018|\u00e1\u00ba|\u00e1\u00bb")
_SENTENCE_END = re.compile(r"[.!?…。](?=[\s”\"')]|$)|\n")
_VIETNAMESE = re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉĩịọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ]", re.I)
_SHARED = re.compile(r"[âêôàáèéìíòóùúýãõ]", re.I)  # letters of Vietnamese that other languages have too
_WORD = re.compile(r"[^\W\d_]+")
_EMPTY_SIGNS = re.compile(r"[-–—_.…·*?!|~= ]{0,12}")
_EMPTY_WORDS = frozenset({"n a", "na", "null", "none", "nan", "yyyy mm dd", "dd mm yyyy"})
_UNTITLED = frozenset({"tbd", "untitled", "khong co", "chua co"})
_BARE_VIETNAMESE = frozenset(
    fold(
        "công nghệ hệ thống thiết bị xử lý nước thải quản sản xuất ứng dụng giải pháp phần mềm nghiên cứu phát triển của "
        "cho và nhu cầu doanh nghiệp chế tạo điều khiển năng lượng môi trường vật liệu sinh học tự động hóa thông minh "
        "dữ liệu máy"
    ).split()
)


def without_markup(text: str) -> tuple[str, bool]:
    """Return the text without HTML, and whether there was any; "x < 5" is no markup."""
    if not _TAG.search(text):
        return text, False
    spaced = _BLOCK.sub("\n", text)
    plain = nfc(unescape(strip_markup(spaced, tags=set())))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in plain.split("\n"))).strip(), True


def is_damaged(text: str) -> bool:
    """True for letters that only a wrong decoding makes (â€“, Ã©, U+FFFD)."""
    return bool(_DAMAGED.search(text))


def cut_at_sentence(text: str, limit: int = SUMMARY) -> str:
    """Return the beginning of `text` up to its last whole sentence within `limit`, else up to a word with "…"."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    ends = [match.end() for match in _SENTENCE_END.finditer(head)]
    if ends and ends[-1] >= limit // 3:
        return head[: ends[-1]].strip()
    return cut_at_word(text, limit)


def cut_at_word(text: str, limit: int) -> str:
    """Return `text` within `limit`, cut between words and marked with "…"."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    return (head.rsplit(None, 1)[0] if " " in head[limit // 2 :] else head).rstrip(" ,;:–-") + "…"


def language_of(text: str) -> str:
    """Return "vi" or "en": Vietnamese letters decide, else the shape of words with marks, else common syllables without."""
    if _VIETNAMESE.search(text):
        return "vi"
    written = [(bool(_SHARED.search(word)), is_syllable(fold(word))) for word in _WORD.findall(nfc(text))]
    marked = [syllable for shared, syllable in written if shared]
    if marked and all(marked) and sum(syllable for _shared, syllable in written) * 2 >= len(written):
        return "vi"
    words = fold(text).split()
    bare = sum(word in _BARE_VIETNAMESE for word in words)
    return "vi" if words and bare * 2 >= len(words) else "en"


def is_title(text: str) -> bool:
    """True when a text can stand as a title: it has a letter or figure of any script and is no placeholder."""
    return not is_blank(text) and bool(fold(text)) and fold(text) not in _UNTITLED


def is_blank(text: str) -> bool:
    """True for a cell that says that nothing is stated: empty, a dash or question mark, "N/A", "null"."""
    return _EMPTY_SIGNS.fullmatch(text) is not None or (len(text) < 20 and fold(text) in _EMPTY_WORDS)
