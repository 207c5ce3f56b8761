"""Crediting a payment request takes two people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from marketplace.core.access import Actor
from marketplace.core.errors import required
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING, READ_MONEY
from marketplace.core.proposals import Proposal, ProposalKind, propose
from marketplace.payments.invoicing.actions import check_credit, issue_credit
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.invoicing.queries import held
from marketplace.values import clock, money
from marketplace.values.text import N_


def propose_credit(
    invoice: Invoice, total: int, agreement_no: str, agreement_on: date, reason: str, actor: Actor
) -> Proposal:
    """Propose to credit `total` VND (with VAT) of a payment request by a written agreement.

    Raises NotAllowed, IllegalMove, Invalid on `total`, `agreement_on` or `reason`.
    """
    check_credit(invoice, total, agreement_on)
    said = {"invoice": invoice.id, "total": total, "agreement_no": agreement_no, "agreement_on": agreement_on.isoformat()}
    return propose("credit_note", f"invoice:{invoice.id}", said, actor, reason, org_id=invoice.org_id)


def _invoice(proposal: Proposal) -> Invoice:
    return required(db.session.get(Invoice, proposal.payload["invoice"]))


def _facts(proposal: Proposal, _language: str) -> Sequence[tuple[str, str]]:
    said, invoice = proposal.payload, _invoice(proposal)
    agreed = f"{said['agreement_no']}, {clock.format_date(date.fromisoformat(said['agreement_on']))}"
    return [
        (N_("Payment request"), str(invoice.code)), (N_("Organisation"), invoice.org.name),
        (N_("Total"), money.format_vnd(invoice.total)),
        (N_("To be credited, VAT included"), money.format_vnd(said["total"])),
        (N_("Written agreement"), agreed),
    ]


def _version(proposal: Proposal) -> str:
    invoice = held(proposal.payload["invoice"])
    return f"{invoice.state}:{invoice.lock}"


CREDIT_NOTE = ProposalKind(
    "credit_note", N_("Crediting a payment request"), ACCOUNTING,
    lambda proposal, _language: f"{_invoice(proposal).code}, {_invoice(proposal).org.name}",
    lambda proposal, actor: issue_credit(
        held(proposal.payload["invoice"]), proposal.payload, proposal.reason, proposal.by_id, actor),
    _facts, lambda proposal: f"/money/invoices/{proposal.payload['invoice']}", _version, READ_MONEY,
)
