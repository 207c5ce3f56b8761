"""Pages of listings: the public page with enquiry and confidential part, moves, and the owner's list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.authoring.actions import note_confidential_read
from marketplace.authoring.case_holder import may_read_confidential
from marketplace.authoring.enquiries import enquire as enquire_about
from marketplace.authoring.enquiries import enquiries_about
from marketplace.authoring.export import download
from marketplace.authoring.lifecycle import OPEN_STATES
from marketplace.authoring.pages import own_list, register_editor
from marketplace.authoring.shared_forms import EnquiryForm
from marketplace.authoring.timeline import timeline
from marketplace.core import view_counts
from marketplace.core.access import Actor, access, actor
from marketplace.core.errors import Invalid
from marketplace.core.extensions import limiter
from marketplace.core.lifecycle import Transition
from marketplace.core.permissions import ACTING, EDIT_CONTENT, PUBLIC, SIGNED_IN
from marketplace.files.access import file_note, file_url, shown_pictures
from marketplace.files.actions import attachments
from marketplace.files.models import Attachment
from marketplace.listings import actions, confirm_link, presenter, queries
from marketplace.listings.editor import EDITOR
from marketplace.listings.export import COLUMNS
from marketplace.listings.kind import KIND
from marketplace.listings.lifecycle import LISTING, VISIBLE_STATES
from marketplace.listings.models import Listing, ListingRevision
from marketplace.values.text import N_
from marketplace.web.forms import ExchangeForm, ReasonForm
from marketplace.web.kept_pages import keeps_page

bp = Blueprint("listings", __name__)
#: The tabs of an organisation's own list, with their words.
TABS = {
    "": N_("All"), "drafts": N_("Drafts"), "review": N_("With moderators"), "changes": N_("Changes requested"),
    "online": N_("Online"), "stale": N_("To be confirmed"), "offline": N_("Offline"),
}
register_editor(bp, EDITOR)


@bp.get("/technologies/<ref>")
@access(PUBLIC)
@keeps_page
def show(ref: str) -> ResponseReturnValue:
    """Show a listing at its stable address; another slug, or none, leads there for good."""
    code, _slug = queries.code_of(ref)
    listing = queries.readable(code, actor())
    path = queries.path_of(listing)
    if request.path != path:
        query = request.query_string.decode()
        return redirect(f"{path}?{query}" if query else path, 301)
    if listing.org_id not in actor().org_ids and listing.state in VISIBLE_STATES:
        view_counts.note_view("listing", listing.id)
    return _page(listing, EnquiryForm() if actor().signed_in else None)


def _page(
    listing: Listing, form: EnquiryForm | None, confidential: str | None = None, preview: ListingRevision | None = None,
    move: ReasonForm | None = None,
) -> str:
    revision = preview or listing.published_revision or abort(404)
    who = actor()
    roles = listing.roles_of(who)
    inside = listing.org_id in who.org_ids or "moderator" in roles
    files = [one for one in attachments(revision) if one.tier in {"public", "members"}]
    pictures = [one for one in files if one.role == "image" and one.tier == "public"]
    images = shown_pictures(pictures, who)
    members = queries.sees_members_tier(listing, who)
    shown = [one for one in files if one.role == "document" and (members or one.tier == "public")]
    is_open = not preview and listing.state in VISIBLE_STATES and listing.organisation.verified
    return render_template(
        "listings/show.html",
        listing=listing, revision=revision, texts=presenter.texts(revision), facts_=presenter, form=form, images=images,
        held_pictures=[one for one in pictures if file_note(one)] if inside else (),
        gallery=_gallery(images[1:], presenter.texts(revision).title),
        documents=shown, hidden_documents=len([one for one in files if one.role == "document"]) - len(shown),
        file_url=file_url, members=members, inside=inside, is_open=is_open, confidential=confidential, preview=preview,
        may_read_confidential=may_read_confidential(KIND, revision, who),
        moves=[] if preview else _moves(listing, roles), move=move,
        consequences={
            "unpublish": _("Nobody finds it any more. You can put it online again within 90 days without a new review."),
        },
        path_of=queries.path_of,
        related=queries.related(listing, who), questions=enquiries_about(listing) if listing.org_id in who.org_ids else (),
        history=timeline(KIND, listing, who) if inside and not preview else None, owner="owner" in roles,
        move_url=lambda action: url_for("listings.move", ref=listing.code, action=action),
        json_ld=presenter.json_ld(listing, revision, images) if is_open and revision.visibility == "public" else "",
    )


@bp.get("/technologies/<ref>/confidential")
@access(SIGNED_IN.writing())
def confidential(ref: str) -> ResponseReturnValue:
    """Show the page with its confidential part and write down who read it."""
    listing = queries.readable(queries.code_of(ref)[0], actor())
    revision = listing.published_revision or abort(404)
    return _page(listing, EnquiryForm(), note_confidential_read(KIND, revision, actor()))


@bp.post("/technologies/<ref>/enquiry")
@limiter.limit("20 per hour")
@access(SIGNED_IN)
def enquire(ref: str) -> ResponseReturnValue:
    """Send a question to the owner."""
    listing = queries.readable(queries.code_of(ref)[0], actor())
    form = EnquiryForm()
    if form.submit(lambda: enquire_about(listing, actor(), form.text.data, actions.ENQUIRIES)):
        flash(_("Your question was sent. The owner answers you by e-mail."), "success")
        return redirect(queries.path_of(listing))
    return _page(listing, form), 422


@bp.post("/technologies/<ref>/moves/<action>")
@access(SIGNED_IN)
def move(ref: str, action: str) -> ResponseReturnValue:
    """Confirm, take offline, put online again; for moderators: suspend, restore, remove."""
    code = queries.code_of(ref)[0]
    listing = queries.readable(code, actor(), lock=True)
    form = ReasonForm()
    form.refused = action
    try:
        if not form.validate_on_submit():
            return _page(listing, EnquiryForm(formdata=None), move=form), 422
        actions.move(listing, action, actor(), reason_code=form.reason_code.data or "", reason=form.reason.data or "")
    except Invalid as error:
        form.add_error(error)
        return _page(listing, EnquiryForm(formdata=None), move=form), 422
    flash(f"{_(LISTING.done(action))}.", "success")
    return redirect(url_for("listings.mine") if request.form.get("back") == "mine" else queries.path_of(listing))


@bp.get("/my/listings")
@access(ACTING)
def mine() -> ResponseReturnValue:
    """Show what my organisation offers, with states, views and what may be done."""
    return own_list(EDITOR, queries.READS, TABS, _row)


def _row(listing: Listing, revision: ListingRevision, reader: Actor) -> dict[str, Any]:
    """Return what the list shows of one listing beside what every list does."""
    acts = reader.may(EDIT_CONTENT)
    return {"acts": acts, "coming": revision.state in OPEN_STATES, "moves": _short_moves(listing) if acts else []}


def _short_moves(listing: Listing) -> list[Transition]:
    """Return the owner's moves that are one press; confirming only when it is asked for."""
    asked = listing.state == "stale" or listing.reminded_at
    return [
        row for row in _moves(listing, listing.roles_of(actor()))
        if not row.needs_reason and (row.action != "confirm" or asked)
    ]


def _moves(listing: Listing, roles: frozenset[str]) -> list[Transition]:
    """Return the owner's buttons; moderators find theirs on the page of the case."""
    return [row for row in LISTING.actions_for(listing.state, roles) if row.action in actions.OWNER_BUTTONS]


def _gallery(images: Sequence[Attachment], title: str) -> list[dict[str, str]]:
    return [
        {"src": file_url(one, 1280), "thumb": file_url(one, 640), "alt": one.caption or title} for one in images
    ]


@bp.post("/my/listings/confirm-all")
@access(EDIT_CONTENT)
def confirm_all() -> ResponseReturnValue:
    """Confirm everything that waits for it."""
    ExchangeForm().check_acting()
    done = actions.confirm_all(actor().org_id or 0, actor())
    flash(ngettext("%(num)s technology confirmed.", "%(num)s technologies confirmed.", done), "success")
    return redirect(url_for("listings.mine"))


@bp.get("/my/listings/<code>/preview")
@access(ACTING)
def preview(code: str) -> ResponseReturnValue:
    """Show the version being written as others will see it."""
    listing = EDITOR.load(code, actor())
    return _page(listing, EnquiryForm(), preview=EDITOR.current(listing))


@bp.get("/my/listings/export.csv")
@access(ACTING)
def export_mine() -> ResponseReturnValue:
    """Download my organisation's listings as CSV."""
    return download("listings", COLUMNS, EDITOR, queries.READS, actor().org_id or 0)


@bp.route("/my/listings/confirm/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def confirm_asked(token: str) -> ResponseReturnValue:
    """Where the reminder's link leads: what is asked, and one button that confirms all of it."""
    listings, _who = confirm_link.listings_of(token)
    done = confirm_link.confirm(token) if request.method == "POST" else None
    return render_template("listings/confirm.html", listings=listings, done=done)
