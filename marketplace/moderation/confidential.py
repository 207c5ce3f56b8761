"""Which tiers a moderator reads on the case page: the confidential one only who has the open case, each time logged.

The same rule for the features' own pages and files is `authoring.case_holder`, read from the history that claims write.
"""

from __future__ import annotations

from marketplace.core.access import Actor
from marketplace.core.recorded_reading import record_reading
from marketplace.files.models import Attachment
from marketplace.moderation.models import ModerationCase
from marketplace.moderation.submission import Submission

TIERS = ("public", "members")
ALL_TIERS = ("public", "members", "confidential", "staff")


def readable_tiers(subject: Submission, case: ModerationCase | None, actor: Actor) -> tuple[str, ...]:
    """Return the tiers this moderator reads on the case page."""
    mine = case is not None and case.claimed_by_id == actor.user_id
    return ALL_TIERS if mine else TIERS


def log_reading(subject: Submission, files: list[Attachment], actor: Actor) -> bool:
    """Record that the confidential part was shown; False when the submission has none."""
    if subject.versioned is None:
        return False
    fields = [spec.name for spec in subject.versioned.fields if spec.tier == "confidential"]
    stated = [name for name in fields if getattr(subject.revision, name)]
    if not stated and not any(one.tier == "confidential" for one in files):
        return False
    data = {"revision": subject.revision.number, "fields": stated, "case": True}
    record_reading(subject.thing, f"{subject.kind}.confidential_read", actor, data)
    return True
