"""What somebody had typed into a form that no view could take, under the words that the form shows for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import current_app, g, request
from werkzeug.exceptions import HTTPException

from marketplace.web.forms import ExchangeForm

_NOT_SHOWN = re.compile(r"password|token|^(acting|lock|code)")  # names of secrets (new_password too) and of our own fields
#: Names of what stands in no page, neither shown nor hidden. The token of forms may: it is worth nothing elsewhere.
_SECRET = re.compile(r"passw|passphrase|secret|^(code|otp|pin)$", re.IGNORECASE)
_LONGEST = 200_000
_MOST = 100  # fields that are shown


@dataclass
class Again:
    """A form that may be sent once more as it was: its fields in their order, and what has to be put in again."""

    fields: list[tuple[str, str]]
    secrets: list[tuple[str, str]] = field(default_factory=list)  # name and label of passwords and codes
    files: list[tuple[str, str, list[str]]] = field(default_factory=list)  # name, label, names of the files


def again() -> Again:
    """Return what was sent, for a form with hidden fields; of passwords, codes and files only what they are called."""
    sent = list(request.form.items(multi=True))
    known = labels()

    def label(name: str) -> str:
        return known.get(name) or name.replace("_", " ")

    made = Again([(name, value) for name, value in sent if not _SECRET.search(name)])
    made.secrets = [(name, label(name)) for name in dict(sent) if _SECRET.search(name)]
    for name in request.files:
        chosen = [one.filename for one in request.files.getlist(name) if one.filename]
        if chosen:
            made.files.append((name, label(name), chosen))
    return made


def typed(shortest: int = 21) -> list[tuple[str, str]]:
    """Return the texts of a refused form as (label, text), by default the long ones, to be shown; never secrets.

    A short one is shown when the form has words for it: others are ours.
    """
    if request.method != "POST" or request.mimetype not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return []
    try:
        items = list(request.form.items(multi=True))
    except HTTPException:
        return []  # the body itself was refused (too large)
    kept = [(name, value) for name, value in items if len(value.strip()) >= shortest and not _NOT_SHOWN.search(name)]
    known = labels() if kept else {}
    kept = [(name, value) for name, value in kept if len(value) > 20 or known.get(name)][:_MOST]
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
