"""The groups of tests, and the one rule that says what is run where: `python -m tests.groups sqlite postgres browser`.

`make test` runs `sqlite`, `postgres` and `browser`, as CI does. `make test-all` runs `sqlite-all`, `postgres-all` and
`browser-all`: everything on both databases, every value in every form, every page in every look. It is run before an
issue is called done. Each group ends with its ten slowest tests and the processor seconds it took. Groups run side by
side, since those of the browser and of PostgreSQL wait half of their time.

The rule: in `make test` a test runs once, where it can fail. That is SQLite, the database of `make run`, but PostgreSQL
for what ON_POSTGRES names: the tests of what the two databases do differently, and one journey through each feature. A
test of a lock, of a statement that only one of them understands, of text or JSON compared by the database, or of who
sees what by a query belongs into ON_POSTGRES with its first commit; into ON_BOTH too when SQLite can fail in a way of
its own. `tests/test_groups.py` finds what was forgotten.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: A file system in memory, and the bytes that must be free in it.
IN_MEMORY, ROOM = Path("/dev/shm"), 3 * 1024**3
#: What `make test` runs on PostgreSQL: folders, files and single tests, by the reason why the database can matter.
ON_POSTGRES: dict[str, tuple[str, ...]] = {
    "locks and races: row locks here, one writer at a time on SQLite": (
        "tests/accounts/test_at_once.py",
        "tests/accounts/test_closing.py", "tests/accounts/test_sessions.py", "tests/accounts/test_sign_in_limits.py",
        "tests/accounts/test_sign_ins.py",
        "tests/accounts/test_unsent_forms.py",
        "tests/authoring/test_beginning.py", "tests/browse/test_mixed_load.py",
        "tests/core/test_events.py", "tests/core/test_time_limits.py",
        "tests/answers/test_choosing_at_once.py",
        "tests/deals/test_racing.py", "tests/deals/test_winning.py", "tests/payments/test_dues_at_once.py",
        "tests/files/test_uploads_at_once.py", "tests/history/test_seals.py",
        "tests/history/test_seal_at_work.py", "tests/history/test_seal_file.py", "tests/history/test_two_roles.py",
        "tests/journeys/test_double_submit.py", "tests/journeys/test_many_tabs.py",
        "tests/moderation/test_claim.py", "tests/negotiation/test_reading_at_once.py",
        "tests/negotiation/test_pairs_at_once.py", "tests/negotiation/test_two_tabs.py",
        "tests/organisations/test_concurrency.py", "tests/payments/test_ledger.py", "tests/payments/test_ledger_rules.py",
        "tests/races",
        "tests/core/test_proposals.py", "tests/payments/test_fees.py",
        "tests/payments/test_invoices.py", "tests/payments/test_payments.py", "tests/payments/test_cards.py",
        "tests/payments/test_ledger_pages.py", "tests/payments/test_papers.py", "tests/payments/test_desk.py",
        "tests/payments/test_bank_accounts.py", "tests/payments/test_statements_of_banks.py",
        "tests/payments/test_bank_messages.py", "tests/payments/test_payee_accounts.py",
        "tests/payments/test_payout_lines.py", "tests/payments/test_late_interest.py",
    ),
    "requests: what commits, what a broken or busy database answers": (
        "tests/core/test_aside.py", "tests/core/test_bulk_statements.py", "tests/core/test_database_errors.py",
        "tests/core/test_requests.py", "tests/core/test_sending_again.py", "tests/core/test_silent_postgres.py",
        "tests/core/test_stopped_postgres.py",
    ),
    "the worker: work taken without waiting for locked rows, processes killed in the middle": (
        "tests/browse/test_reindex.py", "tests/browse/test_worker_killed.py", "tests/core/test_mail.py",
        "tests/core/test_lanes.py", "tests/core/test_mail_delivery.py", "tests/core/test_outbox.py",
        "tests/core/test_retention.py", "tests/importing/test_command.py", "tests/importing/test_parts.py",
        "tests/importing/test_who_goes_on.py",
        "tests/matching/test_at_work.py", "tests/notifications/test_batches.py",
        "tests/notifications/test_worker_killed.py", "tests/payments/test_worker_killed.py",
        "tests/saved_searches/test_at_work.py",
    ),
    "migrations and constraints": (
        "tests/core/test_migrations.py", "tests/deals/test_factories.py", "tests/negotiation/test_factories.py",
        "tests/organisations/test_lifecycle.py",
    ),
    "text and JSON compared, sorted and searched by the database": (
        "tests/browse/test_facet_counts.py", "tests/browse/test_no_index.py", "tests/browse/test_search_away.py",
        "tests/buyer_requests/test_documents.py", "tests/buyer_requests/test_inviting.py", "tests/deals/test_freezing.py",
        "tests/deals/test_lists.py", "tests/importing/test_upsert.py", "tests/listings/test_mine.py",
        "tests/matching/test_incremental.py", "tests/moderation/test_queue.py", "tests/semantic/test_filling.py",
        "tests/bad_input/test_addresses.py", "tests/bad_input/test_forms.py", "tests/bad_input/test_uploads.py",
    ),
    "visibility by query: the rule as SQL agrees with the rule as Python": (
        "tests/browse/test_kept_pages.py",
        "tests/answers/test_visibility.py",
        "tests/browse/test_outsiders.py", "tests/buyer_requests/test_visibility.py", "tests/deals/test_public.py",
        "tests/listings/test_visibility.py", "tests/negotiation/test_visibility.py", "tests/organisations/test_access.py",
        "tests/saved_searches/test_matches.py", "tests/deals/test_checked_files.py",
    ),
    "every page once, with the number of its statements": ("tests/test_statements.py",),
    "how the database answers: plans": ("tests/pages/test_plans.py",),
    "one journey through each feature": (
        "tests/accounts/test_sign_in.py", "tests/accounts/test_staff.py", "tests/deals/test_journey.py",
        "tests/files/test_sweep.py",
        "tests/journeys/test_buyer.py", "tests/journeys/test_leaving.py", "tests/journeys/test_new_version.py",
        "tests/journeys/test_supplier.py", "tests/journeys/test_suspension.py", "tests/journeys/test_tabs.py",
        "tests/journeys/test_trade.py", "tests/notifications/test_mail.py", "tests/organisations/test_journey.py",
        "tests/pages/test_pages.py",
    ),
}
#: Of these, what `make test` runs on SQLite too, because that can go wrong in another way there: one writer at a time,
#: another dialect, other comparisons of text and JSON, other ways to change a table.
ON_BOTH = (
    "tests/browse/test_kept_pages.py",
    "tests/browse/test_mixed_load.py", "tests/core/test_events.py", "tests/deals/test_racing.py",
    "tests/organisations/test_concurrency.py", "tests/payments/test_ledger.py", "tests/payments/test_ledger_rules.py",
    "tests/core/test_bulk_statements.py", "tests/core/test_database_errors.py", "tests/core/test_requests.py",
    "tests/core/test_outbox.py", "tests/core/test_retention.py", "tests/notifications/test_batches.py",
    "tests/core/test_migrations.py", "tests/deals/test_factories.py", "tests/negotiation/test_factories.py",
    "tests/organisations/test_lifecycle.py",
    "tests/browse/test_facet_counts.py", "tests/browse/test_no_index.py", "tests/browse/test_search_away.py",
    "tests/buyer_requests/test_documents.py", "tests/buyer_requests/test_inviting.py", "tests/deals/test_freezing.py",
    "tests/deals/test_lists.py", "tests/importing/test_upsert.py", "tests/listings/test_mine.py",
    "tests/matching/test_incremental.py", "tests/moderation/test_queue.py", "tests/semantic/test_filling.py",
    "tests/bad_input/test_forms.py", "tests/bad_input/test_uploads.py",
    "tests/accounts/test_sign_in.py", "tests/files/test_sweep.py", "tests/organisations/test_journey.py",
    "tests/pages/test_pages.py", "tests/pages/test_plans.py",
)
#: What touches no database: `postgres-all` leaves it out too.
NO_DATABASE = (
    "tests/authoring/test_one_more_field.py",  # has an SQLite database of its own, in a process of its own
    "tests/deals/test_record_cost.py",  # its processes make PDFs
    "tests/faults", "tests/look", "tests/pure", "tests/search", "tests/browse/test_many_keywords.py",
    "tests/core/test_server.py",  # its process is a server without a database
    "tests/files/test_pictures.py",  # its threads wait for pictures
    "tests/importing/test_any_bytes.py", "tests/importing/test_columns.py", "tests/importing/test_reading.py",
    "tests/test_constraints.py",
    "tests/test_conventions.py", "tests/test_file_names.py", "tests/test_groups.py", "tests/test_references.py",
    "tests/test_text.py",
)


def on_postgres() -> list[str]:
    """Return the paths that `make test` runs on PostgreSQL."""
    return [path for paths in ON_POSTGRES.values() for path in paths]


@cache
def _left_to_postgres() -> frozenset[str]:
    return frozenset(str(ROOT / name) for name in set(on_postgres()) - set(ON_BOTH))


@cache
def elsewhere(path: Path) -> bool:
    """True for a file of tests that `make test` leaves to PostgreSQL; `sqlite_first` keeps a single test on SQLite.

    Kept for each file: a run asks for every test.
    """
    return not _left_to_postgres().isdisjoint(map(str, (path, *path.parents)))


def _pytest(*options: str) -> list[str]:
    # Each process begins with a stretch of its own, so that a world that a folder shares is made once or twice.
    spread = ("-n", os.environ.get("WORKERS", "2"), "--dist", "worksteal")
    return [sys.executable, "-m", "pytest", *spread, "--durations=10", "--durations-min=0.5", *options]


def _server(command: list[str]) -> list[str]:
    return [sys.executable, "-m", "tests.postgres", *command]


#: Group → its command; the names that end in -all run with TESTS=all, the others with TESTS=once.
GROUPS: dict[str, Callable[[], list[str]]] = {
    "sqlite": lambda: _pytest("-m", "not browser", "tests"),
    "postgres": lambda: _server(_pytest("-m", "not browser and not once", *on_postgres())),
    "browser": lambda: [sys.executable, "-m", "tests.browser.run", "--durations=10"],
}
GROUPS |= {
    "sqlite-all": GROUPS["sqlite"],
    "postgres-all": lambda: _server(
        _pytest("-m", "not browser and not once", "tests", *(f"--ignore={path}" for path in NO_DATABASE))
    ),
    "browser-all": GROUPS["browser"],
}


class Running:
    """A group that has begun: its tests lie in a folder of its own; what it says goes on, or is kept until its end."""

    def __init__(self, name: str, *, aside: bool = False) -> None:
        self.name, self.began = name, time.monotonic()
        self.folder = tempfile.TemporaryDirectory(prefix="exchange-tests-", dir=_scratch(), ignore_cleanup_errors=True)
        Path(self.folder.name).chmod(0o755)  # the PostgreSQL server runs as another user when we are root
        self.said = Path(self.folder.name, "said") if aside else None
        # Many tests start processes: what Python has compiled once is kept, also where the environment says otherwise.
        env = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            "TEST_BACKEND": "postgres" if name.startswith("postgres") else "sqlite",
            "TESTS": "all" if name.endswith("-all") else "once", "TMPDIR": self.folder.name,
        }
        with self.said.open("wb") if self.said else nullcontext() as out:
            self.process = subprocess.Popen(GROUPS[name](), env=env, cwd=ROOT, stdout=out, stderr=out)

    def end(self) -> int:
        """Wait for it and say what it took. Returns the exit code of its command."""
        _pid, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = code = os.waitstatus_to_exitcode(status)
        took = time.monotonic() - self.began
        if self.said:
            print(self.said.read_text(encoding="utf-8", errors="replace"))
        self.folder.cleanup()
        cpu, cores = used.ru_utime + used.ru_stime, os.cpu_count()
        print(f"== group {self.name}: {took:.0f} s, of them {cpu:.0f} processor seconds on {cores} cores\n", flush=True)
        return code


def _scratch() -> str | None:
    """Return where the tests' files lie: in memory where there is room, for there they are made and removed at once."""
    room = IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM
    return str(IN_MEMORY) if room and "TMPDIR" not in os.environ else None


def main(names: list[str]) -> int:
    """Run the groups side by side, all of them, and fail when one failed; what they say comes one after the other."""
    unknown = [name for name in names if name not in GROUPS]
    if unknown or not names:
        print(f"no such group: {unknown}; there are: {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    groups = [Running(name, aside=number > 0) for number, name in enumerate(names)]
    failed = [group.name for group in groups if group.end()]
    if failed:
        print(f"FAILED: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
