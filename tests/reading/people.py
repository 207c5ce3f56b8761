"""Who reads, and a world with one of each thing to read.

Thirteen kinds of readers: a visitor, a confirmed person of no organisation, three people of the organisation that
offers (one for each role in it), the buyer, and the seven roles of the staff. `outsider` belongs to a verified
organisation that has nothing to do with any of the things: for them everything is somebody else's.
"""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.closing import close, reopen_token
from marketplace.core.extensions import db
from marketplace.saved_searches import unsubscribe_link
from marketplace.vocabulary import MEMBER_ROLES, STAFF_ROLES
from tests import factories
from tests.bad_input.world import Workshop

SUPPLIER = tuple(f"supplier_{role}" for role in MEMBER_ROLES.codes)
READERS = ("visitor", "person", *SUPPLIER, "buyer", "outsider", *STAFF_ROLES.codes)


class Library(Workshop):
    """The workshop, whose owner sells and whose stranger buys, with somebody for each column and things seen by some."""

    def __init__(self) -> None:
        super().__init__()
        self.readers = {"person": (factories.user("Người mới đến"), None), "buyer": (self.stranger_user, self.stranger_org)}
        for role in MEMBER_ROLES.codes:
            person = factories.user(f"Nhân viên {role}")
            factories.member(person, self.org, role)
            self.readers[f"supplier_{role}"] = (person, self.org)
        elsewhere = factories.organisation("Công ty Ngoài Cuộc")
        outsider = factories.user("Người ngoài cuộc")
        factories.member(outsider, elsewhere)
        self.readers["outsider"] = (outsider, elsewhere)
        self.readers |= {role: (factories.user(f"Cán bộ {role}", staff=(role,)), None) for role in STAFF_ROLES.codes}
        self.hidden_need = self.published(title="Nhu cầu ẩn tên", visibility="requester_hidden")
        self.invited_need = self.published(title="Nhu cầu chỉ mời", visibility="invited_only",
                                           invited_org_ids=[self.stranger_org.id])
        self.closed = factories.user("Người đã đóng")
        close(self.closed, factories.actor_of(self.closed))
        self.reopening = reopen_token(self.closed)
        head = self.readers["supplier_admin"][0]
        for own in (self.told, self.search):
            own.user_id = head.id
        self.search_off = unsubscribe_link.path(self.search.id, head.id)
        self.found.created_by_id = self.unchecked.file.created_by_id = head.id
        db.session.commit()

    def reader(self, app: Flask, name: str) -> FlaskClient:
        """A client for one of the columns; it keeps its session."""
        return factories.client(app, *self.readers.get(name, (None, None)))
