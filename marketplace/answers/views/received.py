"""For whose need it is: the answers to a need as a table, some of them side by side, and as a workbook."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.answers import queries
from marketplace.answers.asked import Asked, asked_of
from marketplace.answers.assessment import scores_of
from marketplace.answers.comparison import FEWEST, MOST_BESIDE, Comparison, compared
from marketplace.answers.export import columns
from marketplace.answers.fit import WORDS
from marketplace.answers.lifecycle import ANSWER, SHORTLISTED
from marketplace.answers.models import Answer
from marketplace.answers.presenter import said_in
from marketplace.answers.views.blueprint import bp
from marketplace.buyer_requests import queries as needs
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.buyer_requests.on_publish import path_of as need_path
from marketplace.core.access import access, actor
from marketplace.core.errors import NotFound
from marketplace.core.extensions import limiter
from marketplace.core.permissions import ACTING
from marketplace.core.subjects import subject_of
from marketplace.values import clock
from marketplace.web.i18n import language
from marketplace.web.spreadsheet import XLSX_TYPE, xlsx_bytes


def own_need(code: str) -> BuyerRequest:
    """Return a need of the organisation acted for. Raises NotFound for any other."""
    need = needs.readable(code, actor())
    if need.org_id != actor().org_id:
        raise NotFound
    return need


@bp.get("/my/needs/<code>/answers")
@access(ACTING)
def received(code: str) -> ResponseReturnValue:
    """Compare the answers that were sent to a need of the organisation acted for."""
    return received_page(own_need(code))


def received_page(need: BuyerRequest, error: str = "") -> str:
    """Render the table of answers, with what was wrong with a press on it."""
    asked = asked_of(need.published_revision)
    table = _table(need, asked)
    listed = sum(line.seen.answer.state == SHORTLISTED for line in table.lines)
    only = bool(listed) and request.args.get("list") == "short"
    if only:
        table = replace(table, lines=tuple(line for line in table.lines if line.seen.answer.state == SHORTLISTED))
    return render_template(
        "answers/received.html", need=need, table=table, listed=listed, only=only, need_path=need_path(need), error=error,
        title=subject_of(need).title(need, language()), asked=asked, fits=_words(), href=_sorted_href(need),
        fewest=FEWEST, most=MOST_BESIDE, moves=_moves,
    )


def _table(need: BuyerRequest, asked: Asked) -> Comparison:
    sort, descending = request.args.get("sort", ""), request.args.get("order") == "desc"
    rows = queries.received(need)
    points = scores_of(asked, [answer.id for answer, _version in rows])
    return compared(asked, rows, actor(), points, sort, descending=descending)


def _sorted_href(need: BuyerRequest) -> object:
    def href(key: str, *, descending: bool = False) -> str:
        return url_for("answers.received", code=need.code, sort=key, order="desc" if descending else None,
                       list=request.args.get("list") or None)

    return href


def _moves(answer: Answer) -> dict[str, str]:
    """Return what the reader may do with one answer from the table: its action and words."""
    rows = ANSWER.actions_for(answer.state, answer.roles_of(actor()))
    return {row.action: _(row.label) for row in rows if row.action in {"shortlist", "unlist", "choose"}}


def _words() -> dict[str, str]:
    return {fit: _(word) for fit, word in WORDS.items()}


@bp.get("/my/needs/<code>/answers/beside")
@access(ACTING)
def beside(code: str) -> ResponseReturnValue:
    """Show two to four answers side by side, everything they say."""
    need = own_need(code)
    asked = asked_of(need.published_revision)
    chosen = list(dict.fromkeys(request.args.getlist("answer")))
    table = _table(need, asked)
    by_code = {line.seen.answer.code: line for line in table.lines if line.content is not None}
    lines = [by_code[one] for one in chosen if one in by_code]
    if not FEWEST <= len(lines) <= MOST_BESIDE:
        error = _("Choose %(fewest)s to %(most)s answers to see them side by side.", fewest=FEWEST, most=MOST_BESIDE)
        return received_page(need, error), 422
    said = [said_in(line.seen.answer, line.version, actor()) for line in lines]
    return render_template(
        "answers/beside.html", need=need, need_path=need_path(need), lines=lines, said=said, asked=asked, heads=table.heads,
        title=subject_of(need).title(need, language()), fits=_words(),
    )


@bp.get("/my/needs/<code>/answers.xlsx")
@limiter.limit("30 per hour")
@access(ACTING)
def export(code: str) -> ResponseReturnValue:
    """Download the table, in the order in which it is shown."""
    need = own_need(code)
    table = _table(need, asked_of(need.published_revision))
    answer = Response(xlsx_bytes(columns(table), table.lines, need.code), content_type=XLSX_TYPE)
    name = f"{need.code}-{clock.today().isoformat()}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
