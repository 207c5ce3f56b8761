"""The page of the work that waits: all that the reader may take up, of every feature, what is due first at the top."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core import work
from marketplace.core.access import access, actor
from marketplace.core.calendar_days import working_calendar
from marketplace.core.extensions import db
from marketplace.core.permissions import HANDLE_WORK
from marketplace.core.work import WorkItem
from marketplace.pages.export import work_columns
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.web.i18n import language
from marketplace.web.spreadsheet import csv_answer
from marketplace.web.tabs import Tab, tabs

bp = Blueprint("waiting", __name__)
PER_PAGE = 50
MOST_ROWS = 5_000  # of a download


def _chosen() -> str:
    """Return the source that the address asks for, or an empty string for all; one that is not the reader's is none."""
    asked = request.args.get("source", "")
    return asked if asked in {one.name for one in work.open_to(actor())} else ""


def _address(source: str, after: str = "") -> str:
    return url_for("waiting.show", source=source or None, after=after or None)


def _tabs(chosen: str) -> list[Tab]:
    """Return a tab for all, and one for each source in which something waits."""
    counts = {name: count.total for name, count in work.counts(actor()).items()}
    names = {"": N_("All"), **{one.name: one.label for one in work.open_to(actor())}}
    return tabs(names, chosen, _address, {"": sum(counts.values()), **counts}, empty=False)


def _holders(items: Sequence[WorkItem]) -> dict[int, str]:
    ids = {item.holder_id for item in items if item.holder_id is not None}
    return dict(db.session.execute(select(User.id, User.name).where(User.id.in_(ids))).tuples().all()) if ids else {}


@bp.get("/staff/work")
@access(HANDLE_WORK)
def show() -> ResponseReturnValue:
    """Show what waits for the reader, of all sources or of one."""
    chosen, after = _chosen(), request.args.get("after", "")
    items = work.queue(actor(), language(), sources=[chosen] if chosen else (), after=after, size=PER_PAGE + 1)
    shown, calendar = items[:PER_PAGE], working_calendar()
    return render_template(
        "staff/work.html", rows=[(item, clock.due_text(item.due_at, calendar=calendar)) for item in shown],
        holders=_holders(shown), tabs=_tabs(chosen), chosen=chosen,
        start=_address(chosen) if after else "", more=_address(chosen, shown[-1].key) if len(items) > PER_PAGE else "",
        export=url_for("waiting.export", source=chosen or None),
    )


@bp.get("/staff/work.csv")
@access(HANDLE_WORK)
def export() -> ResponseReturnValue:
    """Download what waits for the reader, as filtered."""
    chosen = _chosen()
    items = work.queue(actor(), language(), sources=[chosen] if chosen else (), size=MOST_ROWS)
    return csv_answer("work", work_columns(_holders(items)), items)
