"""An index made from other fields than those declared now: it goes on answering while the worker makes a new one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from marketplace.authoring import search_fields
from marketplace.authoring.kinds import FacetSpec, Kind, NumberSpec
from marketplace.browse import indexing
from marketplace.buyer_requests.kind import KIND as NEED_KIND
from marketplace.listings.kind import KIND
from marketplace.search.engines import create_engine
from tests import factories
from tests.browse.conftest import Catalogue


@pytest.fixture
def whoosh(ctx: Flask, catalogue: Catalogue, tmp_path: Path) -> Iterator[None]:
    """The exchange of this test has an index in files, built by the version before."""
    engine = create_engine("whoosh://", tmp_path / "index")
    engine._refresh = 0.0  # type: ignore[attr-defined]
    indexer = ctx.extensions["indexer"]
    before, declared = ctx.extensions["search_engine"], indexer.fingerprint
    ctx.extensions["search_engine"] = indexer.engine = engine
    indexer.fingerprint = "fields of the version before"
    indexing.ensure_built()
    indexer.fingerprint = declared
    yield
    ctx.extensions["search_engine"], indexer.engine, indexer.fingerprint = before, before, declared


def test_an_index_of_other_fields_is_rebuilt_by_the_job_and_serves_meanwhile(
    catalogue: Catalogue, whoosh: None, ctx: Flask
) -> None:
    indexer = ctx.extensions["indexer"]
    assert indexing.engine().is_built() and not indexer.is_current()
    visitor = factories.client(ctx)
    for path in ("/technologies?q=màng+lọc", "/technologies?warranty=ge36", "/technologies?q=bảo hành>=12"):
        assert visitor.get(path).status_code == 200
    assert catalogue.membrane.code in visitor.get("/technologies?q=màng+lọc").get_data(as_text=True)
    indexing.ensure_built()
    assert not indexer.is_current()  # the start of the worker does not wait for it
    indexing.check()
    assert indexer.is_current() and indexing.engine().fingerprint() == indexing.fingerprint()
    assert catalogue.membrane.code in visitor.get("/technologies?q=màng+lọc").get_data(as_text=True)
    generation = indexing.engine()._store.current()  # type: ignore[attr-defined]
    indexing.check()
    assert indexing.engine()._store.current() == generation  # type: ignore[attr-defined]  # nothing to do


def changed(kind: Kind, name: str, **values: object) -> Kind:
    return replace(kind, fields=tuple(replace(one, **values) if one.name == name else one for one in kind.fields))


@pytest.mark.parametrize("kind", [
    changed(KIND, "term_months", number=NumberSpec()),
    changed(KIND, "exclusivity", facet=FacetSpec("exclusivity")),
    changed(KIND, "trl_evidence", search=True),
    changed(KIND, "title", label="Name", size="half", section="terms"),
], ids=["a number", "a facet", "a text", "only its looks"])
def test_the_fingerprint_changes_with_what_documents_are_made_from(kind: Kind) -> None:
    same = search_fields.fingerprint(kind) == search_fields.fingerprint(KIND)
    assert same == (kind.spec("title").label == "Name")
    assert search_fields.fingerprint(NEED_KIND) != search_fields.fingerprint(KIND)
