"""Lines of statements that wait for an accountant, as work of the staff."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, cast, null, select

from marketplace.core.columns import Big, in_states
from marketplace.core.permissions import ACCOUNTING
from marketplace.core.work import WorkSource, by_subject
from marketplace.payments.banks.lifecycle import LINE_OPEN
from marketplace.payments.banks.models import StatementLine
from marketplace.values.text import N_


def _waiting() -> Select[Any]:
    nobody = cast(null(), Big).label("holder_id")
    columns: tuple[Any, ...] = (StatementLine.id, StatementLine.created_at.label("since"), StatementLine.due_at, nobody)
    return select(*columns).where(in_states(StatementLine, LINE_OPEN))


OPEN_LINES = WorkSource("bank_lines", N_("Lines of bank statements"), ACCOUNTING, _waiting,
                        by_subject(StatementLine.subject_kind))
