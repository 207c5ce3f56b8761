"""The life of a line of a bank statement: open until money of it is booked, or somebody says that it is not ours."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, Reason, State, Transition
from marketplace.values.text import N_

_WAITING = ("open", "unidentified")
_PEOPLE = ("accountant",)
_TOLD = "the payment is told"
BANK_LINE = Lifecycle(
    name="bank_line",
    initial="open",
    states=(
        State("open", N_("Waits to be matched"), "open", "progress", "hourglass-split"),
        State("unidentified", N_("Booked as unidentified"), "open", "warning", "exclamation-triangle"),
        State("booked", N_("Booked"), "done", "success", "check-circle-fill"),
        State("split", N_("Split"), "done", "success", "list-check"),
        State("credited", N_("Kept as credit"), "done", "success", "wallet2"),
        State("returned", N_("Being sent back"), "done", "info", "arrow-counterclockwise"),
        State("charged", N_("Booked as a charge"), "done", "neutral", "bank"),
        State("ignored", N_("Not ours"), "done", "neutral", "slash-circle"),
    ),
    table=(
        Transition("book", _WAITING, "booked", ("accountant", "system"), N_("Accept"), settled=("booked",),
                   done=N_("Booked"), silent=_TOLD),
        Transition("split", _WAITING, "split", _PEOPLE, N_("Split"), settled=("split",), done=N_("Split"),
                   silent=_TOLD),
        Transition("credit", _WAITING, "credited", _PEOPLE, N_("Keep as credit"), settled=("credited",),
                   done=N_("Kept as credit"), silent=_TOLD),
        Transition("return", _WAITING, "returned", _PEOPLE, N_("Send back"), settled=("returned",),
                   done=N_("Being sent back"), silent="the payment and its refund are told"),
        Transition("charge", ("open",), "charged", _PEOPLE, N_("Book as a charge of the bank"), settled=("charged",),
                   done=N_("Booked as a charge"), silent="it concerns nobody but the exchange"),
        Transition("hold", ("open",), "unidentified", _PEOPLE, N_("Book as unidentified"), settled=("unidentified",),
                   done=N_("Booked as unidentified"), silent="nobody is known whom it concerns"),
        Transition("ignore", ("open",), "ignored", _PEOPLE, N_("Not ours"), Reason(), ("ignored",), danger=True,
                   done=N_("Not ours"), silent="it concerns nobody"),
    ),
)
LINE_OPEN = BANK_LINE.in_groups("open")
#: What became of a line when it was compared, in the order in which that is tried → message id.
MATCHES = {
    "exact": N_("Reference found, the amount is right"),
    "under": N_("Reference found, less than is to be paid"),
    "over": N_("Reference found, more than is to be paid"),
    "late": N_("Reference of a request that is paid or cancelled"),
    "name": N_("No reference; amount and payer fit one request"),
    "refund": N_("A refund that was sent"),
    "known": N_("The bank's message told of it before"),
    "payout": N_("A payout of the card provider that is booked already"),
    "unknown": N_("Nothing fits"),
}
EXACT, UNDER, OVER, LATE, NAME, REFUND, KNOWN, PAYOUT, UNKNOWN = MATCHES
#: What is done without a person.
BY_ITSELF = (EXACT, REFUND, KNOWN, PAYOUT)
