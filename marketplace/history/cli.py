"""The command line of the history: verify it, seal it now, make the key."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from marketplace.core.config import Settings
from marketplace.core.database_roles import may_rewrite_history
from marketplace.core.errors import Unreachable
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_reading
from marketplace.history.actions import seal_if_due
from marketplace.history.checks import broken_history
from marketplace.history.keys import SealKeyError, make_key
from marketplace.history.names import erase_due_names
from marketplace.history.queries import last_seal
from marketplace.values import clock


@click.command("verify-history")
@with_appcontext
def verify_history() -> None:
    """Check the hash chain of every subject, and all of them against the nightly seals.

    Names the first break of each chain and seal that is broken, and exits 1 if any is.
    """
    settings: Settings = current_app.extensions["settings"]
    begin_reading()
    count = 0
    for broken in broken_history(settings):
        count += 1
        click.echo(f"{broken.place}: {broken.why}", err=True)
    if may_rewrite_history(db.session.connection()):
        click.echo("Note: the role of DATABASE_URL may change events; see docs/operations.md, Two roles.", err=True)
    if count:
        raise SystemExit(1)
    seal = last_seal()
    sealed = f"Seal {seal.number}: before {clock.format_datetime(seal.before)}." if seal else "Nothing is sealed yet."
    click.echo(f"Every history is whole. {sealed}")


@click.command("seal-history")
@with_appcontext
def seal_history() -> None:
    """Take the seal of the last midnight now, if it is not there; the worker does this every night."""
    try:
        seal = seal_if_due()
    except (SealKeyError, Unreachable) as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(f"Seal {seal.number} over {seal.events} events." if seal else "The seal of the last midnight is there.")


@click.command("erase-names")
@with_appcontext
def erase_names() -> None:
    """Delete the names of people whose accounts were erased; needs DATABASE_OWNER_URL where the roles are two."""
    people, rows = erase_due_names()
    click.echo(f"{rows} names of {people} people deleted.")


@click.command("make-seal-key")
@click.argument("path", required=False, type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def make_seal_key(path: Path | None) -> None:
    """Write a new key of seals into PATH (as a rule SEAL_KEY_FILE), and print the public key to give to auditors."""
    settings: Settings = current_app.extensions["settings"]
    path = path or settings.seal_key_file
    try:
        public = make_key(path)
    except (SealKeyError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{path} is made. Keep a copy where no backup of the database is. Public key: {public}")
