"""What a need must satisfy beyond "must be there": who may ask what, measurable results, dates, weights, six points.

Every rule returns `Problem`s for the form and for the moderator; nothing here raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select

from marketplace.authoring.kinds import SUBMIT, Problem, is_empty
from marketplace.authoring.lifecycle import EDITABLE_STATES
from marketplace.buyer_requests.models import NeedRevision
from marketplace.core.extensions import db
from marketplace.organisations.models import Organisation
from marketplace.values import clock, places
from marketplace.values.text import N_
from marketplace.vocabulary import KINDS_NEEDING_SIX_CLEAR

MAX_YEARS = 2  # a deadline further away than this is a slip of the pen
MAX_INVITED = 50
MAX_ROWS = 20
TITLE_LENGTH = (10, 300)
SUMMARY_LENGTH = 1000
#: Kinds of organisations that may post each kind of need.
MAY_POST = MappingProxyType({
    "enterprise_need": ("startup", "enterprise", "institute", "university", "intermediary", "individual"),
    "agency_problem": ("agency",),
    "order": ("agency", "enterprise", "institute", "university"),
})
#: The six points (vocabulary SIX_CLEAR), the keys of the box that settle each, and what to do when one is open.
SIX_POINTS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("person", ("person",), N_("Clear person: name one person.")),
    ("task", ("task",), N_("Clear task: say what is to be done, with a verb and its object.")),
    ("time", ("start", "due"), N_("Clear time: give the day it starts and the day it is due.")),
    ("responsibility", ("unit", "head"), N_("Clear responsibility: name the accountable unit and its head.")),
    ("product", ("deliverable", "unit_of_measure", "quantity", "evidence"),
     N_("Clear product: state deliverable, unit, quantity and evidence.")),
    ("authority", ("approver", "escalation"),
     N_("Clear authority: name who approves and to whom it goes when beyond authority.")),
)
SIX_KEYS = tuple(key for _point, keys, _message in SIX_POINTS for key in keys)


def latest_deadline(today: date) -> date:
    """Return the last day a deadline may fall on, seen from `today`."""
    try:
        return today.replace(year=today.year + MAX_YEARS)
    except ValueError:  # 29 February
        return today.replace(year=today.year + MAX_YEARS, day=28)


def problems(revision: NeedRevision) -> list[Problem]:
    """Return what breaks a rule in `revision`, in the order of the form."""
    rules = (_kind, _texts, _measures, _levels, _budget, _deadline, _dates, _place, _criteria, _invited, _six, _contact)
    return [problem for rule in rules for problem in rule(revision)]


def _found(field: str, step: str, message: str, needed: str = SUBMIT, **params: Any) -> Problem:
    return Problem(field, step, message, params, needed)


def _kind(revision: NeedRevision) -> Iterator[Problem]:
    allowed = MAY_POST.get(revision.kind)
    organisation = revision.buyer_request.organisation
    if allowed is not None and organisation.kind not in allowed:
        message = N_("Only public agencies post agency problems.")
        if revision.kind == "order":
            message = N_("Orders are placed by public agencies, enterprises, institutes and universities.")
        elif revision.kind == "enterprise_need":
            message = N_("A public agency posts an agency problem or an order, not an enterprise need.")
        yield _found("kind", "problem", message)


def _texts(revision: NeedRevision) -> Iterator[Problem]:
    low, high = TITLE_LENGTH
    if revision.title and not low <= len(revision.title) <= high:
        yield _found("title", "problem", N_("The title has %(low)s to %(high)s characters."), low=low, high=high)
    for name in ("summary", "summary_en"):
        if len(getattr(revision, name) or "") > SUMMARY_LENGTH:
            yield _found(name, "problem", N_("The summary has at most %(high)s characters."), high=SUMMARY_LENGTH)


def _measures(revision: NeedRevision) -> Iterator[Problem]:
    rows = revision.target_measures or []
    measurable = [row for row in rows if row.get("name") and row.get("target") and row.get("unit")]
    if rows and len(measurable) < len(rows):
        yield _found("target_measures", "result", N_("Each measure needs a name, a target and a unit."))


def _levels(revision: NeedRevision) -> Iterator[Problem]:
    low, high = revision.trl_min, revision.trl_max
    if any(level is not None and not 1 <= level <= 9 for level in (low, high)):
        yield _found("trl_min", "result", N_("Readiness levels go from 1 to 9."))
    elif low is not None and high is not None and low > high:
        yield _found("trl_max", "result", N_("The highest level may not be below the lowest."))


def _budget(revision: NeedRevision) -> Iterator[Problem]:
    low, high = revision.budget_min, revision.budget_max
    if high == 0:
        yield _found("budget_max", "terms", N_("A budget is more than 0 ₫. Leave it empty when there is none to state."))
    if low is not None and high is not None and low > high:
        yield _found("budget_max", "terms", N_("The upper end of the budget may not be below the lower end."))


def _deadline(revision: NeedRevision) -> Iterator[Problem]:
    deadline, today = revision.answer_deadline, clock.today()
    if deadline is None:
        return
    need = revision.buyer_request
    if deadline <= today:
        yield _found("answer_deadline", "terms", N_("The deadline for answers must lie in the future."))
    elif deadline > latest_deadline(today):
        yield _found("answer_deadline", "terms", N_("The deadline for answers may be at most two years away."))
    elif revision.state in EDITABLE_STATES and need.state == "open" and deadline < (need.answer_deadline or deadline):
        message = N_("Others rely on the published deadline %(day)s: it may be extended, not brought forward.")
        yield _found("answer_deadline", "terms", message, day=clock.format_date(need.answer_deadline or deadline))


def _dates(revision: NeedRevision) -> Iterator[Problem]:
    start, end = revision.start_on, revision.end_on
    if start is not None and end is not None and start > end:
        yield _found("end_on", "terms", N_("The end may not be before the start."))


def _place(revision: NeedRevision) -> Iterator[Problem]:
    if revision.ward_code and not places.is_ward_of(revision.ward_code, revision.province_code):
        yield _found("ward_code", "terms", N_("This ward or commune does not belong to the province or city."))


def _criteria(revision: NeedRevision) -> Iterator[Problem]:
    rows = revision.criteria or []
    if not rows:
        return
    if any(not row.get("name") or not isinstance(row.get("weight"), int) or row["weight"] <= 0 for row in rows):
        yield _found("criteria", "terms", N_("Each criterion needs a name and a weight above 0."))
        return
    total = sum(row["weight"] for row in rows)
    if total != 100:
        yield _found("criteria", "terms", N_("The weights must sum to 100; now they sum to %(sum)s."), sum=total)


def _invited(revision: NeedRevision) -> Iterator[Problem]:
    invited = set(revision.invited_org_ids or [])
    if len(invited) > MAX_INVITED:
        message = N_("At most %(count)s organisations may be invited.")
        yield _found("invited_org_ids", "terms", message, count=MAX_INVITED)
    elif revision.buyer_request.org_id in invited:
        yield _found("invited_org_ids", "terms", N_("Your own organisation needs no invitation."))
    elif revision.visibility == "invited_only" and not _verified(invited):
        message = N_("A need for invited organisations only needs at least one verified organisation.")
        yield _found("invited_org_ids", "terms", message)


def _verified(ids: set[int]) -> int:
    if not ids:
        return 0
    rows = select(func.count()).select_from(Organisation)
    return db.session.scalar(rows.where(Organisation.id.in_(ids), Organisation.verified)) or 0


def settles_six_points(revision: NeedRevision) -> bool:
    """True for a need that has to settle the six points, and for one that has something written there."""
    return revision.kind in KINDS_NEEDING_SIX_CLEAR or bool(revision.six_clear)


def _six(revision: NeedRevision) -> Iterator[Problem]:
    box = revision.six_clear or {}
    mandatory = revision.kind in KINDS_NEEDING_SIX_CLEAR
    for point, keys, message in SIX_POINTS:
        open_point = mandatory and any(is_empty(box.get(key)) for key in keys)
        bare_verb = point == "task" and len(str(box.get("task") or "").split()) == 1
        if open_point or bare_verb:
            yield _found("six_clear", "six-clear", message)
    if box.get("start") and box.get("due") and box["start"] > box["due"]:  # ISO days compare as text
        yield _found("six_clear", "six-clear", N_("Clear time: the due day may not be before the start."))


def _contact(revision: NeedRevision) -> Iterator[Problem]:
    email = revision.contact_email or ""
    if email and ("@" not in email or " " in email):
        yield _found("contact_email", "terms", N_("This is not an e-mail address."))
    if revision.source_url and not revision.source_url.startswith(("http://", "https://")):
        yield _found("source_url", "terms", N_("An address begins with http:// or https://."))
