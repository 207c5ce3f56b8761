"""Lists of the staff's pages for spreadsheets: the work that waits, and who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from flask import request
from flask_babel import gettext as _

from marketplace.core.work import WorkItem
from marketplace.values.text import N_
from marketplace.web.spreadsheet import Column


def work_columns(holders: Mapping[int, str]) -> tuple[Column[WorkItem], ...]:
    """Return the columns of the work that waits; `holders` are the names of those who hold some of it."""
    return (
        Column(N_("Due"), lambda item: item.due_at),
        Column(N_("Overdue"), lambda item: _("yes") if item.overdue else ""),
        Column(N_("Kind"), lambda item: _(item.source.label)),
        Column(N_("Name or title"), lambda item: item.title),
        Column(N_("Waiting since"), lambda item: item.since),
        Column(N_("Held by"), lambda item: holders.get(item.holder_id or 0, "")),
        Column(N_("Address"), lambda item: urljoin(request.host_url, item.path) if item.path else ""),
    )


@dataclass(frozen=True)
class PermissionLine:
    """One page or move for one role and one state, in the reader's language."""

    role: str
    thing: str
    what: str
    state_before: str
    state_after: str
    permission: str


PERMISSIONS: tuple[Column[PermissionLine], ...] = (
    Column(N_("Role"), lambda line: line.role),
    Column(N_("Thing"), lambda line: line.thing),
    Column(N_("Page or move"), lambda line: line.what),
    Column(N_("State before"), lambda line: line.state_before),
    Column(N_("State after"), lambda line: line.state_after),
    Column(N_("By which permission"), lambda line: line.permission),
)
