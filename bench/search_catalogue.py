"""A generated Vietnamese catalogue and what people ask of it, both from one seed: see `vietnamese.py` for the prose."""

from __future__ import annotations

import random
from collections.abc import Iterator

from bench.vietnamese import Prose
from marketplace.browse.catalogues import TECHNOLOGIES
from marketplace.search import MEMBER, PUBLIC, Document, Query, tag_values
from marketplace.values.places import provinces
from marketplace.values.text import strip_marks

#: The facets of the search page with their values, a few of which most documents have.
FACETS = {facet.name: facet.codes or tuple(p.code for p in provinces()) for facet in TECHNOLOGIES.facets}
#: Of these a document may have several values.
MANY = {"kind", "form", "ip", "price"}
FIRST_DAY = 1.7e9


class Catalogue:
    """Documents and queries from one seed."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.prose = Prose(self.random)

    def documents(self, count: int) -> Iterator[Document]:
        """Yield listings: a title of some words, five to fifteen sentences, the page's facets and numbers."""
        pick, prose = self.random, self.prose
        for id_ in range(1, count + 1):
            own = [*pick.sample(prose.terms, 3), *prose.pieces(2)]
            about = f"{own[0].capitalize()} và {own[1]} cho {' '.join(prose.pieces(3))}."
            price = float(pick.randint(1, 500)) * 1e7
            yield Document(
                kind="listing",
                id=id_,
                title=f"{own[0].capitalize()} {' '.join(prose.pieces(pick.randint(2, 6)))} {own[2]}",
                body=f"{about} {prose.text(5, 15)}",
                keywords=", ".join(own),
                code=f"CN-2026-{id_:06}",
                party=f"Công ty {' '.join(prose.pieces(3))}",
                audience=(PUBLIC, MEMBER) if pick.random() < 0.9 else (MEMBER,),
                facets={**{name: self._values(name) for name in FACETS}, "tag": tag_values(own)},
                numbers={
                    "published_at": FIRST_DAY + pick.randint(0, 80_000_000), "trl": float(pick.randint(1, 9)),
                    "price_min": price, "price_max": price * 1.5,
                },
            )

    def _values(self, name: str) -> tuple[str, ...]:
        codes = FACETS[name]
        chosen = [codes[int(len(codes) * self.random.random() ** 2)] for _ in range(2 if name in MANY else 1)]
        return tuple(dict.fromkeys(chosen))

    def queries(self, count: int) -> list[Query]:
        """One to six words, a third without diacritics, half with filters, all with the facets of the search page."""
        return [self._query(1 + number % 6) for number in range(count)]

    def _query(self, words: int) -> Query:
        pick, prose = self.random, self.prose
        text = [pick.choice(prose.terms) if pick.random() < 0.3 else prose.pieces(1)[0] for _ in range(words)]
        typed = " ".join(text)
        filters = {}
        if pick.random() < 0.5:
            for name in pick.sample(list(FACETS), pick.randint(1, 2)):
                filters[name] = tuple(dict.fromkeys(self._values(name)[0] for _ in range(pick.randint(1, 2))))
        return Query(
            typed if pick.random() < 0.67 else strip_marks(typed),
            filters=filters,
            facets=(*TECHNOLOGIES.facet_names, "tag"),  # as the page asks for related searches
            sort="relevance" if pick.random() < 0.9 else "-published_at",
        )
