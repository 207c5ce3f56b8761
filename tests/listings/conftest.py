"""The cast of the tests of listings."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.listings.models import Listing
from tests import factories
from tests.listings import samples


class Cast:
    """A supplier with a colleague, a buyer of another organisation, a person without one, a moderator."""

    def __init__(self) -> None:
        self.org, self.other = factories.organisation("Viện Nước"), factories.organisation("Công ty Mua")
        self.unverified = factories.organisation("Mới lập", state="draft")
        self.supplier, self.colleague = factories.user("Lê Thị Hoa"), factories.user("Phạm Văn Đồng")
        self.buyer, self.alone = factories.user("Người Mua"), factories.user()
        self.moderator = factories.user(staff=("moderator",))
        self.newcomer = factories.user("Người Mới")
        factories.member(self.supplier, self.org)
        factories.member(self.colleague, self.org, "signer")
        factories.member(self.buyer, self.other)
        factories.member(self.newcomer, self.unverified)


@pytest.fixture
def cast(ctx: Flask) -> Cast:
    return Cast()


@pytest.fixture
def listing(cast: Cast) -> Listing:
    """A published listing with all three tiers filled."""
    return samples.published(cast.supplier, cast.org, cast.moderator)
