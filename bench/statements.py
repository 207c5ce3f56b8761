"""How long it takes to match 10,000 lines of a statement: `python -m bench.statements` prints its figures.

It makes a database of its own with 1,000 open payment requests of as many organisations.
"""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from marketplace import create_app
from marketplace.core.access import SYSTEM
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_writing
from marketplace.payments.banks.imports import take
from marketplace.payments.banks.models import BankAccount
from marketplace.payments.banks.queries import held
from marketplace.payments.banks.read_line import ReadLine
from marketplace.payments.banks.statement_files import ReadStatement
from marketplace.payments.fees.actions import charge
from marketplace.payments.invoicing.actions import draft, issue
from marketplace.values.vietqr import reference_of
from tests import factories
from tests.conftest import make_settings
from tests.payments.world import Desk

LINES, REQUESTS = 10_000, 1_000


def main() -> None:
    """Print the seconds for taking and matching, and for taking the same again."""
    with TemporaryDirectory() as folder:
        app = create_app(make_settings(Path(folder), f"sqlite:///{folder}/bench.db"))
        with app.app_context():
            db.create_all()
            desk = Desk()
            rule = desk.rule(base="fixed", amount=1_000_000, bands=[])
            codes = []
            for number in range(REQUESTS):
                org = factories.organisation(f"Công ty Số {number} Thử Nghiệm")
                charge(rule, org, org, SYSTEM)
                made = draft(org, desk.first)
                issue(made, desk.first)
                codes.append(str(made.code))
            account = BankAccount(bin="970436", account_no="1", holder="SAN")
            db.session.add(account)
            db.session.commit()
            lines = [ReadLine(number, date(2026, 12, 1), 1_100_000 + number % 3,
                              reference_of(codes[number % REQUESTS]) if number % 2 else f"thanh toan {number}",
                              f"FT{number}", f"CTY SO {number % REQUESTS} THU NGHIEM") for number in range(LINES)]
            for what in ("taken and matched", "again"):
                begin_writing()
                start = time.monotonic()
                done = take(held(account.id), ReadStatement(lines), SYSTEM,
                            lambda count, total: print(f"{count} / {total}", file=sys.stderr))
                db.session.commit()
                print(f"{what}: {time.monotonic() - start:.2f} s, {done.new} new, {done.known} known")


if __name__ == "__main__":
    main()
