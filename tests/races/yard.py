"""What people press at once needs besides the world of all forms: second people on each side, and things in more states."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from marketplace.core.extensions import db
from marketplace.moderation.actions import cases
from marketplace.moderation.submission import load
from marketplace.negotiation.actions import complaints
from marketplace.organisations.models import Membership
from marketplace.values import clock
from tests import factories
from tests.bad_input.world import Workshop
from tests.organisations.factories import complete


class Yard(Workshop):
    """The workshop with a second person for each who presses, organisations in every state, and more deals."""

    def __init__(self) -> None:
        super().__init__()
        self.partner_user = self._member("Đào Thị Cùng", self.org)
        self.stranger_partner_user = self._member("Hà Văn Bạn", self.stranger_org)
        self.second_moderator = factories.user("Lý Thị Duyệt", staff=("moderator",))
        self.second_admin = factories.user("Tô Văn Trị", staff=("admin",))
        self.boss = factories.user("Trịnh Thị Trưởng", staff=("admin",))
        self.waiting_org, self.held_org = self._applicant("Viện Chờ Duyệt"), self._applicant("Viện Đang Duyệt")
        self.fine_org, self.stopped_org = complete("verified", "Công ty Đang Chạy"), complete("suspended", "Công ty Dừng")
        cases.claim(load("organisation", self.held_org.id), self.moderator)
        self.held_need = self.submitted(title="Nhu cầu đang duyệt")
        cases.claim(load("need", self.held_need.id), self.moderator)
        said = "Bên kia xúc phạm nhân viên của chúng tôi."
        self.taken_up = complaints.open_complaint(self.lead, self.buyer, "conduct", said)
        complaints.move(self.taken_up, "triage", factories.actor_of(self.officer))
        self.joined = db.session.query(Membership).filter_by(user_id=self.partner_user.id).one()
        self.handing = self.market._deal("delivering")
        for one in self.handing.milestones:
            one.state = "delivered"
        self.closing = factories.user("Người Sắp Nghỉ")
        db.session.commit()

    def _member(self, name: str, org: Any) -> Any:
        person = factories.user(name)
        factories.member(person, org)
        return person

    def _applicant(self, name: str) -> Any:
        org = complete("submitted", name)
        person = factories.user(f"Người của {name}")
        factories.member(person, org)
        org.submitted_at = clock.now()
        db.session.commit()
        setattr(self, f"{'held' if name.endswith('Đang Duyệt') else 'waiting'}_applicant", person)
        return org

    def worker(self, app: Flask, name: str) -> FlaskClient:
        """A client for one of the people of the workshop, or for a second one."""
        person, org = {
            "partner": (self.partner_user, self.org),
            "stranger partner": (self.stranger_partner_user, self.stranger_org),
            "second moderator": (self.second_moderator, None),
            "second admin": (self.second_admin, None),
            "applicant": (getattr(self, "held_applicant", None), self.held_org),
            "boss": (self.boss, None),
        }.get(name, (None, None))
        if person is None:
            return super().worker(app, name)
        return factories.client(app, person, org)
