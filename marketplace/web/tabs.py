"""Tabs above a list: made by views for the macro `tabs` of components/nav.html."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _


@dataclass(frozen=True)
class Tab:
    """One tab: its words, where it leads, whether it is the chosen one, and how many rows it holds if that is said."""

    label: str
    href: str
    active: bool
    count: int | str | None = None


def tabs(
    names: Mapping[str, str], chosen: str, href: Callable[[str], str], counts: Mapping[str, int] | None = None, *,
    empty: bool = True,
) -> list[Tab]:
    """Return a tab for each code of `names` (code → message id), in that order.

    With `empty=False` a tab without rows is left out, except the chosen one and the one of all rows (code "").
    """
    held = counts or {}
    return [
        Tab(_(label), href(code), code == chosen, held.get(code))
        for code, label in names.items() if empty or not code or code == chosen or held.get(code)
    ]
