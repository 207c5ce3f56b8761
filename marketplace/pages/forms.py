"""Forms of the pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
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
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.vocabulary.technology import PRICING_MODES
from marketplace.web.forms import (
    DayField,
    ExchangeForm,
    LineField,
    LongField,
    MoneyField,
    TagsField,
    TermField,
)


class TextForm(ExchangeForm):
    """One editable text."""

    title = LineField(_l("Title"), [InputRequired(), Length(max=300)])
    body = LongField(
        _l("Text"),
        [InputRequired(), Length(max=100_000)],
        description=_l("Markdown: # heading, **bold**, - list, [link](address). HTML is shown as typed."),
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
