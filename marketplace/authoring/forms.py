"""Shapes of what an author sends beside the steps: the title that begins a thing, and an upload."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, MultipleFileField, SelectField
from wtforms.validators import DataRequired

from marketplace.authoring.fields import AtMost
from marketplace.web.forms import ExchangeForm, LineField


class NewForm(ExchangeForm):
    """The one thing needed to begin."""

    title = LineField(_l("Title"), [DataRequired(_l("Give it a title; you can change it later.")), AtMost(300)])


class UploadForm(ExchangeForm):
    """One upload into one role."""

    role = HiddenField()
    file = MultipleFileField(_l("File"))
    tier = SelectField(_l("Who may read it"), choices=[])
    caption = LineField(_l("What it shows"), [AtMost(300)])
