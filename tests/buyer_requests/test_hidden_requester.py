"""A hidden requester's name, people, units, addresses and file names stand nowhere an outsider can read."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import asdict
from io import StringIO

from flask import Flask
from sqlalchemy import select

from marketplace.authoring import actions as authoring
from marketplace.buyer_requests import queries
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.reader_view import Face
from marketplace.core.access import GUEST
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.files import actions as files
from marketplace.mail import MailMessage
from tests.buyer_requests.conftest import Scene
from tests.buyer_requests.factories import Cast, six_clear
from tests.files import named, samples

REVEALING = (
    "Sở Tài nguyên Xanh", "so-tai-nguyen-xanh", "Lê Thị Hoa", "Lê Thị", "hoa@nhuom", "0912 345 678", "Phạm Thị Dung",
    "Phòng Hạ tầng đặc biệt", "Đỗ Văn Minh", "Giám đốc Sở X", "Ủy ban nhân dân Thành phố", "thongbao.example.vn",
    "Hoàn Kiếm", "ho-so-so-tai-nguyen", "Hồ sơ Sở Tài nguyên", "hoa.le@",
)
OUTSIDERS = ("", "invited", "stranger")


def hidden(cast: Cast) -> object:
    revision = cast.submitted(
        kind="order", six_clear=six_clear(), visibility="requester_hidden", invited_org_ids=[cast.invited_org.id],
        source_url="https://thongbao.example.vn/1", ward_code="00070",
    )
    stored = files.store_upload(samples.upload(named.pdf(), "Hồ sơ Sở Tài nguyên.pdf"), cast.buyer)
    files.attach(stored, revision, "document", "public", "Phụ lục của Sở Tài nguyên Xanh")
    return cast.publish(revision)


def assert_clean(text: str, where: str) -> None:
    found = [word for word in REVEALING if word.casefold() in text.casefold()]
    assert not found, f"{where} reveals {found}"


def test_pages_and_machine_readable_faces_reveal_nothing_to_outsiders(scene: Scene) -> None:
    code = scene.make(hidden)
    for name in OUTSIDERS:
        for locale in ("vi", "en"):
            client = scene.client(name, locale)
            for path in (f"/needs/{code}", f"/needs/{code}.jsonld", "/my/needs/invitations", "/my/needs.csv"):
                answer = client.get(path, follow_redirects=True)
                assert_clean(answer.text, f"{name or 'guest'} {path} {locale}")
    page = scene.client("stranger").get(f"/needs/{code}", follow_redirects=True).text
    assert "Bên có nhu cầu ẩn tên" in page
    assert "Lắp đặt hệ thống đo" in page  # what names nobody stays


def test_the_page_shows_the_name_to_the_own_people_and_to_moderators_only(scene: Scene) -> None:
    code = scene.make(hidden)
    for name in ("buyer", "colleague", "moderator"):
        assert "Sở Tài nguyên Xanh" in scene.client(name).get(f"/needs/{code}", follow_redirects=True).text, name
    assert "@reverse" not in json.loads(scene.client("buyer").get(f"/needs/{code}.jsonld").text)


def test_files_are_offered_and_downloaded_under_neutral_names(scene: Scene) -> None:
    code = scene.make(hidden)
    client = scene.client("stranger")
    page = client.get(f"/needs/{code}", follow_redirects=True).text
    assert f"{code}-1.pdf" in page
    offered = re.search(rf"/files/\d+/{code}-1\.pdf", page)
    assert offered is not None
    answer = client.get(offered.group())
    assert answer.status_code == 200
    assert_clean(answer.headers["Content-Disposition"], "the download")
    assert f"{code}-1.pdf" in answer.headers["Content-Disposition"]
    assert "Tài nguyên" in scene.client("buyer").get(f"/needs/{code}", follow_redirects=True).text


def test_the_search_document_and_the_face_of_a_guest_reveal_nothing(scene: Scene) -> None:
    code = scene.make(hidden)
    with scene.app.app_context():
        need = queries.readable(code, GUEST)
        document = queries.document(need)
        assert document is not None
        assert document.party == ""
        assert_clean(json.dumps(asdict(document), ensure_ascii=False, default=str), "the search document")
        face = Face(need, GUEST)
        assert_clean(" ".join(str(face[spec.name]) for spec in KIND.fields), "the face")
        assert queries.public_party(need, GUEST) is None
        assert queries.public_party(need, scene.cast.stranger) is None
        assert queries.public_party(need, scene.cast.buyer) is need.organisation


def test_letters_to_the_invited_reveal_nothing(scene: Scene) -> None:
    scene.make(hidden)
    with scene.app.app_context():
        drain()
        letters = list(db.session.scalars(select(MailMessage).where(MailMessage.user_id == scene.cast.invited_user.id)))
        assert [one.recipient for one in letters] == ["huy.ngo@example.vn"]
        assert_clean(letters[0].subject + letters[0].body, "the invitation")


def test_a_question_reaches_the_requester_without_revealing_them(scene: Scene) -> None:
    code = scene.make(hidden)
    client = scene.client("stranger")
    answer = client.post(
        f"/needs/{code}/enquiry", data={"text": "Xin hỏi lưu lượng giờ cao điểm là bao nhiêu?"}, follow_redirects=True)
    assert answer.status_code == 200
    assert_clean(answer.text, "the page after asking")
    with scene.app.app_context():
        drain()
        letter = db.session.query(MailMessage).filter_by(topic="enquiries", recipient="hoa.le@example.vn").one()
        assert "tam.vu@example.vn" in letter.body


def test_the_requesters_own_export_names_their_need(scene: Scene) -> None:
    code = scene.make(hidden)
    rows = list(csv.reader(StringIO(scene.client("buyer").get("/my/needs.csv").data.decode("utf-8-sig"))))
    assert rows[1][0] == code


def test_hiding_the_requester_later_hides_them_at_once(app: Flask) -> None:
    with app.app_context():
        cast = Cast("agency", "Sở Tài nguyên Xanh")
        need = cast.published(kind="order", six_clear=six_clear())
        revision = authoring.start_revision(KIND, need, cast.buyer)
        authoring.save(KIND, revision, {"visibility": "requester_hidden"}, cast.buyer, None)
        authoring.submit(KIND, revision, cast.buyer, revision.created_at)
        assert queries.public_party(need, GUEST) is not None  # until it is approved the old version stands
        cast.publish(revision)
        assert queries.public_party(need, GUEST) is None
        assert Face(need, cast.stranger).party is None
