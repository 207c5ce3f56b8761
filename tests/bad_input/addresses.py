"""Nonsense behind the question mark, and in the parts of an address."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from tests.bad_input.values import SCRIPT, WILD

#: Every query parameter that some page reads.
NAMES = (
    "page", "q", "state", "sort", "kind", "field", "trl", "place", "price", "budget", "form", "ip", "mode", "priority",
    "assessed", "novelty", "holder", "moderator", "decision", "reason", "first", "last", "late", "next", "deadline", "tab",
)
#: Each goes into all of them at once.
VALUES = ("", "-1", "9" * 400, "1.5", "\x00", "\u202e\u200b", "%", "NaN", "1e999999", "99/99/9999", "٣", WILD, "x" * 3000)
QUERIES = (
    *(urlencode(dict.fromkeys(NAMES, value)) for value in VALUES),
    "&".join(f"{name}=1&{name}=2&{name}[]=3&{name}[a]=4" for name in NAMES),
    "&".join(f"{name}=%ff%fe%ed%a0%80" for name in NAMES),
    "q=" + quote('"' * 200 + "(" * 200 + "*" * 50 + " -" * 50 + " AND OR NOT ~^:"),
    "q=" + "+".join(["a"] * 800),
    "q=" + "x" * 100_000,
    "&".join(f"{name}={quote(SCRIPT)}" for name in NAMES),
    "&&&===&=&?&;",
)
#: In the place of each part of an address.
PARTS = ("0", "9223372036854775807", "9" * 30, "-1", "x", "%00", "%ff", "CN-2026-999999", "CN-٢٠٢٦-000001",
         quote(SCRIPT, safe=""), "..%2f..%2fetc", "a" * 1500, "Đ%C4%90")


def mixed(turn: int) -> str:
    """A query with another value in each parameter; the next turn gives each the next value."""
    return urlencode({name: VALUES[(turn + place) % len(VALUES)] for place, name in enumerate(NAMES)})
