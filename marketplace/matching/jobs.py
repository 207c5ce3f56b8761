"""Recurring work of matching: everything is matched anew at night."""

from __future__ import annotations

from datetime import time

from marketplace.core.outbox import Job
from marketplace.matching import full_pass
from marketplace.values import clock

NIGHT = time(2, 0)


def _begin() -> None:
    full_pass.begin("nightly")


JOBS = (Job("matching.nightly", _begin, clock.daily(NIGHT)),)
