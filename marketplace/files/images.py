"""Pictures: re-encoded on arrival without metadata, and small copies for pages.

A picture of a few kilobytes may unpack to many megabytes. So its size is read before its pixels, it is unpacked once,
everything kept is made from the reduced picture, and one process works on at most two at a time.
"""

from __future__ import annotations

import ctypes
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageOps

from marketplace.core.errors import Invalid
from marketplace.values.text import N_

THUMBNAILS = (160, 640, 1280)  # longest side in pixels
MAX_PIXELS = 20_000_000
MAX_SIDE = 4_000  # what is kept of a larger picture
_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError)  # what Pillow raises on damaged input


class Gate:
    """Lets work through while there are free places; a heavy piece takes several. One object serves a whole process."""

    def __init__(self, places: int, patience: float) -> None:
        self.places = places
        self.patience = patience  # seconds
        self._free = places
        self._changed = threading.Condition()

    @contextmanager
    def take(self, places: int) -> Iterator[None]:
        """Hold that many places. Raises Invalid when they have not become free within the patience."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._free >= places, self.patience):
                raise Invalid("file", N_("Many pictures are being received. Send this one again in a minute."))
            self._free -= places
        try:
            yield
        finally:
            with self._changed:
                self._free += places
                self._changed.notify_all()


#: Two pictures at once. One with more than half of the pixels allowed takes both places: unpacking needs up to 16 bytes
#: for each pixel, so that the memory of both together is that of the largest one.
GATE = Gate(places=2, patience=60.0)
# Pixels of one picture lie in one piece of memory, and large pieces go back to the system as soon as they are not used.
# With Pillow's pieces of 16 MB and glibc's moving threshold they stayed with every thread that had received a picture.
Image.core.set_block_size(96 << 20)  # type: ignore[attr-defined]  # documented, not exported
_M_MMAP_THRESHOLD = -3
if hasattr(ctypes.CDLL(None), "mallopt"):
    ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 1 << 20)


@dataclass(frozen=True)
class Picture:
    """A picture as it may be stored: upright, its first frame only, without metadata.

    `copies` are WebP by the length of their longest side; a picture is never enlarged.
    """

    data: bytes
    content_type: str
    copies: dict[int, bytes]


def clean_image(data: bytes) -> Picture:
    """Return the picture re-encoded, and its small copies.

    Raises Invalid when it is damaged, has too many pixels, or when too many others are waiting.
    """
    with _opened(data) as source:  # reads the head only
        pixels = source.width * source.height
        kind = source.format or ""
    if pixels > MAX_PIXELS:
        raise _too_large()
    with GATE.take(1 if pixels <= MAX_PIXELS // 2 else 2):
        return _made(_unpacked(data), kind)


def _opened(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=list(_FORMATS))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except _DAMAGED:
        raise _damaged() from None


def _unpacked(data: bytes) -> Image.Image:
    """Return the picture upright, in RGB or RGBA. What the format's decoder holds is free again when this returns."""
    try:
        with _opened(data) as source:
            source.load()
            has_alpha = source.mode in {"RGBA", "LA", "PA"} or "transparency" in source.info
            ImageOps.exif_transpose(source, in_place=True)
            return source.convert("RGBA" if has_alpha and source.format != "JPEG" else "RGB")
    except _DAMAGED:
        raise _damaged() from None


def _made(picture: Image.Image, kind: str) -> Picture:
    """Reduce the picture and encode it, then each smaller copy from the one before."""
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    picture.info = {}  # no profile, comment or place is written
    whole = _encode(picture, kind)
    copies: dict[int, bytes] = {}
    for side in sorted(THUMBNAILS, reverse=True):
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        copies[side] = _encode(picture, "WEBP")
    return Picture(whole, _FORMATS[kind], copies)


def _encode(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "PNG":
        picture.save(out, "PNG", optimize=False)
    else:
        picture.save(out, kind, quality=88 if kind == "JPEG" else 82)
    return out.getvalue()


def _too_large() -> Invalid:
    return Invalid("file", N_("The picture has too many pixels. Send at most 20 megapixels."))


def _damaged() -> Invalid:
    return Invalid("file", N_("The picture is damaged. Save it again and send it once more."))
