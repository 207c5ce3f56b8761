"""The public page of a need, its machine-readable face, questions, and the moves its owner makes there."""

from __future__ import annotations

from flask import Response, flash, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.authoring.actions import note_confidential_read
from marketplace.authoring.enquiries import enquire as enquire_about
from marketplace.authoring.enquiries import enquiries_about
from marketplace.authoring.shared_forms import EnquiryForm
from marketplace.authoring.timeline import timeline
from marketplace.buyer_requests import actions, queries
from marketplace.buyer_requests.forms.moves import MoveForm
from marketplace.buyer_requests.jsonld import demand
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.lifecycle import ANSWERABLE_STATES, NEED, VISIBLE_STATES
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.buyer_requests.presenter import present
from marketplace.buyer_requests.reader_view import Face
from marketplace.buyer_requests.views.blueprint import bp
from marketplace.core.access import access, actor
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.extensions import limiter
from marketplace.core.permissions import PUBLIC, SIGNED_IN, STAFF, VERIFIED
from marketplace.core.view_counts import note_view
from marketplace.values.text import N_
from marketplace.web.kept_pages import keeps_page

#: Moves offered on the page; suspending and removing stand on the moderators' own pages.
OWNER_MOVES = ("extend", "shortlist", "reopen", "negotiate", "solve", "withdraw")


def split(name: str) -> str:
    """Return the code at the beginning of "NC-2026-000045-slug". Raises NotFound when there is none."""
    parts = name.split("-", 3)
    if len(parts) < 3 or not (parts[1] + parts[2]).isdecimal():
        raise NotFound
    return "-".join(parts[:3]).upper()


@bp.get("/needs/<code>-<slug>")
@access(PUBLIC)
@keeps_page
def show(code: str, slug: str) -> ResponseReturnValue:
    """Show a need to whoever may read it; any other spelling of its address leads to the canonical one."""
    need = queries.readable(split(f"{code}-{slug}"), actor())
    face = Face(need, actor())
    if request.path != face.path:
        query = request.query_string.decode("ascii", "ignore")
        return redirect(face.path + ("?" + query if query else ""), 301)
    if need.state in VISIBLE_STATES and not face.insider and not actor().may(STAFF):
        note_view("need", need.id)
    return page(need)


def page(need: BuyerRequest, enquiry: EnquiryForm | None = None, move: MoveForm | None = None) -> str:
    """Render a need for the present reader, with a refused form's input kept."""
    who = actor()
    face, roles = Face(need, who), need.roles_of(who)
    moves = [row for row in NEED.actions_for(need.state, roles) if row.action in OWNER_MOVES]
    return render_template(
        "buyer_requests/show.html",
        need=need, face=face, shown=present(face, who), roles=roles, moves=moves,
        enquiry=enquiry or (EnquiryForm(formdata=None) if who.signed_in else None),
        move=move or (MoveForm(formdata=None) if moves else None),
        may_ask=who.org_verified and not face.insider and need.state in ANSWERABLE_STATES,
        history=timeline(KIND, need, who) if roles & {"colleague", "moderator"} else None,
        invited=queries.invited_to(need) if "colleague" in roles else (),
        questions=enquiries_about(need) if "colleague" in roles else (),
        state_label=NEED.label(need.state), visible_states=VISIBLE_STATES, consequences=_consequences(),
        move_url=lambda action: url_for("buyer_requests.move", code=need.code, action=action),
    )


def _consequences() -> dict[str, str]:
    """Return what the graver moves do, said before they are made."""
    return {"withdraw": _("It is taken off the exchange for good; a version under way is dropped. Say why: it stands in "
                          "the history.")}


@bp.get("/needs/<code>.jsonld")
@access(PUBLIC)
def jsonld(code: str) -> ResponseReturnValue:
    """Return the need as a schema.org Demand, as far as this reader may know it."""
    need = queries.readable(split(code), actor())
    if need.published_revision is None:
        raise NotFound
    answer = Response(json.dumps(demand(Face(need, actor())), ensure_ascii=False), mimetype="application/ld+json")
    answer.headers["Cache-Control"] = "private, max-age=300"
    return answer


@bp.get("/needs/<code>/confidential/<int:number>")
@access(SIGNED_IN.writing())
def confidential(code: str, number: int) -> ResponseReturnValue:
    """Show the confidential detail of one version to those who may read it; each reading is written down."""
    need = queries.readable(split(code), actor(), lock=True)
    revision = next((one for one in need.revisions if one.number == number and one.state != "deleted"), None)
    if revision is None:
        raise NotFound
    text = note_confidential_read(KIND, revision, actor())
    return render_template("buyer_requests/confidential.html", need=need, face=Face(need, actor(), revision), text=text)


@bp.post("/needs/<code>/enquiry")
@limiter.limit("20 per hour")
@access(VERIFIED)
def enquire(code: str) -> ResponseReturnValue:
    """Send a question to the requester; who that is stays with the exchange when hidden."""
    need = queries.readable(split(code), actor())
    form = EnquiryForm()
    if form.submit(lambda: enquire_about(need, actor(), form.text.data, actions.ENQUIRIES)):
        flash(_("Your question was sent. The answer comes to your e-mail address."), "success")
        return redirect(Face(need, actor()).path)
    return page(need, enquiry=form), 422


@bp.post("/needs/<code>/move/<action>")
@access(SIGNED_IN)
def move(code: str, action: str) -> ResponseReturnValue:
    """Make one of the owner's moves."""
    if action not in OWNER_MOVES:
        raise NotFound
    need = queries.readable(split(code), actor(), lock=True)
    form = MoveForm()
    if form.submit(lambda: _move(need, action, form)):
        flash(f"{_(NEED.done(action))}.", "success")
        return redirect(Face(need, actor()).path)
    form.refused = action
    return page(need, move=form), 422


def _move(need: BuyerRequest, action: str, form: MoveForm) -> None:
    deadline = form.answer_deadline.data
    if action == "extend":
        if deadline is None:
            raise Invalid("answer_deadline", N_("Please give the new deadline."))
        actions.extend(need, actor(), deadline)
    elif action == "reopen":
        actions.reopen(need, actor(), deadline)
    else:
        actions.move(need, action, actor(), reason=form.reason.data or "")
