"""The nightly seal."""

from __future__ import annotations

from datetime import time

from marketplace.core.outbox import Job
from marketplace.history.actions import seal_if_due
from marketplace.values import clock


def _seal() -> None:
    seal_if_due()


#: Twenty minutes after midnight; `actions.SETTLED` is the least.
SEAL = Job("seal", _seal, clock.daily(time(0, 20)))
