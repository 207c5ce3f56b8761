"""The record of a deal as a PDF (PDF/A-2b), made by typst from a JSON of plain strings.

The same record at the same moment gives the same bytes: nothing is taken from the machine but the typeface.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from flask import current_app

from marketplace.deals.models import Deal
from marketplace.deals.pdf_fonts import printable, typefaces
from marketplace.deals.record import sections, state_name
from marketplace.values import clock
from marketplace.values.text import nfc

_CODED = " Chữ mà bộ chữ in không có được ghi bằng mã Unicode, như [U+4E2D]; trang hồ sơ trên sàn hiện nguyên văn."


def render(deal: Deal, at: datetime) -> bytes:
    """Return the PDF of a deal's record as it stands; `at` is the moment named on it."""
    taken = f"Trích xuất lúc {clock.format_datetime(at)}"
    site = str(current_app.extensions["settings"].site_name)
    said = {
        "title": f"Hồ sơ giao dịch {deal.code}", "site": site, "heading": "Hồ sơ giao dịch công nghệ", "code": deal.code,
        "state": state_name(deal.state), "taken": taken, "subject": deal.title, "sections": sections(deal),
        "footer": f"{taken}. Bản trích xuất để tham khảo, không thay thế hợp đồng.",
    }
    data = _mapped(said)
    if data != said:
        data["footer"] += _CODED
    template = Path(current_app.root_path).parent / "templates" / "pdf" / "deal.typ"
    return bytes(typst.compile(
        str(template), font_paths=typefaces(), format="pdf", pdf_standards=["a-2b"],
        timestamp=at.replace(microsecond=0), sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    ))


def _mapped(value: Any) -> Any:
    """Return plain values with every text in NFC and printable; equal to what came in when nothing had to change."""
    if isinstance(value, str):
        return printable(nfc(value))
    if isinstance(value, dict):
        return {key: _mapped(one) for key, one in value.items()}
    return type(value)(_mapped(one) for one in value) if isinstance(value, list | tuple) else value
