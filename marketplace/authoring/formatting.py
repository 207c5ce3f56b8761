"""How a field's value reads on a page: for reading one's own text again, conflicts, and moderators' diffs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import select

from marketplace.authoring.fields import percent
from marketplace.authoring.kinds import FieldSpec, Kind, RowColumn, is_empty
from marketplace.core.extensions import db
from marketplace.organisations.models import Organisation
from marketplace.values import clock, money, places
from marketplace.web.i18n import language
from marketplace.web.templating import number, prose


def shown(spec: FieldSpec, value: Any) -> str | Markup | None:
    """Return a stored value as people read it, in the reader's language; None for what is not stated."""
    if is_empty(value):
        return None
    match spec.shape:
        case "prose":
            return prose(value)
        case "codes":
            labels = [spec.vocabulary.label(code, language()) for code in value] if spec.vocabulary else value
            return ", ".join(labels)
        case "rows":
            lines = [escape(row_text(spec.columns, row)) for row in value]
            return Markup("<ul>") + Markup("").join(Markup("<li>{}</li>").format(line) for line in lines) + Markup("</ul>")
        case "box":
            return _box(spec.columns, value)
        case "organisations":
            rows = select(Organisation.name).where(Organisation.id.in_(value)).order_by(Organisation.sort_name)
            return ", ".join(db.session.scalars(rows))
        case "place":
            return places.label(value, None, language()) or places.label(None, value, language()) or str(value)
        case _:
            return cell(spec.shape, spec.vocabulary, value)


def facts_of(
    kind: Kind, section: str, value: Callable[[str], Any], *, unstated: bool = False
) -> list[tuple[str, Any]]:
    """Return (label, value as people read it) of the fields in a list of facts of the thing's page.

    Fields without a value are left out, or have None when `unstated` asks for them.
    """
    found = [(_(spec.section_label or spec.label), shown(spec, value(spec.name))) for spec in kind.section(section)]
    return [(label, text) for label, text in found if unstated or text is not None]


def cell(shape: str, vocabulary: Any, value: Any) -> str:
    """Return one plain value as text."""
    if shape == "flag":
        return _("Yes") if value else _("No")
    if vocabulary is not None:
        label = str(vocabulary.label(value, language()))
        return f"{value} · {label}" if isinstance(value, int) else label  # levels are known by their number
    if shape == "money":
        return money.format_amount(value, "VND", language())
    if shape == "percent":
        return f"{percent(value)} %"
    if shape == "date":
        return clock.format_date(value if isinstance(value, date) else date.fromisoformat(value))
    if shape == "number":
        return number(value)
    return str(value)


def row_text(columns: tuple[RowColumn, ...], row: dict[str, Any]) -> str:
    """Return one row as a line: its values in the order of the columns."""
    parts = [
        cell(column.shape, column.vocabulary, row[column.name])
        for column in columns
        if not is_empty(row.get(column.name))
    ]
    return " · ".join(parts)


def _box(columns: tuple[RowColumn, ...], box: dict[str, Any]) -> Markup:
    lines = [
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(
            _(column.label), cell(column.shape, column.vocabulary, box[column.name])
        )
        for column in columns
        if not is_empty(box.get(column.name))
    ]
    return Markup('<dl class="facts">') + Markup("").join(lines) + Markup("</dl>")
