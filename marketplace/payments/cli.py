"""The command line of money."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import click
from flask.cli import with_appcontext

from marketplace.core.access import SYSTEM
from marketplace.core.errors import Invalid
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_reading, begin_writing
from marketplace.payments.banks.booking import act_on_all
from marketplace.payments.banks.imports import take
from marketplace.payments.banks.layouts import known_layouts
from marketplace.payments.banks.queries import held, numbered
from marketplace.payments.banks.statement_files import read_statement
from marketplace.payments.cards.gateway import GatewayAway, GatewayRefused, gateway
from marketplace.payments.cards.reconcile import apply, differences
from marketplace.payments.invoicing.actions import draft, issue
from marketplace.payments.invoicing.queries import to_be_asked
from marketplace.payments.ledger.checks import CHECKS, faults
from marketplace.values import clock


@click.command("issue-invoices")
@with_appcontext
def issue_invoices() -> None:
    """Issue a payment request to each verified organisation for all that it was charged and not asked for yet."""
    count = 0
    for org, _charges, _net in to_be_asked():
        if org.verified:
            begin_writing()
            invoice = draft(org, SYSTEM)
            issue(invoice, SYSTEM)
            code, total = invoice.code, invoice.total
            db.session.commit()
            click.echo(f"{code}: {total} VND")
            count += 1
    click.echo(f"{count} payment requests were issued.")


@click.command("verify-ledger")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
@with_appcontext
def verify_ledger(as_json: bool) -> None:
    """Check that the ledger is whole: balanced entries, numbers without gaps, sums of months.

    Names everything that is wrong, and exits 1 if anything is.
    """
    begin_reading()
    found = list(faults())
    if as_json:
        click.echo(json.dumps({"checks": list(CHECKS), "faults": [asdict(fault) for fault in found]}, ensure_ascii=False))
    else:
        for fault in found:
            click.echo(f"{fault.check}: {fault.where}: {fault.why}", err=True)
    if found:
        raise SystemExit(1)
    if not as_json:
        click.echo(f"The ledger is whole ({', '.join(CHECKS)}).")


@click.command("import-statement")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--account", required=True, help="Number of the bank account, as it stands on /money/bank-accounts.")
@with_appcontext
def import_statement(file: Path, account: str) -> None:
    """Take the lines of a bank's statement (CSV, XLSX or MT940), match them, and book what needs no person.

    Takes all of them or none; the same file again changes nothing. Exits 1 when the file cannot be read.
    """

    def told(done: int, total: int) -> None:
        click.echo(f"{done} / {total}", err=True)

    try:
        begin_writing()
        row = held(numbered(account).id)
        statement = read_statement(file.read_bytes(), row.account_no, known_layouts())
        taken = take(row, statement, SYSTEM, told)
        account_id = row.id
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        raise click.ClickException(error.message % error.params if error.params else error.message) from error
    for place in taken.gaps:
        click.echo(f"Warning: at line {place} the running balance does not go on.", err=True)
    booked = act_on_all(account_id, told)
    click.echo(f"{taken.new} lines are new, {taken.known} were there, {booked} were booked.")


@click.group("reconcile")
def reconcile() -> None:
    """Compare what providers of payments know with what we know."""


@reconcile.command("stripe")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day.")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day.")
@click.option("--apply", "applies", is_flag=True, help="Receive what is missing here; nothing is changed otherwise.")
@with_appcontext
def reconcile_stripe(since: datetime, until: datetime, applies: bool) -> None:
    """Name the card payments on which we and Stripe differ, and exit 1 if there are any left."""
    provider = gateway()
    if provider is None:
        raise click.ClickException("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET are not set")
    begins, ends = since.replace(tzinfo=clock.ZONE), until.replace(tzinfo=clock.ZONE) + timedelta(days=1)
    try:
        found = differences(provider, begins, ends)
    except (GatewayAway, GatewayRefused) as error:
        raise click.ClickException(f"Stripe does not answer: {error}") from error
    left = 0
    for one in found:
        booked = applies and apply(one)
        if applies:
            db.session.commit()
        left += not booked
        done = ", received now" if booked else ""
        click.echo(f"{one.kind}: {one.code or '-'} {one.session_id}: ours {one.ours}, theirs {one.theirs}{done}")
    click.echo(f"{len(found)} differences, {left} left.")
    if left:
        raise SystemExit(1)
