"""A catalogue that others add to, and people with saved searches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.browse.indexing import engine
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.listings.models import Listing
from marketplace.mail import MailMessage
from marketplace.notifications.models import Notification
from marketplace.saved_searches import actions
from marketplace.saved_searches.models import SavedSearch, SavedSearchHit
from marketplace.values import clock
from tests import factories
from tests.buyer_requests.factories import Cast
from tests.listings import samples


@dataclass
class World:
    """The cast, a supplier who publishes, and short ways to ask what happened."""

    cast: Cast
    supplier: User
    supplier_org: Any

    def publish(self, title: str = "Máy bơm nước công nghiệp", **values: Any) -> Listing:
        """Publish a listing, not indexed yet."""
        return samples.published(self.supplier, self.supplier_org, self.cast.moderator_user, title=title, **values)

    @property
    def owner(self) -> Actor:
        """Who publishes."""
        return factories.actor_of(self.supplier, self.supplier_org)

    def keep(
        self, who: Actor, text: str = "máy bơm nước", frequency: str = "at_once", *, name: str = "",
        kind: str = "listing", filters: Mapping[str, Sequence[str]] | None = None,
    ) -> SavedSearch:
        """Save a search."""
        made = actions.save(who, kind, text, filters or {}, name or f"{kind} {text}", frequency, engine())
        db.session.commit()
        return made

    def found(self, search: SavedSearch) -> set[int]:
        """Ids that a search newly found."""
        return set(db.session.scalars(select(SavedSearchHit.thing_id).where(SavedSearchHit.saved_search_id == search.id)))

    @staticmethod
    def later(minutes: float = 2) -> None:
        """Let what was collected for "at once" be told."""
        with clock.fixed(clock.now() + timedelta(minutes=minutes)):
            drain()

    def told(self, who: Actor) -> list[Notification]:
        """What a person was told of saved searches."""
        rows = select(Notification).where(Notification.user_id == who.user_id, Notification.topic == "saved_search")
        return list(db.session.scalars(rows.order_by(Notification.id)))

    def mails(self, who: Actor) -> list[MailMessage]:
        """The mails about it."""
        rows = select(MailMessage).where(MailMessage.user_id == who.user_id, MailMessage.topic == "saved_search")
        return list(db.session.scalars(rows.order_by(MailMessage.id)))


@pytest.fixture
def world(ctx: Flask) -> World:
    cast = Cast()
    supplier_org = factories.organisation("Viện Bơm Thử Nghiệm", kind="institute")
    supplier = factories.user("Phạm Văn Nam")
    factories.member(supplier, supplier_org)
    made = World(cast, supplier, supplier_org)
    drain()
    return made


@pytest.fixture
def published(world: World) -> Callable[..., Listing]:
    """Publish, index and evaluate."""

    def publish(*args: Any, **values: Any) -> Listing:
        made = world.publish(*args, **values)
        db.session.commit()
        drain()
        return made

    return publish
