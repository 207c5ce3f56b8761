"""The operator's own words: about, terms, privacy, operating regulation. Written in Markdown, kept with history."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.errors import Invalid
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.locks import check_version
from marketplace.pages.models import EditableText
from marketplace.values import clock
from marketplace.values.text import N_

KEYS = {
    "about": N_("About"),
    "regulation": N_("Operating regulation"),
    "terms": N_("Terms of use"),
    "privacy": N_("Privacy"),
}
LANGUAGES = ("vi", "en")
NEVER_WRITTEN = 0  # the version of a text that nobody has written yet


def find(key: str, language: str) -> EditableText | None:
    """Return a text in `language`, or in Vietnamese when that language has none."""
    rows = db.session.scalars(select(EditableText).where(EditableText.key == key))
    found = {row.language: row for row in rows}
    return found.get(language) or found.get("vi")


def exact(key: str, language: str) -> EditableText | None:
    """Return a text in exactly `language`."""
    return db.session.scalar(select(EditableText).where(EditableText.key == key, EditableText.language == language))


def write(key: str, language: str, title: str, body: str, actor: Actor, lock: int | None) -> EditableText:
    """Write a text. Raises Stale unless it is that of `lock`, Invalid without a title or body."""
    if not title.strip():
        raise Invalid("title", N_("Please give a title."))
    if not body.strip():
        raise Invalid("body", N_("Please write the text."))
    text = exact(key, language)
    check_version(lock, NEVER_WRITTEN if text is None else text.lock)
    if text is None:
        text = EditableText(key=key, language=language, title=title, body=body, updated_at=clock.now())
        db.session.add(text)
    text.title, text.body = title, body
    text.updated_at, text.updated_by_id = clock.now(), actor.user_id
    db.session.flush()
    record(text, "text.write", actor, data={"key": key, "language": language, "characters": len(body)})
    return text
