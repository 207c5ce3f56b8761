"""Every declared field is whole: what one part of the exchange knows of it, the others know too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from wtforms.fields.core import UnboundField

from marketplace.authoring.kinds import FacetSpec, FieldSpec, Kind, NumberSpec
from marketplace.authoring.search_fields import words_of
from marketplace.authoring.steps import Editor
from marketplace.browse.catalogues import CATALOGUES, MOST_OPTIONS
from marketplace.browse.database_filters import filters_of, limits_of
from marketplace.browse.query_fields import fields_of, names_of
from marketplace.buyer_requests.editor import EDITOR as NEED_EDITOR
from marketplace.buyer_requests.kind import KIND as NEED_KIND
from marketplace.buyer_requests.reader_view import REVEALING
from marketplace.importing.columns import FIELDS, KINDS, LISTINGS, REQUESTS, recognise
from marketplace.importing.field_values import READERS
from marketplace.listings.editor import EDITOR as LISTING_EDITOR
from marketplace.listings.kind import KIND as LISTING_KIND
from marketplace.values.text import fold
from tests.field_tables import PAGE, page

ROOT = Path(__file__).resolve().parents[2]
BOTH = pytest.mark.parametrize("kind", [LISTING_KIND, NEED_KIND], ids=lambda kind: kind.name)
SIZES = {"", "half", "third", "short"}


@BOTH
def test_every_field_is_a_column(kind: Kind) -> None:
    lost = [spec.name for spec in kind.fields if spec.name not in kind.revision.__table__.c]
    lost += [spec.name for spec in kind.thing_fields if spec.name not in kind.thing.__table__.c]
    assert not lost, f"add the columns to models.py, and a migration: {lost}"


@BOTH
def test_every_filter_has_words_in_the_query_language(kind: Kind) -> None:
    mute = [spec.name for spec, facet in kind.facets if facet.shown and not spec.query_names]
    assert not mute, f"give the fields query_names (Vietnamese first) in {kind.name}'s kind.py: {mute}"


@BOTH
def test_every_filter_works_without_the_engine_or_says_that_it_does_not(kind: Kind) -> None:
    possible = filters_of(kind)
    free_words = {facet.name for spec, facet in kind.facets if spec.shape == "codes" and spec.vocabulary is None}
    left_out = {facet.name for _spec, facet in kind.facets if not facet.in_database}
    lost = {facet.name for _spec, facet in kind.facets} - set(possible) - free_words - left_out
    assert not lost, f"teach browse/database_filters.py the shape, or declare in_database=False: {sorted(lost)}"
    assert set(limits_of(kind)) == {name for _spec, name in kind.numbers}, (
        "a declared number has no limits: state minimum and maximum in its spec"
    )


@BOTH
def test_names_of_facets_numbers_and_queries_are_unambiguous(kind: Kind) -> None:
    shown = [facet.name for _spec, facet in kind.facets if facet.shown]
    numbers = [name for _spec, name in kind.numbers]
    assert len(set(shown)) == len(shown) and len(set(numbers)) == len(numbers), "two fields share a facet or number name"
    fields = fields_of(CATALOGUES[kind.name])
    folded = [fold(name).replace(" ", "") for one in fields for name in one.names]
    twice = sorted({name for name in folded if folded.count(name) > 1})
    assert not twice, f"two fields of the page have the same name in queries: {twice}"
    assert set(names_of(fields).values()) == {one.key for one in fields}, (
        "a facet or number has no name in the query language: give query_names in its spec"
    )


@BOTH
def test_filters_offer_named_values(kind: Kind) -> None:
    for spec, facet in kind.facets:
        vocabulary = words_of(spec, facet)
        named = vocabulary is not None or facet.codes or spec.shape in {"place", "flag", "owner"}
        assert named or not facet.shown, f"{spec.name}: the values of its filter have no names: give it a vocabulary"
    over = [one.name for one in CATALOGUES[kind.name].facets if len(one.codes) > MOST_OPTIONS]
    assert not over, f"more values than the column shows; use tree=True or fewer: {over}"


def test_every_usual_heading_of_a_file_resolves_to_its_field() -> None:
    for target, kind in KINDS.items():
        for spec in kind.fields:
            if spec.imports is None:
                continue
            key = spec.imports.key or spec.name
            assert spec.shape in READERS, f"{spec.name}: give the shape {spec.shape} a reader in importing/field_values.py"
            shared = FIELDS[key][2][: len(spec.imports.names)] == spec.imports.names
            assert shared, f"{key}: listings and needs must share one ImportSpec"
            for name in (*spec.imports.names, spec.name, spec.imports.label or spec.label):
                found = recognise(target, [name]).columns
                assert found == {key: (name,)}, f"“{name}” is already the name of another column: {found}"


@pytest.mark.parametrize("editor", [LISTING_EDITOR, NEED_EDITOR], ids=lambda editor: editor.kind.name)
def test_every_field_stands_in_the_form_of_its_step(editor: Editor) -> None:
    for spec in editor.kind.fields:
        step = editor.step(spec.step)
        assert step is not None and step.form is not None, f"{spec.name}: there is no form of the step {spec.step}"
        present = isinstance(getattr(step.form, spec.name, None), UnboundField)
        assert present == spec.in_form, f"{spec.name}: it must stand in {step.form.__name__}, or be declared in_form=False"
        assert spec.size in SIZES, f"{spec.name}: size is one of {sorted(SIZES)}"


@BOTH
def test_every_list_of_facts_is_on_the_page(kind: Kind) -> None:
    folder = {"listing": "listings", "need": "buyer_requests"}[kind.name]
    sources = [*(ROOT / "templates" / folder).glob("*.html"), ROOT / "marketplace" / folder / "presenter.py"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    sections = {spec.section for spec in kind.fields if spec.section}
    lost = [name for name in sorted(sections) if not re.search(rf'"{name}"|\b{name.upper()}\b', text)]
    assert not lost, f"show these lists in templates/{folder}: {lost}"
    hidden = [spec.name for spec in kind.fields if spec.section and spec.tier == "confidential"]
    assert not hidden, f"confidential fields stand in no list of facts: {hidden}"


def test_nothing_that_reveals_a_hidden_requester_is_searched_or_downloaded() -> None:
    told = [
        spec.name for spec in NEED_KIND.fields
        if spec.name in REVEALING and (spec.export or spec.facet or spec.number or spec.search)
    ]
    assert not told, f"these would tell who a hidden requester is: {told}"


@pytest.mark.parametrize(("spec", "message"), [
    (FieldSpec("contact_name", "Name", "contact", tier="members", search=True), "public tier"),
    (FieldSpec("territory", "Territory", "transfer", query_names=("nơi",)), "need a facet or a number"),
    (FieldSpec("term_months", "Term", "transfer", "number", facet=FacetSpec("term")), "needs bands"),
    (FieldSpec("price_min", "Price", "transfer", "money", number=NumberSpec(), upper="nothing"), "names no field"),
])
def test_a_field_that_contradicts_itself_is_refused_at_once(spec: FieldSpec, message: str) -> None:
    values = {name: getattr(LISTING_KIND, name) for name in (
        "name", "prefix", "thing", "revision", "parent", "lifecycle", "rules", "on_publish")}
    with pytest.raises(ValueError, match=message):
        Kind(fields=(spec,), **values)


def test_the_page_of_declared_fields_is_up_to_date() -> None:
    written = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    assert written == page(), "run `python -m tests.field_tables`"
    assert {LISTINGS, REQUESTS} == set(KINDS), "name the Kind of every import in KINDS of importing/columns.py"
