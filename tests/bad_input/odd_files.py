"""Files that are not what they say, one by one."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable

from tests.files import samples


def sheet_bomb() -> bytes:
    """A workbook whose one sheet unpacks to 60 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    return out.getvalue()


#: name → (file name, bytes, or what makes many of them); every one must be refused by every form that takes files.
BAD: dict[str, tuple[str, bytes | Callable[[], bytes]]] = {
    "zip bomb as document": ("hồ sơ.docx", samples.bomb),
    "zip bomb as workbook": ("bảng.xlsx", sheet_bomb),
    "a page named picture": ("ảnh.png", samples.HTML),
    "a drawing with a script": ("hình.svg", samples.SVG),
    "a program": ("cài đặt.exe", samples.EXE),
    "a program named document": ("hợp đồng.pdf", samples.EXE),
    "empty": ("trống.pdf", b""),
    "cut picture": ("ảnh.png", samples.picture()[:60]),
    "a broken archive": ("hỏng.docx", b"PK\x03\x04" + b"\xff" * 400),
    "only zeros": ("không.csv", b"\x00" * 4000),
}
#: Good pictures under odd names: taken under a clean name, or refused.
ODD_NAMES = (
    "../../../etc/passwd.png", "..\\..\\boot.png", "a\x00b.png", unicodedata.normalize("NFD", "Ảnh dây chuyền") + ".png",
    "x" * 500 + ".png", ".png", "\u202egnp.exe.png", "<script>alert(1)</script>.png", "ảnh.png.html",
)
