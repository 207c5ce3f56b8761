"""What importing does behind the pages: the worker carries out what a person has started."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.core.events import Consumer, Outbox
from marketplace.importing.import_runs import CONSUMER, execute


def _handle(rows: Sequence[Outbox]) -> None:
    for row in rows:
        execute(int(row.payload["run"]))


CONSUMERS = (Consumer(CONSUMER, lambda _action: False, _handle),)
