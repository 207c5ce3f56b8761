"""Contents that nothing refers to are swept out, others never."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.access import SYSTEM
from marketplace.core.extensions import db
from marketplace.core.retention import last_runs, prune
from marketplace.files import actions, store
from marketplace.files.models import Attachment, StoredFile
from marketplace.values import clock
from tests import factories
from tests.deals.factories import deal_in
from tests.files import samples


def age(digest: str) -> None:
    old = time.time() - 2 * 86_400
    for path in store.path(digest).parent.iterdir():
        os.utime(path, (old, old))


def sweep() -> int:
    """Do what the nightly job does; return how many contents went."""
    db.session.commit()
    while prune():
        db.session.commit()
    db.session.commit()
    return last_runs()["files.contents"].removed


def test_abandoned_uploads_and_long_detached_files_go(ctx: Flask) -> None:
    org = factories.organisation()
    kept = actions.store_upload(samples.upload(samples.picture(size=(50, 60)), "a.png"), SYSTEM)
    actions.attach(kept, org, "image")
    detached = actions.store_upload(samples.upload(samples.PDF, "b.pdf"), SYSTEM)
    detached.created_at = clock.now() - timedelta(days=31)
    fresh = actions.store_upload(samples.upload(samples.PDF + b"\n", "c.pdf"), SYSTEM)
    abandoned = actions.receive(samples.upload(samples.picture(size=(70, 80)), "d.png"))
    for digest in (kept.sha256, detached.sha256, fresh.sha256):
        age(digest)
    db.session.commit()
    gone_id, gone, others = detached.id, detached.sha256, (kept.sha256, fresh.sha256)
    while prune() and last_runs()["files"].removed == 0:
        db.session.commit()
    assert store.path(gone).exists(), "a content goes once its row has gone for good"
    db.session.rollback()
    assert sweep() == 1  # the abandoned one is too new: its row may still come
    assert not store.path(gone).exists()
    age(abandoned.sha256)
    assert sweep() == 4  # the picture and its three small copies
    assert store.path(others[0]).exists()
    assert store.copy_path(others[0], 160).exists()
    assert store.path(others[1]).exists()
    assert not store.path(gone).exists()
    assert db.session.get(StoredFile, gone_id) is None


def test_the_same_content_uploaded_again_is_fresh(ctx: Flask) -> None:
    received = actions.receive(samples.upload(samples.PDF, "a.pdf"))
    age(received.sha256)
    actions.receive(samples.upload(samples.PDF, "a.pdf"))
    assert sweep() == 0


def test_a_signed_contract_keeps_its_file_without_any_attachment(ctx: Flask) -> None:
    deal = deal_in("signed")
    for attachment in db.session.scalars(select(Attachment)).all():
        db.session.delete(attachment)
    for one in deal.signatures:
        one.file.created_at = clock.now() - timedelta(days=60)
    db.session.flush()
    sweep()
    db.session.expire_all()
    assert {one.file.sha256 for one in deal.signatures} == {one.sha256 for one in deal.signatures}


def test_a_content_that_cannot_be_deleted_is_left_to_the_next_night(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = actions.receive(samples.upload(samples.PDF, "a.pdf"))
    age(stuck.sha256)

    def refuse(_path: Path, missing_ok: bool = False) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        assert sweep() == 0, "and it ends"
    assert sweep() == 1
