"""What importing does behind the pages: the worker carries out what a person has started, and ends what a command left."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.core.events import Consumer, Outbox
from marketplace.importing.import_runs import COMMAND, CONSUMER, end_dead, execute, give_up


def _execute(rows: Sequence[Outbox]) -> None:
    for row in rows:
        execute(int(row.payload["run"]), row.attempts)


def _end_dead(rows: Sequence[Outbox]) -> None:
    for row in rows:
        end_dead(int(row.payload["run"]))


def _give_up(row: Outbox) -> None:
    give_up(int(row.payload["run"]))


CONSUMERS = (
    Consumer(CONSUMER, lambda _action: False, _execute, given_up=_give_up),
    Consumer(COMMAND, lambda _action: False, _end_dead, given_up=_give_up, outside=True),
)
