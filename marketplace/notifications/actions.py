"""Verbs: tell a person something (once), read it, choose what comes by mail. Nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from marketplace import mail
from marketplace.accounts.models import User
from marketplace.accounts.queries import account_of, hold_person
from marketplace.core.access import Actor
from marketplace.core.errors import Invalid
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.mail.lifecycle import QUEUED, SUPPRESSED
from marketplace.notifications import rendering, unsubscribe_link
from marketplace.notifications.models import FREQUENCIES, Notification, NotificationPreference
from marketplace.notifications.queries import mine, wanted
from marketplace.notifications.recipients import directory
from marketplace.notifications.rules import Letter
from marketplace.notifications.topics import TOPICS, choosable
from marketplace.values import clock
from marketplace.values.text import N_

QUIET = timedelta(minutes=15)  # one mail says that there is news in a thread; the inbox has every message


@dataclass(frozen=True)
class NotifiedThing:
    """Whose business a notification is, and what thing it concerns."""

    org_id: int | None = None
    for_staff: bool = False
    kind: str = ""
    id: int | None = None


def notify(
    user: User, topic: str, key: str, message: str, params: Mapping[str, Any] | None = None, href: str = "", *,
    event: Event | None = None, thing: NotifiedThing | None = None, letter: Letter | None = None, quiet: bool = False,
) -> Notification | None:
    """Tell a person something: a row of their inbox and, as they chose, a mail. Told already under `key`: None.

    `message` is a key of `topics.MESSAGES`, `params` are plain values that fill its places when it is read (dates
    ISO under a name ending in `_on`, codes as `rendering.term`); `href` is a path of this site. `quiet`: no mail while
    an unread notification of the same message about the same thing is fresh.
    """
    thing = thing or NotifiedThing()
    told = select(Notification.id).where(Notification.user_id == user.id)
    same = Notification.key == key if event is None else (Notification.key == key) | (Notification.event_id == event.id)
    if db.session.scalar(told.where(same).limit(1)) is not None:
        return None
    made = Notification(
        user_id=user.id, key=key, event_id=event.id if event else None, topic=topic, message=message,
        params=dict(params or {}), href=href, org_id=thing.org_id, for_staff=thing.for_staff, subject_kind=thing.kind,
        subject_id=thing.id, created_at=event.at if event else clock.now(), mail=wanted(user.id, topic),
    )
    if quiet and made.mail == "each" and _fresh(made):
        made.mail = "quiet"
    db.session.add(made)
    db.session.flush()
    _write(made, user, letter)
    return made


def _fresh(made: Notification) -> bool:
    rows = select(Notification.id).where(
        Notification.user_id == made.user_id, Notification.read_at.is_(None), Notification.message == made.message,
        Notification.subject_kind == made.subject_kind, Notification.subject_id == made.subject_id,
        Notification.mail == "each", Notification.created_at > made.created_at - QUIET,
    )
    return db.session.scalar(rows.limit(1)) is not None


def _write(made: Notification, user: User, letter: Letter | None) -> None:
    """Queue the mail about a notification, or write down why there is none."""
    if made.mail == "daily":
        return  # the digest names it
    reader = directory().reader(user) if rendering.parties_of(made.params) else account_of(user)
    unsubscribe = unsubscribe_link.path(user.id, made.topic) if made.topic in choosable() else ""
    subject, body = mail.rendered(
        user.locale, "letter", letter=f"emails/{letter.template if letter else 'notification'}.txt",
        sentence=lambda: rendering.sentences([made], reader)[made.id], topic=TOPICS[made.topic],
        link=f"/inbox/{made.id}/open", unsubscribe=unsubscribe,
        person=user, **(letter.context if letter else {}),
    )
    sent = made.mail == "each"
    mail.queue(
        f"notification:{made.event_id or made.key}:{user.id}", user.email, subject, body if sent else "",
        state=QUEUED if sent else SUPPRESSED, repeatable=False, user_id=user.id, topic=made.topic,
        unsubscribe=unsubscribe,
        last_error="" if sent else {"off": "preference", "quiet": "quiet"}[made.mail],
    )


def read(notification: Notification) -> None:
    """Note that its person has opened it."""
    notification.read_at = notification.read_at or clock.now()


def read_about(actor: Actor, path: str) -> None:
    """Mark as read what leads this person to `path` or below it: they have seen it there."""
    below = Notification.href.startswith(f"{path}/", autoescape=True)
    rows = select(Notification.id).where(mine(actor), Notification.read_at.is_(None), (Notification.href == path) | below)
    # A row that another request of the same person holds is being marked there: waiting for it could end in a deadlock.
    ids = db.session.scalars(rows.with_for_update(skip_locked=True)).all()
    if not ids:
        return
    done = update(Notification).where(Notification.id.in_(ids)).values(read_at=clock.now())
    db.session.execute(done.execution_options(synchronize_session=False))


def read_all(actor: Actor, topic: str = "") -> int:
    """Mark everything that the person may read (of one topic) as read; return how many."""
    rows = update(Notification).where(mine(actor), Notification.read_at.is_(None))
    if topic:
        rows = rows.where(Notification.topic == topic)
    done = rows.values(read_at=clock.now()).returning(Notification.id).execution_options(synchronize_session=False)
    return len(db.session.scalars(done).all())


def prefer(user_id: int, chosen: Mapping[str, str]) -> None:
    """Remember how a person wants topics by mail. Raises Invalid for a topic or frequency that there is no choice about."""
    for topic, frequency in chosen.items():
        if topic not in choosable() or frequency not in FREQUENCIES:
            raise Invalid(topic, N_("Please choose from the list."))
    hold_person(user_id)  # two tabs must not both find that nothing was chosen yet
    for topic, frequency in chosen.items():
        row = db.session.get(NotificationPreference, (user_id, topic))
        if row is None:
            db.session.add(NotificationPreference(user_id=user_id, topic=topic, mail=frequency))
        elif row.mail != frequency:
            row.mail, row.changed_at = frequency, clock.now()
    db.session.flush()


def why_not_sent(code: str) -> str:
    """Return in words why a mail was not sent."""
    words = {
        "preference": _("not wanted by mail"),
        "quiet": _("a mail about the same conversation was sent shortly before"),
    }
    return words.get(code, code)


def erase_of(user_id: int, _address: str) -> None:
    """Delete the inbox and the choices of a person whose account is erased."""
    for table in (Notification, NotificationPreference):
        db.session.execute(delete(table).where(table.user_id == user_id).execution_options(synchronize_session=False))
