"""What stands under a topic, as one reader sees it: the newest technologies and needs, and whose they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketplace.browse.catalogues import NEEDS, ORGANISATIONS, TECHNOLOGIES, Catalogue
from marketplace.browse.database_fallback import newest
from marketplace.browse.indexing import engine
from marketplace.browse.rows import ResultRow, load
from marketplace.buyer_requests.lifecycle import OPEN_STATES
from marketplace.core.access import GUEST, Actor
from marketplace.core.errors import Unreachable
from marketplace.core.short_cache import kept
from marketplace.search import Hit, Page, Query
from marketplace.vocabulary import TOPICS, top_of

#: Things of each kind, and organisations, on a topic's page.
SHOWN = 6
MOST_ORGANISATIONS = 8


@dataclass(frozen=True)
class Tile:
    """A topic with how much everybody may see of it; None while the search engine does not answer."""

    code: str
    label: str
    icon: str
    href: str
    technologies: int | None = None
    needs: int | None = None
    below: Sequence[Tile] = ()


@dataclass(frozen=True)
class Part:
    """The newest of one kind under a topic, how many there are, and the address of the list that has all of them."""

    rows: Sequence[ResultRow]
    total: int
    href: str


@dataclass(frozen=True)
class TopicPage:
    """All that a topic's page shows."""

    technologies: Part
    needs: Part
    organisations: Sequence[ResultRow]


def tiles(locale: str) -> list[Tile]:
    """Return the topics of the first level with those below them, counted for everybody once a minute."""
    counts: Mapping[str, Mapping[str, int]] | None = kept("topics", _counts)
    return [_tile(one.code, locale, counts) for one in TOPICS.children()]


def tile(code: str, locale: str) -> Tile:
    """Return one topic with its counts and those below it."""
    return _tile(code, locale, kept("topics", _counts))


def _tile(code: str, locale: str, counts: Mapping[str, Mapping[str, int]] | None) -> Tile:
    top = TOPICS.get(top_of(code))
    technologies, needs = (None, None) if counts is None else (counts[kind].get(code, 0) for kind in ("listing", "need"))
    return Tile(
        code, TOPICS.label(code, locale), getattr(top, "icon", ""), f"/topics/{code}", technologies, needs,
        [_tile(one.code, locale, counts) for one in TOPICS.children(code)],
    )


def _counts() -> Mapping[str, Mapping[str, int]] | None:
    """Return by kind and topic how many things everybody may see, or None while the engine does not answer."""
    try:
        return {
            one.kind: dict(engine().query(_query(one, "", GUEST, facets=("topic",), limit=0)).facets["topic"])
            for one in (TECHNOLOGIES, NEEDS)
        }
    except Unreachable:
        return None


def _query(
    catalogue: Catalogue, code: str, actor: Actor, *, facets: tuple[str, ...], limit: int
) -> Query:
    filters = {"topic": (code,)} if code else {}
    if catalogue is NEEDS:  # what is solved or expired is no invitation; the list has it
        filters["state"] = OPEN_STATES
    return Query("", (catalogue.kind,), actor.audience(), filters=filters, facets=facets, limit=limit, sort="-published_at")


def topic_page(code: str, actor: Actor, locale: str) -> TopicPage:
    """Return what a topic's page shows this reader: two questions to the engine, one statement or two a kind."""
    owners: Counter[str] = Counter()
    parts = []
    for catalogue in (TECHNOLOGIES, NEEDS):
        query = _query(catalogue, code, actor, facets=("org",), limit=SHOWN)
        page = _asked(query, actor)
        owners.update(page.facets.get("org", {}))
        rows = load(catalogue.kind, [hit.id for hit in page.hits], actor, (), locale)
        state = "&state=open" if catalogue is NEEDS else ""
        parts.append(Part(rows, page.total, f"{catalogue.path}?topic={code}{state}"))
    ids = [int(one) for one, _count in sorted(owners.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_ORGANISATIONS]]
    return TopicPage(parts[0], parts[1], load(ORGANISATIONS.kind, ids, actor, (), locale))


def _asked(query: Query, actor: Actor) -> Page:
    """Return the engine's answer; while it gives none, the newest from the database without counts."""
    try:
        return engine().query(query)
    except Unreachable:
        found = newest(query, actor)
        return Page([Hit(query.kinds[0], one, 0.0) for one in found.ids], found.total)
