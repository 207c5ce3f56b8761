"""The weights in force, and changing them: an operator's decision with a reason, a date and an event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from marketplace.accounts.queries import hold_person
from marketplace.core.access import Actor
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Reason
from marketplace.core.permissions import WEIGH_MATCHES
from marketplace.matching.formula import DEFAULT_WEIGHTS
from marketplace.matching.models import MatchWeights
from marketplace.values import clock
from marketplace.values.text import N_

WHOLE = 100
#: Least weight of the subject: without it matches would be about anything.
LEAST_TEXT = 20


def current_weights(at: datetime | None = None) -> dict[str, int]:
    """Return the weights in force now, or at a moment."""
    rows = select(MatchWeights.weights).where(MatchWeights.effective_at <= (at or clock.now()))
    found = db.session.scalars(rows.order_by(MatchWeights.effective_at.desc(), MatchWeights.id.desc()).limit(1)).first()
    return {name: int((found or {}).get(name, weight if found is None else 0)) for name, weight in DEFAULT_WEIGHTS.items()}


def versions(limit: int = 50) -> Sequence[MatchWeights]:
    """Return all versions, the latest first."""
    rows = select(MatchWeights).order_by(MatchWeights.effective_at.desc(), MatchWeights.id.desc())
    return db.session.scalars(rows.limit(limit)).all()


def set_weights(weights: Mapping[str, int], effective_on: date, note: str, actor: Actor) -> MatchWeights:
    """Add a version of the weights. Raises NotAllowed, and Invalid beside the field that is wrong."""
    if not actor.may(WEIGH_MATCHES):
        raise NotAllowed
    Reason().check("", note, field="note")
    wrong = [name for name in DEFAULT_WEIGHTS if not 0 <= weights.get(name, -1) <= WHOLE]
    if wrong:
        raise Invalid(wrong[0], N_("A weight is a whole number from 0 to 100."))
    if weights["text"] < LEAST_TEXT:
        raise Invalid("text", N_("The subject weighs at least %(least)s."), least=LEAST_TEXT)
    if sum(weights[name] for name in DEFAULT_WEIGHTS) != WHOLE:
        raise Invalid("text", N_("The weights must sum to 100; now they sum to %(sum)s."), sum=sum(weights.values()))
    if effective_on < clock.today():
        raise Invalid("effective_on", N_("The date lies in the past."))
    effective_at = max(clock.start_of_day(effective_on), clock.now())
    hold_person(actor.user_id)
    before = current_weights()
    chosen = {name: int(weights[name]) for name in DEFAULT_WEIGHTS}
    last = db.session.scalars(select(MatchWeights).order_by(MatchWeights.id.desc()).limit(1)).first()
    asked = (chosen, note.strip(), actor.user_id, effective_on)
    if last and (last.weights, last.note, last.set_by_id, clock.local(last.effective_at).date()) == asked:
        return last  # a double click
    made = MatchWeights(effective_at=effective_at, weights=chosen, note=note.strip(), set_by_id=actor.user_id,
                        set_at=clock.now())
    db.session.add(made)
    data = {"from": before, "to": chosen, "effective_at": effective_at.isoformat()}
    record(made, "match_weights.set", actor, reason=note.strip(), data=data)
    return made
