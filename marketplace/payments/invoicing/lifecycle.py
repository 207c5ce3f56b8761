"""The life of a payment request (table `invoice`; a legal hóa đơn is the e-invoice of a provider)."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, Reason, State, Transition
from marketplace.values.text import N_

INVOICE = Lifecycle(
    name="invoice",
    initial="draft",
    states=(
        State("draft", N_("Draft"), "draft", "neutral", "pencil", tab="draft"),
        State("issued", N_("To be paid"), "open", "info", "send", tab="open"),
        State("part_paid", N_("Paid in part"), "open", "progress", "hourglass-split", tab="open"),
        State("paid", N_("Paid"), "paid", "success", "check-circle-fill", tab="paid"),
        State("cancelled", N_("Cancelled"), "cancelled", "neutral", "slash-circle", tab="cancelled"),
    ),
    table=(
        Transition("issue", ("draft",), "issued", ("accountant", "system"), N_("Issue"), settled=("issued",),
                   done=N_("Issued")),
        Transition("pay_part", ("issued",), "part_paid", ("system",), N_("Paid in part"), settled=("part_paid",)),
        Transition("pay", ("issued", "part_paid"), "paid", ("system",), N_("Paid"), settled=("paid",)),
        Transition("cancel", ("draft", "issued"), "cancelled", ("accountant",), N_("Cancel"), Reason(), ("cancelled",),
                   danger=True, done=N_("Cancelled")),
    ),
)
OPEN = INVOICE.in_groups("open")
#: States in which it has its number and stands in the ledger, and may be credited or noted as e-invoiced.
STANDING = INVOICE.in_groups("open", "paid")
#: States in which it may be without a number.
WITHOUT_NUMBER = INVOICE.in_groups("draft", "cancelled")
TABS = {"open": N_("To be paid"), "draft": N_("Drafts"), "paid": N_("Paid"), "cancelled": N_("Cancelled")}
