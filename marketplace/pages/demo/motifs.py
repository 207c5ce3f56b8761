"""Flat drawings for the pictures of the demonstration: what is drawn, on a board of 160 × 100 units.

A motif gets a `Board` and draws with its few shapes; colours are the names of the palette.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from PIL import ImageDraw

SCALE = 8  # pixels of the large board per unit; the picture is made smaller afterwards, which smooths its edges
PALETTE: Mapping[str, str] = MappingProxyType({
    "ink": "#12232E", "teal": "#0B5351", "deep": "#083F3E", "mid": "#3E8E89", "tint": "#E3EFEE", "paper": "#FFFFFF",
    "ground": "#F6F5F1", "line": "#D9D6CE", "red": "#B3261E", "amber": "#C98A1B", "green": "#1B6E3C", "blue": "#0B57A4",
})
Point = tuple[float, float]


class Board:
    """A drawing surface measured in units instead of pixels."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        """Draw onto `draw`."""
        self._draw = draw

    def box(self, x: float, y: float, w: float, h: float, fill: str, r: float = 1.5, line: str = "") -> None:
        """A rectangle with round corners."""
        area = (x * SCALE, y * SCALE, (x + w) * SCALE, (y + h) * SCALE)
        outline = PALETTE[line] if line else None
        self._draw.rounded_rectangle(area, r * SCALE, fill=PALETTE[fill], outline=outline, width=6)

    def disc(self, x: float, y: float, r: float, fill: str) -> None:
        """A filled circle around (x, y)."""
        area = ((x - r) * SCALE, (y - r) * SCALE, (x + r) * SCALE, (y + r) * SCALE)
        self._draw.ellipse(area, fill=PALETTE[fill])

    def ring(self, x: float, y: float, r: float, colour: str, width: float = 1.2) -> None:
        """A circle line."""
        area = ((x - r) * SCALE, (y - r) * SCALE, (x + r) * SCALE, (y + r) * SCALE)
        self._draw.ellipse(area, outline=PALETTE[colour], width=round(width * SCALE))

    def path(self, points: Sequence[Point], colour: str, width: float = 1.2) -> None:
        """A line through points."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self._draw.line(scaled, fill=PALETTE[colour], width=round(width * SCALE), joint="curve")

    def shape(self, points: Sequence[Point], fill: str) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=PALETTE[fill])

    def wave(self, y: float, colour: str, height: float = 2.5, width: float = 2.0, shift: float = 0.0) -> None:
        """A wave across the whole board."""
        points = [(x, y + height * math.sin(x / 9 + shift)) for x in range(-2, 164, 2)]
        self.path(points, colour, width)


def _water(b: Board) -> None:
    for step, colour in enumerate(("mid", "teal", "deep")):
        b.wave(62 + 10 * step, colour, shift=step * 1.7, width=3)
    b.box(66, 34, 28, 20, "amber")
    b.box(70, 38, 20, 8, "paper")
    b.path([(80, 34), (80, 16)], "ink")
    for radius in (5, 9, 13):
        b.ring(80, 16, radius, "mid", 0.8)
    b.path([(74, 54), (74, 70)], "ink")
    b.path([(86, 54), (86, 76)], "ink")


def _air(b: Board) -> None:
    for step in range(4):
        b.wave(24 + 9 * step, "mid" if step % 2 else "line", shift=step, width=1.6)
    b.path([(80, 92), (80, 50)], "ink", 2)
    b.box(66, 34, 28, 24, "paper", line="teal")
    for index, height in enumerate((5, 9, 13, 8, 4)):
        b.box(70 + index * 4.4, 54 - height, 3, height, "red" if height > 10 else "teal", 0.6)


def _leaf(b: Board) -> None:
    for side in (-1, 1):
        outline = [(80 + side * 30 * math.sin(t) * (1.05 - t / 4), 84 - 24 * t) for t in (i / 20 for i in range(56))]
        b.shape([*outline, (80, 20)], "green" if side > 0 else "teal")
    b.path([(80, 92), (80, 24)], "tint", 1.4)
    for step in range(4):
        y = 74 - step * 12
        b.path([(80, y), (66 + step * 2, y - 9)], "tint", 0.9)
        b.path([(80, y), (94 - step * 2, y - 9)], "tint", 0.9)


def _waste(b: Board) -> None:
    b.box(14, 66, 132, 8, "ink", 4)
    for x in range(22, 144, 14):
        b.disc(x, 70, 2.4, "line")
    for x, colour, kind in ((30, "blue", 0), (56, "amber", 1), (104, "green", 0), (128, "red", 1)):
        b.box(x - 5, 50, 10, 16, colour, 2) if kind else b.disc(x, 58, 7.5, colour)
    b.shape([(80, 26), (98, 66), (62, 66)], "tint")
    b.box(70, 14, 20, 14, "teal")
    b.disc(80, 24, 4, "paper")


def _traffic(b: Board) -> None:
    b.shape([(50, 100), (72, 40), (88, 40), (110, 100)], "ink")
    for step in range(4):
        b.box(79 - step * 0.3, 48 + step * 13, 2 + step * 0.6, 7, "paper", 0.4)
    b.path([(34, 92), (34, 46)], "ink", 2)
    b.box(25, 14, 18, 38, "deep", 4)
    for step, colour in enumerate(("red", "amber", "green")):
        b.disc(34, 22 + step * 11, 4.2, colour)
    for x, y in ((118, 70), (130, 82), (124, 58)):
        b.box(x, y, 12, 5, "mid", 2)


def _building(b: Board) -> None:
    for x, y, w, colour in ((30, 44, 26, "mid"), (60, 18, 34, "teal"), (98, 36, 28, "deep")):
        b.box(x, y, w, 92 - y, colour, 1)
        for row in range(int((84 - y) // 9)):
            for column in range(int(w // 9)):
                lit = (row * 3 + column * 5 + x) % 7 == 0
                b.box(x + 3 + column * 8.4, y + 5 + row * 9, 4.4, 5, "amber" if lit else "tint", 0.4)
    b.box(16, 90, 128, 3, "ink", 1)


def _battery(b: Board) -> None:
    b.box(40, 24, 80, 62, "paper", 4, line="teal")
    for row in range(3):
        for column in range(4):
            x, y = 46 + column * 18, 30 + row * 18
            level = (row + column) % 3 + 1
            b.box(x, y, 14, 14, "tint", 1.4)
            b.box(x + 3, y + 12 - level * 3.4, 8, level * 3.4, "green" if level > 1 else "amber", 0.8)
    b.box(72, 12, 16, 8, "red", 1.5)


def _chip(b: Board) -> None:
    for step in range(7):
        offset = 30 + step * 6.6
        for x in (48, 104):
            b.box(x, offset, 10, 2.6, "amber", 0.6)
        for y in (16, 74):
            b.box(60 + step * 6.6 - 2, y, 2.6, 10, "amber", 0.6)
    b.box(56, 24, 48, 52, "deep", 3)
    b.box(66, 34, 28, 32, "mid", 2)
    for step in range(4):
        b.path([(70, 40 + step * 7), (90, 40 + step * 7)], "tint", 1)


def _gear(b: Board) -> None:
    for x, y, radius, colour in ((66, 52, 22, "teal"), (102, 36, 13, "amber")):
        for tooth in range(10):
            angle = tooth * math.tau / 10
            b.disc(x + radius * math.cos(angle), y + radius * math.sin(angle), radius / 4.6, colour)
        b.disc(x, y, radius, colour)
        b.disc(x, y, radius * 0.42, "ground")
    b.path([(20, 84), (50, 84), (56, 76), (62, 90), (70, 70), (78, 88), (84, 84), (140, 84)], "red", 1.4)


def _sun(b: Board) -> None:
    b.disc(120, 26, 12, "amber")
    for ray in range(8):
        angle = ray * math.tau / 8
        b.path([(120 + 15 * math.cos(angle), 26 + 15 * math.sin(angle)),
                (120 + 20 * math.cos(angle), 26 + 20 * math.sin(angle))], "amber", 1.4)
    b.shape([(34, 82), (52, 44), (116, 44), (100, 82)], "deep")
    for step in range(1, 4):
        b.path([(34 + step * 16.5, 82), (52 + step * 16, 44)], "tint", 0.8)
    for step in range(1, 3):
        b.path([(34 + step * 6, 82 - step * 12.7), (100 + step * 5.3, 82 - step * 12.7)], "tint", 0.8)


def _flame(b: Board) -> None:
    b.box(46, 26, 68, 62, "deep", 6)
    b.box(54, 36, 52, 44, "ink", 18)
    for x, height, colour in ((68, 24, "red"), (80, 34, "amber"), (92, 26, "red")):
        half = 78 - height * 0.5
        b.shape([(x - 8, 78), (x - 6, half), (x, 78 - height), (x + 6, half), (x + 8, 78)], colour)
    b.box(100, 12, 8, 16, "mid", 1)


def _drone(b: Board) -> None:
    for step in range(6):
        b.path([(10 + step * 4, 76 + step * 4), (150 - step * 4, 76 + step * 4)], "green", 1.6)
    for x, y in ((52, 28), (108, 28), (60, 44), (100, 44)):
        b.path([(80, 38), (x, y)], "ink", 2)
        b.box(x - 11, y - 2, 22, 2.4, "mid", 1.2)
    b.box(68, 32, 24, 14, "teal", 4)
    b.box(73, 46, 14, 9, "amber", 2)
    for x in (66, 74, 82, 90):
        b.path([(x + 2, 58), (x - 2, 70)], "blue", 0.7)


def _cold(b: Board) -> None:
    b.box(34, 52, 92, 34, "teal", 2)
    b.box(34, 46, 92, 9, "deep", 2)
    for x in (50, 66, 82, 98, 112):
        b.disc(x, 44, 7, "red")
        b.path([(x, 38), (x + 3, 33)], "green", 1)
    for arm in range(6):
        angle = arm * math.tau / 6
        b.path([(80, 69), (80 + 12 * math.cos(angle), 69 + 12 * math.sin(angle))], "tint", 1.3)
    b.path([(26, 26), (44, 22), (62, 24), (80, 16), (98, 18), (134, 14)], "blue", 1.2)


def _health(b: Board) -> None:
    b.box(44, 22, 72, 60, "paper", 5, line="teal")
    b.box(74, 30, 12, 30, "red", 1.5)
    b.box(65, 39, 30, 12, "red", 1.5)
    b.path([(50, 70), (66, 70), (70, 64), (75, 76), (80, 66), (84, 70), (110, 70)], "teal", 1.5)
    b.disc(128, 78, 8, "mid")


def _document(b: Board) -> None:
    b.box(40, 16, 48, 68, "line", 2)
    b.box(46, 20, 48, 68, "paper", 2, line="teal")
    for row in range(7):
        b.box(52, 28 + row * 8, 36 if row % 3 else 24, 2.4, "mid" if row % 2 else "teal", 1)
    b.ring(108, 58, 14, "red", 2.2)
    b.path([(118, 68), (130, 82)], "red", 3)


def _book(b: Board) -> None:
    b.shape([(80, 34), (40, 26), (40, 78), (80, 86)], "teal")
    b.shape([(80, 34), (120, 26), (120, 78), (80, 86)], "mid")
    for row in range(4):
        b.path([(48, 40 + row * 9), (74, 45 + row * 9)], "tint", 1.1)
        b.path([(86, 45 + row * 9), (112, 40 + row * 9)], "tint", 1.1)
    for x, y in ((60, 14), (80, 10), (100, 16)):
        b.disc(x, y, 3.4, "amber")
    b.path([(60, 14), (80, 10), (100, 16)], "amber", 0.9)


def _coin(b: Board) -> None:
    for index, height in enumerate((3, 5, 7, 4)):
        for step in range(height):
            b.box(34 + index * 24, 80 - step * 6, 18, 5, "amber" if step % 2 else "teal", 2.4)
    b.path([(40, 56), (66, 44), (92, 28), (122, 20)], "red", 1.6)
    b.disc(122, 20, 3, "red")


MOTIFS: Mapping[str, Callable[[Board], None]] = MappingProxyType({
    "water": _water, "air": _air, "leaf": _leaf, "waste": _waste, "traffic": _traffic, "building": _building,
    "battery": _battery, "chip": _chip, "gear": _gear, "sun": _sun, "flame": _flame, "drone": _drone, "cold": _cold,
    "health": _health, "document": _document, "book": _book, "coin": _coin,
})
