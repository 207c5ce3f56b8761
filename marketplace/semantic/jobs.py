"""Recurring work of search by meaning: what is marked is embedded little by little."""

from __future__ import annotations

from marketplace.core.outbox import Job
from marketplace.semantic.embedding_job import Filler


def job_of(filler: Filler) -> Job:
    """Return the job that embeds."""
    return Job("semantic.embed", filler.run, filler.next_run)
