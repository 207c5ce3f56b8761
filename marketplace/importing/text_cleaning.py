"""Texts of a row: cutting at a sentence, markup, damaged letters, language."""

from __future__ import annotations

import re
from html import unescape

from nh3 import clean as strip_markup

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
    """Return "vi" or "en": Vietnamese letters decide, else common Vietnamese syllables typed without marks."""
    if _VIETNAMESE.search(text):
        return "vi"
    words = fold(text).split()
    bare = sum(word in _BARE_VIETNAMESE for word in words)
    return "vi" if words and bare * 2 >= len(words) else "en"


def is_title(text: str) -> bool:
    """True when a text can stand as a title: it has a letter or figure and is no placeholder."""
    return fold(text) not in {"", "n a", "na", "null", "none", "nan", "tbd", "untitled", "khong co", "chua co"} or (
        any(ch.isalnum() for ch in text) and not fold(text)
    )
