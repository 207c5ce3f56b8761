"""Small forms on the pages of needs: a question, a move with its reason or its new deadline."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from marketplace.authoring.fields import AtMost
from marketplace.buyer_requests.actions import ENQUIRY_LENGTH
from marketplace.web.forms import DayField, ExchangeForm, LongField, ReasonForm


class EnquiryForm(ExchangeForm):
    """A question to the requester."""

    text = LongField(
        _l("Your question"),
        [InputRequired(_l("Write your question.")), AtMost(ENQUIRY_LENGTH[1])],
        description=_l("Your name, organisation and e-mail address are sent along, so that they can answer."),
    )


class MoveForm(ReasonForm):
    """A move of the lifecycle: some want a reason, some a deadline."""

    answer_deadline = DayField(_l("New deadline for answers"), description=_l("dd/mm/yyyy"))
