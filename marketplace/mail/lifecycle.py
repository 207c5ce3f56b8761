"""The life of an e-mail. Delivery moves it by compare-and-set statements (`mail.delivery`), which this table describes."""

from __future__ import annotations

from marketplace.core.lifecycle import SYSTEM, Lifecycle, State, Transition
from marketplace.values.text import N_

MAIL = Lifecycle(
    name="mail",
    initial="queued",
    states=(
        State("queued", N_("Waiting to be sent"), "under_way", "info", "info-circle-fill"),
        # Between sending the text and the answer: a mail found in it later may or may not have arrived.
        State("handed", N_("Being handed over"), "under_way", "progress", "hourglass-split"),
        State("sent", N_("Sent"), "sent", "success", "check-circle-fill"),
        State("failed", N_("Failed"), "open", "danger", "x-circle-fill"),
        State("unknown", N_("Unknown"), "open", "warning", "exclamation-triangle-fill"),
        State("suppressed", N_("Not sent"), "suppressed", "neutral", "circle"),
    ),
    table=(
        Transition("hand_over", ("queued", "failed", "handed"), "handed", (SYSTEM,), N_("Being handed over")),
        Transition("deliver", ("queued", "handed", "unknown"), "sent", (SYSTEM,), N_("Sent")),
        Transition("retry", ("handed", "unknown"), "queued", (SYSTEM,), N_("Waiting to be sent")),
        Transition("fail", ("handed", "unknown"), "failed", (SYSTEM,), N_("Failed")),
        Transition("lose", ("handed",), "unknown", (SYSTEM,), N_("Unknown")),
        Transition("suppress", ("queued",), "suppressed", (SYSTEM,), N_("Not sent")),
        Transition("resend", ("failed", "unknown"), "queued", ("operator",), N_("Send again")),
    ),
)
#: Goes out at the next run; is being sent; may or may not have arrived; is kept as a letter that was not sent.
QUEUED, HANDED, UNKNOWN, SUPPRESSED = "queued", "handed", "unknown", "suppressed"
#: States in which something is still to happen by itself, and those from which an operator may send again.
UNDER_WAY = MAIL.in_groups("under_way")
RESENDABLE = MAIL.in_groups("open")
