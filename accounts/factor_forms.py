"""Forms of the second step, in our words."""

import struct
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError

from . import names
from .forms import NameField
from .names import NAME_LENGTH, BadName
from .words import OurWords

FROM_APP = "The newest 6 digits in your app."


class CodeWords(OurWords):
    """Asks for what the account really has: an app, or recovery codes alone."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        user, fields = self.user, self.fields  # type: ignore[attr-defined] # a form's
        mine = Authenticator.objects.filter(user=user)
        if mine.filter(type=Authenticator.Type.TOTP).exists():
            fields["code"].label = "Code"
            fields["code"].help_text = f"{FROM_APP} Or a recovery code."
        else:
            fields["code"].label = "Recovery code"
            fields["code"].help_text = "One of those you saved. Each works once."


class AuthenticateForm(CodeWords, base.AuthenticateForm):  # type: ignore[misc] # untyped
    pass


class ReauthenticateForm(CodeWords, base.ReauthenticateForm):  # type: ignore[misc] # untyped
    pass


class ActivateTOTPForm(OurWords, totp.ActivateTOTPForm):  # type: ignore[misc] # untyped
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].help_text = FROM_APP


# What the parsers behind these forms raise at what no browser has made.
_MALFORMED = (
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
)


class CredentialField(forms.JSONField):
    """What a browser says of a passkey (WebAuthn Level 2, 5.1); anybody may lie."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (RecursionError, ValueError) as fault:
            raise _misfit() from fault

    def bound_data(self, data: Any, initial: Any) -> None:
        """A page never shows one again: each is of use once."""

    def prepare_value(self, value: Any) -> str:
        return ""


def credential_field() -> CredentialField:
    return CredentialField(
        error_messages={
            "required": "Nothing came from your device. Try again.",
            "invalid": "Nothing of use came from your device. Try again.",
        }
    )


def _misfit() -> ValidationError:
    fault: ValidationError = get_adapter().validation_error("incorrect_code")
    return fault


class AnswerForm:
    """For a form of allauth's that takes a passkey: lies are mistakes, not faults."""

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc] # a form's
        except ValidationError:
            raise
        except _MALFORMED as fault:
            raise _misfit() from fault
        return found


class AuthenticateWebAuthnForm(AnswerForm, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc] # untyped
    credential = credential_field()


class LoginWebAuthnForm(AnswerForm, webauthn.LoginWebAuthnForm):  # type: ignore[misc] # untyped
    credential = credential_field()


class ReauthenticateWebAuthnForm(AnswerForm, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc] # untyped
    credential = credential_field()


class AddWebAuthnForm(OurWords, webauthn.AddWebAuthnForm):  # type: ignore[misc] # untyped
    """Passkeys log in by themselves, unless one says that a key shall not."""

    credential = credential_field()
    name = forms.CharField(
        label="What to call it",
        help_text="So that you can tell it from others.",
        required=False,
        max_length=NAME_LENGTH,
    )
    passwordless = forms.BooleanField(
        label="Logs me in by itself",
        help_text="Without e-mail and password. Off: only as the second step.",
        required=False,
        initial=True,
    )

    def clean_name(self) -> str:
        """A passkey that was made is not lost for a name that cannot be shown."""
        try:
            return names.clean_name(super().clean_name())
        except BadName:
            usual = get_adapter().generate_authenticator_name
            return str(usual(self.user, Authenticator.Type.WEBAUTHN))

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            raise
        except _MALFORMED as fault:
            raise _misfit() from fault
        return cleaned


class EditWebAuthnForm(OurWords, webauthn.EditWebAuthnForm):  # type: ignore[misc] # untyped
    name = NameField(
        label="What to call it",
        error_messages={"required": "Type a name for it."},
    )
