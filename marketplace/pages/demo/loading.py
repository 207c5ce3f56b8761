"""Loading the demonstration once, in one transaction, through the same verbs as people's own work."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import delete, func, select

from marketplace.accounts.models import User
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.config import Settings
from marketplace.core.errors import NotAllowed
from marketplace.core.events import Event, Outbox
from marketplace.core.extensions import Base, db
from marketplace.core.view_counts import ViewCount
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.pages.demo import inboxes
from marketplace.pages.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from marketplace.pages.demo.bank import write_bank
from marketplace.pages.demo.content import read
from marketplace.pages.demo.deals import DealStory
from marketplace.pages.demo.dues import write_dues
from marketplace.pages.demo.editable_texts import write_texts
from marketplace.pages.demo.listings import ListingStory, picture_of
from marketplace.pages.demo.money import write_money
from marketplace.pages.demo.needs import NeedStory
from marketplace.pages.demo.pictures import receive_pictures
from marketplace.pages.demo.script import Script
from marketplace.pages.demo.world import ADMINISTRATOR, World, write_people_and_organisations
from marketplace.values import clock
from marketplace.values.text import N_

_VIEW_DAYS = 30  # days before the loading on which pages were looked at


@dataclass(frozen=True)
class DemoSummary:
    """What was loaded, and how long it took."""

    organisations: int
    people: int
    listings: int
    needs: int
    seconds: float

    def __str__(self) -> str:
        """Return it as a line for the console."""
        return (
            f"{self.organisations} organisations, {self.people} people, {self.listings} technologies and "
            f"{self.needs} needs in {self.seconds:.1f} s"
        )


def load_demo(settings: Settings) -> DemoSummary | None:
    """Load the demonstration into an empty installation and commit; None when an organisation exists: nothing is done.

    What must be indexed and matched waits in the outbox for the worker. Raises NotAllowed where DEMO is off: the
    accounts have a password that everybody knows.
    """
    if not settings.demo:
        raise NotAllowed(N_("Demo data are loaded only where DEMO is on: their password is known to everybody."))
    if db.session.scalar(select(Organisation.id).limit(1)) is not None:
        return None
    begun = time.monotonic()
    entries = read("listings_")
    keys = {key for number, entry in enumerate(entries) if (key := picture_of(entry, number))}
    pictures = receive_pictures(keys)
    world = World(settings, Script.until(clock.now()))
    write_people_and_organisations(world)
    for number, entry in enumerate(entries):
        ListingStory(world, entry, number, pictures).write()
    for number, entry in enumerate(read("needs_")):
        NeedStory(world, entry, number).write()
    for number, entry in enumerate(read("deals_")):
        DealStory(world, entry, number).write()
    world.script.add(world.script.day(330, 16), lambda: write_texts(world.officer(ADMINISTRATOR)))
    write_bank(write_money(world))
    write_dues(world)
    with current_app.test_request_context(base_url=settings.base_url):  # letters contain addresses of pages
        world.script.run()
        inboxes.fill(world.script.now)
    _count_views()
    inboxes.file_letters(world.script.now)
    _merge_waiting_work()
    db.session.commit()
    return _summary(time.monotonic() - begun)


def _summary(seconds: float) -> DemoSummary:
    def count(table: type[Base]) -> int:
        return db.session.scalar(select(func.count()).select_from(table)) or 0

    return DemoSummary(count(Organisation), count(User), count(Listing), count(BuyerRequest), seconds)


def _count_views() -> None:
    """Give what is public a month of readers, fewer at weekends; the same numbers for the same things."""
    today = clock.today()
    for thing in (*db.session.scalars(select(Listing)), *db.session.scalars(select(BuyerRequest))):
        if thing.published_at is None:
            continue
        for back in range(_VIEW_DAYS):
            day = today - timedelta(days=back)
            views = (thing.id * 7 + back * 5) % 11 + thing.id % 4 - (6 if day.weekday() > 4 else 0)
            if views > 0 and clock.start_of_day(day) > thing.published_at:
                db.session.add(ViewCount(subject_kind=thing.subject_kind, subject_id=thing.id, day=day, count=views))


def _merge_waiting_work() -> None:
    """Leave one row of work per subject to consumers that read what stands now: a year of steps is one."""
    last = (
        select(func.max(Outbox.id))
        .join(Event, Event.id == Outbox.event_id)
        .group_by(Outbox.consumer, Event.subject_kind, Event.subject_id)
    )
    of_events = Outbox.consumer.in_(inboxes.rereading()), Outbox.event_id.is_not(None)
    db.session.execute(
        delete(Outbox).where(*of_events, Outbox.id.not_in(last)), execution_options={"synchronize_session": False}
    )
    # Matching takes an organisation's row as all it has; here each of its things has a row of its own.
    of_organisations = select(Event.id).where(Event.subject_kind == Organisation.subject_kind)
    db.session.execute(
        delete(Outbox).where(Outbox.consumer == "matching", Outbox.event_id.in_(of_organisations)),
        execution_options={"synchronize_session": False},
    )


@click.command("load-demo")
@with_appcontext
def load_demo_command() -> None:
    """Load the demonstration into an empty installation and print its accounts."""
    try:
        done = load_demo(current_app.extensions["settings"])
    except NotAllowed as error:
        raise click.ClickException(error.message) from error
    click.echo(f"Loaded {done}; the worker will index them." if done else "There are data already; nothing was loaded.")
    click.echo(f"Accounts (password {DEMO_PASSWORD}):")
    for role, email in DEMO_ACCOUNTS:
        click.echo(f"  {email:28} {role}")
