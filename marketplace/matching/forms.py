"""Shapes of what is sent about matches: new weights, the pair that is asked about, a mark."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, NumberRange

from marketplace.matching.factors import LABELS
from marketplace.matching.formula import DEFAULT_WEIGHTS
from marketplace.vocabulary import UNSUITABLE_REASONS
from marketplace.web.forms import DayField, ExchangeForm, LineField, LongField, TermField, WholeField


class WeightsForm(ExchangeForm):
    """New weights from a day on."""

    effective_on = DayField(_l("In force from"), [InputRequired(_l("Enter a date."))])
    note = LongField(_l("Reason"), [Length(max=2000)])

    def weights(self) -> dict[str, int]:
        """Return the weights as entered."""
        return {name: int(self[name].data) for name in DEFAULT_WEIGHTS}


for _name in DEFAULT_WEIGHTS:
    _checks = [InputRequired(_l("A weight is a whole number from 0 to 100.")),
               NumberRange(0, 100, _l("A weight is a whole number from 0 to 100."))]
    setattr(WeightsForm, _name, WholeField(LABELS[_name], _checks))


class WhyForm(ExchangeForm):
    """Which pair is asked about; sent by GET."""

    need = LineField(_l("Need"), [InputRequired(_l("Enter a code such as NC-2026-000123."))])
    listing = LineField(_l("Technology"), [InputRequired(_l("Enter a code such as CN-2026-000123."))])


class MarkForm(ExchangeForm):
    """Why a match is marked."""

    reason_code = TermField(_l("Reason"), vocabulary=UNSUITABLE_REASONS)
    reason = LineField(_l("In words"), [Length(max=500)])
