"""Pictures: re-encoded on arrival without metadata, and small copies for pages."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

from marketplace.core.errors import Invalid
from marketplace.values.text import N_

THUMBNAILS = (160, 640, 1280)  # longest side in pixels
MAX_PIXELS = 50_000_000
MAX_SIDE = 4_000  # what is kept of a larger picture
_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


def clean_image(data: bytes) -> tuple[bytes, str]:
    """Return the picture re-encoded (upright, first frame, no metadata) and its content type.

    Raises Invalid when it is damaged, or so large that opening it would exhaust the memory.
    """
    picture, kind = _open(data)
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return _encode(picture, kind), _FORMATS[kind]


def small_copies(data: bytes) -> dict[int, bytes]:
    """Return WebP copies by the length of their longest side; a picture is never enlarged."""
    picture, _kind = _open(data)
    copies: dict[int, bytes] = {}
    for side in sorted(THUMBNAILS, reverse=True):
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        copies[side] = _encode(picture, "WEBP")
    return copies


def _open(data: bytes) -> tuple[Image.Image, str]:
    """Return the picture, loaded, and its format. The size is checked before any pixel is decoded."""
    damaged = Invalid("file", N_("The picture is damaged. Save it again and send it once more."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            source = Image.open(io.BytesIO(data), formats=list(_FORMATS))
            if source.width * source.height > MAX_PIXELS:
                raise Invalid("file", N_("The picture has too many pixels. Send at most 50 megapixels."))
            kind = source.format or ""
            source.load()
            upright = ImageOps.exif_transpose(source)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid("file", N_("The picture has too many pixels. Send at most 50 megapixels.")) from None
    except (OSError, SyntaxError, ValueError, EOFError):  # what Pillow raises on damaged input
        raise damaged from None
    has_alpha = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
    return upright.convert("RGBA" if has_alpha and kind != "JPEG" else "RGB"), kind


def _encode(picture: Image.Image, kind: str) -> bytes:
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)  # leaves EXIF, comments and profiles behind
    out = io.BytesIO()
    if kind == "PNG":
        bare.save(out, "PNG", optimize=False)
    else:
        bare.save(out, kind, quality=88 if kind == "JPEG" else 82)
    return out.getvalue()
