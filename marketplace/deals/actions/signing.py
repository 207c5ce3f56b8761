"""Signing: each side files its signed contract; when both have, the contract is concluded.

The file is evidence that a signature was given outside the exchange. Neither the upload nor a scan is one itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import Invalid
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.deals.actions.files import TIER, attach_to_deal
from marketplace.deals.actions.transitions import move
from marketplace.deals.event_data import data_of
from marketplace.deals.models import Deal, Signature
from marketplace.deals.requirements import require
from marketplace.files.actions import Received, add, attach
from marketplace.files.checks import IMAGE_TYPES
from marketplace.negotiation.common_members import note_common_members
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.vocabulary import AUTHORITIES, SIGNING_METHODS

#: What a signed contract may be.
FILE_TYPES = frozenset({"application/pdf", *IMAGE_TYPES})


@dataclass(frozen=True)
class Signing:
    """What a side says of its signature."""

    signer_name: str
    signer_position: str
    authority: str
    authority_no: str
    method: str
    certificate_serial: str
    signed_on: date | None


def sign(deal: Deal, actor: Actor, said: Signing, contract: Received, authority: Received | None = None) -> Signature:
    """File the signed contract of the side the actor acts for; the second side's concludes the contract.

    Raises NotAllowed for who may not bind a side and while a side is not verified, IllegalMove unless the contract
    awaits signature, Stale when this side has signed already, Invalid for what is said.
    """
    require(deal, "sign", actor)
    side = deal.side_of(actor)
    _check(deal, said, contract)
    stored = add(contract, actor)
    signature = Signature(
        deal=deal, round=deal.round, side=side, file=stored, sha256=stored.sha256, uploaded_by_id=actor.user_id,
        signer_name=said.signer_name, signer_position=said.signer_position, authority=said.authority,
        authority_no=said.authority_no if said.authority == "power_of_attorney" else "", method=said.method,
        certificate_serial=said.certificate_serial if said.method == "digital" else "", signed_on=said.signed_on,
        uploaded_at=clock.now(),
    )
    db.session.add(signature)
    db.session.flush()
    attach(stored, deal, "signed_contract", TIER, any_name=True)  # `deal.sign` says it all
    if authority is not None:
        attach_to_deal(deal, actor, add(authority, actor), "authority", part_of="deal.sign")
    record(deal, "deal.sign", actor, data=data_of(
        deal, actor, round=deal.round, signature=signature.id, sha256=stored.sha256, method=said.method,
        signed_on=signature.signed_on.isoformat(),
    ))
    note_common_members(deal.lead)
    if {one.side for one in deal.valid_signatures} == {"supplier", "buyer"}:
        move(deal, "conclude", SYSTEM)
    return signature


def _check(deal: Deal, said: Signing, contract: Received) -> None:
    if contract.content_type not in FILE_TYPES:
        raise Invalid("file", N_("The signed contract must be a PDF or a picture (PNG, JPEG or WebP)."))
    if said.authority not in AUTHORITIES:
        raise Invalid("authority", N_("Say by what authority this person signs."))
    if said.authority == "power_of_attorney" and not said.authority_no.strip():
        raise Invalid("authority_no", N_("Give the number of the written authorisation."))
    if said.method not in SIGNING_METHODS:
        raise Invalid("method", N_("Say how the contract was signed."))
    if said.method == "digital" and not said.certificate_serial.strip():
        raise Invalid("certificate_serial", N_("Give the serial number of the signer's certificate."))
    if said.signed_on is None:
        raise Invalid("signed_on", N_("Give the day of signing."))
    if said.signed_on > clock.today():
        raise Invalid("signed_on", N_("The day of signing lies in the future."))
    agreed_on = agreed_day(deal)
    if said.signed_on < agreed_on:
        message = N_("Both sides agreed on the terms on %(day)s; the contract cannot be older.")
        raise Invalid("signed_on", message, day=clock.format_date(agreed_on))


def agreed_day(deal: Deal) -> date:
    """Return the day on which the second side accepted the terms in force."""
    moments = [moment for moment in (deal.terms.supplier_accepted_at, deal.terms.buyer_accepted_at) if moment]
    return clock.local(max(moments, default=deal.opened_at)).date()


def files_identical(deal: Deal) -> bool | None:
    """True when both sides filed the very same file, False when not, None while one is missing."""
    digests = [one.sha256 for one in deal.valid_signatures]
    return digests[0] == digests[1] if len(digests) == 2 else None
