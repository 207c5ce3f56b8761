"""Documents are rewritten without who made them (review L1)."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from PIL import Image
from pypdf import PdfReader

from marketplace.files.strip_child import CannotStrip, stripped, without_picture_data
from tests.files import named, samples
from tests.files.named import MAKER, REMARK


def test_a_pdf_says_no_more_who_made_it_and_shows_what_it_showed() -> None:
    before = named.pdf()
    assert before.count(MAKER.encode()) >= 6
    after = stripped(before)
    assert MAKER.encode() not in after and REMARK.encode() in after
    read = PdfReader(io.BytesIO(after))
    assert (read.metadata, read.xmp_metadata, len(read.pages)) == (None, None, 1)


@pytest.mark.parametrize("make", [named.workbook, named.letter])
def test_nor_does_an_office_file(make: object) -> None:
    before, after = make(), stripped(make())  # type: ignore[operator]
    with zipfile.ZipFile(io.BytesIO(before)) as one, zipfile.ZipFile(io.BytesIO(after)) as two:
        assert one.namelist() == two.namelist()
        assert [name for name in two.namelist() if MAKER.encode() in two.read(name)] == []
        assert any(REMARK.encode() in two.read(name) for name in two.namelist())
    if make is named.workbook:
        sheet = openpyxl.load_workbook(io.BytesIO(after)).active
        assert (sheet["A1"].value, sheet["A1"].comment.text) == (REMARK, "Why?")


def test_pictures_within_documents_lose_what_is_not_pixels() -> None:
    for data in (named.photo(), samples.photo_with_place(), samples.picture("PNG"), samples.picture("WEBP")):
        bare = without_picture_data(data)
        assert MAKER.encode() not in bare and b"Secret camera" not in bare
        assert Image.open(io.BytesIO(bare)).tobytes() == Image.open(io.BytesIO(data)).tobytes()


@pytest.mark.parametrize("data", [named.pdf(password="mat khau"), named.pdf(within=b"x")], ids=["encrypted", "with a file"])
def test_what_cannot_be_rewritten_is_said(data: bytes) -> None:
    with pytest.raises(CannotStrip):
        stripped(data)
