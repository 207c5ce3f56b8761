"""`N_` marks an English message for extraction where it is defined; it is translated where it is shown."""

from __future__ import annotations


def N_(message: str) -> str:
    """Return `message` unchanged: the mark itself is what `pybabel extract` collects."""
    return message
