"""Which characters the record PDF can show, asked of typst itself, and what stands there instead of the others.

PDF/A refuses a whole document for one letter that no typeface has, and what two sides have agreed on is frozen: without
this one Chinese name would leave a deal without a record for ever.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

import typst

#: What Be Vietnam Pro certainly has: printable ASCII, Latin with all Vietnamese letters, and the signs of records.
_PLAIN = re.compile(
    "[\n\t\u0020-\u007e\u00a0-\u017f\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9\u2010-\u2015\u2018-\u201e\u2022\u2026\u20ab]+"
)
#: Other characters of one document that are asked about, some milliseconds each; further ones count as lacking.
_MOST_ASKED = 200


#: Where the typefaces of our PDFs are, besides those inside typst.
FOLDERS = (str(files("fontpkg_be_vietnam_pro") / "files"),)


@cache
def typefaces() -> typst.Fonts:
    """Return the typefaces of our PDFs, read once: Be Vietnam Pro and those inside typst, none of the machine's."""
    return typst.Fonts(font_paths=list(FOLDERS), include_system_fonts=False)


def printable(text: str) -> str:
    """Return the text with every character that no typeface has as its code: "[U+4E2D]", a run of one as "[U+4E2D]×3"."""
    return coded(text, lacking(text))


def lacking(text: str) -> frozenset[str]:
    """Return the characters of a whole document that no typeface has."""
    odd = sorted(set(_PLAIN.sub("", text)))
    return frozenset(ch for number, ch in enumerate(odd) if number >= _MOST_ASKED or not _known(ch))


def coded(text: str, missing: frozenset[str]) -> str:
    """Return the text with the characters that are missing as codes."""
    if missing.isdisjoint(text):
        return text
    runs = re.compile("([" + "".join(map(re.escape, sorted(missing))) + r"])\1*")
    return runs.sub(lambda run: f"[U+{ord(run[1]):04X}]" + (f"×{len(run[0])}" if len(run[0]) > 1 else ""), text)


@lru_cache(maxsize=4096)
def _known(ch: str) -> bool:
    # Wide letters and pictures (CJK, Hangul, emoji) are in none of the typefaces.
    if unicodedata.category(ch) in {"Cc", "Cn", "Co", "Cs"} or unicodedata.east_asian_width(ch) in "WF":
        return False
    try:
        typst.compile(
            f'#set text(font: "Be Vietnam Pro")\n#"a\\u{{{ord(ch):x}}}"'.encode(), font_paths=typefaces(),
            format="pdf", pdf_standards=["a-2b"],
        )
    except typst.TypstError:
        return False
    return True
