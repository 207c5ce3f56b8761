"""Home, dashboards, organisation profiles, the operator's texts."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from marketplace.browse.rows import load
from marketplace.browse.topics import tiles
from marketplace.buyer_requests import visibility as needs
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.access import access, actor
from marketplace.core.errors import Invalid, Stale
from marketplace.core.extensions import db
from marketplace.core.permissions import EDIT_TEXTS, PUBLIC, SIGNED_IN
from marketplace.listings import visibility as listings
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.organisations.visibility import visible_to
from marketplace.pages import texts
from marketplace.pages.dashboard import dashboard_of
from marketplace.pages.forms import TextForm
from marketplace.pages.front_page import front_page
from marketplace.web.i18n import language
from marketplace.web.kept_pages import keeps_page

bp = Blueprint("pages", __name__)
SHOWN = 20  # things of each kind on an organisation's page


@bp.get("/")
@access(PUBLIC)
@keeps_page
def home() -> ResponseReturnValue:
    """The front page: what this is, for whom, the latest, figures."""
    return render_template("pages/home.html", tiles=tiles(language()), **front_page())


@bp.get("/dashboard")
@access(SIGNED_IN)
def dashboard() -> ResponseReturnValue:
    """Show what waits for the reader, and figures to who may see them."""
    return render_template("pages/dashboard.html", **dashboard_of(actor()))


@bp.get("/organisations/<slug>")
@access(PUBLIC)
@keeps_page
def organisation(slug: str) -> ResponseReturnValue:
    """An organisation's public page: who it is, what it offers and needs."""
    found = db.session.scalar(select(Organisation).where(Organisation.slug == slug, visible_to(actor())))
    if found is None:
        abort(404)
    listing = select(Listing.id).where(Listing.org_id == found.id, listings.visible_to(actor()))
    need = select(BuyerRequest.id).where(BuyerRequest.org_id == found.id, needs.visible_to(actor()))
    if found.id not in actor().org_ids:
        # Listing a hidden need under its requester's name would unhide it.
        need = need.join(BuyerRequest.published_revision).where(NeedRevision.visibility != "requester_hidden")
    listing = listing.order_by(Listing.published_at.desc(), Listing.id.desc()).limit(SHOWN)
    need = need.order_by(BuyerRequest.published_at.desc(), BuyerRequest.id.desc()).limit(SHOWN)
    return render_template(
        "pages/organisation.html",
        organisation=found,
        listings=load("listing", list(db.session.scalars(listing)), actor(), (), language()),
        needs=load("need", list(db.session.scalars(need)), actor(), (), language()),
    )


@bp.get("/<any(about, terms, privacy, regulation):key>")
@access(PUBLIC)
@keeps_page
def text(key: str) -> ResponseReturnValue:
    """One of the operator's texts."""
    return render_template("pages/text.html", key=key, text=texts.find(key, language()), heading=_(texts.KEYS[key]))


@bp.get("/staff/texts")
@access(EDIT_TEXTS)
def text_list() -> ResponseReturnValue:
    """The texts that can be edited."""
    rows = [(key, _(label), code, texts.exact(key, code)) for key, label in texts.KEYS.items() for code in texts.LANGUAGES]
    return render_template("pages/texts.html", rows=rows)


@bp.route("/staff/texts/<any(about, terms, privacy, regulation):key>/<any(vi, en):code>", methods=["GET", "POST"])
@access(EDIT_TEXTS)
def edit_text(key: str, code: str) -> ResponseReturnValue:
    """Edit one text."""
    found = texts.exact(key, code)
    form = TextForm(data={"title": found.title, "body": found.body} if found else None)
    present = found.lock if found else texts.NEVER_WRITTEN
    if not form.is_submitted():
        form.lock.data = str(present)
    status = 200
    if form.validate_on_submit():
        try:
            texts.write(key, code, form.title.data, form.body.data, actor(), form.lock_value())
            flash(_("Saved."), "success")
            return redirect(url_for("pages.text_list"))
        except Stale as error:
            form.overtaken(error, present)
            status = 409
        except Invalid as error:
            form.add_error(error)
            status = 422
    elif form.is_submitted():
        status = 422
    return render_template("pages/text_edit.html", form=form, key=key, code=code, heading=_(texts.KEYS[key])), status
