"""The visibility rule of organisations."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

from marketplace.core.access import Actor
from marketplace.core.permissions import MODERATE
from marketplace.organisations.models import Organisation


def listed() -> ColumnElement[bool]:
    """Which organisations stand in lists that everybody reads, as SQL."""
    return Organisation.state == "verified"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Who may open an organisation's page, as SQL: everybody a verified one, members theirs, moderators what left draft."""
    rules: list[ColumnElement[bool]] = [listed()]
    if actor.org_ids:
        rules.append(Organisation.id.in_(actor.org_ids))
    if actor.may(MODERATE) or actor.is_system:
        rules.append(Organisation.state != "draft")
    return or_(*rules)
