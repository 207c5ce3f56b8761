"""What follows a change of a thing: its text is marked for the model."""

from __future__ import annotations

from marketplace.browse import indexing
from marketplace.core.events import Consumer
from marketplace.semantic.embedding_job import Filler

CONSUMER = "semantic"


def consumer_of(filler: Filler) -> Consumer:
    """Return the outbox consumer that marks what changed."""
    return Consumer(CONSUMER, indexing.wants, filler.handle, batch=200, rereads=True)
