"""Kept parts of pages are known by all they show, and a process keeps no more of them than it may."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import UTC, date, datetime

from flask import Flask
from markupsafe import Markup

from marketplace.browse.rows import SHOWN, ResultRow
from marketplace.core.config import ROOT
from marketplace.web.kept_fragments import BESIDE, KeptFragments, kept_part
from tests.browse.conftest import Catalogue
from tests.browse.test_kept_pages import change

OTHER = {
    str: "khác", Markup: Markup("khác"), bool: True, int: 7, date: date(2026, 5, 1),
    datetime: datetime(2026, 5, 1, tzinfo=UTC),
}


def test_a_row_is_known_by_every_value_that_its_template_shows() -> None:
    template = (ROOT / "templates/browse/_row.html").read_text(encoding="utf-8")
    assert {*re.findall(r"\bone\.(\w+)", template)} == {*SHOWN, "extra"}
    row = ResultRow(1, "CN-1", "/x", Markup("a"), Markup("b"), "a", "b")
    others = [{field.name: value} for field in fields(row) if field.name in SHOWN
              for value in OTHER.values() if value != getattr(row, field.name)]
    assert len({row.shown, replace(row, extra={"kind": "x"}).shown}) == 2
    assert all(replace(row, **other).shown != row.shown for other in others)  # type: ignore[arg-type]


def test_a_part_is_made_once_for_the_same_values_and_language(ctx: Flask) -> None:
    made: list[str] = []

    def caller() -> Markup:
        made.append("x")
        return Markup("x")

    for language, values in (("vi", (1,)), ("vi", (1,)), ("en", (1,)), ("vi", (2,))):
        with ctx.app_context(), ctx.test_request_context("/", headers={"Cookie": f"lang={language}"}):
            kept_part("test", values, caller)
    assert len(made) == 3


def test_a_process_keeps_no_more_parts_than_it_may() -> None:
    parts = KeptFragments(most=5 * BESIDE)
    for number in range(20):
        parts.get(number, lambda: Markup("x" * 100))
        assert parts.size <= 5 * BESIDE
    assert parts.get(0, lambda: Markup("anew")) == "anew" and parts.get(19, lambda: Markup("anew")) != "anew"


def test_a_row_shows_what_is_so_now(catalogue: Catalogue, ctx: Flask) -> None:
    """The row's text, its owner's name and its state, as another process changes them; the index knows nothing yet."""
    guest, listing = ctx.test_client(), catalogue.membrane
    version = listing.published_revision
    assert version is not None
    changes = (
        (type(version), version.id, "title", "Tên mới của màng"), (type(version), version.id, "trl", 4),
        (type(listing.organisation), listing.org_id, "name", "Viện Tên Mới"),
    )
    for model, id_, name, value in changes:
        change(model, id_, **{name: value})
        page = guest.get("/technologies").get_data(as_text=True)
        assert (f"TRL {value}" if name == "trl" else str(value)) in page
    change(type(listing), listing.id, state="suspended")
    assert "Tên mới của màng" not in guest.get("/technologies").get_data(as_text=True)
