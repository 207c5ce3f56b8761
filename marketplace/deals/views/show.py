"""The record of a deal as a page and as a PDF, and the forms that stand on it: moves, ending, publicity, files."""

from __future__ import annotations

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.errors import NotFound
from marketplace.core.extensions import limiter
from marketplace.core.long_work import begin_writing
from marketplace.core.permissions import ACTING, SIGNED_IN
from marketplace.deals import pdf
from marketplace.deals.actions import files, officers, publicity, termination
from marketplace.deals.actions.transitions import move
from marketplace.deals.forms import DealFileForm, PublicityForm
from marketplace.deals.lifecycle import COMPLETED, DEAL
from marketplace.deals.models import Deal
from marketplace.deals.queries import loading
from marketplace.deals.timeline import LABELS
from marketplace.deals.views.blueprint import bp
from marketplace.deals.views.changing import change, change_with
from marketplace.deals.views.context import record_page
from marketplace.deals.visibility import follows
from marketplace.files.actions import required
from marketplace.values import clock
from marketplace.web.forms import ReasonForm

#: Moves made on this page; accepting has a form of its own, and ending a contract is an answer to the other side.
PLAIN_MOVES = frozenset(DEAL.actions) - {"agree", "conclude", "complete", "terminate"}


@bp.get("/deals/<code>")
@access(SIGNED_IN)
def show(code: str) -> ResponseReturnValue:
    """Show the record of a deal to both sides and to the exchange's staff."""
    return page(_opened(code))


def _opened(code: str) -> Deal:
    """Return a deal to read; that somebody reads it who does not follow it stands in its history, once a day."""
    deal = loading.readable(code, actor())
    if follows(deal, actor()) or officers.has_read(deal, actor()):
        return deal
    begin_writing()  # only these readings write, so that nobody else waits for SQLite's one writer
    deal = loading.readable(code, actor())
    officers.note_reading(deal, actor())
    return deal


def page(
    deal: Deal, *, move: ReasonForm | None = None, ending: ReasonForm | None = None, upload: DealFileForm | None = None,
    public: PublicityForm | None = None,
) -> str:
    """Render the record with a refused form's input kept."""
    return render_template("deals/show.html", **record_page(deal, actor()), forms={
        "move": move, "ending": ending, "upload": upload or DealFileForm(formdata=None),
        "public": public or PublicityForm(formdata=None, publicity=_wish(deal)), "refused_public": public,
        "refused_upload": upload,
    })


def _wish(deal: Deal) -> str:
    side = deal.side_of(actor())
    return str(getattr(deal, f"{side}_publicity")) if side else ""


@bp.post("/deals/<code>/moves/<action>")
@access(SIGNED_IN)
def make_move(code: str, action: str) -> ResponseReturnValue:
    """Make one of the moves that need no form of their own."""
    if action not in PLAIN_MOVES:
        raise NotFound
    form = ReasonForm()
    form.refused = action
    return change(
        code, form,
        lambda deal: move(deal, action, actor(), form.reason_code.data or "", form.reason.data or ""),
        lambda deal, refused: page(deal, move=refused), f"{_(DEAL.done(action))}.",
    )


@bp.post("/deals/<code>/ending")
@access(ACTING)
def ask_ending(code: str) -> ResponseReturnValue:
    """Ask the other side to end the contract."""
    form = ReasonForm()
    form.refused = "ask"
    return change(
        code, form,
        lambda deal: termination.ask_ending(deal, actor(), form.reason_code.data or "", form.reason.data or ""),
        lambda deal, refused: page(deal, ending=refused), _("The other side was asked."), anchor="#ending",
    )


@bp.post("/deals/<code>/ending/<reply>")
@access(ACTING)
def answer_ending(code: str, reply: str) -> ResponseReturnValue:
    """Agree to end the contract, refuse, or take the own request back."""
    if reply not in {"agree", "refuse", "withdraw"}:
        raise NotFound
    form = ReasonForm()
    form.refused = reply

    def work(deal: Deal) -> None:
        if reply == "agree":
            termination.agree_to_end(deal, actor(), form.reason.data or "")
        elif reply == "refuse":
            termination.refuse_ending(deal, actor(), form.reason.data or "")
        else:
            termination.withdraw_ending(deal, actor())

    said = DEAL.done("terminate") if reply == "agree" else LABELS[f"deal.{reply}_ending"]
    return change(code, form, work, lambda deal, refused: page(deal, ending=refused), f"{_(said)}.")


@bp.post("/deals/<code>/publicity")
@access(ACTING)
def choose_publicity(code: str) -> ResponseReturnValue:
    """Choose what the own side makes public."""
    form = PublicityForm()
    return change(
        code, form, lambda deal: publicity.choose(deal, actor(), form.publicity.data or ""),
        lambda deal, refused: page(deal, public=refused), _("Your choice is saved."), anchor="#publicity",
    )


@bp.post("/deals/<code>/files")
@limiter.limit("120 per hour")
@access(ACTING)
def add_file(code: str) -> ResponseReturnValue:
    """Put a document into the file of the deal."""
    form = DealFileForm()

    return change_with(
        code, form, lambda: required(form.file),
        lambda deal, file: files.add_file(deal, actor(), file, form.role.data or "", form.caption.data or ""),
        lambda deal, refused: page(deal, upload=refused), _("The file was added."), anchor="#files",
    )


@bp.get("/deals/<code>/record.pdf")
@limiter.limit("30 per minute")
@access(SIGNED_IN)
def record_pdf(code: str) -> ResponseReturnValue:
    """Return the record as it stands now; it is kept for some minutes by its content, and never stored."""
    deal = _opened(code)
    answer = Response(pdf.render(deal, clock.now()), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{deal.code}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/deals/<code>/certificate.pdf")
@limiter.limit("30 per minute")
@access(SIGNED_IN)
def certificate_pdf(code: str) -> ResponseReturnValue:
    """Return the certificate of a completed deal as it stands now; 404 for any other deal."""
    deal = _opened(code)
    if deal.state != COMPLETED:
        raise NotFound
    answer = Response(pdf.render_certificate(deal, clock.now()), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{deal.code}-certificate.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
