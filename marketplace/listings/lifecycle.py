"""The public life of a listing (domain §4.2); its versions live by `marketplace.authoring.lifecycle.REVISION`."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle, T
from marketplace.values.text import N_

#: States in which others may see the listing (as far as its visibility goes).
VISIBLE_STATES = ("published", "stale", "reserved")

LISTING = Lifecycle(
    name="listing",
    initial="draft",
    table=(
        T("publish", ("draft", "unpublished"), "published", ("moderator", "importer"), N_("Publish"),
          done=N_("Published it")),
        T("delete", ("draft",), "deleted", ("owner",), N_("Delete"), danger=True, done=N_("Deleted it")),
        T("go_stale", ("published",), "stale", ("system",), N_("Not confirmed in time"), settled=("stale",)),
        T("confirm", ("published", "stale"), "published", ("owner",), N_("Confirm it is still current"),
          done=N_("Confirmed that it is still current")),
        T("unpublish", ("published", "stale"), "unpublished", ("owner",), N_("Take offline"), needs_reason=True,
          done=N_("Took it offline")),
        T("expire", ("stale",), "unpublished", ("system",), N_("Taken offline: not confirmed"), settled=("unpublished",)),
        T("republish", ("unpublished",), "published", ("owner",), N_("Put online again"),
          done=N_("Put it online again")),
        T("suspend", ("published", "stale"), "suspended", ("moderator",), N_("Suspend"), needs_reason=True, danger=True,
          done=N_("Suspended it")),
        T("restore", ("suspended",), "published", ("moderator",), N_("Lift the suspension"), needs_reason=True,
          done=N_("Lifted the suspension")),
        T("remove", ("suspended",), "removed", ("moderator",), N_("Remove for good"), needs_reason=True, danger=True,
          done=N_("Removed it for good")),
        T("reserve", ("published", "stale"), "reserved", ("system",), N_("Reserve for an exclusive deal"),
          done=N_("Reserved for an exclusive deal")),
        T("release", ("reserved",), "published", ("system",), N_("Release the reservation"),
          done=N_("Released the reservation")),
        T("transfer", ("reserved",), "transferred", ("system",), N_("Ownership transferred")),
    ),
    labels={
        "draft": N_("Not yet published"),
        "published": N_("Published"),
        "stale": N_("Needs confirmation"),
        "reserved": N_("Reserved"),
        "unpublished": N_("Offline"),
        "suspended": N_("Suspended"),
        "transferred": N_("Transferred"),
        "removed": N_("Removed"),
        "deleted": N_("Deleted"),
    },
)
