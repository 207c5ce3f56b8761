"""The answers to a checklist. They are stored on the case under the item's code.

The items of each kind of thing stand in `vocabulary/moderation.py`; its `Subject` names them.
"""

from __future__ import annotations

from collections.abc import Mapping

from marketplace.core.subjects import review_of
from marketplace.values.text import N_

#: Answers to one item.
MET, PROBLEM, NOT_APPLICABLE = "met", "problem", "not_applicable"
ANSWERS: Mapping[str, str] = {MET: N_("Met"), PROBLEM: N_("Problem"), NOT_APPLICABLE: N_("Not applicable")}

def unanswered(kind: str, answers: Mapping[str, str]) -> list[str]:
    """Return the items without a valid answer, in order."""
    return [code for code in review_of(kind).checks.codes if answers.get(code) not in ANSWERS]


def problems(kind: str, answers: Mapping[str, str]) -> list[str]:
    """Return the items answered with a problem, in order."""
    return [code for code in review_of(kind).checks.codes if answers.get(code) == PROBLEM]
