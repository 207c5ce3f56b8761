"""The picture of a technology that other sites show beside its link: its title, readiness and owner, drawn on the server.

1,200 × 630 pixels, as the Open Graph protocol's readers expect it. Nothing stands in it but what every guest may read.
"""

from __future__ import annotations

import io
from functools import lru_cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)
_MARGIN, _TITLE_LINES = 80, 4
_INK, _GREEN, _PAPER, _MUTED = "#16232B", "#0B5351", "#FFFFFF", "#56646C"


@lru_cache(maxsize=64)
def drawn(title: str, readiness: str, owner: str, site: str) -> bytes:
    """Return the picture as PNG; the last 64 are kept in the process, some 30 kB each."""
    board = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(board)
    draw.rectangle((0, 0, SIZE[0], 20), fill=_GREEN)
    bold, plain = _font("Bold", 56), _font("Regular", 32)
    wide = SIZE[0] - 2 * _MARGIN
    top = _MARGIN + 20
    for line in wrapped(title, bold, wide, _TITLE_LINES):
        draw.text((_MARGIN, top), line, font=bold, fill=_INK)
        top += 76
    if readiness:
        label = _font("SemiBold", 32)
        right = _MARGIN + draw.textlength(readiness, font=label) + 48
        draw.rounded_rectangle((_MARGIN, 432, right, 488), 8, fill=_GREEN)
        draw.text((_MARGIN + 24, 460), readiness, font=label, fill=_PAPER, anchor="lm")
    draw.text((_MARGIN, 524), wrapped(owner, plain, wide, 1)[0], font=plain, fill=_INK)
    draw.text((_MARGIN, 570), site, font=_font("Regular", 26), fill=_MUTED)
    out = io.BytesIO()
    board.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def wrapped(text: str, font: ImageFont.FreeTypeFont, wide: int, most: int) -> list[str]:
    """Break a text into at most so many lines of that width in pixels; what does not fit ends in "…"."""
    lines, words = [""], text.split()
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= wide:
            lines[-1] = longer
        elif lines[-1] and len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = longer
            break
    last = lines[-1]
    while last and font.getlength(lines[-1]) > wide:
        last = last[:-1]
        lines[-1] = last.rstrip() + "…"
    return lines


@lru_cache(maxsize=8)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    data = (files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{name}.ttf").read_bytes()
    return ImageFont.truetype(io.BytesIO(data), size)
