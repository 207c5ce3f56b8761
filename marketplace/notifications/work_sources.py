"""What waits for moderators: notifications that are held back, until somebody releases or drops them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, cast, null, select

from marketplace.core.columns import Big, in_states
from marketplace.core.permissions import MODERATE
from marketplace.core.work import WorkSource, by_subject
from marketplace.notifications.lifecycle import OPEN
from marketplace.notifications.models import HeldNotification
from marketplace.values.text import N_


def _waiting() -> Select[Any]:
    since, nobody = HeldNotification.held_at.label("since"), cast(null(), Big).label("holder_id")
    columns: tuple[Any, ...] = (HeldNotification.id, since, HeldNotification.due_at, nobody)
    return select(*columns).where(in_states(HeldNotification, OPEN))


HELD_BACK = WorkSource("notifications.held", N_("Held notifications"), MODERATE, _waiting,
                       by_subject(HeldNotification.subject_kind))
