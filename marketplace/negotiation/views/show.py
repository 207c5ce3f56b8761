"""The page of a lead: how it stands, which buttons, its terms, its thread, and what happened so far."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import access, actor
from marketplace.core.events import Event, history
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Transition
from marketplace.core.permissions import SIGNED_IN
from marketplace.core.reminder import next_reminder_on
from marketplace.files.access import file_url, shown_name
from marketplace.negotiation.actions import messages, moves
from marketplace.negotiation.eligibility import actor_refusal, still_possible
from marketplace.negotiation.forms.leads import MoveForm
from marketplace.negotiation.forms.thread import MessageForm
from marketplace.negotiation.lifecycle import LEAD, OPEN_LEAD_STATES
from marketplace.negotiation.models import Lead
from marketplace.negotiation.presenter import Seen, with_links
from marketplace.negotiation.queries import leads
from marketplace.negotiation.timeline import lead_timeline
from marketplace.negotiation.views.blueprint import bp
from marketplace.negotiation.views.terms import terms_of
from marketplace.negotiation.visibility import is_party
from marketplace.vocabulary import DECLINE_REASONS
from marketplace.web.errors import text_of
from marketplace.web.fetch_metadata import opened_by_reader
from marketplace.web.i18n import language
from marketplace.web.mark_read import note_seen

ENDING = frozenset({"decline", "withdraw"})
BUTTONS = frozenset({"contact", "accept", "ask"}) | ENDING


@bp.get("/leads/<code>")
@access(SIGNED_IN.writing())
def show(code: str) -> ResponseReturnValue:
    """Show a lead to its two sides and, without the thread, to the exchange's staff; what is shown counts as read."""
    lead = leads.readable(code, actor())
    if not is_party(lead, actor()):
        moves.note_reading(lead, actor())
    note_seen(leads.path_of(lead))
    return page(lead)


def page(lead: Lead, *, compose: MessageForm | None = None, move: MoveForm | None = None, **typed: Any) -> str:
    """Render a lead for the present reader; refused forms are given back with what was typed."""
    return render_template(
        "negotiation/lead.html", lead=lead, **standing(lead, move), **terms_of(lead), **thread_of(lead, compose), **typed
    )


def standing(lead: Lead, typed: MoveForm | None = None) -> dict[str, Any]:
    """Return the variables of the lead's page but for thread and terms; `typed` is a refused form."""
    who = actor()
    seen, rows = Seen(lead, who), _rows(lead)
    blocked = _blocked(lead) if any(row.action not in ENDING for row in rows) else ""
    if blocked:
        rows = [row for row in rows if row.action in ENDING]
    form = typed or MoveForm(formdata=None)
    form.lock.data = lead.state
    asked = next((row.reason.codes for row in rows if row.reason is not None and row.reason.codes is not None), ())
    form.reason_code.choices = [("", _("Choose a reason")), *((term.code, _reason(term.code)) for term in asked)]
    return {
        "seen": seen, "about": with_links(seen, who), "rows": {row.action: row for row in rows}, "blocked": blocked,
        "move": form, "introduced": _introduced(lead), "history": lead_timeline(lead, who),
        "own_name": _own_name(lead, seen), "reminding": _reminding(lead),
        "move_url": lambda action: url_for("negotiation.move", code=lead.code, action=action),
    }


def _reminding(lead: Lead) -> dict[str, Any] | None:
    """Return what an officer may do to remind of the next step: the day from which, None for at once."""
    if lead.state not in OPEN_LEAD_STATES or "officer" not in lead.roles_of(actor()):
        return None
    return {"on": next_reminder_on(lead, "lead.remind")}


def _rows(lead: Lead) -> list[Transition]:
    """Return the buttons the table allows; an introduction that nobody took up is declined, not withdrawn."""
    rows = [row for row in LEAD.actions_for(lead.state, lead.roles_of(actor())) if row.action in BUTTONS]
    return [row for row in rows if lead.state != "suggested" or row.action != "withdraw"]


def _blocked(lead: Lead) -> str:
    """Return why the conversation cannot be taken up now, though it is the reader's turn."""
    refusal = actor_refusal(actor()) or still_possible(lead.listing, lead.need)
    return text_of(refusal) if refusal else ""


def _own_name(lead: Lead, seen: Seen) -> str:
    """Return the reader's organisation in this lead while they act for another one."""
    if not seen.side or seen.acting:
        return ""
    return lead.supplier.name if seen.side == "supplier" else lead.buyer.name


def _introduced(lead: Lead) -> str:
    """Return what the exchange wrote to both sides, while nobody has taken it up."""
    if lead.state != "suggested":
        return ""
    introduced = db.session.scalars(history("lead", lead.id).where(Event.action == "lead.introduce").limit(1)).first()
    return introduced.reason if introduced else ""


def _reason(code: str) -> str:
    return DECLINE_REASONS.label(code, language())


def requested_before() -> int | None:
    """Return the message before which older ones are asked for; nonsense asks for the newest."""
    asked = request.args.get("before", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None


def thread_of(lead: Lead, form: MessageForm | None = None, complaint: str = "") -> dict[str, Any]:
    """Return the variables of `negotiation/_thread.html`; reading marks the messages as read.

    Officers read on the page of a `complaint` (its path), where the reading is recorded; elsewhere they see no thread.
    """
    if not complaint and not is_party(lead, actor()):
        return {"thread": None, "compose": None}
    before, here = requested_before(), complaint or leads.path_of(lead)
    if form is None and messages.may_write(lead, actor()):
        form = MessageForm(formdata=None)
    return {
        "thread": messages.page(lead, actor(), before, mark=opened_by_reader()), "compose": form, "here": here,
        "newest_href": here if before is not None else "", "file_url": file_url,
        "file_name": lambda file: shown_name(file, actor()),
        "kinds": {
            "interest": _("Answer to the need") if isinstance(lead.things[0], BuyerRequest) else _("Interest"),
            "question": _("Question"), "mediation": _("Mediation"),
        },
    }
