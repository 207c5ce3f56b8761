"""The deals of the organisation acted for, and their export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.core.access import access, actor
from marketplace.core.permissions import ACTING
from marketplace.deals.export import OWN_COLUMNS
from marketplace.deals.lifecycle import TAB_LABELS
from marketplace.deals.models import Deal
from marketplace.deals.progress import days_still, next_of
from marketplace.deals.queries import loading, own_list
from marketplace.deals.views.blueprint import bp
from marketplace.deals.views.context import next_shown
from marketplace.values.text import N_, clean_line
from marketplace.web.paging import Paging, requested_page
from marketplace.web.spreadsheet import csv_answer
from marketplace.web.tabs import Tab, tabs

SIZE = 20


def _wanted() -> own_list.Wanted:
    """Read what is asked for from the address; nonsense asks for everything."""
    asked = request.args
    tab, sort, side = asked.get("stage", ""), asked.get("sort", ""), asked.get("side", "")
    return own_list.Wanted(
        org_id=actor().org_id or 0, tab=tab if tab in own_list.TABS else "",
        side=side if side in {"supplier", "buyer"} else "", words=clean_line(asked.get("q", ""))[:200],
        sort=sort if sort in own_list.SORTS else "changed",
    )


@bp.get("/my/deals")
@access(ACTING)
def mine() -> ResponseReturnValue:
    """List the deals of the organisation acted for."""
    wanted = _wanted()
    number, offset = requested_page(SIZE)
    deals, total = own_list.listed(wanted, offset, SIZE)
    kept = {"stage": wanted.tab, "side": wanted.side, "q": wanted.words, "sort": wanted.sort}
    counts = own_list.counts(wanted.org_id)

    def href(**changes: str) -> str:
        return _href("deals.mine", {**kept, **changes})

    return render_template(
        "deals/mine.html", tabs=_tabs(wanted.tab, counts, href), href=href, counts=counts,
        rows=[_row(deal) for deal in deals], wanted=wanted, paging=Paging(number, SIZE, total), kept=kept,
        export=_href("deals.export", kept),
    )


def _tabs(chosen: str, counts: Mapping[str, int], href: Callable[..., str]) -> list[Tab]:
    """Return the tabs of stages that hold a deal, and the chosen one."""
    return tabs({"": N_("All"), **TAB_LABELS}, chosen, lambda tab: href(stage=tab), counts, empty=False)


def _href(endpoint: str, kept: dict[str, str]) -> str:
    query: dict[str, Any] = {name: value for name, value in kept.items() if value and (name, value) != ("sort", "changed")}
    return url_for(endpoint, **query)


def _row(deal: Deal) -> dict[str, Any]:
    side = deal.side_of(actor())
    writes = side if deal.roles_of(actor()) & {"supplier", "buyer"} else ""
    return {
        "deal": deal, "href": loading.path_of(deal), "side": side,
        "other": deal.buyer if side == "supplier" else deal.supplier,
        "still": days_still(deal), "next": next_shown(deal, next_of(deal), writes, actor()),
    }


@bp.get("/my/deals.csv")
@access(ACTING)
def export() -> ResponseReturnValue:
    """Download the list for a spreadsheet, narrowed as on the page."""
    return csv_answer("deals", OWN_COLUMNS, own_list.every(_wanted()))


