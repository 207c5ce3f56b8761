"""Complaints: a side writes one, both sides and officers see how it stands, officers read, mediate and decide."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.calendar_days import working_calendar
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.extensions import limiter
from marketplace.core.permissions import FOLLOW_DEALS, SIGNED_IN
from marketplace.files.actions import all_received
from marketplace.negotiation.actions import complaints, messages, moves
from marketplace.negotiation.forms.thread import ComplaintForm, MessageForm
from marketplace.negotiation.lifecycle import COMPLAINT, COMPLAINT_TABS, OPEN_COMPLAINT_STATES
from marketplace.negotiation.models import Complaint
from marketplace.negotiation.presenter import Seen
from marketplace.negotiation.queries import complaints as complaint_queries
from marketplace.negotiation.queries import leads
from marketplace.negotiation.timeline import complaint_timeline
from marketplace.negotiation.views.blueprint import bp
from marketplace.negotiation.views.show import thread_of
from marketplace.negotiation.visibility import is_party, knows_buyer, may_read_thread
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.web.errors import text_of
from marketplace.web.forms import ReasonForm
from marketplace.web.paging import Paging, requested_page
from marketplace.web.tabs import tabs

PER_PAGE = 20
#: The tabs of the officers' list, with their words.
TABS = {**COMPLAINT_TABS, "": N_("All")}


@bp.route("/leads/<code>/complaints", methods=["GET", "POST"])
@limiter.limit("20 per hour", methods=["POST"])
@access(SIGNED_IN)
def complain(code: str) -> ResponseReturnValue:
    """Let one of the two sides call the officers in."""
    posted = request.method == "POST"
    lead = leads.readable(code, actor(), lock=posted)
    if not is_party(lead, actor()) or not lead.side_of(actor()):
        raise NotAllowed
    form = ComplaintForm()
    try:
        if form.validate_on_submit():
            complaint = complaints.open_complaint(lead, actor(), form.kind.data, form.text.data)
            flash(_("Your complaint was received. An officer takes it up and hears both sides."), "success")
            return redirect(url_for("negotiation.complaint", code=complaint.code))
    except Invalid as error:
        form.add_error(error)
    return render_template("negotiation/complain.html", lead=lead, form=form), 422 if posted else 200


@bp.get("/complaints/<code>")
@access(SIGNED_IN.writing())
def complaint(code: str) -> ResponseReturnValue:
    """Show a complaint; an officer's reading of the thread, asked for by a link, is recorded before it is shown."""
    found = complaint_queries.readable(code, actor())
    if not is_party(found.lead, actor()) and found.officer_id != actor().user_id:
        moves.note_reading(found.lead, actor(), complaint_id=found.id)
    return complaint_page(found, reading="thread" in request.args)


def complaint_page(
    complaint: Complaint, *, move: ReasonForm | None = None, compose: MessageForm | None = None, reading: bool = False
) -> str:
    """Render a complaint for a side, an officer, or staff who only oversee.

    A refused message stands without the thread: what is refused writes nothing, so no reading could be recorded.
    """
    who, lead = actor(), complaint.lead
    officer = "officer" in complaint.roles_of(who)
    may_read = officer and complaint.state in OPEN_COMPLAINT_STATES and may_read_thread(lead, who)
    here = url_for("negotiation.complaint", code=complaint.code)
    shown: dict[str, Any] = {"thread": None, "compose": compose if may_read else None, "here": here}
    if may_read and reading:
        lead = leads.readable(lead.code, who, lock=True)
        complaints.note_reading(complaint, who)
        shown = thread_of(lead, MessageForm(formdata=None), complaint=here)
    return render_template(
        "negotiation/complaint.html",
        complaint=complaint, lead=lead, officer=officer, may_read=may_read, party=is_party(lead, who),
        moves=COMPLAINT.actions_for(complaint.state, complaint.roles_of(who)), move=move, label=COMPLAINT.label,
        due=clock.due_text(complaint.due_at, calendar=working_calendar()), knows_buyer=knows_buyer(lead, who),
        history=complaint_timeline(complaint, who), post_to=url_for("negotiation.mediate", code=complaint.code),
        move_url=lambda action: url_for("negotiation.move_complaint", code=complaint.code, action=action), **shown,
    )


@bp.post("/complaints/<code>/moves/<action>")
@access(SIGNED_IN)
def move_complaint(code: str, action: str) -> ResponseReturnValue:
    """Make one move; what was written for a refused one stays, on the page of the error if somebody was faster."""
    found = complaint_queries.readable(code, actor(), lock=True)
    form = ReasonForm()
    form.refused = action
    if form.submit(lambda: complaints.move(found, action, actor(), form.reason.data or "")):
        flash(f"{_(COMPLAINT.done(action))}.", "success")
        return redirect(url_for("negotiation.complaint", code=code))
    return complaint_page(found, move=form), 422


@bp.post("/complaints/<code>/messages")
@limiter.limit("120 per hour")
@access(FOLLOW_DEALS)
def mediate(code: str) -> ResponseReturnValue:
    """Write to both sides as the exchange's officer, into their thread."""
    found = complaint_queries.readable(code, actor())
    if "officer" not in found.roles_of(actor()):
        raise NotAllowed
    form = MessageForm()
    status = 422
    try:
        if form.validate_on_submit():
            files = all_received(form.file)
            found = complaint_queries.readable(code, actor(), lock=True)
            messages.post(
                found.lead, actor(), form.text.data or "", kind="mediation", files=files, once=form.once.data or ""
            )
            flash(_("Sent to both sides."), "success")
            return redirect(url_for("negotiation.complaint", code=code, thread=1) + "#thread")
    except Invalid as error:
        form.add_error(error)
    except IllegalMove as error:
        form.form_errors.append(text_of(error))
        status = 409
    return complaint_page(complaint_queries.readable(code, actor()), compose=form), status


@bp.get("/staff/complaints")
@access(FOLLOW_DEALS)
def staff_complaints() -> ResponseReturnValue:
    """List complaints for officers, those due first."""
    tab = request.args.get("state", "open")
    tab = tab if tab in TABS else next(iter(TABS))
    officer = request.args.get("officer", "")
    page, offset = requested_page(PER_PAGE)

    def href(state: str) -> str:
        return url_for("negotiation.staff_complaints", state=state, officer=officer or None)

    rows, total = complaint_queries.listed(actor(), tab, officer, offset, PER_PAGE)
    return render_template(
        "negotiation/complaints.html",
        rows=[(row, Seen(row.lead, actor())) for row in rows], tab=tab, officer=officer,
        tabs=tabs(TABS, tab, href, complaint_queries.counts()), paging=Paging(page, PER_PAGE, total),
        label=COMPLAINT.label, open_states=OPEN_COMPLAINT_STATES,
        due_text=partial(clock.due_text, calendar=working_calendar()),
    )
