"""Panel slots: a lower tier's page shows what a higher tier has to say, without naming it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup

from marketplace.core.access import Actor, actor

Panel = Callable[[Any, Actor], Markup | None]


def register_panel(app: Flask, slot: str, panel: Panel) -> None:
    """Let `panel(thing, actor)` add to `slot`, e.g. "listing.below"; it returns None when it has nothing to show."""
    app.extensions.setdefault("panels", {}).setdefault(slot, []).append(panel)


def panels(slot: str, thing: Any) -> list[Markup]:
    """Return what the panels of `slot` show of `thing` to the present reader."""
    who = actor()
    found = (panel(thing, who) for panel in current_app.extensions.get("panels", {}).get(slot, ()))
    return [markup for markup in found if markup]
