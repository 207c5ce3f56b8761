"""The history of a thing for moderators: each kind's own."""

from __future__ import annotations

from typing import Any

from marketplace.authoring.timeline import timeline as of_versions
from marketplace.core.access import Actor
from marketplace.moderation.kind import VERSIONED
from marketplace.organisations.timeline import timeline as of_organisation


def timeline(kind: str, thing: Any, reader: Actor) -> list[dict[str, Any]]:
    """Return the newest events of a thing, newest first. Two statements."""
    return of_versions(VERSIONED[kind], thing, reader) if kind in VERSIONED else of_organisation(thing, reader)
