"""Tables of people, their staff roles and their sessions."""

from __future__ import annotations

from datetime import datetime

from flask_security.core import UserMixin, WebAuthnMixin
from sqlalchemy import JSON, Boolean, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.columns import Big, Key, Moment, NfcString, NfcText, UtcDateTime, one_of
from marketplace.core.extensions import Base
from marketplace.values import clock
from marketplace.vocabulary import STAFF_ROLES


class User(Base, UserMixin):
    """A person with an account. Fields named fs_/tf_/mf_ are Flask-Security's."""

    __tablename__ = "user_account"
    subject_kind = "user"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(NfcString(200), default="")
    sort_name: Mapped[str] = mapped_column(String(400), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    locale: Mapped[str] = mapped_column(String(5), default="vi")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    terms_accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_phone_number: Mapped[str | None] = mapped_column(String(128))
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON), default=None)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # while it is not active (`accounts.closing`)
    closed_by_id: Mapped[int | None] = mapped_column(Big)  # the person themselves, an administrator, None: command line
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_counter: Mapped[int | None] = mapped_column(Big)  # the last one-time code taken: none counts twice
    #: What passkeys know the person by.
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True)  # type: ignore[assignment]

    staff_grants: Mapped[list[StaffGrant]] = relationship(
        back_populates="user", foreign_keys="StaffGrant.user_id", order_by="StaffGrant.id"
    )
    webauthn: Mapped[list[Passkey]] = relationship(  # type: ignore[assignment]  # theirs is a list of the mixin
        back_populates="user", order_by="Passkey.id", cascade="all, delete-orphan"
    )


class StaffGrant(Base):
    """A staff role given to a person, with who gave it, why and when it ended. Never deleted."""

    __tablename__ = "staff_grant"
    __table_args__ = (
        one_of("role", STAFF_ROLES.codes),
        Index("uq_staff_grant_open", "user_id", "role", unique=True, sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    role: Mapped[str] = mapped_column(String(20))
    granted_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    granted_at: Mapped[Moment]
    reason: Mapped[str] = mapped_column(NfcText, default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    end_reason: Mapped[str] = mapped_column(NfcText, default="")

    user: Mapped[User] = relationship(back_populates="staff_grants", foreign_keys=[user_id])


class UserSession(Base):
    """A device where somebody is signed in. A row that is deleted, or whose `uniquifier` is no longer the person's, has
    ended.
    """

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_user_id", "user_id"), Index("ix_user_session_ends_at", "ends_at"))

    id: Mapped[Key]
    digest: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 of the secret in the cookie
    user_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    uniquifier: Mapped[str] = mapped_column(String(64))  # the person's at sign-in
    made_at: Mapped[Moment]
    seen_at: Mapped[Moment]  # written once in five minutes
    ends_at: Mapped[Moment]  # when it has ended by itself, if it is not used any more; staff's end sooner
    stay: Mapped[bool] = mapped_column(Boolean)  # "stay signed in"
    client: Mapped[str] = mapped_column(NfcString(80), default="")
    address: Mapped[str] = mapped_column(String(45), default="")  # shortened
    second_factor: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())  # code or passkey, too


class SignInAttempt(Base):
    """That somebody signed in to an account, or showed a wrong secret; for the person, who sees the last ones."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_user_at", "user_id", "at"), Index("ix_sign_in_attempt_at", "at"))

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    at: Mapped[Moment]
    succeeded: Mapped[bool] = mapped_column(Boolean)
    way: Mapped[str] = mapped_column(String(40))
    client: Mapped[str] = mapped_column(NfcString(80), default="")
    address: Mapped[str] = mapped_column(String(45), default="")  # shortened


class Passkey(Base, WebAuthnMixin):
    """A passkey of a person: the public half of a key that a telephone, a computer or a security key keeps.

    The fields are Flask-Security's. Every one signs in by itself: it asks for a fingerprint, a face or a PIN.
    """

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("user_id", "name", name="uq_passkey_user_id_name"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(NfcString(64))  # what the person calls it
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(Big, default=0)
    transports: Mapped[list[str] | None] = mapped_column(JSON)
    backup_state: Mapped[bool] = mapped_column(Boolean, default=False)
    device_type: Mapped[str] = mapped_column(String(64), default="")
    extensions: Mapped[str | None] = mapped_column(String(255))
    usage: Mapped[str] = mapped_column(String(64), default="first")
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    lastuse_datetime: Mapped[Moment]

    user: Mapped[User] = relationship(back_populates="webauthn")


class UsedAnswer(Base):
    """The digest of a challenge of passkeys that has been answered: no answer to it counts again."""

    __tablename__ = "used_answer"
    __table_args__ = (Index("ix_used_answer_used_at", "used_at"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[Moment]
