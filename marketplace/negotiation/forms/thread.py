"""Shapes of input around a lead."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField
from wtforms.validators import InputRequired, Length

from marketplace.negotiation.actions.messages import LONGEST
from marketplace.negotiation.forms.leads import OnceForm
from marketplace.vocabulary import COMPLAINT_KINDS
from marketplace.web.forms import ExchangeForm, LongField, TermField


class MessageForm(OnceForm):
    """One message; a double click is one message."""

    text = LongField(_l("Your message"), [Length(max=LONGEST)])
    file = MultipleFileField(_l("Files"))


class ComplaintForm(ExchangeForm):
    """What a side complains about."""

    kind = TermField(
        _l("What it is about"), [InputRequired(_l("Please choose from the list."))], vocabulary=COMPLAINT_KINDS
    )
    text = LongField(_l("What happened"), [Length(min=20, max=4000)])
