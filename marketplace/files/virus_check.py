"""What becomes of a content beside the virus scanner: it waits, the scanner speaks, people of the staff decide.

Without `CLAMD_URL` contents are given out unscanned, as before. With it a new one waits, and only whoever sent it reads it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import NotFound, Unreachable, required
from marketplace.core.events import transition
from marketplace.core.extensions import db
from marketplace.core.lifecycle import legal_transition
from marketplace.core.long_work import begin_reading, begin_writing
from marketplace.core.socket_address import socket_address
from marketplace.files import store
from marketplace.files.lifecycle import AWAITING_SCANNER, DUE, FILE, UNDECIDED_STATES
from marketplace.files.models import StoredFile
from marketplace.files.scanner import Scanner, ScannerAway, Verdict
from marketplace.values import clock
from marketplace.values.text import N_

log = logging.getLogger(__name__)

#: What is written down where the scanner names nothing; message ids.
TOO_LARGE = N_("It is larger than the scanner reads.")
NO_CONTENT = N_("Its content is not in the store.")
NO_ANSWER = N_("The scanner gave no answer about it several times.")


def scanner() -> Scanner | None:
    """Return the scanner of the settings, or None: files are not checked then."""
    url: str = current_app.extensions["settings"].clamd_url
    return Scanner(socket_address(url)) if url else None


def begin(stored: StoredFile) -> None:
    """Let a new content wait for the scanner, where there is one. Its event is what the worker begins with."""
    if current_app.extensions["settings"].clamd_url:
        _move(stored, "wait", SYSTEM)


def examine(file_id: int, states: Sequence[str] = UNDECIDED_STATES) -> str:
    """Have the scanner read a content in one of these states, and write down what it says; return the state afterwards.

    No transaction is open while the scanner reads; the caller commits. An empty string: nothing was to be done. Raises
    Unreachable when no scanner answers, and NoVerdict when it answers, but not about this content.
    """
    begin_reading()
    file = db.session.get(StoredFile, file_id)
    if file is None or file.state not in states:
        return ""
    contents = store.contents(file.sha256)
    begin_reading()  # nothing is held while the scanner reads
    action, finding = _asked(contents)
    begin_writing()
    return _settle(file_id, action, finding, states)


def _asked(contents: Sequence[Path]) -> tuple[str, str]:
    """Return the move that follows from what the scanner says of a content and its small copies, and what it found."""
    found = scanner()
    if found is None:
        raise Unreachable(N_("No virus scanner is set up (CLAMD_URL)."))
    if not contents:
        return "fail", NO_CONTENT
    try:
        found.ping()
        said = [found.scan(one) for one in contents]
    except ScannerAway as error:
        log.warning("the virus scanner does not answer: %s", error)
        raise Unreachable(N_("The virus scanner does not answer.")) from error
    except FileNotFoundError:
        return "fail", NO_CONTENT
    return _meant(said)


def _meant(said: Sequence[Verdict]) -> tuple[str, str]:
    harmful = next((one.found for one in said if one.found), "")
    if harmful:
        return "detect", harmful
    return ("fail", TOO_LARGE) if any(one.too_large for one in said) else ("clear", "")


def _settle(file_id: int, action: str, finding: str, states: Sequence[str]) -> str:
    """Move a content, unless somebody has decided about it meanwhile; an open one that cannot be read stays open."""
    file = _held(file_id)
    if file is None or file.state not in states:
        return ""
    file.checked_at = clock.now()
    if FILE.row(action, file.state, file.roles_of(SYSTEM)) is None:
        return file.state  # checked anew, and it is what it was
    file.finding = finding
    _move(file, action, SYSTEM, data={"finding": finding} if finding else None)
    return file.state


def give_up(file_id: int) -> None:
    """Note that the scanner says nothing about a content however often it is asked."""
    file = _held(file_id)
    if file is not None and file.state in UNDECIDED_STATES:
        file.finding = NO_ANSWER
        _move(file, "fail", SYSTEM, data={"finding": NO_ANSWER})


def decide(file_id: int, action: str, actor: Actor, reason: str = "") -> StoredFile:
    """Check again, release or remove a content that is held back; a double click is silence.

    Raises NotFound, NotAllowed for whoever sent it and the people of their organisation, IllegalMove, and Invalid without
    the reason that the move asks for.
    """
    if action not in FILE.actions:
        raise NotFound
    file = required(_held(file_id))
    _move(file, action, actor, reason.strip())
    if file.state in AWAITING_SCANNER:
        file.finding = ""
    return file


def _held(file_id: int) -> StoredFile | None:
    """Return a file, its row locked and read anew."""
    rows = select(StoredFile).where(StoredFile.id == file_id).with_for_update()
    return db.session.scalar(rows.execution_options(populate_existing=True))


def _move(file: StoredFile, action: str, actor: Actor, reason: str = "", data: dict[str, str] | None = None) -> None:
    roles = file.roles_of(actor)
    row = legal_transition(FILE, file, action, roles, reason=reason)
    if row is None:
        return
    file.state_since = clock.now()
    file.due_at = file.state_since + DUE[row.to_state] if row.to_state in DUE else None
    transition(file, FILE, action, actor, roles, reason=reason, data=dict(data or {}))
