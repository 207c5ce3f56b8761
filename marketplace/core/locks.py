"""Which version of a thing a form was opened on: nobody overwrites what they have not seen.

A form carries the number of the version it showed (its `lock`). An action is told that number, `UNNAMED` for a form that
names none, or None by a program that works on what it has just read.
"""

from __future__ import annotations

from marketplace.core.errors import Stale
from marketplace.values.text import N_

UNNAMED = -1  # no version has this number
WITHOUT = N_("The form did not say which version it was opened on, so nothing was saved. Your text is kept: compare it with"
             " what is saved, then send it again.")


def check_version(lock: int | None, present: int) -> None:
    """Raise Stale unless the form was opened on the `present` version."""
    if lock == UNNAMED:
        raise Stale(WITHOUT)
    if lock is not None and lock != present:
        raise Stale
