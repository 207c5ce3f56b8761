"""Contents that nothing refers to are swept out, others never."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select

from marketplace.core.access import SYSTEM
from marketplace.core.events import Event, record
from marketplace.core.extensions import db
from marketplace.core.installation import Installation, path_of
from marketplace.core.retention import last_runs, prune
from marketplace.files import actions, store
from marketplace.files.models import Attachment, StoredFile
from marketplace.values import clock
from tests import factories
from tests.deals.factories import deal_in
from tests.files import samples


@pytest.fixture(autouse=True)
def _bound(ctx: Flask) -> None:
    factories.bound(ctx.extensions["settings"])


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

    def refuse(_path: Path, _target: Path) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        assert sweep() == 0, "and it ends"
    assert sweep() == 1


def test_a_content_is_put_aside_first_and_can_be_put_back(ctx: Flask) -> None:
    received = actions.receive(samples.upload(samples.PDF, "a.pdf"))
    age(received.sha256)
    assert sweep() == 1
    path, data_dir = store.path(received.sha256), ctx.extensions["settings"].data_dir
    aside = data_dir / "quarantine" / path.relative_to(data_dir)
    assert aside.read_bytes() == samples.PDF
    assert sweep() == 0 and aside.exists(), "it is kept for 30 days from now"
    old = time.time() - 31 * 86_400
    os.utime(aside, (old, old))
    sweep()
    assert not aside.exists()


def forgotten(ctx: Flask) -> Path:
    """An aged content that no row names, in an installation that has just been made."""
    received = actions.receive(samples.upload(samples.PDF, "a.pdf"))
    age(received.sha256)
    db.session.execute(delete(Installation))
    db.session.commit()
    path_of(ctx.extensions["settings"]).unlink()
    return store.path(received.sha256)


def failed() -> str:
    """What the rule says of its last run."""
    run = last_runs()["files.contents"]
    return run.error if run.failed else ""


def test_an_empty_database_beside_files_deletes_none(ctx: Flask) -> None:
    path = forgotten(ctx)
    assert sweep() == 0 and path.exists()
    assert "the database is empty" in failed()


def test_a_first_run_deletes_nothing_and_binds_both(ctx: Flask) -> None:
    path = forgotten(ctx)
    record(factories.organisation(), "organisation.save", SYSTEM)
    assert sweep() == 0 and path.exists() and not failed()
    held = path_of(ctx.extensions["settings"]).read_text(encoding="ascii").split()[0]
    assert held == db.session.scalar(select(Installation.name))
    assert sweep() == 0 and path.exists()
    with clock.fixed(clock.now() + timedelta(days=2)):
        assert sweep() == 1


@pytest.mark.parametrize("whose", ["another one's", "of no installation yet"])
def test_another_database_deletes_no_file_until_it_is_bound(ctx: Flask, whose: str) -> None:
    path = forgotten(ctx)
    record(factories.organisation(), "organisation.save", SYSTEM)
    if whose == "another one's":
        factories.bound(ctx.extensions["settings"])
    path_of(ctx.extensions["settings"]).write_text("0" * 32, encoding="ascii")
    assert sweep() == 0 and path.exists()
    assert "is not that of" in failed()
    result = ctx.test_cli_runner().invoke(args=["bind-data-dir", "--yes"])
    assert result.exit_code == 0, result.output
    with clock.fixed(clock.now() + timedelta(days=2)):
        assert sweep() == 1


def test_an_older_state_of_the_same_database_deletes_no_file_until_it_is_bound(ctx: Flask) -> None:
    """As after a restore: the name is right, but the database knows nothing of what came after the backup."""
    settings, org = ctx.extensions["settings"], factories.organisation()
    record(org, "organisation.save", SYSTEM)
    received = actions.receive(samples.upload(samples.PDF, "a.pdf"))
    with clock.fixed(clock.now() + timedelta(hours=2)):
        assert sweep() == 0
    name, seen = path_of(settings).read_text(encoding="ascii").splitlines()
    assert seen == "{} {}".format(*db.session.execute(select(Event.id, Event.hash)).one())
    age(received.sha256)
    for later in ("0", "f" * 64):  # an event that is not there, and one of the same number in another history
        number, digest = seen.split()
        path_of(settings).write_text(f"{name}\n{number if later != '0' else 10**9} {digest if later == '0' else later}\n")
        with clock.fixed(clock.now() + timedelta(days=2)):
            assert sweep() == 0 and store.path(received.sha256).exists()
        assert "an older state" in failed()
    assert ctx.test_cli_runner().invoke(args=["bind-data-dir", "--yes"]).exit_code == 0
    assert sweep() == 0 and store.path(received.sha256).exists(), "a day to notice that it was the wrong one"
    with clock.fixed(clock.now() + timedelta(days=2)):
        assert sweep() == 1


@pytest.mark.parametrize("beside", ["an empty database", "another one's", "a DATA_DIR without a name"])
def test_the_worker_does_not_begin_for_a_database_that_is_not_that_of_its_data_dir(ctx: Flask, beside: str) -> None:
    path, settings = forgotten(ctx), ctx.extensions["settings"]
    if beside != "an empty database":
        record(factories.organisation(), "organisation.save", SYSTEM)
        factories.bound(settings)
    if beside == "another one's":
        path_of(settings).write_text("0" * 32, encoding="ascii")
    elif beside == "a DATA_DIR without a name":
        path_of(settings).unlink()
    db.session.remove()
    refused = ctx.test_cli_runner().invoke(args=["work", "--once"])
    assert refused.exit_code == 1 and "bind-data-dir" in refused.output and path.exists()
