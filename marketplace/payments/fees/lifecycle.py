"""The life of a charge: what an organisation is to pay for one thing."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, Reason, State, Transition
from marketplace.values.text import N_

CHARGE = Lifecycle(
    name="charge",
    initial="pending",
    states=(
        State("pending", N_("Not requested yet"), "open", "info", "hourglass-split", tab="open"),
        State("invoiced", N_("Payment requested"), "open", "progress", "file-earmark-text", tab="open"),
        State("settled", N_("Settled"), "ended", "success", "check-circle-fill", tab="ended"),
        State("credited", N_("Credited"), "ended", "neutral", "arrow-counterclockwise", tab="ended"),
        State("waived", N_("Waived"), "ended", "neutral", "slash-circle", tab="ended"),
    ),
    table=(
        Transition("invoice", ("pending",), "invoiced", ("accountant", "system"), N_("Request payment"),
                   settled=("invoiced",), done=N_("Payment requested"), silent="the payment request is told"),
        Transition("settle", ("invoiced",), "settled", ("system",), N_("Settled"), settled=("settled",),
                   silent="the receipt is told"),
        Transition("credit", ("invoiced",), "credited", ("system",), N_("Credited"), settled=("credited",),
                   silent="the credit note is told"),
        Transition("return", ("invoiced",), "pending", ("system",), N_("The payment request was cancelled"),
                   silent="that the payment request was cancelled is told"),
        Transition("waive", ("pending",), "waived", ("accountant", "system"), N_("Waive"), Reason(), ("waived",),
                   done=N_("Waived")),
    ),
)
PENDING = CHARGE.initial
