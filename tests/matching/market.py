"""One need about dyeing wastewater and some offers, for the tests of matching."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.authoring import actions as authoring
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import GUEST
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.listings.kind import KIND as LISTING_KIND
from marketplace.listings.models import Listing
from marketplace.matching import queries
from marketplace.matching.models import Match
from marketplace.values import clock
from tests import factories
from tests.buyer_requests.factories import Cast
from tests.listings import samples

#: An offer about something else.
LAMP = {
    "title": "Đèn trồng cây trong nhà kính", "tags": ["nông nghiệp"], "public_summary": "Đèn LED cho rau.",
    "problem_solved": "Thiếu sáng.", "applications": "Nhà kính.", "advantages": "Tiết kiệm điện.",
}


class Market:
    """The requester's cast, a supplier, and verbs for the supplier."""

    def __init__(self) -> None:
        self.cast = Cast()
        self.org = factories.organisation("Viện Nước Thử Nghiệm", kind="institute")
        self.person = factories.user("Phạm Văn Nam")
        factories.member(self.person, self.org)
        self.supplier = factories.actor_of(self.person, self.org)
        self.need = self.cast.published()

    def offer(self, **values: object) -> Listing:
        fields = {
            "title": "Hệ thống xử lý nước thải dệt nhuộm bằng ozon", "tags": ["nước thải", "dệt nhuộm"],
            "public_summary": "Xử lý màu và COD của nước thải dệt nhuộm, đạt cột A.", "trl": 8,
            "price_min": 1_200_000_000, "cooperation_forms": ["buy"], **values,
        }
        return samples.published(self.person, self.org, self.cast.moderator_user, **fields)

    def revise(self, listing: Listing, **values: object) -> None:
        staff = factories.actor_of(self.cast.moderator_user)
        revision = authoring.start_revision(LISTING_KIND, listing, self.supplier)
        authoring.save(LISTING_KIND, revision, values, self.supplier, None)
        authoring.submit(LISTING_KIND, revision, self.supplier, clock.due_at(clock.now(), 2, clock.PUBLIC))
        authoring.moderate(LISTING_KIND, revision, "claim", staff)
        authoring.moderate(LISTING_KIND, revision, "approve", staff)
        db.session.commit()
        drain()

    def matched(self, **values: object) -> Match:
        """An offer that was matched."""
        self.offer(**values)
        drain()
        return best(self.need)[0]


def best(need: BuyerRequest) -> Sequence[Match]:
    """What everybody sees on the need's page."""
    db.session.expire_all()
    return list(queries.for_need(need.id, GUEST).matches)
