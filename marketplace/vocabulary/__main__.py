"""Print every vocabulary as Markdown: `python -m marketplace.vocabulary > docs/vocabulary.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from marketplace.vocabulary import VOCABULARIES, Vocabulary

_INTRODUCTION = """\
# Vocabulary

Every code set of the exchange: codes are stored, names are shown. This page is printed from the data by
`python -m marketplace.vocabulary > docs/vocabulary.md`, and a test compares the two. A change of law is a change of
a row in `marketplace/vocabulary/` with its source and date.
"""


def markdown() -> str:
    """Return the page."""
    return "\n".join([_INTRODUCTION, *(line for each in VOCABULARIES.values() for line in _section(each))])


def _section(vocabulary: Vocabulary) -> Iterator[str]:
    yield f"## {vocabulary.name}\n"
    if vocabulary.source:
        since = f"; in force since {vocabulary.effective}" if vocabulary.effective else ""
        yield f"Source: {vocabulary.source}{since}.\n"
    with_source = any(term.source for term in vocabulary)
    yield "| code | tiếng Việt | English |" + (" source |" if with_source else "")
    yield "|---|---|---|" + ("---|" if with_source else "")
    for term in vocabulary:
        yield f"| `{term.code}` | {term.vi} | {term.en} |" + (f" {term.source} |" if with_source else "")
    yield ""


if __name__ == "__main__":
    sys.stdout.write(markdown())
