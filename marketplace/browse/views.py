"""The search pages. Every search is a link."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.browse.autocomplete import LONGEST, suggest
from marketplace.browse.catalogues import CATALOGUES, NEEDS, ORGANISATIONS, TECHNOLOGIES, Catalogue
from marketplace.browse.database_fallback import newest
from marketplace.browse.export import MOST_ROWS, columns
from marketplace.browse.indexing import engine
from marketplace.browse.lookup import Lookup
from marketplace.browse.no_results import suggestions
from marketplace.browse.query_fields import fields_of
from marketplace.browse.rows import load
from marketplace.browse.search import chips, groups, rows_or_newest, search
from marketplace.browse.search_request import PAGE_SIZE, SearchRequest, default_sort, of_unpriced, parse
from marketplace.core.access import access, actor
from marketplace.core.errors import Unreachable
from marketplace.core.extensions import limiter
from marketplace.core.permissions import PUBLIC
from marketplace.search import Query
from marketplace.values.text import nfc
from marketplace.web.i18n import language
from marketplace.web.kept_pages import keeps_page
from marketplace.web.paging import Paging
from marketplace.web.spreadsheet import CSV_TYPE, XLSX_TYPE, csv_bytes, xlsx_bytes

bp = Blueprint("browse", __name__)


@bp.get("/technologies")
@access(PUBLIC)
@keeps_page
def technologies() -> ResponseReturnValue:
    """Search the technologies on offer."""
    return _page(TECHNOLOGIES)


@bp.get("/needs")
@access(PUBLIC)
@keeps_page
def needs() -> ResponseReturnValue:
    """Search the technology needs."""
    return _page(NEEDS)


@bp.get("/organisations")
@access(PUBLIC)
@keeps_page
def organisations() -> ResponseReturnValue:
    """Search the verified organisations."""
    return _page(ORGANISATIONS)


@bp.get("/search/suggest")
@limiter.limit("240 per minute")
@access(PUBLIC)
def search_suggest() -> ResponseReturnValue:
    """Answer the search box while a person types, as JSON."""
    catalogue = CATALOGUES.get(request.args.get("in", ""), TECHNOLOGIES)
    text = nfc(request.args.get("q", "")[: 2 * LONGEST])
    try:
        found = suggest(engine(), text, actor(), catalogue, Lookup(engine(), actor(), catalogue.kind, language(), _))
    except Unreachable:  # the box stays a plain search
        found = []
    labels = {"term": _("Search terms"), "value": _("Filters"), **{one.kind: _(one.title) for one in CATALOGUES.values()}}
    lines = [
        {"label": labels[kind], "items": [{"text": s.text, "href": s.href, "note": s.note} for s in items]}
        for kind, items in groupby(found, key=lambda one: one.kind)
    ]
    answer = jsonify(groups=lines)
    answer.headers["Cache-Control"] = "private, max-age=30"
    answer.headers.add("Vary", "Cookie")
    return answer


@bp.get("/search/help")
@access(PUBLIC)
def search_help() -> ResponseReturnValue:
    """Explain the query language, with every field of every list."""
    lists = [(one.path, one.title, fields_of(one), _living_examples(one)) for one in CATALOGUES.values()]
    return render_template("browse/help.html", lists=lists)


def _living_examples(catalogue: Catalogue) -> dict[str, str]:
    """Return examples of the newest things that the reader may see, by field: a made-up code or name finds nothing."""
    ids = newest(Query("", (catalogue.kind,), actor().audience(), limit=10), actor()).ids
    rows = load(catalogue.kind, ids, actor(), (), language())
    made = {"code": f"mã:{rows[0].code}"} if rows else {}
    owner = next((row.owner for row in rows if row.owner and '"' not in row.owner), "")
    return {**made, "org": f'org:"{owner}"'} if owner else made


@bp.get("/technologies/export.<any(csv, xlsx):suffix>")
@limiter.limit("30 per hour")
@access(PUBLIC)
def export_technologies(suffix: str) -> ResponseReturnValue:
    """Download what a search of technologies finds."""
    return _export(TECHNOLOGIES, suffix)


@bp.get("/needs/export.<any(csv, xlsx):suffix>")
@limiter.limit("30 per hour")
@access(PUBLIC)
def export_needs(suffix: str) -> ResponseReturnValue:
    """Download what a search of needs finds."""
    return _export(NEEDS, suffix)


def _asked(catalogue: Catalogue) -> SearchRequest:
    return parse(catalogue, request.args, Lookup(engine(), actor(), catalogue.kind, language(), _))


def _page(catalogue: Catalogue) -> ResponseReturnValue:
    asked = _asked(catalogue)
    found = search(engine(), catalogue, asked, actor(), language())
    paging = Paging(asked.page, PAGE_SIZE, found.page.total)
    if asked.page > paging.pages:  # a link from before, when there was more
        return redirect(asked.href(catalogue.path, page=paging.pages))
    return render_template(
        "browse/results.html",
        catalogue=catalogue,
        asked=asked,
        found=found,
        ignored=[_(label) for label in found.ignored],
        suggestions=[] if found.rows else suggestions(catalogue, asked, found.did_you_mean, found.blockers),
        groups=groups(catalogue, found, language()),
        chips=chips(catalogue, asked, language()),
        paging=paging,
        ticks=_ticks(catalogue, asked),
        sorts=[(value, _(label)) for value, label in catalogue.sorts],
        sort=asked.sort or default_sort(catalogue, asked),
    )


def _ticks(catalogue: Catalogue, asked: SearchRequest) -> list[dict[str, Any]]:
    """Return the ticks of the filter column: beside an amount, whether what states none is shown too."""
    if of_unpriced(catalogue, asked) is None:
        return []
    return [{"name": "unpriced", "label": _(catalogue.unpriced[0]), "on": asked.unpriced}]


def _export(catalogue: Catalogue, suffix: str) -> ResponseReturnValue:
    asked = _asked(catalogue)
    rows = rows_or_newest(engine(), catalogue, asked, actor(), language(), MOST_ROWS)
    wanted = columns(catalogue, current_app.extensions["settings"].base_url)
    if suffix == "csv":
        answer = Response(csv_bytes(wanted, rows), content_type=CSV_TYPE)
    else:
        answer = Response(xlsx_bytes(wanted, rows, _(catalogue.title)), content_type=XLSX_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{catalogue.path.strip("/")}.{suffix}"'
    return answer
