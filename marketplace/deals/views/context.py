"""What the templates of a deal show: the variables of the record page and of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Stale
from marketplace.core.lifecycle import Transition
from marketplace.deals.actions import milestones, signing
from marketplace.deals.contract_texts import missing
from marketplace.deals.file_access import files_of, may_read_files
from marketplace.deals.lifecycle import (
    DEAL,
    ENDED_WITHOUT_RESULT,
    IN_FORCE,
    LIVE,
    REASON_CODES,
)
from marketplace.deals.models import Deal
from marketplace.deals.progress import AGREEMENT, Next, days_still, next_for, next_of, stage_states
from marketplace.deals.regime_table import PROCEDURES, filing_due, who_files
from marketplace.deals.requirements import SUPPLIED, offered, requirements, stands_against
from marketplace.deals.timeline import timeline
from marketplace.deals.visibility import is_party
from marketplace.files.access import file_url
from marketplace.files.models import Attachment
from marketplace.values import clock
from marketplace.values.text import slug
from marketplace.vocabulary import CONTRACT_ITEMS, ENDING_REASONS, REGIMES
from marketplace.web.errors import text_of
from marketplace.web.i18n import language


def record_page(deal: Deal, reader: Actor) -> dict[str, Any]:
    """Return everything the record page shows to this reader."""
    side = deal.side_of(reader) if deal.roles_of(reader) & {"supplier", "buyer"} else ""
    coming = next_for(deal, side) or next_of(deal)
    files = files_of(deal) if may_read_files(deal, reader) else None
    return {
        "deal": deal, "side": side,
        "party": is_party(deal, reader), "can": lambda action: not stands_against(deal, action, reader),
        "next": next_shown(deal, coming, side, reader),
        "stages": [(_(DEAL.label(stage)), mark) for stage, mark in stage_states(deal)],
        "still": days_still(deal), "live": deal.state in LIVE, "over": deal.state in ENDED_WITHOUT_RESULT,
        "held_back": lambda action: held_back(deal, action, reader),
        "moves": moves_shown(deal, reader, coming), "move_url": lambda action: move_url(deal, action),
        "consequences": consequences(), "reasons": reasons(),
        "ending_reasons": ENDING_REASONS.choices(language()),
        "regime": REGIMES.get(deal.regime), "filing": filing(deal), "procedure": PROCEDURES[deal.regime],
        "who_files": who_files(deal.frozen["terms"].get("direction", "")),
        "contract_missing": missing(deal), "contract_total": len(CONTRACT_ITEMS), "contract_items": CONTRACT_ITEMS,
        "signatures": deal.valid_signatures, "void": [s for s in deal.signatures if s.round != deal.round],
        "identical": signing.files_identical(deal), "files": files, "file_url": file_url,
        "file_of_digest": {one.file.sha256: one for one in files or () if one.role == "signed_contract"},
        "milestone_files": _by_milestone(files or ()), "offered": lambda one: milestones.offered(one, reader),
        "history": timeline(deal, reader, files=files or ()), "listing_href": listing_href(deal),
        "need_href": need_href(deal), "today": clock.today(),
    }


def next_shown(deal: Deal, coming: Next, side: str, reader: Actor) -> dict[str, Any]:
    """Return what comes next in words, whose turn it is, and the button for who may press it, or why nobody may now."""
    mine = bool(side) and coming.turn in {side, "both"}
    names = {"supplier": deal.supplier.name, "buyer": deal.buyer.name}
    held = requirements(deal, coming.move, reader, without=SUPPLIED) if mine and coming.move else []
    href = ""
    if mine and coming.target and not held:
        href = coming.target if coming.target.startswith("#") else _page_of(deal, coming.target)
    return {
        "held": [text_of(problem.error) for problem in held],
        "sentence": _(coming.sentence) % dict(coming.params), "mine": mine, "turn": coming.turn,
        "who": names.get(coming.turn, ""), "href": href, "button": _(coming.button) if coming.button else "",
        "action": coming.action if mine and not held else "",
    }


def held_back(deal: Deal, action: str, reader: Actor) -> list[str] | None:
    """Return in words what holds an action back where it could be done, nothing when it can; None out of its stage."""
    errors = [problem.error for problem in stands_against(deal, action, reader)]
    return None if any(isinstance(one, (IllegalMove, Stale)) for one in errors) else [text_of(one) for one in errors]


def _page_of(deal: Deal, target: str) -> str:
    if target.startswith("/"):
        return target
    return f"/leads/{deal.lead.code}" if target == AGREEMENT else url_for(f"deals.{target}", code=deal.code)


def moves_shown(deal: Deal, reader: Actor, coming: Next) -> list[Transition]:
    """Return the moves offered beside the next one: those with a form of their own have their place on the page."""
    allowed = offered(deal, reader) - {"complete", "terminate", coming.action}
    rows = DEAL.actions_for(deal.state, deal.roles_of(reader))
    return [row for row in rows if row.action in allowed]


def reasons() -> Mapping[str, list[tuple[str, str]]]:
    """Return the choices of the moves that need a coded reason."""
    return {action: codes.choices(language()) for action, codes in REASON_CODES.items()}


def move_url(deal: Deal, action: str) -> str:
    """Return where a move is posted; it carries the state the page shows."""
    return url_for("deals.make_move", code=deal.code, action=action, seen=deal.state)


def consequences() -> Mapping[str, str]:
    """Return what the graver moves do, said before they are made."""
    return {
        "cancel": _("The deal ends before signing, for both sides. A reserved technology is released. "
                    "The other side reads why."),
        "renegotiate": _("The deal goes back to negotiating: either side proposes new terms. The other side reads why."),
        "redraft": _("The signatures filed so far become void; the contract can be changed and is signed anew."),
        "dispute": _("The deal stops until the dispute is settled. The other side and the exchange's officers read why."),
        "return_defects": _("The deal goes back to delivery. Say which defects must be repaired."),
        **dict.fromkeys((f"resume_{state}" for state in IN_FORCE),
                        _("The deal goes on from where the dispute began. Say how it was settled.")),
    }


def filing(deal: Deal) -> dict[str, Any] | None:
    """Return the clock of a transfer that must be registered."""
    due, total = filing_due(deal.regime, deal.signed_on), PROCEDURES[deal.regime].filing_days
    if due is None:
        return None
    left = (due - clock.today()).days
    return {"due": due, "used": total - left, "total": total, "left": left,
            "tone": "danger" if left < 0 else "warning" if left <= 14 else ""}


def _by_milestone(files: Any) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = {}
    for one in files:
        if one.subject_kind == "milestone":
            found.setdefault(one.subject_id, []).append(one)
    return found


def listing_href(deal: Deal) -> str:
    """Return the address of the technology as it stands now, or empty."""
    thing = deal.frozen.get("listing")
    return f"/technologies/{thing['code']}-{slug(thing['title'])}" if thing else ""


def need_href(deal: Deal) -> str:
    """Return the address of the need as it stands now, or empty."""
    thing = deal.frozen.get("need")
    return f"/needs/{thing['code']}-{slug(thing['title'])}" if thing else ""
