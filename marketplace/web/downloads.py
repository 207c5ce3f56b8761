"""How a download is named for browsers of every age."""

from __future__ import annotations

import re
from urllib.parse import quote

from marketplace.values.text import strip_marks


def disposition(name: str) -> str:
    """Return the Content-Disposition of a download: the plain name without marks ("hop dong.pdf"), then the true one."""
    bare = strip_marks(name)
    plain = re.sub(r'[^ !#-.0-\[\]-~]', "", bare.encode("ascii", "ignore").decode()).strip()
    if plain.startswith(".") or not plain:
        plain = f"file{plain}"
    if plain == name:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
