"""The rule by which a text is chosen for a reader, in the one place where it stands.

A thing is written in one language and may carry the same text in the other. A reader gets the text in their own
language where there is one, and otherwise the text as it was written.
"""

from __future__ import annotations

from typing import Protocol

#: The language of texts that do not say in which language they are written: names of organisations, old records.
DEFAULT = "vi"


class Titled(Protocol):
    """A version of a listing or a need: its title, the title in the other language, and the language it is written in."""

    title: str
    title_en: str
    language: str


def prefers_other(other: str, written_in: str, language: str) -> bool:
    """Tell whether a reader of `language` is shown `other`, the text in the language it is not `written_in`."""
    return bool(other) and language[:2] != (written_in or DEFAULT)[:2]


def in_language(text: str, other: str, language: str, written_in: str = DEFAULT) -> str:
    """Return the text for a reader of `language`: `other` where that is their language and exists, else `text`."""
    return other if prefers_other(other, written_in, language) else text


def title_in(version: Titled, language: str) -> str:
    """Return the title of a version for a reader of `language`."""
    return in_language(version.title, version.title_en, language, version.language)
