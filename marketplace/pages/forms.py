"""Forms of the pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from marketplace.web.forms import ExchangeForm, LineField, LongField


class TextForm(ExchangeForm):
    """One editable text."""

    title = LineField(_l("Title"), [InputRequired(), Length(max=300)])
    body = LongField(
        _l("Text"),
        [InputRequired(), Length(max=100_000)],
        description=_l("Markdown: # heading, **bold**, - list, [link](address). HTML is shown as typed."),
    )
