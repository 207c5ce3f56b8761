"""Shapes of a saved search: its name, how often one hears of it, and the address it stands for."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired, Length

from marketplace.saved_searches.models import MOST_NAME
from marketplace.web.forms import ExchangeForm, LineField


def frequencies() -> list[tuple[str, str]]:
    """Return how often one may hear of a search, with words."""
    return [("at_once", _("At once")), ("daily", _("Once a day")), ("weekly", _("Once a week")), ("off", _("Never"))]


class SearchForm(ExchangeForm):
    """Name and frequency of a saved search."""

    name = LineField(_l("Name of the search"), [InputRequired(_l("Give the search a name.")), Length(max=MOST_NAME)],
                     id="saved-name")
    frequency = SelectField(_l("Tell me about new results"), choices=frequencies, default="daily", id="saved-frequency")


class SaveForm(SearchForm):
    """A new one, with the address that it stands for."""

    kind = HiddenField()
    address = HiddenField()
