"""What runs when a document is opened: parts of office files by a list of what they may hold, actions of PDFs.

Bytes in, an answer out. Encrypted object streams of a PDF are not looked into.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

#: Endings of parts that only say how a document looks. Everything else, as `.bin`, `.hta` or `.lnk`, may be run.
_MARKUP_PARTS = (".xml", ".rels", ".vml", ".psmdcp", ".sigs")
_PASSIVE = (
    *_MARKUP_PARTS, ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svg",
    ".wdp", ".jxr", ".ico", ".webp", ".odttf", ".fntdata", ".ttf", ".mp3", ".m4a", ".wav", ".mp4", ".m4v",
    ".mov", ".avi", ".wmv", ".xlsx", ".docx", ".pptx", ".txt", ".json",
)
_PRINTER = re.compile(r"printersettings[0-9]*\.bin")
_ACTIVE_PLACES = ("vba", "activex", "macrosheets", "oleobject", "attachedtoolbars")
_HEAD = 65_536  # bytes in which the root of a part must begin
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ROOT = re.compile(rb"<[A-Za-z_]")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTION = re.compile(rb"/S\s*/(?:JavaScript|Launch)(?![A-Za-z])|/JavaScript(?![A-Za-z])")
_OBJECTS = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)
_MAX_OBJECTS = 60_000_000  # bytes of all streams of objects together, unpacked


class TooLarge(Exception):
    """The streams of objects unpack to more than is looked through."""


def strange_path(name: str) -> bool:
    """Return whether an entry of an archive leads out of it, or hides its ending behind a blank."""
    path = name.replace("\\", "/")
    steps = path.split("/")
    return path.startswith("/") or ":" in path or ".." in steps or any(step != step.strip() for step in steps)


def active_part(name: str) -> bool:
    """Return whether a part of an office file may be run, or is not known to be harmless."""
    path = PurePosixPath(name.lower())
    if name.endswith("/") or _PRINTER.fullmatch(path.name):
        return False
    if any(one.startswith(_ACTIVE_PLACES) for one in path.parts):
        return True
    return not path.name.endswith(_PASSIVE)


def declares_macros(archive: zipfile.ZipFile) -> bool:
    """Return whether the list of types names parts with macros."""
    with archive.open("[Content_Types].xml") as part:
        types = part.read(2_000_000).replace(b"\0", b"").lower()
    return b"macroenabled" in types or b"vbaproject" in types


def has_document_type(archive: zipfile.ZipFile) -> bool:
    """Return whether a part has a DTD, which office files never need, or does not begin within its first 64 kB."""
    return any(_begins_strangely(archive, entry) for entry in archive.infolist() if _is_markup(entry.filename))


def _is_markup(name: str) -> bool:
    return name.lower().endswith(_MARKUP_PARTS)


def _begins_strangely(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    with archive.open(entry) as part:
        head = part.read(_HEAD).replace(b"\0", b"")  # UTF-16
    prolog = _COMMENT.sub(b"", head)
    root = _ROOT.search(prolog)
    return b"<!" in (prolog[: root.start()] if root else prolog) or (root is None and len(head) == _HEAD)


def pdf_runs_something(data: bytes) -> bool:
    """Return whether a PDF has an action that runs a script or a program, also in its streams of objects.

    True as well when those unpack to more than can be looked through.
    """
    if _ACTION.search(_ESCAPED.sub(_letter, data)):
        return True
    try:
        return any(_ACTION.search(_ESCAPED.sub(_letter, one)) for one in _objects(data))
    except TooLarge:
        return True


def _letter(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 16)])


def _objects(data: bytes) -> Iterator[bytes]:
    """Return the streams of objects of a PDF, unpacked as far as they can be."""
    left = _MAX_OBJECTS
    for found in _OBJECTS.finditer(data):
        end = data.find(b"endstream", found.end())
        try:
            unpacked = zlib.decompressobj().decompress(data[found.end() : end], left)
        except zlib.error:
            continue
        left -= len(unpacked)
        if left <= 0:
            raise TooLarge
        yield unpacked
