"""What the values of a typed search may refer to: terms, organisations and keywords that the reader may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from marketplace.browse.catalogues import Facet
from marketplace.core.access import Actor
from marketplace.core.errors import Unreachable
from marketplace.organisations import queries as organisations
from marketplace.search import MOST_VALUES, Query, SearchEngine
from marketplace.values.text import fold

#: Look-ups of names and keywords that one search may cause.
MOST_LOOK_UPS = 12
#: Organisations and keywords that one value may mean.
MOST_MEANT = 50


class Lookup:
    """What the values of a search may refer to, within what the reader may see. Asked only when a field is typed."""

    def __init__(self, engine: SearchEngine, actor: Actor, kind: str, locale: str, translate: Callable[[str], str]) -> None:
        self._engine, self._actor, self._kind = engine, actor, kind
        self.locale, self.translate = locale, translate
        self._left = MOST_LOOK_UPS
        self._tags: Mapping[str, int] | None = None

    def word(self, facet: Facet, code: str) -> str:
        """Return the name of a facet's value in the reader's language."""
        word = facet.word(code, self.locale)
        return self.translate(word) if facet.translate else word

    def organisations(self, name: str) -> Mapping[str, str]:
        """Return ids and names of the public organisations whose name holds all the words."""
        if not self._left:
            return {}
        self._left -= 1
        return {str(one.id): one.name for one in organisations.named(name, MOST_MEANT)}

    def tags(self, text: str) -> tuple[str, ...]:
        """Return the keywords of visible things that read so, or else those that hold the words."""
        if self._tags is None:
            self._tags = self._counted("")
        known = self._tags
        if len(known) >= MOST_VALUES and self._left:  # not all: look among the things that say so
            self._left -= 1
            known = self._counted(text) or known
        wanted = fold(text)
        found = [tag for tag in known if fold(tag) == wanted]
        found = found or [tag for tag in known if f" {wanted} " in f" {fold(tag)} "]
        return tuple(sorted(found, key=lambda tag: (-known[tag], tag))[:MOST_MEANT])

    def _counted(self, phrase: str) -> Mapping[str, int]:
        """Return the commonest keywords of the visible things that hold a phrase, with their counts."""
        said = '"{}"'.format(phrase.replace('"', " ")) if phrase else ""
        query = Query(said, (self._kind,), self._actor.audience(), facets=("tag",), limit=0)
        try:
            return self._engine.query(query).facets["tag"]
        except Unreachable:
            return {}
