"""The record of decisions with its export, and the figures with their chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from marketplace.core.access import access, actor
from marketplace.core.permissions import READ_DECISIONS
from marketplace.core.subjects import review_of
from marketplace.moderation import charts, decision_log, queries
from marketplace.moderation import figures as sums
from marketplace.moderation.export import COLUMNS
from marketplace.moderation.forms import decided_filters
from marketplace.moderation.kind import REVIEWED
from marketplace.moderation.template_helpers import kind_labels
from marketplace.moderation.views.blueprint import bp, tabs
from marketplace.values import clock
from marketplace.vocabulary import DECISIONS
from marketplace.web.i18n import language
from marketplace.web.spreadsheet import csv_answer
from marketplace.web.templating import number

_PARAMETERS = ("kind", "decision", "moderator", "reason", "first", "last", "late")


@bp.get("/decided", endpoint="decided")
@access(READ_DECISIONS)
def record() -> ResponseReturnValue:
    """Show decisions, newest first."""
    filters = decided_filters()
    before = request.args.get("before", "")
    key = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    lines, more = decision_log.page(filters, key)
    return render_template(
        "moderation/decided.html",
        lines=lines,
        total=decision_log.count(filters),
        filters=filters,
        kinds=kind_labels(),
        kind_choices=[(code, _(word)) for code, word in kind_labels().items()],
        decisions=DECISIONS.choices(language()),
        reasons=_reasons(filters.kind),
        vocabularies={kind: review_of(kind).reasons for kind in REVIEWED},
        moderators=decision_log.moderators(),
        start=_address() if key else "",
        more=_address(before=str(more)) if more else "",
        export=_address("moderation.decided_csv"),
        tabs=tabs(actor(), "moderation.decided"),
    )


def _reasons(kind: str) -> list[tuple[str, str]]:
    kinds = (kind,) if kind else tuple(REVIEWED)
    return list(dict(pair for one in kinds for pair in review_of(one).reasons.choices(language())).items())


def _address(endpoint: str = "moderation.decided", **changes: str) -> str:
    query: dict[str, Any] = {name: request.args.get(name) or None for name in _PARAMETERS}
    return url_for(endpoint, **query | changes)


@bp.get("/decided.csv")
@access(READ_DECISIONS)
def decided_csv() -> ResponseReturnValue:
    """Return the same decisions as CSV."""
    return csv_answer("decisions", COLUMNS, decision_log.exported(decided_filters()))


@bp.get("/figures")
@access(READ_DECISIONS)
def figures() -> ResponseReturnValue:
    """Show how moderation is doing, each figure with a link to its records."""
    found = sums.figures()
    words: dict[str, Any] = dict(DECISIONS.choices(language()))
    return render_template(
        "moderation/figures.html",
        found=found,
        heads=[_("Week"), *((word, "num") for word in words.values()), (_("Together"), "num")],
        rows=[_week(week, words) for week in found.weeks],
        counts=queries.counts(actor()),
        words=words,
        picture=charts.decisions_per_week(found.weeks, words, _("Decisions per week")),
        tabs=tabs(actor(), "moderation.figures"),
    )


def _week(week: Any, words: Mapping[str, str]) -> list[str]:
    """Return the cells of one week: its days with a link to its decisions, how many of each kind, and all of them."""
    first, last = clock.format_date(week.monday), clock.format_date(week.sunday)
    link = Markup('<a href="{}">{} – {}</a>').format(url_for("moderation.decided", first=first, last=last), first, last)
    return [link, *(number(week.counts[code]) for code in words), number(week.total)]
