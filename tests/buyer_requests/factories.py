"""Needs in the states the tests want, made through the actions so that history and checks are real."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from marketplace.authoring import actions as authoring
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.extensions import db
from marketplace.values import clock
from tests import factories
from tests.remembered import remembered

SECRET = "Ngưỡng pH bí mật là 6,37"


def days(count: int) -> date:
    return clock.today() + timedelta(days=count)


def six_clear(**changes: str) -> dict[str, str]:
    return {
        "person": "Phạm Thị Dung", "task": "Lắp đặt hệ thống đo", "start": days(40).isoformat(),
        "due": days(200).isoformat(), "unit": "Phòng Hạ tầng đặc biệt", "head": "Đỗ Văn Minh",
        "deliverable": "Trạm đo tự động", "unit_of_measure": "trạm", "quantity": "12",
        "evidence": "Biên bản nghiệm thu", "approver": "Giám đốc Sở X", "escalation": "Ủy ban nhân dân Thành phố",
        **changes,
    }


def values(**changes: Any) -> dict[str, Any]:
    """Everything a need must state, for submission and for publication."""
    return {
        "kind": "enterprise_need",
        "title": "Xử lý nước thải dệt nhuộm đạt cột A",
        "summary": "Cần công nghệ xử lý nước thải dệt nhuộm 500 m³/ngày, giảm chi phí hóa chất.",
        "context": "Nhà máy tại Hoài Đức xả 500 m³ mỗi ngày.",
        "current_state": "Hệ thống hiện tại chỉ đạt cột B.",
        "target_result": "Nước sau xử lý đạt cột A quy chuẩn hiện hành.",
        "target_measures": [{"name": "COD", "baseline": "150", "target": "75", "unit": "mg/l"}],
        "field_codes": ["2"],
        "tags": ["nước thải", "dệt nhuộm"],
        "trl_min": 6,
        "trl_max": 9,
        "budget_min": 500_000_000,
        "budget_max": 2_000_000_000,
        "cooperation_forms": ["buy", "pilot"],
        "transfer_forms": ["independent"],
        "answer_deadline": days(30),
        "province_code": "01",
        "criteria": [{"name": "Hiệu quả xử lý", "weight": 60}, {"name": "Chi phí", "weight": 40}],
        "visibility": "public",
        "confidential_detail": SECRET,
        "contact_name": "Lê Thị Hoa",
        "contact_email": "hoa@nhuom.example.vn",
        "contact_phone": "0912 345 678",
        **changes,
    }


class Cast:
    """The fixed cast around one need: requester with a colleague, an invited organisation, a stranger, a moderator."""

    @remembered
    def __init__(self, kind: str = "enterprise", name: str = "Công ty Dệt nhuộm Hoài Đức") -> None:
        self.org = factories.organisation(name, kind=kind)
        self.buyer_user = factories.user("Lê Thị Hoa", email="hoa.le@example.vn")
        self.colleague_user = factories.user("Trần Văn Bảo", email="bao.tran@example.vn")
        factories.member(self.buyer_user, self.org)
        factories.member(self.colleague_user, self.org, "signer")
        self.invited_org = factories.organisation("Viện Công nghệ Môi trường", kind="institute")
        self.invited_user = factories.user("Ngô Quang Huy", email="huy.ngo@example.vn")
        factories.member(self.invited_user, self.invited_org)
        self.stranger_org = factories.organisation("Công ty Người Lạ", kind="startup")
        self.stranger_user = factories.user("Vũ Minh Tâm", email="tam.vu@example.vn")
        factories.member(self.stranger_user, self.stranger_org)
        self.moderator_user = factories.user("Đặng Thu Hà", email="ha.dang@example.vn", staff=("moderator",))
        # Actors are plain data, made while the rows are at hand: they outlive the session.
        self.buyer = factories.actor_of(self.buyer_user, self.org)
        self.colleague = factories.actor_of(self.colleague_user, self.org, ("signer",))
        self.invited = factories.actor_of(self.invited_user, self.invited_org)
        self.stranger = factories.actor_of(self.stranger_user, self.stranger_org)
        self.moderator = factories.actor_of(self.moderator_user)

    @remembered
    def draft(self, **changes: Any) -> NeedRevision:
        """A draft with everything stated, committed."""
        revision = authoring.create(KIND, self.buyer)
        authoring.save(KIND, revision, values(**changes), self.buyer, None)
        db.session.commit()
        return revision

    @remembered
    def submitted(self, **changes: Any) -> NeedRevision:
        revision = self.draft(**changes)
        authoring.submit(KIND, revision, self.buyer, clock.due_at(clock.now(), 2, clock.PUBLIC))
        db.session.commit()
        return revision

    def publish(self, revision: NeedRevision) -> BuyerRequest:
        authoring.moderate(KIND, revision, "claim", self.moderator)
        authoring.moderate(KIND, revision, "approve", self.moderator)
        db.session.commit()
        return revision.buyer_request

    @remembered
    def published(self, **changes: Any) -> BuyerRequest:
        """An open need."""
        return self.publish(self.submitted(**changes))

    @remembered
    def in_state(self, state: str, **changes: Any) -> BuyerRequest:
        """A published need put into `state` directly, for tables of states."""
        need = self.published(**changes)
        need.state = state
        db.session.commit()
        return need


