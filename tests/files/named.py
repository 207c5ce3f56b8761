"""Documents that say in many places who made them."""

from __future__ import annotations

import io
import zipfile

import openpyxl
from openpyxl.comments import Comment
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from tests.files.samples import picture

MAKER = "Cong ty Dan Phuong Xanh"
REMARK = "The pump stands here"


def photo() -> bytes:
    exif = Image.Exif()
    exif[0x013B] = MAKER
    return picture("JPEG", size=(8, 8), exif=exif)


def _entries(**values: object) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in values.items()})


def pdf(*, password: str = "", within: bytes = b"") -> bytes:
    """A PDF that names its maker in properties, XMP, a remark, a signature and a picture."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": MAKER, "/Creator": MAKER, "/Company": MAKER})
    words = StreamObject()
    words.set_data(f"<x:xmpmeta>{MAKER}</x:xmpmeta>".encode())
    writer.root_object[NameObject("/Metadata")] = writer._add_object(words)
    remark = _entries(Subtype=NameObject("/Text"), Rect=ArrayObject([FloatObject(1)] * 4), T=TextStringObject(MAKER),
                      Contents=TextStringObject(REMARK))
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(remark)])
    image = StreamObject()
    image._data = photo()
    image.update(_entries(Subtype=NameObject("/Image"), Filter=NameObject("/DCTDecode")))
    page[NameObject("/Resources")] = _entries(XObject=_entries(I=writer._add_object(image)))
    signed = writer._add_object(_entries(Type=NameObject("/Sig"), Name=TextStringObject(MAKER)))
    field = writer._add_object(_entries(FT=NameObject("/Sig"), V=signed, T=TextStringObject("Signature1")))
    writer.root_object[NameObject("/AcroForm")] = _entries(Fields=ArrayObject([field]))
    if within:
        writer.add_attachment("within.txt", within)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def workbook() -> bytes:
    """A workbook that names its maker in its properties and as the author of a remark."""
    book = openpyxl.Workbook()
    book.properties.creator = book.properties.lastModifiedBy = MAKER
    book.active["A1"] = REMARK
    book.active["A1"].comment = Comment("Why?", MAKER)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def letter() -> bytes:
    """A DOCX whose parts name its maker wherever Word and its servers do."""
    parts = {
        "[Content_Types].xml": "<Types/>",
        "docProps/core.xml": f"<p><dc:creator>{MAKER}</dc:creator><cp:lastModifiedBy>{MAKER}</cp:lastModifiedBy></p>",
        "docProps/app.xml": f"<Properties><Company>{MAKER}</Company><Manager>{MAKER}</Manager></Properties>",
        "docProps/custom.xml": f"<Properties><lpwstr>{MAKER}</lpwstr></Properties>",
        "customXml/item1.xml": f"<a>{MAKER}</a>",
        "word/document.xml": f'<w:document><w:ins w:id="1" w:author="{MAKER}"><w:t>{REMARK}</w:t></w:ins></w:document>',
        "word/comments.xml": f"<w:comment w:initials='{MAKER}' w:author='{MAKER}'><w:t>Why?</w:t></w:comment>",
        "word/people.xml": f'<w15:person w15:author="{MAKER}"><w15:presenceInfo w15:userId="{MAKER}"/></w15:person>',
        "word/_rels/settings.xml.rels": f'<Relationship Type="t" Target="file:///C:\\{MAKER}\\a.dotx"/>',
        "ppt/commentAuthors.xml": f'<p:cmAuthor id="1" name="{MAKER}" initials="X"/>',
        "xl/persons/person.xml": f'<person displayName="{MAKER}" userId="{MAKER}"/>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        archive.writestr("word/media/image1.jpeg", photo())
    return out.getvalue()
