"""Pictures and papers of the demonstration, made when it is loaded: our own, small, and the same every time."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from flask import Flask, current_app
from PIL import Image, ImageDraw
from werkzeug.datastructures import FileStorage

from marketplace.files.actions import Received, receive
from marketplace.pages.demo.motifs import MOTIFS, PALETTE, SCALE, Board

SIZE = (640, 400)  # large enough for a page; every pixel costs time at the first start
GROUNDS = (("ground", "tint"), ("tint", "paper"))  # one look per variant
_BOARD = (160 * SCALE, 100 * SCALE)
Key = tuple[str, int]


def picture(motif: str, variant: int) -> bytes:
    """Return the picture of a motif as JPEG; `variant` chooses its ground and mirrors every second one."""
    above, below = GROUNDS[variant % len(GROUNDS)]
    fade = Image.linear_gradient("L").resize(_BOARD)
    board = Image.composite(
        Image.new("RGB", _BOARD, PALETTE[below]), Image.new("RGB", _BOARD, PALETTE[above]), fade
    )
    MOTIFS[motif](Board(ImageDraw.Draw(board)))
    small = board.resize(SIZE, Image.Resampling.LANCZOS)
    if variant % 2:
        small = small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=90)
    return out.getvalue()


def receive_pictures(wanted: set[Key]) -> dict[Key, Received]:
    """Draw the pictures and put them into the store as uploads are; on all processors, since nothing needs the database."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's proxy is untyped

    def one(key: Key) -> Received:
        with app.app_context():
            return receive(FileStorage(io.BytesIO(picture(*key)), filename=f"{key[0]}-{key[1] + 1}.jpg"))

    keys = sorted(wanted)
    with ThreadPoolExecutor() as pool:
        return dict(zip(keys, pool.map(one, keys), strict=True))


def receive_text(name: str, lines: list[str]) -> Received:
    """Put a plain-text document into the store."""
    data = ("\n".join(lines) + "\n").encode()
    return receive(FileStorage(io.BytesIO(data), filename=name))


def paper(name: str) -> FileStorage:
    """Return a one-page PDF that stands for a scanned certificate: a seal and lines, no words, no names."""
    return FileStorage(io.BytesIO(_paper()), filename=name)


@cache
def _paper() -> bytes:
    page = Image.new("RGB", (620, 877), PALETTE["paper"])
    draw = ImageDraw.Draw(page)
    draw.rectangle((24, 24, 596, 853), outline=PALETTE["teal"], width=4)
    draw.rectangle((170, 80, 450, 100), fill=PALETTE["red"])
    for row in range(14):
        draw.rectangle((80, 170 + row * 36, 540 - (row % 4) * 60, 178 + row * 36), fill=PALETTE["line"])
    draw.ellipse((400, 690, 520, 810), outline=PALETTE["red"], width=6)
    out = io.BytesIO()
    page.save(out, "PDF", resolution=75)
    return out.getvalue()
