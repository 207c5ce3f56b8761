"""Pages: the form on every search page, a person's saved searches, what each found, the link that turns one off."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from marketplace.browse import indexing
from marketplace.browse.catalogues import CATALOGUES, Catalogue
from marketplace.browse.lookup import Lookup
from marketplace.browse.rows import load
from marketplace.browse.search_request import SearchRequest, parse
from marketplace.core.access import Actor, access, actor
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.extensions import db
from marketplace.core.permissions import PUBLIC, SIGNED_IN
from marketplace.saved_searches import actions, engine_query, queries, unsubscribe_link
from marketplace.saved_searches.forms import SaveForm, SearchForm, frequencies
from marketplace.saved_searches.models import MOST_NAME, SavedSearch, SavedSearchHit
from marketplace.web.fetch_metadata import opened_by_reader
from marketplace.web.forms import ExchangeForm
from marketplace.web.i18n import language
from marketplace.web.paging import Paging, by_key, requested_page

bp = Blueprint("saved_searches", __name__)
PER_PAGE = 20


def save_panel(thing: tuple[Catalogue, SearchRequest], who: Actor) -> Markup | None:
    """Offer to keep the search of a page; visitors are sent to sign in."""
    catalogue, found = thing
    here = found.href(catalogue.path)
    if (saved := queries.same(who, catalogue.kind, found.text, found.filters)) is not None:
        return Markup(render_template("saved_searches/_saved.html", search=saved))  # noqa: S704
    if not who.signed_in:
        return Markup(render_template("saved_searches/_sign_in.html", here=here))  # noqa: S704
    said = [found.text] if found.text else []
    said += engine_query.filter_words(catalogue.kind, found.filters, language(), _)
    name = ", ".join(said) or _(catalogue.title)
    form = SaveForm(formdata=None, name=name[:MOST_NAME], kind=catalogue.kind, address=urlsplit(here).query)
    return Markup(render_template("saved_searches/_save.html", form=form))  # noqa: S704


@bp.post("/my/searches")
@access(SIGNED_IN)
def save() -> ResponseReturnValue:
    """Keep a search."""
    form = SaveForm()
    kind = form.kind.data or ""
    if kind not in CATALOGUES:
        raise NotFound
    who, engine = actor(), indexing.engine()
    lookup = Lookup(engine, who, kind, language(), _)
    pairs = parse_qsl((form.address.data or "")[:8000])
    found = parse(CATALOGUES[kind], MultiDict(pairs), lookup)
    if form.validate_on_submit():
        try:
            made = actions.save(
                who, kind, found.text, found.filters, form.name.data or "", form.frequency.data, engine
            )
            flash(_("The search is saved. You find it under “Saved searches”."), "success")
            return redirect(url_for("saved_searches.show", search_id=made.id))
        except Invalid as error:
            form.add_error(error)
    words = engine_query.words(SavedSearch(kind=kind, text=found.text, filters=found.filters), language(), _)
    page = render_template("saved_searches/save.html", form=form, words=words, catalogue=CATALOGUES[kind],
                           here=found.href(CATALOGUES[kind].path))
    return page, 422


@bp.get("/my/searches")
@access(SIGNED_IN)
def searches() -> ResponseReturnValue:
    """List a person's saved searches, newest first."""
    who, (page, offset) = actor(), requested_page(PER_PAGE)
    total = db.session.scalar(select(func.count()).select_from(queries.mine(who).subquery())) or 0
    rows = list(db.session.scalars(queries.mine(who).order_by(SavedSearch.id.desc()).offset(offset).limit(PER_PAGE)))
    return render_template(
        "saved_searches/list.html", rows=rows, counts=queries.new_counts(rows, who), paging=Paging(page, PER_PAGE, total),
        words={row.id: engine_query.words(row, language(), _) for row in rows}, frequencies=dict(frequencies()),
        catalogues=CATALOGUES, href=engine_query.href, most=actions.MOST,
    )


@bp.get("/my/searches/<int:search_id>")
@access(SIGNED_IN.writing())
def show(search_id: int) -> ResponseReturnValue:
    """Show what a search newly found, which then counts as looked at, and its form."""
    search = queries.one(search_id, actor())
    form = SearchForm(formdata=None, name=search.name, frequency=search.frequency)
    page = _page(search, form)
    if opened_by_reader() and search.id in queries.new_counts([search], actor()):
        actions.see(search)
    return page


@bp.post("/my/searches/<int:search_id>")
@access(SIGNED_IN)
def change(search_id: int) -> ResponseReturnValue:
    """Rename a search, or choose how often one hears of it."""
    search = queries.one(search_id, actor(), lock=True)
    form = SearchForm()
    if form.submit(lambda: actions.change(search, form.name.data or "", form.frequency.data)):
        flash(_("Saved."), "success")
        return redirect(url_for("saved_searches.show", search_id=search.id))
    return _page(search, form), 422


@bp.post("/my/searches/<int:search_id>/delete")
@access(SIGNED_IN)
def delete(search_id: int) -> ResponseReturnValue:
    """Delete a search."""
    ExchangeForm().check_acting()
    search = queries.one(search_id, actor(), lock=True)
    actions.remove(search)
    flash(_("The saved search “%(name)s” is deleted.", name=search.name), "success")
    return redirect(url_for("saved_searches.searches"))


@bp.get("/my/searches/off/<token>")
@access(PUBLIC)
def ask_off(token: str) -> ResponseReturnValue:
    """Ask whether a search shall be turned off: programs that look through mails open every link."""
    search = unsubscribe_link.search_of(token)
    already = search.frequency == "off"
    return render_template("saved_searches/off.html", search=search, done=already, already=already)


@bp.post("/my/searches/off/<token>")
@access(PUBLIC)
def off(token: str) -> ResponseReturnValue:
    """Turn a search off; the signed address is the permission."""
    request.form.get("csrf_token")  # read, so that a body of any size is refused as elsewhere
    search = unsubscribe_link.search_of(token)
    actions.turn_off(search)
    return render_template("saved_searches/off.html", search=search, done=True)


def _page(search: SavedSearch, form: Any) -> str:
    who = actor()
    part = by_key(queries.hits(search, who), SavedSearchHit.id, PER_PAGE)
    found = {row.id: row for row in load(search.kind, [hit.thing_id for hit in part.rows], who, (), language())}
    return render_template(
        "saved_searches/show.html", search=search, form=form, part=part, found=found, href=engine_query.href(search),
        words=engine_query.words(search, language(), _), catalogue=CATALOGUES[search.kind],
    )
