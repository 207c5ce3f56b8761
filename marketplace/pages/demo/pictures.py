"""Pictures and papers of the demonstration: our own flat drawings on a ground, small, and the same every time.

A drawing is a file of `demo_data/pictures`: 640 × 400 pixels, transparent around what is drawn.
"""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from flask import Flask, current_app
from PIL import Image, ImageDraw
from werkzeug.datastructures import FileStorage

from marketplace.files.actions import Received, receive
from marketplace.pages.demo.content import DATA

MOTIFS = {path.stem: path for path in sorted((DATA / "pictures").glob("*.png"))}
GROUNDS = (("#F6F5F1", "#E3EFEE"), ("#E3EFEE", "#FFFFFF"))  # colours above and below, one look per variant
_RED = "#B3261E"
Key = tuple[str, int]


def picture(motif: str, variant: int) -> bytes:
    """Return the picture of a motif as JPEG; `variant` chooses its ground and mirrors every second one."""
    above, below = GROUNDS[variant % len(GROUNDS)]
    with Image.open(MOTIFS[motif]) as source:
        drawing = source.convert("RGBA")
    fade = Image.linear_gradient("L").resize(drawing.size)
    board = Image.composite(Image.new("RGB", drawing.size, below), Image.new("RGB", drawing.size, above), fade)
    board.paste(drawing, mask=drawing)
    if variant % 2:
        board = board.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    out = io.BytesIO()
    board.save(out, "JPEG", quality=90)
    return out.getvalue()


def receive_pictures(wanted: set[Key]) -> dict[Key, Received]:
    """Make the pictures and put them into the store as uploads are; on all processors, since nothing needs the database."""
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
    page = Image.new("RGB", (620, 877), "#FFFFFF")
    draw = ImageDraw.Draw(page)
    draw.rectangle((24, 24, 596, 853), outline="#0B5351", width=4)
    draw.rectangle((170, 80, 450, 100), fill=_RED)
    for row in range(14):
        draw.rectangle((80, 170 + row * 36, 540 - (row % 4) * 60, 178 + row * 36), fill="#D9D6CE")
    draw.ellipse((400, 690, 520, 810), outline=_RED, width=6)
    out = io.BytesIO()
    page.save(out, "PDF", resolution=75)
    return out.getvalue()
