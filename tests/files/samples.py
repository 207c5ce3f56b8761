"""Uploads of every kind, made here: good ones, wrong ones and hostile ones."""

from __future__ import annotations

import io
import zipfile

from PIL import Image
from werkzeug.datastructures import FileStorage

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
EXE = b"MZ\x90\x00" + b"\x00" * 200


def picture(kind: str = "PNG", size: tuple[int, int] = (320, 200), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (11, 83, 81)).save(out, kind, **options)
    return out.getvalue()


def photo_with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Secret camera"
    exif[0x0112] = 6  # turned by 90 degrees
    return picture("JPEG", exif=exif)


def office(part: str = "word/document.xml", extra: dict[str, bytes] | None = None, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, "<x/>")
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
        archive.comment = comment
    return out.getvalue()


def encrypted_office() -> bytes:
    """An office document whose parts claim to be encrypted, as ZIP says it: bit 0 of the flags of each entry."""
    data = bytearray(office())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def bomb() -> bytes:
    return office(extra={f"word/media/{number}.bin": b"\x00" * 20_000_000 for number in range(3)})


def upload(data: bytes, name: str) -> FileStorage:
    return FileStorage(io.BytesIO(data), filename=name)
