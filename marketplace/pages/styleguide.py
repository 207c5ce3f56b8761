"""The style guide: every component alive, for those who build pages. Not served in production."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.core.access import access
from marketplace.core.permissions import DEVELOPMENT
from marketplace.core.subjects import SUBJECTS
from marketplace.organisations.lifecycle import ORGANISATION
from marketplace.pages.forms import SampleForm
from marketplace.values import clock

bp = Blueprint("styleguide", __name__, url_prefix="/styleguide")

#: (template, name, what it shows)
PARTS = (
    ("home", "Trang chủ", "Tìm kiếm lớn, con số, thẻ, lối vào"),
    ("forms", "Biểu mẫu", "Trường, lỗi, các bước, mục còn thiếu, dòng lặp"),
    ("lists", "Danh sách", "Bộ lọc, kết quả, bảng, hàng chờ, danh sách rỗng"),
    ("records", "Hồ sơ", "Dữ kiện, phù hợp, so sánh, lịch sử, thời hạn"),
    ("status", "Trạng thái", "Nhãn, hạn xử lý, TRL, phần mật"),
    ("figures", "Con số", "Chỉ số, việc cần làm, biểu đồ"),
)


def _sample_form() -> SampleForm:
    form = SampleForm(
        formdata=None,
        data={
            "summary": "Màng lọc sinh học cho trang trại.",
            "price": 1_500_000_000,
            "kind": "use",
            "forms": ["b"],
            "specs": [
                {"name": "Công suất", "value": "120", "unit": "m³/ngày"},
                {"name": "COD đầu ra", "value": "< 75", "unit": "mg/l"},
            ],
        },
    )
    if "errors" in request.args:
        form.title.errors = ["Tên cần từ 10 đến 300 ký tự."]
        form.price.errors = ["Chưa rõ là 1.500 hay 1,5. Hãy viết “1,5 tỷ” hoặc “1.500.000”."]
        form.kind.errors = ["Chọn một quyền chuyển giao."]
        form.agree.errors = ["Cần xác nhận trước khi gửi duyệt."]
    return form


def icon_names() -> list[str]:
    """Return the names of the icons that pages may use."""
    sprite = Path(current_app.static_folder or "") / "img" / "icons.svg"
    return re.findall(r'<symbol id="([^"]+)"', sprite.read_text(encoding="utf-8"))


@bp.get("")
@access(DEVELOPMENT)
def index() -> ResponseReturnValue:
    """List the parts, with buttons, messages, text and icons."""
    return render_template("pages/styleguide.html", parts=PARTS, icons=icon_names())


@bp.get("/<part>")
@access(DEVELOPMENT)
def show(part: str) -> ResponseReturnValue:
    """Show the components of one part; `?errors` shows the form refused."""
    if part not in {name for name, _title, _text in PARTS}:
        abort(404)
    return render_template(f"pages/styleguide/{part}.html", form=_sample_form(), now=clock.now(), **_states())


def _states() -> dict[str, object]:
    """Return every look of a state, once, and the states of an organisation."""
    every = [state for one in SUBJECTS.values() if one.lifecycle for state in one.lifecycle.states]
    looks = {(state.tone, state.icon): state for state in reversed(every)}
    return {"states": list(reversed(looks.values())), "organisation_states": ORGANISATION.names}
