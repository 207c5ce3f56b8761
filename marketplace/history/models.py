"""Tables of seals: what was signed of each night, and the ends of chains it was signed over."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Big, Moment
from marketplace.core.database_roles import APPEND_ONLY
from marketplace.core.extensions import Base

#: Signed before the text itself, so that a signature means nothing elsewhere.
CONTEXT = "technology-exchange-seal-1\n"
#: The end of one chain: kind and id of the subject, number and hash of the last event.
End = tuple[str, int, int, str]


class Seal(Base):
    """One seal over all events before a midnight. Never updated, never deleted; every column is public."""

    __tablename__ = "seal"
    __table_args__ = {"info": APPEND_ONLY}

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    before: Mapped[Moment] = mapped_column(unique=True)  # the midnight: events with an earlier moment are sealed
    taken_at: Mapped[Moment]
    events: Mapped[int] = mapped_column(Big)  # how many are sealed, of all kinds together
    root: Mapped[str] = mapped_column(String(64))  # of the Merkle tree over the ends of all chains
    changed: Mapped[str] = mapped_column(String(64))  # digest of the ends that the seal before did not have
    previous: Mapped[str] = mapped_column(String(64))  # digest of the seal before; empty in the first
    key: Mapped[str] = mapped_column(String(64))  # the public key, in hexadecimal
    signature: Mapped[str] = mapped_column(String(128))

    def signed(self) -> dict[str, Any]:
        """Return what is signed, with moments as text."""
        return {
            "number": self.number, "before": text_of(self.before), "taken_at": text_of(self.taken_at),
            "events": self.events, "root": self.root, "changed": self.changed, "previous": self.previous, "key": self.key,
        }

    def public(self) -> dict[str, Any]:
        """Return the whole seal as it is published, mailed and kept in the file."""
        return {**self.signed(), "signature": self.signature}


class SealLeaf(Base):
    """The end of one chain as a seal found it, kept where it had grown since the seal before. Never updated or deleted."""

    __tablename__ = "seal_leaf"
    __table_args__ = (Index("ix_seal_leaf_seal_number", "seal_number"), {"info": APPEND_ONLY})

    subject_kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject_id: Mapped[int] = mapped_column(Big, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))
    seal_number: Mapped[int] = mapped_column(ForeignKey("seal.number"))


def text_of(moment: datetime) -> str:
    """Return a moment as it stands in a seal: UTC to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(facts: dict[str, Any]) -> str:
    """Return facts as one line of JSON that is the same everywhere: sorted keys, no blanks."""
    return json.dumps(facts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def message(signed: dict[str, Any]) -> bytes:
    """Return the bytes that are signed."""
    return (CONTEXT + canonical(signed)).encode()


def digest(public: dict[str, Any]) -> str:
    """Return the digest of a whole seal, by which the next one holds it."""
    return hashlib.sha256(canonical(public).encode()).hexdigest()
