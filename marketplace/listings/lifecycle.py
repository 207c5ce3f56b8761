"""The public life of a listing (docs/domain.md §4.2); its versions live by `marketplace.authoring.lifecycle.REVISION`."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, Reason, State, Transition
from marketplace.values.text import N_
from marketplace.vocabulary import SUSPENSION_REASONS

#: Why nobody is told of a move.
_BY_ITS_OWNER = "its owner has just done it, and colleagues see it in the history"
_REMINDED = "its owner was reminded before, and the list of one's technologies shows it"
LISTING = Lifecycle(
    name="listing",
    initial="draft",
    states=(
        State("draft", N_("Not yet published"), "draft", "neutral", "pencil"),
        State("published", N_("Published"), "online", "success", "check-circle-fill", tab="online"),
        State("stale", N_("Needs confirmation"), "online", "warning", "clock-history", tab="online"),
        State("reserved", N_("Reserved"), "reserved", "info", "bookmark-fill", tab="online"),
        State("unpublished", N_("Offline"), "offline", "neutral", "eye-slash", tab="offline"),
        State("suspended", N_("Suspended"), "offline", "danger", "slash-circle", tab="offline"),
        State("transferred", N_("Transferred"), "offline", "success", "arrow-left-right", tab="offline"),
        State("removed", N_("Removed"), "offline", "danger", "trash", tab="offline"),
        State("deleted", N_("Deleted"), "deleted", "neutral", "trash"),
    ),
    table=(
        Transition("publish", ("draft", "unpublished"), "published", ("moderator", "importer"), N_("Publish"),
                   done=N_("Published it")),
        Transition("delete", ("draft",), "deleted", ("owner",), N_("Delete"), danger=True, done=N_("Deleted it")),
        Transition("go_stale", ("published",), "stale", ("system",), N_("Not confirmed in time"), settled=("stale",),
                   silent=_REMINDED),
        Transition("confirm", ("published", "stale"), "published", ("owner",), N_("Confirm it is still current"),
                   done=N_("Confirmed that it is still current"), silent=_BY_ITS_OWNER),
        Transition("unpublish", ("published", "stale"), "unpublished", ("owner",), N_("Take offline"), reason=Reason(),
                   done=N_("Took it offline"), silent=_BY_ITS_OWNER),
        Transition("expire", ("stale",), "unpublished", ("system",), N_("Taken offline: not confirmed"),
                   settled=("unpublished",), silent=_REMINDED),
        Transition("republish", ("unpublished",), "published", ("owner",), N_("Put online again"),
                   done=N_("Put it online again"), silent=_BY_ITS_OWNER),
        Transition("suspend", ("published", "stale"), "suspended", ("moderator",), N_("Suspend"),
                   reason=Reason(SUSPENSION_REASONS), danger=True, done=N_("Suspended it")),
        Transition("restore", ("suspended",), "published", ("moderator",), N_("Lift the suspension"), reason=Reason(),
                   done=N_("Lifted the suspension")),
        Transition("remove", ("suspended",), "removed", ("moderator",), N_("Remove for good"),
                   reason=Reason(SUSPENSION_REASONS), danger=True, done=N_("Removed it for good")),
        Transition("reserve", ("published", "stale"), "reserved", ("system",), N_("Reserve for an exclusive deal"),
                   done=N_("Reserved for an exclusive deal"), silent="the deal that reserves it is told to both sides"),
        Transition("release", ("reserved",), "published", ("system",), N_("Release the reservation"),
                   done=N_("Released the reservation"), silent="the deal that held it is told to both sides"),
        Transition("transfer", ("reserved",), "transferred", ("system",), N_("Ownership transferred"),
                   silent="the deal that transfers it is told to both sides"),
    ),
)

#: States in which others may see the listing (as far as its visibility goes).
VISIBLE_STATES = LISTING.in_groups("online", "reserved")
#: Nobody has confirmed for a while that it is current; held for one deal; taken offline by its owner.
PUBLISHED, STALE, RESERVED, UNPUBLISHED = "published", "stale", "reserved", "unpublished"
#: States in which it can be asked about, matched and dealt in.
OFFERED_STATES = LISTING.in_groups("online")
