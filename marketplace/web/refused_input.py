"""What somebody had typed into a form that no view could take, under the words that the form shows for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import current_app, g, request
from werkzeug.exceptions import HTTPException

from marketplace.web.forms import ExchangeForm

_NOT_SHOWN = re.compile(r"password|token|^(acting|lock|code)")  # names of secrets (new_password too) and of our own fields
_LONGEST = 200_000
_MOST = 100  # fields that are shown


def typed() -> list[tuple[str, str]]:
    """Return the long texts of a refused form as (label, text), to be shown for copying; never secrets."""
    if request.method != "POST" or request.mimetype not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return []
    try:
        items = list(request.form.items(multi=True))
    except HTTPException:
        return []  # the body itself was refused (too large)
    kept = [(name, value) for name, value in items if len(value) > 20 and not _NOT_SHOWN.search(name)][:_MOST]
    known = labels() if kept else {}
    return [(known.get(name) or name.replace("_", " "), value[:_LONGEST]) for name, value in kept]


def labels() -> dict[str, str]:
    """Return the labels of the form that was sent: the view's own, or the one most like it when no view was reached."""
    form = g.get("refused_form")
    if form is not None:
        return {field.name: str(field.label.text) for field in form}
    sent = {*request.form, *request.files}
    view = current_app.view_functions.get(request.endpoint or "")
    home = ".".join(getattr(view, "__module__", "").split(".")[:2])

    def likeness(fields: tuple[str, dict[str, str]]) -> tuple[int, bool, int]:
        module, labels = fields
        return len(sent & labels.keys()), module.startswith(home + "."), -len(labels.keys() - sent)

    return max(_forms(ExchangeForm), key=likeness, default=("", {}))[1]


def _forms(base: type[ExchangeForm]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every form of the house: its module, and the labels of its fields by name."""
    for form in base.__subclasses__():
        fields = ((name, getattr(form, name)) for name in dir(form) if not name.startswith("_"))
        yield form.__module__, {
            name: str(field.args[0] if field.args else field.kwargs.get("label") or "")
            for name, field in fields
            if hasattr(field, "_formfield")
        }
        yield from _forms(form)
