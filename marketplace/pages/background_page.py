"""The operator's page of background work: what waits, what was given up and why, and a new start for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import Select, cast, literal_column, null, select

from marketplace.core.access import Actor, access
from marketplace.core.columns import Big
from marketplace.core.events import Outbox
from marketplace.core.extensions import db
from marketplace.core.installation import OtherDatabase, check
from marketplace.core.outbox import JOB, LAST_RUN, backlog, retry_parked
from marketplace.core.permissions import RUN_SYSTEM
from marketplace.core.work import WorkSource
from marketplace.semantic.embedding_job import progress
from marketplace.values.text import N_
from marketplace.web.forms import ExchangeForm

bp = Blueprint("work", __name__)
#: What the consumers do, in words.
CONSUMERS = {
    "search": N_("Search index"),
    "matching": N_("Matches"),
    "fingerprints": N_("Fingerprints of texts, to find duplicates"),
    "rematch": N_("Matching everything anew"),
    "match_feedback": N_("Contacts and deals beside their matches"),
    "mail": N_("Mail"),
    "files.scan": N_("Files to check for viruses"),
    "account_letter": N_("Letters for a new password"),
    "sign_in_failures": N_("Letters about failed sign-ins"),
    "facts": N_("Figures of events from before they were kept"),
    "import": N_("Imports"),
    "import_command": N_("Imports on the command line"),
    "sanction_notices": N_("Notices of suspensions"),
    "notifications": N_("Notifications"),
    "names": N_("Names of erased accounts to take out of histories"),
    "alerts": N_("New results of saved searches"),
    "alerts.digest": N_("Summaries of saved searches"),
    "bank_lines": N_("Lines of bank statements to book"),
    "card_refunds": N_("Refunds to send to the card provider"),
    "dues": N_("Payments between parties that fall due"),
    "stripe": N_("Messages of the card provider"),
    "stripe_payouts": N_("Payouts of the card provider"),
    "semantic": N_("Texts to look at for search across languages"),
    "semantic.texts": N_("Texts to embed for search across languages"),
}
#: What the recurring jobs do, in words.
JOBS = {
    "matching.nightly": N_("Match everything anew at night"),
    "retention": N_("Remove what is kept no longer"),
    "proposals.lapse": N_("Let proposals lapse that nobody decided"),
    "invoices.overdue": N_("Mark payment requests that are overdue"),
    "cards.expire": N_("Ask what became of card payments of which nothing was heard"),
    "dues.fall": N_("Let payments between parties fall due"),
    "dues.remind": N_("Remind of payments between parties"),
    "ledger.cache": N_("Add up the months of the ledger"),
    "seal": N_("Seal the history of the day before"),
    "listings.age": N_("Mark technologies nobody confirmed as stale"),
    "listings.remind": N_("Ask owners to confirm their technologies"),
    "search.built": N_("Look whether the search index is there"),
    "semantic.embed": N_("Embed texts for search across languages"),
    "views.collect": N_("Add up the views of pages"),
    "needs.expire": N_("Close needs past their deadline"),
    "needs.remind": N_("Remind requesters of deadlines"),
    "notifications.digest": N_("Daily summaries of notifications"),
    "alerts.digests": N_("Begin the summaries of saved searches"),
    "leads.remind": N_("Remind sides of leads that wait for an answer"),
    "leads.lapse": N_("Let leads lapse that nobody answered or in which nothing happens"),
    "deals.take_effect": N_("Put contracts into effect on their day"),
    "deals.remind_of_milestones": N_("Remind sides of milestones"),
    "deals.remind_of_stalled": N_("Remind sides of deals that stand still"),
    "deals.release_ended": N_("Release technologies whose exclusive licence has ended"),
}


def _given_up() -> Select[Any]:
    since, due, nobody = Outbox.parked_at.label("since"), Outbox.parked_at.label("due_at"), cast(null(), Big)
    columns: tuple[Any, ...] = (Outbox.id, since, due, nobody.label("holder_id"))
    return select(*columns).where(Outbox.parked_at.is_not(None))


def _described(ids: Sequence[int], _reader: Actor, _language: str) -> Mapping[int, tuple[str, str]]:
    rows = db.session.execute(select(Outbox.id, Outbox.consumer).where(Outbox.id.in_(ids)))
    return {row.id: (gettext(CONSUMERS.get(row.consumer, row.consumer)), "/staff/background") for row in rows}


#: Background work that was given up; it waits for an administrator.
WORK = WorkSource("background", N_("Background work that failed"), RUN_SYSTEM, _given_up, _described)


@bp.get("/staff/background")
@access(RUN_SYSTEM)
def show() -> ResponseReturnValue:
    """Show the backlog, the failures and the recurring jobs."""
    waiting = {name: count for name, count in backlog().items() if name not in {"parked", JOB}}
    done, texts = progress()
    if done < texts:
        waiting["semantic.texts"] = texts - done
    failing = select(Outbox).where(Outbox.done_at.is_(None), Outbox.attempts > literal_column("0"))  # its index says 0
    jobs = select(Outbox).where(Outbox.consumer == JOB, Outbox.done_at.is_(None), Outbox.parked_at.is_(None))
    return render_template(
        "pages/work.html",
        apart=_apart(),
        waiting=sorted(waiting.items()),
        failing=db.session.scalars(failing.order_by(Outbox.id.desc()).limit(50)).all(),
        jobs=[(job, _last_run(job)) for job in db.session.scalars(jobs.order_by(Outbox.due_at))],
        names=CONSUMERS,
        job_names=JOBS,
        form=ExchangeForm(),
    )


def _apart() -> bool:
    """True when the database is not that of DATA_DIR, or an older state of it: no worker begins then."""
    try:
        check(current_app.extensions["settings"])
    except OtherDatabase:
        return True
    return False


def _last_run(job: Outbox) -> datetime | None:
    """Return when a job last ran; one that has not run since it was first noted says nothing."""
    said = job.payload.get(LAST_RUN)
    return datetime.fromisoformat(str(said)) if said else None


@bp.post("/staff/background/retry")
@access(RUN_SYSTEM)
def retry() -> ResponseReturnValue:
    """Give what was given up a new start."""
    ExchangeForm().check_acting()
    count = retry_parked()
    said = ngettext("%(num)s piece of work will be tried again.", "%(num)s pieces of work will be tried again.", count)
    flash(said, "success")
    return redirect(url_for("work.show"))


