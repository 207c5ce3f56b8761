"""Names of events of accounts, as msgids, for the history."""

from __future__ import annotations

from marketplace.values.text import N_

USER_EVENTS = {
    "user.create": N_("Account made"),
    "user.register": N_("Registered"),
    "user.confirm": N_("Address confirmed"),
    "user.sign_in": N_("Signed in"),
    "user.sign_in_failures": N_("Several failed sign-ins"),
    "user.change_profile": N_("Details changed"),
    "user.change_password": N_("Password changed"),
    "user.reset_password": N_("New password set through a mailed link"),
    "user.two_factor_on": N_("Two-step sign-in turned on"),
    "user.two_factor_off": N_("Two-step sign-in turned off"),
    "user.add_passkey": N_("Passkey added"),
    "user.remove_passkey": N_("Passkey removed"),
    "user.end_session": N_("Signed out on another device"),
    "user.sign_out_everywhere": N_("Signed out everywhere"),
    "user.grant_role": N_("Staff role granted"),
    "user.end_role": N_("Staff role ended"),
    "user.close": N_("Account closed"),
    "user.reopen": N_("Account opened again"),
    "user.erase": N_("Account erased"),
}
