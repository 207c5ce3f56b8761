"""Reading the data files: rows written as "cell | cell", days written as offsets, and what need not be said twice."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from marketplace.buyer_requests.kind import KIND as NEED
from marketplace.buyer_requests.rules import SIX_KEYS
from marketplace.listings.kind import KIND as LISTING
from marketplace.organisations.models import Organisation

DATA = Path(__file__).parent.parent / "demo_data"
Entry = Mapping[str, Any]

#: What most technologies of the demonstration say alike; an entry that says otherwise wins.
_LISTING_DEFAULTS: Entry = {
    "language": "vi", "right_basis": "own", "funding_source": "private", "origin": "domestic",
    "transfer_directions": ["domestic"], "transfer_right": "use_right", "exclusivity": "non_exclusive",
    "sublicence": False, "territory": "Toàn lãnh thổ Việt Nam", "term_months": 60, "transfer_forms": ["independent"],
    "transfer_methods": ["documents", "training"], "support_kinds": ["training", "on_site", "warranty"],
    "warranty_months": 12, "visibility": "public",
}
_NEED_DEFAULTS: Entry = {"language": "vi", "visibility": "public", "transfer_forms": ["independent"]}
_DAYS = {"answer_deadline", "start_on", "end_on", "trl_assessed_on"}


def read(name: str, *, folder: Path = DATA) -> list[Entry]:
    """Return the entries of every file whose name begins with `name`, in the order of the file names."""
    found: list[Entry] = []
    for path in sorted(folder.glob(f"{name}*.toml")):
        for entries in tomllib.loads(path.read_text(encoding="utf-8")).values():
            found += entries
    return found


def cells(row: str) -> list[str]:
    """Return the cells of a row; a dash stands for an empty one."""
    return ["" if cell.strip() == "–" else cell.strip() for cell in row.split("|")]


def listing_values(entry: Entry, owner: Organisation, today: date) -> dict[str, Any]:
    """Return what a version of a listing says. Drafts say only what their entry does."""
    defaults = {} if entry["story"] == "draft" else {**_LISTING_DEFAULTS, **_place_and_contact(owner)}
    values = {**defaults, **{name: entry[name] for name in LISTING.names if name in entry}}
    if entry["story"] != "draft":
        values.setdefault("owners", [f"{owner.name} | {owner.tax_code} | 10000"])
    if "specs" in values:
        values["specs"] = _rows(values["specs"], "name", "value", "unit")
    if "owners" in values:
        values["owners"] = [
            {**row, "share_bp": int(row["share_bp"])} for row in _rows(values["owners"], "name", "tax_code", "share_bp")
        ]
    if "ip" in values:
        values["ip"] = _rows(values["ip"], "kind", "status", "number", "country", "filed_on")
    if "trl_assessed_on" in values:  # counted from the day the listing was written, not from today
        values["trl_assessed_on"] -= entry["days"]
    return _with_days(values, today)


def need_values(entry: Entry, owner: Organisation, ids: Mapping[str, int], today: date) -> dict[str, Any]:
    """Return what a version of a need says; `ids` gives the organisations by their key."""
    defaults = {} if entry["story"] == "draft" else {**_NEED_DEFAULTS, **_place_and_contact(owner)}
    values = {**defaults, **{name: entry[name] for name in NEED.names if name in entry}}
    if "target_measures" in values:
        values["target_measures"] = _rows(values["target_measures"], "name", "baseline", "target", "unit")
    if "criteria" in values:
        rows = _rows(values["criteria"], "name", "weight")
        values["criteria"] = [{**row, "weight": int(row["weight"])} for row in rows]
    if "invite" in entry:
        values["invited_org_ids"] = [ids[key] for key in entry["invite"]]
    if "six" in entry:
        box = dict(zip(SIX_KEYS, entry["six"], strict=True))
        box |= {name: (today + timedelta(days=int(box[name]))).isoformat() for name in ("start", "due")}
        values["six_clear"] = box
    return _with_days(values, today)


def _rows(rows: list[str], *names: str) -> list[dict[str, Any]]:
    return [dict(zip(names, cells(row), strict=True)) for row in rows]


def _place_and_contact(owner: Organisation) -> dict[str, Any]:
    return {
        "province_code": owner.province_code,
        "ward_code": owner.ward_code,
        "contact_name": owner.legal_representative,
        "contact_email": owner.email,
        "contact_phone": owner.phone,
    }


def _with_days(values: dict[str, Any], today: date) -> dict[str, Any]:
    for name in _DAYS & values.keys():
        values[name] = today + timedelta(days=values[name])
    return values
