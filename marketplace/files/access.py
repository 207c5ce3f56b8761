"""Who may read a file: the visibility rule of what it is attached to, plus the tier. Closed by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for

from marketplace.core.access import Actor, actor
from marketplace.core.recorded_reading import record_reading
from marketplace.core.subjects import subject as kind_of
from marketplace.files.models import Attachment

MayRead = Callable[[Attachment, Actor], bool]
Log = Callable[[Attachment, Actor], None]
ShownName = Callable[[Attachment, Actor], str]
Hides = Callable[[Attachment, Actor], bool]

#: Tiers whose reading is written into the history.
LOGGED_TIERS = frozenset({"confidential", "staff"})


def own_name(attachment: Attachment, _actor: Actor) -> str:
    """Return the name a file was given by whoever sent it."""
    return attachment.file.name


def nobody_hidden(_attachment: Attachment, _actor: Actor) -> bool:
    """Say that every reader may know who sent a file."""
    return False


@dataclass(frozen=True)
class _Rule:
    may_read: MayRead
    log: Log
    shown_name: ShownName
    hides: Hides


_RULES: dict[str, _Rule] = {}


def log_on_subject(attachment: Attachment, actor: Actor) -> None:
    """Record the reading in the history of the subject itself."""
    subject = kind_of(attachment.subject_kind).row(attachment.subject_id)
    if subject is not None:
        record_reading(subject, f"{subject.subject_kind}.confidential_read", actor, {"attachment": attachment.id})


def register_file_access(
    subject_kind: str, may_read: MayRead, log: Log = log_on_subject, shown_name: ShownName = own_name,
    hides: Hides = nobody_hidden,
) -> None:
    """Let `may_read(attachment, actor)` decide about files of that kind of subject, tier included.

    `log(attachment, actor)` records each reading of a confidential or staff file; features whose history lives on
    another thing (a listing, not its version) give their own. `shown_name(attachment, actor)` replaces a file's name
    where it could tell what the reader may not know; `hides(attachment, actor)` says that the reader may not know who sent
    it, and gets documents without their author.
    """
    _RULES[subject_kind] = _Rule(may_read, log, shown_name, hides)


def may_read(attachment: Attachment, actor: Actor) -> bool:
    """Tell whether the actor may read the file; nobody may when no feature answers for it."""
    rule = _RULES.get(attachment.subject_kind)
    return rule is not None and rule.may_read(attachment, actor)


def log_reading(attachment: Attachment, actor: Actor) -> None:
    """Record that a confidential file was read."""
    _RULES[attachment.subject_kind].log(attachment, actor)


def shown_name(attachment: Attachment, actor: Actor) -> str:
    """Return the file's name as this reader may know it."""
    rule = _RULES.get(attachment.subject_kind)
    return rule.shown_name(attachment, actor) if rule else attachment.file.name


def is_hidden(attachment: Attachment, actor: Actor) -> bool:
    """Tell whether this reader may not know who sent the file."""
    rule = _RULES.get(attachment.subject_kind)
    return rule is None or rule.hides(attachment, actor)


def file_url(attachment: Attachment, size: int | None = None) -> str:
    """Return the address of an attached file; `size` asks for a small copy of a picture."""
    logged = attachment.tier in LOGGED_TIERS
    endpoint = "files.show_logged" if logged else "files.show"
    return url_for(endpoint, attachment_id=attachment.id, name=shown_name(attachment, actor()), size=size)
