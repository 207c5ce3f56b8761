"""Where a deal stands: its stages, whose turn it is and what comes next, and whether it stands still. Pure reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from textwrap import shorten
from types import MappingProxyType
from typing import Any

from marketplace.core.access import SYSTEM
from marketplace.deals.lifecycle import DEAL, OPEN_MILESTONE_STATES, STAGES
from marketplace.deals.models import Deal, Milestone
from marketplace.deals.queries.staff_list import days_in_stage, is_still
from marketplace.deals.requirements import SUPPLIED, requirements
from marketplace.values import clock
from marketplace.values.text import N_

REASON_SHOWN = 240  # characters of why a milestone was returned; the whole stands with the milestone
#: The target of a step that is made on the page of the negotiation, where the terms stand.
AGREEMENT = "agreement"


@dataclass(frozen=True)
class Next:
    """What comes next. `turn` is supplier, buyer, both, exchange or nobody; the sentence is a message id.

    The button presses the plain move `action`, or leads to the part of the page or the form `target`; `form` is the move
    that this form makes, which requirements can hold back as well.
    """

    turn: str
    sentence: str
    params: Mapping[str, Any] = field(default_factory=dict)
    action: str = ""
    target: str = ""
    button: str = ""
    form: str = ""

    @property
    def move(self) -> str:
        """The move that the button leads to, or an empty string."""
        return self.action or self.form


def next_of(deal: Deal) -> Next:
    """Return the one next thing; a request to end the contract comes before everything else."""
    if deal.ending_asked_by:
        turn = "buyer" if deal.ending_asked_by == "supplier" else "supplier"
        return Next(turn, N_("One side asks to end the contract; the other one agrees or refuses."), target="#ending",
                    button=N_("Answer"), form="refuse_ending")
    step = NEXT.get(deal.state, _WAITING)
    return _unless_held(deal, step(deal) if callable(step) else step)


def _unless_held(deal: Deal, step: Next) -> Next:
    """Return the step, or what must happen before its move can be made."""
    for problem in requirements(deal, step.move, SYSTEM, without=SUPPLIED) if step.move else ():
        if problem.step:
            return Next(problem.turn, problem.step, problem.params, target=problem.target, button=problem.button)
    return step


def _awaiting_signature(deal: Deal) -> Next:
    signed = {one.side for one in deal.valid_signatures}
    if not signed:
        return Next("both", N_("Both sides sign the contract and file their signed copy."), target="signature",
                    button=N_("File the signed contract"), form="sign")
    turn = "buyer" if "supplier" in signed else "supplier"
    return Next(turn, N_("One side has signed. The other one signs and files its copy."), target="signature",
                button=N_("File the signed contract"), form="sign")


def next_for(deal: Deal, side: str) -> Next | None:
    """Return what this side has to do now, None when it is not its turn; while one step is checked the next is made."""
    if deal.state == "delivering" and not deal.ending_asked_by and side == "supplier":
        return _to_deliver(deal) or (None if _to_check(deal) else next_of(deal))
    step = next_of(deal)
    return step if step.turn in {side, "both"} else None


_HAND_OVER = Next(
    "supplier", N_("Every milestone is delivered. The transferor hands over for acceptance."),
    action="hand_over", button=N_("Hand over for acceptance"),
)


def _delivering(deal: Deal) -> Next:
    return _to_check(deal) or _to_deliver(deal) or _HAND_OVER


def _to_check(deal: Deal) -> Next | None:
    waiting = [one for one in deal.milestones if one.state == "delivered"]
    if not waiting:
        return None
    return Next("buyer", N_("Milestone %(number)s is reported as delivered. The transferee accepts or returns it."),
                {"number": waiting[0].position}, target="#milestones", button=N_("See the milestones"), form="accept")


def _to_deliver(deal: Deal) -> Next | None:
    open_ones = open_steps(deal)
    if not open_ones:
        return None
    returned = next((one for one in open_ones if one.state == "returned"), None)
    if returned is not None:
        return Next("supplier", N_("Milestone %(number)s was returned: “%(reason)s”. The transferor puts it right and "
                                   "reports it again; it is due on %(day)s."),
                    {"number": returned.position, "reason": shorten(returned.note, REASON_SHOWN, placeholder=" …"),
                     "day": clock.format_date(returned.due_on)},
                    target="#milestones", button=N_("See the milestones"), form="deliver")
    return Next("supplier", N_("Milestone %(number)s is next, due on %(day)s. The transferor reports it when it is "
                               "delivered."),
                {"number": open_ones[0].position, "day": clock.format_date(open_ones[0].due_on)},
                target="#milestones", button=N_("See the milestones"), form="deliver")


def open_steps(deal: Deal) -> list[Milestone]:
    """Return the milestones that the transferor has still to deliver, in order."""
    return [one for one in deal.milestones if one.state in OPEN_MILESTONE_STATES]


def _disputed(deal: Deal) -> Next:
    return Next(deal.disputed_by or "both", N_("The deal is disputed. It goes on when the side that raised the dispute, or "
                                               "an officer, declares it settled."), target="#moves",
                button=N_("See what you may do"))


_OVER = Next("nobody", N_("The deal has ended without a result. Its record stays."))
#: What is said of a state that has no words of its own.
_WAITING = Next("nobody", N_("Nothing is asked of either side in this stage."))
#: What comes next in each state, or the function that tells it.
NEXT: Mapping[str, Next | Callable[[Deal], Next]] = MappingProxyType({
    "negotiating": Next(
        "both", N_("The terms are being negotiated again. The deal goes on when both sides accept a new version."),
        target=AGREEMENT, button=N_("Go to the terms"),
    ),
    "terms_agreed": Next(
        "both", N_("The terms are agreed. Either side begins the contract; it is filled in from the terms."),
        action="draft", button=N_("Begin the contract"),
    ),
    "drafting": Next(
        "both", N_("The contract is complete. When both sides agree with its text, it goes to signature."),
        action="present", button=N_("Ready to be signed"),
    ),
    "awaiting_signature": _awaiting_signature,
    "signed": Next(
        "both", N_("The agreed day has come: either side records that the contract is in effect."),
        action="take_effect", button=N_("Record that it is in effect"),
    ),
    "effective": Next(
        "supplier", N_("The contract is in effect. The transferor begins delivery."),
        action="begin_delivery", button=N_("Begin delivery"),
    ),
    "delivering": _delivering,
    "acceptance": Next(
        "buyer", N_("The transferee accepts with minutes and states the value realised, or returns defects."),
        target="acceptance", button=N_("Accept and complete"), form="complete",
    ),
    "disputed": _disputed,
    "completed": Next("nobody", N_("The deal is completed. It counts as a commercialised technology.")),
    "cancelled": _OVER,
    "terminated": _OVER,
})


def stage_states(deal: Deal) -> list[tuple[str, str]]:
    """Return (stage, done | current | error | todo) for the stages of the page; nothing for a deal that ended early."""
    here = deal.disputed_from or deal.state
    stages = (DEAL.initial, *STAGES) if here == DEAL.initial else STAGES
    if here not in stages:
        return []
    at = stages.index(here)
    mark = "error" if deal.disputed_from else "done" if deal.state == "completed" else "current"
    return [(stage, "done" if number < at else mark if number == at else "todo") for number, stage in enumerate(stages)]


def days_still(deal: Deal) -> int:
    """Return for how many days the deal has stood in its stage when that is too long, else 0."""
    return days_in_stage(deal) if is_still(deal) else 0
