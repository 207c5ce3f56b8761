"""`flask verify-ledger` names what no trigger let in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from marketplace.core.extensions import db
from marketplace.payments.ledger import triggers
from marketplace.payments.ledger.cache import take_in
from marketplace.values import clock
from tests import factories
from tests.payments.test_ledger import charged, received
from tests.web_role import as_owner

FIRST, LAST = "(SELECT min(id) FROM journal_entry)", "(SELECT max(id) FROM journal_entry)"
FORGERIES = {
    "entries: BT-{year}-000001: its lines sum to 1":
        f"UPDATE journal_line SET amount = amount + 1 WHERE entry_id = {FIRST} AND position = 1",
    "entries: BT-{year}-000002: has 1 lines": f"DELETE FROM journal_line WHERE entry_id = {LAST} AND position = 2",
    "entries: BT-{year}-000002: mixes memorandum accounts": "UPDATE account SET kind = 'memo' WHERE code = '112-1'",
    "entries: BT-{year}-000002: has 2 currencies": "UPDATE account SET currency = 'USD' WHERE code = '112-1'",
    "unposted: BT-{year}-000001": f"UPDATE journal_entry SET posted_at = NULL WHERE id = {FIRST}",
    "codes: BT-{year}: 2 numbers were given, 1 entries are there":
        f"DELETE FROM journal_line WHERE entry_id = {LAST}; DELETE FROM journal_entry WHERE id = {LAST}",
    "months: account ": "UPDATE account_month SET debit = debit + 1",
}


@pytest.fixture
def books(ctx: Flask) -> Flask:
    """Two entries of two hours ago, taken into the sums of months."""
    org = factories.organisation()
    with clock.fixed(datetime.now(UTC) - timedelta(hours=2)):
        charged(org.id, 1_000_000, "invoice:1")
        received(org.id, 1_100_000, "receipt:1")
    db.session.commit()
    assert take_in() == 2
    db.session.commit()
    return ctx


def test_a_whole_ledger_is_whole(books: Flask) -> None:
    result = books.test_cli_runner().invoke(args=["verify-ledger"])
    assert result.exit_code == 0
    assert "The ledger is whole" in result.output
    as_json = json.loads(books.test_cli_runner().invoke(args=["verify-ledger", "--json"]).output)
    assert as_json["faults"] == []
    assert {"entries", "unposted", "codes", "months"} <= set(as_json["checks"])


@pytest.mark.parametrize("said", FORGERIES)
def test_each_forgery_is_named(books: Flask, said: str) -> None:
    as_owner()
    triggers.off(db.session.connection())
    for statement in FORGERIES[said].split("; "):
        db.session.execute(text(statement))
    triggers.on(db.session.connection())
    db.session.commit()
    result = books.test_cli_runner().invoke(args=["verify-ledger"])
    assert result.exit_code == 1
    assert said.format(year=clock.today().year) in result.output
    as_json = json.loads(books.test_cli_runner().invoke(args=["verify-ledger", "--json"]).output)
    assert as_json["faults"]
