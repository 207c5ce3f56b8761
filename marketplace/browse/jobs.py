"""Recurring work of finding: a lost or outdated index is rebuilt."""

from __future__ import annotations

from marketplace.browse import indexing
from marketplace.core.outbox import Job

JOBS = (Job("search.built", indexing.check, lambda moment: moment + indexing.CHECKED_EVERY),)
