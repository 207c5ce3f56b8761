"""What a supplier fills in, step by step, and listings in any state."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.models import User
from marketplace.authoring import actions as authoring
from marketplace.core.extensions import db
from marketplace.files import actions as files
from marketplace.listings.kind import KIND
from marketplace.listings.models import Listing, ListingRevision
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from tests import factories
from tests.files import samples
from tests.remembered import remembered

#: Values as stored: complete for publication but for the picture.
COMPLETE: dict[str, Any] = {
    "title": "Màng lọc nano xử lý nước nhiễm asen",
    "object_kinds": ["process", "machinery"],
    "public_summary": "Màng lọc giữ lại 99 % asen trong nước ngầm với chi phí thấp.",
    "field_code": "2",
    "tags": ["màng lọc", "asen"],
    "problem_solved": "Nước ngầm ven sông Hồng có asen vượt chuẩn.",
    "applications": "Trạm cấp nước xã, hộ gia đình.",
    "advantages": "Không dùng hóa chất, thay lõi sau 24 tháng.",
    "specs": [{"name": "Công suất", "value": "500", "unit": "l/h"}],
    "trl": 7,
    "trl_evidence": "Ba trạm thí điểm chạy từ năm 2024.",
    "trl_assessed_by": "self",
    "owners": [
        {"name": "Viện Nước", "tax_code": "", "share_bp": 6000},
        {"name": "Công ty A", "tax_code": "", "share_bp": 4000},
    ],
    "right_basis": "own",
    "ip": [{"kind": "trade_secret", "status": "", "number": "", "country": "", "filed_on": ""}],
    "funding_source": "private",
    "origin": "domestic",
    "transfer_right": "use_right",
    "transfer_forms": ["independent"],
    "pricing_mode": "fixed",
    "price_min": 1_500_000_000,
    "support_kinds": ["training"],
    "province_code": "01",
    "contact_name": "Lê Thị Hoa",
    "contact_email": "hoa@example.vn",
    "contact_phone": "024 3826 0000",
    "members_detail": "Chi tiết dành cho thành viên.",
    "confidential_detail": "Công thức phủ bề mặt BM-17.",
}


@remembered
def draft(person: User, org: Organisation, *, picture: bool = True, **values: Any) -> ListingRevision:
    """A complete draft (unless values say otherwise), committed."""
    actor = factories.actor_of(person, org)
    revision = authoring.create(KIND, actor, {**COMPLETE, **values})
    if picture:
        stored = files.store_upload(samples.upload(samples.picture(), "ảnh.png"), actor)
        files.attach(stored, revision, "image")
    db.session.commit()
    return revision


@remembered
def submitted(person: User, org: Organisation, **values: Any) -> ListingRevision:
    """A draft that was submitted."""
    revision = draft(person, org, **values)
    authoring.submit(KIND, revision, factories.actor_of(person, org), clock.due_at(clock.now(), 2, clock.PUBLIC))
    db.session.commit()
    return revision


@remembered
def published(person: User, org: Organisation, moderator: User, *, state: str = "published", **values: Any) -> Listing:
    """A published listing, or one in another state."""
    revision = submitted(person, org, **values)
    staff = factories.actor_of(moderator)
    authoring.moderate(KIND, revision, "claim", staff)
    revision.control_class = "ordinary"
    authoring.moderate(KIND, revision, "approve", staff)
    revision.listing.state = state
    db.session.commit()
    return revision.listing
