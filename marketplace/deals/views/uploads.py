"""Uploads of a form, checked and stored before the deal is locked: the slow part holds nobody up."""

from __future__ import annotations

from typing import Any

from marketplace.core.errors import Invalid
from marketplace.files.actions import Received, receive, release_lock
from marketplace.values.text import N_

MOST_FILES = 10  # in one form


def received(field: Any) -> Received | None:
    """Return the checked upload of a single-file field, None without one; raises Invalid on that field."""
    return next(iter(all_received(field)), None)


def required(field: Any) -> Received:
    """Return the checked upload of a field that asks for a file. Raises Invalid on that field, also without one."""
    found = received(field)
    if found is None:
        raise Invalid(field.name, N_("Choose a file."))
    return found


def all_received(field: Any) -> list[Received]:
    """Return the checked uploads of a file field. Raises Invalid on that field."""
    data = field.data if isinstance(field.data, list | tuple) else [field.data]
    chosen = [upload for upload in data if getattr(upload, "filename", "")]
    if not chosen:
        return []
    if len(chosen) > MOST_FILES:
        raise Invalid(field.name, N_("At most %(max)s files at once."), max=MOST_FILES)
    release_lock()
    try:
        return [receive(upload) for upload in chosen]
    except Invalid as error:
        raise Invalid(field.name, error.message, **error.params) from error
