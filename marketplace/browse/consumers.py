"""What finding does after events: the index takes in what has changed."""

from __future__ import annotations

from marketplace.browse import indexing
from marketplace.core.events import FAST, Consumer

CONSUMERS = (Consumer(indexing.CONSUMER, indexing.wants, indexing.handle, batch=500, rereads=True, lane=FAST),)
