"""How the words of a document's short texts are written, for corrections of what is typed."""

from __future__ import annotations

from collections.abc import Iterator

from marketplace.search import Document
from marketplace.search.text.analysis import Token, bigram, tokens
from marketplace.values.text import nfc


def surfaces(document: Document) -> Iterator[tuple[str, str]]:
    """Yield (folded, written) for the words and pairs of a document's short texts, lower case."""
    for text in map(nfc, (document.title, document.title_other, document.keywords, document.party)):
        before: Token | None = None
        for token in tokens(text):
            if token.compound:
                continue
            yield token.term, text[token.start : token.end].lower()
            if before is not None and token.start - before.end == 1:
                yield bigram(before.term, token.term), text[before.start : token.end].lower()
            before = token
