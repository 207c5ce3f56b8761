"""The counts beside the filters are those of the database, under every combination of other filters."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, select

from marketplace.browse.catalogues import TECHNOLOGIES
from marketplace.browse.database_filters import filters_of
from marketplace.core.access import GUEST, Actor
from marketplace.core.extensions import db
from marketplace.listings.kind import KIND
from marketplace.listings.models import Listing, ListingRevision
from marketplace.listings.search_document import all_ids, documents
from marketplace.listings.visibility import visible_to
from marketplace.search import Query, SearchEngine
from marketplace.search.engines import create_engine
from marketplace.values.places import provinces
from marketplace.vocabulary import PRICE_BANDS, UNSTATED
from tests import factories
from tests.listings.stock import facts, stock

COUNT = 300
CODES = {facet.name: facet.codes or tuple(place.code for place in provinces()) for facet in TECHNOLOGIES.facets}
FILTERS = filters_of(KIND)
Chosen = Mapping[str, Sequence[str]]


def _holds(column: ColumnElement[object], text: str) -> ColumnElement[bool]:
    return cast(column, String).like(f"%{text}%")


def _in_band(code: str) -> ColumnElement[bool]:
    """The amount, or the range that is given, touches the band."""
    band = next(one for one in PRICE_BANDS.terms if one.code == code)
    version = ListingRevision
    if code == UNSTATED:
        return and_(version.price_min.is_(None), version.price_max.is_(None))
    top = func.coalesce(version.price_max, version.price_min)
    rules = [or_(version.price_min.is_not(None), version.price_max.is_not(None)), top >= band.low]
    if band.high is not None:
        rules.append(func.coalesce(version.price_min, 0) < band.high)
    return and_(*rules)


def has(facet: str, code: str) -> ColumnElement[bool]:
    """The meaning of one choice of a facet, in SQL."""
    version = ListingRevision
    rules = {
        "field": lambda: func.substr(version.field_code, 1, 1) == code,
        "trl": lambda: version.trl == int(code),
        "kind": lambda: _holds(version.object_kinds, f'"{code}"'),
        "price": lambda: _in_band(code),
        "form": lambda: _holds(version.transfer_forms, f'"{code}"'),
        "ip": lambda: _holds(version.ip, f'"kind": "{code}"'),
        "mode": lambda: version.pricing_mode == code,
        "assessed": lambda: version.trl_assessed_by == code,
        "place": lambda: version.province_code == code,
        "priority": lambda: version.hanoi_priority_field == code,
        "warranty": lambda: _within_band(version.warranty_months, code),
    }
    return rules[facet]() if facet in rules else FILTERS[facet]((code,))  # a newer field: as without the engine


def _within_band(column: ColumnElement[int], code: str) -> ColumnElement[bool]:
    low, high = {"lt12": (0, 12), "12-24": (12, 24), "24-36": (24, 36), "ge36": (36, 10**6)}[code]
    return and_(column >= low, column < high)


def counted(facet: str, chosen: Chosen, actor: Actor, word: str) -> dict[str, int]:
    """Count each choice of a facet among what the other filters leave, with one statement."""
    others = [or_(*(has(name, code) for code in codes)) for name, codes in chosen.items() if name != facet]
    columns = [func.count(case((has(facet, code), 1))) for code in CODES[facet]]
    rows = select(*columns).select_from(Listing).join(Listing.published_revision)
    found = db.session.execute(rows.where(visible_to(actor), ListingRevision.title.like(f"%{word}%"), *others)).one()
    return {code: count for code, count in zip(CODES[facet], found, strict=True) if count}


@pytest.fixture(params=["whoosh://memory", pytest.param("whoosh://", marks=pytest.mark.thorough)])
def engine(request: pytest.FixtureRequest, ctx: Flask, tmp_path: Path) -> SearchEngine:
    chance = random.Random(4)
    words = ["Zirconia", "Wolfram", "Titan"]
    for name, state in (("Viện Vật Liệu", "verified"), ("Công ty Bị Ngừng", "suspended")):
        org = factories.organisation(name, state=state)
        stock(org, [{"title": f"{chance.choice(words)} số {n}", **facts(chance)} for n in range(COUNT // 2)])
    made = create_engine(request.param, tmp_path / "index")
    made.rebuild([])
    ids = all_ids()
    assert len(ids) == COUNT
    for begin in range(0, COUNT, 90):  # several segments
        made.put(documents(ids[begin : begin + 90]).values())
    return made


def test_counts_are_those_of_the_database_under_every_combination_of_filters(engine: SearchEngine) -> None:
    chance = random.Random(9)
    assert set(CODES) == set(TECHNOLOGIES.facet_names)
    member_org = factories.organisation("Công ty Đọc")
    member = factories.actor_of(factories.user("Bạn Đọc"), member_org)
    combinations: list[dict[str, tuple[str, ...]]] = [{}]
    for size in (1, 1, 2, 3):
        names = chance.sample(sorted(CODES), size)
        combinations.append({name: tuple(chance.sample(CODES[name][:6], min(3, chance.randint(1, 3)))) for name in names})
    compared = 0
    for chosen in combinations:
        for actor, word in ((GUEST, ""), (member, "Titan")):
            query = Query(word, audience=actor.audience(), filters=chosen, facets=TECHNOLOGIES.facet_names, limit=COUNT)
            page = engine.query(query)
            for name in TECHNOLOGIES.facet_names:
                expected = counted(name, chosen, actor, word)
                assert page.facets[name] == expected, (name, chosen, word)
                compared += len(expected)
            whole = [or_(*(has(name, code) for code in codes)) for name, codes in chosen.items()]
            rows = select(Listing.id).join(Listing.published_revision).where(visible_to(actor), *whole)
            listed = set(db.session.scalars(rows.where(ListingRevision.title.like(f"%{word}%"))))
            assert {hit.id for hit in page.hits} == listed and page.total == len(listed)
    assert compared > 300  # not all of them empty
