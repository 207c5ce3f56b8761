"""Shapes of input around a lead."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, MultipleFileField
from wtforms.validators import Length

from marketplace.negotiation.messages import LONGEST
from marketplace.web.forms import ExchangeForm, LongField


class MessageForm(ExchangeForm):
    """One message. `once` is the form's own number, so that a double click is one message."""

    once = HiddenField(validators=[Length(max=40)])
    text = LongField(_l("Your message"), [Length(max=LONGEST)])
    file = MultipleFileField(_l("Files"))
