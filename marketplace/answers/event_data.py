"""What every event of an answer says of it, so that readers of events need nothing else."""

from __future__ import annotations

from typing import Any

from marketplace.answers.models import Answer
from marketplace.core.access import Actor
from marketplace.core.subjects import Facts


def facts_of(answer: Answer) -> Facts:
    """Return what figures count: the requester, and whether it hides its name."""
    owner, version = answer.need.organisation, answer.need.published_revision
    return Facts(
        answer.need.org_id, owner.kind, owner.ward_code, next(iter(version.field_codes), "") if version else "",
        hidden=version is None or version.hides_requester,
    )


def facts(answer: Answer, actor: Actor, **more: Any) -> dict[str, Any]:
    """Return the data of an event: the need, both sides, the version; never what the answer says."""
    side = {answer.org_id: "supplier", answer.need.org_id: "buyer"}.get(actor.org_id or 0, "")
    return {
        "need_id": answer.need_id, "supplier_org_id": answer.org_id, "buyer_org_id": answer.need.org_id,
        "version": answer.version, "side": side, **more,
    }
