"""The life of one import of a file."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, State, Transition
from marketplace.values.text import N_

IMPORT_RUN = Lifecycle(
    name="import_run",
    initial="previewed",
    states=(
        State("previewed", N_("Waiting for confirmation"), "waiting", "neutral", "circle"),
        State("running", N_("Running"), "running", "neutral", "circle"),
        State("done", N_("Done"), "over", "success", "check-circle-fill"),
        State("cancelled", N_("Cancelled"), "over", "neutral", "slash-circle"),
        State("failed", N_("Failed"), "over", "danger", "x-circle-fill"),
    ),
    table=(
        Transition("start", ("previewed",), "running", ("importer",), N_("Start the import"), settled=("running",)),
        Transition("cancel", ("running",), "cancelled", ("importer",), N_("Cancel the import"),
                   done=N_("Cancelled the import"), settled=("cancelled",)),
        Transition("finish", ("running",), "done", ("system",), N_("Done")),
        Transition("fail", ("running",), "failed", ("system",), N_("Failed")),
    ),
)
