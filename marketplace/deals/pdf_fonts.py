"""Which characters the record PDF can show, asked of typst itself, and what stands there instead of the others.

PDF/A refuses a whole document for one letter that no typeface has, and what two sides have agreed on is frozen: without
this one Chinese name would leave a deal without a record for ever. Thai letters are always there; Chinese, Japanese and
Korean ones with the extra `fonts` (docs/operations.md).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from importlib.util import find_spec

import typst

#: What Be Vietnam Pro certainly has: printable ASCII, Latin with all Vietnamese letters, and the signs of records.
_PLAIN = re.compile(
    "[\n\t\u0020-\u007e\u00a0-\u017f\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9\u2010-\u2015\u2018-\u201e\u2022\u2026\u20ab]+"
)
#: How often typst is asked about the other characters of one document, some milliseconds each time; what is not clear
#: by then counts as lacking.
_MOST_ASKED = 200
_WIDE = find_spec("justmytype_intl_cjk") is not None  # the extra `fonts` is installed

#: Where the typefaces of our PDFs are, besides those inside typst.
FOLDERS = (
    str(files("fontpkg_be_vietnam_pro") / "files"), str(files("fontpkg_noto_sans_thai") / "files"),
    *((str(files("justmytype_intl_cjk") / "fonts"),) if _WIDE else ()),
)
#: In which of them a letter is looked for, in this order: the Chinese one has Japanese letters too, but not Hangul.
FAMILIES = (
    "Be Vietnam Pro", "Noto Sans Thai",
    *(("Noto Sans SC", "Noto Sans TC", "Noto Sans JP", "Noto Sans KR") if _WIDE else ()),
)
#: Characters that were asked about, and whether a typeface has them.
_answers: dict[str, bool] = {}
_MOST_KEPT = 20_000


@cache
def typefaces() -> typst.Fonts:
    """Return the typefaces of our PDFs, read once: those of FOLDERS and those inside typst, none of the machine's."""
    return typst.Fonts(font_paths=list(FOLDERS), include_system_fonts=False)


def printable(text: str) -> str:
    """Return the text with every character that no typeface has as its code: "[U+4E2D]", a run of one as "[U+4E2D]×3"."""
    return coded(text, lacking(text))


def lacking(text: str) -> frozenset[str]:
    """Return the characters of a whole document that no typeface has."""
    odd = set(_PLAIN.sub("", text))
    _ask(sorted(ch for ch in odd if ch not in _answers and _possible(ch)))
    missing = frozenset(ch for ch in odd if not _answers.get(ch, False))
    if len(_answers) > _MOST_KEPT:
        _answers.clear()
    return missing


def coded(text: str, missing: frozenset[str]) -> str:
    """Return the text with the characters that are missing as codes."""
    if missing.isdisjoint(text):
        return text
    runs = re.compile("([" + "".join(map(re.escape, sorted(missing))) + r"])\1*")
    return runs.sub(lambda run: f"[U+{ord(run[1]):04X}]" + (f"×{len(run[0])}" if len(run[0]) > 1 else ""), text)


def _possible(ch: str) -> bool:
    # Without the extra, wide letters and pictures (CJK, Hangul, emoji) are in none of the typefaces.
    if unicodedata.category(ch) in {"Cc", "Cn", "Co", "Cs"}:
        return False
    return _WIDE or unicodedata.east_asian_width(ch) not in "WF"


def _ask(letters: list[str]) -> None:
    """Keep whether a typeface has each of the letters: all at once, then halves of those among which one is missing."""
    waiting, asked = [letters] if letters else [], 0
    while waiting and asked < _MOST_ASKED:
        some, asked = waiting.pop(0), asked + 1
        shown = _shown(some)
        if shown or len(some) == 1:
            _answers.update(dict.fromkeys(some, shown))
        else:
            half = len(some) // 2
            waiting += [some[:half], some[half:]]


def _shown(letters: list[str]) -> bool:
    words = " ".join(f"a\\u{{{ord(ch):x}}}" for ch in letters)
    families = ", ".join(f'"{name}"' for name in FAMILIES)
    try:
        typst.compile(
            f'#set text(font: ({families}))\n#"{words}"'.encode(), font_paths=typefaces(), format="pdf",
            pdf_standards=["a-2b"],
        )
    except typst.TypstError:
        return False
    return True
