"""The record of a deal as a PDF (PDF/A-2b), made by typst from a JSON of plain strings.

The same record at the same moment gives the same bytes: nothing is taken from the machine but the typeface.
"""

from __future__ import annotations

import json
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import typst
from flask import current_app

from marketplace import clock
from marketplace.deals.models import Deal
from marketplace.deals.record import sections, state_name
from marketplace.text import nfc

_FONTS = [str(files("fontpkg_be_vietnam_pro") / "files")]


def render(deal: Deal, at: datetime) -> bytes:
    """Return the PDF of a deal's record as it stands; `at` is the moment named on it."""
    taken = f"Trích xuất lúc {clock.format_datetime(at)}"
    site = str(current_app.extensions["settings"].site_name)
    data = {
        "title": f"Hồ sơ giao dịch {deal.code}", "site": site, "heading": "Hồ sơ giao dịch công nghệ", "code": deal.code,
        "state": state_name(deal.state), "taken": taken, "subject": deal.title, "sections": sections(deal),
        "footer": f"{taken}. Bản trích xuất để tham khảo, không thay thế hợp đồng.",
    }
    template = Path(current_app.root_path).parent / "templates" / "pdf" / "deal.typ"
    return bytes(typst.compile(
        str(template), font_paths=_FONTS, ignore_system_fonts=True, format="pdf", pdf_standards=["a-2b"],
        timestamp=at.replace(microsecond=0), sys_inputs={"data": nfc(json.dumps(data, ensure_ascii=False))},
    ))
