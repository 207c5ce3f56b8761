"""Decisions of moderators as a list for spreadsheets."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from marketplace.core.subjects import review_of, subject
from marketplace.moderation.decision_log import DecisionRow
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.vocabulary import DECISIONS
from marketplace.web.i18n import language
from marketplace.web.spreadsheet import Column


def _moment(value: datetime | None) -> str:
    return clock.format_datetime(value) if value else ""


#: The columns of the download.
COLUMNS: tuple[Column[DecisionRow], ...] = (
    Column(N_("Decided at"), lambda line: _moment(line.case.decided_at)),
    Column(N_("What"), lambda line: _(subject(line.case.kind).label)),
    Column(N_("Code"), lambda line: line.code),
    Column(N_("Title"), lambda line: line.title),
    Column(N_("Organisation"), lambda line: line.org_name),
    Column(N_("Decision"), lambda line: DECISIONS.label(line.case.decision, language())),
    Column(N_("Reason"), lambda line: review_of(line.case.kind).reasons.label(line.case.reason_code, language())),
    Column(N_("To the author"), lambda line: line.case.text),
    Column(N_("Moderator"), lambda line: line.moderator),
    Column(N_("Submitted"), lambda line: _moment(line.case.submitted_at)),
    Column(N_("Due"), lambda line: _moment(line.case.due_at)),
    Column(N_("In time"), lambda line: _("Late") if line.late else _("On time")),
)
