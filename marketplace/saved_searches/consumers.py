"""What saved searches do after events: they look for what is new, and write the mails that tell of it."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.browse import indexing
from marketplace.core.events import Consumer, Outbox
from marketplace.saved_searches import digest, matcher


def _write_digests(rows: Sequence[Outbox]) -> None:
    for row in rows:
        at_once = int(str(row.payload.get("since", row.id))) if row.payload.get("only") == "at_once" else None
        digest.write_digest(int(str(row.payload["user"])), at_once=at_once)


#: Registered after the index's consumer, whose answers the first needs; several people's digests share a transaction.
CONSUMERS = (
    Consumer(matcher.CONSUMER, indexing.wants, matcher.handle, batch=100, rereads=True),
    Consumer(digest.DIGESTS, lambda _action: False, _write_digests, batch=20),
)
