"""What names a person in an event, apart from the event, so that events are never updated.

An event holds only a salted digest of the actor's name and the reason. The words themselves and the salt stand here: one
row for each event, deleted when the person's account is erased (`core.erasure`), and never updated.
"""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Big, NfcText
from marketplace.core.database_roles import APPEND_ONLY
from marketplace.core.extensions import Base
from marketplace.values.text import nfc


class EventPerson(Base):
    """The actor's name as it was then, and the reason as it was written, of one event."""

    __tablename__ = "event_person"
    __table_args__ = {"info": APPEND_ONLY}

    event_id: Mapped[int] = mapped_column(Big, ForeignKey("event.id"), primary_key=True, autoincrement=False)
    actor_name: Mapped[str] = mapped_column(NfcText)
    reason: Mapped[str] = mapped_column(NfcText)
    salt: Mapped[str] = mapped_column(String(32))  # without it nobody finds the name by trying names against the digest

    def digest(self) -> str:
        """Return what `Event.private_digest` must be."""
        return private_digest(self.salt, self.actor_name, self.reason)


def private_digest(salt: str, name: str, reason: str) -> str:
    """Return the salted digest of what may be erased later: the actor's name and the reason."""
    return hashlib.sha256(f"{salt}\x00{name}\x00{reason}".encode()).hexdigest()


def person_row(name: str, reason: str) -> EventPerson:
    """Return the row of a new event, with a salt of its own."""
    return EventPerson(actor_name=nfc(name), reason=nfc(reason), salt=secrets.token_hex(8))
