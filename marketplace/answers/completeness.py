"""What an answer still lacks: to be sent, and to be compared with others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from marketplace.answers.asked import Asked
from marketplace.answers.content import Content
from marketplace.values.text import N_
from marketplace.vocabulary import ANSWER_DECLARATIONS

SEND, COMPARE = "send", "compare"
SHORTEST = 20  # characters of what is offered: they are the first words of the conversation


@dataclass(frozen=True)
class Lack:
    """One thing that is missing: for which `stage`, in which field of the form, and what (a message id)."""

    stage: str
    field: str
    message: str
    params: dict[str, Any] = made(default_factory=dict)


def lacking(content: Content, asked: Asked) -> list[Lack]:
    """Return what is missing, in the order of the form."""
    return [*_for_sending(content, asked), *_for_comparing(content, asked)]


def _for_sending(content: Content, asked: Asked) -> Iterator[Lack]:
    if len(content.summary) < SHORTEST:
        yield Lack(SEND, "summary", N_("What you offer, in at least %(min)s characters"), {"min": SHORTEST})
    for place, measure in enumerate(asked.measures):
        if not content.target(measure.name).value:
            yield Lack(SEND, f"targets-{place}-value", N_("Value offered: %(name)s"), {"name": measure.name})
    if set(ANSWER_DECLARATIONS.codes) - set(content.declarations):
        yield Lack(SEND, "declarations", N_("Declarations"))


def _for_comparing(content: Content, asked: Asked) -> Iterator[Lack]:
    for place, one in enumerate(asked.criteria):
        said = content.criterion(one.name)
        if not (said.text or said.claimed):
            yield Lack(COMPARE, f"criteria-{place}-text", N_("Criterion: %(name)s"), {"name": one.name})
    if content.price is None:
        yield Lack(COMPARE, "price_total", N_("Total price"))
    if content.working_days is None:
        yield Lack(COMPARE, "plan", N_("Steps with their working days"))
    if not content.team:
        yield Lack(COMPARE, "team", N_("Team"))
    if content.trial is None:
        yield Lack(COMPARE, "trial", N_("Whether a trial is offered"))
