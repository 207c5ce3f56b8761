"""Rebuilding the index: nothing that commits meanwhile is missed, nothing is read twice for no reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from marketplace.browse import indexer
from marketplace.browse.indexing import changes_since, engine
from marketplace.core.access import SYSTEM
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.values import clock
from tests.browse.conftest import Catalogue


def test_what_was_known_at_the_start_is_not_read_again(catalogue: Catalogue) -> None:
    marker = changes_since(None)[1]
    changes, later = changes_since(marker)
    assert changes == []
    assert changes_since(later)[0] == []


def test_an_event_stamped_before_the_start_and_committed_after_it_counts(catalogue: Catalogue) -> None:
    marker = changes_since(None)[1]
    with time_machine.travel(clock.now() - timedelta(minutes=10), tick=False):
        record(catalogue.light, "listing.confirm", SYSTEM)
    db.session.commit()
    changes, later = changes_since(marker)
    assert changes == [("listing", catalogue.light.id)]
    assert changes_since(later)[0] == []


def test_a_rebuild_by_command_finds_everything_again(
    catalogue: Catalogue, ctx: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = engine().ids("listing")
    assert before
    engine().remove("listing", before)
    monkeypatch.setattr(indexer, "BATCH", 2)
    answer = ctx.test_cli_runner().invoke(args=["reindex"])
    assert engine().ids("listing") == before
    assert "documents indexed" in answer.output and " rows read" in answer.output


def test_a_large_backlog_is_written_in_several_commits(
    catalogue: Catalogue, ctx: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "COMMIT", 2)
    ids = sorted(engine().ids("listing"))
    engine().remove("listing", ids)
    commits: list[int] = []
    put = engine().put
    monkeypatch.setattr(engine(), "put", lambda documents: (commits.append(len(documents)), put(documents)))
    ctx.extensions["indexer"].apply([("listing", id_) for id_ in ids] * 2)
    assert sorted(engine().ids("listing")) == ids
    assert commits == [2, 1]
