"""The columns of the requester's needs as CSV for spreadsheets."""

from __future__ import annotations

from marketplace.authoring.export import ExportRow
from marketplace.values.text import N_
from marketplace.vocabulary import NEED_KINDS, NEED_VISIBILITIES
from marketplace.web.i18n import language
from marketplace.web.spreadsheet import Column

COLUMNS: tuple[Column[ExportRow], ...] = (
    Column(N_("Code"), lambda line: line.thing.code),
    Column(N_("Title"), lambda line: line.revision.title),
    Column(N_("Kind of need"), lambda line: NEED_KINDS.label(line.revision.kind, language())),
    Column(N_("State"), ExportRow.state),
    Column(N_("Version"), lambda line: f"{line.revision.number} ({line.version_state()})"),
    Column(N_("Who sees this need"), lambda line: NEED_VISIBILITIES.label(line.revision.visibility, language())),
    Column(N_("Deadline for answers"), lambda line: line.thing.answer_deadline or line.revision.answer_deadline),
    Column(N_("Budget from"), lambda line: line.revision.budget_min),
    Column(N_("Budget to"), lambda line: line.revision.budget_max),
    Column(N_("Published on"), lambda line: line.thing.published_at),
    Column(N_("Views in 90 days"), lambda line: line.views),
)
