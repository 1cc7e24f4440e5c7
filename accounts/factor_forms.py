"""Forms of the second step, in our words."""

from typing import Any

from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms

from .words import OurWords

FROM_APP = "The newest 6 digits in your app."
NAME_LENGTH = 60


class CodeWords(OurWords):
    """Asks for what the account really has: an app, or recovery codes alone."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        user, fields = self.user, self.fields  # type: ignore[attr-defined] # a form's
        mine = Authenticator.objects.filter(user=user)
        if mine.filter(type=Authenticator.Type.TOTP).exists():
            fields["code"].label = "Code"
            fields[
                "code"
            ].help_text = f"{FROM_APP} Or a recovery code."
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


class AddWebAuthnForm(OurWords, webauthn.AddWebAuthnForm):  # type: ignore[misc] # untyped
    """Passkeys log in by themselves, unless one says that a key shall not."""

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


class EditWebAuthnForm(OurWords, webauthn.EditWebAuthnForm):  # type: ignore[misc] # untyped
    name = forms.CharField(
        label="What to call it",
        max_length=NAME_LENGTH,
        error_messages={"required": "Type a name for it."},
    )
