"""PDFs by typst in a process of their own, so that no document can take the memory or the time of a web process.

A document is kept by what it was made from, for as long as a person downloads it twice; one thing's is made once at a
time, and few at once. What goes in must be bounded by whoever asks (`bounded`).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import time
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app

from marketplace.core.errors import Unreachable
from marketplace.values.text import N_
from marketplace.web.child_process import PATIENCE, ChildProgram

PER_TEXT = 40_000  # characters of one text
IN_SUM = 100_000  # characters of all texts of a document
_SHORT = 200  # a text that is never cut
_KEPT = 16  # documents
_KEEP_SECONDS = 600.0
SECONDS = 8  # of processor time for one document

_BUSY = N_("Many documents are being made. Please repeat in a minute.")
_PROGRAM = ChildProgram(
    Path(__file__).with_name("typeset_child.py"), wall=30.0, busy=_BUSY,
    env={"RAYON_NUM_THREADS": "2"},  # each thread reserves memory, and a machine may have many cores
)


def made(name: str, template: Path, data: dict[str, Any], fonts: Sequence[str], at: datetime, *, stamp: str) -> bytes:
    """Return the PDF of a thing. `stamp` names the content: with the same one, a document of ten minutes ago will do.

    Raises Unreachable when it takes more memory or time than one may, or when too many others are waiting.
    """
    asked = json.dumps({
        "seconds": SECONDS, "template": str(template), "fonts": list(fonts), "at": at.replace(microsecond=0).isoformat(),
        "data": json.dumps(data, ensure_ascii=False),
    })
    key = f"{name}:{template.name}:{stamp}"
    with _alone(name):
        known = _kept().get(key)
        if known is None or time.monotonic() - known[0] > _KEEP_SECONDS:
            known = (time.monotonic(), _run(asked))
            _keep(key, known)
    return known[1]


def stamp_of(data: Any) -> str:
    """Return the name of a content."""
    return hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def bounded(texts: Sequence[str]) -> int:
    """Return the length to which each text of a document is cut: the long ones share what the short ones leave."""
    left, count = IN_SUM, len(texts)
    for length in sorted(map(len, texts)):
        if length * count > left:
            return max(_SHORT, min(PER_TEXT, left // count))
        left, count = left - length, count - 1
    return PER_TEXT


def _run(asked: str) -> bytes:
    done = _PROGRAM.run(asked.encode())
    if done.returncode != 0:
        current_app.logger.error("a PDF was not made: %s %s", done.returncode, done.stderr.decode(errors="replace")[-500:])
        raise Unreachable(N_("The PDF could not be made. Everything in it stands on the page."))
    return done.stdout


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Hold what is for one document of that name at a time, in all processes of this machine."""
    folder: Path = current_app.extensions["settings"].data_dir / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + PATIENCE
    with (folder / f"pdf-{zlib.crc32(name.encode()) % 64}").open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise Unreachable(_BUSY) from None
                time.sleep(0.05)
        yield


def _kept() -> OrderedDict[str, tuple[float, bytes]]:
    known: OrderedDict[str, tuple[float, bytes]] = current_app.extensions.setdefault("typeset", OrderedDict())
    return known


def _keep(key: str, document: tuple[float, bytes]) -> None:
    known = _kept()
    known[key] = document
    while len(known) > _KEPT:
        known.popitem(last=False)
