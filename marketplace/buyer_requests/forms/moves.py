"""The form on the pages of needs: a move with its reason or its new deadline."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.web.forms import DayField, ReasonForm


class MoveForm(ReasonForm):
    """A move of the lifecycle: some want a reason, some a deadline."""

    answer_deadline = DayField(_l("New deadline for answers"), description=_l("dd/mm/yyyy"))
