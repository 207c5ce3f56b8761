"""The nightly seal: what it says, where it is kept, and what is noticed when a history was rewritten after it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.config import SettingsError
from marketplace.core.erasure import ERASED, delete_names
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.outbox import JOBS, ensure_jobs
from marketplace.history import merkle
from marketplace.history.actions import due_midnight, seal_if_due, take
from marketplace.history.keys import SealKeyError, known_keys, make_key, signing_key, verified
from marketplace.history.models import Seal, SealLeaf, digest, message
from marketplace.history.seal_file import lines, path_of
from marketplace.mail import MailMessage
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from tests import factories
from tests.conftest import make_settings
from tests.history import forging
from tests.web_role import as_owner

#: Ten past nine in the morning of 2 December in Vietnam, and the midnight before.
MORNING = datetime(2026, 12, 2, 2, 10, tzinfo=UTC)
MIDNIGHT = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
BINH = Actor(user_id=8, name="Bình", org_id=3)


@pytest.fixture
def org(ctx: Flask) -> Iterator[Organisation]:
    """An organisation with three events of 1 December, in a world of the morning after."""
    with clock.fixed(MORNING - timedelta(days=1)):
        made = factories.organisation()
        for number in range(3):
            record(made, "organisation.save", BINH, data={"number": number}, reason=f"lý do {number}")
        other = factories.organisation("Tổ chức khác")
        record(other, "organisation.save", SYSTEM)
        db.session.commit()
    with clock.fixed(MORNING):
        yield made


def sealed() -> Seal:
    seal = seal_if_due()
    assert seal is not None
    db.session.commit()
    return seal


def verify(app: Flask) -> tuple[int, list[str]]:
    """What `flask verify-history` says: its exit code and the breaks."""
    db.session.remove()
    result = app.test_cli_runner().invoke(args=["verify-history"])
    said = [line for line in result.stderr.splitlines() if not line.startswith("Note:")]
    return result.exit_code, said


def test_a_seal_says_one_count_and_one_root_and_holds_the_one_before(ctx: Flask, org: Organisation) -> None:
    first = sealed()
    assert (first.number, first.before, first.events, first.previous) == (1, MIDNIGHT, 4, "")
    ends = [merkle.leaf("organisation", org.id, 3, forging.chain("organisation", org.id)[-1].hash)]
    ends.append(merkle.leaf("organisation", org.id + 1, 1, forging.chain("organisation", org.id + 1)[-1].hash))
    pair = sorted(ends)
    assert first.root == hashlib.sha256(b"\x01" + pair[0] + pair[1]).hexdigest()
    assert verified(first.key, first.signature, message(first.signed()))
    record(org, "organisation.save", BINH)
    db.session.commit()
    assert seal_if_due() is None  # of one midnight there is one
    with clock.fixed(MORNING + timedelta(days=3)):
        second = sealed()
    assert (second.number, second.events, second.previous) == (2, 5, digest(first.public()))
    assert db.session.scalars(select(SealLeaf.seq).where(SealLeaf.seal_number == 2)).all() == [4]  # only what has grown
    assert verify(ctx) == (0, [])


def test_it_is_kept_beside_the_database_published_and_mailed(
    ctx: Flask, org: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ctx.extensions["settings"]
    monkeypatch.setattr(
        "marketplace.history.actions._settings",
        lambda: make_settings(settings.data_dir, settings.database_url, SEAL_MAIL_TO="a@kiemtoan.example, b@so.example"),
    )
    seal, client = sealed(), ctx.test_client()
    assert lines(path_of(settings)) == [seal.public()]
    assert client.get("/seals.json").get_json() == {"seals": [seal.public()], "next": None}
    assert client.get("/seals.json?after=1").get_json()["seals"] == []
    letters = db.session.scalars(select(MailMessage).order_by(MailMessage.recipient)).all()
    assert [letter.recipient for letter in letters] == ["a@kiemtoan.example", "b@so.example"]
    line = next(line for line in letters[0].body.splitlines() if line.startswith("{"))
    assert json.loads(line) == seal.public()
    assert "organisation" not in line  # nothing per kind
    path_of(settings).unlink()  # as when the process ends between the database and the file
    seal_if_due()
    db.session.commit()
    assert lines(path_of(settings)) == [seal.public()]


def test_a_seal_waits_until_its_midnight_is_settled(ctx: Flask) -> None:
    with clock.fixed(MIDNIGHT + timedelta(minutes=14)):
        assert due_midnight() == MIDNIGHT - timedelta(days=1)
    with clock.fixed(MIDNIGHT + timedelta(minutes=15)):
        assert due_midnight() == MIDNIGHT
    assert JOBS["seal"].next_run(MORNING) == MIDNIGHT + timedelta(days=1, minutes=20)


def test_the_worker_takes_it(ctx: Flask, org: Organisation) -> None:
    ensure_jobs()
    JOBS["seal"].run()
    db.session.commit()
    assert db.session.scalar(select(Seal.events)) == 4


@pytest.mark.parametrize("how", ["blanked", "deleted"])
def test_forgery_a_a_name_and_a_reason_taken_away(ctx: Flask, org: Organisation, how: str) -> None:
    sealed()
    forging.take_names(forging.chain("organisation", org.id)[1].id, how)
    why = "its reason or actor's name was changed" if how == "blanked" else \
        "its actor's name and reason are gone, and no erasure is recorded"
    assert verify(ctx) == (1, [f"organisation {org.id}, event 2: {why}"])


def test_forgery_b_the_first_event_rewritten_and_the_chain_computed_anew(ctx: Flask, org: Organisation) -> None:
    sealed()
    record(org, "organisation.save", BINH)
    db.session.commit()
    forging.rewrite("organisation", org.id, 1, actor_id=9, actor_name="Ai khác", data={"number": 99})
    code, said = verify(ctx)
    assert (code, said) == (1, [
        f"organisation {org.id}, event 3: this event or one before it was rewritten since seal 1, over events before "
        "02/12/2026 00:00"
    ])


def test_forgery_c_the_last_event_deleted_and_the_head_set_back(ctx: Flask, org: Organisation) -> None:
    sealed()
    org_id = org.id
    forging.cut("organisation", org_id, 3)
    assert verify(ctx) == (1, [
        f"organisation {org_id}, event 3: this event is gone since seal 1, over events before 02/12/2026 00:00"
    ])


def test_an_event_put_in_afterwards_is_named(ctx: Flask, org: Organisation) -> None:
    sealed()
    third = factories.organisation("Thêm sau")
    record(third, "organisation.save", BINH)
    db.session.commit()
    forging.rewrite("organisation", third.id, 1, at=MORNING - timedelta(days=1))
    code, said = verify(ctx)
    assert code == 1 and len(said) == 1
    assert said[0].startswith(f"organisation {third.id}, event 1: it is dated before seal 1")


@pytest.mark.parametrize(("statements", "why"), [
    (["UPDATE seal SET events = events - 1"], "seal 1: it is not what was signed"),
    (["DELETE FROM seal_leaf", "DELETE FROM seal"], "seal 1: it stands in the file and not in the database"),
    (["UPDATE seal_leaf SET hash = 'x' WHERE seq = 3"], "seal 1: the ends of chains kept with it were changed"),
])
def test_a_seal_that_is_tampered_with_is_named(ctx: Flask, org: Organisation, statements: list[str], why: str) -> None:
    sealed()
    as_owner()
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()
    code, said = verify(ctx)
    assert code == 1 and why in said


def test_a_seal_signed_with_another_key_is_named(ctx: Flask, org: Organisation) -> None:
    """Who holds the database and no key can only sign with one of their own."""
    path = ctx.extensions["settings"].seal_key_file
    key, kept = sealed().key, path.read_bytes()
    path.unlink()
    forging.rewrite("organisation", org.id, 1, data={"number": 99})
    as_owner()
    db.session.execute(text("DELETE FROM seal_leaf"))
    db.session.execute(text("DELETE FROM seal"))
    db.session.commit()
    path_of(ctx.extensions["settings"]).unlink()
    assert sealed().key != key
    assert verify(ctx) == (0, [])  # who holds both can do this: only a copy elsewhere proves it
    path.write_bytes(kept)
    assert verify(ctx) == (1, ["seal 1: it was signed with a key that is not in SEAL_KEY_FILE"])


def test_a_seal_that_does_not_hold_the_one_before_is_named(ctx: Flask, org: Organisation) -> None:
    """Who holds the key too can sign anything, but only the seal before gives the digest that the next one holds."""
    sealed()
    with clock.fixed(MORNING + timedelta(days=1)):
        second = sealed()
        second.previous = "0" * 64
        second.signature = signing_key(ctx.extensions["settings"]).sign(message(second.signed())).hex()
        values = {"previous": second.previous, "signature": second.signature}
        db.session.rollback()
        as_owner()
        db.session.execute(update(Seal).where(Seal.number == 2).values(values))
        db.session.commit()
        code, said = verify(ctx)
    assert code == 1 and "seal 2: it does not hold the digest of the seal before it" in said


def test_a_key_may_be_changed(ctx: Flask, org: Organisation, tmp_path: Path) -> None:
    sealed()
    path = ctx.extensions["settings"].seal_key_file
    old = known_keys(ctx.extensions["settings"])
    public = signing_key(ctx.extensions["settings"]).public_key()
    path.unlink()
    new = make_key(path)
    from_old = _pem(public)
    path.write_bytes(path.read_bytes() + from_old)
    assert known_keys(ctx.extensions["settings"]) == old | {new}
    with clock.fixed(MORNING + timedelta(days=1)):
        assert sealed().key == new
    assert verify(ctx) == (0, [])


def _pem(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_a_key_is_never_replaced_and_never_open_to_all(ctx: Flask, tmp_path: Path) -> None:
    settings = make_settings(tmp_path, "sqlite://", SEAL_KEY_FILE=str(tmp_path / "key.pem"))
    public = make_key(settings.seal_key_file)
    assert settings.seal_key_file.stat().st_mode & 0o777 == 0o600
    assert known_keys(settings) == {public}
    with pytest.raises(SealKeyError, match="is there already"):
        make_key(settings.seal_key_file)
    settings.seal_key_file.chmod(0o604)
    with pytest.raises(SealKeyError, match="everybody may read"):
        signing_key(settings)
    with pytest.raises(SettingsError, match="no e-mail address"):
        make_settings(tmp_path, "sqlite://", SEAL_MAIL_TO="kiểm toán")


def test_in_production_no_key_is_made(ctx: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = make_settings(tmp_path, "sqlite://")
    monkeypatch.setattr(type(settings), "production", True)
    with pytest.raises(SealKeyError, match="cannot be read"):
        signing_key(settings)


def test_an_erasure_after_a_seal_breaks_nothing(ctx: Flask, org: Organisation) -> None:
    user = factories.user("Anh")
    with clock.fixed(MORNING - timedelta(hours=12)):
        record(org, "organisation.save", Actor(user_id=user.id, name="Anh"), reason="Của tôi.")
        db.session.commit()
    sealed()
    erased = record(user, ERASED, SYSTEM)
    as_owner()
    delete_names(db.session.connection(), user.id, erased.id)
    db.session.commit()
    assert verify(ctx) == (0, [])


def test_nothing_is_sealed_of_an_empty_history(ctx: Flask) -> None:
    seal = take(MIDNIGHT)
    assert seal is not None and seal.root == hashlib.sha256(b"").hexdigest()
    db.session.commit()
    assert verify(ctx) == (0, [])


@given(st.sets(st.binary(min_size=32, max_size=32), min_size=1, max_size=40), st.randoms())
def test_every_end_can_be_proven_to_be_under_the_root(leaves: set[bytes], random: object) -> None:
    root = merkle.root(leaves)
    for leaf in leaves:
        assert merkle.proven(leaf, merkle.proof(leaves, leaf)) == root
    assert merkle.root(leaves - {min(leaves)}) != root
