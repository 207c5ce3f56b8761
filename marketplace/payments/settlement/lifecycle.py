"""The lives of a payment to the exchange and of a refund of it."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, Reason, State, Transition
from marketplace.values.text import N_

_TAKEN = ("succeeded", "part_refunded", "refunded", "disputed", "lost")
PAYMENT = Lifecycle(
    name="payment",
    initial="pending",
    states=(
        State("pending", N_("Waits for confirmation"), "open", "progress", "hourglass-split", tab="open"),
        State("succeeded", N_("Money received"), "received", "success", "check-circle-fill", tab="received"),
        State("part_refunded", N_("Refunded in part"), "received", "info", "arrow-counterclockwise", tab="received"),
        State("refunded", N_("Refunded"), "returned", "neutral", "arrow-counterclockwise", tab="ended"),
        State("disputed", N_("Disputed by the card holder"), "disputed", "warning", "exclamation-triangle", tab="received"),
        State("lost", N_("Taken back by the card holder"), "returned", "danger", "x-circle-fill", tab="ended"),
        State("failed", N_("Failed"), "failed", "danger", "x-circle", tab="ended"),
        State("cancelled", N_("Not completed in time"), "failed", "neutral", "slash-circle", tab="ended"),
    ),
    table=(
        # A provider's word that the money is there counts whatever was believed before: its messages come in any order.
        Transition("succeed", ("pending", "failed", "cancelled"), "succeeded", ("system",), N_("Money received"),
                   settled=_TAKEN),
        Transition("fail", ("pending",), "failed", ("system",), N_("Failed"), settled=("failed", "cancelled", *_TAKEN)),
        Transition("cancel", ("pending",), "cancelled", ("system",), N_("Not completed in time"),
                   settled=("failed", "cancelled", *_TAKEN), silent="whoever let it lapse knows, and can pay again"),
        Transition("refund_part", ("succeeded", "part_refunded"), "part_refunded", ("system",), N_("Refunded in part")),
        Transition("refund_all", ("succeeded", "part_refunded"), "refunded", ("system",), N_("Refunded"),
                   settled=("refunded",)),
        Transition("dispute", ("succeeded", "part_refunded"), "disputed", ("system",), N_("Disputed by the card holder"),
                   settled=("disputed",)),
        Transition("win", ("disputed",), "succeeded", ("system",), N_("Dispute won")),
        Transition("lose", ("disputed",), "lost", ("system",), N_("Dispute lost"), settled=("lost",)),
    ),
)
PENDING = PAYMENT.initial
#: States in which the exchange has the money, or a part of it.
RECEIVED = PAYMENT.in_groups("received")
#: States that it reached after it had been received.
EVER_RECEIVED = PAYMENT.in_groups("received", "disputed", "returned")

REFUND = Lifecycle(
    name="refund",
    initial="requested",
    states=(
        State("requested", N_("Waits for approval"), "open", "progress", "hourglass-split", tab="open"),
        State("approved", N_("Approved"), "open", "info", "check-circle", tab="open"),
        State("sent", N_("Sent"), "open", "info", "send", tab="open"),
        State("done", N_("Paid back"), "done", "success", "check-circle-fill", tab="ended"),
        State("failed", N_("Did not arrive"), "open", "danger", "x-circle", tab="open"),
        State("rejected", N_("Rejected"), "ended", "neutral", "slash-circle", tab="ended"),
    ),
    table=(
        Transition("approve", ("requested",), "approved", ("approver",), N_("Approve"), settled=("approved",),
                   done=N_("Approved")),
        Transition("reject", ("requested",), "rejected", ("approver",), N_("Reject"), Reason(), ("rejected",), danger=True,
                   done=N_("Rejected")),
        Transition("send", ("approved", "failed"), "sent", ("accountant", "system"), N_("Send"), settled=("sent", "done"),
                   done=N_("Sent")),
        Transition("settle", ("sent",), "done", ("accountant", "system"), N_("It has arrived"), settled=("done",),
                   done=N_("Paid back"), silent="that the payment was paid back is told"),
        Transition("fail", ("sent",), "failed", ("accountant", "system"), N_("It came back"), Reason(), ("failed",),
                   danger=True, done=N_("Did not arrive")),
    ),
)
#: States in which a refund still takes up a part of the credit, before it stands in the ledger.
RESERVING = ("requested", "approved", "failed")
REFUND_OPEN = REFUND.in_groups("open")
#: On its way, and not arrived.
SENT = "sent"
#: States in which it stands in the ledger.
BOOKED = (SENT, "done")
