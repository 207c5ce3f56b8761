"""What of versions is told to nobody, and why. Decisions on them are told by moderation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_BY_ITS_AUTHOR = "its author has just done it, and colleagues see it in the history"
#: Reasons by verb; `silent_of(kind)` gives them by event.
SILENT: Mapping[str, str] = MappingProxyType({
    **dict.fromkeys(("create", "save", "start_revision", "submit", "withdraw", "delete", "publish_free"), _BY_ITS_AUTHOR),
    **dict.fromkeys(("add_file", "remove_file", "move_file", "caption_file"), _BY_ITS_AUTHOR),
    **dict.fromkeys(("claim", "release", "take_over"), "moderators share work among themselves; the decision is told"),
    "publish": "the approval that published it is told",
    "import_publish": "the import says what came of it",
    "supersede": "the approval of the newer version is told",
    "confidential_read": "a log of reading, not news",
})


def silent_of(kind: str) -> dict[str, str]:
    """Return what is told to nobody of things of a kind with versions, with the reasons."""
    return {f"{kind}.{verb}": why for verb, why in SILENT.items()}
