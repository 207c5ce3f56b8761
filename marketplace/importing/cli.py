"""`flask import listings FILE` and `flask import requests FILE`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from marketplace.accounts.queries import person_by_email
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import DomainError
from marketplace.core.extensions import db, write_intent
from marketplace.core.leases import Claim, LeaseLost, finish, held, keeping_leases
from marketplace.core.long_work import begin_writing
from marketplace.core.outbox import work_once
from marketplace.core.permissions import IMPORT_DATA
from marketplace.importing import actions, import_runs
from marketplace.importing.actions import Progress
from marketplace.importing.columns import LISTINGS, REQUESTS, load_mapping
from marketplace.importing.import_kinds import TARGETS
from marketplace.importing.mapping import Record, Rejected
from marketplace.importing.models import ImportRun
from marketplace.importing.preparation import Prepared, digest_of, need_title, prepare
from marketplace.importing.queries import find_organisation
from marketplace.importing.report import write_report
from marketplace.importing.result import Outcome
from marketplace.importing.staging import Ended, undo
from marketplace.organisations.actors import actor_of

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OPTIONS = (
    click.argument("file", type=_FILE),
    click.option("--organisation", required=True, metavar="SLUG|ID|NAME", help="Owner of the records; must exist."),
    click.option("--publish", is_flag=True, help="Publish at once; only a title is needed, nothing is invented."),
    click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing."),
    click.option("--mapping", type=_FILE, help="JSON: our field → column, constants, separators, dates."),
    click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Where to put the report (CSV)."),
    click.option("--limit", type=click.IntRange(min=1), help="Read only so many rows."),
    click.option("--as", "email", metavar="EMAIL", help="The operator in whose name it happens."),
)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group("import")
def importing() -> None:
    """Import listings or needs from JSONL, CSV or XLSX; all rows or none, recognised again by their id."""


@importing.command("listings")
@_with_options
@with_appcontext
def listings(**options: Any) -> None:
    """Import technology listings."""
    _run(LISTINGS, **options)


@importing.command("requests")
@_with_options
@with_appcontext
def requests(**options: Any) -> None:
    """Import technology needs."""
    _run(REQUESTS, **options)


def _run(kind: str, file: Path, organisation: str, mapping: Path | None, email: str | None, **options: Any) -> None:
    write_intent.set(not options["dry_run"])
    try:
        prepared = prepare(
            kind, file, current_app.extensions["settings"].import_limit, load_mapping(mapping) if mapping else None
        )
        _show_columns(prepared)
        need_title(prepared)
        outcome = _import(kind, file, prepared, organisation, _operator(email), **options)
    except DomainError as error:
        db.session.rollback()
        raise click.ClickException(str(error)) from error
    except Ended as error:
        raise click.ClickException("The import was cancelled; nothing was imported.") from error
    except LeaseLost as error:
        raise click.ClickException("This command stood still for too long; nothing was imported.") from error
    _show(outcome, dry_run=options["dry_run"])


def _operator(email: str | None) -> Actor:
    if email is None:
        return SYSTEM
    user = person_by_email(email)
    if user is None:
        raise click.ClickException(f"There is no account {email}.")
    actor = actor_of(user)
    if not actor.may(IMPORT_DATA):
        raise click.ClickException(f"{email} is no operator (moderator or admin).")
    return actor


def _import(
    kind: str, file: Path, prepared: Prepared, owner: str, actor: Actor, *,
    publish: bool, dry_run: bool, report: Path | None, limit: int | None,
) -> Outcome:
    """Do it in parts, or try it out, and return what came of it; an error or a break leaves nothing."""
    if not dry_run:
        work_once([import_runs.COMMAND])  # those of commands that died
    organisation = find_organisation(owner)
    records = prepared.records(limit)
    total = min(prepared.total, limit or prepared.total)
    with click.progressbar(length=total, label=f"{file.name}: {total} rows") as bar:

        def progress(done: int) -> None:
            bar.update(done - bar.pos)

        if dry_run:
            outcome = actions.try_out(TARGETS[kind], records, organisation, actor, publish=publish, progress=progress)
            outcome.left.update(prepared.left)
            db.session.rollback()
        else:
            actions.check(organisation, actor, publish=publish)
            mapping, sha256 = prepared.plan.as_box(), digest_of(file)
            run, claim = import_runs.begin_command(
                kind, organisation, actor, file, sha256, publish=publish, mapping=mapping
            )
            written = import_runs.report_path(run)
            outcome = _carry_out(run, claim, actor, records, progress, prepared.left)
    if dry_run and report is not None:
        write_report(report, outcome)
    elif not dry_run:
        if report is not None:
            shutil.copyfile(written, report)
        click.echo(f"report: {written}")
    return outcome


def _carry_out(
    run: ImportRun, claim: Claim, actor: Actor, records: Iterator[Record | Rejected], progress: Progress,
    left: Mapping[str, int],
) -> Outcome:
    """Carry out a run and commit; one that breaks off is closed with what its page says of that."""
    run_id, kind = run.id, TARGETS[run.kind].kind
    with keeping_leases(), held(claim):
        try:
            outcome = import_runs.carry_out(run, actor, records, "en", progress, left)
            finish(claim)
            db.session.commit()
        except LeaseLost:
            db.session.rollback()
            raise
        except BaseException as error:
            undo(run_id, kind)
            begin_writing()
            import_runs.fail(run_id, actor, error)
            finish(claim)
            db.session.commit()
            raise
    return outcome


def _show_columns(prepared: Prepared) -> None:
    """Print how the file was understood."""
    source, plan = prepared.source, prepared.plan
    details = ", ".join(f"{name} {value}" for name, value in source.details.items())
    click.echo(f"{source.format} ({details}), {prepared.total} rows")
    for name, columns in plan.columns.items():
        click.echo(f"  {name:<14} ← {', '.join(columns)}")
    for word, columns in (("ignored", plan.ignored), ("ambiguous", plan.ambiguous)):
        if columns:
            click.echo(f"  {word}: {', '.join(columns)}")


def _show(outcome: Outcome, *, dry_run: bool) -> None:
    """Print the summary table."""
    click.echo("dry run, nothing was written" if dry_run else "imported")
    box = outcome.as_box()
    for name in ("read", "created", "updated", "unchanged", "drafts", "published", "expired", "duplicates"):
        click.echo(f"  {name:<12} {box[name]:>8}")
    for word, counts in (("rejected", outcome.rejected), ("warnings", outcome.warnings), ("not stated", outcome.missing)):
        click.echo(f"  {word:<12} {counts.total() if word != 'not stated' else len(counts):>8}")
        for code, count in counts.most_common():
            click.echo(f"    {code:<20} {count:>6}")
    click.echo(f"  {'seconds':<12} {outcome.seconds:>8.1f}")
