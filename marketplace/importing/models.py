"""Table of import runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.columns import Big, Box, Key, Moment, NfcString, UtcDateTime, one_of
from marketplace.core.extensions import Base
from marketplace.importing.lifecycle import IMPORT_RUN
from marketplace.organisations.models import Organisation

_GOING_ON = text("state = 'running' AND begun_at IS NOT NULL")


class ImportRun(Base):
    """One import of one file: what was asked and what came of it. Rejected rows are in the report file."""

    __tablename__ = "import_run"
    __table_args__ = (
        one_of("kind", ("listings", "requests")), CheckConstraint(IMPORT_RUN.check_sql(), name="state_known"),
        # One at a time goes on for an organisation; others that were started wait.
        Index("ix_import_run_going_on", "org_id", unique=True, sqlite_where=_GOING_ON, postgresql_where=_GOING_ON),
    )
    subject_kind = "import_run"
    lifecycle = IMPORT_RUN

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    org_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"))
    file_name: Mapped[str] = mapped_column(NfcString(200))
    sha256: Mapped[str] = mapped_column(String(64))
    publish: Mapped[bool] = mapped_column(default=False)
    mapping: Mapped[Box] = mapped_column(JSON, default=dict)
    counts: Mapped[Box] = mapped_column(JSON, default=dict)  # read, created, updated, unchanged, rejected ...
    report_path: Mapped[str] = mapped_column(String(300), default="")
    created_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    created_at: Mapped[Moment]
    beginnings: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when its turn came
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()


class ImportStaged(Base):
    """A new thing of a run that is not yet published (`importing.staging`), with the states it is meant for."""

    __tablename__ = "import_staged"

    run_id: Mapped[int] = mapped_column(Big, ForeignKey("import_run.id"), primary_key=True)
    thing_id: Mapped[int] = mapped_column(Big, primary_key=True)  # of the table of the run's kind
    revision_id: Mapped[int] = mapped_column(Big)
    thing_state: Mapped[str] = mapped_column(String(20))
    revision_state: Mapped[str] = mapped_column(String(20))
