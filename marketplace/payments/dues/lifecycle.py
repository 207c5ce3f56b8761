"""The life of a due: one payment that a side of a deal owes the other."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, Reason, State, Transition
from marketplace.values.text import N_

DUE = Lifecycle(
    name="due",
    initial="planned",
    states=(
        State("planned", N_("Not due yet"), "planned", "neutral", "circle"),
        State("asked", N_("Late interest claimed"), "asked", "info", "chat-dots"),
        State("due", N_("Due"), "owed", "warning", "hourglass-split"),
        State("part", N_("Partly paid"), "owed", "progress", "hourglass-split"),
        State("claimed", N_("Reported as paid"), "claimed", "info", "cash-stack"),
        State("contested", N_("Contested"), "contested", "danger", "exclamation-octagon"),
        State("confirmed", N_("Confirmed as paid"), "paid", "success", "check-circle-fill"),
        State("waived", N_("Waived"), "ended", "neutral", "slash-circle"),
        State("cancelled", N_("Dropped"), "dropped", "neutral", "x-circle"),
    ),
    table=(
        Transition("fall_due", ("planned",), "due", ("system",), N_("Fell due"), done=N_("Fell due")),
        # Interest for late payment is a due of its own kind, owed only once the payer has agreed to it.
        Transition("claim_interest", ("planned",), "asked", ("payee_signer",), N_("Claim late interest"),
                   done=N_("Claimed late interest")),
        Transition("agree_interest", ("asked",), "due", ("payer_signer",), N_("Agree to the late interest"),
                   done=N_("Agreed to late interest")),
        Transition("refuse_interest", ("asked",), "cancelled", ("payer_signer",), N_("Refuse the late interest"),
                   Reason(), danger=True, done=N_("Refused late interest")),
        Transition("withdraw_interest", ("asked",), "cancelled", ("payee_signer",), N_("Take the claim of interest back"),
                   done=N_("Took the claim of late interest back")),
        Transition("claim", ("due", "part"), "claimed", ("payer",), N_("Report a payment"), done=N_("Reported a payment")),
        Transition("claim_again", ("contested",), "claimed", ("payer",), N_("Report the payment again"),
                   done=N_("Reported the payment again")),
        Transition("withdraw_claim", ("claimed",), "due", ("payer",), N_("Take the report back"),
                   done=N_("Took the report of a payment back")),
        # The same when a part was confirmed before.
        Transition("withdraw_rest", ("claimed",), "part", ("payer",), N_("Take the report back"),
                   done=N_("Took the report of a payment back")),
        Transition("confirm", ("claimed",), "confirmed", ("payee_signer",), N_("Confirm the payment"),
                   done=N_("Confirmed the payment")),
        Transition("confirm_part", ("claimed",), "part", ("payee_signer",), N_("Confirm a part"),
                   done=N_("Confirmed a part of the payment")),
        Transition("contest", ("claimed",), "contested", ("payee",), N_("Contest the payment"),
                   Reason(ask=N_("Say what did not arrive.")), danger=True, done=N_("Contested the payment")),
        Transition("waive", ("planned", "due"), "waived", ("asked",), N_("Agree to waive it"), danger=True,
                   done=N_("Agreed to waive the payment")),
        Transition("reopen", ("confirmed",), "due", ("officer",), N_("Open it again"), Reason(), danger=True,
                   done=N_("Opened the payment again")),
        Transition("cancel", ("planned",), "cancelled", ("system",), N_("Dropped"), done=N_("Dropped"),
                   silent="the new terms or the end of the contract are told"),
    ),
)
PLANNED = DUE.in_groups("planned")
#: The payer is to act.
OWED = DUE.in_groups("owed")
#: The ledger shows the rest as owed.
OPEN = DUE.in_groups("owed", "claimed", "contested")
#: Interest that the payee claims and the payer has not answered.
ASKED = DUE.in_groups("asked")
PAID = DUE.in_groups("paid")
CLAIMED = DUE.in_groups("claimed")
DROPPED = DUE.in_groups("dropped")
ENDED = DUE.in_groups("ended", "dropped")
#: From these a payment may still be waived.
WAIVABLE = tuple(state for row in DUE.rows("waive") for state in row.from_states)
