"""The record of a deal as a PDF (PDF/A-2b), made by typst from a JSON of plain strings.

The same record at the same moment gives the same bytes: nothing is taken from the machine but the typeface.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app

from marketplace.deals.models import Deal
from marketplace.deals.pdf_fonts import FAMILIES, FOLDERS, coded, lacking
from marketplace.deals.record import certificate, sections, state_name
from marketplace.values import clock
from marketplace.values.text import nfc
from marketplace.web import typesetting

_CODED = " Chữ mà bộ chữ in không có được ghi bằng mã Unicode, như [U+4E2D]; trang hồ sơ trên sàn hiện nguyên văn."
_CUT = " Văn bản quá dài được rút ngắn; trang hồ sơ trên sàn hiện đầy đủ."


def render(deal: Deal, at: datetime) -> bytes:
    """Return the PDF of a deal's record as it stands; `at` is the moment named on it, or one at most ten minutes ago.

    Raises Unreachable when it cannot be made within the bounds of memory and time.
    """
    template, data, stamp = source(deal, at)
    return typesetting.made(deal.code, template, data, FOLDERS, at, stamp=stamp)


def render_certificate(deal: Deal, at: datetime) -> bytes:
    """Return the certificate of a completed deal as a PDF; otherwise as `render`."""
    template, data, stamp = set_from({
        "title": f"Giấy xác nhận giao dịch {deal.code}", "heading": "Giấy xác nhận giao dịch công nghệ", "code": deal.code,
        "state": state_name(deal.state), "subject": deal.title, "sections": certificate(deal),
    }, at, "Sàn xác nhận điều hai bên đã ghi trên sàn; không thay thế hợp đồng và chứng từ của hai bên.")
    return typesetting.made(f"{deal.code}-certificate", template, data, FOLDERS, at, stamp=stamp)


def source(deal: Deal, at: datetime) -> tuple[Path, dict[str, Any], str]:
    """Return what a record is set from: the template, its data, and the name of the content without the moment."""
    return set_from({
        "title": f"Hồ sơ giao dịch {deal.code}", "heading": "Hồ sơ giao dịch công nghệ", "code": deal.code,
        "state": state_name(deal.state), "subject": deal.title, "sections": sections(deal),
    }, at, "Bản trích xuất để tham khảo, không thay thế hợp đồng.")


def set_from(content: dict[str, Any], at: datetime, purpose: str) -> tuple[Path, dict[str, Any], str]:
    """Return what a document of ours is set from: the template, its data, and the name of the content without the moment.

    `content` holds title, heading, code, state, subject and sections, as plain strings; `purpose` stands in the footer.
    """
    taken = f"Trích xuất lúc {clock.format_datetime(at)}"
    said = _each({**content, "site": str(current_app.extensions["settings"].site_name)}, nfc)
    missing = lacking("".join(_texts(said)))
    data = _each(said, lambda text: coded(text, missing))
    longest = typesetting.bounded(list(_texts(data)))
    cut = _each(data, lambda text: text if len(text) <= longest else f"{text[:longest]} […]")
    footer = f"{taken}. {purpose}" + (_CODED if data != said else "") + (_CUT if cut != data else "")
    template = Path(current_app.root_path).parent / "templates" / "pdf" / "deal.typ"
    return template, {**cut, "taken": taken, "footer": footer, "fonts": list(FAMILIES)}, typesetting.stamp_of(said)


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """Return plain values with every text changed; equal to what came in when nothing had to change."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each(one, change) for key, one in value.items()}
    return type(value)(_each(one, change) for one in value) if isinstance(value, list | tuple) else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
