"""The program that takes out of one document who made it: the document on its input, the rewritten one on its output.

Run by path in bounded memory and time, and loads nothing of the exchange. What stands in the document's own pages stays.
Ends with 3 when a document cannot be rewritten: encrypted, damaged, with other files inside, or with parts it cannot read.
"""

from __future__ import annotations

import io
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

MEMORY = 1_000_000_000  # bytes of address space
SECONDS = 20  # of processor time
CANNOT = 3

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_EXTENDED = "http://schemas.openxmlformats.org/officeDocument/2006/"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: Parts of office files that hold nothing but what a document says about itself, as they are without it.
_EMPTY = {
    "docprops/core.xml": f'{_HEAD}<cp:coreProperties xmlns:cp="{_RELATIONS}"/>',
    "docprops/app.xml": f'{_HEAD}<Properties xmlns="{_EXTENDED}extended-properties"/>',
    "docprops/custom.xml": f'{_HEAD}<Properties xmlns="{_EXTENDED}custom-properties"/>',
}
#: Attributes that name people, computers and accounts, whatever their prefix: authors of comments and changes, persons,
#: the folder a workbook lay in, who reserved it.
_NAMING = re.compile(
    r"""(\s(?:[\w.-]+:)?(?:author|initials|userId|userName|displayName|providerId|lastClr|absPath|lastEditedBy)\s*=\s*)"""
    r"""("[^"]*"|'[^']*')"""
)
_PATH = re.compile(r"""(<(?:[\w.-]+:)?absPath\b[^>]*?\surl\s*=\s*)("[^"]*"|'[^']*')""")
_AUTHORS = re.compile(r"(<(?:[\w.-]+:)?author>)[^<]*(</(?:[\w.-]+:)?author>)")
_POWERPOINT = re.compile(r"""(<(?:[\w.-]+:)?(?:cmAuthor|author)\b[^>]*?\sname\s*=\s*)("[^"]*"|'[^']*')""")
_LOCAL = re.compile(r"""(\sTarget\s*=\s*)("(?:file:|\\\\)[^"]*"|'(?:file:|\\\\)[^']*')""", re.IGNORECASE)
#: What may hold a name and is not needed to read a document: it is emptied.
_DROPPED = re.compile(r"customxml/item\d+\.xml|docmetadata/.*\.xml", re.IGNORECASE)
_MARKUP = (".xml", ".rels", ".vml")


class CannotStrip(Exception):
    """The document cannot be rewritten without what names somebody."""


def stripped(data: bytes) -> bytes:
    """Return a document without what says who made it. Raises CannotStrip."""
    return _office(data) if data.startswith(b"PK\x03\x04") else _pdf(data)


# office files


def _office(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            name = entry.filename
            bare = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            bare.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(bare, _part(name.lower(), source.read(entry)))
    return out.getvalue()


def _part(name: str, content: bytes) -> bytes:
    if name in _EMPTY:
        return _EMPTY[name].encode()
    if name.endswith((".docx", ".xlsx", ".pptx")):
        return _office(content)
    if _DROPPED.fullmatch(name):
        return f"{_HEAD}<removed/>".encode()
    if name.endswith(_MARKUP):
        return _markup(content)
    return without_picture_data(content)


def _markup(content: bytes) -> bytes:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise CannotStrip from None
    if "\0" in text:
        raise CannotStrip  # UTF-16 without its mark
    for pattern in (_NAMING, _PATH, _POWERPOINT):
        text = pattern.sub(r'\1""', text)
    text = _AUTHORS.sub(r"\1\2", text)
    return _LOCAL.sub(r'\1"about:blank"', text).encode()


# pictures within documents: their pixels stay as they are


def without_picture_data(data: bytes) -> bytes:
    """Return a JPEG, PNG or WebP without Exif, XMP and comments, and anything else as it is."""
    if data.startswith(b"\xff\xd8\xff"):
        return b"".join(_jpeg(data))
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data[:8] + b"".join(_chunks(data, 8, {b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"tIME"}))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kept = b"".join(_riff(data))
        return b"RIFF" + (len(kept) + 4).to_bytes(4, "little") + b"WEBP" + kept
    return data


def _jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        kind = data[place + 1]
        if kind == 0xDA:  # the pixels
            break
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if kind not in {0xE1, 0xED, 0xFE}:  # Exif and XMP, IPTC, a comment
            yield data[place:end]
        place = end
    yield data[place:]


def _chunks(data: bytes, place: int, unwanted: set[bytes]) -> Iterator[bytes]:
    while place + 12 <= len(data):
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        if data[place + 4 : place + 8] not in unwanted:
            yield data[place:end]
        place = end


def _riff(data: bytes) -> Iterator[bytes]:
    place = 12
    while place + 8 <= len(data):
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        end = place + 8 + size + size % 2
        if data[place : place + 4] not in {b"EXIF", b"XMP "}:
            yield data[place:end]
        place = end


# PDF


def _pdf(data: bytes) -> bytes:
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        raise CannotStrip
    writer = PdfWriter(clone_from=reader)
    writer.metadata = None
    for name in ("/Perms", "/PieceInfo", "/Metadata"):
        writer.root_object.pop(name, None)
    for one in list(writer._objects):
        if one is not None:
            _clean(one)
    writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _clean(thing: Any) -> None:
    """Take names out of one object and what stands directly in it; what it refers to is an object of its own."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ArrayObject):
            waiting.extend(list.__iter__(one))
        elif isinstance(one, DictionaryObject):
            _clean_dictionary(one)
            waiting.extend(dict.values(one))


def _clean_dictionary(one: DictionaryObject) -> None:
    if "/EF" in one or "/EmbeddedFiles" in one or one.get("/Type") == "/EmbeddedFile":
        raise CannotStrip
    for name in ("/Metadata", "/PieceInfo", "/CreatorInfo"):
        dict.pop(one, name, None)
    if one.get("/FT") == "/Sig":  # a signature names who signed, and would not be valid after the rewriting
        dict.pop(one, "/V", None)
    if "/Subtype" in one and "/Rect" in one and one.get("/Subtype") != "/Widget":
        dict.pop(one, "/T", None)  # who wrote a remark
    if isinstance(one, StreamObject) and one.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
        one._data = without_picture_data(one._data)


def _bound(kind: int, most: int) -> None:
    try:
        resource.setrlimit(kind, (most, most))
    except (OSError, ValueError):  # not on every system; the time limit of whoever waits remains
        return


def main() -> int:
    """Rewrite the document on the input."""
    _bound(resource.RLIMIT_AS, MEMORY)
    _bound(resource.RLIMIT_CPU, SECONDS)
    try:
        sys.stdout.buffer.write(stripped(sys.stdin.buffer.read()))
    except Exception as error:
        print(type(error).__name__, file=sys.stderr)  # noqa: T201 - for the log of who asked
        return CANNOT
    return 0


if __name__ == "__main__":
    sys.exit(main())
