"""What the record of a deal says, section by section, in Vietnamese: plain strings for the PDF.

A higher tier adds a section with `register_record_section`.
Everything about listing, need, parties and terms comes from the frozen copy, so that no later edit changes a record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.deals.lifecycle import DEAL, MILESTONE
from marketplace.deals.models import Deal, Signature
from marketplace.deals.regime_table import PROCEDURES
from marketplace.values import clock, money
from marketplace.values.amount_in_words import in_words
from marketplace.vocabulary import (
    AUTHORITIES,
    CONTRACT_ITEMS,
    EXCLUSIVITIES,
    PAYMENT_METHODS,
    REGIMES,
    SIGNING_METHODS,
    SUPPORT_KINDS,
    TRANSFER_DIRECTIONS,
    TRANSFER_FORMS,
    TRANSFER_METHODS,
    TRANSFER_RIGHTS,
    Vocabulary,
)
from marketplace.web.i18n import catalogue

Section = dict[str, Any]
SectionOf = Callable[[Deal], Section | None]
_registered: list[tuple[str, SectionOf]] = []
#: Sections that stand in the certificate of a completed deal too.
_certified = {"parties", "technology", "need", "acceptance", "proof"}
NOTHING = "Chưa có"


def register_record_section(name: str, build: SectionOf, *, before: str = "", certified: bool = False) -> None:
    """Let `build(deal)` add a section to the record, at its end or right before the section `before`.

    With `certified` it stands in the certificate of a completed deal too.
    It returns None when there is nothing to say. Doing it again is silence; raises ValueError when another section has the
    name, or when there is no section `before`.
    """
    known = [one for one, _build in _registered]
    if certified:
        _certified.add(name)
    if (name, build) in _registered:
        return
    if name in known or (before and before not in known):
        raise ValueError(f"section {name!r} exists already, or there is no section {before!r} to stand before")
    _registered.insert(known.index(before) if before else len(known), (name, build))


def sections(deal: Deal) -> list[Section]:
    """Return the sections in the order of the page; one without content is left out."""
    return [section for _name, build in _registered if (section := build(deal))]


def certificate(deal: Deal) -> list[Section]:
    """Return the sections of the certificate of a completed deal: when it was signed, what was accepted, what was paid."""
    found = [(name, section) for name, build in _registered if name in _certified and (section := build(deal))]
    first = next(place for place, (name, _section) in enumerate(found) if name == "acceptance")
    found.insert(first, ("days", {"title": "Hợp đồng", "facts": _contract_days(deal)}))
    return [section for _name, section in found]


def state_name(state: str) -> str:
    """Return a state of a deal in Vietnamese."""
    return _vi(DEAL.label(state)) if state else ""


def _vi(message: str) -> str:
    return str(catalogue("vi").gettext(message))


def _filled(rows: Sequence[tuple[str, Any]]) -> list[list[str]]:
    return [[label, str(value)] for label, value in rows if value not in (None, "", [])]


def _label(vocabulary: Vocabulary, code: Any) -> str:
    return vocabulary.label(code, "vi") if code else ""


def _labels(vocabulary: Vocabulary, codes: Sequence[str] | None) -> str:
    return ", ".join(vocabulary.label(code, "vi") for code in codes or ())


def _day(value: Any) -> str:
    """Return a date (or its ISO text) as dd/mm/yyyy."""
    if not value:
        return ""
    return clock.format_date(value if isinstance(value, date) else date.fromisoformat(str(value)[:10]))


def _parties(frozen: Mapping[str, Any]) -> Section:
    rows = []
    for side, title in (("supplier", "Bên giao công nghệ"), ("buyer", "Bên nhận công nghệ")):
        party = frozen[side]
        head = " – ".join(part for part in (party.get("representative"), party.get("representative_title")) if part)
        rows += _filled([
            (title, party.get("name")), ("Mã số thuế", party.get("tax_code")), ("Địa chỉ", party.get("address")),
            ("Người đại diện", head),
        ])
    return {"title": "Các bên", "facts": rows}


def _subject(title: str, subject: Mapping[str, Any] | None) -> Section | None:
    if not subject:
        return None
    known = {**subject, **(subject.get("fields") or {})}
    return {
        "title": title,
        "facts": _filled([
            ("Mã trên sàn", known.get("code")), ("Tên", known.get("title")),
            ("Tóm tắt", known.get("summary") or known.get("public_summary")),
            ("Mức độ sẵn sàng (TRL)", known.get("trl")), ("Kết quả cần đạt", known.get("target_result")),
            ("Số phiên bản được chụp lại", known.get("version")),
        ]),
    }


def _terms(terms: Mapping[str, Any]) -> Section:
    price = int(terms.get("price") or 0)
    months = terms.get("term_months")
    return {
        "title": f"Điều khoản hai bên đã chấp nhận (phiên bản {terms.get('number')})",
        "facts": _filled([
            ("Nội dung chuyển giao", terms.get("scope")),
            ("Quyền được chuyển giao", _label(TRANSFER_RIGHTS, terms.get("transfer_right"))),
            ("Tính độc quyền", _label(EXCLUSIVITIES, terms.get("exclusivity"))),
            ("Lãnh thổ", terms.get("territory")), ("Lĩnh vực sử dụng", terms.get("field_of_use")),
            ("Thời hạn", f"{months} tháng" if months else "Không giới hạn"),
            ("Chiều chuyển giao", _label(TRANSFER_DIRECTIONS, terms.get("direction"))),
            ("Hình thức chuyển giao", _label(TRANSFER_FORMS, terms.get("transfer_form"))),
            ("Phương thức chuyển giao", _labels(TRANSFER_METHODS, terms.get("transfer_methods"))),
            ("Giá", money.format_vnd(price)), ("Bằng chữ", in_words(price)),
            ("Phương thức thanh toán", _labels(PAYMENT_METHODS, terms.get("payment_methods"))),
            ("Hỗ trợ sau chuyển giao", _labels(SUPPORT_KINDS, terms.get("support_kinds"))),
            ("Bảo hành", f"{terms['warranty_months']} tháng" if terms.get("warranty_months") else ""),
            ("Phạt vi phạm", terms.get("penalties")), ("Giải quyết tranh chấp", terms.get("dispute_body")),
            ("Thỏa thuận khác", terms.get("other")),
        ]),
    }


def _schedule(deal: Deal) -> Section:
    rows = [
        [str(step.position), step.title + (f"\n{step.deliverable}" if step.deliverable else ""), _day(step.due_on),
         money.format_vnd(step.amount), _vi(MILESTONE.label(step.state)) + (
             f"\n{_day(clock.local(step.accepted_at).date())}" if step.accepted_at else "")]
        for step in deal.milestones
    ]
    total = ["", "Tổng cộng", "", money.format_vnd(sum(step.amount for step in deal.milestones)), ""]
    table = {
        "heads": ["STT", "Mốc, sản phẩm bàn giao", "Đến hạn", "Giá trị", "Tình trạng"],
        "widths": ["auto", "1", "auto", "auto", "auto"], "align": ["left", "left", "left", "right", "left"],
        "rows": rows, "total": total,
    }
    return {"title": "Tiến độ và giá trị", "table": table}


def _regime(deal: Deal) -> Section:
    term = REGIMES.get(deal.regime)
    section: Section = {"title": "Chế độ pháp lý", "facts": [["Đăng ký, cấp phép", _label(REGIMES, deal.regime)]]}
    if not PROCEDURES[deal.regime].takes_effect and term is not None and term.note_vi:
        section["note"] = term.note_vi
    return section


def _contract_days(deal: Deal) -> list[list[str]]:
    return _filled([
        ("Số hợp đồng", deal.contract_no), ("Ngày ký", _day(deal.signed_on)), ("Ngày có hiệu lực", _day(deal.effective_on)),
        ("Độc quyền đến ngày", _day(deal.licensed_until)),
    ])


def _contract(deal: Deal) -> Section:
    rows = _contract_days(deal)
    items = [
        [f"{number}. {term.vi}", str(deal.contract.get(term.code) or "") or NOTHING]
        for number, term in enumerate(CONTRACT_ITEMS.terms, 1)
    ]
    if not any(deal.contract.values()):
        items = [["Nội dung hợp đồng", NOTHING]]
    title = f"Hợp đồng ({len(CONTRACT_ITEMS)} nội dung theo Điều 23 Luật Chuyển giao công nghệ)"
    return {"title": title, "facts": rows + items}


def _signatures(deal: Deal) -> Section | None:
    rows = [_signature(one) for one in deal.signatures if one.round == deal.round]
    if not rows:
        return None
    table = {
        "heads": ["Bên ký", "Người ký, thẩm quyền", "Hình thức", "Ngày ký", "SHA-256 của tệp đã tải lên"],
        "widths": ["auto", "1", "1", "auto", "1.3"], "align": ["left"] * 5, "rows": rows,
        "whole": True,
    }
    return {
        "title": "Chữ ký", "table": table,
        "digest": "Sàn lưu tệp hợp đồng đã ký do mỗi bên tải lên và mã băm của tệp. Việc tải lên không phải là ký số.",
    }


def _signature(one: Signature) -> list[str]:
    authority = AUTHORITIES.label(one.authority, "vi") + (f" số {one.authority_no}" if one.authority_no else "")
    method = SIGNING_METHODS.label(one.method, "vi")
    if one.certificate_serial:
        method += f"\nSê-ri {one.certificate_serial}"
    digest = "\n".join(one.sha256[start:start + 16] for start in range(0, len(one.sha256), 16))
    side = "Bên giao" if one.side == "supplier" else "Bên nhận"
    return [side, f"{one.signer_name}\n{one.signer_position}\n{authority}", method, _day(one.signed_on), digest]


def _acceptance(deal: Deal) -> Section | None:
    if deal.completed_at is None or deal.value_realised is None:
        return None
    return {
        "title": "Nghiệm thu",
        "facts": _filled([
            ("Biên bản số", deal.minutes_no), ("Ngày nghiệm thu", _day(deal.minutes_on)), ("Kết quả", deal.result),
            ("Giá trị thực hiện", money.format_vnd(deal.value_realised)), ("Bằng chữ", in_words(deal.value_realised)),
        ]),
    }


def _course(deal: Deal) -> Section:
    """Return the moves between states, oldest first; who moved is told by side, not by name."""
    moves = select(Event).where(
        Event.subject_kind == "deal", Event.subject_id == deal.id, Event.to_state != "", Event.from_state != Event.to_state
    )
    sides = {deal.supplier_org_id: "Bên giao", deal.buyer_org_id: "Bên nhận"}
    rows = [
        [clock.format_datetime(event.at), state_name(event.to_state),
         sides.get(event.on_behalf_of or 0, "Sàn" if event.actor_id else "Hệ thống")]
        for event in db.session.scalars(moves.order_by(Event.seq))
    ]
    heads, widths = ["Thời điểm", "Chuyển sang", "Do"], ["auto", "1", "auto"]
    table = {"heads": heads, "widths": widths, "align": ["left"] * 3, "rows": rows}
    return {"title": "Diễn biến", "table": table}


def _proof(deal: Deal) -> Section:
    last = db.session.scalars(
        select(Event).where(Event.subject_kind == "deal", Event.subject_id == deal.id).order_by(Event.seq.desc()).limit(1)
    ).first()
    return {
        "title": "Đối chiếu",
        "text": "Hai mã dưới đây cho phép kiểm tra bản này với hồ sơ gốc trên sàn.",
        "facts": _filled([
            ("SHA-256 bản chụp điều khoản", _broken(deal.frozen_sha256)),
            ("Mã sự kiện cuối trong nhật ký", _broken(last.hash) if last else ""),
            ("Số sự kiện đã ghi", last.seq if last else ""),
        ]),
    }


def _broken(digest: str) -> str:
    return f"{digest[:32]}\n{digest[32:]}"


for _name, _build in (
    ("parties", lambda deal: _parties(deal.frozen)),
    ("technology", lambda deal: _subject("Công nghệ", deal.frozen.get("listing"))),
    ("need", lambda deal: _subject("Nhu cầu được giải quyết", deal.frozen.get("need"))),
    ("terms", lambda deal: _terms(deal.frozen["terms"])),
    ("schedule", _schedule), ("regime", _regime), ("contract", _contract), ("signatures", _signatures),
    ("acceptance", _acceptance), ("course", _course), ("proof", _proof),
):
    register_record_section(_name, _build)
