"""Lists of short words in one line: a word that holds a separator stands in quotation marks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_QUOTED = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?:[,;|\n]|$)')
_BARE = re.compile(r"([^,;|\n]*)(?:[,;|\n]|$)")
_BARE_IN_LINE = re.compile(r"([^,;]*)(?:[,;]|$)")


def joined_words(words: Iterable[str]) -> str:
    """Return the words as one line that `split_words` reads back."""
    return ", ".join('"' + word.replace('"', '""') + '"' if re.search(r'[,;|]|^"', word) else word for word in words)


def split_words(text: str, *, bars: bool = False) -> list[str]:
    """Return the words of a line, in order, each once; `bars` lets "|" and line ends part them too."""
    found: dict[str, None] = {}
    at = 0
    while at < len(text):
        match = _QUOTED.match(text, at)
        word = match[1].replace('""', '"').strip() if match else ""
        if match is None:
            match = (_BARE if bars else _BARE_IN_LINE).match(text, at)
            assert match is not None
            word = match[1].strip()
        if word:
            found[word] = None
        at = max(match.end(), at + 1)
    return list(found)
