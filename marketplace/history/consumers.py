"""What follows an erasure: the names in events are deleted."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from marketplace.core.erasure import ERASED
from marketplace.core.events import Consumer, Outbox
from marketplace.core.long_work import begin_writing
from marketplace.history.names import erase_due_names, may_erase

log = logging.getLogger(__name__)


def _handle(_rows: Sequence[Outbox]) -> None:
    if not may_erase():
        log.warning("names of an erased account wait for `flask erase-names`: DATABASE_OWNER_URL is not set here")
        return
    erase_due_names()
    begin_writing()


CONSUMERS = (Consumer("names", lambda action: action == ERASED, _handle),)
