"""A document without who made it, for readers who may not know the one that sent it.

The original stays as it is. Beside it lies a copy without author, company and the like, made when the file is received for
somebody hidden, or at the first reading. Pictures are rewritten on arrival (files/images.py), and plain text has nothing
of the kind.
"""

from __future__ import annotations

from pathlib import Path

from flask import current_app

from marketplace.core.errors import NotAllowed
from marketplace.files import store
from marketplace.files.checks import IMAGE_TYPES
from marketplace.values.text import N_
from marketplace.web.child_process import ChildProgram

_NEVER = N_("This file cannot be shown without telling who made it. Ask for another copy in the conversation.")
_SPEAKS = ("application/pdf", "application/vnd.openxmlformats-officedocument.")
_PROGRAM = ChildProgram(
    Path(__file__).with_name("strip_child.py"), wall=60.0,
    busy=N_("Many documents are being prepared. Please repeat in a minute."),
)


def says_who_made_it(content_type: str) -> bool:
    """Tell whether files of this kind carry names beside what they show."""
    return content_type not in IMAGE_TYPES and content_type.startswith(_SPEAKS)


def can_be_passed_on(digest: str, content_type: str) -> bool:
    """Tell whether there is a copy that names nobody, made now if need be; what was found is kept. Raises Unreachable."""
    return not says_who_made_it(content_type) or _made(digest) is not None


def path_of(digest: str, content_type: str) -> Path:
    """Return what is passed on to who may not know the sender. Raises NotAllowed when there can be no such copy."""
    if not says_who_made_it(content_type):
        return store.path(digest)
    made = _made(digest)
    if made is None:
        raise NotAllowed(_NEVER)
    return made


def _made(digest: str) -> Path | None:
    """Return the copy; an empty one says that there can be none."""
    target, source = store.anonymous_path(digest), store.path(digest)
    if not target.exists():
        if not source.exists():
            return None
        store.put_anonymous(digest, _run(source.read_bytes()))
    return target if target.stat().st_size else None


def _run(data: bytes) -> bytes:
    done = _PROGRAM.run(data)
    if done.returncode == 0:
        return done.stdout
    why = done.stderr.decode(errors="replace")[-200:]
    current_app.logger.info("a document cannot be passed on: %s %s", done.returncode, why)
    return b""
