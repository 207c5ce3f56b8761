"""The operators' pages: upload, look, choose columns, confirm, follow, report. For operators only."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.core.events import Outbox
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.core.retention import RETENTIONS
from marketplace.importing import import_runs
from marketplace.importing.models import ImportRun
from marketplace.listings.models import Listing, ListingRevision
from tests import factories
from tests.importing.files import LISTINGS, archive

ROWS = [*LISTINGS, {"id": "T-9"}, {"id": "T-10", "title": "<b>Máy</b> <script>alert(1)</script>"}]


def content(rows: Any) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


@pytest.fixture
def desk(ctx: Flask) -> dict[str, Any]:
    operator = factories.user("Lê Thị Điều Hành", staff=("moderator",))
    org = factories.organisation("Viện Vật liệu")
    return {"client": factories.client(ctx, operator), "org": org, "operator": operator}


def upload(client: FlaskClient, org: Any, data: bytes, name: str = "danh-muc.jsonl", **fields: str) -> Any:
    form = {"kind": "listings", "organisation": org.slug, "file": (io.BytesIO(data), name), **fields}
    return client.post("/imports", data=form, content_type="multipart/form-data")


def only_run() -> ImportRun:
    db.session.expire_all()
    return db.session.scalars(select(ImportRun)).one()


def test_from_upload_to_report(desk: dict[str, Any]) -> None:
    client, org = desk["client"], desk["org"]
    assert client.get("/imports").status_code == 200
    answer = upload(client, org, content(ROWS), publish="y")
    assert answer.status_code == 302
    place = answer.headers["Location"]
    page = client.get(place).text
    assert "Màng lọc nước lợ" in page and "Nhập 4 dòng" in page and "Không có tên gọi" in page
    assert "<script>alert" not in page and "<b>Máy" not in page
    assert not db.session.scalars(select(Listing)).all()
    for _twice in range(2):
        assert client.post(f"{place}/start").status_code == 302
    assert len(db.session.scalars(select(Outbox).where(Outbox.consumer == "import")).all()) == 1
    waiting = client.get(place).text
    assert 'http-equiv="refresh"' in waiting and "đang chờ tiến trình" in waiting
    drain()
    done = client.get(place).text
    assert 'http-equiv="refresh"' not in done and "Hoàn tất" in done
    assert only_run().counts["published"] == 4 and only_run().counts["rejected"] == {"no_title": 1}
    report = client.get(f"{place}/report")
    assert report.mimetype == "text/csv" and "attachment" in report.headers["Content-Disposition"]
    assert "bị loại" in report.get_data(as_text=True) and "no_title" in report.get_data(as_text=True)
    titles = {made.published_revision.title for made in db.session.scalars(select(Listing)) if made.published_revision}
    assert "Máy" in titles and len(titles) == 4
    assert "danh-muc.jsonl" in client.get("/imports").text


def test_the_same_upload_twice_is_one_run(desk: dict[str, Any]) -> None:
    places = {upload(desk["client"], desk["org"], content(LISTINGS)).headers["Location"] for _twice in range(2)}
    assert len(places) == 1 and only_run().state == "previewed"
    assert len(list((import_runs.folder() / "uploads").iterdir())) == 1


def test_columns_can_be_chosen(desk: dict[str, Any]) -> None:
    client = desk["client"]
    rows = [{"naam": "Zeef", "woorden": "water", "title": "wrong"}]
    place = upload(client, desk["org"], content(rows)).headers["Location"]
    assert re.search(r'name="column-2".*?<option value="title" selected>', client.get(place).text, re.S)
    chosen = {"column-0": "title", "column-1": "tags", "column-2": ""}
    assert client.post(f"{place}/columns", data=chosen).status_code == 302
    page = client.get(place).text
    assert re.search(r'name="column-0".*?<option value="title" selected>', page, re.S) and "Zeef" in page
    client.post(f"{place}/start")
    drain()
    made = db.session.scalars(select(Listing)).one().revisions[0]
    assert (made.title, made.tags, made.imported) == ("Zeef", ["water"], True)


def test_one_field_from_two_columns_is_refused_and_nothing_lost(desk: dict[str, Any]) -> None:
    client = desk["client"]
    place = upload(client, desk["org"], content(LISTINGS)).headers["Location"]
    before = only_run().mapping
    answer = client.post(f"{place}/columns", data={"column-0": "title", "column-1": "title"})
    assert answer.status_code == 422 and "chỉ lấy được từ một cột" in answer.text
    assert only_run().mapping == before


def test_an_import_without_a_title_does_not_start(desk: dict[str, Any]) -> None:
    place = upload(desk["client"], desk["org"], content([{"x": "1"}])).headers["Location"]
    assert desk["client"].get(place).status_code == 200
    answer = desk["client"].post(f"{place}/start")
    assert answer.status_code == 422 and "cột nào là tên gọi" in answer.text
    assert only_run().state == "previewed"


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"%PDF-1.7 x", "a.csv", "tệp PDF"),
        (lambda: archive({"[Content_Types].xml": b"", "xl/a.xml": b"0" * 60_000_000}), "a.xlsx", "dung lượng bất thường"),
        (b"PK\x03\x04", "a.xlsx", "bị hỏng"),
        (b"\x00\xff\x01" * 90, "a.csv", "không phải tệp văn bản"),
        (b"<html></html>", "../../etc/passwd.html", "trang web"),
        (b"id;title\n", "a.csv", "không có dữ liệu"),
        (b"", "a.csv", "Tệp không có nội dung"),
    ],
)
def test_bad_files_get_a_clear_message(
    desk: dict[str, Any], data: bytes | Callable[[], bytes], name: str, message: str
) -> None:
    answer = upload(desk["client"], desk["org"], data() if callable(data) else data, name)
    assert answer.status_code == 422 and message in answer.text
    assert not db.session.scalars(select(ImportRun)).all()
    folder = import_runs.folder() / "uploads"
    assert not folder.exists() or not list(folder.iterdir())


def test_missing_answers_and_wrong_owners(desk: dict[str, Any]) -> None:
    client, org = desk["client"], desk["org"]
    assert client.post("/imports", data={}, content_type="multipart/form-data").status_code == 422
    assert upload(client, org, content(LISTINGS), organisation="Không có ai").status_code == 422
    draft = factories.organisation("Chưa xác minh", state="draft")
    refused = upload(client, draft, content(LISTINGS), publish="y")
    assert refused.status_code == 422 and "chưa được xác minh" in refused.text
    assert upload(client, org, content(LISTINGS), kind="users").status_code == 422
    factories.member(desk["operator"], org)
    assert upload(client, org, content(LISTINGS), publish="y").status_code == 422
    assert not db.session.scalars(select(ImportRun)).all()


def test_a_run_that_fails_says_so_and_imports_nothing(desk: dict[str, Any]) -> None:
    client = desk["client"]
    place = upload(client, desk["org"], content(LISTINGS), publish="y").headers["Location"]
    client.post(f"{place}/start")
    import_runs.upload_path(only_run()).write_bytes(b"%PDF")
    drain()
    assert only_run().state == "failed" and not db.session.scalars(select(Listing)).all()
    page = client.get(place).text
    assert "tệp PDF" in page and "Chưa có gì được nhập" in page
    assert client.get(f"{place}/report").status_code == 404


def test_an_unexpected_error_is_a_failed_run(desk: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("no")

    place = upload(desk["client"], desk["org"], content(LISTINGS)).headers["Location"]
    desk["client"].post(f"{place}/start")
    monkeypatch.setattr(import_runs.actions, "run", explode)
    drain()
    assert only_run().state == "failed" and "lỗi ngoài dự kiến" in desk["client"].get(place).text


def test_a_run_is_done_once_even_when_delivered_twice(desk: dict[str, Any]) -> None:
    place = upload(desk["client"], desk["org"], content(LISTINGS)).headers["Location"]
    desk["client"].post(f"{place}/start")
    drain()
    import_runs.execute(only_run().id)
    db.session.commit()
    assert len(db.session.scalars(select(Listing)).all()) == 3 and only_run().counts["created"] == 3


def test_progress_is_shown(desk: dict[str, Any]) -> None:
    place = upload(desk["client"], desk["org"], content(LISTINGS)).headers["Location"]
    desk["client"].post(f"{place}/start")
    import_runs.note_progress(only_run().id, 2, 3)
    assert re.search(r'<progress[^>]*max="3"[^>]*value="2"', desk["client"].get(place).text)


@pytest.mark.parametrize("who", ["anonymous", "stranger", "colleague", "manager"])
def test_nobody_else_may_open_these_pages(desk: dict[str, Any], ctx: Flask, who: str) -> None:
    place = upload(desk["client"], desk["org"], content(LISTINGS)).headers["Location"]
    person = None if who == "anonymous" else factories.user(staff=("manager",) if who == "manager" else ())
    if who == "colleague":
        factories.member(person, desk["org"])  # type: ignore[arg-type]
    client = factories.client(ctx, person, desk["org"] if who == "colleague" else None)
    expected = {302, 401} if who == "anonymous" else {403}
    for method, path in (("get", "/imports"), ("post", "/imports"), ("get", place), ("post", f"{place}/columns"),
                         ("post", f"{place}/start"), ("get", f"{place}/report")):
        assert getattr(client, method)(path).status_code in expected, path
    assert only_run().state == "previewed"


def test_an_unknown_run_is_not_found(desk: dict[str, Any]) -> None:
    assert desk["client"].get("/imports/999").status_code == 404


def test_the_pages_speak_english_too(desk: dict[str, Any], ctx: Flask) -> None:
    client = factories.client(ctx, desk["operator"], locale="en")
    place = upload(client, desk["org"], content(ROWS)).headers["Location"]
    page = client.get(place).text
    assert "What would happen" in page and "There is no title" in page


def test_old_uploads_are_deleted_and_waiting_ones_kept(desk: dict[str, Any]) -> None:
    done = upload(desk["client"], desk["org"], content(LISTINGS)).headers["Location"]
    desk["client"].post(f"{done}/start")
    drain()
    upload(desk["client"], desk["org"], content(ROWS))
    uploads = import_runs.folder() / "uploads"
    waiting = db.session.scalars(select(ImportRun).where(ImportRun.state == "previewed")).one()
    factories.bound(current_app.extensions["settings"])
    rule = RETENTIONS["imports"]
    before = rule.before()
    assert before is not None and rule.remove(before) == 0
    assert len(list(uploads.iterdir())) == 2
    for path in uploads.iterdir():
        os.utime(path, (0, 0))
    assert (rule.due(), rule.remove(before), rule.due()) == (1, 1, 0)
    assert list(uploads.iterdir()) == [import_runs.upload_path(waiting)]


def test_another_sheet_can_be_chosen(desk: dict[str, Any], tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    for name, title in (("Năm 2025", "Máy bơm"), ("Năm 2026", "Máy sấy")):
        page = book.add_worksheet(name)
        page.write_row(0, 0, ["title" if name == "Năm 2025" else "Tên công nghệ"])
        page.write_row(1, 0, [title])
    book.add_worksheet("Trống")
    book.close()
    client = desk["client"]
    place = upload(client, desk["org"], (tmp_path / "a.xlsx").read_bytes(), "a.xlsx").headers["Location"]
    page = client.get(place).text
    assert "Máy bơm" in page and "Máy sấy" not in page and "<option>Năm 2026</option>" in page.replace("\n    ", "")
    assert client.post(f"{place}/columns", data={"sheet": "Trống"}).status_code == 422
    assert client.post(f"{place}/columns", data={"sheet": "Năm 2026"}).status_code == 302
    page = client.get(place).text
    assert "Máy sấy" in page and "Máy bơm" not in page
    assert client.post(f"{place}/columns", data={"sheet": "Năm 2026", "column-0": "title"}).status_code == 302
    assert only_run().mapping["sheet"] == "Năm 2026"
    client.post(f"{place}/start")
    drain()
    assert [one.title for one in db.session.scalars(select(ListingRevision))] == ["Máy sấy"]
