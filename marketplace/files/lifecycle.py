"""The life of a content beside the virus scanner: who may be given it is a matter of its state."""

from __future__ import annotations

from datetime import timedelta

from marketplace.core.lifecycle import SYSTEM, Lifecycle, Reason, State, Transition
from marketplace.values.text import N_

_JOB, _STAFF = (SYSTEM,), ("moderator",)
FILE = Lifecycle(
    name="stored_file",
    initial="unscanned",
    states=(
        State("unscanned", N_("Not checked"), "open", "neutral", "circle"),
        State("waiting", N_("Being checked"), "checking", "progress", "hourglass-split"),
        State("clean", N_("Checked"), "open", "success", "check-circle-fill"),
        State("infected", N_("Harmful content found"), "found", "danger", "exclamation-octagon"),
        State("failed", N_("Could not be checked"), "checking", "warning", "exclamation-triangle-fill"),
        State("released", N_("Released by moderators"), "open", "success", "check-lg"),
        State("removed", N_("Removed by moderators"), "gone", "neutral", "slash-circle"),
    ),
    table=(
        Transition("wait", ("unscanned",), "waiting", _JOB, N_("Waits for the virus check"),
                   silent="whoever sends a file sees on its page that it is being checked"),
        Transition("clear", ("unscanned", "waiting"), "clean", _JOB, N_("Passed the virus check"), settled=("clean",),
                   silent="a file that is as it should be is no news"),
        Transition("detect", ("unscanned", "waiting", "clean"), "infected", _JOB,
                   N_("The virus check found harmful content"), settled=("infected",)),
        Transition("fail", ("unscanned", "waiting"), "failed", _JOB, N_("The virus check could not read it"),
                   settled=("failed",)),
        Transition("scan_again", ("infected", "failed", "released"), "waiting", _STAFF, N_("Check again"),
                   done=N_("Sent to the virus check again"), settled=("waiting",),
                   silent="what the check says then is told"),
        Transition("release", ("waiting", "infected", "failed"), "released", _STAFF, N_("Release the file"),
                   reason=Reason(), done=N_("Released the file"), settled=("released",)),
        Transition("remove", ("waiting", "infected", "failed"), "removed", _STAFF, N_("Remove the file"),
                   reason=Reason(), danger=True, done=N_("Removed the file"), settled=("removed",)),
    ),
)
#: Whoever may read the page reads a content in these states. An unscanned one is of a time without a scanner.
OPEN_STATES = FILE.in_groups("open")
#: Only whoever sent a content reads it in these states; in all others nobody does.
CHECKING_STATES = FILE.in_groups("checking")
#: What the scanner may still say something about.
UNDECIDED_STATES = ("unscanned", "waiting")
#: What waits for the scanner, and what waits for the staff.
AWAITING_SCANNER, AWAITING_STAFF = ("waiting",), ("infected", "failed")
GONE_STATES = FILE.in_groups("gone")
#: What the page of the staff lists; of the rest there is nothing to say.
LISTED_STATES = tuple(name for name in FILE.names if name not in {"unscanned", "clean"})
#: Until when the scanner, or the staff, should have said something about a content.
DUE = {"waiting": timedelta(minutes=15), "infected": timedelta(days=1), "failed": timedelta(days=1)}
