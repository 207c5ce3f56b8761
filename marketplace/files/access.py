"""Who may read a file: the visibility rule of what it is attached to, plus the tier. Closed by default.

Whoever may read a file by that rule still gets its content only as far as the virus check permits (`files.lifecycle`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext

from marketplace.core.access import Actor, actor
from marketplace.core.recorded_reading import record_reading
from marketplace.core.subjects import SUBJECTS
from marketplace.core.subjects import subject as kind_of
from marketplace.files.lifecycle import FILE, OPEN_STATES
from marketplace.files.models import Attachment

MayRead = Callable[[Attachment, Actor], bool]
Log = Callable[[Attachment, Actor], None]
ShownName = Callable[[Attachment, Actor], str]
Hides = Callable[[Attachment, Actor], bool]
#: Returns the thing with a page that a file belongs to, as the listing of a version; None when it is gone.
ThingOf = Callable[[Attachment], Any]

#: Tiers whose reading is written into the history.
LOGGED_TIERS = frozenset({"confidential", "staff"})


def own_name(attachment: Attachment, _actor: Actor) -> str:
    """Return the name a file was given by whoever sent it."""
    return attachment.file.name


def nobody_hidden(_attachment: Attachment, _actor: Actor) -> bool:
    """Say that every reader may know who sent a file."""
    return False


def own_thing(attachment: Attachment) -> Any:
    """Return what a file is attached to, where that has a page of its own."""
    declared = SUBJECTS.get(attachment.subject_kind)
    return declared.row(attachment.subject_id) if declared else None


@dataclass(frozen=True)
class _Rule:
    may_read: MayRead
    log: Log
    shown_name: ShownName
    thing_of: ThingOf
    hides: Hides


_RULES: dict[str, _Rule] = {}


def log_on_subject(attachment: Attachment, actor: Actor) -> None:
    """Record the reading in the history of the subject itself."""
    subject = kind_of(attachment.subject_kind).row(attachment.subject_id)
    if subject is not None:
        record_reading(subject, f"{subject.subject_kind}.confidential_read", actor, {"attachment": attachment.id})


def register_file_access(
    subject_kind: str, may_read: MayRead, log: Log = log_on_subject, shown_name: ShownName = own_name,
    thing_of: ThingOf = own_thing,
    hides: Hides = nobody_hidden,
) -> None:
    """Let `may_read(attachment, actor)` decide about files of that kind of subject, tier included.

    `log(attachment, actor)` records each reading of a confidential or staff file; features whose history lives on
    another thing (a listing, not its version) give their own. `shown_name(attachment, actor)` replaces a file's name
    where it could tell what the reader may not know. `thing_of(attachment)` gives the thing whose page shows the file.
    `hides(attachment, actor)` says that the reader may not know who sent it, and gets documents without their author.
    """
    _RULES[subject_kind] = _Rule(may_read, log, shown_name, thing_of, hides)


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


def thing_of(attachment: Attachment) -> Any:
    """Return the thing that a file belongs to, or None when it is gone or no feature answers for it."""
    rule = _RULES.get(attachment.subject_kind)
    return rule.thing_of(attachment) if rule else None


def file_url(attachment: Attachment, size: int | None = None) -> str:
    """Return the address of an attached file; `size` asks for a small copy of a picture.

    Of a file that the virus check holds back whoever sent it gets the page that says why, and others nothing.
    """
    file, reader = attachment.file, actor()
    if not file.given_to(reader):
        return url_for("files.my_file", file_id=file.id) if file.sent_by(reader) else ""
    logged = attachment.tier in LOGGED_TIERS
    endpoint = "files.show_logged" if logged else "files.show"
    return url_for(endpoint, attachment_id=attachment.id, name=shown_name(attachment, reader), size=size)


def file_note(attachment: Attachment) -> str:
    """Return what is to be said beside a file that the virus check holds back, in the reader's language, or nothing."""
    return "" if attachment.file.state in OPEN_STATES else gettext(FILE.label(attachment.file.state))


def shown_pictures(pictures: Iterable[Attachment], reader: Actor) -> list[Attachment]:
    """Return those pictures that this reader is given; a page leaves out the others instead of showing a gap."""
    return [one for one in pictures if one.file.given_to(reader)]
