"""What Flask-Security says, in our words: every message that can appear here, by its key.

They stand as msgids, so that the translation check sees them. Messages of features that are off (SMS,
usernames, tokens) are not here.
"""

from __future__ import annotations

from marketplace.values.text import N_

MESSAGES: dict[str, tuple[str, str]] = {
    "API_ERROR": (N_("This request cannot be understood. Please start again."), "error"),
    "GENERIC_AUTHN_FAILED": (N_("The address or the password is not right."), "error"),
    "UNAUTHENTICATED": (N_("Sign in to see this page."), "error"),
    "REAUTHENTICATION_REQUIRED": (N_("Please enter your password once more before you go on."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Thank you. You may go on."), "success"),
    "CONFIRM_REGISTRATION": (
        N_("We have sent a message to %(email)s. Open the link in it to confirm your address."), "success"),
    "EMAIL_CONFIRMED": (N_("Your address is confirmed. You can sign in now."), "success"),
    "ALREADY_CONFIRMED": (N_("This address is already confirmed. You can sign in."), "info"),
    "INVALID_CONFIRMATION_TOKEN": (N_("This confirmation link is not valid. Ask for a new one."), "error"),
    "CONFIRMATION_EXPIRED": (N_("This confirmation link was valid for %(within)s. Ask for a new one."), "error"),
    "CONFIRMATION_REQUIRED": (N_("Please confirm your e-mail address first."), "error"),
    "CONFIRMATION_REQUEST": (
        N_("If %(email)s is waiting for confirmation, a new link is on its way to that address."), "info"),
    "EMAIL_ALREADY_ASSOCIATED": (N_("%(email)s already belongs to an account."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two passwords are not the same."), "error"),
    "INVALID_REDIRECT": (N_("This link leads out of the site and was not followed."), "error"),
    "INVALID_RECOVERY_CODE": (N_("This recovery code is not right, or it has been used."), "error"),
    "NO_RECOVERY_CODES_SETUP": (N_("You have no recovery codes yet."), "info"),
    "PASSWORD_RESET_REQUEST": (
        N_("If %(email)s belongs to an account, a link to choose a new password is on its way."), "info"),
    "PASSWORD_RESET_EXPIRED": (N_("This link was valid for %(within)s. Ask for a new one."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (N_("This link is not valid or has been used. Ask for a new one."), "error"),
    "DISABLED_ACCOUNT": (N_("This account is closed."), "error"),
    "EMAIL_NOT_PROVIDED": (N_("Enter your e-mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("This is not a valid e-mail address."), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Enter a password."), "error"),
    "PASSWORD_INVALID_LENGTH": (N_("A password has at least %(length)s characters."), "error"),
    "USER_DOES_NOT_EXIST": (N_("The address or the password is not right."), "error"),
    "INVALID_PASSWORD": (N_("The password is not right."), "error"),
    "FORGOT_PASSWORD": (N_("Forgot your password?"), "info"),
    "PASSWORD_RESET_NO_LOGIN": (N_("Your new password is set. Sign in with it."), "success"),
    "PASSWORD_IS_THE_SAME": (N_("The new password is the same as the old one."), "error"),
    "PASSWORD_CHANGE": (N_("Your password is changed. You were signed out everywhere else."), "success"),
    "LOGIN": (N_("Sign in to see this page."), "info"),
    "REFRESH": (N_("Please enter your password once more before you go on."), "info"),
    "ANONYMOUS_USER_REQUIRED": (N_("You are signed in already."), "info"),
    "TWO_FACTOR_INVALID_TOKEN": (N_("This code is not right. Wait for the next one and try again."), "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (N_("You are signed in."), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
        N_("Two-step sign-in is on. Now make recovery codes and keep them in a safe place."), "success"),
    "TWO_FACTOR_PERMISSION_DENIED": (N_("Start by signing in with your password."), "error"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (N_("Choose one of the methods."), "error"),
    "TWO_FACTOR_DISABLED": (N_("Two-step sign-in is off."), "success"),
    "TWO_FACTOR_SETUP_EXPIRED": (N_("Setting this up takes at most %(within)s. Please start again."), "error"),
    "WEBAUTHN_EXPIRED": (N_("A passkey must answer within %(within)s. Please start again."), "error"),
    "WEBAUTHN_NAME_REQUIRED": (N_("Give the passkey a name."), "error"),
    "WEBAUTHN_NAME_INUSE": (N_("You already have a passkey called %(name)s."), "error"),
    "WEBAUTHN_NAME_NOT_FOUND": (N_("You have no passkey called %(name)s."), "error"),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": (N_("The name may have letters, digits, blanks and hyphens."), "error"),
    "WEBAUTHN_CREDENTIAL_DELETED": (
        N_("The passkey %(name)s is removed here. Delete it in your telephone or computer too."), "success"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (N_("The passkey %(name)s is added. You can sign in with it."), "success"),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": (N_("This passkey is known already."), "error"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (N_("This passkey belongs to no account here."), "error"),
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": (N_("This passkey belongs to no account here."), "error"),
    "WEBAUTHN_NO_VERIFY": (N_("The passkey could not be checked. Please start again."), "error"),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": (N_("This passkey cannot be used here."), "error"),
    "WEBAUTHN_MISMATCH_USER_HANDLE": (N_("This passkey belongs to another account."), "error"),
    "INVALID_INPUT": (N_("This text cannot be used."), "error"),
    "INVALID_INPUT_LENGTH": (N_("At most %(length)s characters."), "error"),
}

#: Labels of Flask-Security's fields that our pages show; the msgids are its own.
LABELS = (
    N_("Email Address"), N_("Password"), N_("Retype Password"), N_("New Password"), N_("Remember Me"), N_("Login"),
    N_("Register"), N_("Recover Password"), N_("Reset Password"), N_("Change Password"), N_("Verify Password"),
    N_("Resend Confirmation Instructions"), N_("Authentication Code"), N_("Recovery Code"), N_("Submit Code"),
    N_("Submit"), N_("Available Methods"), N_("Disable two-factor authentication"),
    N_("Set up using an authenticator app (e.g. google, lastpass, authy)"), N_("authenticator"), N_("none"),
    N_("Contact Administrator"), N_("Use previously downloaded recovery code"),
    N_("Trouble Accessing Your Account?/Lost Mobile Device?"), N_("Show Recovery Codes"),
    N_("Generate New Recovery Codes"), N_("Available Second Factor Methods:"), N_("Select"),
    N_("Start"), N_("Delete"), N_("Nickname"), N_("Identity"), N_("Usage"),
)
