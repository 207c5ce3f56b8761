"""What nobody should send and somebody will: the values, and what a stored text must look like."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

SCRIPT = "<script>alert(1)</script>"
#: Everything at once that a text may carry and still be a text: it may be stored, cleaned.
WILD = (
    unicodedata.normalize("NFD", "Đổi mới thiết bị ") + "\x00\x07\x1b\u202e\u200b\ufeff " + SCRIPT
    + '" onfocus="alert(1) {{ 7*7 }} '
    "' OR 1=1 -- %(x)s %s {0} =HYPERLINK(\"http://x\") 🙂"
)
#: Sent in every field of a form at once; a field takes it or refuses it with a message.
EVERYWHERE: dict[str, str] = {
    "empty": "",
    "only white space": " \t\u00a0\u3000 ",
    "wild text": WILD,
    "formula": "=cmd|' /C calc'!A0",
    "emoji": "🙂👩‍👩‍👧‍👦" * 8,
    "only invisible": "\u200b\u200d\ufeff\x00",
    "marks without a letter": "\u0323\u0301" * 20,
    "number of 5000 digits": "9" * 5000,
    "not a number": "-NaN",
    "exponent": "1e999999",
    "other digits": "١٢٣²",
    "a day that is none": "31/02/2026",
    "a day far away": "99/99/9999",
    "the last day": "31/12/9999",
    "unknown code": "no-such-code",
    "long": "x" * 100_001,
    "path": "../../../etc/passwd\x00.png",
}
#: What a second database may take otherwise than the first; pages and messages do not depend on it.
OF_DATABASES = ("wild text", "only invisible", "marks without a letter", "number of 5000 digits", "the last day", "long")
#: For forms that are costly or not ours.
FEW = ("empty", "wild text", "long", "number of 5000 digits")
#: \x01 stands inside sort keys.
_CONTROL = re.compile(
    r"[\x00\x02-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\ud800-\udfff]"
)
_IN_EMOJI = re.compile("(?<=[\U0001f000-\U0001faff\u2600-\u27bf])\ufe0f?\u200d(?=[\U0001f000-\U0001faff\u2600-\u27bf])")


def texts_in(value: Any) -> Iterator[str]:
    """Every text inside a parameter of a statement, also inside JSON."""
    if isinstance(value, str):
        if value[:1] in {"[", "{"}:
            try:
                yield from texts_in(json.loads(value))
                return
            except ValueError:
                pass
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_in(one)


def unclean(value: str) -> bool:
    """True for a text that must not reach the database: not NFC, or with invisible characters."""
    return bool(_CONTROL.search(_IN_EMOJI.sub("", value))) or not unicodedata.is_normalized("NFC", value)
