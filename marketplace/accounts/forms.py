"""Forms of people: Flask-Security's with our messages, and the profile. Shape only."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, session
from flask_babel import lazy_gettext as _l
from flask_security import forms as theirs
from flask_security import webauthn
from flask_security.recovery_codes import MfRecoveryCodesForm, MfRecoveryForm
from flask_security.tf_plugin import TwoFactorSelectForm
from flask_security.utils import get_message
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from marketplace.accounts import passkeys
from marketplace.accounts.adapters import LONGEST_PASSWORD
from marketplace.vocabulary import STAFF_ROLES
from marketplace.web.forms import PHONE, ExchangeForm, LineField, LongField, TermField, no_address

AFTER_SIGN_IN = "/dashboard"
WINDOW = "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY"
NAME_RULES = [InputRequired(), Length(min=2, max=200), no_address]


class Ours(theirs.Form):
    """WTForms' own messages through our catalogue."""

    class Meta(ExchangeForm.Meta):
        pass

    def validate(self, **kwargs: Any) -> bool:
        """Check, and turn Flask-Security's lazy messages into plain text: templates take anything else for a list."""
        fine = super().validate(**kwargs)
        for field in self:
            field.errors = [str(error) for error in field.errors]
        g.refused_form = self
        return bool(fine)


class SignInForm(Ours, theirs.LoginForm):
    """Address and password. Everything said before the password was right is one and the same sentence."""

    def validate(self, **kwargs: Any) -> bool:
        """Check; whoever knows the password may learn that the address is still unconfirmed or the account closed."""
        if len(self.password.data or "") > LONGEST_PASSWORD:
            self.password.data = (self.password.data or "")[:LONGEST_PASSWORD]
        if super().validate(**kwargs):
            self.next.data = self.next.data or AFTER_SIGN_IN  # the second step keeps it
            return True
        if self.user_authenticated and self.ifield is not None:
            self.form_errors.extend(self.ifield.errors)
        return False


class RegisterForm(Ours, theirs.RegisterFormV2):
    """A new account. The consent is never pre-ticked (Law 91/2025)."""

    name = LineField(_l("Full name"), validators=NAME_RULES, render_kw={"autocomplete": "name"})
    terms = BooleanField(_l("I have read and accept the terms of use and the privacy notice"), validators=[InputRequired()])


class VerifyForm(theirs.VerifyForm):
    """Who is signed in, once more: the password, or a code of the app where one is set up."""

    password = PasswordField(_l("Password"), render_kw={"autocomplete": "current-password"})
    code = StringField(
        _l("Code of the authenticator app"), render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"}
    )

    def validate(self, **kwargs: Any) -> bool:
        """Check what was given; a code that was taken is not taken again."""
        code, user = (self.code.data or "").strip(), self.user
        if not code or not user.tf_totp_secret:
            self.password.data = (self.password.data or "")[: LONGEST_PASSWORD + 1]
            return bool(super().validate(**kwargs))
        if not theirs.Form.validate(self, **kwargs):
            return False
        security = current_app.extensions["security"]
        if security.totp_factory.verify_totp(
            token=code, totp_secret=user.tf_totp_secret, user=user, window=current_app.config[WINDOW]
        ):
            return True
        user.track_failed_authn("code", True)
        self.code.errors = [get_message("TWO_FACTOR_INVALID_TOKEN")[0]]
        return False


class RegisterPasskey(webauthn.WebAuthnRegisterForm):
    """What a new passkey is called."""

    name = StringField(_l("Name of the passkey"), validators=[InputRequired(), Length(max=64)])
    usage = HiddenField(default=passkeys.USAGE)

    def validate(self, **kwargs: Any) -> bool:
        """Check the name; nothing else about a passkey is chosen."""
        self.usage.data = passkeys.USAGE
        return bool(super().validate(**kwargs))


class PasskeyAnswer(webauthn.WebAuthnSigninResponseForm):
    """The answer of a passkey: to sign in, as the second step, or once more."""

    def validate(self, **kwargs: Any) -> bool:
        """Check it. As the second step only a passkey of whoever has given the password counts."""
        second, self.is_secondary = self.is_secondary, False  # where Flask-Security asks which passkeys may do it: all
        fine = super().validate(**kwargs)
        if fine and second and self.user is not None and self.user.fs_uniquifier != session.get("tf_user_id"):
            self.credential.errors = [get_message("WEBAUTHN_MISMATCH_USER_HANDLE")[0]]
            return False
        return bool(fine)


class ForgottenForm(ExchangeForm):
    """The address of an account, real or not: it is checked to be one, never looked up."""

    email = EmailField(
        _l("E-mail address"), validators=[InputRequired(), Length(max=255)], render_kw={"autocomplete": "email"}
    )

    def validate_email(self, field: Any) -> None:
        """Bring the address into the spelling we store. Raises ValidationError for one that cannot be an address."""
        try:
            field.data = current_app.extensions["security"]._mail_util.validate(field.data or "")
        except ValueError as error:
            raise ValidationError(_l("This is not a valid e-mail address.")) from error


def _ours(form: type[theirs.Form]) -> type[theirs.Form]:
    """Return one of Flask-Security's forms with our messages."""
    return type(form.__name__, (Ours, form), {"__doc__": form.__doc__})


#: Flask-Security's names of its forms, and ours in their place.
FORMS: dict[str, Any] = {
    "login_form": SignInForm,
    "register_form": RegisterForm,
    "forgot_password_form": _ours(theirs.ForgotPasswordForm),
    "reset_password_form": _ours(theirs.ResetPasswordForm),
    "change_password_form": _ours(theirs.ChangePasswordForm),
    "send_confirmation_form": _ours(theirs.SendConfirmationForm),
    "verify_form": _ours(VerifyForm),
    "logout_form": _ours(theirs.LogoutForm),
    "two_factor_setup_form": _ours(theirs.TwoFactorSetupForm),
    "two_factor_verify_code_form": _ours(theirs.TwoFactorVerifyCodeForm),
    "two_factor_rescue_form": _ours(theirs.TwoFactorRescueForm),
    "two_factor_select_form": _ours(TwoFactorSelectForm),
    "mf_recovery_form": _ours(MfRecoveryForm),
    "mf_recovery_codes_form": _ours(MfRecoveryCodesForm),
    "wan_register_form": _ours(RegisterPasskey),
    "wan_register_response_form": _ours(webauthn.WebAuthnRegisterResponseForm),
    "wan_signin_form": _ours(webauthn.WebAuthnSigninForm),
    "wan_signin_response_form": _ours(PasskeyAnswer),
    "wan_delete_form": _ours(webauthn.WebAuthnDeleteForm),
    "wan_verify_form": _ours(webauthn.WebAuthnVerifyForm),
}


class ProfileForm(ExchangeForm):
    """What a person says about themselves."""

    name = LineField(_l("Full name"), validators=NAME_RULES, render_kw={"autocomplete": "name"})
    phone = LineField(_l("Telephone"), validators=[Length(max=30), PHONE], render_kw={"autocomplete": "tel"})
    locale = SelectField(_l("Language of messages"), choices=[("vi", "Tiếng Việt"), ("en", "English")])


class CloseForm(ExchangeForm):
    """The password, so that nobody closes the account of a person who left the machine for a minute."""

    password = PasswordField(_l("Password"), [InputRequired(), Length(max=LONGEST_PASSWORD)],
                             render_kw={"autocomplete": "current-password"})


class GrantForm(ExchangeForm):
    """Whom to give which staff role, and why."""

    email = EmailField(_l("E-mail address"), validators=[InputRequired(), Length(max=255)])
    role = TermField(_l("Role"), [InputRequired()], vocabulary=STAFF_ROLES)
    reason = LongField(_l("Reason"), [InputRequired(), Length(max=1000)])
