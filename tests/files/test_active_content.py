"""Documents that run something when they are opened are refused; those that only look like something are taken."""

from __future__ import annotations

import zlib

import pytest

from marketplace.core.errors import Invalid
from marketplace.files.checks import check
from tests.files import samples

LIMIT = 20_000_000
DTD = b'<?xml version="1.0"?><!-- <a> --><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x/>'


def pdf(catalog: bytes, more: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog" + catalog + b">>endobj\n" + more + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def in_object_stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    return b"2 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode>>stream\n" + packed + b"\nendstream endobj\n"


@pytest.mark.parametrize("part", [
    "word/embeddings/oleObject1.bin", "word/vbaProject.bin", "word/vbaProject.BIN ", "x.hta", "word/x.lnk", "x.VBE",
    "../../../etc/x", "/etc/x.xml", "word\\..\\..\\x.xml", "C:x.xml", "word/activeX/activeX1.xml",
    "xl/macrosheets/sheet1.xml", "word/media/a.swf",
])
def test_an_office_file_with_an_active_part_or_a_strange_path_is_refused(part: str) -> None:
    with pytest.raises(Invalid, match=r"macros or programs|several kinds"):
        check(samples.office(extra={part: b"x"}), "a.docx", LIMIT)


@pytest.mark.parametrize("content", [DTD, DTD.decode().encode("utf-16"), b"<!--" + b"x" * 70_000 + b"-->" + DTD])
def test_a_part_with_a_document_type_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="several kinds"):
        check(samples.office(extra={"word/styles.xml": content}), "a.docx", LIMIT)


@pytest.mark.parametrize("part", [
    "word/media/image1.png", "word/embeddings/Microsoft_Excel_Sheet1.xlsx", "xl/printerSettings/printerSettings1.bin",
    "docProps/thumbnail.jpeg", "word/_rels/document.xml.rels", "word/fonts/font1.odttf", "_rels/.rels", "word/theme/",
])
def test_what_ordinary_office_files_hold_is_taken(part: str) -> None:
    assert check(samples.office(extra={part: b"<x/>"}), "a.docx", LIMIT).name == "a.docx"


@pytest.mark.parametrize("data", [
    pdf(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), pdf(b"/OpenAction<</S /Launch/F(cmd.exe)>>"),
    pdf(b"/Names<</JavaScript 3 0 R>>"), pdf(b"/OpenAction<</S/#4aava#53cript/JS(x)>>"),
    pdf(b"", in_object_stream(b"3 0 <</S/JavaScript/JS(x)>>")),
])
def test_a_pdf_that_runs_something_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="macros or programs"):
        check(data, "a.pdf", LIMIT)


@pytest.mark.parametrize("data", [
    pdf(b"/OpenAction[1 0 R/Fit]"), pdf(b"", b"3 0 obj(JavaScript and /Launching)endobj\n"),
    pdf(b"", in_object_stream(b"3 0 <</S/URI/URI(https://example.vn)>>")),
])
def test_a_pdf_that_opens_at_a_page_or_links_is_taken(data: bytes) -> None:
    assert check(data, "a.pdf", LIMIT).content_type == "application/pdf"
