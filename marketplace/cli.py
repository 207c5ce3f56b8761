"""The command line: thin verbs, each a call into a feature."""

from __future__ import annotations

import logging
import signal
import threading
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from marketplace.browse.indexing import ensure_built
from marketplace.core.database_errors import described
from marketplace.core.errors import Unreachable
from marketplace.core.extensions import db, give_up
from marketplace.core.installation import OtherDatabase, bind, check
from marketplace.core.leases import keeping_leases
from marketplace.core.outbox import backlog, drain, release_leases, retry_parked
from marketplace.core.worker import work_forever
from marketplace.importing.cli import importing
from marketplace.pages.demo import load_demo_command
from marketplace.serve import reset_data, up, worker_lock

log = logging.getLogger(__name__)


@click.command("work")
@click.option("--once", is_flag=True, help="Do what is due and stop.")
@with_appcontext
def work(once: bool) -> None:
    """Drain the outbox: search index, mails, statistics, recurring jobs."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    with worker_lock(current_app.extensions["settings"].data_dir) as free:
        if not free:
            raise click.ClickException("another worker runs on this DATA_DIR; the embedded index has one writer")
        _own_database()
        alone = current_app.extensions["settings"].search_url.startswith("whoosh")  # the embedded index has one worker
        _ensure_built()
        if not once:
            _work_until_stopped(alone)
            return
        if alone:
            release_leases()
        with keeping_leases():
            click.echo(f"{drain()} rows of work done")


@click.command("bind-data-dir")
@click.confirmation_option(prompt="Do DATABASE_URL and DATA_DIR name one installation?")
@with_appcontext
def bind_data_dir() -> None:
    """Say that the database is that of DATA_DIR, after a restore; unknown files are put aside from tomorrow on."""
    name = bind(current_app.extensions["settings"])
    db.session.commit()
    click.echo(f"Both are installation {name}.")


def _own_database() -> None:
    """Refuse to work for a database that is not that of DATA_DIR; one that does not answer yet is waited for later."""
    try:
        check(current_app.extensions["settings"])
    except OtherDatabase as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        log.warning("the database does not answer: %s", described(error))
    finally:
        give_up()


def _ensure_built() -> None:
    """Rebuild a missing index before the rest; when the engine does not answer, a job does it as soon as it does."""
    try:
        ensure_built()
    except Unreachable as error:
        log.warning("%s", error)


def _work_until_stopped(alone: bool) -> None:
    stop = threading.Event()

    def _stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    work_forever(stop, alone=alone)


@click.command("outbox")
@click.option("--retry", is_flag=True, help="Give parked rows a new start.")
@with_appcontext
def outbox(retry: bool) -> None:
    """Show what waits to be done, and retry what was parked."""
    if retry:
        click.echo(f"{retry_parked()} rows will be tried again")
        db.session.commit()
    for name, rows in sorted(backlog().items()):
        click.echo(f"{name}: {rows}")


def register(app: Flask) -> None:
    """Add our commands to `flask`."""
    for command in (work, bind_data_dir, outbox, importing, up, reset_data, load_demo_command):
        app.cli.add_command(command)
