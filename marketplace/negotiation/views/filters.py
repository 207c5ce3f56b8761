"""What a list of leads is asked for, read from the address; nonsense means everything."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import request

from marketplace.negotiation.lifecycle import LEAD
from marketplace.negotiation.queries.lead_lists import IDLE_STEPS, SORTS, TABS, LeadFilters
from marketplace.values.text import clean_line
from marketplace.vocabulary import LEAD_ORIGINS, SIDES

KEPT = ("tab", "side", "state", "origin", "idle", "q", "sort")


def requested(default_sort: str = "activity") -> LeadFilters:
    """Return the filters of the present request."""
    asked = {name: clean_line(request.args.get(name, ""))[:200] for name in KEPT}
    idle = asked["idle"]
    return LeadFilters(
        tab=asked["tab"] if asked["tab"] in TABS else "",
        side=asked["side"] if asked["side"] in SIDES else "",
        state=asked["state"] if asked["state"] in LEAD.names else "",
        origin=asked["origin"] if asked["origin"] in LEAD_ORIGINS else "",
        idle=int(idle) if idle in {str(days) for days in IDLE_STEPS} else 0,
        text=asked["q"],
        sort=asked["sort"] if asked["sort"] in SORTS else default_sort,
    )


def address(path: str, **changes: str) -> str:
    """Return `path` with the present filters and some of them changed; a changed filter starts at the first page."""
    kept = {key: value for key, value in request.args.items() if key in KEPT}
    query = urlencode({key: value for key, value in {**kept, **changes}.items() if value})
    return path + (f"?{query}" if query else "")
