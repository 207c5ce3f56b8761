"""What may be uploaded, and what becomes of it."""

from __future__ import annotations

import io
import unicodedata
from urllib.parse import unquote

import pytest
from flask import Flask
from PIL import Image

from marketplace.core.errors import Invalid
from marketplace.files import actions, store
from marketplace.files.checks import check, safe_name
from marketplace.web.downloads import disposition
from tests import factories
from tests.files import samples

LIMIT = 20_000_000

GOOD = [
    (samples.PDF, "a.pdf", "application/pdf"),
    (samples.picture("PNG"), "a.png", "image/png"),
    (samples.picture("JPEG"), "a.jpeg", "image/jpeg"),
    (samples.picture("WEBP"), "a.webp", "image/webp"),
    (samples.office(), "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (samples.office("xl/workbook.xml"), "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (samples.office("ppt/presentation.xml"), "a.pptx",
     "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("\ufeffTên;Giá\nMáy;5".encode(), "a.csv", "text/csv"),
    ("Thông số kỹ thuật".encode(), "a.txt", "text/plain"),
]


@pytest.mark.parametrize(("data", "name", "content_type"), GOOD, ids=[row[1] for row in GOOD])
def test_accepted_kinds(data: bytes, name: str, content_type: str) -> None:
    assert check(data, name, LIMIT).content_type == content_type


BAD = {
    "empty": (b"", "a.pdf"),
    "svg": (samples.SVG, "a.svg"),
    "svg named png": (samples.SVG, "a.png"),
    "svg named txt": (samples.SVG, "a.txt"),
    "html named txt": (samples.HTML, "a.txt"),
    "html named csv after space": (b"  \n" + samples.HTML, "a.csv"),
    "program": (samples.EXE, "a.exe"),
    "program named pdf": (samples.EXE, "a.pdf"),
    "html in front of a pdf": (samples.HTML + samples.PDF, "a.pdf"),
    "html inside the head of a pdf": (b"%PDF-1.4\n<html><script>1</script>" + samples.PDF, "a.pdf"),
    "pdf that is a zip": (samples.PDF[:-6] + samples.office() + b"%%EOF", "a.pdf"),
    "cut pdf": (samples.PDF[:20], "a.pdf"),
    "zip": (samples.office("readme.txt"), "a.zip"),
    "zip bomb": (samples.bomb, "a.docx"),
    "zip in a docx": (samples.office(extra={"word/inner.zip": b"PK"}), "a.docx"),
    "macros": (samples.office(extra={"word/vbaProject.bin": b"x"}), "a.docx"),
    "encrypted docx": (samples.encrypted_office(), "a.docx"),
    "docx with something in front": (samples.HTML + samples.office(), "a.docx"),
    "docx with a comment": (samples.office(comment=samples.HTML), "a.docx"),
    "cut docx": (samples.office()[:60], "a.docx"),
    "two documents in one": (samples.office(extra={"xl/workbook.xml": b"<x/>"}), "a.docx"),
    "cut picture": (samples.picture()[:60], "a.png"),
    "gif": (b"GIF89a" + b"\x00" * 40, "a.gif"),
    "latin-1 text": ("Đổi mới".encode("utf-16"), "a.txt"),
    "binary named csv": (b"a;b\x00\x01", "a.csv"),
}


@pytest.mark.parametrize("case", BAD)
def test_refused_kinds(case: str) -> None:
    data, name = BAD[case]
    with pytest.raises(Invalid) as caught:
        check(data() if callable(data) else data, name, LIMIT)
    assert caught.value.field == "file"
    assert str(caught.value)


def test_too_large_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(Invalid, match="larger than 1 MB"):
        check(b"x" * 1_000_001, "a.pdf", 1_000_000)


def test_a_picture_bomb_is_refused_without_decoding_it() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert len(out.getvalue()) < 200_000
    with pytest.raises(Invalid, match="20 megapixels"):
        check(out.getvalue(), "a.png", LIMIT)


def test_pictures_lose_their_metadata_and_whatever_hides_behind_them() -> None:
    data = check(samples.photo_with_place() + samples.HTML, "a.jpg", LIMIT).data
    assert b"Secret camera" not in data
    assert b"<script>" not in data
    with Image.open(io.BytesIO(data)) as kept:
        assert kept.size == (200, 320)  # turned upright
        assert not kept.getexif()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (unicodedata.normalize("NFD", "Bản vẽ kỹ thuật.pdf"), "Bản vẽ kỹ thuật.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\An\\hồ sơ.PDF", "hồ sơ.pdf"),
        ("a\u202efdp.exe", "afdp.pdf"),
        ("<b>x</b>\r\nSet-Cookie: a", "b- Set-Cookie- a.pdf"),
        ("", "file.pdf"),
        ("x" * 400, "x" * 120 + ".pdf"),
        ("Báo cáo v1.2", "Báo cáo v1.2.pdf"),
    ],
)
def test_names_are_nfc_short_and_harmless(given: str, expected: str) -> None:
    assert safe_name(given, ".pdf") == expected


def test_an_upload_is_stored_once_by_its_hash_with_small_copies(ctx: Flask) -> None:
    person = factories.user()
    actor = factories.actor_of(person, factories.organisation())
    one = actions.store_upload(samples.upload(samples.picture(size=(2000, 1000)), "Ảnh.png"), actor)
    two = actions.store_upload(samples.upload(samples.picture(size=(2000, 1000)), "Khác.png"), actor)
    assert one.sha256 == two.sha256
    assert store.path(one.sha256).stat().st_size == one.size
    with Image.open(store.copy_path(one.sha256, 640)) as small:
        assert small.size == (640, 320)
    assert not list(store.path(one.sha256).parent.glob(".new-*"))


def test_files_keep_an_order_and_belong_to_their_subject(ctx: Flask) -> None:
    org = factories.organisation()
    other = factories.organisation("Bên khác")
    actor = factories.actor_of(factories.user(), org)
    stored = actions.store_upload(samples.upload(samples.picture(), "a.png"), actor)
    first, second = (actions.attach(stored, org, "image", caption=name) for name in ("Một", "Hai"))
    actions.move(second, -1)
    assert [a.caption for a in actions.attachments(org)] == ["Hai", "Một"]
    actions.move(second, -1)
    assert [a.caption for a in actions.attachments(org)] == ["Hai", "Một"]
    actions.detach(first)
    assert [a.caption for a in actions.attachments(org)] == ["Hai"]
    with pytest.raises(Exception, match="Not found"):
        actions.attachment_of(other, second.id)


def test_a_document_is_no_picture(ctx: Flask) -> None:
    org = factories.organisation()
    stored = actions.store_upload(samples.upload(samples.PDF, "a.pdf"), factories.actor_of(factories.user(), org))
    with pytest.raises(Invalid, match="PNG"):
        actions.attach(stored, org, "image")


@pytest.mark.parametrize(
    "data",
    [b"\xef\xbb\xbf" + samples.PDF, b"\r\n" + samples.PDF, samples.PDF + b"\x00" * 4096,
     samples.PDF.replace(b"%%EOF\n", b""), b"\x00" * 1000 + samples.PDF],
    ids=["mark", "line end", "NULs behind", "no last line", "1000 bytes in front"],
)
def test_pdfs_that_readers_open_are_taken(data: bytes) -> None:
    assert check(data, "a.pdf", LIMIT).content_type == "application/pdf"


def test_what_hides_behind_nuls_is_still_seen() -> None:
    for hidden in (samples.PDF + samples.office() + b"\x00" * 60_000, samples.EXE + samples.PDF):
        with pytest.raises(Invalid):
            check(hidden, "a.pdf", LIMIT)


@pytest.mark.parametrize(
    ("name", "plain"),
    [("hợp đồng.pdf", "hop dong.pdf"), ("Đơn.pdf", "Don.pdf"), ("a.pdf", "a.pdf"), ("智能.pdf", "file.pdf"),
     ('a"b\\c.pdf', "abc.pdf")],
)
def test_a_download_has_a_plain_name_beside_its_own(name: str, plain: str) -> None:
    said = disposition(name)
    assert f'filename="{plain}"' in said and said.isascii()
    assert name == plain or unquote(said.split("UTF-8''")[1]) == name


def test_the_same_content_under_a_second_name_is_told(ctx: Flask) -> None:
    owner, subject = factories.actor_of(factories.user()), factories.organisation()
    first = actions.store_upload(samples.upload(samples.PDF, "một.pdf"), owner)
    made = actions.attach(first, subject, "document")
    for name in ("một.pdf", "hai.pdf"):
        again = actions.store_upload(samples.upload(samples.PDF, name), owner)
        if name == "một.pdf":
            assert actions.attach(again, subject, "document") is made
        else:
            with pytest.raises(Invalid, match="already"):
                actions.attach(again, subject, "document")
            assert actions.attach(again, subject, "document", any_name=True) is made
