"""Names of what happens to an organisation and of the sections of its form, as msgids."""

from __future__ import annotations

from marketplace.values.text import N_

SECTIONS = {
    "identity": N_("Identity"),
    "address": N_("Address"),
    "about": N_("Activity"),
    "contact": N_("Contact"),
    "documents": N_("Documents"),
}

EVENTS = {
    "organisation.create": N_("Organisation registered"),
    "organisation.edit": N_("Profile changed"),
    "organisation.add_document": N_("Document added"),
    "organisation.remove_document": N_("Document removed"),
    "organisation.confidential_read": N_("Document read"),
    "organisation.submit": N_("Submitted for verification"),
    "organisation.withdraw": N_("Submission withdrawn"),
    "organisation.claim": N_("Taken up by an operator"),
    "organisation.take_over": N_("Case taken over"),
    "organisation.release": N_("Given back to the queue"),
    "organisation.approve": N_("Verified"),
    "organisation.request_changes": N_("More information asked for"),
    "organisation.reject": N_("Rejected"),
    "organisation.recheck": N_("New verification needed"),
    "organisation.suspend": N_("Suspended"),
    "organisation.restore": N_("Suspension lifted"),
    "organisation.close": N_("Closed"),
    "organisation.invite": N_("Person invited"),
    "organisation.revoke_invitation": N_("Invitation taken back"),
    "organisation.join": N_("Member joined"),
    "organisation.change_roles": N_("Roles changed"),
    "organisation.remove_member": N_("Member removed"),
    "organisation.leave": N_("Member left"),
}
