"""A requester who is hidden is not told by what their documents say of themselves (review L1)."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from marketplace.buyer_requests.hidden_files import check_files
from marketplace.core.errors import Invalid
from marketplace.core.extensions import db
from marketplace.files import actions, anonymous, store
from marketplace.files.models import Attachment
from tests.buyer_requests.conftest import Scene
from tests.buyer_requests.factories import Cast, six_clear
from tests.factories import version_of
from tests.files import named, samples
from tests.files.named import MAKER, REMARK


def _files_of(scene: Scene, *documents: tuple[bytes, str]) -> str:
    def build(cast: Cast) -> object:
        revision = cast.submitted(kind="order", six_clear=six_clear(), visibility="requester_hidden")
        for data, name in documents:
            actions.attach(actions.store_upload(samples.upload(data, name), cast.buyer), revision, "document", "public")
        return cast.publish(revision)

    return scene.make(build)


def test_others_get_it_without_its_maker_and_the_own_people_as_it_was_sent(scene: Scene) -> None:
    _files_of(scene, (named.pdf(), "a.pdf"), (named.pdf(within=b"x"), "b.pdf"), (b"a;b\n", "c.csv"))
    with scene.app.app_context():
        ids = list(db.session.scalars(select(Attachment.id).order_by(Attachment.id)))
    own, guest = scene.client("buyer"), scene.client("")
    sent, passed_on = own.get(f"/files/{ids[0]}/x.pdf"), guest.get(f"/files/{ids[0]}/x.pdf")
    assert MAKER.encode() in sent.data
    assert passed_on.status_code == 200 and MAKER.encode() not in passed_on.data and REMARK.encode() in passed_on.data
    assert sent.headers["ETag"] != passed_on.headers["ETag"]
    again = guest.get(f"/files/{ids[0]}/x.pdf", headers={"If-None-Match": sent.headers["ETag"]})
    assert again.status_code == 200, "who had the original keeps no copy for others"
    assert (own.get(f"/files/{ids[1]}/x.pdf").status_code, guest.get(f"/files/{ids[1]}/x.pdf").status_code) == (200, 403)
    assert guest.get(f"/files/{ids[2]}/x.csv").data == b"a;b\n"


def test_a_file_that_cannot_be_passed_on_is_refused_beside_its_field_and_at_the_submission(scene: Scene) -> None:
    code = scene.make(lambda cast: cast.draft(kind="order", six_clear=six_clear(), visibility="requester_hidden"))
    client = scene.client("buyer", "en")
    locked = named.pdf(password="mat khau")

    def send(data: bytes) -> object:
        files = {"role": "document", "tier": "public", "file": (io.BytesIO(data), "đề bài.pdf")}
        return client.post(f"/my/needs/{code}/edit/files", data=files)

    refused = send(locked)
    assert refused.status_code == 422 and "cannot be taken out of it" in refused.text  # type: ignore[attr-defined]
    assert send(named.pdf()).status_code == 302  # type: ignore[attr-defined]
    with scene.app.app_context():
        revision = db.session.scalars(select(Attachment.subject_id)).one()
        stored = actions.store_upload(samples.upload(locked, "cũ.pdf"), scene.cast.buyer)  # from before it was hidden
        db.session.add(Attachment(file=stored, subject_kind="need_revision", subject_id=revision, role="document"))
        db.session.commit()
    lock = version_of(client.get(f"/my/needs/{code}/review"))
    answer = client.post(f"/my/needs/{code}/submit", data={"lock": lock})
    assert answer.status_code == 422 and "cũ.pdf" in answer.text


def test_files_of_a_requester_who_is_named_stay_as_they_are(cast: Cast) -> None:
    revision = cast.draft(visibility="public")
    received = actions.receive(samples.upload(named.pdf(password="mat khau"), "a.pdf"))
    check_files(revision, [received])
    assert not store.anonymous_path(received.sha256).exists()
    revision.visibility = "requester_hidden"
    with pytest.raises(Invalid):
        check_files(revision, [received])
    assert not anonymous.can_be_passed_on(received.sha256, received.content_type), "the finding is kept"
