"""Whole numbers as people write them."""

from __future__ import annotations

import re
from collections.abc import Collection

from marketplace.values.text import fold

_WHOLE = re.compile(r"([0-9]{1,9})\s*([^\d\s]*)")


def whole(text: str, units: Collection[str] = ()) -> int | None:
    """Return the whole number of a text, behind which one of the folded `units` may stand; None for any other text."""
    match = _WHOLE.fullmatch(text.strip())
    return int(match[1]) if match and (not match[2] or fold(match[2]) in units) else None
