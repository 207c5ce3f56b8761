"""What may be uploaded, decided by content and never by the name: an allow-list, and checks against hostile files.

Pure: bytes in, `Checked` out. Nothing here touches the disk or the database.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import filetype

from marketplace.core.errors import Invalid
from marketplace.files.active_content import (
    active_part,
    declares_macros,
    has_document_type,
    pdf_runs_something,
    strange_path,
)
from marketplace.files.images import clean_image
from marketplace.values.text import N_, clean_line

_OFFICE = "application/vnd.openxmlformats-officedocument."
#: Content type → extension of everything that may be stored.
EXTENSIONS = {
    "application/pdf": ".pdf",
    f"{_OFFICE}wordprocessingml.document": ".docx",
    f"{_OFFICE}spreadsheetml.sheet": ".xlsx",
    f"{_OFFICE}presentationml.presentation": ".pptx",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "text/plain": ".txt",
    "text/csv": ".csv",
}
#: For the `accept` attribute of file fields.
ACCEPT = ",".join(sorted({*EXTENSIONS.values(), ".jpeg"}))
IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})
ACCEPT_IMAGES = ".jpeg,.jpg,.png,.webp"
_OFFICE_PARTS = {
    "word/document.xml": f"{_OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{_OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{_OFFICE}presentationml.presentation",
}
RUNS = N_("The file contains macros or programs. Save it without them.")
MAX_ENTRIES = 5_000
MAX_UNPACKED = 300_000_000  # bytes of an office file once unpacked
MAX_RATIO = 120  # unpacked to packed; text of office files stays below 40
_SMALL_UNPACKED = 10_000_000  # below this the ratio says nothing
_PDF, _PDF_HEAD = b"%PDF-", 1024  # what a PDF begins with, and within how many bytes
_PDF_TABLE = re.compile(rb"startxref|trailer|/Type\s*/XRef")
_END_OF_ZIP = b"PK\x05\x06"
_MARKUP = re.compile(rb"<\s*(!doctype|html|script|svg|\?xml|body|iframe|head)", re.IGNORECASE)
_BAD_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


@dataclass(frozen=True)
class Checked:
    """Content that may be stored. `data` of images is re-encoded: no metadata, nothing hidden behind the picture.

    `copies` are the small copies of a picture by their longest side, and empty for anything else.
    """

    data: bytes
    content_type: str
    name: str
    copies: Mapping[int, bytes] = field(default_factory=dict)


def check(data: bytes, name: str, limit: int) -> Checked:
    """Return what may be stored of an upload; raises Invalid on the field `file` with what to do otherwise."""
    if not data:
        raise Invalid("file", N_("The file is empty."))
    if len(data) > limit:
        raise Invalid("file", N_("The file is larger than %(limit)s MB."), limit=limit // 1_000_000)
    content_type = _identify(data, name)
    if content_type in IMAGE_TYPES:
        picture = clean_image(data)
        name = safe_name(name, EXTENSIONS[picture.content_type])
        return Checked(picture.data, picture.content_type, name, picture.copies)
    return Checked(data, content_type, safe_name(name, EXTENSIONS[content_type]))


def safe_name(name: str, extension: str) -> str:
    """Return a file name for people: NFC, one line, no path, at most 120 characters, with the extension it deserves."""
    bare = clean_line(name).replace("\\", "/").rsplit("/", 1)[-1]
    known = {*EXTENSIONS.values(), ".jpeg", ".htm", ".html", ".svg", ".exe"}
    path = PurePosixPath(bare)
    stem = path.stem if path.suffix.lower() in known else bare
    stem = _BAD_NAME.sub("-", stem).strip(" .-")[:120]
    return (stem or "file") + extension


def _identify(data: bytes, name: str) -> str:
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    kind = filetype.guess(data[:8192])
    mime = kind.mime if kind else ""
    if mime == "application/pdf" or (kind is None and _PDF in data[:_PDF_HEAD]):
        return _pdf(data)
    if mime in IMAGE_TYPES:
        return str(mime)
    if kind is None and name.lower().endswith((".txt", ".csv")):
        return _text(data, name)
    raise Invalid("file", N_("This kind of file is not accepted. Send PDF, Word, Excel, PowerPoint, PNG, JPEG or WebP."))


def _pdf(data: bytes) -> str:
    """Refuse documents that are something else at the same time, or that were cut off.

    As readers of PDF do, it lets little stand before the document (a byte-order mark, a line end) and NULs behind it;
    the last line may lack where the table of its objects is there.
    """
    filled = data.rstrip(b"\x00")
    if _PDF not in data[:_PDF_HEAD] or not (b"%%EOF" in filled[-2048:] or _PDF_TABLE.search(filled)):
        raise Invalid("file", N_("The PDF is damaged or incomplete. Save it again and send it once more."))
    if _MARKUP.search(data[:1024]) or _END_OF_ZIP in data[-66_000:]:
        raise Invalid("file", N_("The file pretends to be several kinds at once and was refused."))
    if pdf_runs_something(data):
        raise Invalid("file", RUNS)
    return "application/pdf"


def _text(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("file", N_("The text is not in UTF-8. Save it as UTF-8 and send it once more.")) from None
    if _MARKUP.search(data[:4096]) or any(ord(ch) < 32 and ch not in "\t\r\n\f" for ch in text):
        raise Invalid("file", N_("This is not a plain text file."))
    return "text/csv" if name.lower().endswith(".csv") else "text/plain"


def _office(data: bytes) -> str:
    """Return which office document a ZIP is; refuses bombs, macros, encryption, and anything else in a ZIP."""
    broken = Invalid("file", N_("The office file is damaged or protected. Save it again without a password."))
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise broken from None
    entries, comment = archive.infolist(), archive.comment
    names = {entry.filename for entry in entries}
    found = [mime for part, mime in _OFFICE_PARTS.items() if part in names]
    if "[Content_Types].xml" not in names or len(found) != 1:
        raise Invalid("file", N_("Archives are not accepted. Send the documents one by one."))
    if any(entry.flag_bits & 1 for entry in entries):
        raise broken
    _refuse_bomb(data, entries)
    strange = comment or any(strange_path(name) for name in names)
    if not strange and any(active_part(name) for name in names):
        raise Invalid("file", RUNS)
    try:
        if declares_macros(archive):
            raise Invalid("file", RUNS)
        strange = strange or has_document_type(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError):
        raise broken from None
    if strange or min(entry.header_offset for entry in entries) != 0:
        raise Invalid("file", N_("The file pretends to be several kinds at once and was refused."))
    return found[0]


def _refuse_bomb(data: bytes, entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    bomb = (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or packed > len(data)  # entries share the same bytes
        or (unpacked > _SMALL_UNPACKED and unpacked > MAX_RATIO * len(data))
        or any(entry.filename.lower().endswith((".zip", ".7z", ".gz", ".rar")) for entry in entries)
    )
    if bomb:
        raise Invalid("file", N_("The file would unpack to an unreasonable size and was refused."))
