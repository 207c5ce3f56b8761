"""Organisations that are complete, and their members."""

from __future__ import annotations

from typing import Any

from flask import Flask

from marketplace.accounts.models import User
from marketplace.core.extensions import db
from marketplace.files.models import Attachment, StoredFile
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from tests import factories

COMPLETE: dict[str, Any] = {
    "kind": "enterprise",
    "legal_representative": "Trần Thị Bình",
    "province_code": "01",
    "ward_code": "00070",
    "street": "1 Tràng Tiền",
    "field_codes": ["2"],
    "description": "Chế tạo máy.",
    "email": "lienhe@maymoc.vn",
    "phone": "02438250000",
}


def complete(state: str = "draft", name: str = "Công ty Máy Móc", **values: Any) -> Organisation:
    """An organisation with everything that submission needs, a document included."""
    made = factories.organisation(name, state=state, **{**COMPLETE, **values})
    document(made)
    return made


def document(organisation: Organisation, kind: str = "registration") -> Attachment:
    """A document without content in the store."""
    file = StoredFile(sha256="0" * 64, size=10, content_type="application/pdf", name="giay.pdf", created_at=clock.now())
    made = Attachment(file=file, subject_kind="organisation", subject_id=organisation.id, role=kind, tier="staff")
    db.session.add(made)
    db.session.commit()
    return made


def admin_of(organisation: Organisation, name: str = "Quản Trị Viên") -> User:
    """A person who administers it."""
    person = factories.user(name)
    factories.member(person, organisation)
    return person


def web_of(app: Flask, organisation: Organisation, *roles: str) -> Any:
    """A client of a member with these roles (all when none is named), acting for it."""
    person = factories.user()
    factories.member(person, organisation, *roles)
    return factories.client(app, person, organisation)
