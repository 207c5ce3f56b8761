"""The command line of money."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from marketplace.core.access import SYSTEM
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_reading, begin_writing
from marketplace.payments.invoicing.actions import draft, issue
from marketplace.payments.invoicing.queries import to_be_asked
from marketplace.payments.ledger.checks import CHECKS, faults


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
