"""What people type about themselves."""

from typing import Any, Self

from allauth.account import forms as allauth_forms
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest

from . import arrival, languages
from .adapter import closed
from .models import User
from .models.user import Theme
from .names import NAME_LENGTH, BadName, clean_name
from .pictures import BadPicture, recoded
from .policy import count_sign_up, may_begin, refuses_address
from .words import OurWords


class NameField(forms.CharField):
    """A name that others will see; what comes out has been cleaned."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": NAME_LENGTH, **options})

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text:
            return text
        try:
            return clean_name(text)
        except BadName as fault:
            raise ValidationError(str(fault), code=fault.code) from fault


def own_name_field() -> NameField:
    """The field in which people say how they want to be called."""
    return NameField(
        label="Your name",
        help_text="Others see it in the call. You can change it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Type the name that others shall see."},
    )


class _TooLate(Exception):
    """Others signed up meanwhile, by all that an invitation had to give."""


class SignupForm(OurWords, allauth_forms.SignupForm):  # type: ignore[misc] # untyped
    """allauth's form (`email`, `password1`) and the name others will see."""

    display_name = own_name_field()
    field_order = ("display_name", "email", "password1")

    def clean_email(self) -> str:
        """Refuse an address before it is compared with those that are known here."""
        if refused := refuses_address(self.cleaned_data["email"]):
            raise ValidationError(refused, code="domain")
        address: str = super().clean_email()
        return address

    def try_save(self, request: HttpRequest) -> Any:
        """Do the same, in the same time, whether or not the address has an account."""
        vouched_by = count_sign_up(request)
        if vouched_by is None:
            return None, closed(request)
        self.vouched_by = vouched_by
        arrival.keep(request, self.cleaned_data["email"], arrival.wanted(request))
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        try:
            with transaction.atomic():
                return self._saved(request)
        except _TooLate:
            return None, closed(request)

    def _saved(self, request: HttpRequest) -> Any:
        """What allauth makes of it; raises _TooLate for who is let in at once."""
        user, answer = super().try_save(request)
        confirms = settings.ACCOUNT_EMAIL_VERIFICATION == "mandatory"
        if user is not None and not confirms and not may_begin(request, user):
            raise _TooLate
        return user, answer


class LoginForm(OurWords, allauth_forms.LoginForm):  # type: ignore[misc] # untyped
    pass


class AddEmailForm(OurWords, allauth_forms.AddEmailForm):  # type: ignore[misc] # untyped
    pass


class ChangePasswordForm(OurWords, allauth_forms.ChangePasswordForm):  # type: ignore[misc] # untyped
    pass


class SetPasswordForm(OurWords, allauth_forms.SetPasswordForm):  # type: ignore[misc] # untyped
    pass


class ResetPasswordForm(OurWords, allauth_forms.ResetPasswordForm):  # type: ignore[misc] # untyped
    def save(self, request: HttpRequest, **options: Any) -> str:
        """Take as long for an address that has no account as for one that has one."""
        email: str = super().save(request, **options)
        if not self.users:
            allauth_forms.default_token_generator.make_token(User(pk=0))
        return email


class ResetPasswordKeyForm(OurWords, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc] # untyped
    pass


class ReauthenticateForm(OurWords, allauth_forms.ReauthenticateForm):  # type: ignore[misc] # untyped
    pass


class ProfileForm(forms.Form):
    """What one may change about oneself."""

    display_name = own_name_field()


class PictureForm(forms.Form):
    """A picture of oneself; what comes out is ours, byte by byte."""

    picture = forms.FileField(
        label="Your picture",
        help_text="JPEG, PNG, WebP or GIF, up to 5 MB. We cut out the middle.",
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}
        ),
        error_messages={
            "required": "Choose a picture first.",
            "empty": "This file is empty. Choose another one.",
        },
    )

    @classmethod
    def turned_away(cls, words: str) -> Self:
        """A fresh form that says why, while what was sent is not even looked at."""
        form = cls({})
        form.fields["picture"].error_messages["required"] = words
        return form

    def clean_picture(self) -> bytes:
        file: UploadedFile[bytes] = self.cleaned_data["picture"]
        try:
            return recoded(file, file.size or 0)
        except BadPicture as fault:
            raise ValidationError(str(fault), code=fault.code) from fault


class AppearanceForm(forms.Form):
    """How pages look and which language they speak, where there is a choice."""

    theme = forms.ChoiceField(label="Colours", choices=Theme, widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label="Language",
        required=False,
        error_messages={"invalid_choice": "Choose one of the languages in the list."},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if languages.to_choose_from():
            self.fields["language"].choices = languages.choices()  # type: ignore[attr-defined] # a ChoiceField
        else:
            del self.fields["language"]


class DeletionForm(forms.Form):
    """The last word of the only administrator; nobody else is asked anything."""

    unattended = forms.BooleanField(
        label="I know that nobody can administer this site then.",
        error_messages={
            "required": "Tick this, or first make somebody else an administrator."
        },
    )
