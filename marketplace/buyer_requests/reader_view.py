"""What one reader sees of one version of a need. Page, JSON-LD, export, search document and feeds read only this.

Whatever the reader may not see is blank here already, so that no template and no format can leak it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.buyer_requests.on_publish import path_of
from marketplace.buyer_requests.visibility import public_party
from marketplace.core.access import Actor
from marketplace.core.reader_language import in_language, prefers_other
from marketplace.organisations.models import Organisation

#: Facts that would tell who a hidden requester is.
REVEALING = frozenset({"contact_name", "contact_email", "contact_phone", "source_url", "ward_code"})
#: Parts of the six points that name people or units.
REVEALING_POINTS = frozenset({"person", "unit", "head", "approver", "escalation"})
_TIERS = {spec.name: spec.tier for spec in KIND.fields}
_BLANK: Mapping[str, Any] = {
    spec.name: {"codes": [], "rows": [], "organisations": [], "box": {}}.get(
        spec.shape, None if spec.shape in {"money", "number", "level", "date", "flag"} else ""
    )
    for spec in KIND.fields
}


class Face:
    """A version of a need as `actor` sees it; `face["title"]` (in templates `face.title`) gives a field's value."""

    def __init__(self, need: BuyerRequest, actor: Actor, revision: NeedRevision | None = None) -> None:
        """Without `revision` the published version, or before any publication the newest one."""
        self.need = need
        self.revision = revision or need.published_revision or need.revisions[-1]
        self.party: Organisation | None = public_party(need, actor, self.revision)
        self.hidden = self.party is None
        self.insider = need.org_id in actor.org_ids
        self.acting = actor.org_id == need.org_id  # insiders act for one organisation at a time
        #: The members' tier opens to people of verified organisations, to the own ones and to moderators.
        self.member = actor.is_member or self.insider
        #: Hidden from others though this reader knows the requester.
        self.shielded = self.party is not None and self.revision.hides_requester
        self.code = need.code
        self.state = need.state
        self.path = path_of(need, self.revision)
        self.deadline = need.answer_deadline or self.revision.answer_deadline

    def __getitem__(self, name: str) -> Any:
        """Return a field's value, blank when this reader may not see it. Raises KeyError for an unknown field."""
        tier = _TIERS[name]
        if (
            tier == "confidential"
            or (tier == "members" and not self.member)
            or (self.hidden and name in REVEALING)
        ):
            return _BLANK[name]
        value = getattr(self.revision, name)
        if name == "six_clear" and self.hidden:
            return {key: text for key, text in (value or {}).items() if key not in REVEALING_POINTS}
        return _BLANK[name] if value is None else value

    def other_title(self, language: str) -> str:
        """Return the title in `language` when the texts are written in another one, else an empty string."""
        other = str(self["title_en"])
        return other if prefers_other(other, self.revision.language, language) else ""

    def title_in(self, language: str) -> str:
        """Return the title in `language` when there is one, else as written."""
        return self.other_title(language) or str(self["title"])

    def summary_in(self, language: str) -> str:
        """Return the summary in `language` when there is one, else as written."""
        return in_language(str(self["summary"]), str(self["summary_en"]), language, self.revision.language)
