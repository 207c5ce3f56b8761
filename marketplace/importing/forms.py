"""Forms of importing: the upload, and the choice of columns."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from marketplace.importing.columns import MANY, fields_of
from marketplace.importing.import_kinds import TARGETS
from marketplace.web.forms import ExchangeForm, LineField


class UploadForm(ExchangeForm):
    """A file, what it holds, and whose it is."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])
    kind = SelectField(_l("What the file holds"), choices=lambda: [(t.name, _(t.label)) for t in TARGETS.values()])
    organisation = LineField(
        _l("Owner of the records"), [InputRequired(_l("Name the organisation."))],
        description=_l("Name or short name of an organisation that is registered here."),
    )
    publish = BooleanField(
        _l("Publish at once"),
        description=_l("Without this the records become drafts that say what is missing. Only a title is needed; what the "
                       "file does not say is shown as “not stated”."),
    )


def column_choices(kind: str) -> list[tuple[str, str]]:
    """Return (our field, label) for the selects of the preview; the empty choice leaves a column out."""
    return [("", _("Leave out")), *((name, _(label)) for name, label in fields_of(kind).items())]


def mapping_of(
    kind: str, headers: list[str], chosen: dict[str, str], before: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Return the mapping that the selects say (column number → our field) and what is wrong with it."""
    offered, problems = fields_of(kind), []
    columns: dict[str, list[str]] = {}
    for number, header in enumerate(headers):
        name = chosen.get(f"column-{number}", "")
        if name in offered:
            columns.setdefault(name, []).append(header)
    for name, found in columns.items():
        if len(found) > 1 and name not in MANY:
            problems.append(_("%(field)s can be taken from one column only: %(columns)s.", field=_(offered[name]),
                              columns=", ".join(found)))
    return {**before, "columns": columns}, problems
