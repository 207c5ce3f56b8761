"""The style guide: every component alive, for those who build pages. Not served in production."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    FormField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.core.access import access
from marketplace.core.permissions import DEVELOPMENT
from marketplace.core.subjects import SUBJECTS
from marketplace.organisations.lifecycle import ORGANISATION
from marketplace.values import clock
from marketplace.vocabulary.technology import PRICING_MODES
from marketplace.web.forms import DayField, ExchangeForm, LineField, MoneyField, TagsField, TermField

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


class FigureForm(PlainForm):
    """One repeated row."""

    name = StringField("Tên chỉ tiêu")
    value = StringField("Giá trị")
    unit = StringField("Đơn vị")


class SampleForm(ExchangeForm):
    """One field of each kind."""

    title = LineField("Tên công nghệ", [DataRequired()], description="Nói rõ công nghệ làm gì, không dùng tên thương mại.")
    summary = TextAreaField("Tóm tắt công khai", description="Mọi người đều đọc được phần này.")
    keywords = TagsField("Từ khóa")
    field_code = TermField("Hình thức giá", vocabulary=PRICING_MODES)
    kind = RadioField("Quyền chuyển giao", choices=[("own", "Quyền sở hữu"), ("use", "Quyền sử dụng")])
    forms = SelectMultipleField(
        "Hình thức chuyển giao",
        choices=[("a", "Độc lập"), ("b", "Góp vốn bằng công nghệ"), ("c", "Kèm mua bán máy móc")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    price = MoneyField("Giá chào", description="Ví dụ: 1,5 tỷ hoặc 500 triệu")
    image = FileField("Ảnh minh họa", description="PNG hoặc JPEG, tối đa 5 MB.")
    until = DayField("Hạn nhận trả lời")
    share = LineField("Tỷ lệ sở hữu")
    agree = BooleanField("Tôi có quyền đưa công nghệ này lên sàn", [DataRequired()])
    specs = FieldList(FormField(FigureForm), min_entries=2)


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
