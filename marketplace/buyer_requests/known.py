"""What a new need says by itself: its kind, its contact, its place, criteria to begin with, and the last answers."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from marketplace.authoring.kinds import Kind
from marketplace.authoring.known import contact_of, last_answers, organisation_of, place_of
from marketplace.buyer_requests.rules import MAY_POST
from marketplace.core.access import Actor

#: Criteria by which most answers are compared, with weights that sum to 100; a preset, to be changed at will.
CRITERIA = MappingProxyType({
    "vi": (("Đáp ứng kết quả yêu cầu", 40), ("Chi phí", 30), ("Tiến độ", 15), ("Hỗ trợ sau chuyển giao", 15)),
    "en": (("Meets the result asked for", 40), ("Cost", 30), ("Time", 15), ("Support after the transfer", 15)),
})
REPEATED = ("language", "cooperation_forms", "criteria", "visibility")


def known(kind: Kind, actor: Actor) -> dict[str, Any]:
    """Return what is filled in before the first step; the writer sees and may change all of it."""
    organisation = organisation_of(actor)
    if organisation is None:
        return {}
    kinds = [code for code, posters in MAY_POST.items() if organisation.kind in posters]
    rows = [{"name": name, "weight": weight} for name, weight in CRITERIA["en" if actor.locale == "en" else "vi"]]
    return {
        **({"kind": kinds[0]} if kinds else {}), "criteria": rows,
        **contact_of(actor, organisation), **place_of(organisation), **last_answers(kind, actor, REPEATED),
    }
