"""The world of the table of object access, and what forms need besides: a draft organisation, a held case, an admin."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password

from marketplace.core.access import SYSTEM
from marketplace.core.extensions import db
from marketplace.listings.confirm_link import token_for
from marketplace.moderation.actions import cases as moderation
from marketplace.moderation.submission import load
from marketplace.negotiation.actions import begin as leads
from marketplace.negotiation.actions import terms
from marketplace.organisations.actions.members import digest
from marketplace.organisations.models import Invitation
from marketplace.pages import texts
from marketplace.values import clock
from tests import factories
from tests.bad_input.trade import Market
from tests.listings import samples
from tests.negotiation.terms_samples import values
from tests.test_object_access import World

#: Hashing is slow on purpose; one hash serves every world.
_hash: list[str] = []


class Workshop(World):
    """One of everything, and somebody who may work on it."""

    def __init__(self) -> None:
        super().__init__()
        self.founder = factories.user("Hồ Thị Lan", email="lan.ho@example.vn", password=_password())
        self.young_org = factories.organisation("Công ty Non Trẻ", state="draft")
        factories.member(self.founder, self.young_org)
        self.admin = factories.user("Mai Văn Quản", email="quan.mai@example.vn", staff=("admin", "moderator"))
        self.held = samples.submitted(self.buyer_user, self.org, title="Vụ việc đang được xem xét")
        moderation.claim(load("listing", self.held.id), self.moderator)
        self.invited_here = Invitation(
            organisation_id=self.org.id, email=self.founder.email, roles=["editor"], token_digest=digest("my-invitation"),
            invited_by_id=self.buyer_user.id, created_at=clock.now(), expires_at=self.invitation.expires_at,
        )
        db.session.add(self.invited_here)
        texts.write("about", "vi", "Giới thiệu", "Sàn giao dịch công nghệ.", SYSTEM, None)
        db.session.commit()
        self.officer = factories.user("Bùi Thị Kết Nối", staff=("deal_officer",))
        other = samples.published(self.buyer_user, self.org, self.moderator_user, title="Vật liệu hấp phụ mới")
        self.lead = leads.express_interest(other, self.stranger, "Chúng tôi muốn dùng thử vật liệu này.", once="first")
        gas = samples.published(self.buyer_user, self.org, self.moderator_user, title="Màng tách khí sinh học")
        self.talks = leads.express_interest(gas, self.stranger, "Chúng tôi muốn mua bản quyền sử dụng.", once="second")
        leads.accept(self.talks, self.buyer)
        terms.propose(self.talks, self.stranger, values(), "Bản đầu tiên", based_on=0)
        db.session.commit()
        self.accountant = factories.user("Phùng Thu Trang", staff=("accountant",))
        self.market = Market(self)
        self.token = token_for(self.buyer_user.id, [self.listing.id])

    def worker(self, app: Flask, name: str) -> FlaskClient:
        """A client for one of the people of the table, or for founder, admin, officer, accountant or visitor."""
        if name == "founder":
            return factories.client(app, self.founder, self.young_org)
        if name in {"admin", "officer", "accountant"}:
            return factories.client(app, getattr(self, name))
        made: Any = self.client(app, "anonymous" if name == "visitor" else name)
        return made


def _password() -> str:
    if not _hash:
        _hash.append(hash_password(factories.PASSWORD))
    return _hash[0]
