"""The life of what is held back: somebody of the staff releases it or drops it."""

from __future__ import annotations

from datetime import timedelta

from marketplace.core.lifecycle import Lifecycle, State, Transition
from marketplace.values.text import N_

DECIDES = ("moderator",)
HELD = Lifecycle(
    name="held_notification",
    initial="held",
    states=(
        State("held", N_("Held back"), "open", "warning", "pause-circle"),
        State("released", N_("Released"), "decided", "success", "check-circle-fill"),
        State("dropped", N_("Dropped"), "decided", "neutral", "circle"),
    ),
    table=(
        Transition("release", ("held",), "released", DECIDES, N_("Release"), settled=("released",), done=N_("Released"),
                   silent="what was held is told now, to whom it concerns"),
        Transition("drop", ("held",), "dropped", DECIDES, N_("Drop"), settled=("dropped",), done=N_("Dropped"),
                   silent="nobody is to hear of it"),
    ),
)
#: What waits for a decision, and how soon it should be made: people wait for news that are true in nearly every case.
OPEN = HELD.in_groups("open")
DUE = timedelta(days=1)
